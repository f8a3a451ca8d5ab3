/* The grid against plain enumeration of everything. */
#include "engine/alloc.h"
#include "engine/rng.h"
#include "search/samplers.h"
#include "tests/search/support.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SPACES = 400, PARAMS = 6, POINTS_ROOM = 5000 };

/* All points in the order of nested loops, the last parameter fastest. */
struct reference {
    size_t count;
    double x_value[POINTS_ROOM][PARAMS];
};

static size_t pick(struct hone_rng *rng, size_t below) {
    return (size_t)(hone_rng_uniform(rng) * (double)below);
}

static bool is_coin(struct hone_rng *rng, double probability) {
    return hone_rng_uniform(rng) < probability;
}

/* ---- Random spaces ---- */

static void add_random_param(struct maker *maker, struct hone_rng *rng) {
    switch (pick(rng, 6)) {
    case 0:
        add_int(maker, 3, 3 + (double)pick(rng, 4), false, 0);
        break;
    case 1:
        add_stepped(maker, 0.1, 0.1 + 0.2 * (double)(1 + pick(rng, 3)), 0.2);
        break;
    case 2:
        add_float(maker, 1e-3, 10, true, 1 + pick(rng, 4));
        break;
    case 3:
        add_int(maker, 1, 40, true, 1 + pick(rng, 4));
        break;
    default:
        add_choice(maker, 1 + pick(rng, 4));
        break;
    }
}

/* Some of the parent's levels; of a thinned int, also such as the grid leaves out. */
static void add_random_when(struct maker *maker, struct hone_rng *rng, size_t child,
    size_t parent) {
    size_t levels = hone_param_levels(&maker->param[parent]);
    double value[PARAMS];
    size_t count = 0;

    for (size_t k = 0; k < levels && count < PARAMS; k++) {
        if (is_coin(rng, 0.5)) {
            value[count++] = hone_param_level(&maker->param[parent], k);
        }
    }
    if (levels > 0) {
        add_when(maker, child, parent, count, value);
    }
}

/* Each parameter waits for up to two others that come before it in a random order,
 * which is not that of the spec. */
static const struct hone_space *make_random_space(struct maker *maker, struct hone_rng *rng) {
    size_t n = 1 + pick(rng, PARAMS);
    size_t rank[PARAMS];

    for (size_t p = 0; p < n; p++) {
        size_t q = pick(rng, p + 1);

        add_random_param(maker, rng);
        rank[p] = rank[q];
        rank[q] = p;
    }
    for (size_t i = 1; i < n; i++) {
        size_t first = pick(rng, i);
        size_t second = pick(rng, i);

        if (is_coin(rng, 0.6)) {
            add_random_when(maker, rng, rank[i], rank[first]);
        }
        if (is_coin(rng, 0.3) && second != first) {
            add_random_when(maker, rng, rank[i], rank[second]);
        }
    }
    return make_space(maker);
}

/* ---- Plain enumeration ---- */

/* A value at a share of the way from low to high, on the parameter's scale and steps. */
static double value_at(const struct hone_param *param, double share) {
    double value = param->low * pow(param->high / param->low, share);

    if (!param->log || param->step == 0) {
        return hone_param_decode(param, share);
    }
    return hone_param_level(param, (size_t)round((value - param->low) / param->step));
}

/* The values that one parameter may take, written here anew. */
static size_t list_values(const struct hone_param *param, double *ret_value) {
    size_t levels = hone_param_levels(param);
    bool thinned = param->points > 0 && (levels == 0 || param->points < levels);
    size_t count = 0;

    for (size_t k = 0; k < (thinned ? param->points : levels); k++) {
        double last = (double)param->points - 1;
        double value = thinned ? value_at(param, last > 0 ? (double)k / last : 0.5)
                               : hone_param_level(param, k);

        if (count == 0 || value != ret_value[count - 1]) {
            ret_value[count++] = value;
        }
    }
    return count;
}

