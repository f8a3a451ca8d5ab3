#include "tests/engine/fake.h"

#include "engine/clock.h"
#include "storage/db.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { FOLDS = 3, PARALLEL = 3, BUDGET = 20, PAUSE_US = 1500 };
enum { TRIES = 50 }; /* for what a loaded machine may spoil */

static struct fake fake;     /* the search under test */
static struct fake expected; /* the same, undisturbed */

static void run_expected(fake_during *during, size_t folds) {
    enum hone_end end;

    fake_init(&expected, folds, PARALLEL, BUDGET);
    expected.objective.during = during;
    assert_int_equal(fake_run(&expected, 1, &end), HONE_OK);
    assert_int_equal(end, HONE_END_BUDGET);
    fake_finish(&expected);
}

static void run_to(struct fake *search, size_t workers, enum hone_end expected_end) {
    enum hone_end end;

    assert_int_equal(fake_run(search, workers, &end), HONE_OK);
    assert_int_equal(end, expected_end);
}

static size_t count_state(const struct fake *search, enum hone_state state) {
    size_t count = 0;

    for (size_t i = 0; i < search->store.durable.count; i++) {
        count += search->store.durable.row[i].state == state;
    }
    return count;
}

/* ---- One search, one answer ---- */

static enum hone_outcome sometimes_fail(struct fake *self, const struct hone_job *job) {
    (void)self;
    return job->trial % 7 == 3 && job->fold >= 1 ? HONE_OUTCOME_FAILED : HONE_OUTCOME_VALUE;
}

static void trials_are_the_same_on_any_number_of_workers(void **state) {
    static const size_t workers[] = {1, 2, 8};

    (void)state;
    run_expected(sometimes_fail, FOLDS);
    for (unsigned w = 0; w < 3; w++) {
        fake_init(&fake, FOLDS, PARALLEL, BUDGET);
        fake.objective.during = sometimes_fail;
        fake.objective.pause_us = PAUSE_US;
        fake.objective.salt = w;
        run_to(&fake, workers[w], HONE_END_BUDGET);
        fake_assert_same(&fake.store.durable, &expected.store.durable);
        assert_int_equal(fake.finished, BUDGET);
        assert_int_equal(fake.begun, BUDGET);
        assert_int_equal(fake.folds_done, BUDGET * FOLDS);
        assert_int_equal(fake.most_in_flight, PARALLEL);
        fake_finish(&fake);
    }
}

static void proposal_rests_on_all_but_the_last_parallel(void **state) {
    static const uint64_t parallel[] = {1, 2, 5, 100};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        fake_init(&fake, FOLDS, parallel[i], BUDGET);
        fake.objective.pause_us = PAUSE_US / 3;
        run_to(&fake, 4, HONE_END_BUDGET);
        assert_int_equal(fake.sampler.shown_count, BUDGET);
        for (size_t t = 0; t < BUDGET; t++) {
            const struct fake_shown *shown = &fake.sampler.shown[t];

            assert_int_equal(shown->asking, t);
            assert_int_equal(shown->settled, t < parallel[i] ? 0 : t + 1 - parallel[i]);
            assert_true(shown->finished >= shown->settled);
        }
        fake_finish(&fake);
    }
}

/* Trial 0 lasts until trial 9 has begun: in order that could never be. */
static enum hone_outcome first_lasts_longest(struct fake *self, const struct hone_job *job) {
    while (job->trial == 0 && atomic_load(&self->objective.evaluated[9][0]) == 0) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
    return HONE_OUTCOME_VALUE;
}

static void free_order_uses_whatever_has_finished(void **state) {
    (void)state;
    fake_init(&fake, 1, PARALLEL, BUDGET);
    fake.plan.order_free = true;
    fake.objective.during = first_lasts_longest;
    run_to(&fake, PARALLEL, HONE_END_BUDGET);
    for (size_t t = 0; t < BUDGET; t++) {
        assert_int_equal(fake.sampler.shown[t].settled, t);
        assert_true(fake.sampler.shown[t].finished + PARALLEL > t);
    }
    assert_int_equal(fake.most_in_flight, PARALLEL);
    assert_int_equal(count_state(&fake, HONE_COMPLETE), BUDGET);
    fake_finish(&fake);
}

/* ---- Continuing ---- */

