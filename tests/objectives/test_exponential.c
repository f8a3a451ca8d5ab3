/* The vectorised exponential against the library's, in single precision. */
#include "objectives/model/exponential.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Units in the last place of a float near `value`. */
static double ulps(double difference, double value) {
    int exponent;

    (void)frexp(value, &exponent);
    return fabs(difference) / ldexp(1, exponent - FLT_MANT_DIG);
}

/* One float in 1009 of all between the smallest and the largest normal result. */
static void every_normal_result_is_within_two_units(void **state) {
    const uint32_t all = UINT32_MAX;

    (void)state;
    for (uint64_t bits = 0; bits <= all; bits += 1009) {
        const uint32_t word = (uint32_t)bits;
        float x;
        double exact;

        memcpy(&x, &word, sizeof(x));
        if (!(x > -87.33f && x < 88.37f)) {
            continue;
        }
        exact = exp((double)x);
        if (ulps((double)hone_exp(x) - exact, exact) > 2) {
            fail_msg("exp(%.9g) is %.9g, expected %.9g", (double)x, (double)hone_exp(x), exact);
        }
    }
}

static void the_ends_are_finite_and_what_is_no_number_stays_so(void **state) {
    (void)state;
    assert_true(hone_exp(0) == 1);
    assert_true(isnan(hone_exp(NAN)));
    assert_true(hone_exp(-INFINITY) > 0 && hone_exp(-INFINITY) <= 2 * FLT_MIN);
    assert_true(hone_exp(-1e9f) == hone_exp(-INFINITY));
    assert_true(isfinite(hone_exp(INFINITY)) && hone_exp(INFINITY) > 0.5f * FLT_MAX);
    assert_true(hone_exp(1e9f) == hone_exp(INFINITY));
}

/* Steps of a unit in the last place around the points where 2^n changes. */
static void results_join_where_the_power_of_two_changes(void **state) {
    (void)state;
    for (int n = -120; n <= 120; n++) {
        float x = (float)((n + 0.5) * 0.69314718055994531);

        for (int i = 0; i < 50; i++) {
            x = nextafterf(x, -INFINITY);
        }
        for (int i = 0; i < 100; i++) {
            const float next = nextafterf(x, INFINITY);

            /* A unit each way is within the promise. */
            assert_true(hone_exp(next) >= hone_exp(x) * (1 - 2 * FLT_EPSILON));
            x = next;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_normal_result_is_within_two_units),
        cmocka_unit_test(the_ends_are_finite_and_what_is_no_number_stays_so),
        cmocka_unit_test(results_join_where_the_power_of_two_changes),
    };

    return cmocka_run_group_tests_name("exponential", tests, NULL, NULL);
}
