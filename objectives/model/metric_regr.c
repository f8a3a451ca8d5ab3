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

static double mse(const struct hone_scores *s) {
    return squared_error(s) / (double)s->rows;
}

const struct hone_metric_type hone_metric_mse = {
    .name = "mse", .summary = "mean squared error",
    .task = HONE_TASK_REGRESSION, .on_request = true, .value = mse,
};

static double rmse(const struct hone_scores *s) {
    return sqrt(mse(s));
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

static double max_error(const struct hone_scores *s) {
    double largest = 0;

    for (size_t i = 0; i < s->rows; i++) {
        largest = fmax(largest, fabs(s->y_predicted[i] - s->y[i]));
    }
    return largest;
}

const struct hone_metric_type hone_metric_max_error = {
    .name = "max_error", .summary = "largest absolute error",
    .task = HONE_TASK_REGRESSION, .on_request = true, .value = max_error,
};

static double median_error(const struct hone_scores *s) {
    for (size_t i = 0; i < s->rows; i++) {
        s->room[i] = fabs(s->y_predicted[i] - s->y[i]);
    }
    return gsl_stats_median(s->room, 1, s->rows);
}

const struct hone_metric_type hone_metric_medae = {
    .name = "medae", .summary = "median absolute error",
    .task = HONE_TASK_REGRESSION, .on_request = true, .value = median_error,
};

/* 1 - rest / spread. For a constant truth, whose spread is 0, 1 when there is no
 * rest and 0 otherwise. */
static double share_explained(double rest, double spread) {
    if (spread == 0) {
        return rest == 0 ? 1 : 0;
    }
    return 1 - rest / spread;
}

/* The rest is the squared error, the spread that of the mean. */
static double r2(const struct hone_scores *s) {
    return s->rows < 2 ? NAN
                       : share_explained(squared_error(s), gsl_stats_tss(s->y, 1, s->rows));
}

const struct hone_metric_type hone_metric_r2 = {
    .name = "r2", .summary = "share of the target's variance explained",
    .task = HONE_TASK_REGRESSION, .maximize = true,
    .undefined = "the test part has one row alone", .value = r2,
};

/* As r2, but an error that is the same in all rows is none. */
static double explained_variance(const struct hone_scores *s) {
    for (size_t i = 0; i < s->rows; i++) {
        s->room[i] = s->y[i] - s->y_predicted[i];
    }
    return share_explained(gsl_stats_tss(s->room, 1, s->rows), gsl_stats_tss(s->y, 1, s->rows));
}

const struct hone_metric_type hone_metric_explained_variance = {
    .name = "explained_variance", .summary = "r2 of the predictions less their mean error",
    .task = HONE_TASK_REGRESSION, .maximize = true, .on_request = true,
    .value = explained_variance,
};
