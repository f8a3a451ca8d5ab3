/* The Gaussian process once its hyperparameters are chosen: z = m + f(x) + noise
 * with f of covariance k and C = K + diag(noise) = L L'. What is kept is L^-1:
 * products with it are as fast as with C^-1, and ten times as exact. */
#ifndef HONE_SEARCH_GP_POSTERIOR_H
#define HONE_SEARCH_GP_POSTERIOR_H

#include "engine/err.h"
#include "search/gp/kernel.h"
#include "search/points/layout.h"

#include <stddef.h>

struct gp_model {
    const struct points_layout *layout;
    const struct gp_kernel *kernel;
    double *weight; /* (scales) 1 / length scale^2 */
    double s2;      /* variance of f */
    size_t n, room;
    double *x;       /* (columns, room) points, column by column */
    double *noise;   /* (room) variance of each point's noise, jitter included */
    double *z;       /* (room) what was observed */
    double *alpha;   /* (room) C^-1 (z - m) */
    double *precision; /* (room) diagonal of C^-1 */
    double *root;      /* (room, room) L^-1, column-major, lower triangle */
    double *scratch;   /* (4, room) */
    double mean;       /* m */
};

/* An empty model with room for that many points. Fails only for want of memory. */
HONE_MUST_CHECK enum hone_code gp_model_init(struct gp_model *model,
    const struct points_layout *layout, const struct gp_kernel *kernel, size_t room,
    struct hone_err *err);
void gp_model_finish(struct gp_model *model); /* accepts zeroed */

/* A copy with at least that much room; ret_copy is zero-initialised. */
HONE_MUST_CHECK enum hone_code gp_model_copy(const struct gp_model *model, size_t room,
    struct gp_model *ret_copy, struct hone_err *err);

/* Puts a point in, with its noise variance; to be followed by gp_model_factor. */
void gp_model_put(struct gp_model *model, const double *row, double noise);

/* Computes L^-1. When C is not positive definite, s2 times 1e-8, 1e-7 …
 * 1e-4 is added to the noise; HONE_E_NUMERIC when that does not help either. */
HONE_MUST_CHECK enum hone_code gp_model_factor(struct gp_model *model, struct hone_err *err);

/* Puts a point in and updates L^-1 in O(n^2). HONE_E_NUMERIC, the model
 * unchanged, when the new pivot is lost in rounding. Needs room for the point. */
HONE_MUST_CHECK enum hone_code gp_model_append(struct gp_model *model, const double *row,
    double noise, struct hone_err *err);

/* Takes the observations z (n). mean: NaN for the best one under its N(0, 1)
 * prior, m = 1'C^-1 z / (1'C^-1 1 + 1), or a number to be used instead. */
void gp_model_observe(struct gp_model *model, const double *z, double mean);

/* Mean of f at the i-th point of the model. */
double gp_model_mean_at(const struct gp_model *model, size_t i);

/* Standard deviation of f there. */
double gp_model_sd_at(const struct gp_model *model, size_t i);

/* Leave-one-out mean and variance of z_i, noise included (Rasmussen, Williams
 * 2006, eq. 5.12). */
double gp_model_loo(const struct gp_model *model, size_t i, double *ret_var);

/* k and h = dk / d(r2) between a row and the model's points; each has n elements. */
void gp_model_covariances(const struct gp_model *model, const double *row, double *ret_k,
    double *ret_h);

/* ret_w (n) = C^-1 v */
void gp_model_solve(const struct gp_model *model, const double *v, double *ret_w);

/* Mean and variance of f at a point. */
double gp_model_predict(const struct gp_model *model, const double *row, double *ret_var);

/* A variance that rounding made too small or negative, made usable. */
double gp_model_floor(const struct gp_model *model, double var);

/* Mean and variance at `count` points (count, columns), row-major. room holds
 * (n, count) doubles; afterwards it is L^-1 k of each point. k (n, count), when
 * not NULL, gets the covariances with the model's points. */
void gp_model_predict_block(const struct gp_model *model, size_t count, const double *row,
    double *room, double *ret_k, double *ret_mean, double *ret_var);

#endif
