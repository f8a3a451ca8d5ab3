/* Every sampler on every kind of space. */
#include "engine/alloc.h"
#include "search/samplers.h"
#include "tests/search/support.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { TRIALS = 40, SEED = 7 };

static bool applies(const struct hone_sampler_type *type, const struct named_space *kind) {
    return type != &hone_sampler_grid || kind->has_grid;
}

/* Calls `check` for each sampler and each space that it can search. */
static void cross(void (*check)(const struct hone_sampler_type *type,
    const struct hone_space *space)) {
    for (size_t s = 0; hone_samplers[s] != NULL; s++) {
        for (size_t k = 0; k < named_space_count; k++) {
            if (applies(hone_samplers[s], &named_spaces[k])) {
                struct maker maker = {0};

                named_spaces[k].make(&maker);
                check(hone_samplers[s], make_space(&maker));
                finish_space(&maker);
            }
        }
    }
}

static void check_inside(const struct hone_space *space, size_t p, const double *x_value) {
    const struct hone_param *param = &space->param[p];

    if (!hone_space_active(space, p, x_value)) {
        assert_true(isnan(x_value[p]));
    } else if (param->type == HONE_PARAM_CATEGORICAL) {
        assert_true(x_value[p] >= 0 && x_value[p] < (double)param->choice_count);
        assert_true(x_value[p] == floor(x_value[p]));
    } else {
        assert_true(x_value[p] >= param->low && x_value[p] <= param->high);
    }
}

static void check_points_inside(const struct hone_sampler_type *type,
    const struct hone_space *space) {
    struct hone_sampler *sampler = open_sampler(type, space, SEED);
    struct hone_history history = {.params = space->n, .folds = 1};
    size_t count = run_trials(sampler, space, &history, TRIALS);

    if (count < TRIALS) { /* exhausted: as many as a grid has */
        struct hone_sampler *grid = open_sampler(&hone_sampler_grid, space, SEED);

        assert_int_equal(count, hone_sampler_size(grid));
        hone_sampler_free(grid);
    }
    for (size_t t = 0; t < history.count; t++) {
        for (size_t p = 0; p < space->n; p++) {
            check_inside(space, p, history.trial[t].x_value);
        }
    }
    hone_history_finish(&history);
    hone_sampler_free(sampler);
}

static void points_lie_inside_the_space(void **state) {
    (void)state;
    cross(check_points_inside);
}

/* One sampler asked trial after trial, another made anew for each question, in
 * an order of jumps forth and back. */
static void check_rebuilt(const struct hone_sampler_type *type, const struct hone_space *space) {
    struct hone_sampler *steady = open_sampler(type, space, SEED);
    struct hone_sampler *jumping = open_sampler(type, space, SEED);
    struct hone_history history = {.params = space->n, .folds = 1};
    size_t count = run_trials(steady, space, &history, TRIALS);
    double x_value[MAKER_ROOM] = {0};

    for (size_t i = 0; i < count; i++) {
        size_t t = (i * 17 + 5) % count;
        struct hone_sampler *fresh = open_sampler(type, space, SEED);

        assert_true(ask_values(fresh, space, &history, t, x_value));
        assert_memory_equal(x_value, history.trial[t].x_value, space->n * sizeof(double));
        assert_true(ask_values(jumping, space, &history, t, x_value));
        assert_memory_equal(x_value, history.trial[t].x_value, space->n * sizeof(double));
        hone_sampler_free(fresh);
    }
    hone_history_finish(&history);
    hone_sampler_free(steady);
    hone_sampler_free(jumping);
}

static void a_sampler_made_anew_proposes_the_same_bits(void **state) {
    (void)state;
    cross(check_rebuilt);
}