static void resume_evaluates_only_missing_folds(void **state) {
    (void)state;
    run_expected(NULL, FOLDS);
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    fake.store.durable = expected.store.durable;
    fake.store.durable.count = 6;
    for (size_t t = 4; t < 6; t++) {
        struct fake_row *row = &fake.store.durable.row[t];

        row->state = HONE_RUNNING;
        row->has_fold[t - 4] = false;
    }
    memset(&fake.store.durable.row[6], 0, sizeof(struct fake_row) * (FAKE_TRIALS - 6));
    fake_reload(&fake);
    run_to(&fake, 2, HONE_END_BUDGET);
    fake_assert_same(&fake.store.durable, &expected.store.durable);
    for (size_t t = 0; t < BUDGET; t++) {
        for (size_t k = 0; k < FOLDS; k++) {
            assert_int_equal(atomic_load(&fake.objective.evaluated[t][k]),
                t >= 6 || (t >= 4 && k == t - 4));
        }
    }
    fake_finish(&fake);
}

static void trial_with_all_its_folds_needs_no_evaluation(void **state) {
    (void)state;
    run_expected(NULL, FOLDS);
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    fake.store.durable = expected.store.durable;
    fake.store.durable.row[BUDGET - 1].state = HONE_RUNNING;
    fake_reload(&fake);
    run_to(&fake, 2, HONE_END_BUDGET);
    fake_assert_same(&fake.store.durable, &expected.store.durable);
    assert_int_equal(fake.begun, 1);
    assert_int_equal(fake.finished, 1);
    assert_int_equal(fake.folds_done, 0);
    fake_finish(&fake);
}

static void finished_search_does_nothing_until_the_budget_grows(void **state) {
    (void)state;
    run_expected(NULL, FOLDS);
    fake_init(&fake, FOLDS, PARALLEL, BUDGET / 2);
    run_to(&fake, 2, HONE_END_BUDGET);
    fake_reload(&fake);
    run_to(&fake, 2, HONE_END_BUDGET);
    assert_int_equal(fake.begun, 0);
    assert_int_equal(fake.sampler.shown_count, 0);
    fake_reload(&fake);
    fake.run.budget = BUDGET;
    run_to(&fake, 2, HONE_END_BUDGET);
    fake_assert_same(&fake.store.durable, &expected.store.durable);
    fake_finish(&fake);
}

static void exhausted_sampler_ends_the_run(void **state) {
    (void)state;
    fake_init(&fake, FOLDS, PARALLEL, UINT64_MAX);
    fake.sampler.points = 7;
    run_to(&fake, 2, HONE_END_EXHAUSTED);
    assert_int_equal(count_state(&fake, HONE_COMPLETE), 7);
    assert_int_equal(fake.sampler.shown_count, 8); /* asked in vain once, not every turn */
    fake_finish(&fake);
}

/* ---- Points that no sampler proposed ---- */

static void first_points_come_before_the_sampler(void **state) {
    static const double first[2][FAKE_PARAMS] = {{0.125, 3}, {0.5, 9}};

    (void)state;
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    fake.plan.first_count = 2;
    fake.plan.first = &first[0][0];
    run_to(&fake, 2, HONE_END_BUDGET);
    for (size_t t = 0; t < 2; t++) {
        assert_string_equal(fake.store.durable.row[t].part, "first");
        assert_memory_equal(fake.store.durable.row[t].x_value, first[t], sizeof(first[t]));
    }
    assert_string_equal(fake.store.durable.row[2].part, "fake");
    assert_int_equal(fake.sampler.shown[0].asking, 2);
    fake_finish(&fake);
}

static void first_points_are_not_lost_to_a_queued_one(void **state) {
    static const double first[2][FAKE_PARAMS] = {{0.125, 3}, {0.5, 9}};
    static const char *const part[] = {"queue", "first", "first", "fake"};

    (void)state;
    fake_init(&fake, FOLDS, 1, 4);
    fake.plan.first_count = 2;
    fake.plan.first = &first[0][0];
    fake.store.queue_count = 1;
    fake.run.budget = 2;
    run_to(&fake, 2, HONE_END_BUDGET);
    fake_reload(&fake);
    fake.run.budget = 4;
    run_to(&fake, 2, HONE_END_BUDGET);
    for (size_t t = 0; t < 4; t++) {
        assert_string_equal(fake.store.durable.row[t].part, part[t]);
    }
    fake_finish(&fake);
}

