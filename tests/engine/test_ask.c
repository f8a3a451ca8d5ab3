#include "engine/ask.h"
#include "engine/alloc.h"
#include "engine/clock.h"
#include "engine/steps.h"
#include "tests/engine/fake.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { BUDGET = 12 };

static struct fake fake;
static struct hone_ask *ask;

static struct hone_ask_setup setup_of(struct fake *search) {
    return (struct hone_ask_setup){
        .plan = &search->plan,
        .objective = &search->objective.base,
        .sampler = &search->sampler.base,
        .store = &search->store.base,
        .history = &search->history,
        .budget = search->run.budget,
    };
}

static void open_ask(void) {
    const struct hone_ask_setup setup = setup_of(&fake);

    assert_int_equal(hone_ask_new(&setup, &ask, &fake.err), HONE_OK);
}

static int set_up(void **state) {
    (void)state;
    fake_init(&fake, 1, 1, BUDGET);
    open_ask();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    hone_ask_free(ask);
    ask = NULL;
    fake_finish(&fake);
    return 0;
}

/* As after a kill: nothing is said, all is loaded anew. */
static void start_again(void) {
    hone_ask_free(ask);
    fake_reload(&fake);
    open_ask();
}

static uint64_t ask_one(void) {
    const struct hone_trial *trial = NULL;

    assert_int_equal(hone_ask_next(ask, &trial, &fake.err), HONE_OK);
    assert_non_null(trial);
    assert_int_equal(fake.store.durable.row[trial->number].state, HONE_RUNNING);
    return trial->number;
}

static void assert_done(void) {
    const struct hone_trial *trial = &fake.history.trial[0];

    assert_int_equal(hone_ask_next(ask, &trial, &fake.err), HONE_OK);
    assert_null(trial);
}

static enum hone_code tell_value(uint64_t number, double value) {
    const struct hone_told told = {.value = value, .sem = (double)NAN};

    return hone_ask_tell(ask, number, &told, &fake.err);
}

static void tell_one(uint64_t number, double value) {
    assert_int_equal(tell_value(number, value), HONE_OK);
}

/* ---- Trials ---- */

static void told_value_is_durable_when_tell_returns(void **state) {
    const struct fake_row *row = &fake.store.durable.row[1];

    (void)state;
    (void)ask_one();
    (void)ask_one();
    tell_one(1, 0.25);
    assert_false(fake.store.in_turn);
    assert_int_equal(row->state, HONE_COMPLETE);
    assert_true(row->has_fold[0]);
    assert_true(row->fold_value[0] == 0.25);
    assert_true(row->loss == 0.25);
    assert_int_equal(fake.store.durable.row[0].state, HONE_RUNNING);
}

static void value_standard_error_and_direction_are_kept(void **state) {
    const struct hone_told told = {.value = 0.25, .sem = 0.125};

    (void)state;
    fake.objective.base.maximize = true;
    (void)ask_one();
    assert_int_equal(hone_ask_tell(ask, 0, &told, &fake.err), HONE_OK);
    assert_true(fake.history.trial[0].loss == -0.25);
    assert_true(fake.history.trial[0].sem == 0.125);
    assert_true(fake.store.durable.row[0].fold_value[0] == 0.25);
}

static void failed_trial_says_why(void **state) {
    (void)state;
    (void)ask_one();
    assert_int_equal(hone_ask_fail(ask, 0, "out of %s", &fake.err), HONE_OK);
    assert_int_equal(fake.store.durable.row[0].state, HONE_FAILED);
    assert_int_equal(fake.store.durable.row[0].fold_outcome[0], HONE_OUTCOME_FAILED);
    assert_string_equal(fake.store.durable.row[0].error, "out of %s");
    assert_int_equal(ask_one(), 1);
}

static void any_number_is_asked_before_any_is_told_in_any_order(void **state) {
    (void)state;
    for (uint64_t i = 0; i < BUDGET; i++) {
        assert_int_equal(ask_one(), i);
    }
    assert_done();
    for (uint64_t i = 0; i < BUDGET; i++) {
        tell_one((i * 5 + 3) % BUDGET, (double)i);
    }
    for (uint64_t i = 0; i < BUDGET; i++) {
        assert_int_equal(fake.store.durable.row[i].state, HONE_COMPLETE);
    }
    assert_done();
    assert_int_equal(fake.store.durable.count, BUDGET);
}

