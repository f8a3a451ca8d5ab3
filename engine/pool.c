/* One mutex, the pool's, guards everything that more than one thread touches: the
 * two rings, `inside`, `stopping` and what each worker is busy with. A job is copied
 * out of its ring before it runs and a result into its ring after, so no work is
 * done under the lock.
 *
 * But for one thing: the curve of a fold that runs has a mutex of its worker, so
 * that an epoch waits for nobody but who reads this very curve. Of the two, the
 * pool's is locked first.
 *
 *     submit -> [queued ring] -> worker: evaluate -> [results ring] -> take
 *
 * Invariants, whenever the lock is free:
 *   1. inside = jobs queued + jobs running + results waiting <= room,
 *   2. so neither ring, each of `room` places, can overflow. */
#include "engine/pool.h"

#include "engine/alloc.h"
#include "engine/clock.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

enum { NS_PER_SECOND = 1000000000 };

struct outcome {
    struct hone_result result;
    enum hone_code code;
};

/* Places first .. first + count - 1, modulo the pool's room, are taken. */
struct ring {
    size_t first;
    size_t count;
};

struct worker {
    struct hone_pool *pool;
    pthread_t thread;
    struct hone_arena arena; /* the thread's own */
    bool busy;               /* with the fold of `outcome`, since `started` */
    double started;          /* by hone_clock_seconds */
    struct outcome outcome;  /* the thread's own while it is busy, but for the curve */
    pthread_mutex_t curve_lock;
};

struct hone_pool {
    const struct hone_objective *objective;
    size_t room;
    atomic_bool cancel;
    pthread_mutex_t lock;
    pthread_cond_t work_came;
    pthread_cond_t result_came;
    struct ring queued;
    struct hone_job *job; /* (room) */
    struct ring waiting;
    struct outcome *outcome; /* (room) */
    size_t inside;
    bool stopping;
    size_t started; /* workers whose thread runs; coordinator's */
    struct worker *worker;
};

/* The place behind the last taken one. */
static size_t ring_push(struct ring *ring, size_t room) {
    hone_assert(ring->count < room);
    return (ring->first + ring->count++) % room;
}

static size_t ring_pop(struct ring *ring, size_t room) {
    size_t place = ring->first;

    ring->first = (ring->first + 1) % room;
    ring->count--;
    return place;
}

/* The errors a mutex or condition can report are all misuse: ours. */
static void lock(pthread_mutex_t *mutex) {
    hone_assert(pthread_mutex_lock(mutex) == 0);
}

static void unlock(pthread_mutex_t *mutex) {
    hone_assert(pthread_mutex_unlock(mutex) == 0);
}

/* ---- The workers' side ---- */

/* Under the lock. */
static void worker_begin(struct worker *worker, const struct hone_job *job) {
    worker->busy = true;
    worker->started = hone_clock_seconds();
    worker->outcome = (struct outcome){
        .result = {
            .trial = job->trial,
            .fold = job->fold,
            .outcome = HONE_OUTCOME_VALUE, /* of nothing yet: NaN is judged a failure */
            .value = (double)NAN,
            .sem = (double)NAN,
            .started_ms = hone_clock_wall_ms(),
            .curve_lock = &worker->curve_lock,
        },
    };
}

/* Waits for a job. False: the pool is stopping. */
static bool worker_next(struct worker *worker, struct hone_job *ret_job) {
    struct hone_pool *pool = worker->pool;
    bool found;

    lock(&pool->lock);
    while (!pool->stopping && pool->queued.count == 0) {
        hone_assert(pthread_cond_wait(&pool->work_came, &pool->lock) == 0);
    }
    found = !pool->stopping;
    if (found) {
        *ret_job = pool->job[ring_pop(&pool->queued, pool->room)];
        worker_begin(worker, ret_job);
    }
    unlock(&pool->lock);
    return found;
}