/* The turn that first sees eight trials may see up to PARALLEL - 1 more. */
static void queued_points_are_tried_next_within_the_window(void **state) {
    size_t first = 8;

    (void)state;
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    fake.store.queue_at = 8;
    fake.store.queue_count = 6;
    run_to(&fake, 2, HONE_END_BUDGET);
    while (strcmp(fake.store.durable.row[first].part, "fake") == 0) {
        first++;
    }
    assert_true(first < 8 + PARALLEL);
    for (size_t t = first; t < first + 6; t++) {
        assert_string_equal(fake.store.durable.row[t].part, "queue");
        assert_int_equal(fake.store.durable.row[t].state, HONE_COMPLETE);
    }
    assert_int_equal(fake.store.durable.count, BUDGET);
    assert_int_equal(fake.most_in_flight, PARALLEL);
    fake_finish(&fake);
}

static void queued_points_beyond_the_budget_are_tried_too(void **state) {
    (void)state;
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    fake.store.queue_at = BUDGET;
    fake.store.queue_count = 2;
    run_to(&fake, 2, HONE_END_BUDGET);
    assert_int_equal(fake.store.durable.count, BUDGET + 2);
    assert_int_equal(count_state(&fake, HONE_COMPLETE), BUDGET + 2);
    fake_finish(&fake);
}

/* ---- Stopping ---- */

static enum hone_outcome interrupt_in_trial_6(struct fake *self, const struct hone_job *job) {
    if (job->trial == 6 && job->fold == 1) {
        (void)atomic_fetch_add(&self->stop.requests, 1);
        (void)nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL); /* over one poll */
    }
    return HONE_OUTCOME_VALUE;
}

static void interrupt_keeps_what_runs_and_blames_nobody(void **state) {
    static const size_t workers[] = {1, 2, 8};

    (void)state;
    run_expected(NULL, FOLDS);
    for (unsigned w = 0; w < 3; w++) {
        fake_init(&fake, FOLDS, PARALLEL, BUDGET);
        fake.objective.during = interrupt_in_trial_6;
        fake.objective.pause_us = PAUSE_US;
        fake.objective.salt = w;
        run_to(&fake, workers[w], HONE_END_INTERRUPTED);
        assert_true(fake.store.durable.row[6].has_fold[1]);
        assert_true(count_state(&fake, HONE_COMPLETE) < BUDGET);
        assert_int_equal(count_state(&fake, HONE_RUNNING), 0);
        assert_int_equal(count_state(&fake, HONE_FAILED), 0);
        fake_reload(&fake);
        run_to(&fake, workers[w], HONE_END_BUDGET);
        fake_assert_same(&fake.store.durable, &expected.store.durable);
        for (size_t t = 0; t < BUDGET; t++) {
            for (size_t k = 0; k < FOLDS; k++) {
                assert_int_equal(atomic_load(&fake.objective.evaluated[t][k]), 1);
            }
        }
        fake_finish(&fake);
    }
}

static enum hone_outcome when_cancelled(const struct hone_job *job, enum hone_outcome outcome) {
    while (!atomic_load(job->cancel)) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
    return outcome;
}

static enum hone_outcome interrupt_twice(struct fake *self, const struct hone_job *job) {
    if (job->trial == 6 && job->fold == 1) {
        (void)atomic_fetch_add(&self->stop.requests, 2);
        return when_cancelled(job, HONE_OUTCOME_CANCELLED);
    }
    return HONE_OUTCOME_VALUE;
}

/* Killed programs tend to call that a failure. */
static enum hone_outcome interrupt_twice_and_fail(struct fake *self, const struct hone_job *job) {
    return interrupt_twice(self, job) == HONE_OUTCOME_VALUE ? HONE_OUTCOME_VALUE
                                                            : HONE_OUTCOME_FAILED;
}

static void second_interrupt_cuts_folds_off_and_blames_nobody(void **state) {
    static fake_during *const during[] = {interrupt_twice, interrupt_twice_and_fail};
    static const size_t folds[] = {2, FOLDS};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        run_expected(NULL, folds[i % 2]);
        fake_init(&fake, folds[i % 2], PARALLEL, BUDGET);
        fake.objective.during = during[i / 2];
        fake.objective.pause_us = PAUSE_US;
        run_to(&fake, 2, HONE_END_INTERRUPTED);
        assert_false(fake.store.durable.row[6].has_fold[1]);
        assert_int_equal(fake.store.durable.row[6].state, HONE_WAITING);
        assert_int_equal(count_state(&fake, HONE_FAILED), 0);
        fake_reload(&fake);
        run_to(&fake, 2, HONE_END_BUDGET);
        fake_assert_same(&fake.store.durable, &expected.store.durable);
        fake_finish(&fake);
    }
}

