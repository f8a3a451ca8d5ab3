/* The sampler that models the loss by a Gaussian process, and what else its model
 * can say. */
#ifndef HONE_SEARCH_GP_H
#define HONE_SEARCH_GP_H

#include "engine/sampler.h"

/* The complete trial that the model of the whole history expects to be the best,
 * with its mean and standard deviation in the frame of the losses. The trial with
 * the lowest loss is often one that was lucky: at noise as large as the spread of
 * the better half, this choice had -0.860 mean log10 regret, that one -0.714, with
 * the same search.
 * The setup is that of hone_sampler_gp. With too few results for a model it is the
 * trial with the lowest loss, whose sem stands for the standard deviation (NaN with
 * one fold). HONE_E_MISSING when no trial is complete. */
HONE_MUST_CHECK enum hone_code hone_gp_recommend(const struct hone_sampler_setup *setup,
    const struct hone_history *history, uint64_t *ret_number, double *ret_mean, double *ret_sd,
    struct hone_err *err);

#endif
