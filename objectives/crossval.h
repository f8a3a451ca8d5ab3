/* What the objective `model` is told by a spec: its sections read and checked,
 * and the settings of a trial resolved against them. */
#ifndef HONE_OBJECTIVES_CROSSVAL_H
#define HONE_OBJECTIVES_CROSSVAL_H

#include "engine/objective.h"
#include "objectives/data/dataset.h"
#include "objectives/data/fold.h"
#include "objectives/model/metric.h"
#include "objectives/model/model.h"
#include "objectives/model/predictor.h"
#include "objectives/settings.h"

enum { HONE_CROSSVAL_TABLES = 32 };

/* Immutable once configured. */
struct hone_crossval_config {
    const struct hone_model_type *model;
    const struct hone_metric_type *metric; /* NULL: by the task */
    struct hone_data_config data;
    struct hone_cv_config cv;
    const struct hone_value *constant; /* settings that are the same for all trials */
    /* Of the trainer, the model, all optimizers, all schedules; NULL-terminated. */
    const struct hone_option *table[HONE_CROSSVAL_TABLES];
};

/* What may stand in `objective:` beside the settings of training, and in its
 * `early_stopping:`, for the help. */
extern const struct hone_option hone_crossval_options[];
extern const struct hone_option hone_early_stopping_options[];

/* configure and presets of struct hone_objective_type. */
enum hone_code hone_crossval_configure(const struct hone_objective_setup *setup,
    struct hone_arena *arena, const void **ret_config, struct hone_problems *problems,
    struct hone_err *err);
void hone_crossval_presets(const struct hone_objective_setup *setup, double *ret_x_value);

/* Where a trial's settings are looked up; refers to config and space. */
struct hone_settings hone_crossval_settings(const struct hone_crossval_config *config,
    const struct hone_space *space);

/* ---- After the search; the objective must be of the type `model` ---- */

/* How many rows there are to train on. */
size_t hone_crossval_rows(const struct hone_objective *objective);

/* Trains the settings of job->x_value on all rows into a zero-initialised
 * predictor, which refers to the objective and must not outlive it; early stopping
 * only chooses for how many epochs (hone_train_whole). Random numbers are those of
 * the fold behind the last one; job->fold and job->arena are not used.
 * HONE_E_NUMERIC when training diverges. */
HONE_MUST_CHECK enum hone_code hone_crossval_fit(const struct hone_objective *objective,
    const struct hone_job *job, struct hone_predictor *predictor, struct hone_err *err);

/* Whether the spec keeps a test set. */
bool hone_crossval_has_test(const struct hone_objective *objective);

/* Scores a predictor on the test set: value and metrics of ret_result, which
 * arrives zeroed; FAILED when the metric is undefined. ret_rows: of the test set. */
HONE_MUST_CHECK enum hone_code hone_crossval_test(const struct hone_objective *objective,
    struct hone_predictor *predictor, struct hone_result *ret_result, size_t *ret_rows,
    struct hone_err *err);

#endif
