/* Metrics of classification, as scikit-learn defines them. */
#include "objectives/model/metric.h"

#include <float.h>
#include <gsl/gsl_sort.h>
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

/* F1 = 2 both / (true + predicted), averaged over the classes that occur in
 * either. */
static double f1_macro(const struct hone_scores *s) {
    size_t *in_truth, *in_prediction, *in_both;
    size_t classes = 0;
    double sum = 0;

    confusion_count(s, &in_truth, &in_prediction, &in_both);
    for (size_t k = 0; k < s->classes; k++) {
        if (in_truth[k] + in_prediction[k] > 0) {
            sum += 2 * (double)in_both[k] / (double)(in_truth[k] + in_prediction[k]);
            classes++;
        }
    }
    return sum / (double)classes;
}

const struct hone_metric_type hone_metric_f1 = {
    .name = "f1", .summary = "harmonic mean of precision and recall, averaged over classes",
    .task = HONE_TASK_CLASSIFICATION, .maximize = true, .value = f1_macro,
};

/* Area under the ROC curve of class k against all others: the share of pairs
 * (one of k, one not) in the right order, ties 1/2 (Hanley and McNeil 1982,
 * "The meaning and use of the area under a ROC curve", eq. 1). Counted in
 * halves, hence exact. NaN without a pair. */
static double auc_of_class(const struct hone_scores *s, size_t k) {
    const double *p = s->probability + k;
    uint64_t halves = 0, below = 0, members = 0;

    gsl_sort_index(s->order, p, s->classes, s->rows);
    for (size_t i = 0; i < s->rows;) {
        const double level = p[s->order[i] * s->classes];
        uint64_t mine = 0, others = 0;

        for (; i < s->rows && p[s->order[i] * s->classes] == level; i++) {
            mine += s->label[s->order[i]] == (int32_t)k;
            others += s->label[s->order[i]] != (int32_t)k;
        }
        halves += mine * (2 * below + others);
        below += others;
        members += mine;
    }
    if (members == 0 || below == 0) {
        return NAN;
    }
    return (double)halves / 2 / ((double)members * (double)below);
}

/* Two classes: of the second. More: each against the rest, averaged over the
 * classes that occur. */
static double auc(const struct hone_scores *s) {
    size_t classes = 0;
    double sum = 0;

    if (s->classes == 2) {
        return auc_of_class(s, 1);
    }
    for (size_t k = 0; k < s->classes; k++) {
        const double area = auc_of_class(s, k);

        if (!isnan(area)) {
            sum += area;
            classes++;
        }
    }
    return classes == 0 ? NAN : sum / (double)classes;
}

const struct hone_metric_type hone_metric_auc = {
    .name = "auc", .summary = "area under the ROC curve; several classes: one against the rest, "
                              "averaged",
    .task = HONE_TASK_CLASSIFICATION, .maximize = true,
    .undefined = "the test part has rows of one class alone", .value = auc,
};
