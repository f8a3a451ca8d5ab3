/* How probable it is that a trial does not fail.
 *
 * Failed trials are not put into the model of the loss: a cliff would ruin its
 * length scales, and divergence often borders on the best learning rates. The
 * probability is the share of successes among the trials, each weighted by its
 * nearness, with a prior worth two trials that are one unit away. */
#ifndef HONE_SEARCH_GP_FEASIBILITY_H
#define HONE_SEARCH_GP_FEASIBILITY_H

#include "engine/err.h"
#include "search/gp/posterior.h"

#include <stddef.h>

/* Zero-initialised: nothing fails. */
struct gp_feasibility {
    const struct gp_model *model; /* its points are successes */
    size_t failed;
    double *failed_x;            /* (columns, failed) */
    double prior_ok, prior_fail; /* weights that are there before any trial */
    double *weight;              /* (scales) 1 / length scale^2 */
    double *scratch;             /* as many as the larger set of points */
};

/* From `failed` points (failed, columns) and the model's, while `succeeded` trials
 * did not fail in all. */
HONE_MUST_CHECK enum hone_code gp_feasibility_init(struct gp_feasibility *feasibility,
    const struct gp_model *model, size_t failed, const double *row, size_t succeeded,
    struct hone_err *err);
void gp_feasibility_finish(struct gp_feasibility *feasibility); /* accepts zeroed */

/* The logarithm of the probability at a point; adds its gradient by the unit values
 * of the scales, unless that is NULL. 0 while nothing has failed. */
double gp_feasibility_log(const struct gp_feasibility *feasibility, const double *row,
    double *gradient);

#endif
