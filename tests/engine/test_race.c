#include "engine/race.h"

#include "engine/alloc.h"
#include "tests/objectives/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define CASES(array) (sizeof(array) / sizeof((array)[0]))

enum { FOLDS = 5, GOLDEN_TRIALS = 9, SAMPLE = 256 };

static struct hone_trial *append(struct hone_history *history, enum hone_state state,
    const double *fold_loss) {
    struct hone_trial *trial = NULL;
    struct hone_err err;

    assert_int_equal(hone_history_append(history, NULL, &trial, &err), HONE_OK);
    for (size_t k = 0; k < history->folds; k++) {
        if (!isnan(fold_loss[k])) {
            hone_trial_note_fold(trial, history->folds, k, fold_loss[k]);
        }
    }
    trial->state = state;
    return trial;
}

/* ---- The noise of folds ---- */

static double golden_fold(const struct golden *table, size_t row, size_t fold) {
    char column[16];

    (void)snprintf(column, sizeof(column), "fold%zu", fold);
    return golden_number(table, row, column);
}

/* The first `count` trials of the reference. */
static struct hone_history golden_history(const struct golden *table, size_t count) {
    struct hone_history history = {.folds = FOLDS};

    assert_int_equal(table->rows, GOLDEN_TRIALS);
    for (size_t i = 0; i < count; i++) {
        double loss[FOLDS];

        for (size_t k = 0; k < FOLDS; k++) {
            loss[k] = golden_fold(table, i, k);
        }
        (void)append(&history, HONE_COMPLETE, loss);
    }
    return history;
}

/* The middle one of nine. */
static double golden_median(const struct golden *table, const char *column) {
    double middle = (double)NAN;

    for (size_t i = 0; i < GOLDEN_TRIALS; i++) {
        size_t below = 0;

        for (size_t j = 0; j < GOLDEN_TRIALS; j++) {
            below += golden_number(table, j, column) < golden_number(table, i, column);
        }
        middle = below == GOLDEN_TRIALS / 2 ? golden_number(table, i, column) : middle;
    }
    return middle;
}

static void effects_and_variance_are_those_of_the_reference(void **state) {
    struct golden table = golden_read("foldnoise.csv");
    struct golden effects = golden_read("foldnoise_effects.csv");
    struct hone_history history = golden_history(&table, GOLDEN_TRIALS);
    const struct hone_view view = {&history, GOLDEN_TRIALS, GOLDEN_TRIALS};
    double effect[FOLDS];
    double variance = 0;

    (void)state;
    hone_race_noise(&view, effect, &variance);
    for (size_t k = 0; k < FOLDS; k++) {
        check_near(effect[k], golden_number(&effects, k, "effect"), 1e-12, 1e-15, "effect");
    }
    check_near(variance, golden_median(&table, "resid_var"), 1e-12, 0, "variance");
    hone_history_finish(&history);
    golden_finish(&effects);
    golden_finish(&table);
}

/* Then the variance is that of the folds as they are: k times the squared
 * standard error. */
static void three_trials_tell_no_effects(void **state) {
    struct golden table = golden_read("foldnoise.csv");
    struct hone_history history = golden_history(&table, 3);
    const struct hone_view view = {&history, 3, 3};
    double effect[FOLDS];
    double variance = 0;

    (void)state;
    hone_race_noise(&view, effect, &variance);
    for (size_t k = 0; k < FOLDS; k++) {
        assert_true(effect[k] == 0);
    }
    /* the middle one of rows 0, 1 and 2 is row 1 */
    check_near(variance, FOLDS * golden_number(&table, 1, "naive_se2"), 1e-12, 0, "variance");
    hone_history_finish(&history);
    golden_finish(&table);
}