/* The fake proposes from the losses that it is shown. */
static void proposal_rests_on_all_that_was_told(void **state) {
    double x_value[2];

    (void)state;
    for (unsigned told = 0; told < 2; told++) {
        fake_finish(&fake);
        hone_ask_free(ask);
        fake_init(&fake, 1, 1, BUDGET);
        open_ask();
        (void)ask_one();
        (void)ask_one();
        if (told == 1) {
            tell_one(1, 7);
        }
        (void)ask_one();
        assert_int_equal(fake.sampler.shown[2].settled, 2);
        assert_int_equal(fake.sampler.shown[2].finished, told);
        x_value[told] = fake.history.trial[2].x_value[0];
    }
    assert_true(x_value[0] != x_value[1]);
}

static void asked_trials_are_asked_again_after_a_kill(void **state) {
    struct fake_record before;

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        (void)ask_one();
    }
    tell_one(1, 0.5);
    before = fake.store.durable;
    start_again();
    assert_int_equal(ask_one(), 0);
    assert_int_equal(ask_one(), 2);
    assert_int_equal(ask_one(), 3);
    fake_assert_same(&fake.store.durable, &before);
    assert_int_equal(ask_one(), 4);
    tell_one(3, 0.5);
    assert_int_equal(tell_value(1, 0.5), HONE_E_INPUT);
}

static void end_lets_asked_trials_wait(void **state) {
    (void)state;
    (void)ask_one();
    (void)ask_one();
    tell_one(0, 0.5);
    assert_int_equal(hone_ask_end(ask, &fake.err), HONE_OK);
    assert_int_equal(fake.store.durable.row[0].state, HONE_COMPLETE);
    assert_int_equal(fake.store.durable.row[1].state, HONE_WAITING);
    start_again();
    assert_int_equal(ask_one(), 1);
}

/* ---- Where points come from ---- */

static enum hone_code reflect_in_vain(struct hone_sampler *sampler, const struct hone_view *view,
    struct hone_insight *ret_insight, struct hone_err *failure) {
    (void)sampler;
    (void)view;
    (void)ret_insight;
    return hone_fail(failure, HONE_E_NOMEM, "no memory to reflect");
}

static void best_is_untouched_when_the_sampler_cannot_say(void **state) {
    const struct hone_sampler_type type = {.name = "vain", .reflect = reflect_in_vain};
    const struct hone_sampler_type *before = fake.sampler.base.type;
    const struct hone_trial *best = NULL;

    (void)state;
    tell_one(ask_one(), 0.25);
    fake.sampler.base.type = &type;
    assert_int_equal(hone_ask_best(ask, &best, &fake.err), HONE_E_NOMEM);
    fake.sampler.base.type = before;
    assert_null(best);
    assert_int_equal(hone_ask_best(ask, &best, &fake.err), HONE_OK);
    assert_ptr_equal(best, &fake.history.trial[0]);
}

static void first_points_then_queued_ones_then_the_samplers(void **state) {
    static const double first[FAKE_PARAMS] = {0.125, 3};

    (void)state;
    fake.plan.first = first;
    fake.plan.first_count = 1;
    fake.store.queue_at = 2;
    fake.store.queue_count = 1;
    for (uint64_t i = 0; i < 4; i++) {
        assert_int_equal(ask_one(), i);
    }
    assert_string_equal(fake.store.durable.row[0].part, "first");
    assert_memory_equal(fake.store.durable.row[0].x_value, first, sizeof(first));
    assert_string_equal(fake.store.durable.row[1].part, "fake");
    assert_string_equal(fake.store.durable.row[2].part, "queue");
    assert_string_equal(fake.store.durable.row[3].part, "fake");
}

static void exhausted_sampler_has_no_more_to_ask(void **state) {
    (void)state;
    fake.sampler.points = 2;
    (void)ask_one();
    (void)ask_one();
    assert_done();
    assert_done();
    assert_int_equal(fake.sampler.shown_count, 3);
    tell_one(0, 1);
}

static void nothing_is_asked_after_the_timeout(void **state) {
    (void)state;
    hone_ask_free(ask);
    fake.plan.timeout_seconds = 10;
    hone_clock_freeze(1000);
    open_ask();
    (void)ask_one();
    hone_clock_freeze(12000);
    assert_done();
    tell_one(0, 1);
    assert_true(fake.history.trial[0].seconds == 11);
    hone_clock_freeze(-1);
}

static void nothing_is_asked_once_all_trials_failed(void **state) {
    (void)state;
    fake.plan.max_failures = 2;
    for (uint64_t t = 0; t < 2; t++) {
        assert_int_equal(ask_one(), t);
        assert_int_equal(hone_ask_fail(ask, t, "no", &fake.err), HONE_OK);
    }
    assert_done();
}