static void worker_evaluate(struct worker *worker, struct hone_job *job) {
    struct outcome *outcome = &worker->outcome;
    struct hone_err err = {0};

    hone_arena_reset(&worker->arena);
    job->cancel = &worker->pool->cancel;
    job->arena = &worker->arena;
    outcome->code = hone_objective_evaluate(worker->pool->objective, job, &outcome->result, &err);
    outcome->result.seconds = hone_clock_seconds() - worker->started;
}

static void worker_deliver(struct worker *worker) {
    struct hone_pool *pool = worker->pool;
    struct outcome *outcome = &worker->outcome;

    lock(&pool->lock);
    worker->busy = false;
    outcome->result.curve_lock = NULL; /* the next fold's from now on */
    pool->outcome[ring_push(&pool->waiting, pool->room)] = *outcome;
    hone_assert(pthread_cond_signal(&pool->result_came) == 0);
    unlock(&pool->lock);
}

static void *worker_main(void *self) {
    struct worker *worker = self;
    struct hone_job job;

    while (worker_next(worker, &job)) {
        worker_evaluate(worker, &job);
        worker_deliver(worker);
    }
    return NULL;
}

/* ---- The coordinator's side ---- */

/* Returns an errno, or 0. */
static int worker_start(struct worker *worker, struct hone_pool *pool) {
    int failure = pthread_mutex_init(&worker->curve_lock, NULL);

    if (failure != 0) {
        return failure;
    }
    worker->pool = pool;
    failure = pthread_create(&worker->thread, NULL, worker_main, worker);
    if (failure != 0) {
        hone_assert(pthread_mutex_destroy(&worker->curve_lock) == 0);
    }
    return failure;
}

/* Starts the threads with every signal blocked, so that signals go to the
 * thread that waits for them. Faults stay open: they belong to the thread that
 * made them, and a debugger or sanitizer wants to see them. */
