/* What a Gaussian process, fitted to the trials of a study, says of its space: for
 * reports, not for proposals. The study may have been searched by any method. */
#ifndef HONE_SEARCH_GP_PORTRAIT_H
#define HONE_SEARCH_GP_PORTRAIT_H

#include "engine/sampler.h"

#include <stddef.h>
#include <stdint.h>

struct hone_gp_portrait;

/* A loss that is expected, with the ends of its 90 % interval. */
struct hone_gp_guess {
    double mean, low, high;
};

/* Fits the model to the whole history, complete and pruned trials, once more: with
 * hundreds of trials that takes seconds, so thin a long history before. The setup is
 * that of the study; config is that of hone_sampler_gp, or NULL for the defaults.
 * Space and history must outlive the portrait. HONE_E_MISSING when there are too few
 * results or no model fits them. */
HONE_MUST_CHECK enum hone_code hone_gp_portrait_new(const struct hone_sampler_setup *setup,
    const struct hone_history *history, struct hone_gp_portrait **ret, struct hone_err *err);
void hone_gp_portrait_free(struct hone_gp_portrait *portrait); /* accepts NULL */

/* The mean loss over folds at a point, x_value (space->n); the interval is of that
 * mean, without the noise that folds add. */
struct hone_gp_guess hone_gp_portrait_guess(const struct hone_gp_portrait *portrait,
    const double *x_value);

/* How far one must go along a parameter until the loss is another, in units of its
 * range; a category's says how different two choices are. NaN for a constant. */
double hone_gp_portrait_length(const struct hone_gp_portrait *portrait, size_t param);

/* How many results the model is made of, and what it says of the i-th of them when
 * that is left out: the loss that will be observed, noise included. */
size_t hone_gp_portrait_count(const struct hone_gp_portrait *portrait);
struct hone_gp_guess hone_gp_portrait_left_out(const struct hone_gp_portrait *portrait, size_t i,
    uint64_t *ret_number);

#endif