static void only_settled_complete_trials_count(void **state) {
    static const double other[FOLDS] = {90, 70, -50, 30, -10};
    static const double partial[FOLDS] = {-70, NAN, NAN, 60, NAN};
    struct hone_history history = {.folds = FOLDS};
    const struct hone_view view = {&history, 7, 7};
    struct hone_race *race;
    struct hone_err err;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double own = (double)i;
        const double plain[FOLDS] = {own + 1, own + 2, own + 3, own + 4, own + 5};

        (void)append(&history, HONE_COMPLETE, plain);
    }
    (void)append(&history, HONE_PRUNED, partial);
    (void)append(&history, HONE_FAILED, other);
    (void)append(&history, HONE_RUNNING, other);
    (void)append(&history, HONE_COMPLETE, other);
    assert_int_equal(hone_race_new(1, &view, &race, &err), HONE_OK);
    for (size_t k = 0; k < FOLDS; k++) {
        assert_true(race->effect[k] == (double)k - 2);
    }
    assert_true(race->variance == 0);
    assert_true(race->best == 3);
    hone_race_free(race);
    hone_history_finish(&history);
}

static void old_trials_are_forgotten(void **state) {
    struct hone_history history = {.folds = FOLDS};
    const struct hone_view view = {&history, 2 * SAMPLE + 10, 2 * SAMPLE + 10};
    double effect[FOLDS];
    double variance = (double)NAN;

    (void)state;
    for (size_t i = 0; i < 2 * SAMPLE + 10; i++) {
        double own = (double)i;
        const double old[FOLDS] = {own + 9, own + 1, own, own + 1, own + 9};
        const double late[FOLDS] = {own + 1, own + 2, own + 3, own + 4, own + 5};

        (void)append(&history, HONE_COMPLETE, i < SAMPLE + 10 ? old : late);
    }
    hone_race_noise(&view, effect, &variance);
    for (size_t k = 0; k < FOLDS; k++) {
        assert_true(effect[k] == (double)k - 2);
    }
    assert_true(variance == 0);
    hone_history_finish(&history);
}

/* Twelve of 36 know no difficult fold; of the 24 others the nine best are asked. */
static void the_better_trials_say_what_folds_do(void **state) {
    struct hone_history history = {.folds = FOLDS};
    const struct hone_view view = {&history, 36, 36};
    double effect[FOLDS];
    double variance = (double)NAN;

    (void)state;
    for (size_t i = 0; i < 36; i++) {
        const double chance[FOLDS] = {50, 50, 50, 50, 50};
        double own = (double)(i / 3);
        const double good[FOLDS] = {own + 1, own + 2, own + 3, own + 4, own + 5};
        const double poor[FOLDS] = {own + 9, own + 1, own + 9, own + 1, own + 10};

        (void)append(&history, HONE_COMPLETE, i % 3 == 0 ? chance : i < 15 ? good : poor);
    }
    hone_race_noise(&view, effect, &variance);
    for (size_t k = 0; k < FOLDS; k++) {
        assert_true(effect[k] == (double)k - 2);
    }
    assert_true(variance == 0);
    hone_history_finish(&history);
}

/* Thirty points of a plateau predict the same; what varies is known from the rest. */
static void equal_outcomes_count_once(void **state) {
    struct golden table = golden_read("foldnoise.csv");
    struct hone_history once = golden_history(&table, GOLDEN_TRIALS);
    struct hone_history often = golden_history(&table, GOLDEN_TRIALS);
    const struct hone_view view = {&once, GOLDEN_TRIALS, GOLDEN_TRIALS};
    const struct hone_view plateau = {&often, GOLDEN_TRIALS + 30, GOLDEN_TRIALS + 30};
    double effect[2][FOLDS];
    double variance[2];

    (void)state;
    for (size_t i = 0; i < 30; i++) {
        (void)append(&often, HONE_COMPLETE, often.trial[1].fold_loss);
    }
    hone_race_noise(&view, effect[0], &variance[0]);
    hone_race_noise(&plateau, effect[1], &variance[1]);
    assert_memory_equal(effect[0], effect[1], sizeof(effect[0]));
    assert_true(variance[0] > 0 && variance[0] == variance[1]);
    hone_history_finish(&once);
    hone_history_finish(&often);
    golden_finish(&table);
}

