/* How uncertain a trial's mean is.
 *
 * Trials share their folds, so the losses are a two-way table: trial + fold +
 * error. Only the error matters when trials are compared; the usual standard
 * error of the mean also holds the fold's part, which is the same for all. */
#ifndef HONE_SEARCH_GP_NOISE_H
#define HONE_SEARCH_GP_NOISE_H

#include "engine/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Losses of n trials on their folds, row-major; NaN where a fold was not run. */
struct gp_table {
    size_t n, folds;
    const double *loss; /* (n, folds) */
};

/* ret_effect (folds): what a fold adds to every trial's loss, summing to 0; all 0
 * while fewer than four trials have all folds. ret_mean (n): means of what is
 * left over the folds that were run. ret_se2 (n): squares of their standard
 * errors. ret_known: whether there is any; false when no trial has all of at
 * least two folds (ret_se2 is then 0). Every trial has at least one fold. */
HONE_MUST_CHECK enum hone_code gp_noise(const struct gp_table *table, double *ret_effect,
    double *ret_mean, double *ret_se2, bool *ret_known, struct hone_err *err);

#endif
