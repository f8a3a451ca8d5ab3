/* How much a point promises: the logarithm of its expected improvement, averaged
 * over what the trials that are still running may come to, plus the logarithms of
 * the probability that it does not fail and of how likely the best point lies so far
 * from the ends of ranges. */
#ifndef HONE_SEARCH_GP_ACQUISITION_H
#define HONE_SEARCH_GP_ACQUISITION_H

#include "engine/err.h"
#include "search/gp/feasibility.h"
#include "search/gp/posterior.h"

#include <stddef.h>

enum { GP_PENDING_LIMIT = 16, GP_DRAWS_LIMIT = 16, GP_BLOCK = 64 };

struct gp_acquisition {
    const struct gp_model *model;
    size_t pending;
    size_t draws;                     /* 1 when nothing is pending */
    double confidence; /* not 0: instead of improvement, minus the lower bound of the loss
                        * that lies so many sds below its mean */
    double inward;     /* weight of the last, see search/gp/inward.h; 0 without */
    double threshold[GP_DRAWS_LIMIT]; /* what is to be improved upon, under each draw */
    double normal[GP_DRAWS_LIMIT][GP_PENDING_LIMIT];
    double *pending_x;     /* (columns, pending) */
    double *pending_solve; /* (n, pending) C^-1 K between model and pending points */
    double *pending_root;  /* (pending, pending) inverse Cholesky root of their covariance */
    struct gp_feasibility feasibility;
    double *scratch; /* (4, n) */
    double *block;   /* (2, n, GP_BLOCK) */
};

/* Improvement below `threshold` under the model, which must live on. */
HONE_MUST_CHECK enum hone_code gp_acquisition_init(struct gp_acquisition *acquisition,
    const struct gp_model *model, double threshold, struct hone_err *err);
void gp_acquisition_finish(struct gp_acquisition *acquisition); /* accepts zeroed */

/* Takes `count` <= GP_PENDING_LIMIT running points (count, columns) into account:
 * their results are drawn from the posterior, f_s = mean + L normal_s, for each of
 * `draws` rows of standard normals, and what is to be improved upon becomes the
 * lesser of the threshold and the draw's best. HONE_E_NUMERIC, and nothing
 * changed, when their covariance cannot be factored. */
HONE_MUST_CHECK enum hone_code gp_acquisition_pend(struct gp_acquisition *acquisition,
    size_t count, const double *row, size_t draws,
    double normal[GP_DRAWS_LIMIT][GP_PENDING_LIMIT], struct hone_err *err);

/* Takes into account that `count` points (count, columns) failed, while `succeeded`
 * trials did not. */
HONE_MUST_CHECK enum hone_code gp_acquisition_fail(struct gp_acquisition *acquisition,
    size_t count, const double *row, size_t succeeded, struct hone_err *err);

/* The value at a point, and its gradient by the unit values of the scales
 * (0 for categories). */
double gp_acquisition_value(struct gp_acquisition *acquisition, const double *row,
    double *ret_gradient);

/* The values at count <= GP_BLOCK points (count, columns). */
void gp_acquisition_block(struct gp_acquisition *acquisition, size_t count, const double *row,
    double *ret_value);

#endif
