#include "search/gp/triangle.h"

#include "search/gp/wide.h"

#include <gsl/gsl_cblas.h>

enum {
    STRIP = 4,       /* columns that are worked on together */
    LANES = 8,       /* partial sums of a dot product: a fixed order in any width */
    UNBLOCKED = 32, /* up to it, inversion goes column by column */
};

/* ---- Products ---- */

/* v[i] += a strip's row i times x, for `below` rows from `at` on. */
static inline void add_strip(size_t below, const double *restrict at, size_t room,
    const double *restrict x, double *restrict v) {
    for (size_t i = 0; i < below; i++) {
        v[i] += at[i] * x[0] + at[room + i] * x[1] +
                (at[2 * room + i] * x[2] + at[3 * room + i] * x[3]);
    }
}

/* Columns `from` to `to`, the last first, down to row `rows`. */
static inline void times_columns(size_t from, size_t to, size_t rows, const double *a,
    size_t room, double *v) {
    for (size_t j = to; j-- > from;) {
        for (size_t i = j + 1; i < rows; i++) {
            v[i] += a[j * room + i] * v[j];
        }
        v[j] *= a[j * room + j];
    }
}

/* From the last column to the first: what a column is multiplied with is changed
 * only by those before it. */
GP_WIDE void gp_triangle_times(size_t n, const double *a, size_t room, double *v) {
    size_t end = n;

    for (; end >= STRIP; end -= STRIP) {
        size_t from = end - STRIP;

        add_strip(n - end, a + from * room + end, room, v + from, v + end);
        times_columns(from, end, end, a, room, v);
    }
    times_columns(0, end, n, a, room, v);
}

static inline double dot(size_t n, const double *restrict a, const double *restrict b) {
    double lane[LANES] = {0};
    double rest = 0;
    size_t i = 0;

    for (; i + LANES <= n; i += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            lane[l] += a[i + l] * b[i + l];
        }
    }
    for (; i < n; i++) {
        rest += a[i] * b[i];
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7])) + rest;
}

GP_WIDE void gp_triangle_transposed_times(size_t n, const double *a, size_t room, double *v) {
    for (size_t j = 0; j < n; j++) {
        v[j] = dot(n - j, a + j * room + j, v + j);
    }
}

/* ---- Inverse ---- */

/* The last column first: x <- -(C^-1 x) / a for the column x below a diagonal a, with C
 * what is to the right of it (Golub, Van Loan 2013, section 3.1.8). */
static void invert_columns(size_t n, double *a, size_t room) {
    for (size_t j = n; j-- > 0;) {
        double *diagonal = a + j * (room + 1);
        size_t below = n - j - 1;

        *diagonal = 1 / *diagonal;
        if (below > 0) {
            gp_triangle_times(below, diagonal + room + 1, room, diagonal + 1);
        }
        for (size_t i = 1; i <= below; i++) {
            diagonal[i] *= -*diagonal;
        }
    }
}

/* By halves: (A 0; B C)^-1 = (A^-1 0; -C^-1 B A^-1, C^-1). */
void gp_triangle_invert(size_t n, double *a, size_t room) {
    const size_t half = n / 2;
    const int above = (int)half;
    const int below = (int)(n - half);
    double *corner = a + half * (room + 1);

    if (n <= UNBLOCKED) {
        invert_columns(n, a, room);
        return;
    }
    gp_triangle_invert(half, a, room);
    gp_triangle_invert(n - half, corner, room);
    cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, below, above, -1,
        corner, (int)room, a + half, (int)room);
    cblas_dtrmm(CblasColMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, below, above, 1,
        a, (int)room, a + half, (int)room);
}
