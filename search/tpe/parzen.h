/* A density over a space, estimated from trials: one kernel about each of them and
 * one for the prior, which is uniform in the unit cube; all of the same weight.
 *
 * A kernel is a product over the parameters, so that what goes together stays
 * together (the multivariate TPE of Watanabe 2023, arXiv:2304.11127, "Kernel
 * functions"):
 *   number      a normal distribution truncated to [0, 1], about the trial's unit
 *               value; for a value with levels, its mass over the value's bin
 *   category    the trial's choice likelier than the others (Aitchison, Aitken 1976)
 *   a parameter that the trial did not have: uniform
 * The last is how conditional parameters are learnt. Optuna's group decomposition
 * has a density for each set of parameters that are active together and draws from
 * them independently; here a child keeps to the trial that its parents come from,
 * and a branch that was not tried starts from the prior.
 *
 * All densities are relative to the uniform one: in parameters that are inactive
 * in a point, any kernel has the density 1. */
#ifndef HONE_SEARCH_TPE_PARZEN_H
#define HONE_SEARCH_TPE_PARZEN_H

#include "engine/err.h"
#include "engine/rng.h"
#include "search/points/record.h"

#include <stddef.h>

/* A kernel in one scale of the layout. */
struct tpe_kernel {
    double centre;   /* unit value, or index of the choice; NaN: inactive */
    double width;    /* of a number: standard deviation */
    double hit;      /* of a category: probability of the trial's choice, */
    double miss;     /* and by how much the log density of any other is lower */
    double log_peak; /* the highest its log density may be */
};

struct tpe_parzen {
    const struct points_layout *layout;
    size_t n;
    struct tpe_kernel *kernel; /* (n, scales), a row for each trial; the prior has none */
    double *log_peak;          /* (n) sum over the row */
};

/* Fills a zero-initialised estimate from these trials. The least width of a kernel is
 * (n + 2)^-narrowing of the unit interval. */
HONE_MUST_CHECK enum hone_code tpe_parzen_init(struct tpe_parzen *parzen,
    const struct points_record *record, const size_t *trial, size_t n, double narrowing,
    struct hone_err *err);
void tpe_parzen_finish(struct tpe_parzen *parzen); /* accepts zeroed */

/* Draws a point's unit values (space->n), to be snapped. Returns which kernel it is
 * from, n for the prior. */
size_t tpe_parzen_draw(const struct tpe_parzen *parzen, struct hone_rng *rng,
    double *ret_x_unit);

/* A point in one scale, as densities see it. */
struct tpe_place {
    double at;        /* as the centre of a kernel; NaN: inactive */
    double low, high; /* its bin; equal when its density is meant */
};

/* The place (scales) of a point that is snapped. */
void tpe_place_set(const struct points_layout *layout, const double *x_unit, const bool *active,
    struct tpe_place *ret_place);

/* The logarithm of the density there, but for the share of kernels that are so far
 * below the highest that it cannot be seen. */
double tpe_parzen_log_density(const struct tpe_parzen *parzen, const struct tpe_place *place);

#endif