/* Fold 0 of trial 6 fails, fold 1 interrupts: the trial is not over, so the
 * failure does not count yet. */
static enum hone_outcome fail_then_interrupt(struct fake *self, const struct hone_job *job) {
    if (job->trial == 6 && job->fold == 0) {
        return HONE_OUTCOME_FAILED;
    }
    return interrupt_twice(self, job);
}

static void failed_fold_of_an_interrupted_trial_is_tried_again(void **state) {
    (void)state;
    run_expected(NULL, FOLDS);
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    fake.objective.during = fail_then_interrupt;
    run_to(&fake, 1, HONE_END_INTERRUPTED);
    assert_int_equal(fake.store.durable.row[6].state, HONE_WAITING);
    fake_reload(&fake);
    run_to(&fake, 1, HONE_END_BUDGET);
    fake_assert_same(&fake.store.durable, &expected.store.durable);
    fake_finish(&fake);
}

static void stop_before_the_start_begins_nothing(void **state) {
    (void)state;
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    (void)atomic_fetch_add(&fake.stop.requests, 1);
    run_to(&fake, 2, HONE_END_INTERRUPTED);
    assert_int_equal(fake.store.durable.count, 0);
    fake_finish(&fake);
}

static const int64_t start_ms = INT64_C(1767225600000);

static enum hone_outcome let_a_minute_pass_in_trial_6(struct fake *self,
    const struct hone_job *job) {
    (void)self;
    if (job->trial == 6) {
        hone_clock_freeze(start_ms + 61000);
    }
    return HONE_OUTCOME_VALUE;
}

static void timeout_finishes_what_is_in_flight(void **state) {
    (void)state;
    hone_clock_freeze(start_ms);
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    fake.plan.timeout_seconds = 60;
    fake.objective.during = let_a_minute_pass_in_trial_6;
    run_to(&fake, 2, HONE_END_TIMEOUT);
    hone_clock_freeze(-1);
    assert_true(fake.store.durable.count >= 7);
    assert_true(fake.store.durable.count <= 6 + PARALLEL);
    assert_int_equal(count_state(&fake, HONE_COMPLETE), fake.store.durable.count);
    fake_finish(&fake);
}

/* ---- Failing ---- */

static void failed_fold_fails_its_trial_and_the_search_goes_on(void **state) {
    (void)state;
    run_expected(sometimes_fail, FOLDS);
    for (size_t t = 0; t < BUDGET; t++) {
        const struct fake_row *row = &expected.store.durable.row[t];

        assert_int_equal(row->state, t % 7 == 3 ? HONE_FAILED : HONE_COMPLETE);
        assert_string_equal(row->error, t % 7 == 3 ? "fold 1: fold 1 went wrong" : "");
        assert_int_equal(isnan(row->loss) != 0, t % 7 == 3);
        for (size_t k = 0; k < FOLDS; k++) {
            assert_true(row->has_fold[k]);
            assert_int_equal(row->fold_outcome[k],
                t % 7 == 3 && k >= 1 ? HONE_OUTCOME_FAILED : HONE_OUTCOME_VALUE);
        }
    }
}

static enum hone_outcome always_fail(struct fake *self, const struct hone_job *job) {
    (void)self;
    (void)job;
    return HONE_OUTCOME_FAILED;
}

static void only_fold_is_not_named_in_the_error(void **state) {
    (void)state;
    run_expected(always_fail, 1);
    assert_int_equal(count_state(&expected, HONE_FAILED), BUDGET);
    assert_string_equal(expected.store.durable.row[0].error, "fold 0 went wrong");
}

/* ---- Frames, telling, other stores ---- */

static void loss_is_the_mean_in_the_frame_that_is_minimised(void **state) {
    static const bool maximize[] = {false, true};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fake_init(&fake, 2, 1, 3);
        fake.objective.base.maximize = maximize[i];
        run_to(&fake, 2, HONE_END_BUDGET);
        for (size_t t = 0; t < 3; t++) {
            const double *x = fake.history.trial[t].x_value;
            double mean = (fake_value(x, 0) + fake_value(x, 1)) / 2;

            assert_true(fake.history.trial[t].loss == (maximize[i] ? -mean : mean));
            assert_true(fake.store.durable.row[t].fold_value[1] == fake_value(x, 1));
        }
        fake_finish(&fake);
    }
}