static void trials_that_fail_after_one_is_complete_are_no_end(void **state) {
    (void)state;
    fake.plan.max_failures = 2;
    (void)ask_one();
    tell_one(0, 1);
    for (uint64_t t = 1; t < 4; t++) {
        assert_int_equal(ask_one(), t);
        assert_int_equal(hone_ask_fail(ask, t, "no", &fake.err), HONE_OK);
    }
    assert_int_equal(ask_one(), 4);
}

/* ---- Refusals ---- */

static void expect_refusal(enum hone_code code, const char *words) {
    assert_int_equal(code, HONE_E_INPUT);
    assert_non_null(strstr(fake.err.text, words));
}

static void unusable_requests_change_nothing(void **state) {
    static const double no_number[] = {NAN, INFINITY, -INFINITY};
    const struct hone_metric_value metric = {.name = "m", .value = INFINITY};
    struct hone_told told = {.value = 1, .sem = -1};
    struct fake_record before;
    unsigned long calls;

    (void)state;
    (void)ask_one();
    (void)ask_one();
    tell_one(1, 1);
    before = fake.store.durable;
    calls = fake.store.calls;
    for (size_t i = 0; i < 3; i++) {
        expect_refusal(tell_value(0, no_number[i]), "finite");
        expect_refusal(hone_ask_report(ask, 0, 1, no_number[i], &fake.err), "finite");
    }
    expect_refusal(tell_value(1, 1), "trial 1 is complete already");
    expect_refusal(tell_value(2, 1), "there is no trial 2");
    expect_refusal(tell_value(UINT64_MAX, 1), "there is no trial");
    expect_refusal(hone_ask_fail(ask, 1, "late", &fake.err), "complete already");
    expect_refusal(hone_ask_report(ask, 1, 1, 1, &fake.err), "complete already");
    expect_refusal(hone_ask_report(ask, 0, -1, 1, &fake.err), "step -1");
    expect_refusal(hone_ask_tell(ask, 0, &told, &fake.err), "standard error");
    told = (struct hone_told){.value = 1, .sem = NAN, .metric_count = 1, .metric = &metric};
    expect_refusal(hone_ask_tell(ask, 0, &told, &fake.err), "metric 'm'");
    told.metric_count = HONE_METRIC_LIMIT + 1;
    expect_refusal(hone_ask_tell(ask, 0, &told, &fake.err), "33 metrics");
    assert_int_equal(fake.store.calls, calls);
    fake_assert_same(&fake.store.durable, &before);
    tell_one(0, 1);
}

static void waiting_trial_cannot_be_told(void **state) {
    (void)state;
    (void)ask_one();
    start_again();
    expect_refusal(tell_value(0, 1), "trial 0 is waiting");
}

static void steps_go_up(void **state) {
    (void)state;
    (void)ask_one();
    assert_int_equal(hone_ask_report(ask, 0, 0, 0.5, &fake.err), HONE_OK);
    assert_int_equal(hone_ask_report(ask, 0, 5, 0.5, &fake.err), HONE_OK);
    expect_refusal(hone_ask_report(ask, 0, 5, 0.5, &fake.err), "step 5");
    expect_refusal(hone_ask_report(ask, 0, 4, 0.5, &fake.err), "step 4");
    for (int64_t step = 6; step < 5 * HONE_CURVE_WHOLE; step++) {
        assert_int_equal(hone_ask_report(ask, 0, step, 0.5, &fake.err), HONE_OK);
    }
    tell_one(0, 0.5);
}

static void reported_values_are_durable_when_report_returns(void **state) {
    const struct fake_row *row = &fake.store.durable.row[0];

    (void)state;
    (void)ask_one();
    for (int64_t step = 1; step <= 3; step++) {
        assert_int_equal(hone_ask_report(ask, 0, step, 0.5, &fake.err), HONE_OK);
        assert_false(fake.store.in_turn);
        assert_int_equal(row->points[0], step);
        assert_int_equal(row->last_epoch[0], step);
    }
    tell_one(0, 0.5);
    assert_int_equal(row->points[0], 3);
    assert_int_equal(fake.store.durable.lots, 3);
}

