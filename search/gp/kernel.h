/* Covariance as a function of the squared scaled distance of two points. */
#ifndef HONE_SEARCH_GP_KERNEL_H
#define HONE_SEARCH_GP_KERNEL_H

#include "search/points/layout.h"

#include <stddef.h>

struct gp_kernel {
    const char *name;
    /* k and h = dk / d(r2) of n squared distances for a variance s2. */
    void (*pass)(size_t n, double s2, const double *restrict r2, double *restrict ret_k,
        double *restrict ret_h);
};

extern const struct gp_kernel gp_kernel_matern52;
extern const struct gp_kernel gp_kernel_rbf;

/* Points as a matrix, one point a row, stored column by column: column c of
 * point i is x[c * room + i]. */
struct gp_points {
    size_t count, room;
    const double *x; /* (columns, room) */
};

/* ret_r2[i] = sum over scales p of weight[p] D_p(row, point from + i), for the
 * points from `from` on; weight (layout->scales) is 1 / length scale^2. */
void gp_kernel_distances(const struct points_layout *layout, const double *weight,
    const double *row, const struct gp_points *points, size_t from, double *ret_r2);

/* Adds to gradient (scales) the slopes by the row's numbers of something whose slope
 * by the squared distance of point i is t[i] / 2: sum_i t_i weight_p (u_p - u_ip). */
void gp_kernel_slopes(const struct points_layout *layout, const double *weight,
    const double *row, const struct gp_points *points, const double *t, double *gradient);

#endif
