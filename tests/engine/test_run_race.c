/* A run whose folds race: the same decisions whoever works, whatever stops it. */
#include "tests/engine/fake.h"

#include "engine/alloc.h"
#include "engine/race.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { FOLDS = 5, PARALLEL = 3, BUDGET = 40, SHORT_BUDGET = 9, PAUSE_US = 800, QUIET_ROUNDS = 20 };

static struct fake fake;
static struct fake expected; /* the same, undisturbed */

static void prepare(struct fake *search, uint64_t budget) {
    fake_init(search, FOLDS, PARALLEL, budget);
    search->run.race = true;
    search->objective.noise = 0.2;
}

static void run_to(struct fake *search, size_t workers, enum hone_end expected_end) {
    enum hone_end end;

    assert_int_equal(fake_run(search, workers, &end), HONE_OK);
    assert_int_equal(end, expected_end);
}

static void run_expected(uint64_t budget, fake_during *during) {
    prepare(&expected, budget);
    expected.objective.during = during;
    run_to(&expected, 1, HONE_END_BUDGET);
    fake_finish(&expected);
}

static size_t count_state(const struct fake *search, enum hone_state state) {
    size_t count = 0;

    for (size_t i = 0; i < search->store.durable.count; i++) {
        count += search->store.durable.row[i].state == state;
    }
    return count;
}

/* No fold was run but those that are stored, and none of them twice. */
static void assert_no_fold_was_wasted(const struct fake *search) {
    for (size_t t = 0; t < search->store.durable.count; t++) {
        for (size_t k = 0; k < FOLDS; k++) {
            assert_int_equal(atomic_load(&search->objective.evaluated[t][k]),
                search->store.durable.row[t].has_fold[k]);
        }
    }
}

/* ---- What is decided ---- */

/* Runs the race of a finished trial again, fold by fold. */
static void assert_raced_by_the_rules(const struct fake *search, size_t number) {
    const struct hone_trial *trial = &search->history.trial[number];
    const struct hone_view view = {.history = &search->history, .asking = number,
        .settled = number < PARALLEL ? 0 : number + 1 - PARALLEL};
    double loss[FOLDS] = {NAN, NAN, NAN, NAN, NAN};
    struct hone_trial again = {.number = number, .fold_loss = loss};
    struct hone_race *race;
    struct hone_err err;

    assert_int_equal(hone_race_new(search->plan.seed, &view, &race, &err), HONE_OK);
    while (again.folds_done < FOLDS && !hone_race_is_lost(race, &again)) {
        size_t fold = race->order[again.folds_done++];

        assert_false(isnan(trial->fold_loss[fold]));
        loss[fold] = trial->fold_loss[fold];
    }
    assert_int_equal(trial->folds_done, again.folds_done);
    assert_int_equal(trial->state, again.folds_done < FOLDS ? HONE_PRUNED : HONE_COMPLETE);
    assert_true(again.folds_done == FOLDS || number >= HONE_RACE_FIRST_TRIAL);
    hone_trial_summarise(&again, FOLDS);
    assert_true(trial->loss == again.loss && trial->sem == again.sem);
    hone_race_free(race);
}

static void each_race_goes_by_the_rules(void **state) {
    static const bool maximize[] = {false, true};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        prepare(&fake, BUDGET);
        fake.objective.base.maximize = maximize[i];
        run_to(&fake, 2, HONE_END_BUDGET);
        for (size_t t = 0; t < BUDGET; t++) {
            assert_raced_by_the_rules(&fake, t);
        }
        assert_true(count_state(&fake, HONE_PRUNED) > BUDGET / 4);
        assert_true(count_state(&fake, HONE_COMPLETE) > HONE_RACE_FIRST_TRIAL);
        assert_int_equal(hone_history_best(&fake.history)->state, HONE_COMPLETE);
        assert_no_fold_was_wasted(&fake);
        fake_finish(&fake);
    }
}

static void trials_are_the_same_on_any_number_of_workers(void **state) {
    static const size_t workers[] = {1, 2, 8};

    (void)state;
    run_expected(BUDGET, NULL);
    for (unsigned w = 0; w < 6; w++) {
        prepare(&fake, BUDGET);
        fake.objective.pause_us = PAUSE_US;
        fake.objective.salt = w;
        run_to(&fake, workers[w % 3], HONE_END_BUDGET);
        fake_assert_same(&fake.store.durable, &expected.store.durable);
        assert_no_fold_was_wasted(&fake);
        assert_int_equal(fake.finished, BUDGET);
        assert_int_equal(fake.most_in_flight, PARALLEL);
        fake_finish(&fake);
    }
}

