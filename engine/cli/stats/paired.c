#include "engine/cli/stats/paired.h"

#include <gsl/gsl_cdf.h>

#include <math.h>

static const double rounding = 1e-12; /* what the order of a sum may change, relatively */

/* Of two values of a fold; NaN where one is missing. */
static double apart(double a, double b) {
    const double difference = a - b;

    return fabs(difference) > rounding * fmax(fabs(a), fabs(b)) || !isfinite(difference)
               ? difference
               : 0;
}

/* Mean and sum of squares of the differences of the folds that both have. */
static void sum_up(size_t folds, const double *a, const double *b, struct cli_paired *ret,
    double *ret_squares) {
    double mean = 0, squares = 0;
    size_t count = 0;

    for (size_t f = 0; f < folds; f++) {
        const double difference = apart(a[f], b[f]);

        if (isfinite(difference)) {
            const double off = difference - mean;

            count++;
            mean += off / (double)count;
            squares += off * (difference - mean);
        }
    }
    ret->folds = count;
    ret->difference = count > 0 ? mean : (double)NAN;
    *ret_squares = squares;
}

struct cli_paired cli_paired_test(size_t folds, const double *a, const double *b,
    double test_over_train) {
    struct cli_paired test = {.sem = NAN, .t = NAN, .p = NAN};
    double squares = 0;
    double count;

    sum_up(folds, a, b, &test, &squares);
    if (test.folds < 2) {
        return test;
    }
    count = (double)test.folds;
    test.sem = sqrt((1 / count + test_over_train) * squares / (count - 1));
    test.t = test.difference == 0 ? 0 : test.difference / test.sem; /* may be infinite */
    test.p = isinf(test.t) ? 0 : 2 * gsl_cdf_tdist_Q(fabs(test.t), count - 1);
    return test;
}

void cli_paired_ties(size_t trials, size_t folds, const double *value, size_t best,
    double test_over_train, double level, double *ret_p, bool *ret_tied) {
    for (size_t i = 0; i < trials; i++) {
        const struct cli_paired test =
            cli_paired_test(folds, value + i * folds, value + best * folds, test_over_train);

        ret_p[i] = i == best ? 1 : test.p;
        ret_tied[i] = i == best || (isnan(test.p) ? test.difference == 0 : test.p >= level);
    }
}
