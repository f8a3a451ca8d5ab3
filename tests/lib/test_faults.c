/* Every allocation of a whole search failing once: by a clear code, and without a
 * leak, which the address sanitizer sees. */
#include "engine/alloc.h"
#include "engine/hone.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { TRIALS = 14 };

static double bowl(struct hone_point *point, void *data) {
    (void)data;
    hone_point_metric(point, "trial", (double)hone_point_trial(point));
    (void)hone_point_report(point, 1, 3);
    if (hone_point_trial(point) == 4) {
        hone_point_fail(point, "it is the fourth");
    }
    return fabs(hone_point_float(point, "x"));
}

static struct hone_params *describe(void) {
    static const char *const kinds[] = {"a", "b"};
    struct hone_params *params = hone_params_new();

    hone_params_float(params, "x", -1, 1, 0);
    hone_params_choice(params, "kind", 2, kinds);
    hone_params_int(params, "k", 1, 3, HONE_LOG);
    hone_params_when(params, "k", "kind", "b");
    hone_params_set(params, "k", "default", "2");
    return params;
}

/* Half asked and told, one left untold, half by a function. */
static enum hone_code work(struct hone_search *search, struct hone_err *err) {
    struct hone_point *point = NULL;
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < TRIALS / 2; i++) {
        code = hone_search_ask(search, &point, err);
        if (code == HONE_OK) {
            code = hone_search_tell(search, point, bowl(point, NULL), err);
        }
    }
    if (code == HONE_OK) {
        code = hone_search_run(search, bowl, NULL, NULL, err);
    }
    return code == HONE_OK ? hone_search_ask(search, &point, err) : code;
}

static enum hone_code search_all(const char *method, struct hone_err *err) {
    const struct hone_options options = {.method = method, .trials = TRIALS, .workers = 2};
    struct hone_params *params = describe();
    struct hone_search *search = NULL;
    enum hone_code code = hone_search_open(params, &options, &search, err);

    hone_params_free(params);
    if (code == HONE_OK) {
        code = work(search, err);
    }
    hone_search_close(search);
    return code;
}

/* The clock waits for nobody: an allocation may be of a thread that came late. */
static void every_failing_allocation_ends_with_a_code(void **state) {
    static const char *const methods[] = {"random", "tpe", "gp"};
    struct hone_err err;
    size_t failed = 0;

    (void)state;
    for (size_t m = 0; m < sizeof(methods) / sizeof(methods[0]); m++) {
        unsigned long n = 0;
        enum hone_code code;

        do {
            (void)strcpy(err.text, "");
            hone_alloc_fail_at(++n, 0);
            code = search_all(methods[m], &err);
            hone_alloc_fail_at(0, 0);
            assert_true(code == HONE_OK || code == HONE_E_NOMEM);
            assert_true(code == HONE_OK || strlen(err.text) > 0);
            failed += code == HONE_E_NOMEM;
        } while (code != HONE_OK || n < 100);
        assert_in_range(n, 100, 20000);
    }
    assert_true(failed > 200);
}

static size_t handled;

static void count_handled(const char *reason, const char *file, int line, int status) {
    (void)reason;
    (void)file;
    (void)line;
    (void)status;
    handled++;
}

/* The first opening in this process: what it does to GSL it does once. */
static void error_handler_of_the_program_stays(void **state) {
    struct hone_err err;
    gsl_error_handler_t *before = gsl_set_error_handler(count_handled);

    (void)state;
    assert_null(before); /* GSL's own */
    assert_int_equal(search_all("random", &err), HONE_OK);
    gsl_error("one", __FILE__, __LINE__, GSL_EFAILED);
    assert_int_equal(handled, 1);
    assert_true(gsl_set_error_handler(NULL) == count_handled);
    assert_int_equal(search_all("random", &err), HONE_OK);
    assert_null(gsl_set_error_handler_off());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_handler_of_the_program_stays),
        cmocka_unit_test(every_failing_allocation_ends_with_a_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
