/* The matrix product of the training's number type, row-major. */
#ifndef HONE_OBJECTIVES_MODEL_BLAS_H
#define HONE_OBJECTIVES_MODEL_BLAS_H

#include "objectives/real.h"

#include <gsl/gsl_cblas.h>
#include <stddef.h>

/* C (m, n) <- op(A) (m, k) op(B) (k, n) + beta C. `*_stride`: elements from row to row. */
static inline void hone_gemm(enum CBLAS_TRANSPOSE a_op, enum CBLAS_TRANSPOSE b_op, size_t m,
    size_t n, size_t k, const hone_real *a, size_t a_stride, const hone_real *b, size_t b_stride,
    hone_real beta, hone_real *c, size_t c_stride) {
#ifdef HONE_REAL_IS_DOUBLE
    cblas_dgemm(
#else
    cblas_sgemm(
#endif
        CblasRowMajor, a_op, b_op, (int)m, (int)n, (int)k, 1, a, (int)a_stride, b,
        (int)b_stride, beta, c, (int)c_stride);
}

#endif
