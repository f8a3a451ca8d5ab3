/* The test functions: their minima, and how they are asked for. */
#include "objectives/function.h"
#include "objectives/objectives.h"
#include "tests/objectives/golden.h"
#include "tests/objectives/rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Minimisers are written with 9 digits, where the functions are flat. */
static void every_minimum_is_where_it_is_said_to_be(void **state) {
    (void)state;
    for (const struct hone_function *f = hone_functions; f->name != NULL; f++) {
        check_near(f->value(f->stated_for, f->minimiser), f->minimum, 1e-12, 1e-12, f->name);
    }
}

/* No step to either side along an axis gets below the minimum. */
static void no_neighbour_is_below_the_minimum(void **state) {
    (void)state;
    for (const struct hone_function *f = hone_functions; f->name != NULL; f++) {
        for (size_t i = 0; i < 2 * f->stated_for; i++) {
            double x[8];

            memcpy(x, f->minimiser, f->stated_for * sizeof(*x));
            x[i / 2] += i % 2 == 0 ? 1e-3 : -1e-3;
            if (isnan(x[i / 2]) || isnan(f->value(f->stated_for, x))) {
                continue; /* inactive, or a branch that needs what is inactive */
            }
            assert_true(f->value(f->stated_for, x) > f->minimum);
        }
    }
}

/* One value each away from the minimum, from the formulas by hand or mpmath. */
static void values_elsewhere_are_right(void **state) {
    const double one[] = {1, 1};
    const double half[] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    const double three[] = {1, 2, 3};
    const double branch[] = {1, 2, NAN, 5};
    const struct hone_function *f = hone_functions;

    (void)state;
    check_near(f[0].value(2, one), 27.702905548512433, 1e-12, 0, "branin");
    check_near(f[2].value(6, half), -0.5053149917022333, 1e-12, 0, "hartmann6");
    check_near(f[3].value(2, one), 3.6253849384403627, 1e-12, 0, "ackley");
    check_near(f[4].value(3, three), 201, 1e-12, 0, "rosenbrock");
    check_near(f[6].value(3, three), 14, 1e-12, 1e-12, "rastrigin");
    check_near(f[8].value(3, three), 0.5 * (-10 + -38 + -48), 1e-12, 0, "styblinski_tang");
    check_near(f[9].value(2, one), 1876, 1e-12, 0, "goldstein_price");
    check_near(f[11].value(3, three), 14, 1e-12, 0, "sphere");
    check_near(f[12].value(3, three), 36, 1e-12, 0, "sum_squares");
    check_near(f[13].value(2, one), 3.2333333333333333, 1e-12, 0, "six_hump_camel");
    check_near(f[14].value(4, branch), 1.9, 1e-12, 0, "mixed");
}

static void names_stand_in_the_order_of_the_table(void **state) {
    size_t i = 0;

    (void)state;
    for (; hone_functions[i].name != NULL; i++) {
        assert_string_equal(hone_functions[i].name, hone_function_names[i]);
    }
    assert_null(hone_function_names[i]);
}

/* Parameters are x1, x2 … in the order of the spec, whatever their names. */
static void coordinates_are_taken_in_order(void **state) {
    struct rig rig;
    struct hone_result result;
    const double x_value[] = {2.275, 0};

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_function,
        "{\"objective\": {\"function\": \"branin\"}, \"space\": {"
        "\"b\": {\"type\": \"float\", \"low\": -5, \"high\": 10}, \"a\": [2.275, 1]}}"),
        HONE_OK);
    result = rig_evaluate(&rig, x_value, 0, 0);
    check_near(result.value, hone_functions[0].value(2, (const double[]){2.275, 2.275}), 1e-15, 0,
        "branin");
    assert_false(rig.objective->maximize);
    hone_result_finish(&result);
    rig_finish(&rig);
}

#define X1 "\"x1\": {\"type\": \"float\", \"low\": 0, \"high\": 1}"

