#include "engine/cli/stats/importance.h"

#include "engine/alloc.h"
#include "engine/rng.h"
#include "tests/search/support.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { TRIALS = 200, MOST = 12, SEEDS = 12 };

/* Random trials of a space, and what a function says of each. */
struct trials {
    size_t n;
    double x_value[TRIALS * MOST];
    double loss[TRIALS];
};

typedef double loss_function(const struct hone_space *space, const double *x_value);

static void make_trials(const struct hone_space *space, loss_function *function, uint64_t seed,
    size_t n, struct trials *ret) {
    double x_unit[MOST];
    struct hone_rng rng;

    ret->n = n;
    for (size_t i = 0; i < n; i++) {
        hone_rng_at(&rng, seed, i, 0, HONE_FOR_POINT);
        for (size_t p = 0; p < space->n; p++) {
            x_unit[p] = hone_rng_uniform(&rng);
        }
        hone_space_decode(space, x_unit, ret->x_value + i * space->n);
        ret->loss[i] = function(space, ret->x_value + i * space->n);
    }
}

static void find(const struct hone_space *space, const struct trials *trials,
    struct cli_importances *ret) {
    struct hone_err err;

    assert_int_equal(cli_importance_find(space, trials->n, trials->x_value, trials->loss, 1, ret,
        &err), HONE_OK);
}

/* Weights 8, 4, 2, 1: shares 64, 16, 4 and 1 of 85. */
static double additive(const struct hone_space *space, const double *x_value) {
    double loss = 0;

    for (size_t p = 0; p < space->n; p++) {
        loss += ldexp(8, -(int)p) * x_value[p];
    }
    return loss;
}

static void an_additive_function_is_taken_apart_in_order(void **state) {
    struct maker maker = {0};
    const struct hone_space *space;
    struct cli_importance found[4];
    struct cli_importances all = {.param = found};
    static struct trials trials;

    (void)state;
    for (size_t p = 0; p < 4; p++) {
        (void)add_float(&maker, 0, 1, false, 0);
    }
    space = make_space(&maker);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        make_trials(space, additive, seed, TRIALS, &trials);
        find(space, &trials, &all);
        for (size_t p = 0; p < 4; p++) {
            const double expected = ldexp(64, -2 * (int)p) / 85;

            assert_true(p == 0 || found[p].share < found[p - 1].share);
            assert_true(fabs(found[p].share - expected) < 0.1);
            assert_true(found[p].low <= found[p].share && found[p].share <= found[p].high);
            assert_true(found[p].high - found[p].low < 0.2);
            assert_true(found[p].active == 1);
        }
        assert_true(all.rest < 0.1);
        assert_true(all.explained > 0.8 && all.explained < 1);
        assert_int_equal(all.trials, TRIALS);
    }
    finish_space(&maker);
}

/* Depends on the child alone, which is active in a quarter of the space; the
 * mean there is that of the rest. */
static double child_alone(const struct hone_space *space, const double *x_value) {
    (void)space;
    return isnan(x_value[1]) ? 0 : x_value[1];
}

static void a_conditional_parameter_counts_where_it_is_active(void **state) {
    const double second[] = {1};
    struct maker maker = {0};
    const struct hone_space *space;
    struct cli_importance found[3];
    struct cli_importances all = {.param = found};
    static struct trials trials;

    (void)state;
    (void)add_choice(&maker, 4);
    (void)add_float(&maker, -1, 1, false, 0);
    (void)add_float(&maker, 0, 1, false, 0);
    add_when(&maker, 1, 0, 1, second);
    space = make_space(&maker);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        make_trials(space, child_alone, seed, TRIALS, &trials);
        find(space, &trials, &all);
        /* Of the variance 1/4 * 1/3, knowing the child alone explains 1/16 * 1/3. */
        assert_true(fabs(found[1].share - 0.25) < 0.08);
        assert_true(found[0].share < 0.08);
        assert_true(found[2].share < 0.05);
        assert_true(fabs(all.rest - 0.75) < 0.12);
        assert_true(fabs(found[1].active - 0.25) < 0.1);
    }
    finish_space(&maker);
}

/* A choice whose order says nothing, a log-scale integer, a product. */
static double mixed(const struct hone_space *space, const double *x_value) {
    static const double of_choice[] = {0, 3, 0, 3, 0};

    (void)space;
    return of_choice[(size_t)x_value[0]] + log2(x_value[1]) / 3 +
           2 * (x_value[2] - 0.5) * (x_value[3] - 0.5);
}

static void choices_and_log_scales_are_seen_and_products_are_the_rest(void **state) {
    struct maker maker = {0};
    const struct hone_space *space;
    struct cli_importance found[5];
    struct cli_importances all = {.param = found};
    static struct trials trials;

    (void)state;
    (void)add_choice(&maker, 5);
    (void)add_int(&maker, 1, 32, true, 0);
    (void)add_float(&maker, 0, 1, false, 0);
    (void)add_float(&maker, 0, 1, false, 0);
    (void)add_choice(&maker, 1);
    space = make_space(&maker);
    make_trials(space, mixed, 1, TRIALS, &trials);
    find(space, &trials, &all);
    assert_true(found[0].share > 0.75 && found[0].share > found[1].share);
    assert_true(found[1].share > 0.05 && found[1].share < 0.15);
    assert_true(found[2].share < 0.03 && found[3].share < 0.03);
    assert_true(found[4].share == 0 && found[4].high == 0);
    finish_space(&maker);
}

