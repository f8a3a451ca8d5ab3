#include "engine/pool.h"

#include "engine/alloc.h"
#include "engine/clock.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

/* ---- An objective that does what the trial number tells it ---- */

enum {
    WAIT_FOR_CANCEL = 1000, RUN_OUT_OF_MEMORY, GIVE_NAN, GIVE_INFINITY, LEAVE, SAY_MASK,
    COUNT_EPOCHS, COUNT_MANY_EPOCHS, BEGIN_AGAIN,
};
enum { PAUSE_NS = 1000000, MANY_EPOCHS = 50000 };

static atomic_int arena_was_dirty;

static void pause_1_ms(void) {
    (void)nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
}

static enum hone_code obey_cancel(const struct hone_job *job, struct hone_result *ret_result) {
    while (!atomic_load(job->cancel)) {
        pause_1_ms();
    }
    ret_result->outcome = HONE_OUTCOME_CANCELLED;
    return HONE_OK;
}

static enum hone_code add_epochs(struct hone_result *ret_result, int64_t first, int64_t last,
    struct hone_err *err) {
    for (int64_t epoch = first; epoch <= last; epoch++) {
        enum hone_code code =
            hone_result_add_point(ret_result, (struct hone_curve_point){.epoch = epoch}, err);

        if (code != HONE_OK) {
            return code;
        }
    }
    return HONE_OK;
}

/* Tells of three epochs, then waits to be cancelled. */
static enum hone_code count_epochs(const struct hone_job *job, struct hone_result *ret_result,
    struct hone_err *err) {
    enum hone_code code = add_epochs(ret_result, 1, 3, err);

    return code == HONE_OK ? obey_cancel(job, ret_result) : code;
}

static atomic_int may_go_on;

static void wait_to_go_on(void) {
    while (atomic_load(&may_go_on) == 0) {
        pause_1_ms();
    }
}

/* Half of them before it is told to go on. */
static enum hone_code count_many_epochs(struct hone_result *ret_result, struct hone_err *err) {
    enum hone_code code = add_epochs(ret_result, 1, MANY_EPOCHS / 2, err);

    wait_to_go_on();
    ret_result->value = 0;
    return code == HONE_OK ? add_epochs(ret_result, MANY_EPOCHS / 2 + 1, MANY_EPOCHS, err) : code;
}

/* Three epochs, and two after it was begun again; it goes on when told to. */
static enum hone_code begin_again(const struct hone_job *job, struct hone_result *ret_result,
    struct hone_err *err) {
    enum hone_code code = add_epochs(ret_result, 1, 3, err);

    wait_to_go_on();
    hone_result_forget_curve(ret_result);
    code = code == HONE_OK ? add_epochs(ret_result, 1, 2, err) : code;
    return code == HONE_OK ? obey_cancel(job, ret_result) : code;
}

/* 1 when the signals a user or the system may send are all blocked. */
static double signals_are_blocked(void) {
    static const int wanted[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGCHLD, SIGPIPE};
    sigset_t mask;
    int blocked = 1;

    (void)pthread_sigmask(SIG_BLOCK, NULL, &mask);
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        blocked = blocked && sigismember(&mask, wanted[i]) == 1;
    }
    return blocked;
}

static enum hone_code obedient_evaluate(const struct hone_objective *self,
    const struct hone_job *job, struct hone_result *ret_result, struct hone_err *err) {
    unsigned char *scratch;

    (void)self;
    if (job->arena->now != job->arena->first) {
        atomic_store(&arena_was_dirty, 1);
    }
    scratch = hone_arena_new(job->arena, 100000);
    (void)scratch;
    ret_result->outcome = HONE_OUTCOME_VALUE;
    switch (job->trial) {
    case WAIT_FOR_CANCEL:
        return obey_cancel(job, ret_result);
    case RUN_OUT_OF_MEMORY:
        return hone_fail(err, HONE_E_NOMEM, "none left");
    case GIVE_NAN:
        ret_result->value = (double)NAN;
        return HONE_OK;
    case GIVE_INFINITY:
        ret_result->value = (double)-INFINITY;
        return HONE_OK;
    case LEAVE:
        ret_result->outcome = HONE_OUTCOME_CANCELLED;
        return HONE_OK;
    case COUNT_EPOCHS:
        return count_epochs(job, ret_result, err);
    case COUNT_MANY_EPOCHS:
        return count_many_epochs(ret_result, err);
    case BEGIN_AGAIN:
        return begin_again(job, ret_result, err);
    case SAY_MASK:
        ret_result->value = signals_are_blocked();
        return HONE_OK;
    default:
        pause_1_ms();
        ret_result->value = job->x_value[0] + (double)job->fold;
        return HONE_OK;
    }
}

