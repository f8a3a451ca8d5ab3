/* Random search is uniform in each parameter's own scale. */
#include "search/samplers.h"
#include "tests/search/support.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { TRIALS = 20000, CELLS = 10 };

/* A fair sampler is refused once in ten thousand seeds; the seed here is fixed. */
static const double significance = 1e-4;

/* Tail probability of Pearson's chi-square for equal shares. */
static double fairness(const size_t *count, size_t cells) {
    double expected = (double)TRIALS / (double)cells;
    double chi_square = 0;

    for (size_t c = 0; c < cells; c++) {
        double excess = (double)count[c] - expected;

        chi_square += excess * excess / expected;
    }
    return gsl_cdf_chisq_Q(chi_square, (double)(cells - 1));
}

/* Asks TRIALS times and counts the values of parameter 0 by `cell`. */
static void count_cells(struct maker *maker, size_t (*cell)(double x_value), size_t *ret_count) {
    const struct hone_space *space = make_space(maker);
    struct hone_sampler *sampler = open_sampler(&hone_sampler_random, space, 11);
    struct hone_history history = {.params = space->n, .folds = 1};
    double x_value[MAKER_ROOM] = {0};

    for (size_t t = 0; t < TRIALS; t++) {
        size_t c;

        assert_true(ask_values(sampler, space, &history, t, x_value));
        c = cell(x_value[0]);
        assert_true(c < CELLS);
        ret_count[c]++;
    }
    hone_sampler_free(sampler);
    finish_space(maker);
}

static size_t cell_of_choice(double x_value) {
    return (size_t)x_value;
}

static size_t cell_of_decade(double x_value) { /* from 1e-7 to 1e3 */
    return (size_t)(log10(x_value) + 7);
}

static size_t cell_of_tenth(double x_value) { /* from -5 to 5 */
    return (size_t)(x_value + 5);
}

static void choices_have_equal_shares(void **state) {
    struct maker maker = {0};
    size_t count[CELLS] = {0};

    (void)state;
    add_choice(&maker, 7);
    count_cells(&maker, cell_of_choice, count);
    assert_true(fairness(count, 7) > significance);
}

static void decades_of_a_log_float_have_equal_shares(void **state) {
    struct maker maker = {0};
    size_t count[CELLS] = {0};

    (void)state;
    add_float(&maker, 1e-7, 1e3, true, 0);
    count_cells(&maker, cell_of_decade, count);
    assert_true(fairness(count, CELLS) > significance);
}

static void tenths_of_a_linear_float_have_equal_shares(void **state) {
    struct maker maker = {0};
    size_t count[CELLS] = {0};

    (void)state;
    add_float(&maker, -5, 5, false, 0);
    count_cells(&maker, cell_of_tenth, count);
    assert_true(fairness(count, CELLS) > significance);
}

static void values_of_an_int_have_equal_shares_ends_included(void **state) {
    struct maker maker = {0};
    size_t count[CELLS] = {0};

    (void)state;
    add_int(&maker, 0, 9, false, 0);
    count_cells(&maker, cell_of_choice, count);
    assert_true(fairness(count, CELLS) > significance);
}

static void a_parameter_added_at_the_end_leaves_the_others_as_they_were(void **state) {
    struct maker before = {0};
    struct maker after = {0};
    struct hone_history history = {.params = 2, .folds = 1};
    struct hone_history longer = {.params = 3, .folds = 1};
    double x_value[2] = {0};
    double y_value[3] = {0};
    struct hone_sampler *old;
    struct hone_sampler *new;

    (void)state;
    add_float(&before, 0, 1, false, 0);
    add_choice(&before, 4);
    add_float(&after, 0, 1, false, 0);
    add_choice(&after, 4);
    add_int(&after, 1, 9, false, 0);
    old = open_sampler(&hone_sampler_random, make_space(&before), 3);
    new = open_sampler(&hone_sampler_random, make_space(&after), 3);
    for (size_t t = 0; t < 50; t++) {
        assert_true(ask_values(old, &before.space, &history, t, x_value));
        assert_true(ask_values(new, &after.space, &longer, t, y_value));
        assert_memory_equal(x_value, y_value, sizeof(x_value));
    }
    hone_sampler_free(old);
    hone_sampler_free(new);
    finish_space(&before);
    finish_space(&after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choices_have_equal_shares),
        cmocka_unit_test(decades_of_a_log_float_have_equal_shares),
        cmocka_unit_test(tenths_of_a_linear_float_have_equal_shares),
        cmocka_unit_test(values_of_an_int_have_equal_shares_ends_included),
        cmocka_unit_test(a_parameter_added_at_the_end_leaves_the_others_as_they_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
