/* One mutex guards everything that more than one thread touches: the two rings,
 * `inside`, `stopping` and what each worker is busy with. A job is copied out of
 * its ring before it runs and a result into its ring after, so no work is done
 * under the lock.
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
    bool busy;               /* with this fold of this trial, since `started` */
    uint64_t trial;
    size_t fold;
    double started;        /* by hone_clock_seconds */
    _Atomic int64_t epoch; /* of that fold; told without the lock */
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
static void lock(struct hone_pool *pool) {
    hone_assert(pthread_mutex_lock(&pool->lock) == 0);
}

static void unlock(struct hone_pool *pool) {
    hone_assert(pthread_mutex_unlock(&pool->lock) == 0);
}

/* ---- The workers' side ---- */

/* Under the lock. */
static void worker_begin(struct worker *worker, const struct hone_job *job) {
    worker->busy = true;
    worker->trial = job->trial;
    worker->fold = job->fold;
    worker->started = hone_clock_seconds();
    atomic_store_explicit(&worker->epoch, 0, memory_order_relaxed);
}

/* Waits for a job. False: the pool is stopping. */
static bool worker_next(struct worker *worker, struct hone_job *ret_job) {
    struct hone_pool *pool = worker->pool;
    bool found;

    lock(pool);
    while (!pool->stopping && pool->queued.count == 0) {
        hone_assert(pthread_cond_wait(&pool->work_came, &pool->lock) == 0);
    }
    found = !pool->stopping;
    if (found) {
        *ret_job = pool->job[ring_pop(&pool->queued, pool->room)];
        worker_begin(worker, ret_job);
    }
    unlock(pool);
    return found;
}

static void worker_evaluate(struct worker *worker, struct hone_job *job,
    struct outcome *ret_outcome) {
    struct hone_err err = {0};

    hone_arena_reset(&worker->arena);
    job->cancel = &worker->pool->cancel;
    job->arena = &worker->arena;
    *ret_outcome = (struct outcome){
        .result = {
            .trial = job->trial,
            .fold = job->fold,
            .outcome = HONE_OUTCOME_VALUE, /* of nothing yet: NaN is judged a failure */
            .value = (double)NAN,
            .sem = (double)NAN,
            .started_ms = hone_clock_wall_ms(),
            .epoch = &worker->epoch,
        },
    };
    ret_outcome->code =
        hone_objective_evaluate(worker->pool->objective, job, &ret_outcome->result, &err);
    ret_outcome->result.seconds = hone_clock_seconds() - worker->started;
}

static void worker_deliver(struct worker *worker, struct outcome *outcome) {
    struct hone_pool *pool = worker->pool;

    outcome->result.epoch = NULL; /* the next fold's from now on */
    lock(pool);
    worker->busy = false;
    pool->outcome[ring_push(&pool->waiting, pool->room)] = *outcome;
    hone_assert(pthread_cond_signal(&pool->result_came) == 0);
    unlock(pool);
}

static void *worker_main(void *self) {
    struct worker *worker = self;
    struct hone_job job;
    struct outcome outcome;

    while (worker_next(worker, &job)) {
        worker_evaluate(worker, &job, &outcome);
        worker_deliver(worker, &outcome);
    }
    return NULL;
}

/* ---- The coordinator's side ---- */

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

        worker->pool = pool;
        failure = pthread_create(&worker->thread, NULL, worker_main, worker);
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
    lock(pool);
    hone_assert(pool->inside < pool->room);
    pool->inside++;
    pool->job[ring_push(&pool->queued, pool->room)] = *job;
    hone_assert(pthread_cond_signal(&pool->work_came) == 0);
    unlock(pool);
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
    lock(pool);
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
    unlock(pool);
    return take;
}

size_t hone_pool_at_work(struct hone_pool *pool, size_t limit, struct hone_at_work *ret_at_work) {
    double now = hone_clock_seconds();
    size_t count = 0;

    lock(pool);
    for (size_t w = 0; w < pool->started && count < limit; w++) {
        struct worker *worker = &pool->worker[w];

        if (worker->busy) {
            ret_at_work[count++] = (struct hone_at_work){
                .trial = worker->trial, .fold = worker->fold, .seconds = now - worker->started,
                .epoch = atomic_load_explicit(&worker->epoch, memory_order_relaxed),
            };
        }
    }
    unlock(pool);
    return count;
}

size_t hone_pool_drop_queued(struct hone_pool *pool) {
    size_t dropped;

    lock(pool);
    dropped = pool->queued.count;
    pool->queued.count = 0;
    pool->inside -= dropped;
    unlock(pool);
    return dropped;
}

void hone_pool_cancel(struct hone_pool *pool) {
    atomic_store(&pool->cancel, true);
}

static void pool_join(struct hone_pool *pool) {
    lock(pool);
    pool->stopping = true;
    hone_assert(pthread_cond_broadcast(&pool->work_came) == 0);
    unlock(pool);
    for (size_t w = 0; w < pool->started; w++) {
        hone_assert(pthread_join(pool->worker[w].thread, NULL) == 0);
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
