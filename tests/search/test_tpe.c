/* The sampler as the run meets it; its tests on every kind of space are in
 * test_samplers.c. */
#include "engine/alloc.h"
#include "search/samplers.h"
#include "search/tpe/split.h"
#include "tests/search/gp/degenerate.h"
#include "tests/search/gp/study.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* ---- The same bits ---- */

static const struct {
    const struct problem *problem;
    size_t parallel, trials;
    bool prunes;
} rebuilt_cases[] = {
    {&problem_branin, 1, 40, false},
    {&problem_mixed, 1, 60, true},
    {&problem_conditional, 4, 50, true},
    {&problem_half_fails, 3, 40, false},
    {&problem_branin, 25, 60, false},
};

static void assert_asks_the_same(const struct study *study, struct hone_sampler *sampler,
    size_t t) {
    double x_unit[STUDY_ROOM], x_value[STUDY_ROOM];
    struct hone_proposal proposal = {.x_unit = x_unit};

    assert_true(ask_study(study, sampler, t, &proposal));
    hone_space_decode(study->space, x_unit, x_value);
    assert_memory_equal(x_value, study->history.trial[t].x_value,
        study->space->n * sizeof(double));
}

static void a_sampler_made_anew_proposes_the_same_bits(void **unused) {
    (void)unused;
    for (size_t c = 0; c < sizeof(rebuilt_cases) / sizeof(rebuilt_cases[0]); c++) {
        struct study study;

        open_study_of(&study, &hone_sampler_tpe, rebuilt_cases[c].problem, 11 + c);
        study.parallel = rebuilt_cases[c].parallel;
        study.prunes = rebuilt_cases[c].prunes;
        play(&study, rebuilt_cases[c].trials);
        for (size_t i = 1; i < study.history.count; i++) {
            size_t t = 1 + (i * 17 + 5) % (study.history.count - 1);
            struct hone_sampler *fresh = fresh_sampler(&study);

            assert_asks_the_same(&study, fresh, t);
            assert_asks_the_same(&study, study.sampler, t);
            hone_sampler_free(fresh);
        }
        close_study(&study);
    }
}

/* What is running is invisible, finished or not. */
static void a_pending_result_is_not_looked_at(void **unused) {
    struct study study;
    double before[STUDY_ROOM], after[STUDY_ROOM];
    struct hone_proposal proposal = {.x_unit = before};

    (void)unused;
    open_study_of(&study, &hone_sampler_tpe, &problem_branin, 3);
    study.parallel = 4;
    play(&study, 30);
    assert_true(ask_study(&study, study.sampler, 30, &proposal));
    for (size_t t = 27; t < 30; t++) {
        study.history.trial[t].state = HONE_FAILED;
        study.history.trial[t].fold_loss[0] = -1e6;
    }
    proposal.x_unit = after;
    assert_true(ask_study(&study, study.sampler, 30, &proposal));
    assert_memory_equal(before, after, 2 * sizeof(double));
    close_study(&study);
}

/* ---- Good and bad ---- */

static void add_result(struct hone_history *history, enum hone_state state, double first,
    double second) {
    struct hone_trial *trial;
    struct hone_err err;

    assert_int_equal(hone_history_append(history, NULL, &trial, &err), HONE_OK);
    trial->state = state;
    trial->fold_loss[0] = first;
    trial->fold_loss[1] = second;
}

static void trials_are_ranked_complete_pruned_failed_pending(void **unused) {
    static const size_t expected[] = {5, 1, 7, 6, 2, 0, 3, 4, 8};
    const double none = (double)NAN;
    struct hone_history history = {.folds = 2};
    struct hone_view view = {.history = &history, .settled = 8, .asking = 9};
    struct tpe_split split = {0};
    struct hone_err err;

    (void)unused;
    add_result(&history, HONE_FAILED, -9, none);
    add_result(&history, HONE_COMPLETE, 2, 4);
    add_result(&history, HONE_PRUNED, none, 1);
    add_result(&history, HONE_PRUNED, none, none);
    add_result(&history, HONE_FAILED, none, none);
    add_result(&history, HONE_COMPLETE, -1e300, -1.7e308);
    add_result(&history, HONE_PRUNED, 0.5, none);
    add_result(&history, HONE_COMPLETE, 3, 3); /* as trial 1: the earlier first */
    add_result(&history, HONE_COMPLETE, -1e9, -1e9);
    assert_int_equal(tpe_split_read(&split, &view, 0.3, 25, &err), HONE_OK);
    assert_int_equal(split.results, 5);
    assert_int_equal(split.better, 2);
    assert_memory_equal(split.trial, expected, sizeof(expected));
    tpe_split_finish(&split);
    assert_int_equal(tpe_split_read(&split, &view, 0.9, 3, &err), HONE_OK);
    assert_int_equal(split.better, 3);
    tpe_split_finish(&split);
    hone_history_finish(&history);
}

/* ---- What it says ---- */

static void a_proposal_says_where_it_comes_from(void **unused) {
    struct study study;
    double x_unit[STUDY_ROOM];
    struct hone_proposal proposal = {.x_unit = x_unit};

    (void)unused;
    open_study_of(&study, &hone_sampler_tpe, &problem_mixed, 5);
    assert_true(ask_study(&study, study.sampler, 1, &proposal));
    assert_string_equal(proposal.part, "design");
    assert_string_equal(proposal.why, "the first 10 points are spread evenly");
    assert_true(isnan(proposal.acquisition));
    play(&study, 30);
    assert_true(ask_study(&study, study.sampler, 30, &proposal));
    assert_string_equal(proposal.part, "model");
    assert_true(proposal.acquisition > 0); /* rather like the good ones than like the others */
    assert_true(isnan(proposal.mean));
    assert_non_null(strstr(proposal.why, "best 3 of 30 results"));
    assert_non_null(strstr(proposal.why, "other 27 trials"));
    close_study(&study);
}

