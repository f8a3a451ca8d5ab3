/* Runs with a clock that their folds set: a fold lets so much time pass, and waits
 * for what the store then has. */
#include "tests/engine/fake.h"

#include "engine/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { FOLDS = 2, BUDGET = 3, EPOCHS = 5, LOOKS = 200 };

static const int64_t start_ms = INT64_C(1767225600000);
static const double look_seconds = 0.02; /* LOOKS of them are longer than any wait is */

static struct fake fake;
static struct fake expected;
static _Atomic int64_t now_ms;

static void pass(int64_t ms) {
    hone_clock_freeze(atomic_fetch_add(&now_ms, ms) + ms);
}

static enum hone_code add_epochs(struct hone_result *result, int64_t first, int64_t last,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (int64_t epoch = first; code == HONE_OK && epoch <= last; epoch++) {
        code = hone_result_add_point(result, (struct hone_curve_point){.epoch = epoch}, err);
    }
    return code;
}

/* Waits until the store has so many points, of all curves. HONE_E_NUMERIC, which ends
 * the run: it does not get to. */
static enum hone_code wait_for_points(struct fake *search, const struct hone_job *job,
    size_t points) {
    for (int i = 0; i < LOOKS && !atomic_load(job->cancel); i++) {
        if (atomic_load(&search->store.points) == points) {
            return HONE_OK;
        }
        hone_clock_sleep(look_seconds);
    }
    return HONE_E_NUMERIC;
}

/* ---- Training ---- */

static enum hone_code train_at_once(struct fake *self, const struct hone_job *job,
    struct hone_result *result, struct hone_err *err) {
    (void)self;
    (void)job;
    return add_epochs(result, 1, EPOCHS, err);
}

/* The first fold lasts: its points are seen before it ends, one lot after the other. */
static enum hone_code train_in_two_lots(struct fake *self, const struct hone_job *job,
    struct hone_result *result, struct hone_err *err) {
    const bool lasts = job->trial == 0 && job->fold == 0;
    enum hone_code code = add_epochs(result, 1, 2, err);

    if (lasts && code == HONE_OK) {
        pass(1100);
        code = wait_for_points(self, job, 2);
    }
    if (lasts && code == HONE_OK) {
        code = add_epochs(result, 3, 4, err);
    }
    if (lasts && code == HONE_OK) {
        pass(1100);
        code = wait_for_points(self, job, 4);
    }
    return code == HONE_OK ? add_epochs(result, lasts ? 5 : 3, EPOCHS, err) : code;
}

/* It goes on for three seconds, a point every quarter of one, looked at each time. */
static enum hone_code train_steadily(struct fake *self, const struct hone_job *job,
    struct hone_result *result, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    (void)self;
    (void)job;
    for (int64_t epoch = 1; code == HONE_OK && epoch <= 12; epoch++) {
        code = add_epochs(result, epoch, epoch, err);
        pass(250);
        hone_clock_sleep(0.07); /* longer than the run waits for a result */
    }
    return code;
}

/* Its one lot is put; then hours pass without a point. */
static enum hone_code train_and_rest(struct fake *self, const struct hone_job *job,
    struct hone_result *result, struct hone_err *err) {
    enum hone_code code = add_epochs(result, 1, 2, err);
    size_t turns;

    pass(1100);
    code = code == HONE_OK ? wait_for_points(self, job, 2) : code;
    turns = atomic_load(&self->store.turns);
    for (int i = 0; i < 4; i++) {
        pass(3600000);
        hone_clock_sleep(0.06);
    }
    return code == HONE_OK && atomic_load(&self->store.turns) != turns ? HONE_E_NUMERIC : code;
}

/* Like a command that fails and is started again: in trial 0 after points were put,
 * which are seen to go before it ends, in trial 1 they go with the result, in trial
 * 2 there were none. */
static enum hone_code train_twice(struct fake *self, const struct hone_job *job,
    struct hone_result *result, struct hone_err *err) {
    enum hone_code code = add_epochs(result, 1, 3, err);

    if (code == HONE_OK && job->trial < 2) {
        pass(1100);
        code = wait_for_points(self, job, job->trial == 0 ? 3 : 1 + 3);
    }
    hone_result_forget_curve(result);
    if (code == HONE_OK && job->trial == 0) {
        pass(1100);
        code = wait_for_points(self, job, 0);
    }
    return code == HONE_OK ? add_epochs(result, 1, 1, err) : code;
}

/* In trial 1 two interrupts come once its points are durable. */
static enum hone_code train_until_interrupted(struct fake *self, const struct hone_job *job,
    struct hone_result *result, struct hone_err *err) {
    enum hone_code code = add_epochs(result, 1, EPOCHS, err);

    if (code == HONE_OK && job->trial == 1) {
        pass(1100);
        code = wait_for_points(self, job, 2 * EPOCHS);
        (void)atomic_fetch_add(&self->stop.requests, 2);
    }
    return code;
}

static enum hone_outcome leave_when_cancelled(struct fake *self, const struct hone_job *job) {
    if (job->trial != 1) {
        return HONE_OUTCOME_VALUE;
    }
    for (int i = 0; i < LOOKS && !atomic_load(job->cancel); i++) {
        hone_clock_sleep(look_seconds);
    }
    (void)self;
    return HONE_OUTCOME_CANCELLED;
}

