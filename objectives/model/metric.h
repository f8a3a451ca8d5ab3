/* Port: a metric is one number that says how good predictions are. */
#ifndef HONE_OBJECTIVES_MODEL_METRIC_H
#define HONE_OBJECTIVES_MODEL_METRIC_H

#include "objectives/data/dataset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Predictions for the rows of a test part, beside the truth. */
struct hone_scores {
    size_t rows;               /* >= 1 */
    size_t finite_rows;        /* before the first whose prediction is not finite, else rows */
    size_t classes;            /* 0 in regression */
    const int32_t *label;      /* (rows) the truth */
    const int32_t *predicted;  /* (rows) */
    const double *probability; /* (rows, classes), row-major */
    const double *y;           /* (rows) the truth in regression */
    const double *y_predicted; /* (rows) */
    double *room;              /* (rows) for sorting */
    size_t *count;             /* (3 * classes) room for counting */
};

struct hone_metric_type {
    const char *name;
    const char *summary;
    enum hone_task task; /* the one it fits */
    bool maximize;
    bool on_request; /* told only when it is the one that is asked for */
    size_t classes;  /* that it is for; 0: any number */
    const char *undefined; /* when the value is NaN: why; NULL: only when it is too large */
    double (*value)(const struct hone_scores *scores);
};

/* All of them and, in the same order behind "auto", their names; both
 * NULL-terminated. */
extern const struct hone_metric_type *const hone_metrics[];
extern const char *const hone_metric_names[];

extern const struct hone_metric_type hone_metric_log_loss, hone_metric_accuracy,
    hone_metric_balanced_accuracy, hone_metric_auc, hone_metric_f1, hone_metric_f1_binary,
    hone_metric_f1_micro, hone_metric_auc_ovo, hone_metric_mcc, hone_metric_brier,
    hone_metric_rmse, hone_metric_mae, hone_metric_r2, hone_metric_mse, hone_metric_medae,
    hone_metric_max_error, hone_metric_explained_variance;

/* The metric of that name, or NULL. */
const struct hone_metric_type *hone_metric_find(const char *name);

/* The one that is used when none is asked for. */
const struct hone_metric_type *hone_metric_default(enum hone_task task);

#endif