static atomic_int running[FAKE_TRIALS], running_at_all, most_at_all;

static enum hone_outcome one_fold_at_once(struct fake *self, const struct hone_job *job) {
    int all = atomic_fetch_add(&running_at_all, 1) + 1;

    (void)self;
    if (all > atomic_load(&most_at_all)) {
        atomic_store(&most_at_all, all);
    }
    if (atomic_fetch_add(&running[job->trial], 1) > 0) {
        return HONE_OUTCOME_FAILED;
    }
    (void)nanosleep(&(struct timespec){.tv_nsec = PAUSE_US * 1000}, NULL);
    (void)atomic_fetch_sub(&running[job->trial], 1);
    (void)atomic_fetch_sub(&running_at_all, 1);
    return HONE_OUTCOME_VALUE;
}

static void folds_go_one_by_one_and_trials_side_by_side(void **state) {
    (void)state;
    prepare(&fake, BUDGET);
    fake.objective.during = one_fold_at_once;
    run_to(&fake, 8, HONE_END_BUDGET);
    assert_int_equal(count_state(&fake, HONE_FAILED), 0);
    assert_in_range(atomic_load(&most_at_all), 2, PARALLEL);
    fake_finish(&fake);
}

static void free_order_races_too(void **state) {
    (void)state;
    prepare(&fake, BUDGET);
    fake.plan.order_free = true;
    fake.objective.pause_us = PAUSE_US;
    run_to(&fake, 2, HONE_END_BUDGET);
    assert_true(count_state(&fake, HONE_PRUNED) > 0);
    assert_int_equal(count_state(&fake, HONE_PRUNED) + count_state(&fake, HONE_COMPLETE), BUDGET);
    assert_no_fold_was_wasted(&fake);
    fake_finish(&fake);
}

/* What short folds decide does not wait for the disk: a turn a trial, not a fold; half of the
 * folds may have one of their own, on a machine that pauses. */
static void short_folds_share_a_turn(void **state) {
    size_t folds = 0;

    (void)state;
    prepare(&fake, BUDGET);
    fake.run.parallel = 1;
    run_to(&fake, 1, HONE_END_BUDGET);
    for (size_t t = 0; t < fake.store.durable.count; t++) {
        for (size_t k = 0; k < FOLDS; k++) {
            folds += fake.store.durable.row[t].has_fold[k];
        }
    }
    assert_in_range(atomic_load(&fake.store.turns), BUDGET, (BUDGET + folds) / 2);
    fake_finish(&fake);
}

/* ---- Failing folds ---- */

static enum hone_outcome fail_in_fold_2(struct fake *self, const struct hone_job *job) {
    (void)self;
    return job->trial % 5 == 2 && job->fold == 2 ? HONE_OUTCOME_FAILED : HONE_OUTCOME_VALUE;
}

/* Trial 2 is among the first, whose race nobody ends: its fold 2 is reached. */
static void failed_fold_ends_its_trial(void **state) {
    size_t order[FOLDS];
    bool reached = true;

    (void)state;
    run_expected(BUDGET, fail_in_fold_2);
    hone_race_order(expected.plan.seed, 2, FOLDS, order);
    assert_int_equal(expected.store.durable.row[2].state, HONE_FAILED);
    assert_string_equal(expected.store.durable.row[2].error, "fold 2: fold 2 went wrong");
    for (size_t i = 0; i < FOLDS; i++) {
        assert_int_equal(expected.store.durable.row[2].has_fold[order[i]], reached);
        reached = reached && order[i] != 2;
    }
    prepare(&fake, BUDGET);
    fake.objective.during = fail_in_fold_2;
    fake.objective.pause_us = PAUSE_US;
    run_to(&fake, 2, HONE_END_BUDGET);
    fake_assert_same(&fake.store.durable, &expected.store.durable);
    fake_finish(&fake);
}

/* ---- Going on ---- */

static uint64_t stop_at; /* the trial whose second fold interrupts */
static int stop_requests;

