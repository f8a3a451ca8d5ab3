/* Whether two trials differ, seen through the folds that both were scored on. */
#ifndef HONE_CLI_STATS_PAIRED_H
#define HONE_CLI_STATS_PAIRED_H

#include <stdbool.h>
#include <stddef.h>

/* What one trial's folds say against another's. */
struct cli_paired {
    size_t folds;      /* that both have */
    double difference; /* mean of a - b; NaN without a common fold */
    double sem;        /* its standard error, corrected; NaN with fewer than two folds */
    double t;          /* difference / sem */
    double p;          /* two-sided; NaN when it cannot be told */
};

/* The corrected resampled t-test (Nadeau, Bengio 2003, "Inference for the
 * generalization error", section 4; for repeated cross-validation Bouckaert, Frank
 * 2004). Folds share most of their training rows, so their differences are not
 * independent: the variance of the mean is (1/J + test_over_train) s^2 instead of
 * s^2 / J, and t has J - 1 degrees of freedom.
 * a, b (folds): values, NaN where a fold was not evaluated; those that differ in their last
 * digits alone are equal. test_over_train: rows
 * tested over rows trained on, 1 / (k - 1) with k folds a repeat; 0 for runs that
 * are independent. */
struct cli_paired cli_paired_test(size_t folds, const double *a, const double *b,
    double test_over_train);

/* Marks the trials that cannot be told from the best: those whose p is not below
 * `level` (0.05 usually). value (trials, folds), NaN where a fold was not evaluated;
 * ret_p and ret_tied have `trials` elements. A trial that cannot be tested (one
 * common fold) is tied only when its fold is as good; the best is tied with itself.
 * Every trial is tested alone: no correction for how many there are, so that none
 * is called tied because there are many. */
void cli_paired_ties(size_t trials, size_t folds, const double *value, size_t best,
    double test_over_train, double level, double *ret_p, bool *ret_tied);

#endif
