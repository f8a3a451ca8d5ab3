/* Choice of the hyperparameters: maximum a posteriori.
 *
 * theta = (log length scale of each scale, log s2, log noise, rho); see gp_at.
 * C = K + diag(e^rho known_i + noise share_i + jitter s2). */
#ifndef HONE_SEARCH_GP_FIT_H
#define HONE_SEARCH_GP_FIT_H

#include "engine/err.h"
#include "search/gp/kernel.h"
#include "search/points/layout.h"

#include <stdbool.h>
#include <stddef.h>

enum { GP_FIT_ITERATIONS = 40 }; /* are enough */

/* What is fitted: the caller's, read only. */
struct gp_evidence {
    const struct points_layout *layout;
    const struct gp_kernel *kernel;
    size_t n;
    const double *row;   /* (n, columns) row-major */
    const double *z;     /* (n) */
    const double *known; /* (n) noise variance that the folds show; 0 when they do not */
    const double *share; /* (n) how much of the common noise each has */
    bool is_known;       /* whether `known` says anything: else rho stays 0 */
    bool deterministic;  /* no noise but rounding */
    double mean;         /* NaN: profiled; see gp_model_observe */
    double jitter;       /* relative to s2 */
};

/* Where things are in theta, after the log length scales. */
enum gp_at { GP_AT_S2, GP_AT_NOISE, GP_AT_RHO, GP_AT_COUNT };

/* Number of hyperparameters: scales + GP_AT_COUNT. */
size_t gp_theta_count(const struct points_layout *layout);

/* Room and constants of a fit. */
struct gp_fit {
    const struct gp_evidence *evidence;
    size_t squares;       /* columns that are numbers */
    size_t *square;       /* (squares) which */
    double *x;            /* (columns, n) */
    double *number;       /* (squares + 1, n) the numbers less 1/2, then ones */
    double *product;      /* (squares + 1, n) */
    double *low, *high;   /* (theta) bounds */
    double *centre;       /* (scales) of the prior on log length scales */
    double *weight;       /* (scales) */
    double *k, *h, *work; /* (n, n) lower triangles */
    double *vectors;      /* (5, n) */
    double *descent;      /* room of the minimiser */
};

/* Fills a zero-initialised fit. */
HONE_MUST_CHECK enum hone_code gp_fit_init(struct gp_fit *fit, const struct gp_evidence *evidence,
    struct hone_err *err);
void gp_fit_finish(struct gp_fit *fit); /* accepts zeroed */

/* Negative log marginal likelihood, without n log(2 pi) / 2, and its gradient;
 * +inf when C is not positive definite. */
double gp_fit_likelihood(struct gp_fit *fit, const double *theta, double *ret_gradient);

/* Negative log density of the prior, without constants; ADDS its gradient. */
double gp_fit_penalty(const struct gp_fit *fit, const double *theta, double *gradient);

/* The sum of both. */
double gp_fit_value(struct gp_fit *fit, const double *theta, double *ret_gradient);

/* Starting points that depend on nothing: 0 is the usual one, 1 has other
 * length scales and more noise. */
void gp_fit_start(const struct gp_fit *fit, int which, double *ret_theta);

/* Moves theta to a local minimum, or as far towards it as so many iterations get,
 * and returns the value there. */
double gp_fit_descend(struct gp_fit *fit, int iterations, double *theta);

#endif
