/* Which library multiplies matrices. GSL brings a reference CBLAS of its own,
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_openblas_s),
    };

    return cmocka_run_group_tests_name("blas", tests, NULL, NULL);
}