/* The second request cuts off what runs, this fold too. */
static enum hone_outcome interrupt(struct fake *self, const struct hone_job *job) {
    int done = 0;

    for (size_t k = 0; k < FOLDS; k++) {
        done += atomic_load(&self->objective.evaluated[job->trial][k]);
    }
    if (job->trial != stop_at || done != 2) {
        return HONE_OUTCOME_VALUE;
    }
    (void)atomic_fetch_add(&self->stop.requests, stop_requests);
    while (stop_requests > 1 && !atomic_load(job->cancel)) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
    return stop_requests > 1 ? HONE_OUTCOME_CANCELLED : HONE_OUTCOME_VALUE;
}

static void interrupted_race_goes_on_with_the_folds_it_has(void **state) {
    (void)state;
    run_expected(BUDGET, NULL);
    for (unsigned i = 0; i < 16; i++) {
        stop_at = 2 + i / 2 * 4;
        stop_requests = 1 + (int)i % 2;
        prepare(&fake, BUDGET);
        fake.objective.during = interrupt;
        fake.objective.pause_us = PAUSE_US / 4;
        run_to(&fake, 2, HONE_END_INTERRUPTED);
        assert_int_equal(count_state(&fake, HONE_RUNNING) + count_state(&fake, HONE_FAILED), 0);
        fake_reload(&fake);
        run_to(&fake, 2, HONE_END_BUDGET);
        fake_assert_same(&fake.store.durable, &expected.store.durable);
        fake_finish(&fake);
    }
}

/* As a new process would after a kill: what the last transaction left is loaded. */
static void go_on_and_compare(void) {
    fake_reload(&fake);
    run_to(&fake, 2, HONE_END_BUDGET);
    fake_assert_same(&fake.store.durable, &expected.store.durable);
}

static void killed_race_comes_to_the_same(void **state) {
    enum hone_code code = HONE_E_IO;

    (void)state;
    run_expected(SHORT_BUDGET, NULL);
    assert_true(count_state(&expected, HONE_PRUNED) > 0);
    for (unsigned long n = 1; code != HONE_OK; n++) {
        enum hone_end end;

        prepare(&fake, SHORT_BUDGET);
        fake.store.fail_at = n;
        code = fake_run(&fake, 2, &end);
        if (code != HONE_OK) {
            assert_int_equal(code, HONE_E_IO);
            go_on_and_compare();
        }
        fake_finish(&fake);
    }
}

static void memory_may_run_out_at_any_allocation(void **state) {
    int quiet = 0;

    (void)state;
    run_expected(SHORT_BUDGET, NULL);
    for (unsigned long n = 1; quiet < QUIET_ROUNDS; n++) {
        enum hone_end end;
        enum hone_code code;

        prepare(&fake, SHORT_BUDGET);
        hone_alloc_fail_at(n, 0);
        code = fake_run(&fake, 2, &end);
        hone_alloc_fail_at(0, 0);
        quiet = code == HONE_OK ? quiet + 1 : 0;
        if (code != HONE_OK) {
            assert_int_equal(code, HONE_E_NOMEM);
            go_on_and_compare();
        }
        fake_finish(&fake);
    }
}

/* A longer budget goes on as one search: pruned trials are settled like others. */
static void extended_search_is_that_of_the_longer_budget(void **state) {
    (void)state;
    run_expected(BUDGET, NULL);
    prepare(&fake, BUDGET / 2);
    run_to(&fake, 2, HONE_END_BUDGET);
    fake.run.budget = BUDGET;
    go_on_and_compare();
    fake_finish(&fake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_race_goes_by_the_rules),
        cmocka_unit_test(trials_are_the_same_on_any_number_of_workers),
        cmocka_unit_test(folds_go_one_by_one_and_trials_side_by_side),
        cmocka_unit_test(free_order_races_too),
        cmocka_unit_test(short_folds_share_a_turn),
        cmocka_unit_test(failed_fold_ends_its_trial),
        cmocka_unit_test(interrupted_race_goes_on_with_the_folds_it_has),
        cmocka_unit_test(killed_race_comes_to_the_same),
        cmocka_unit_test(memory_may_run_out_at_any_allocation),
        cmocka_unit_test(extended_search_is_that_of_the_longer_budget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
