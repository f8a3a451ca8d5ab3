#include "search/gp/kernel.h"

#include "search/gp/pass.h"

const struct gp_kernel gp_kernel_matern52 = {.name = "matern52", .pass = gp_pass_matern52};
const struct gp_kernel gp_kernel_rbf = {.name = "rbf", .pass = gp_pass_rbf};

void gp_kernel_distances(const struct gp_layout *layout, const double *weight, const double *row,
    const struct gp_points *points, size_t from, double *ret_r2) {
    const size_t n = points->count - from;

    for (size_t i = 0; i < n; i++) {
        ret_r2[i] = 0;
    }
    for (size_t c = 0; c < layout->columns; c++) {
        const struct gp_column *column = &layout->column[c];
        const double *x = points->x + c * points->room + from;

        if (column->kind == GP_HAMMING) {
            gp_pass_hamming(n, weight[column->scale], row[c], x, ret_r2);
        } else {
            gp_pass_square(n, weight[column->scale], row[c], x, ret_r2);
        }
    }
}