static double product(const struct hone_space *space, const double *x_value) {
    (void)space;
    return (x_value[0] - 0.5) * (x_value[1] - 0.5);
}

static void what_two_parameters_do_together_belongs_to_neither(void **state) {
    struct maker maker = {0};
    const struct hone_space *space;
    struct cli_importance found[2];
    struct cli_importances all = {.param = found};
    static struct trials trials;

    (void)state;
    (void)add_float(&maker, 0, 1, false, 0);
    (void)add_float(&maker, 0, 1, false, 0);
    space = make_space(&maker);
    make_trials(space, product, 1, TRIALS, &trials);
    find(space, &trials, &all);
    assert_true(found[0].share < 0.15 && found[1].share < 0.15 && all.rest > 0.75);
    finish_space(&maker);
}

static double diverging(const struct hone_space *space, const double *x_value) {
    return x_value[3] > 0.99 ? 1e9 : additive(space, x_value);
}

static void a_few_that_diverged_do_not_hide_the_rest(void **state) {
    struct maker maker = {0};
    const struct hone_space *space;
    struct cli_importance found[4];
    struct cli_importances all = {.param = found};
    static struct trials trials;

    (void)state;
    for (size_t p = 0; p < 4; p++) {
        (void)add_float(&maker, 0, 1, false, 0);
    }
    space = make_space(&maker);
    make_trials(space, diverging, 1, TRIALS, &trials);
    find(space, &trials, &all);
    assert_true(found[0].share > found[1].share && found[1].share > found[2].share);
    assert_true(found[0].share > 0.5);
    finish_space(&maker);
}

static void the_same_trials_have_the_same_importance(void **state) {
    struct maker maker = {0};
    const struct hone_space *space;
    struct cli_importance found[2][3];
    struct cli_importances all[2] = {{.param = found[0]}, {.param = found[1]}};
    static struct trials trials;

    (void)state;
    for (size_t p = 0; p < 3; p++) {
        (void)add_float(&maker, 0, 1, false, 0);
    }
    space = make_space(&maker);
    make_trials(space, additive, 1, 40, &trials);
    find(space, &trials, &all[0]);
    find(space, &trials, &all[1]);
    assert_memory_equal(found[0], found[1], sizeof(found[0]));
    finish_space(&maker);
}

static double constant(const struct hone_space *space, const double *x_value) {
    (void)space;
    (void)x_value;
    return 1;
}

static void nothing_to_explain_is_said(void **state) {
    struct maker maker = {0};
    const struct hone_space *space;
    struct cli_importance found[1];
    struct cli_importances all = {.param = found};
    static struct trials trials;
    struct hone_err err;

    (void)state;
    (void)add_float(&maker, 0, 1, false, 0);
    space = make_space(&maker);
    make_trials(space, additive, 1, CLI_IMPORTANCE_LEAST - 1, &trials);
    assert_int_equal(cli_importance_find(space, trials.n, trials.x_value, trials.loss, 1, &all,
        &err), HONE_E_MISSING);
    assert_non_null(strstr(err.text, "there are 9"));
    make_trials(space, constant, 1, TRIALS, &trials);
    assert_int_equal(cli_importance_find(space, trials.n, trials.x_value, trials.loss, 1, &all,
        &err), HONE_E_MISSING);
    make_trials(space, additive, 1, CLI_IMPORTANCE_LEAST, &trials);
    find(space, &trials, &all);
    finish_space(&maker);
}

static void memory_may_run_out_anywhere(void **state) {
    struct maker maker = {0};
    const struct hone_space *space;
    struct cli_importance found[2];
    struct cli_importances all = {.param = found};
    static struct trials trials;
    enum hone_code code = HONE_E_NOMEM;

    (void)state;
    (void)add_float(&maker, 0, 1, false, 0);
    (void)add_choice(&maker, 3);
    space = make_space(&maker);
    make_trials(space, additive, 1, 20, &trials);
    for (unsigned long n = 1; code == HONE_E_NOMEM && n < 2000; n += n < 40 ? 1 : 37) {
        struct hone_err err;

        hone_alloc_fail_at(n, 1);
        code = cli_importance_find(space, trials.n, trials.x_value, trials.loss, 1, &all, &err);
        hone_alloc_fail_at(0, 0);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
    }
    assert_int_equal(code, HONE_OK);
    finish_space(&maker);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_additive_function_is_taken_apart_in_order),
        cmocka_unit_test(a_conditional_parameter_counts_where_it_is_active),
        cmocka_unit_test(choices_and_log_scales_are_seen_and_products_are_the_rest),
        cmocka_unit_test(what_two_parameters_do_together_belongs_to_neither),
        cmocka_unit_test(a_few_that_diverged_do_not_hide_the_rest),
        cmocka_unit_test(the_same_trials_have_the_same_importance),
        cmocka_unit_test(nothing_to_explain_is_said),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests_name("stats/importance", tests, NULL, NULL);
}
