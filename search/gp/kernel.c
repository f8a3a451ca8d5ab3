#include "search/gp/kernel.h"

#include "search/gp/pass.h"

#include <gsl/gsl_cblas.h>

const struct gp_kernel gp_kernel_matern52 = {.name = "matern52", .pass = gp_pass_matern52};
const struct gp_kernel gp_kernel_rbf = {.name = "rbf", .pass = gp_pass_rbf};

void gp_kernel_distances(const struct points_layout *layout, const double *weight,
    const double *row, const struct gp_points *points, size_t from, double *ret_r2) {
    const size_t n = points->count - from;

    for (size_t i = 0; i < n; i++) {
        ret_r2[i] = 0;
    }
    for (size_t c = 0; c < layout->columns; c++) {
        const struct points_column *column = &layout->column[c];
        const double *x = points->x + c * points->room + from;

        if (column->kind == POINTS_HAMMING) {
            gp_pass_hamming(n, weight[column->scale], row[c], x, ret_r2);
        } else {
            gp_pass_square(n, weight[column->scale], row[c], x, ret_r2);
        }
    }
}

void gp_kernel_slopes(const struct points_layout *layout, const double *weight,
    const double *row, const struct gp_points *points, const double *t, double *gradient) {
    double sum = 0;

    for (size_t i = 0; i < points->count; i++) {
        sum += t[i];
    }
    for (size_t p = 0; p < layout->scales; p++) {
        size_t c = layout->scale[p].column;

        if (!layout->scale[p].category) {
            double moment =
                cblas_ddot((int)points->count, t, 1, points->x + c * points->room, 1);

            gradient[p] += weight[p] * (row[c] * sum - moment);
        }
    }
}
