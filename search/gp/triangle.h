/* Lower triangular matrices, column-major with `room` between the columns: what the
 * posterior does with the root L^-1 of its precision, at every point it judges.
 *
 * OpenBLAS's dtrmv works by many small calls, its dtrtri without blocks up to order
 * 128: at n = 100 they take more than twice the time of these. As in search/gp/pass.h,
 * no order of summation depends on the processor or the alignment. */
#ifndef HONE_SEARCH_GP_TRIANGLE_H
#define HONE_SEARCH_GP_TRIANGLE_H

#include <stddef.h>

/* v (n) <- A v */
void gp_triangle_times(size_t n, const double *a, size_t room, double *v);

/* v (n) <- A' v */
void gp_triangle_transposed_times(size_t n, const double *a, size_t room, double *v);

/* A <- A^-1; its diagonal has no zeros. */
void gp_triangle_invert(size_t n, double *a, size_t room);

#endif