static const struct hone_objective_type obedient_type = {
    .name = "obedient",
    .evaluate = obedient_evaluate,
};
static const struct hone_objective obedient = {.type = &obedient_type, .folds = 100};

/* ---- Thread creation that fails on demand (the linker wraps it) ---- */

static int threads_allowed = -1; /* negative: any number */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *),
    void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *),
    void *arg);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *),
    void *arg) {
    if (threads_allowed == 0) {
        return EAGAIN;
    }
    threads_allowed -= threads_allowed > 0;
    return __real_pthread_create(thread, attr, start, arg);
}

/* ---- Help ---- */

static struct hone_pool *start(size_t workers, size_t room) {
    struct hone_pool *pool = NULL;
    struct hone_err err;

    assert_int_equal(hone_pool_start(&obedient, workers, room, &pool, &err), HONE_OK);
    return pool;
}

static void submit(struct hone_pool *pool, uint64_t trial, size_t fold) {
    static const double x_value[1] = {0.5};

    hone_pool_submit(pool, &(struct hone_job){.trial = trial, .fold = fold, .x_value = x_value});
}

static struct hone_result take(struct hone_pool *pool, enum hone_code expected) {
    struct hone_result result = {0};
    enum hone_code code = HONE_OK;

    assert_int_equal(hone_pool_take(pool, (double)INFINITY, &result, &code), HONE_TAKE_RESULT);
    assert_int_equal(code, expected);
    return result;
}

static enum hone_take look(struct hone_pool *pool, double seconds) {
    struct hone_result result = {0};
    enum hone_code code = HONE_OK;

    return hone_pool_take(pool, seconds, &result, &code);
}

/* ---- Cases ---- */

static void every_job_comes_back_once(void **state) {
    static const size_t workers[] = {1, 2, 8};

    (void)state;
    for (size_t w = 0; w < 3; w++) {
        struct hone_pool *pool = start(workers[w], 16);
        int seen[100] = {0};
        size_t submitted = 0;

        for (size_t done = 0; done < 100; done++) {
            struct hone_result result;

            for (; submitted < 100 && submitted < done + 16; submitted++) {
                submit(pool, 3, submitted);
            }
            result = take(pool, HONE_OK);
            assert_int_equal(result.trial, 3);
            assert_true(result.value == 0.5 + (double)result.fold);
            assert_true(result.started_ms > 0 && result.seconds >= PAUSE_NS * 0.5e-9);
            seen[result.fold]++;
            hone_result_finish(&result);
        }
        for (size_t fold = 0; fold < 100; fold++) {
            assert_int_equal(seen[fold], 1);
        }
        assert_int_equal(look(pool, (double)INFINITY), HONE_TAKE_EMPTY);
        hone_pool_stop(pool);
    }
    assert_int_equal(atomic_load(&arena_was_dirty), 0);
}

static void take_gives_up_after_its_time(void **state) {
    struct hone_pool *pool = start(2, 2);
    double before = hone_clock_seconds();

    (void)state;
    submit(pool, WAIT_FOR_CANCEL, 0);
    assert_int_equal(look(pool, 0), HONE_TAKE_TIMEOUT);
    assert_int_equal(look(pool, 0.02), HONE_TAKE_TIMEOUT);
    assert_true(hone_clock_seconds() - before >= 0.02);
    hone_pool_stop(pool);
}

static void dropped_jobs_never_run_and_make_room(void **state) {
    struct hone_pool *pool = start(1, 4);
    struct hone_result result;

    (void)state;
    submit(pool, WAIT_FOR_CANCEL, 0);
    while (look(pool, 0) == HONE_TAKE_TIMEOUT && hone_pool_drop_queued(pool) == 1) {
        submit(pool, WAIT_FOR_CANCEL, 0); /* until the worker has begun it */
    }
    submit(pool, 1, 1);
    submit(pool, 1, 2);
    assert_int_equal(hone_pool_drop_queued(pool), 2);
    submit(pool, 1, 3);
    hone_pool_cancel(pool);
    result = take(pool, HONE_OK);
    assert_int_equal(result.outcome, HONE_OUTCOME_CANCELLED);
    result = take(pool, HONE_OK);
    assert_int_equal(result.fold, 3);
    assert_int_equal(look(pool, 0), HONE_TAKE_EMPTY);
    hone_pool_stop(pool);
}

