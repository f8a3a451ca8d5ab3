/* Metrics of classification, as scikit-learn defines them; those of order are in
 * metric_rank.c. */
#include "objectives/model/metric.h"

#include <float.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <string.h>

static double accuracy(const struct hone_scores *s) {
    size_t right = 0;

    for (size_t i = 0; i < s->rows; i++) {
        right += s->predicted[i] == s->label[i];
    }
    return (double)right / (double)s->rows;
}

const struct hone_metric_type hone_metric_accuracy = {
    .name = "accuracy", .summary = "share of rows predicted right",
    .task = HONE_TASK_CLASSIFICATION, .maximize = true, .value = accuracy,
};

/* Mean of -log p(true class), p kept within [eps, 1 - eps], eps = 2.2e-16. */
static double log_loss(const struct hone_scores *s) {
    double sum = 0;

    for (size_t i = 0; i < s->rows; i++) {
        const double p = s->probability[i * s->classes + (size_t)s->label[i]];

        sum -= log(fmin(fmax(p, DBL_EPSILON), 1 - DBL_EPSILON));
    }
    return sum / (double)s->rows;
}

const struct hone_metric_type hone_metric_log_loss = {
    .name = "log_loss", .summary = "mean of minus the log of the true class's probability",
    .task = HONE_TASK_CLASSIFICATION, .value = log_loss,
};

/* Mean of the squared distance between the probabilities and the truth as 0 and 1:
 * of the second of two classes, else summed over classes. (Brier 1950,
 * "Verification of forecasts expressed in terms of probability", eq. 2; halved
 * for two, as is usual.) */
static double brier(const struct hone_scores *s) {
    const size_t first = s->classes == 2 ? 1 : 0;
    double sum = 0;

    for (size_t i = 0; i < s->rows; i++) {
        for (size_t k = first; k < s->classes; k++) {
            sum += gsl_pow_2(s->probability[i * s->classes + k] - (s->label[i] == (int32_t)k));
        }
    }
    return sum / (double)s->rows;
}

const struct hone_metric_type hone_metric_brier = {
    .name = "brier", .summary = "mean squared error of the probabilities",
    .task = HONE_TASK_CLASSIFICATION, .on_request = true, .value = brier,
};

/* Each class's rows in truth, in prediction and in both: ret_*[classes]. */
static void confusion_count(const struct hone_scores *s, size_t **ret_true,
    size_t **ret_predicted, size_t **ret_both) {
    *ret_true = s->count;
    *ret_predicted = s->count + s->classes;
    *ret_both = s->count + 2 * s->classes;
    memset(s->count, 0, 3 * s->classes * sizeof(*s->count));
    for (size_t i = 0; i < s->rows; i++) {
        (*ret_true)[s->label[i]]++;
        (*ret_predicted)[s->predicted[i]]++;
        (*ret_both)[s->label[i]] += s->label[i] == s->predicted[i];
    }
}

/* Mean over the classes that occur of the share of their rows found. */
static double balanced_accuracy(const struct hone_scores *s) {
    size_t *in_truth, *in_prediction, *in_both;
    size_t classes = 0;
    double sum = 0;

    confusion_count(s, &in_truth, &in_prediction, &in_both);
    for (size_t k = 0; k < s->classes; k++) {
        if (in_truth[k] > 0) {
            sum += (double)in_both[k] / (double)in_truth[k];
            classes++;
        }
    }
    return sum / (double)classes;
}

const struct hone_metric_type hone_metric_balanced_accuracy = {
    .name = "balanced_accuracy", .summary = "accuracy of each class, averaged over classes",
    .task = HONE_TASK_CLASSIFICATION, .maximize = true, .value = balanced_accuracy,
};

static double f1_of(size_t in_both, size_t in_either) {
    return 2 * (double)in_both / (double)in_either;
}

/* F1 = 2 both / (true + predicted), averaged over the classes that occur in
 * either. */
static double f1_macro(const struct hone_scores *s) {
    size_t *in_truth, *in_prediction, *in_both;
    size_t classes = 0;
    double sum = 0;

    confusion_count(s, &in_truth, &in_prediction, &in_both);
    for (size_t k = 0; k < s->classes; k++) {
        if (in_truth[k] + in_prediction[k] > 0) {
            sum += f1_of(in_both[k], in_truth[k] + in_prediction[k]);
            classes++;
        }
    }
    return sum / (double)classes;
}

const struct hone_metric_type hone_metric_f1 = {
    .name = "f1", .summary = "harmonic mean of precision and recall, averaged over classes",
    .task = HONE_TASK_CLASSIFICATION, .maximize = true, .value = f1_macro,
};

/* Of all classes together: each wrong row counts once for the class it has and
 * once for the one it was given, which leaves the share of right rows. */
const struct hone_metric_type hone_metric_f1_micro = {
    .name = "f1_micro", .summary = "F1 of all classes counted together, which is the accuracy",
    .task = HONE_TASK_CLASSIFICATION, .maximize = true, .on_request = true, .value = accuracy,
};

/* Of the second class alone; 0 when it neither occurs nor is predicted. */
static double f1_binary(const struct hone_scores *s) {
    size_t *in_truth, *in_prediction, *in_both;

    confusion_count(s, &in_truth, &in_prediction, &in_both);
    if (in_truth[1] + in_prediction[1] == 0) {
        return 0;
    }
    return f1_of(in_both[1], in_truth[1] + in_prediction[1]);
}

const struct hone_metric_type hone_metric_f1_binary = {
    .name = "f1_binary", .summary = "F1 of the second of two classes",
    .task = HONE_TASK_CLASSIFICATION, .maximize = true, .on_request = true, .classes = 2,
    .value = f1_binary,
};

/* Correlation of truth and prediction; 0 when either is always the same class.
 * (Matthews 1975; for several classes Gorodkin 2004, "Comparing two K-category
 * assignments by a K-category correlation coefficient", eq. 8.) */
static double mcc(const struct hone_scores *s) {
    const double rows = (double)s->rows;
    size_t *in_truth, *in_prediction, *in_both;
    double right = 0, cross = 0, truth = 0, prediction = 0;

    confusion_count(s, &in_truth, &in_prediction, &in_both);
    for (size_t k = 0; k < s->classes; k++) {
        right += (double)in_both[k];
        cross += (double)in_truth[k] * (double)in_prediction[k];
        truth += gsl_pow_2((double)in_truth[k]);
        prediction += gsl_pow_2((double)in_prediction[k]);
    }
    if (truth == rows * rows || prediction == rows * rows) {
        return 0;
    }
    return (right * rows - cross) / sqrt((rows * rows - truth) * (rows * rows - prediction));
}

const struct hone_metric_type hone_metric_mcc = {
    .name = "mcc", .summary = "Matthews correlation of truth and prediction",
    .task = HONE_TASK_CLASSIFICATION, .maximize = true, .on_request = true, .value = mcc,
};