/* Another seed, another search, but for the grid, and where there is but one point. */
static void check_seeds(const struct hone_sampler_type *type, const struct hone_space *space) {
    struct hone_sampler *sampler = open_sampler(type, space, SEED);
    struct hone_sampler *other = open_sampler(type, space, SEED + 1);
    struct hone_history history = {.params = space->n, .folds = 1};
    size_t free_params = 0;
    size_t differing = 0;

    for (size_t p = 0; p < space->n; p++) {
        free_params += hone_param_is_constant(&space->param[p]) ? 0 : 1;
    }
    run_trials(sampler, space, &history, TRIALS);
    for (size_t t = 0; t < history.count; t++) {
        double x_value[MAKER_ROOM];

        assert_true(ask_values(other, space, &history, t, x_value));
        differing += hone_space_same(space, x_value, history.trial[t].x_value) ? 0 : 1;
    }
    assert_true((differing > 0) == (free_params > 0 && type != &hone_sampler_grid));
    hone_history_finish(&history);
    hone_sampler_free(sampler);
    hone_sampler_free(other);
}

static void another_seed_is_another_search_but_for_the_grid(void **state) {
    (void)state;
    cross(check_seeds);
}

/* Random and Sobol points do not look at the trials before them. */
static void check_blind(const struct hone_sampler_type *type, const struct hone_space *space) {
    struct hone_sampler *sampler = open_sampler(type, space, SEED);
    struct hone_history history = {.params = space->n, .folds = 1};
    struct hone_history blank = {.params = space->n, .folds = 1};
    double x_value[MAKER_ROOM] = {0};

    bool looks = type == &hone_sampler_grid || type == &hone_sampler_gp ||
        type == &hone_sampler_tpe;

    run_trials(sampler, space, &history, looks ? 0 : TRIALS);
    for (size_t t = 0; t < history.count; t++) {
        assert_true(ask_values(sampler, space, &blank, t, x_value));
        assert_memory_equal(x_value, history.trial[t].x_value, space->n * sizeof(double));
        append_trial(&blank, NULL);
    }
    hone_history_finish(&history);
    hone_history_finish(&blank);
    hone_sampler_free(sampler);
}

static void random_and_sobol_do_not_look_at_the_history(void **state) {
    (void)state;
    cross(check_blind);
}

/* Creates a sampler and asks six times. Returns how that ended. */
static enum hone_code scenario(const struct hone_sampler_type *type,
    const struct hone_space *space, const struct hone_history *history) {
    struct hone_sampler_setup setup = {.space = space, .folds = 1,
        .config = preset_config(type)};
    struct hone_sampler *sampler = NULL;
    double x_unit[MAKER_ROOM];
    struct hone_err err;
    enum hone_code code = hone_sampler_create(type, &setup, &sampler, &err);

    for (size_t t = 0; t <= history->count && code == HONE_OK; t++) {
        struct hone_proposal proposal = {.x_unit = x_unit};
        struct hone_view view = {.history = history, .asking = t};

        code = hone_sampler_ask(sampler, &view, &proposal, &err);
    }
    hone_sampler_free(sampler);
    return code;
}

static void check_out_of_memory(const struct hone_sampler_type *type,
    const struct hone_space *space) {
    struct hone_sampler *sampler = open_sampler(type, space, SEED);
    struct hone_history history = {.params = space->n, .folds = 1};
    enum hone_code code = HONE_E_NOMEM;

    run_trials(sampler, space, &history, 5);
    hone_sampler_free(sampler);
    for (unsigned long n = 1; code != HONE_OK; n++) {
        hone_alloc_fail_at(n, 0);
        code = scenario(type, space, &history);
        hone_alloc_fail_at(0, 0);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
        assert_true(n > 1 || code == HONE_E_NOMEM);
        assert_true(n < 100);
    }
    hone_history_finish(&history);
}

static void any_failing_allocation_is_an_error_and_no_leak(void **state) {
    (void)state;
    cross(check_out_of_memory);
}

static void every_sampler_has_a_name_and_a_summary(void **state) {
    (void)state;
    for (size_t s = 0; hone_samplers[s] != NULL; s++) {
        assert_true(strlen(hone_samplers[s]->name) > 0);
        assert_true(strlen(hone_samplers[s]->summary) > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_lie_inside_the_space),
        cmocka_unit_test(a_sampler_made_anew_proposes_the_same_bits),
        cmocka_unit_test(another_seed_is_another_search_but_for_the_grid),
        cmocka_unit_test(random_and_sobol_do_not_look_at_the_history),
        cmocka_unit_test(any_failing_allocation_is_an_error_and_no_leak),
        cmocka_unit_test(every_sampler_has_a_name_and_a_summary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
