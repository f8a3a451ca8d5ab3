#include "objectives/model/metric.h"

#include <string.h>

const struct hone_metric_type *const hone_metrics[] = {
    &hone_metric_log_loss, &hone_metric_accuracy, &hone_metric_balanced_accuracy,
    &hone_metric_auc, &hone_metric_f1, &hone_metric_f1_binary, &hone_metric_f1_micro,
    &hone_metric_auc_ovo, &hone_metric_mcc, &hone_metric_brier,
    &hone_metric_rmse, &hone_metric_mae, &hone_metric_r2, &hone_metric_mse, &hone_metric_medae,
    &hone_metric_max_error, &hone_metric_explained_variance,
    NULL,
};

const char *const hone_metric_names[] = {
    "auto", "log_loss", "accuracy", "balanced_accuracy", "auc", "f1", "f1_binary", "f1_micro",
    "auc_ovo", "mcc", "brier", "rmse", "mae", "r2", "mse", "medae", "max_error",
    "explained_variance", NULL,
};

const struct hone_metric_type *hone_metric_find(const char *name) {
    for (size_t i = 0; hone_metrics[i] != NULL; i++) {
        if (strcmp(hone_metrics[i]->name, name) == 0) {
            return hone_metrics[i];
        }
    }
    return NULL;
}

/* The first of the table that fits. */
const struct hone_metric_type *hone_metric_default(enum hone_task task) {
    size_t i = 0;

    while (hone_metrics[i]->task != task) {
        i++;
    }
    return hone_metrics[i];
}
