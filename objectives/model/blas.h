/* The matrix product of the training's number type, row-major. */
#ifndef HONE_OBJECTIVES_MODEL_BLAS_H
#define HONE_OBJECTIVES_MODEL_BLAS_H

#include "objectives/real.h"

#include <gsl/gsl_cblas.h>
#include <stddef.h>

#ifdef HONE_REAL_IS_DOUBLE
#define HONE_BLAS(routine) cblas_d##routine
#else
#define HONE_BLAS(routine) cblas_s##routine
#endif

/* So many columns are multiplied one by one: a matrix product first copies A into
 * blocks. Measured with OpenBLAS at (256, 50) times (50, n), in microseconds: n = 1
 * 0.7 against 1.9, n = 2 1.7 against 2.0, n = 4 3.4 against 2.6. */
enum { HONE_BLAS_THIN = 2 };

/* C (m, n) <- op(A) (m, k) B (k, n) + beta C, column by column. */
static inline void hone_gemm_thin(enum CBLAS_TRANSPOSE a_op, size_t m, size_t n, size_t k,
    const hone_real *a, size_t a_stride, const hone_real *b, size_t b_stride, hone_real beta,
    hone_real *c, size_t c_stride) {
    const size_t a_rows = a_op == CblasNoTrans ? m : k;
    const size_t a_columns = a_op == CblasNoTrans ? k : m;

    for (size_t j = 0; j < n; j++) {
        HONE_BLAS(gemv)(CblasRowMajor, a_op, (int)a_rows, (int)a_columns, 1, a, (int)a_stride,
            b + j, (int)b_stride, beta, c + j, (int)c_stride);
    }
}

/* C (m, n) <- op(A) (m, k) op(B) (k, n) + beta C. `*_stride`: elements from row to row. */
static inline void hone_gemm(enum CBLAS_TRANSPOSE a_op, enum CBLAS_TRANSPOSE b_op, size_t m,
    size_t n, size_t k, const hone_real *a, size_t a_stride, const hone_real *b, size_t b_stride,
    hone_real beta, hone_real *c, size_t c_stride) {
    if (n <= HONE_BLAS_THIN && b_op == CblasNoTrans) {
        hone_gemm_thin(a_op, m, n, k, a, a_stride, b, b_stride, beta, c, c_stride);
        return;
    }
    HONE_BLAS(gemm)(CblasRowMajor, a_op, b_op, (int)m, (int)n, (int)k, 1, a, (int)a_stride, b,
        (int)b_stride, beta, c, (int)c_stride);
}

#endif