static void no_trial_tells_nothing(void **state) {
    struct hone_history history = {.folds = FOLDS};
    const struct hone_view view = {&history, 0, 0};
    struct hone_race *race;
    struct hone_err err;
    static const double loss[FOLDS] = {1, 2, 3, NAN, NAN};

    (void)state;
    assert_int_equal(hone_race_new(1, &view, &race, &err), HONE_OK);
    assert_true(isnan(race->best) && isnan(race->variance));
    assert_true(isnan(hone_race_chance(race, loss)));
    hone_race_free(race);
}

/* ---- Decisions ---- */

/* With variance 1, k = 5: the standard deviation of a difference is sqrt(1/2 + 1/5) after two
 * folds, so 10 percent (z = -1.2815516) are at 1.0722 above the best; after four it is at
 * 1.2815516 sqrt(1/4 + 1/5) = 0.8597. */
static void trial_is_left_when_its_chance_is_below_a_tenth(void **state) {
    static const double huge = 1e300;
    static const struct {
        uint64_t number;
        double loss[FOLDS];
        double best, variance;
        bool lost;
    } c[] = {
        {4, {1.07, NAN, 1.07, NAN, NAN}, 0, 1, false},
        {4, {1.08, NAN, 1.08, NAN, NAN}, 0, 1, true},
        {4, {NAN, 2.08, 1.06, NAN, NAN}, 0, 1, false},   /* the effect of fold 1 off: 1.07 */
        {4, {1.06, NAN, NAN, 0.08, NAN}, 0, 1, false},   /* that of fold 3 off: 1.07 */
        {4, {1.06, NAN, NAN, 0.1, NAN}, 0, 1, true},     /* … 1.08 */
        {4, {0.85, 1.85, 0.85, -0.15, NAN}, 0, 1, false},
        {4, {0.87, 1.87, 0.87, -0.13, NAN}, 0, 1, true},
        {4, {10.87, 11.87, 10.87, 9.87, NAN}, 10, 1, true},
        {4, {-10, -10, NAN, NAN, NAN}, 0, 1, false},     /* better */
        {3, {99, 99, NAN, NAN, NAN}, 0, 1, false},       /* one of the first */
        {4, {99, NAN, NAN, NAN, NAN}, 0, 1, false},      /* a single fold */
        {4, {99, 99, 99, 99, 99}, 0, 1, false},          /* all folds */
        {4, {99, 99, NAN, NAN, NAN}, NAN, 1, false},     /* nobody to lose against */
        {4, {1, NAN, 1, NAN, NAN}, 1, 0, false},         /* no noise: as good … */
        {4, {1.5, NAN, 1, NAN, NAN}, 1, 0, true},        /* … worse … */
        {4, {0.5, NAN, 1, NAN, NAN}, 1, 0, false},       /* … better */
        {4, {huge, NAN, huge, NAN, NAN}, 0, INFINITY, false},
        {4, {huge * 1e8, NAN, huge * 1e8, NAN, NAN}, 0, 1, true},
        {4, {1, NAN, 1, NAN, NAN}, 0, NAN, false},
    };
    double effect[FOLDS] = {0, 1, 0, -1, 0};
    size_t order[FOLDS] = {0, 1, 2, 3, 4};

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_race race = {.folds = FOLDS, .order = order, .effect = effect,
            .variance = c[i].variance, .best = c[i].best};
        struct hone_history history = {.folds = FOLDS};
        struct hone_trial *trial = append(&history, HONE_RUNNING, c[i].loss);

        trial->number = c[i].number;
        if (hone_race_is_lost(&race, trial) != c[i].lost) {
            fail_msg("case %zu", i);
        }
        trial->part = hone_first_part;
        assert_false(hone_race_is_lost(&race, trial)); /* its value is wanted */
        hone_history_finish(&history);
    }
}