static void wrong_spaces_are_problems(void **state) {
    static const char *const wrong[][2] = {
        {"{\"objective\": {\"function\": \"branin\"}}",
            "it is empty; branin needs space: {x1: {type: float, low: -5, high: 10}, x2: "},
        {"{\"objective\": {\"function\": \"branin\"}, \"space\": {" X1 "}}",
            "1 parameters; branin needs 2"},
        {"{\"objective\": {\"function\": \"sphere\"}, \"space\": {" X1 ", \"x2\": [\"a\", 1]}}",
            "a coordinate of a function should be a number"},
        {"{\"objective\": {\"function\": \"brainin\"}, \"space\": {" X1 "}}", "branin"},
        {"{\"objective\": {\"function\": \"sphere\", \"nois\": 1}, \"space\": {" X1 "}}",
            "did you mean 'noise'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct rig rig;

        rig_configure(&rig, &hone_objective_function, wrong[i][0]);
        assert_int_equal(rig.problems.count, 1);
        if (strstr(hone_buf_text(&rig.problems.lines), wrong[i][1]) == NULL) {
            fail_msg("'%s' not in: %s", wrong[i][1], hone_buf_text(&rig.problems.lines));
        }
        rig_finish(&rig);
    }
}

/* Noise belongs to trial and fold: drawn again it is the same, elsewhere not. */
static void noise_is_addressed(void **state) {
    struct rig rig;
    const double x_value[] = {0.5};
    double value[2][2];

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_function,
        "{\"objective\": {\"function\": \"sphere\", \"noise\": 0.1, \"folds\": 2}, \"space\": {" X1
        "}}"), HONE_OK);
    assert_int_equal(rig.objective->folds, 2);
    for (size_t i = 0; i < 4; i++) {
        struct hone_result result = rig_evaluate(&rig, x_value, i / 2, i % 2);
        struct hone_result again = rig_evaluate(&rig, x_value, i / 2, i % 2);

        value[i / 2][i % 2] = result.value;
        assert_true(result.value == again.value && result.value != 0.25);
    }
    assert_true(value[0][0] != value[0][1] && value[0][0] != value[1][0]);
    rig_finish(&rig);
}

static void a_sleeping_fold_can_be_cancelled(void **state) {
    struct rig rig;
    struct hone_result result;
    const double x_value[] = {0.5};

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_function,
        "{\"objective\": {\"function\": \"sphere\", \"sleep\": \"1h\"}, \"space\": {" X1 "}}"),
        HONE_OK);
    atomic_store(&rig.cancel, true);
    result = rig_evaluate(&rig, x_value, 0, 0);
    assert_int_equal(result.outcome, HONE_OUTCOME_CANCELLED);
    rig_finish(&rig);
}

/* An inactive parameter that the function needs is a failed trial with a reason. */
static void a_missing_coordinate_fails(void **state) {
    struct rig rig;
    struct hone_result result;
    const double x_value[] = {NAN};

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_function,
        "{\"objective\": {\"function\": \"sphere\"}, \"space\": {" X1 "}}"), HONE_OK);
    result = rig_evaluate(&rig, x_value, 0, 0);
    assert_int_equal(result.outcome, HONE_OUTCOME_FAILED);
    assert_non_null(strstr(result.error, "inactive"));
    hone_result_finish(&result);
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_minimum_is_where_it_is_said_to_be),
        cmocka_unit_test(no_neighbour_is_below_the_minimum),
        cmocka_unit_test(values_elsewhere_are_right),
        cmocka_unit_test(names_stand_in_the_order_of_the_table),
        cmocka_unit_test(coordinates_are_taken_in_order),
        cmocka_unit_test(wrong_spaces_are_problems),
        cmocka_unit_test(noise_is_addressed),
        cmocka_unit_test(a_sleeping_fold_can_be_cancelled),
        cmocka_unit_test(a_missing_coordinate_fails),
    };

    return cmocka_run_group_tests_name("function", tests, NULL, NULL);
}