static enum hone_code pool_start_workers(struct hone_pool *pool, size_t workers,
    struct hone_err *err) {
    sigset_t blocked;
    sigset_t before;
    int failure = 0;

    (void)sigfillset(&blocked);
    (void)sigdelset(&blocked, SIGSEGV);
    (void)sigdelset(&blocked, SIGBUS);
    (void)sigdelset(&blocked, SIGFPE);
    (void)sigdelset(&blocked, SIGILL);
    hone_assert(pthread_sigmask(SIG_BLOCK, &blocked, &before) == 0);
    while (failure == 0 && pool->started < workers) {
        struct worker *worker = &pool->worker[pool->started];

        failure = worker_start(worker, pool);
        pool->started += failure == 0;
    }
    hone_assert(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    if (failure != 0) {
        return hone_fail(err, HONE_E_IO, "starting worker %zu of %zu: %s", pool->started + 1,
            workers, strerror(failure));
    }
    return HONE_OK;
}

/* Waiting goes by the monotonic clock: setting the machine's time must neither
 * end a wait early nor stretch it. */
static enum hone_code pool_init_lock(struct hone_pool *pool, struct hone_err *err) {
    pthread_condattr_t monotonic;
    int failure = pthread_mutex_init(&pool->lock, NULL);

    if (failure == 0) {
        hone_assert(pthread_condattr_init(&monotonic) == 0);
        hone_assert(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
        hone_assert(pthread_cond_init(&pool->work_came, &monotonic) == 0);
        hone_assert(pthread_cond_init(&pool->result_came, &monotonic) == 0);
        hone_assert(pthread_condattr_destroy(&monotonic) == 0);
        return HONE_OK;
    }
    return hone_fail(err, HONE_E_IO, "starting the workers: %s", strerror(failure));
}

static void pool_free(struct hone_pool *pool) {
    hone_free(pool->worker);
    hone_free(pool->outcome);
    hone_free(pool->job);
    hone_free(pool);
}

enum hone_code hone_pool_start(const struct hone_objective *objective, size_t workers, size_t room,
    struct hone_pool **ret, struct hone_err *err) {
    struct hone_pool *pool = hone_new(sizeof(*pool));
    enum hone_code code;

    hone_assert(workers >= 1 && room >= 1);
    if (pool == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a pool of workers");
    }
    pool->objective = objective;
    pool->room = room;
    pool->job = hone_new_array(room, sizeof(*pool->job));
    pool->outcome = hone_new_array(room, sizeof(*pool->outcome));
    pool->worker = hone_new_array(workers, sizeof(*pool->worker));
    if (pool->job == NULL || pool->outcome == NULL || pool->worker == NULL) {
        pool_free(pool);
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu workers", workers);
    }
    code = pool_init_lock(pool, err);
    if (code != HONE_OK) {
        pool_free(pool);
        return code;
    }
    code = pool_start_workers(pool, workers, err);
    if (code != HONE_OK) {
        hone_pool_stop(pool);
        return code;
    }
    *ret = pool;
    return HONE_OK;
}

void hone_pool_submit(struct hone_pool *pool, const struct hone_job *job) {
    lock(&pool->lock);
    hone_assert(pool->inside < pool->room);
    pool->inside++;
    pool->job[ring_push(&pool->queued, pool->room)] = *job;
    hone_assert(pthread_cond_signal(&pool->work_came) == 0);
    unlock(&pool->lock);
}

static struct timespec time_after(double seconds) {
    struct timespec at;
    double whole = floor(seconds);

    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)whole;
    at.tv_nsec += (long)((seconds - whole) * NS_PER_SECOND);
    if (at.tv_nsec >= NS_PER_SECOND) {
        at.tv_nsec -= NS_PER_SECOND;
        at.tv_sec++;
    }
    return at;
}

/* Waits until a result is there, nothing is inside, or the time is over. Under
 * the lock. */
static void pool_wait(struct hone_pool *pool, double seconds) {
    const bool limited = !isinf(seconds);
    const struct timespec until = time_after(limited ? seconds : 0);
    int failure = 0;

    while (failure == 0 && pool->waiting.count == 0 && pool->inside > 0) {
        failure = limited ? pthread_cond_timedwait(&pool->result_came, &pool->lock, &until)
                          : pthread_cond_wait(&pool->result_came, &pool->lock);
    }
}

enum hone_take hone_pool_take(struct hone_pool *pool, double seconds,
    struct hone_result *ret_result, enum hone_code *ret_code) {
    enum hone_take take = HONE_TAKE_TIMEOUT;

    hone_assert(seconds >= 0);
    lock(&pool->lock);
    pool_wait(pool, seconds);
    if (pool->waiting.count > 0) {
        const struct outcome *outcome = &pool->outcome[ring_pop(&pool->waiting, pool->room)];

        pool->inside--;
        *ret_result = outcome->result;
        *ret_code = outcome->code;
        take = HONE_TAKE_RESULT;
    } else if (pool->inside == 0) {
        take = HONE_TAKE_EMPTY;
    }
    unlock(&pool->lock);
    return take;
}

/* ---- Reading along. Under the lock of the pool. ---- */

static struct hone_curve_point newest_point(struct worker *worker) {
    const struct hone_result *result = &worker->outcome.result;
    struct hone_curve_point newest = {0};

    lock(&worker->curve_lock);
    if (result->curve_count > 0) {
        newest = result->curve[result->curve_count - 1];
    }
    unlock(&worker->curve_lock);
    return newest;
}

size_t hone_pool_at_work(struct hone_pool *pool, size_t limit, struct hone_at_work *ret_at_work) {
    double now = hone_clock_seconds();
    size_t count = 0;

    lock(&pool->lock);
    for (size_t w = 0; w < pool->started && count < limit; w++) {
        struct worker *worker = &pool->worker[w];

        if (worker->busy) {
            ret_at_work[count++] = (struct hone_at_work){
                .trial = worker->outcome.result.trial, .fold = worker->outcome.result.fold,
                .seconds = now - worker->started, .newest = newest_point(worker),
            };
        }
    }
    unlock(&pool->lock);
    return count;
}

/* Whether the worker's fold may be read along: it has been running for so long. */
static bool is_lasting(const struct worker *worker, double seconds) {
    return worker->busy && hone_clock_seconds() - worker->started >= seconds;
}

static bool has_points(const struct hone_result *result) {
    return result->curve_again || result->curve_count > result->curve_stored;
}

bool hone_pool_has_points(struct hone_pool *pool, double seconds) {
    bool any = false;

    lock(&pool->lock);
    for (size_t w = 0; w < pool->started && !any; w++) {
        struct worker *worker = &pool->worker[w];

        if (is_lasting(worker, seconds)) {
            lock(&worker->curve_lock);
            any = has_points(&worker->outcome.result);
            unlock(&worker->curve_lock);
        }
    }
    unlock(&pool->lock);
    return any;
}

static enum hone_code make_room(struct hone_result *copy, size_t count, struct hone_err *err) {
    struct hone_curve_point *curve;

    if (count <= copy->curve_room) {
        return HONE_OK;
    }
    curve = hone_resize(copy->curve, count, sizeof(*curve));
    if (curve == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a curve of %zu points", count);
    }
    copy->curve = curve;
    copy->curve_room = count;
    return HONE_OK;
}

/* Under the lock of the curve. */
static enum hone_code copy_points(struct hone_result *result, struct hone_result *copy,
    struct hone_err *err) {
    enum hone_code code = make_room(copy, result->curve_count, err);

    if (code != HONE_OK) {
        return code;
    }
    copy->trial = result->trial;
    copy->fold = result->fold;
    copy->started_ms = result->started_ms;
    copy->curve_again = result->curve_again;
    copy->curve_stored = result->curve_stored;
    copy->curve_count = result->curve_count;
    for (size_t i = 0; i < result->curve_count; i++) {
        copy->curve[i] = result->curve[i];
    }
    result->curve_again = false;
    result->curve_stored = result->curve_count;
    return HONE_OK;
}

enum hone_code hone_pool_copy_points(struct hone_pool *pool, size_t index, double seconds,
    struct hone_result *copy, bool *ret_any, struct hone_err *err) {
    struct worker *worker = &pool->worker[index];
    enum hone_code code = HONE_OK;

    hone_assert(index < pool->started);
    *ret_any = false;
    lock(&pool->lock);
    if (is_lasting(worker, seconds)) {
        lock(&worker->curve_lock);
        *ret_any = has_points(&worker->outcome.result);
        code = *ret_any ? copy_points(&worker->outcome.result, copy, err) : HONE_OK;
        unlock(&worker->curve_lock);
    }
    unlock(&pool->lock);
    return code;
}

/* ---- Stopping ---- */

size_t hone_pool_drop_queued(struct hone_pool *pool) {
    size_t dropped;

    lock(&pool->lock);
    dropped = pool->queued.count;
    pool->queued.count = 0;
    pool->inside -= dropped;
    unlock(&pool->lock);
    return dropped;
}

void hone_pool_cancel(struct hone_pool *pool) {
    atomic_store(&pool->cancel, true);
}

static void pool_join(struct hone_pool *pool) {
    lock(&pool->lock);
    pool->stopping = true;
    hone_assert(pthread_cond_broadcast(&pool->work_came) == 0);
    unlock(&pool->lock);
    for (size_t w = 0; w < pool->started; w++) {
        hone_assert(pthread_join(pool->worker[w].thread, NULL) == 0);
        hone_assert(pthread_mutex_destroy(&pool->worker[w].curve_lock) == 0);
        hone_arena_finish(&pool->worker[w].arena);
    }
}

void hone_pool_stop(struct hone_pool *pool) {
    if (pool == NULL) {
        return;
    }
    hone_pool_cancel(pool);
    pool_join(pool);
    while (pool->waiting.count > 0) {
        hone_result_finish(&pool->outcome[ring_pop(&pool->waiting, pool->room)].result);
    }
    hone_assert(pthread_cond_destroy(&pool->result_came) == 0);
    hone_assert(pthread_cond_destroy(&pool->work_came) == 0);
    hone_assert(pthread_mutex_destroy(&pool->lock) == 0);
    pool_free(pool);
}
