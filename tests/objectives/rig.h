/* A test's way to an objective: a spec written as JSON, configured, opened and
 * evaluated as the engine would. */
#ifndef HONE_TESTS_OBJECTIVES_RIG_H
#define HONE_TESTS_OBJECTIVES_RIG_H

#include "engine/objective.h"
#include "engine/problems.h"
#include "engine/space.h"

#include <stdatomic.h>
#include <stddef.h>

struct rig {
    struct hone_arena arena, scratch;
    struct hone_space space;
    struct hone_problems problems;
    struct hone_objective_setup setup;
    struct hone_objective *objective;
    const struct hone_objective_type *type;
    atomic_bool cancel;
    struct hone_err err;
};

/* Reads the spec (paths start in tests/data) and configures; what is wrong is in
 * rig->problems. */
void rig_configure(struct rig *rig, const struct hone_objective_type *type, const char *json);

/* Configures without a problem, and opens; the code of opening. */
enum hone_code rig_open(struct rig *rig, const struct hone_objective_type *type,
    const char *json);

/* One fold of the point; x_value may be NULL for an empty space. */
struct hone_result rig_evaluate(struct rig *rig, const double *x_value, uint64_t trial,
    size_t fold);

/* Opens, evaluates all folds of the empty space's only point, and returns the
 * mean of that metric; a failed fold fails the test. */
double rig_mean(const struct hone_objective_type *type, const char *json, const char *metric);

/* The metric of that name; fails the test when there is none. */
double rig_metric(const struct hone_result *result, const char *metric);

void rig_finish(struct rig *rig);

#endif
