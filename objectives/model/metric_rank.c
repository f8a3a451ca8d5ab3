/* Metrics of how probabilities order the rows, as scikit-learn defines them. */
#include "objectives/model/metric.h"

#include <gsl/gsl_sort.h>
#include <math.h>

enum { ALL_OTHERS = -1 };

/* Probabilities of class k, ascending: of its members first, then of the rows of
 * the rival (or of all others). */
static void sort_apart(const struct hone_scores *s, int32_t k, int32_t rival,
    size_t *ret_members, size_t *ret_rivals) {
    size_t members = 0, rivals = 0;

    for (size_t i = 0; i < s->rows; i++) {
        const double p = s->probability[i * s->classes + (size_t)k];

        if (s->label[i] == k) {
            s->room[members++] = p;
        } else if (rival == ALL_OTHERS || s->label[i] == rival) {
            s->room[s->rows - ++rivals] = p;
        }
    }
    gsl_sort(s->room, 1, members);
    gsl_sort(s->room + s->rows - rivals, 1, rivals);
    *ret_members = members;
    *ret_rivals = rivals;
}

/* Area under the ROC curve of class k against its rival: the share of pairs (one
 * of each) in the right order, ties 1/2 (Hanley and McNeil 1982, "The meaning and
 * use of the area under a ROC curve", eq. 1). Counted in halves, hence exact. NaN
 * without a pair. */
static double area(const struct hone_scores *s, int32_t k, int32_t rival) {
    size_t members, rivals;
    size_t below = 0, up_to = 0; /* rivals with less, and with no more, than a member */
    uint64_t halves = 0;
    const double *other;

    sort_apart(s, k, rival, &members, &rivals);
    other = s->room + s->rows - rivals;
    for (size_t i = 0; i < members; i++) {
        while (below < rivals && other[below] < s->room[i]) {
            below++;
        }
        while (up_to < rivals && other[up_to] <= s->room[i]) {
            up_to++;
        }
        halves += below + up_to;
    }
    if (members == 0 || rivals == 0) {
        return NAN;
    }
    return (double)halves / 2 / ((double)members * (double)rivals);
}

/* Two classes: of the second. More: each against the rest, averaged over the
 * classes that occur. */
static double auc(const struct hone_scores *s) {
    size_t classes = 0;
    double sum = 0;

    if (s->classes == 2) {
        return area(s, 1, ALL_OTHERS);
    }
    for (size_t k = 0; k < s->classes; k++) {
        const double one = area(s, (int32_t)k, ALL_OTHERS);

        if (!isnan(one)) {
            sum += one;
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

/* Each class against each, both ways, averaged over the pairs that occur. (Hand
 * and Till 2001, "A simple generalisation of the area under the ROC curve for
 * multiple class classification problems", eq. 7.) */
static double auc_ovo(const struct hone_scores *s) {
    size_t areas = 0;
    double sum = 0;

    for (size_t k = 0; k < s->classes; k++) {
        for (size_t rival = 0; rival < s->classes; rival++) {
            const double one = rival == k ? NAN : area(s, (int32_t)k, (int32_t)rival);

            if (!isnan(one)) {
                sum += one;
                areas++;
            }
        }
    }
    return areas == 0 ? NAN : sum / (double)areas;
}

const struct hone_metric_type hone_metric_auc_ovo = {
    .name = "auc_ovo", .summary = "area under the ROC curve of each pair of classes, averaged",
    .task = HONE_TASK_CLASSIFICATION, .maximize = true, .on_request = true,
    .undefined = "the test part has rows of one class alone", .value = auc_ovo,
};
