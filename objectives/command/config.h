/* What the objective `command` is told by a spec. */
#ifndef HONE_OBJECTIVES_COMMAND_CONFIG_H
#define HONE_OBJECTIVES_COMMAND_CONFIG_H

#include "engine/objective.h"
#include "objectives/command/folds.h"
#include "objectives/command/runner.h"
#include "objectives/command/slots.h"
#include "objectives/command/template.h"
#include "objectives/data/dataset.h"
#include "objectives/data/fold.h"

/* Immutable once configured. */
struct hone_command {
    const struct hone_value *written; /* the list, for people */
    struct hone_template template;
    bool maximize;
    double timeout_seconds; /* of one run; infinite: none */
    int64_t retries;
    struct hone_limits limits;
    struct hone_slots_config slots;
    bool has_data; /* then also: */
    struct hone_data_config data;
    struct hone_cv_config cv;
    enum hone_prepare prepare;
};

/* What may stand in `objective:`, and in its `limits:`, for the help. */
extern const struct hone_option hone_command_options[];
extern const struct hone_option hone_limit_options[];

/* configure of struct hone_objective_type. */
enum hone_code hone_command_configure(const struct hone_objective_setup *setup,
    struct hone_arena *arena, const void **ret_config, struct hone_problems *problems,
    struct hone_err *err);

#endif