/* ---- Degenerate input ---- */

static void degenerate_results_never_stop_it_and_no_point_comes_twice(void **unused) {
    (void)unused;
    check_degenerate(&hone_sampler_tpe);
}

static void make_grid(struct maker *maker) {
    size_t first = add_choice(maker, 3);

    add_int(maker, 1, 4, false, 0);
    add_when(maker, add_choice(maker, 5), first, 1, (const double[]){2});
}

static double grid_loss(const double *x) {
    return x[0] + (x[1] - 3) * (x[1] - 3);
}

/* 4 + 4 + 20 points; where the densities know no more of them, the reason is said. */
static void a_finite_space_is_visited_once_and_then_exhausted(void **unused) {
    static const struct problem problem = {"grid", make_grid, grid_loss, 0};
    struct study study;
    size_t fallbacks = 0;

    (void)unused;
    open_study_of(&study, &hone_sampler_tpe, &problem, 2);
    assert_int_equal(play(&study, 100), 28);
    check_no_point_twice(&study);
    for (size_t t = 0; t < study.history.count; t++) {
        fallbacks += strcmp(study.history.trial[t].part, "fallback") == 0;
    }
    assert_true(fallbacks < 14);
    close_study(&study);
}

/* ---- Search ---- */

static double regret_after(const struct hone_sampler_type *type, const struct problem *problem,
    uint64_t seed, size_t trials) {
    struct study study;
    double regret;

    open_study_of(&study, type, problem, seed);
    play(&study, trials);
    regret = problem->loss(hone_history_best(&study.history)->x_value) - problem->lowest;
    close_study(&study);
    return regret;
}

/* Over 20 seeds, 60 trials each, the logarithm of the regret: by how much it must be
 * below that of random search, half of what it was when this was written. */
static const struct {
    const struct problem *problem;
    double decades;
} clearly_better[] = {
    {&problem_branin, 0.75},
    {&problem_mixed, 0.55},
    {&problem_conditional, 0.7},
    {&problem_hartmann6, 0.45},
};

static void it_is_clearly_better_than_random_search(void **unused) {
    enum { SEEDS = 20, SEARCH_TRIALS = 60 };

    (void)unused;
    for (size_t i = 0; i < sizeof(clearly_better) / sizeof(clearly_better[0]); i++) {
        const struct problem *problem = clearly_better[i].problem;
        double gain = 0;

        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            double blind = regret_after(&hone_sampler_random, problem, seed, SEARCH_TRIALS);
            double led = regret_after(&hone_sampler_tpe, problem, seed, SEARCH_TRIALS);

            gain += log10(fmax(blind, 1e-4) / fmax(led, 1e-4)) / SEEDS;
        }
        assert_true(gain > clearly_better[i].decades);
    }
}

/* 40 % of the square fail, next to the minimum: 128 of these 320 trials by chance. */
static void it_learns_where_trials_fail(void **unused) {
    size_t failed = 0;

    (void)unused;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct study study;

        open_study_of(&study, &hone_sampler_tpe, &problem_half_fails, seed);
        play(&study, 60);
        for (size_t t = 20; t < study.history.count; t++) {
            failed += study.history.trial[t].state == HONE_FAILED;
        }
        assert_true(hone_history_best(&study.history)->loss < 0.02);
        close_study(&study);
    }
    assert_true(failed < 114);
}

/* ---- Failing memory ---- */

static void any_failing_allocation_is_an_error_and_no_leak(void **unused) {
    enum hone_code code = HONE_E_NOMEM;
    struct study study;

    (void)unused;
    open_study_of(&study, &hone_sampler_tpe, &problem_conditional, 1);
    play(&study, 30);
    for (unsigned long n = 1; code != HONE_OK; n++) {
        struct hone_sampler *fresh = fresh_sampler(&study);
        struct hone_view view = {.history = &study.history, .settled = 30, .asking = 30};
        double x_unit[STUDY_ROOM];
        struct hone_proposal proposal = {.x_unit = x_unit};
        struct hone_err err;

        hone_alloc_fail_at(n, 0);
        code = hone_sampler_ask(fresh, &view, &proposal, &err);
        hone_alloc_fail_at(0, 0);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
        assert_true(n > 5 || code == HONE_E_NOMEM);
        assert_true(n < 50);
        hone_sampler_free(fresh);
    }
    close_study(&study);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sampler_made_anew_proposes_the_same_bits),
        cmocka_unit_test(a_pending_result_is_not_looked_at),
        cmocka_unit_test(trials_are_ranked_complete_pruned_failed_pending),
        cmocka_unit_test(a_proposal_says_where_it_comes_from),
        cmocka_unit_test(degenerate_results_never_stop_it_and_no_point_comes_twice),
        cmocka_unit_test(a_finite_space_is_visited_once_and_then_exhausted),
        cmocka_unit_test(it_is_clearly_better_than_random_search),
        cmocka_unit_test(it_learns_where_trials_fail),
        cmocka_unit_test(any_failing_allocation_is_an_error_and_no_leak),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