static void folds_at_work_are_seen_with_their_epoch(void **state) {
    struct hone_pool *pool = start(2, 4);
    struct hone_at_work seen[2] = {{0}};
    struct hone_result result;

    (void)state;
    assert_int_equal(hone_pool_at_work(pool, 2, seen), 0);
    submit(pool, COUNT_EPOCHS, 7);
    while (hone_pool_at_work(pool, 2, seen) == 0 || seen[0].newest.epoch < 3) {
        pause_1_ms();
    }
    assert_int_equal(seen[0].trial, COUNT_EPOCHS);
    assert_int_equal(seen[0].fold, 7);
    assert_int_equal(seen[0].newest.epoch, 3);
    assert_true(seen[0].seconds >= 0);
    submit(pool, WAIT_FOR_CANCEL, 8);
    while (hone_pool_at_work(pool, 2, seen) < 2) {
        pause_1_ms();
    }
    assert_int_equal(hone_pool_at_work(pool, 1, seen), 1); /* no more than there is room for */
    hone_pool_cancel(pool);
    for (int i = 0; i < 2; i++) {
        result = take(pool, HONE_OK);
        assert_null(result.curve_lock);
        hone_result_finish(&result);
    }
    assert_int_equal(hone_pool_at_work(pool, 2, seen), 0);
    hone_pool_stop(pool);
}

/* ---- Reading curves along ---- */

static bool copy_points(struct hone_pool *pool, size_t worker, struct hone_result *copy) {
    struct hone_err err;
    bool any = false;

    assert_int_equal(hone_pool_copy_points(pool, worker, 0, copy, &any, &err), HONE_OK);
    return any;
}

/* Checks that what counts as stored is what was there before, and that the epochs go on
 * from 1; returns the last one. */
static int64_t follow(int64_t last, const struct hone_result *result) {
    assert_int_equal(result->curve_stored, last);
    for (size_t i = 0; i < result->curve_count; i++) {
        assert_int_equal(result->curve[i].epoch, i + 1);
    }
    return (int64_t)result->curve_count;
}

static void curves_are_read_along_with_every_point_once(void **state) {
    enum { WORKERS = 3 };

    struct hone_pool *pool = start(WORKERS, WORKERS);
    struct hone_result copy = {0};
    int64_t last[WORKERS] = {0}; /* by fold */
    size_t copies = 0;

    (void)state;
    atomic_store(&may_go_on, 0);
    for (size_t fold = 0; fold < WORKERS; fold++) {
        submit(pool, COUNT_MANY_EPOCHS, fold);
    }
    for (size_t back = 0; back < WORKERS;) {
        struct hone_result result;
        enum hone_code code;

        for (size_t w = 0; w < WORKERS; w++) {
            if (copy_points(pool, w, &copy)) {
                assert_int_equal(copy.trial, COUNT_MANY_EPOCHS);
                assert_false(copy.curve_again);
                last[copy.fold] = follow(last[copy.fold], &copy);
                copies++;
            }
        }
        atomic_store(&may_go_on, copies > 0);
        if (hone_pool_take(pool, 0, &result, &code) == HONE_TAKE_RESULT) {
            back++;
            assert_int_equal(follow(last[result.fold], &result), MANY_EPOCHS);
            hone_result_finish(&result);
        }
    }
    hone_result_finish(&copy);
    hone_pool_stop(pool);
}

static void wait_for_points(struct hone_pool *pool) {
    while (!hone_pool_has_points(pool, 0)) {
        pause_1_ms();
    }
}

/* Copies until so many points are stored. */
static void copy_up_to(struct hone_pool *pool, int64_t last, int64_t count,
    struct hone_result *copy) {
    while (last < count) {
        wait_for_points(pool);
        assert_true(copy_points(pool, 0, copy));
        assert_false(copy->curve_again);
        last = follow(last, copy);
    }
    assert_false(hone_pool_has_points(pool, 0));
}

static void a_curve_that_is_begun_again_says_so_once(void **state) {
    struct hone_pool *pool = start(1, 1);
    struct hone_result copy = {0};
    struct hone_result result;

    (void)state;
    atomic_store(&may_go_on, 0);
    submit(pool, BEGIN_AGAIN, 0);
    copy_up_to(pool, 0, 3, &copy);
    atomic_store(&may_go_on, 1);
    wait_for_points(pool);
    assert_true(copy_points(pool, 0, &copy));
    assert_true(copy.curve_again);
    copy_up_to(pool, follow(0, &copy), 2, &copy);
    hone_pool_cancel(pool);
    result = take(pool, HONE_OK);
    assert_int_equal(follow(2, &result), 2);
    assert_false(result.curve_again);
    hone_result_finish(&result);
    hone_result_finish(&copy);
    hone_pool_stop(pool);
}