static bool is_listed(const struct reference *all, const struct hone_space *space,
    const double *x_value, size_t *ret_index) {
    for (size_t i = 0; i < all->count; i++) {
        if (hone_space_same(space, all->x_value[i], x_value)) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

/* Every combination of all values, what is inactive struck out, repeats left out. */
static void enumerate(struct reference *all, const struct hone_space *space, size_t at,
    double *raw) {
    double x_value[PARAMS];
    double value[64];
    size_t index;

    if (at < space->n) {
        size_t count = list_values(&space->param[space->order[at]], value);

        for (size_t k = 0; k < count; k++) {
            raw[space->order[at]] = value[k];
            enumerate(all, space, at + 1, raw);
        }
        return;
    }
    for (size_t i = 0; i < space->n; i++) {
        size_t p = space->order[i];

        x_value[p] = hone_space_active(space, p, x_value) ? raw[p] : NAN;
    }
    if (!is_listed(all, space, x_value, &index)) {
        assert_true(all->count < POINTS_ROOM);
        memcpy(all->x_value[all->count++], x_value, sizeof(x_value));
    }
}

/* Calls `check` with many random spaces and all the points of each. */
static void on_random_spaces(void (*check)(const struct hone_space *space,
    const struct reference *all, struct hone_rng *rng)) {
    struct reference *all = malloc(sizeof(*all));

    assert_non_null(all);
    for (uint64_t i = 0; i < SPACES; i++) {
        struct maker maker = {0};
        struct hone_rng rng;
        double raw[PARAMS];
        const struct hone_space *space;

        hone_rng_at(&rng, 20, i, 0, HONE_FOR_NOISE);
        space = make_random_space(&maker, &rng);
        all->count = 0;
        enumerate(all, space, 0, raw);
        check(space, all, &rng);
        finish_space(&maker);
    }
    free(all);
}

static void check_order(const struct hone_space *space, const struct reference *all,
    struct hone_rng *rng) {
    struct hone_sampler *grid = open_sampler(&hone_sampler_grid, space, 1);
    struct hone_history history = {.params = space->n, .folds = 1};

    (void)rng;
    assert_int_equal(hone_sampler_size(grid), all->count);
    assert_int_equal(run_trials(grid, space, &history, all->count + 5), all->count);
    for (size_t t = 0; t < all->count; t++) {
        assert_true(hone_space_same(space, history.trial[t].x_value, all->x_value[t]));
    }
    hone_history_finish(&history);
    hone_sampler_free(grid);
}

static void grid_visits_every_point_once_in_the_order_of_nested_loops(void **state) {
    (void)state;
    on_random_spaces(check_order);
}

/* Now and then somebody else chooses a trial: a point of the grid, perhaps one
 * that was tried already, or one beside it. */
static bool append_intruder(const struct hone_space *space, const struct reference *all,
    struct hone_rng *rng, struct hone_history *history) {
    double x_value[PARAMS];

    if (!is_coin(rng, history->count < 5 ? 0.7 : 0.2)) {
        return false;
    }
    memcpy(x_value, all->x_value[pick(rng, all->count)], sizeof(x_value));
    if (is_coin(rng, 0.2) && space->param[0].type == HONE_PARAM_FLOAT && !isnan(x_value[0])) {
        x_value[0] += 0.01;
    }
    append_trial(history, x_value);
    return true;
}

static void check_intruders(const struct hone_space *space, const struct reference *all,
    struct hone_rng *rng) {
    struct hone_sampler *grid = open_sampler(&hone_sampler_grid, space, 1);
    struct hone_history history = {.params = space->n, .folds = 1};
    bool taken[POINTS_ROOM] = {false};
    double x_value[PARAMS] = {0};
    size_t index;

    for (;;) {
        size_t lowest = 0;

        if (append_intruder(space, all, rng, &history)) {
            if (is_listed(all, space, history.trial[history.count - 1].x_value, &index)) {
                taken[index] = true;
            }
            continue;
        }
        while (lowest < all->count && taken[lowest]) {
            lowest++;
        }
        if (!ask_values(grid, space, &history, history.count, x_value)) {
            assert_int_equal(lowest, all->count);
            break;
        }
        assert_true(lowest < all->count);
        assert_true(hone_space_same(space, x_value, all->x_value[lowest]));
        taken[lowest] = true;
        append_trial(&history, x_value);
    }
    hone_history_finish(&history);
    hone_sampler_free(grid);
}

static void the_first_point_that_no_earlier_trial_has_comes_next(void **state) {
    (void)state;
    on_random_spaces(check_intruders);
}

/* ---- Sizes ---- */

static uint64_t size_of(struct maker *maker) {
    const struct hone_space *space = make_space(maker);
    struct hone_sampler *grid = open_sampler(&hone_sampler_grid, space, 1);
    uint64_t size = hone_sampler_size(grid);

    hone_sampler_free(grid);
    finish_space(maker);
    return size;
}

static void a_grid_of_many_points_is_neither_counted_nor_kept_one_by_one(void **state) {
    struct maker maker = {0};
    struct hone_history history = {.params = 9, .folds = 1};
    const struct hone_space *space;
    struct hone_sampler *grid;

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        add_int(&maker, 1, 10, false, 0);
    }
    space = make_space(&maker);
    grid = open_sampler(&hone_sampler_grid, space, 1);
    assert_int_equal(hone_sampler_size(grid), 1000000000);
    assert_int_equal(run_trials(grid, space, &history, 50), 50);
    assert_true(history.trial[49].x_value[8] == 10 && history.trial[49].x_value[7] == 5);
    hone_history_finish(&history);
    hone_sampler_free(grid);
    finish_space(&maker);
}

static void a_size_beyond_64_bits_is_the_largest_number(void **state) {
    struct maker exact = {0};
    struct maker beyond = {0};

    (void)state;
    for (size_t i = 0; i < 63; i++) {
        add_choice(&exact, 2);
        add_choice(&beyond, 2);
    }
    add_choice(&beyond, 3);
    assert_true(size_of(&exact) == UINT64_C(1) << 63);
    assert_true(size_of(&beyond) == UINT64_MAX);
}

/* A depth d of 20 has 1 + d layers, each with a kind of 3, one of which has 5 widths. */
static void independent_branches_are_counted_without_their_product(void **state) {
    struct maker maker = {0};
    size_t depth = add_int(&maker, 1, 20, false, 0);
    uint64_t expected = 0;
    uint64_t layers = 1;

    (void)state;
    for (size_t i = 1; i <= 20; i++) {
        size_t kind = add_choice(&maker, 3);
        size_t width = add_choice(&maker, 5);
        double deep[20];

        for (size_t d = i; d <= 20; d++) {
            deep[d - i] = (double)d;
        }
        add_when(&maker, kind, depth, 21 - i, deep);
        add_when(&maker, width, kind, 1, (const double[]){1});
        layers *= 7;                                            /* 2 kinds bare, 1 with 5 widths */
        expected = expected + layers < expected ? UINT64_MAX : expected + layers;
    }
    assert_true(expected > UINT64_C(1) << 56 && expected < UINT64_MAX);
    assert_true(size_of(&maker) == expected);
}

/* Switches in a row; between two that are on, a parameter of 3. */
static void a_chain_of_ties_is_counted_fast(void **state) {
    enum { SWITCHES = 36 };
    struct maker maker = {0};
    uint64_t off = 1;
    uint64_t on = 1;

    (void)state;
    for (size_t i = 0; i < SWITCHES; i++) {
        add_choice(&maker, 2);
    }
    for (size_t i = 0; i + 1 < SWITCHES; i++) {
        size_t link = add_choice(&maker, 3);
        uint64_t before = off;

        add_when(&maker, link, i, 1, (const double[]){1});
        add_when(&maker, link, i + 1, 1, (const double[]){1});
        off = before + on;
        on = before + 3 * on;
    }
    assert_true(size_of(&maker) == off + on);
}

static void a_hundred_thousand_trials_are_read_and_proposed_fast(void **state) {
    enum { MANY = 100000 };
    struct maker maker = {0};
    struct hone_history history = {.params = 2, .folds = 1};
    const struct hone_space *space;
    struct hone_sampler *grid;
    struct hone_sampler *fresh;
    double x_value[2] = {0};

    (void)state;
    add_int(&maker, 0, 999, false, 0);
    add_int(&maker, 1, 100, false, 0);
    space = make_space(&maker);
    grid = open_sampler(&hone_sampler_grid, space, 1);
    for (size_t i = MANY / 2; i < MANY; i++) { /* the second half, backwards */
        append_trial(&history, (const double[]){(double)((MANY * 3 / 2 - 1 - i) / 100),
                                   (double)((MANY * 3 / 2 - 1 - i) % 100 + 1)});
    }
    assert_int_equal(run_trials(grid, space, &history, MANY), MANY / 2);
    fresh = open_sampler(&hone_sampler_grid, space, 1);
    assert_false(ask_values(fresh, space, &history, history.count, x_value));
    hone_sampler_free(fresh);
    hone_sampler_free(grid);
    hone_history_finish(&history);
    finish_space(&maker);
}

/* ---- Axes ---- */

/* All values of a space of one parameter, as trials show them. */
static size_t visit_one(struct maker *maker, double *ret_value, size_t room) {
    const struct hone_space *space = make_space(maker);
    struct hone_sampler *grid = open_sampler(&hone_sampler_grid, space, 1);
    struct hone_history history = {.params = 1, .folds = 1};
    size_t count = run_trials(grid, space, &history, room);

    for (size_t t = 0; t < count; t++) {
        ret_value[t] = history.trial[t].x_value[0];
    }
    hone_history_finish(&history);
    hone_sampler_free(grid);
    finish_space(maker);
    return count;
}

static void points_are_even_in_the_scale_and_reach_both_ends(void **state) {
    struct maker linear = {0};
    struct maker logarithmic = {0};
    double value[10];

    (void)state;
    add_float(&linear, -2, 6, false, 5);
    assert_int_equal(visit_one(&linear, value, 10), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(value[i] == -2 + 2 * (double)i);
    }
    add_float(&logarithmic, 1e-5, 1, true, 6);
    assert_int_equal(visit_one(&logarithmic, value, 10), 6);
    assert_true(value[0] == 1e-5 && value[5] == 1);
    for (size_t i = 0; i < 6; i++) { /* exp and log each round once or twice */
        assert_true(fabs(value[i] / pow(10, (double)i - 5) - 1) < 1e-14);
    }
}

static void points_of_a_logarithmic_int_are_even_from_low_to_high(void **state) {
    struct maker maker = {0};
    double value[10];

    (void)state;
    add_int(&maker, 1, 1000, true, 4);
    assert_int_equal(visit_one(&maker, value, 10), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(value[i] == pow(10, (double)i));
    }
}

static void one_point_is_the_centre(void **state) {
    struct maker maker = {0};
    double value[2];

    (void)state;
    add_float(&maker, 1e-4, 1e-2, true, 1);
    assert_int_equal(visit_one(&maker, value, 2), 1);
    assert_true(fabs(value[0] / 1e-3 - 1) < 1e-14);
}

static void points_of_an_int_are_whole_and_different(void **state) {
    struct maker maker = {0};
    double value[20];
    size_t count;

    (void)state;
    add_int(&maker, 1, 256, true, 20);
    count = visit_one(&maker, value, 20);
    assert_true(count > 10 && count < 20); /* 1 and 2 take several of the 20 */
    assert_true(value[0] == 1 && value[count - 1] == 256);
    for (size_t i = 1; i < count; i++) {
        assert_true(value[i] > value[i - 1] && value[i] == floor(value[i]));
    }
}

static void more_points_than_levels_are_all_levels(void **state) {
    struct maker maker = {0};
    double value[20];

    (void)state;
    add_int(&maker, 1, 7, true, 9);
    assert_int_equal(visit_one(&maker, value, 20), 7);
}

static void a_value_written_in_decimals_is_the_point_it_means(void **state) {
    struct maker maker = {0};
    struct hone_history history = {.params = 1, .folds = 1};
    const struct hone_space *space;
    struct hone_sampler *grid;

    (void)state;
    add_float(&maker, 1e-5, 1, true, 6);
    space = make_space(&maker);
    grid = open_sampler(&hone_sampler_grid, space, 1);
    for (size_t i = 0; i < 3; i++) {
        append_trial(&history, (const double[]){(const double[]){0.0001, 0.01, 0.1}[i]});
    }
    append_trial(&history, (const double[]){0.011});
    assert_int_equal(run_trials(grid, space, &history, 10), 3);
    hone_sampler_free(grid);
    hone_history_finish(&history);
    finish_space(&maker);
}

/* ---- What cannot be a grid ---- */

static void check_says(void (*fill)(struct maker *maker), const char *expected) {
    struct maker maker = {0};
    struct hone_problems problems = {.file = "spec.yaml"};

    fill(&maker);
    hone_sampler_grid.check(make_space(&maker), NULL, &problems);
    if (expected == NULL) {
        assert_int_equal(problems.count, 0);
    } else {
        assert_int_equal(problems.count, 1);
        assert_non_null(strstr(hone_buf_text(&problems.lines), expected));
    }
    hone_problems_finish(&problems);
    finish_space(&maker);
}

static void fill_countable(struct maker *maker) {
    add_choice(maker, 3);
    add_int(maker, 1, 9, false, 0);
    add_stepped(maker, 0, 1, 0.25);
    add_float(maker, 0, 1, false, 4);
    add_float(maker, 2, 2, false, 0);
}

static void fill_uncountable(struct maker *maker) {
    fill_countable(maker);
    add_float(maker, 0, 1, false, 0);
}

static void fill_crowded(struct maker *maker) {
    add_float(maker, 0, 1, false, 1000000000);
}

static void fill_dense(struct maker *maker) {
    add_int(maker, 1, 0x1p52, true, 5); /* points make it possible */
    add_int(maker, 0, 0x1p52, false, 0);
}

static void a_float_without_step_or_points_is_a_problem(void **state) {
    (void)state;
    check_says(fill_countable, NULL);
    check_says(fill_uncountable,
        "space.p5: a grid needs step or points for a float; add points: 5");
    check_says(fill_crowded, "space.p0: 1000000000 points are more than a grid can keep");
    check_says(fill_dense, "space.p1: 4503599627370497 values are more than a grid can tell apart");
}

static void values_at_the_limit_are_proposed_exactly(void **state) {
    static const bool scales[] = {false, true};

    (void)state;
    for (size_t s = 0; s < 2; s++) {
        struct maker maker = {0};
        const double last = 0x1p40;
        double x_unit;

        add_int(&maker, 1, last, scales[s], 0);
        for (double x = last; x > last - 1000; x--) {
            x_unit = hone_param_encode(&maker.param[0], x);
            assert_true(hone_param_decode(&maker.param[0], x_unit) == x);
        }
        finish_space(&maker);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grid_visits_every_point_once_in_the_order_of_nested_loops),
        cmocka_unit_test(the_first_point_that_no_earlier_trial_has_comes_next),
        cmocka_unit_test(a_grid_of_many_points_is_neither_counted_nor_kept_one_by_one),
        cmocka_unit_test(a_size_beyond_64_bits_is_the_largest_number),
        cmocka_unit_test(independent_branches_are_counted_without_their_product),
        cmocka_unit_test(a_chain_of_ties_is_counted_fast),
        cmocka_unit_test(a_hundred_thousand_trials_are_read_and_proposed_fast),
        cmocka_unit_test(points_are_even_in_the_scale_and_reach_both_ends),
        cmocka_unit_test(points_of_a_logarithmic_int_are_even_from_low_to_high),
        cmocka_unit_test(one_point_is_the_centre),
        cmocka_unit_test(points_of_an_int_are_whole_and_different),
        cmocka_unit_test(more_points_than_levels_are_all_levels),
        cmocka_unit_test(a_value_written_in_decimals_is_the_point_it_means),
        cmocka_unit_test(a_float_without_step_or_points_is_a_problem),
        cmocka_unit_test(values_at_the_limit_are_proposed_exactly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