/* z = (2 - 3) / sqrt(4 (1/2 + 1/5)) = -0.5976143; Phi(z) = 0.2750495, by tables. */
static void chance_is_that_of_a_normal_difference(void **state) {
    static const double loss[FOLDS] = {NAN, 4, NAN, NAN, 3};
    double effect[FOLDS] = {0, 1, 0, -1, 0};
    struct hone_race race = {.folds = FOLDS, .effect = effect, .variance = 4, .best = 2};

    (void)state;
    assert_true(hone_race_mean(FOLDS, effect, loss) == 3);
    check_near(hone_race_chance(&race, loss), 0.275049, 0, 1e-5, "chance");
}

/* ---- The order of folds ---- */

static void order_is_a_permutation_of_its_own_for_each_trial(void **state) {
    enum { TRIALS = 5000 };
    size_t first[FOLDS] = {0};
    size_t last[FOLDS] = {0};
    size_t order[FOLDS] = {0};
    size_t again[FOLDS] = {0};

    (void)state;
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        unsigned seen = 0;

        hone_race_order(7, trial, FOLDS, order);
        hone_race_order(7, trial, FOLDS, again);
        assert_memory_equal(order, again, sizeof(order));
        for (size_t k = 0; k < FOLDS; k++) {
            assert_true(order[k] < FOLDS);
            seen |= 1u << order[k];
        }
        assert_int_equal(seen, (1u << FOLDS) - 1);
        first[order[0]]++;
        last[order[FOLDS - 1]]++;
    }
    for (size_t k = 0; k < FOLDS; k++) { /* 1000 expected, standard deviation 28 */
        assert_in_range(first[k], 860, 1140);
        assert_in_range(last[k], 860, 1140);
    }
}

/* ---- Whether ---- */

static void spec_decides_and_then_the_method(void **state) {
    static const struct {
        enum hone_race_wish wish;
        bool races;
        size_t folds;
        bool on;
    } c[] = {
        {HONE_RACE_AUTO, false, 5, false}, {HONE_RACE_AUTO, true, 5, true},
        {HONE_RACE_ON, false, 5, true}, {HONE_RACE_ON, true, 3, true},
        {HONE_RACE_OFF, true, 5, false}, {HONE_RACE_OFF, false, 5, false},
        {HONE_RACE_ON, true, 2, false}, {HONE_RACE_AUTO, true, 1, false},
    };

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        const struct hone_objective objective = {.folds = c[i].folds, .race = c[i].wish};
        const struct hone_sampler_type sampler = {.races = c[i].races};

        assert_int_equal(hone_race_is_on(&objective, &sampler), c[i].on);
    }
}

static void memory_may_run_out(void **state) {
    struct hone_history history = {.folds = FOLDS};
    const struct hone_view view = {&history, 0, 0};

    (void)state;
    for (unsigned long n = 1; n <= 3; n++) {
        struct hone_race *race = NULL;
        struct hone_err err;

        hone_alloc_fail_at(n, 1);
        assert_int_equal(hone_race_new(1, &view, &race, &err), HONE_E_NOMEM);
        hone_alloc_fail_at(0, 0);
        assert_null(race);
    }
    hone_race_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_and_variance_are_those_of_the_reference),
        cmocka_unit_test(three_trials_tell_no_effects),
        cmocka_unit_test(only_settled_complete_trials_count),
        cmocka_unit_test(old_trials_are_forgotten),
        cmocka_unit_test(the_better_trials_say_what_folds_do),
        cmocka_unit_test(equal_outcomes_count_once),
        cmocka_unit_test(no_trial_tells_nothing),
        cmocka_unit_test(trial_is_left_when_its_chance_is_below_a_tenth),
        cmocka_unit_test(chance_is_that_of_a_normal_difference),
        cmocka_unit_test(order_is_a_permutation_of_its_own_for_each_trial),
        cmocka_unit_test(spec_decides_and_then_the_method),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
