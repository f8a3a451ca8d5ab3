#include "engine/cli/stats/paired.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CASES(array) (sizeof(array) / sizeof((array)[0]))
#define CHECK_NEAR(actual, expected, relative)                                                     \
    assert_true(fabs((actual) - (expected)) <= (relative) * fabs(expected))

/* Expected numbers: numpy 2.4 and scipy.stats.t.sf, from the formula in the header. */
static const struct {
    size_t folds;
    double ratio, a[10], b[10];
    double difference, sem, t, p;
} references[] = {
    {5, 0.25, {0.884, 0.8735, 0.895, 0.9084, 0.9227}, {0.8729, 0.869, 0.8928, 0.8909, 0.8964},
        0.012319999999999998, 0.006601090818948023, 1.8663582031982047, 0.13540036786803405},
    {10, 1.0 / 9,
        {0.9055, 0.8753, 0.8808, 0.932, 0.9041, 0.8654, 0.8983, 0.8767, 0.8874, 0.8902},
        {0.9026, 0.8598, 0.8714, 0.9279, 0.89, 0.8471, 0.9047, 0.8693, 0.8872, 0.8819},
        0.00738000000000002, 0.003450386272882894, 2.1388909578039286, 0.06113140239327091},
    {10, 0.25,
        {0.8742, 0.9004, 0.8992, 0.8939, 0.879, 0.8921, 0.8782, 0.8729, 0.9045, 0.8778},
        {0.8525, 0.8832, 0.9092, 0.8812, 0.88, 0.8818, 0.8678, 0.8828, 0.8968, 0.8704},
        0.006649999999999989, 0.006276824657243322, 1.0594528863134691, 0.31699766797949347},
    {2, 1, {0.9192, 0.8764}, {0.9018, 0.8774}, 0.008199999999999985, 0.015934867429633646,
        0.514594805147275, 0.6974431652160491},
};

static void the_test_is_that_of_the_reference(void **state) {
    (void)state;
    for (size_t i = 0; i < CASES(references); i++) {
        const struct cli_paired test = cli_paired_test(references[i].folds, references[i].a,
            references[i].b, references[i].ratio);

        assert_int_equal(test.folds, references[i].folds);
        /* A difference of means loses two digits. */
        CHECK_NEAR(test.difference, references[i].difference, 1e-12);
        CHECK_NEAR(test.sem, references[i].sem, 1e-12);
        CHECK_NEAR(test.t, references[i].t, 1e-12);
        CHECK_NEAR(test.p, references[i].p, 1e-11);
    }
}

static void folds_that_one_trial_lacks_do_not_count(void **state) {
    const double a[] = {0.884, NAN, 0.8735, 0.895, 0.9084, 0.7, 0.9227};
    const double b[] = {0.8729, 0.1, 0.869, 0.8928, 0.8909, NAN, 0.8964};
    const struct cli_paired test = cli_paired_test(7, a, b, 0.25);

    (void)state;
    assert_int_equal(test.folds, 5);
    CHECK_NEAR(test.p, references[0].p, 1e-11);
}

static void equal_trials_are_equal_and_constant_gaps_are_certain(void **state) {
    const double a[] = {1, 2, 3}, b[] = {0.5, 1.5, 2.5};

    (void)state;
    assert_true(cli_paired_test(3, a, a, 0.5).p == 1);
    assert_true(cli_paired_test(3, a, a, 0.5).difference == 0);
    assert_true(cli_paired_test(3, a, b, 0.5).p == 0);
    assert_true(isinf(cli_paired_test(3, a, b, 0.5).t));
}

static void last_digits_are_no_difference(void **state) {
    const double a[] = {0.1 + 0.2, 0.7, INFINITY}, b[] = {0.3, 0.7, 1};
    const double less[] = {0.3 - 1e-9, 0.7 - 1e-9, 1};

    (void)state;
    assert_true(a[0] != b[0]);
    assert_true(cli_paired_test(2, a, b, 0.5).p == 1);
    assert_true(cli_paired_test(3, a, b, 0.5).folds == 2);
    assert_true(cli_paired_test(3, less, b, 0.5).p < 0.5);
}

static void too_few_folds_say_nothing(void **state) {
    const double a[] = {1, NAN}, b[] = {2, 3}, none[] = {NAN, NAN};

    (void)state;
    assert_true(isnan(cli_paired_test(2, a, b, 0.5).p));
    assert_true(cli_paired_test(2, a, b, 0.5).difference == -1);
    assert_true(isnan(cli_paired_test(2, none, b, 0.5).difference));
    assert_true(isnan(cli_paired_test(0, NULL, NULL, 0.5).p));
}

static void trials_near_the_best_are_tied_with_it(void **state) {
    const double value[] = {
        0.90, 0.92, 0.91, 0.93, 0.90, /* the best */
        0.91, 0.90, 0.92, 0.92, 0.90, /* up and down */
        0.80, 0.83, 0.81, 0.83, 0.79, /* far below */
        0.90, NAN, NAN, NAN, NAN,     /* a race lost, as good where it ran */
        0.85, NAN, NAN, NAN, NAN,     /* and worse */
        NAN, NAN, NAN, NAN, NAN,
    };
    const bool expected[] = {true, true, false, true, false, false};
    double p[6];
    bool tied[6];

    (void)state;
    cli_paired_ties(6, 5, value, 0, 0.25, 0.05, p, tied);
    for (size_t i = 0; i < CASES(expected); i++) {
        assert_int_equal(tied[i], expected[i]);
    }
    assert_true(p[0] == 1 && p[1] > 0.05 && p[2] < 0.001 && isnan(p[3]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_test_is_that_of_the_reference),
        cmocka_unit_test(folds_that_one_trial_lacks_do_not_count),
        cmocka_unit_test(equal_trials_are_equal_and_constant_gaps_are_certain),
        cmocka_unit_test(last_digits_are_no_difference),
        cmocka_unit_test(too_few_folds_say_nothing),
        cmocka_unit_test(trials_near_the_best_are_tied_with_it),
    };

    return cmocka_run_group_tests_name("stats/paired", tests, NULL, NULL);
}