/* ---- Runs ---- */

static void start(struct fake *search, size_t folds, fake_train *train) {
    fake_init(search, folds, 1, BUDGET);
    search->objective.train = train;
    atomic_store(&now_ms, start_ms);
    hone_clock_freeze(start_ms);
}

static void run_to(struct fake *search, size_t workers, enum hone_end expected_end) {
    enum hone_end end;

    assert_int_equal(fake_run(search, workers, &end), HONE_OK);
    assert_int_equal(end, expected_end);
}

static int tear_down(void **state) {
    (void)state;
    hone_clock_freeze(-1);
    fake_finish(&fake);
    return 0;
}

static void points_are_durable_while_their_fold_runs(void **state) {
    (void)state;
    start(&expected, FOLDS, train_at_once);
    run_to(&expected, 1, HONE_END_BUDGET);
    fake_finish(&expected);
    assert_int_equal(expected.store.durable.lots, 0);
    start(&fake, FOLDS, train_in_two_lots);
    run_to(&fake, 1, HONE_END_BUDGET);
    assert_int_equal(fake.store.durable.lots, 2);
    assert_int_equal(fake.grown, 2);
    fake_assert_same(&fake.store.durable, &expected.store.durable);
}

static void folds_that_end_sooner_come_with_their_result_alone(void **state) {
    (void)state;
    start(&fake, FOLDS, train_at_once);
    hone_clock_freeze(-1);
    run_to(&fake, 2, HONE_END_BUDGET);
    assert_int_equal(fake.store.durable.lots, 0);
    assert_int_equal(atomic_load(&fake.store.points), BUDGET * FOLDS * EPOCHS);
}

static void points_wait_for_the_next_second(void **state) {
    (void)state;
    start(&fake, 1, train_steadily);
    fake.run.budget = 1;
    run_to(&fake, 1, HONE_END_BUDGET);
    assert_in_range(fake.store.durable.lots, 2, 3);
    assert_int_equal(atomic_load(&fake.store.points), 12);
}

static void nothing_new_is_no_turn(void **state) {
    (void)state;
    start(&fake, 1, train_and_rest);
    fake.run.budget = 1;
    run_to(&fake, 1, HONE_END_BUDGET);
    assert_int_equal(fake.store.durable.lots, 1);
}

static void points_of_a_fold_that_is_begun_again_are_forgotten(void **state) {
    (void)state;
    start(&fake, 1, train_twice);
    run_to(&fake, 1, HONE_END_BUDGET);
    assert_int_equal(fake.store.durable.forgotten, 2);
    assert_int_equal(fake.store.durable.lots, 2);
    assert_int_equal(fake.grown, 3); /* one that is begun again is another */
    assert_int_equal(atomic_load(&fake.store.points), BUDGET);
}

static void points_of_a_fold_that_was_cut_off_are_forgotten(void **state) {
    (void)state;
    start(&expected, 1, train_at_once);
    run_to(&expected, 1, HONE_END_BUDGET);
    fake_finish(&expected);
    start(&fake, 1, train_until_interrupted);
    fake.objective.during = leave_when_cancelled;
    run_to(&fake, 1, HONE_END_INTERRUPTED);
    assert_int_equal(fake.store.durable.lots, 1);
    assert_int_equal(fake.store.durable.row[1].state, HONE_WAITING);
    assert_int_equal(fake.store.durable.row[1].points[0], 0);
    fake_reload(&fake);
    fake.objective.train = train_at_once;
    run_to(&fake, 1, HONE_END_BUDGET);
    fake_assert_same(&fake.store.durable, &expected.store.durable);
}

/* A store that fails while points are put ends the run as any other failure does. */
static void the_store_may_fail_at_any_call(void **state) {
    enum hone_code code = HONE_E_IO;

    (void)state;
    start(&expected, 1, train_at_once);
    expected.run.budget = 1;
    run_to(&expected, 1, HONE_END_BUDGET);
    fake_finish(&expected);
    for (unsigned long n = 1; code != HONE_OK; n++) {
        enum hone_end end;

        start(&fake, 1, train_in_two_lots);
        fake.run.budget = 1;
        fake.store.fail_at = n;
        code = fake_run(&fake, 1, &end);
        if (code != HONE_OK) {
            assert_int_equal(code, HONE_E_IO);
            fake_reload(&fake);
            fake.objective.train = train_at_once;
            run_to(&fake, 1, HONE_END_BUDGET);
        }
        fake_assert_same(&fake.store.durable, &expected.store.durable);
        if (code != HONE_OK) {
            fake_finish(&fake);
        }
    }
}

#define CASE(name) cmocka_unit_test_teardown(name, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(points_are_durable_while_their_fold_runs),
        CASE(folds_that_end_sooner_come_with_their_result_alone),
        CASE(points_wait_for_the_next_second),
        CASE(nothing_new_is_no_turn),
        CASE(points_of_a_fold_that_is_begun_again_are_forgotten),
        CASE(points_of_a_fold_that_was_cut_off_are_forgotten),
        CASE(the_store_may_fail_at_any_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
