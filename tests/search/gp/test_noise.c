#include "search/gp/noise.h"
#include "tests/objectives/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { TRIALS = 16, FOLDS = 5 };

struct answer {
    double effect[FOLDS], mean[TRIALS], se2[TRIALS];
    bool known;
};

static struct answer ask(size_t n, size_t folds, const double *loss) {
    struct gp_table table = {.n = n, .folds = folds, .loss = loss};
    struct answer answer;
    struct hone_err err;

    assert_int_equal(
        gp_noise(&table, answer.effect, answer.mean, answer.se2, &answer.known, &err), HONE_OK);
    return answer;
}

static void read_losses(const struct golden *gold, double loss[TRIALS * FOLDS]) {
    for (size_t i = 0; i < gold->rows; i++) {
        for (size_t f = 0; f < FOLDS; f++) {
            char column[32];

            (void)snprintf(column, sizeof(column), "fold%zu", f);
            loss[i * FOLDS + f] = golden_number(gold, i, column);
        }
    }
}

static void effects_and_standard_errors_match_the_reference(void **unused) {
    struct golden gold = golden_read("foldnoise.csv");
    struct golden effects = golden_read("foldnoise_effects.csv");
    double loss[TRIALS * FOLDS];
    struct answer answer;

    (void)unused;
    read_losses(&gold, loss);
    answer = ask(gold.rows, FOLDS, loss);
    assert_true(answer.known);
    for (size_t f = 0; f < FOLDS; f++) {
        check_near(answer.effect[f], golden_number(&effects, f, "effect"), 1e-12, 1e-15,
            "effect");
    }
    for (size_t i = 0; i < gold.rows; i++) {
        check_near(answer.mean[i], golden_number(&gold, i, "mean"), 1e-12, 0, "mean");
        check_near(answer.se2[i], golden_number(&gold, i, "se2"), 1e-12, 0, "se2");
    }
    golden_finish(&gold);
    golden_finish(&effects);
}

/* Fold 0 costs every trial 1; the last trial ran only that fold. */
static void a_partial_trial_is_corrected_for_the_folds_it_ran(void **unused) {
    double loss[5 * 2] = {2, 1, 3, 2, 4, 3, 5, 4, 6, NAN};
    struct answer answer = ask(5, 2, loss);

    (void)unused;
    check_near(answer.effect[0], 0.5, 1e-15, 0, "effect");
    check_near(answer.mean[4], 5.5, 1e-15, 0, "mean");
}

static void fewer_folds_mean_a_larger_error(void **unused) {
    double loss[TRIALS * FOLDS];
    struct golden gold = golden_read("foldnoise.csv");
    struct answer answer;

    (void)unused;
    read_losses(&gold, loss);
    for (size_t f = 1; f < FOLDS; f++) {
        loss[f] = NAN;
    }
    answer = ask(gold.rows, FOLDS, loss);
    for (size_t i = 1; i < gold.rows; i++) {
        assert_true(answer.se2[0] > answer.se2[i]);
    }
    golden_finish(&gold);
}

static void one_fold_says_nothing_of_noise(void **unused) {
    double loss[] = {1, 2, 3, 4, 5};
    struct answer answer = ask(5, 1, loss);

    (void)unused;
    assert_false(answer.known);
    for (size_t i = 0; i < 5; i++) {
        assert_true(answer.mean[i] == loss[i] && answer.se2[i] == 0);
    }
}

static void a_fold_that_diverged_once_moves_no_other_trial(void **unused) {
    double loss[TRIALS * FOLDS];
    struct golden gold = golden_read("foldnoise.csv");
    struct answer before;
    struct answer after;

    (void)unused;
    read_losses(&gold, loss);
    before = ask(gold.rows, FOLDS, loss);
    loss[3 * FOLDS + 2] = 1e30;
    after = ask(gold.rows, FOLDS, loss);
    for (size_t f = 0; f < FOLDS; f++) {
        assert_true(fabs(after.effect[f] - before.effect[f]) < 0.05);
    }
    golden_finish(&gold);
}

/* Nine good trials, for which fold 0 is the hardest, and seven at chance level, for which
 * all folds are the same but for noise ten times as large. */
static void folds_are_learnt_from_the_better_trials(void **unused) {
    double loss[TRIALS * FOLDS], good[9 * FOLDS];
    struct answer all, best;

    (void)unused;
    for (size_t i = 0; i < TRIALS; i++) {
        for (size_t f = 0; f < FOLDS; f++) {
            double bit = (double)((7 * i + 3 * f) % 5) / 100 + (double)i / 10000;

            loss[i * FOLDS + f] = i < 9 ? (f == 0 ? 1 : 0) + bit : 10 + 10 * bit;
        }
    }
    for (size_t i = 0; i < 9 * FOLDS; i++) {
        good[i] = loss[i];
    }
    all = ask(TRIALS, FOLDS, loss);
    best = ask(9, FOLDS, good);
    for (size_t f = 0; f < FOLDS; f++) {
        assert_true(all.effect[f] == best.effect[f]);
    }
    for (size_t i = 0; i < 9; i++) {
        assert_true(all.se2[i] == best.se2[i]);
    }
}

/* Twelve points predict the same, the other three do not, and the last ran two folds. */
static void a_plateau_does_not_make_two_folds_certain(void **unused) {
    static const double other[4][FOLDS] = {{0.1, 0, 0.3, 0.1, 0.2}, {0, 0.2, 0.2, 0.3, 0.1},
        {0.2, 0.1, 0.1, 0.1, 0.3}, {0.1, 0.1, NAN, NAN, NAN}};
    double loss[TRIALS * FOLDS];
    struct answer answer;

    (void)unused;
    for (size_t i = 0; i < TRIALS; i++) {
        for (size_t f = 0; f < FOLDS; f++) {
            loss[i * FOLDS + f] = i < 12 ? (double)f / 20 : other[i - 12][f];
        }
    }
    answer = ask(TRIALS, FOLDS, loss);
    assert_true(answer.known);
    assert_true(sqrt(answer.se2[TRIALS - 1]) > 0.03);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_and_standard_errors_match_the_reference),
        cmocka_unit_test(a_partial_trial_is_corrected_for_the_folds_it_ran),
        cmocka_unit_test(fewer_folds_mean_a_larger_error),
        cmocka_unit_test(one_fold_says_nothing_of_noise),
        cmocka_unit_test(a_fold_that_diverged_once_moves_no_other_trial),
        cmocka_unit_test(folds_are_learnt_from_the_better_trials),
        cmocka_unit_test(a_plateau_does_not_make_two_folds_certain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