/* Lasts until six ticks have come in 0.1 s, in which the run polls but twice. A loaded
 * machine may hold it up: it has some tries. */
static enum hone_outcome wait_for_ticks(struct fake *self, const struct hone_job *job) {
    (void)job;
    for (int i = 0; i < TRIES; i++) {
        const size_t before = atomic_load(&self->ticks);

        hone_clock_sleep(0.1);
        if (atomic_load(&self->ticks) >= before + 6) {
            return HONE_OUTCOME_VALUE;
        }
    }
    return HONE_OUTCOME_FAILED;
}

static void ticks_come_while_a_fold_lasts(void **state) {
    (void)state;
    fake_init(&fake, 1, 1, 1);
    fake.objective.during = wait_for_ticks;
    fake.observer.tick_seconds = 0.005;
    run_to(&fake, 1, HONE_END_BUDGET);
    assert_int_equal(count_state(&fake, HONE_COMPLETE), 1);
    fake_finish(&fake);
}

/* ---- Other engines ---- */

static void run_beside_another(enum fake_other other, uint64_t budget) {
    fake_init(&fake, FOLDS, 1, budget);
    fake.store.other = other;
    fake.store.other_at = 2;
    run_to(&fake, 2, HONE_END_BUDGET);
    assert_int_equal(fake.store.durable.count, budget);
    assert_int_equal(count_state(&fake, HONE_COMPLETE), budget);
    assert_int_equal(fake.waits, 1);
    assert_int_equal(fake.waited_for, 1);
    assert_int_equal(fake.finished, budget); /* it is told of the other's, too */
}

static void trial_of_another_engine_is_waited_for_and_not_evaluated(void **state) {
    (void)state;
    for (uint64_t budget = 3; budget <= 5; budget++) { /* it is the last of them, or in between */
        run_beside_another(OTHER_FINISHES, budget);
        assert_int_equal(fake.begun, budget - 1);
        assert_int_equal(atomic_load(&fake.objective.evaluated[2][0]), 0);
        fake_finish(&fake);
    }
}

static void trial_of_a_dead_engine_is_evaluated_here(void **state) {
    (void)state;
    for (uint64_t budget = 3; budget <= 5; budget++) {
        run_beside_another(OTHER_DIES, budget);
        assert_int_equal(fake.begun, budget);
        assert_int_equal(atomic_load(&fake.objective.evaluated[2][0]), 1);
        fake_finish(&fake);
    }
}

/* Of tiny folds it takes many at a time, of others what its workers can do. */
static enum hone_outcome take_a_while(struct fake *self, const struct hone_job *job) {
    (void)self;
    (void)job;
    hone_clock_sleep(0.02);
    return HONE_OUTCOME_VALUE;
}

static void engine_claims_no_more_than_it_can_do(void **state) {
    (void)state;
    fake_init(&fake, 1, 60, 30);
    fake.objective.during = take_a_while;
    run_to(&fake, 2, HONE_END_BUDGET);
    assert_true(fake.most_in_flight <= 2 + 2 * 5 + 1); /* workers, 100 ms of work, a reserve */
    fake_finish(&fake);
}

static enum hone_outcome take_a_moment(struct fake *self, const struct hone_job *job) {
    (void)self;
    (void)job;
    hone_clock_sleep(0.005);
    return HONE_OUTCOME_VALUE;
}

/* How many turns 60 trials of one short fold take. */
static size_t count_turns(bool blind) {
    struct hone_sampler_type sampler;
    size_t turns;

    fake_init(&fake, 1, FAKE_TRIALS, 60);
    sampler = *fake.plan.sampler;
    sampler.blind = blind;
    fake.plan.sampler = &sampler;
    fake.objective.during = take_a_moment;
    run_to(&fake, 1, HONE_END_BUDGET);
    turns = atomic_load(&fake.store.turns);
    fake_finish(&fake);
    return turns;
}

/* A slow first fold, or a run that is held up, makes for other turns. */
static void short_folds_share_a_turn_unless_a_proposal_rests_on_them(void **state) {
    int tries = 0;

    (void)state;
    while (tries < TRIES && (count_turns(true) >= 60 / 2 || count_turns(false) <= 60 / 2)) {
        tries++;
    }
    assert_true(tries < TRIES);
}

