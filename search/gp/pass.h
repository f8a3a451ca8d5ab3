/* The innermost loops: distances and kernels over many points at once.
 *
 * No sums run across elements here, so every element has the same bits whatever
 * its place, the vector width and the alignment. That is why the exponential is
 * our own: the vectorised one of the C library, and -ffast-math which it needs,
 * give a loop's last elements other bits than its first. */
#ifndef HONE_SEARCH_GP_PASS_H
#define HONE_SEARCH_GP_PASS_H

#include <stddef.h>

/* r2[i] += weight (x - column[i])^2 */
void gp_pass_square(size_t n, double weight, double x, const double *restrict column,
    double *restrict r2);

/* r2[i] += weight [x != column[i]] */
void gp_pass_hamming(size_t n, double weight, double x, const double *restrict column,
    double *restrict r2);

/* Kernel values k and slopes h = dk / d(r2) at squared distances r2, for a
 * variance s2. */
void gp_pass_matern52(size_t n, double s2, const double *restrict r2, double *restrict ret_k,
    double *restrict ret_h);
void gp_pass_rbf(size_t n, double s2, const double *restrict r2, double *restrict ret_k,
    double *restrict ret_h);

#endif
