/* Matrix products, and which library makes them. GSL brings a reference CBLAS of its own,
 * which is many times slower; linking it first goes unnoticed but for the time. */
#define _GNU_SOURCE /* dladdr */
#include "objectives/model/blas.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void products_are_openblas_s(void **state) {
    Dl_info info;
    void *symbol = dlsym(RTLD_DEFAULT, "cblas_sgemm");
    const hone_real one = 2;
    hone_real product = 3;

    (void)state;
    hone_gemm(CblasNoTrans, CblasNoTrans, 1, 1, 1, &one, 1, &one, 1, 1, &product, 1);
    assert_true(product == 7);
    assert_non_null(symbol);
    assert_int_not_equal(dladdr(symbol, &info), 0);
    if (strstr(info.dli_fname, "openblas") == NULL) {
        fail_msg("cblas_sgemm is that of %s", info.dli_fname);
    }
}

/* C by the definition of the product. */
static void multiply(enum CBLAS_TRANSPOSE a_op, size_t m, size_t n, size_t k, const hone_real *a,
    size_t a_stride, const hone_real *b, hone_real beta, hone_real *c) {
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            hone_real sum = beta * c[i * n + j];

            for (size_t l = 0; l < k; l++) {
                sum += (a_op == CblasNoTrans ? a[i * a_stride + l] : a[l * a_stride + i]) *
                    b[l * n + j];
            }
            c[i * n + j] = sum;
        }
    }
}

/* Thin ones go column by column: n = 1 and 2 here, and 3 and 4 do not. Small
 * integers, so that every order of summing gives the same bits. */
static void products_of_any_width_are_products(void **state) {
    enum { M = 5, K = 7, WIDEST = 4 };
    const enum CBLAS_TRANSPOSE op[] = {CblasNoTrans, CblasTrans};
    hone_real a[M * K], b[K * WIDEST], got[M * WIDEST], want[M * WIDEST];

    (void)state;
    for (size_t i = 0; i < M * K; i++) {
        a[i] = (hone_real)(i * 5 % 7) - 3;
    }
    for (size_t i = 0; i < K * WIDEST; i++) {
        b[i] = (hone_real)(i * 3 % 11) - 5;
    }
    for (size_t n = 1; n <= WIDEST; n++) {
        for (size_t o = 0; o < 2; o++) {
            const size_t a_stride = op[o] == CblasNoTrans ? K : M;

            for (int beta = 0; beta <= 1; beta++) {
                for (size_t i = 0; i < M * n; i++) {
                    got[i] = want[i] = (hone_real)i;
                }
                multiply(op[o], M, n, K, a, a_stride, b, (hone_real)beta, want);
                hone_gemm(op[o], CblasNoTrans, M, n, K, a, a_stride, b, n, (hone_real)beta, got, n);
                assert_memory_equal(got, want, M * n * sizeof(hone_real));
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_openblas_s),
        cmocka_unit_test(products_of_any_width_are_products),
    };

    return cmocka_run_group_tests_name("blas", tests, NULL, NULL);
}