static void run_needs_no_record_and_no_listener(void **state) {
    const struct hone_observer deaf = {.self = NULL};

    (void)state;
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    assert_int_equal(hone_null_store_new(&fake.run.store, &fake.err), HONE_OK);
    fake.run.observer = &deaf;
    run_to(&fake, 2, HONE_END_BUDGET);
    assert_int_equal(fake.history.count, BUDGET);
    assert_int_equal(hone_history_best(&fake.history)->state, HONE_COMPLETE);
    assert_string_equal(fake.history.trial[5].why, "point 5");
    hone_store_close(fake.run.store);
    fake_finish(&fake);
}

/* Trial 9 is the first that is proposed from 7 results after one from 6, of which 6
 * were enough each time. */
static void a_search_that_has_enough_ends_after_the_same_trial(void **state) {
    static const size_t workers[] = {1, 2, 8};

    (void)state;
    for (size_t w = 0; w < sizeof(workers) / sizeof(workers[0]); w++) {
        fake_init(&fake, FOLDS, PARALLEL, BUDGET);
        fake.plan.stop_auto = true;
        fake.sampler.enough_at = 6;
        fake.objective.pause_us = PAUSE_US;
        run_to(&fake, workers[w], HONE_END_ENOUGH);
        assert_int_equal(fake.store.durable.count, 9);
        fake_reload(&fake);
        run_to(&fake, workers[w], HONE_END_ENOUGH); /* nothing more */
        assert_int_equal(fake.store.durable.count, 9);
        fake_finish(&fake);
    }
}

static void enough_ends_no_search_that_was_not_told_to(void **state) {
    (void)state;
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    fake.sampler.enough_at = 2;
    run_to(&fake, 2, HONE_END_BUDGET);
    assert_int_equal(fake.store.durable.count, BUDGET);
    fake_finish(&fake);
}

static void what_was_learnt_of_all_trials_is_kept_at_the_end(void **state) {
    (void)state;
    fake_init(&fake, FOLDS, PARALLEL, BUDGET);
    run_to(&fake, 2, HONE_END_BUDGET);
    assert_true(fake.store.durable.insights > 0);
    assert_int_equal(fake.store.durable.insight_trials, BUDGET);
    fake_finish(&fake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trials_are_the_same_on_any_number_of_workers),
        cmocka_unit_test(proposal_rests_on_all_but_the_last_parallel),
        cmocka_unit_test(free_order_uses_whatever_has_finished),
        cmocka_unit_test(resume_evaluates_only_missing_folds),
        cmocka_unit_test(trial_with_all_its_folds_needs_no_evaluation),
        cmocka_unit_test(finished_search_does_nothing_until_the_budget_grows),
        cmocka_unit_test(exhausted_sampler_ends_the_run),
        cmocka_unit_test(first_points_come_before_the_sampler),
        cmocka_unit_test(first_points_are_not_lost_to_a_queued_one),
        cmocka_unit_test(queued_points_are_tried_next_within_the_window),
        cmocka_unit_test(queued_points_beyond_the_budget_are_tried_too),
        cmocka_unit_test(interrupt_keeps_what_runs_and_blames_nobody),
        cmocka_unit_test(second_interrupt_cuts_folds_off_and_blames_nobody),
        cmocka_unit_test(failed_fold_of_an_interrupted_trial_is_tried_again),
        cmocka_unit_test(stop_before_the_start_begins_nothing),
        cmocka_unit_test(timeout_finishes_what_is_in_flight),
        cmocka_unit_test(failed_fold_fails_its_trial_and_the_search_goes_on),
        cmocka_unit_test(only_fold_is_not_named_in_the_error),
        cmocka_unit_test(loss_is_the_mean_in_the_frame_that_is_minimised),
        cmocka_unit_test(ticks_come_while_a_fold_lasts),
        cmocka_unit_test(trial_of_another_engine_is_waited_for_and_not_evaluated),
        cmocka_unit_test(trial_of_a_dead_engine_is_evaluated_here),
        cmocka_unit_test(engine_claims_no_more_than_it_can_do),
        cmocka_unit_test(short_folds_share_a_turn_unless_a_proposal_rests_on_them),
        cmocka_unit_test(run_needs_no_record_and_no_listener),
        cmocka_unit_test(a_search_that_has_enough_ends_after_the_same_trial),
        cmocka_unit_test(enough_ends_no_search_that_was_not_told_to),
        cmocka_unit_test(what_was_learnt_of_all_trials_is_kept_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