static void only_folds_that_last_are_read_along(void **state) {
    struct hone_pool *pool = start(1, 1);
    struct hone_result copy = {0};
    struct hone_result result;
    struct hone_err err;
    bool any = true;

    (void)state;
    submit(pool, COUNT_EPOCHS, 0);
    wait_for_points(pool);
    assert_false(hone_pool_has_points(pool, 3600));
    assert_int_equal(hone_pool_copy_points(pool, 0, 3600, &copy, &any, &err), HONE_OK);
    assert_false(any);
    hone_alloc_fail_at(1, 0);
    assert_int_equal(hone_pool_copy_points(pool, 0, 0, &copy, &any, &err), HONE_E_NOMEM);
    hone_alloc_fail_at(0, 0);
    hone_pool_cancel(pool);
    result = take(pool, HONE_OK);
    assert_int_equal(result.curve_stored, 0);
    hone_result_finish(&result);
    hone_result_finish(&copy);
    hone_pool_stop(pool);
}

static void stop_ends_running_and_queued_work(void **state) {
    struct hone_pool *pool = start(2, 8);

    (void)state;
    submit(pool, GIVE_NAN, 0); /* a result with memory of its own stays inside */
    for (size_t fold = 1; fold < 8; fold++) {
        submit(pool, WAIT_FOR_CANCEL, fold);
    }
    hone_pool_stop(pool);
    hone_pool_stop(NULL);
}

static void what_is_no_result_is_made_a_failure(void **state) {
    static const struct {
        uint64_t trial;
        const char *error;
    } table[] = {
        {GIVE_NAN, "the value is NaN, not a finite number"},
        {GIVE_INFINITY, "the value is -infinity, not a finite number"},
        {LEAVE, "the objective left its work without being told to"},
    };
    struct hone_pool *pool = start(1, 1);

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct hone_result result;

        submit(pool, table[i].trial, 0);
        result = take(pool, HONE_OK);
        assert_int_equal(result.outcome, HONE_OUTCOME_FAILED);
        assert_string_equal(result.error, table[i].error);
        hone_result_finish(&result);
    }
    hone_pool_stop(pool);
}

static void want_of_memory_comes_back_as_a_code(void **state) {
    struct hone_pool *pool = start(1, 1);
    struct hone_result result;

    (void)state;
    submit(pool, RUN_OUT_OF_MEMORY, 4);
    result = take(pool, HONE_E_NOMEM);
    assert_int_equal(result.fold, 4);
    hone_pool_stop(pool);
}

static void workers_leave_signals_to_others(void **state) {
    struct hone_pool *pool = start(1, 1);
    struct hone_result result;
    sigset_t mask;

    (void)state;
    submit(pool, SAY_MASK, 0);
    result = take(pool, HONE_OK);
    assert_true(result.value == 1);
    (void)pthread_sigmask(SIG_BLOCK, NULL, &mask);
    assert_int_equal(sigismember(&mask, SIGINT), 0);
    hone_pool_stop(pool);
}

static void missing_threads_are_an_error_that_leaves_nothing(void **state) {
    (void)state;
    for (int allowed = 0; allowed < 3; allowed++) {
        struct hone_pool *pool = NULL;
        struct hone_err err;

        threads_allowed = allowed;
        assert_int_equal(hone_pool_start(&obedient, 3, 3, &pool, &err), HONE_E_IO);
        threads_allowed = -1;
        assert_null(pool);
        assert_non_null(err.text);
        assert_int_equal(err.text[16] - '1', allowed); /* starting worker N of 3: … */
    }
}

static void missing_memory_is_an_error_that_leaves_nothing(void **state) {
    (void)state;
    for (unsigned long n = 1; n <= 4; n++) {
        struct hone_pool *pool = NULL;
        struct hone_err err;

        hone_alloc_fail_at(n, 0);
        assert_int_equal(hone_pool_start(&obedient, 3, 3, &pool, &err), HONE_E_NOMEM);
        hone_alloc_fail_at(0, 0);
        assert_null(pool);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_comes_back_once),
        cmocka_unit_test(take_gives_up_after_its_time),
        cmocka_unit_test(dropped_jobs_never_run_and_make_room),
        cmocka_unit_test(folds_at_work_are_seen_with_their_epoch),
        cmocka_unit_test(curves_are_read_along_with_every_point_once),
        cmocka_unit_test(a_curve_that_is_begun_again_says_so_once),
        cmocka_unit_test(only_folds_that_last_are_read_along),
        cmocka_unit_test(stop_ends_running_and_queued_work),
        cmocka_unit_test(what_is_no_result_is_made_a_failure),
        cmocka_unit_test(want_of_memory_comes_back_as_a_code),
        cmocka_unit_test(workers_leave_signals_to_others),
        cmocka_unit_test(missing_threads_are_an_error_that_leaves_nothing),
        cmocka_unit_test(missing_memory_is_an_error_that_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
