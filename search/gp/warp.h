/* From losses to what the model fits: a monotone warp, then mean 0 and
 * variance 1. */
#ifndef HONE_SEARCH_GP_WARP_H
#define HONE_SEARCH_GP_WARP_H

#include "engine/err.h"

#include <stddef.h>

enum gp_warp_kind {
    GP_WARP_HALFRANK, /* the worse half becomes normal quantiles, the better half stays */
    GP_WARP_YJ,       /* the power of Yeo and Johnson that makes them most normal */
    GP_WARP_NONE,
};

/* The warp as a line through its knots, the different losses, ascending. */
struct gp_warp {
    size_t knots;
    double *y, *z; /* (knots) */
};

/* Fits the warp to n >= 1 finite losses and applies it; ret_slope is dz / dy, by
 * which noise is carried along. Equal losses all become 0. A warp that was
 * fitted before is replaced. */
HONE_MUST_CHECK enum hone_code gp_warp_fit(struct gp_warp *warp, enum gp_warp_kind kind, size_t n,
    const double *y, double *ret_z, double *ret_slope, struct hone_err *err);

/* The loss that z stands for; beyond the knots the last piece goes on. */
double gp_warp_inverse(const struct gp_warp *warp, double z);

void gp_warp_finish(struct gp_warp *warp); /* accepts zeroed */

/* t(y) of Yeo and Johnson 2000, eq. 2.1, and its derivative. */
double gp_yeo_johnson(double lambda, double y, double *ret_slope);

#endif
