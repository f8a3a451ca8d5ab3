/* The two LAPACK routines that the posterior needs; OpenBLAS carries their
 * symbols. Matrices are column-major; *info is 0 on success, k > 0 when the
 * leading minor of order k is not positive definite. */
#ifndef HONE_SEARCH_GP_LAPACK_H
#define HONE_SEARCH_GP_LAPACK_H

/* A <- L with A = L L' (uplo "L"). */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);

/* A <- L' L of a lower triangular matrix (uplo "L"). */
void dlauum_(const char *uplo, const int *n, double *a, const int *lda, int *info);

#endif
