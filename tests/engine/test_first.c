#include "engine/plan.h"

#include "tests/engine/plan_parts.h"
#include "tests/engine/tree.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LR, OPT, BETA, UNITS, PARAMS, TEXT_BYTES = 512 };

#define CASES(table) (sizeof(table) / sizeof((table)[0]))

static enum hone_code load(struct hone_arena *words, const char *objective, const char *search,
    struct hone_plan *ret_plan, struct hone_problems *ret_problems) {
    char text[TEXT_BYTES];
    struct hone_err err;

    (void)snprintf(text, sizeof(text),
        "{objective: {%s: a},\n"
        "space: {lr: {type: float, low: 0.01, high: 1}, opt: [sgd, momentum],"
        " beta: {type: float, low: 0, high: 1, default: 0.9, when: {opt: momentum}},"
        " units: {type: int, low: 1, high: 9, step: 2}},\n"
        "search: %s}", objective, search);
    return plan_parts_load(ret_plan, tree_read(words, text), ret_problems, &err);
}

static bool is_point(const double *x, double lr, double opt, double beta, double units) {
    return x[LR] == lr && x[OPT] == opt && x[UNITS] == units &&
           (isnan(beta) ? isnan(x[BETA]) : x[BETA] == beta);
}

static void the_default_point_has_defaults_presets_and_centres(void **state) {
    struct hone_arena words = {0};
    struct hone_problems problems;
    struct hone_plan model;
    struct hone_plan function;

    (void)state;
    assert_int_equal(load(&words, "model", "{}", &model, &problems), HONE_OK);
    assert_int_equal(load(&words, "function", "{}", &function, &problems), HONE_OK);
    assert_true(is_point(model.x_default, 0.25, 0, NAN, 5)); /* lr: the model's own */
    assert_true(is_point(function.x_default, 0.505, 0, NAN, 5));
    hone_plan_finish(&model);
    hone_plan_finish(&function);
    hone_arena_finish(&words);
}

static void the_default_comes_first_unless_told(void **state) {
    static const struct {
        const char *search;
        size_t count;
    } c[] = {
        {"{}", 1}, {"~", 1}, {"{first: default}", 1}, {"{first: none}", 0}, {"{first: []}", 0},
        {"{first: [{}]}", 1},
    };

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_arena words = {0};
        struct hone_problems problems;
        struct hone_plan plan;

        assert_int_equal(load(&words, "model", c[i].search, &plan, &problems), HONE_OK);
        assert_int_equal(plan.first_count, c[i].count);
        assert_true(c[i].count == 0 || is_point(plan.first, 0.25, 0, NAN, 5));
        hone_plan_finish(&plan);
        hone_arena_finish(&words);
    }
}

static void a_method_with_an_end_starts_with_its_own(void **state) {
    static const char *const search[] = {"{method: lattice}", "{method: lattice, first: default}"};
    struct hone_arena words = {0};

    (void)state;
    for (size_t i = 0; i < CASES(search); i++) {
        char text[TEXT_BYTES];
        struct hone_plan plan;
        struct hone_problems problems;
        struct hone_err err;

        (void)snprintf(text, sizeof(text),
            "{objective: {function: a}, space: {a: [1, 2]}, search: %s}", search[i]);
        assert_int_equal(plan_parts_load(&plan, tree_read(&words, text), &problems, &err), HONE_OK);
        assert_int_equal(plan.first_count, i);
        hone_plan_finish(&plan);
    }
    hone_arena_finish(&words);
}

static void listed_points_are_completed_in_order(void **state) {
    struct hone_arena words = {0};
    struct hone_problems problems;
    struct hone_plan plan;

    (void)state;
    assert_int_equal(load(&words, "model",
        "{first: [{units: 3}, {opt: momentum, lr: 1}, {beta: 0.5, opt: momentum, units: 9.0}]}",
        &plan, &problems), HONE_OK);
    assert_int_equal(plan.first_count, 3);
    assert_true(is_point(plan.first, 0.25, 0, NAN, 3));
    assert_true(is_point(plan.first + PARAMS, 1, 1, 0.9, 5));
    assert_true(is_point(plan.first + 2 * PARAMS, 0.25, 1, 0.5, 9));
    assert_true(is_point(plan.x_default, 0.25, 0, NAN, 5));
    hone_plan_finish(&plan);
    hone_arena_finish(&words);
}

static void a_point_that_cannot_be_is_refused(void **state) {
    static const struct {
        const char *search, *line;
    } c[] = {
        {"{first: defaults}", "s:3:17: search.first: it should be default, none, or a list of"},
        {"{first: {lr: 1}}", "s:3:17: search.first: it should be default, none, or a list"},
        {"{first: ~}", "s:3:17: search.first: it should be default"},
        {"{first: [3]}", "s:3:18: search.first[0]: an integer stands here; it should be a mapping"},
        {"{first: [{}, {lr: 2}]}", "s:3:27: search.first[1]: lr: it is outside the range"},
        {"{first: [{units: 4}]}", "s:3:26: search.first[0]: units: it is outside the range or off"},
        {"{first: [{opt: adam}]}", "opt: it is none of the choices; it should be one of sgd,"},
        {"{first: [{untis: 4}]}",
            "s:3:19: search.first[0]: there is no parameter 'untis'; did you mean 'units'?"},
        {"{first: [{epochs: 4}]}", "there is no parameter 'epochs'; it should be one of the space"},
        {"{first: [{beta: 0.5}]}",
            "s:3:19: search.first[0]: 'beta' is not active at this point; it should be left out"},
        {"{first: [{opt: sgd, beta: 0.5}]}", "s:3:29: search.first[0]: 'beta' is not active"},
    };

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_arena words = {0};
        struct hone_problems problems;
        struct hone_plan plan;

        assert_int_equal(load(&words, "model", c[i].search, &plan, &problems), HONE_E_INPUT);
        if (problems.count != 1 || strstr(hone_buf_text(&problems.lines), c[i].line) == NULL) {
            fail_msg("%s: %zu problems: %s", c[i].search, problems.count,
                hone_buf_text(&problems.lines));
        }
        hone_problems_finish(&problems);
        hone_plan_finish(&plan);
        hone_arena_finish(&words);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_point_has_defaults_presets_and_centres),
        cmocka_unit_test(the_default_comes_first_unless_told),
        cmocka_unit_test(a_method_with_an_end_starts_with_its_own),
        cmocka_unit_test(listed_points_are_completed_in_order),
        cmocka_unit_test(a_point_that_cannot_be_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
