/* Metrics of regression, as scikit-learn defines them. */
#include "objectives/model/metric.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

static double squared_error(const struct hone_scores *s) {
    double sum = 0;

    for (size_t i = 0; i < s->rows; i++) {
        sum += gsl_pow_2(s->y_predicted[i] - s->y[i]);
    }
    return sum;
}

static double rmse(const struct hone_scores *s) {
    return sqrt(squared_error(s) / (double)s->rows);
}

const struct hone_metric_type hone_metric_rmse = {
    .name = "rmse", .summary = "root of the mean squared error",
    .task = HONE_TASK_REGRESSION, .value = rmse,
};

static double mae(const struct hone_scores *s) {
    double sum = 0;

    for (size_t i = 0; i < s->rows; i++) {
        sum += fabs(s->y_predicted[i] - s->y[i]);
    }
    return sum / (double)s->rows;
}

const struct hone_metric_type hone_metric_mae = {
    .name = "mae", .summary = "mean absolute error",
    .task = HONE_TASK_REGRESSION, .value = mae,
};

/* 1 - squared error / squared error of the mean. For a constant truth 1 when
 * every prediction is right and 0 otherwise. */
static double r2(const struct hone_scores *s) {
    const double error = squared_error(s);
    double spread;

    if (s->rows < 2) {
        return NAN;
    }
    spread = gsl_stats_tss(s->y, 1, s->rows);
    if (spread == 0) {
        return error == 0 ? 1 : 0;
    }
    return 1 - error / spread;
}

const struct hone_metric_type hone_metric_r2 = {
    .name = "r2", .summary = "share of the target's variance explained",
    .task = HONE_TASK_REGRESSION, .maximize = true,
    .undefined = "the test part has one row alone", .value = r2,
};