static void reports_of_a_trial_that_waits_again_are_forgotten(void **state) {
    (void)state;
    (void)ask_one();
    assert_int_equal(hone_ask_report(ask, 0, 1, 0.5, &fake.err), HONE_OK);
    assert_int_equal(hone_ask_end(ask, &fake.err), HONE_OK);
    start_again();
    (void)ask_one();
    assert_int_equal(hone_ask_report(ask, 0, 1, 0.25, &fake.err), HONE_OK);
    assert_int_equal(hone_ask_fail(ask, 0, "no", &fake.err), HONE_OK);
    assert_int_equal(fake.store.durable.row[0].points[0], 1);
}

static void a_whole_curve_comes_with_what_the_trial_came_to(void **state) {
    const struct hone_curve_point curve[] = {{.epoch = 1}, {.epoch = 4}};
    const struct hone_told wrong = {.value = NAN};

    (void)state;
    (void)ask_one();
    for (unsigned i = 0; i < 2; i++) { /* the second replaces the first */
        assert_int_equal(hone_ask_set_curve(ask, 0, curve, 2, &fake.err), HONE_OK);
        expect_refusal(hone_ask_tell(ask, 0, &wrong, &fake.err), "finite");
        assert_int_equal(fake.store.durable.row[0].points[0], 0);
    }
    tell_one(0, 0.5);
    assert_int_equal(fake.store.durable.row[0].points[0], 2);
    assert_int_equal(fake.store.durable.row[0].last_epoch[0], 4);
    assert_int_equal(fake.store.durable.lots, 0);
    expect_refusal(hone_ask_set_curve(ask, 0, curve, 2, &fake.err), "complete already");
}

/* ---- Faults ---- */

static enum hone_code talk(void) {
    const struct hone_trial *trial;
    enum hone_code code = hone_ask_next(ask, &trial, &fake.err);

    for (unsigned i = 0; code == HONE_OK && i < 20; i++) {
        code = hone_ask_next(ask, &trial, &fake.err);
    }
    if (code == HONE_OK) {
        code = hone_ask_report(ask, 1, 1, 0.5, &fake.err);
    }
    if (code == HONE_OK) {
        code = tell_value(1, 0.5);
    }
    if (code == HONE_OK) {
        code = hone_ask_fail(ask, 0, "no", &fake.err);
    }
    return code == HONE_OK ? hone_ask_end(ask, &fake.err) : code;
}

static void every_failure_of_the_store_ends_the_session_with_its_reason(void **state) {
    enum hone_code code = HONE_E_IO;

    (void)state;
    for (unsigned long n = 1; code != HONE_OK; n++) {
        fake_finish(&fake);
        hone_ask_free(ask);
        fake_init(&fake, 1, 1, 40);
        open_ask();
        fake.store.fail_at = n;
        code = talk();
        assert_true(code == HONE_OK || code == HONE_E_IO);
    }
}

static void every_failing_allocation_is_survived(void **state) {
    enum hone_code code = HONE_E_NOMEM;

    (void)state;
    for (unsigned long n = 1; code != HONE_OK; n++) {
        const struct hone_ask_setup setup = setup_of(&fake);

        fake_finish(&fake);
        hone_ask_free(ask);
        ask = NULL;
        fake_init(&fake, 1, 1, 40);
        hone_alloc_fail_at(n, 0);
        code = hone_ask_new(&setup, &ask, &fake.err);
        if (code == HONE_OK) {
            code = talk();
        }
        hone_alloc_fail_at(0, 0);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(told_value_is_durable_when_tell_returns),
        CASE(value_standard_error_and_direction_are_kept),
        CASE(failed_trial_says_why),
        CASE(any_number_is_asked_before_any_is_told_in_any_order),
        CASE(proposal_rests_on_all_that_was_told),
        CASE(asked_trials_are_asked_again_after_a_kill),
        CASE(end_lets_asked_trials_wait),
        CASE(best_is_untouched_when_the_sampler_cannot_say),
        CASE(first_points_then_queued_ones_then_the_samplers),
        CASE(exhausted_sampler_has_no_more_to_ask),
        CASE(nothing_is_asked_after_the_timeout),
        CASE(nothing_is_asked_once_all_trials_failed),
        CASE(trials_that_fail_after_one_is_complete_are_no_end),
        CASE(unusable_requests_change_nothing),
        CASE(waiting_trial_cannot_be_told),
        CASE(steps_go_up),
        CASE(reported_values_are_durable_when_report_returns),
        CASE(reports_of_a_trial_that_waits_again_are_forgotten),
        CASE(a_whole_curve_comes_with_what_the_trial_came_to),
        CASE(every_failure_of_the_store_ends_the_session_with_its_reason),
        CASE(every_failing_allocation_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
