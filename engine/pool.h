/* A pool of fixed threads. Jobs go in, results come out in any order, and the
 * curves of folds that run may be read along; the only locks of the program are
 * here. All calls are the coordinator's. */
#ifndef HONE_ENGINE_POOL_H
#define HONE_ENGINE_POOL_H

#include "engine/err.h"
#include "engine/objective.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hone_pool;

/* Starts the workers (>= 1). `room` bounds how many jobs may be inside at once,
 * from submit to take. */
HONE_MUST_CHECK enum hone_code hone_pool_start(const struct hone_objective *objective,
    size_t workers, size_t room, struct hone_pool **ret, struct hone_err *err);

/* Queues one fold. job->x_value must stay until its result is taken; cancel and
 * arena are set by the pool. The caller keeps within `room`. */
void hone_pool_submit(struct hone_pool *pool, const struct hone_job *job);

enum hone_take { HONE_TAKE_RESULT, HONE_TAKE_TIMEOUT, HONE_TAKE_EMPTY };

/* Waits at most `seconds` (infinite: no limit) for a result and moves it out;
 * its owner is then the caller. EMPTY: nothing is inside. ret_code is what
 * evaluate returned. */
enum hone_take hone_pool_take(struct hone_pool *pool, double seconds,
    struct hone_result *ret_result, enum hone_code *ret_code);

/* A fold that a worker evaluates at this moment. */
struct hone_at_work {
    uint64_t trial;
    size_t fold;
    struct hone_curve_point newest; /* of its curve; epoch 0: none yet */
    double seconds;                 /* since it was begun */
};

/* Writes the folds that are evaluated now to ret_at_work[limit], in the order of
 * the workers; returns how many there are, at most limit. */
size_t hone_pool_at_work(struct hone_pool *pool, size_t limit, struct hone_at_work *ret_at_work);

/* Whether a curve has new points of a fold that has been running for so long. */
bool hone_pool_has_points(struct hone_pool *pool, double seconds);

/* Copies the result so far of the fold on worker `index`: trial, fold, started_ms and
 * the curve, if that has new points and the fold has been running for so long. They
 * count as stored from then on: the next copy, and the result that comes out, say so.
 * Zero-initialise *copy; it is the caller's, and serves any number of times. False:
 * there is nothing new. HONE_E_NOMEM; nothing then counts as stored. */
HONE_MUST_CHECK enum hone_code hone_pool_copy_points(struct hone_pool *pool, size_t index,
    double seconds, struct hone_result *copy, bool *ret_any, struct hone_err *err);

/* Drops jobs that no worker has begun; returns how many. */
size_t hone_pool_drop_queued(struct hone_pool *pool);

/* Tells running jobs to leave soon; their results come out CANCELLED. */
void hone_pool_cancel(struct hone_pool *pool);

/* Cancels, waits for the workers, frees. Accepts NULL. */
void hone_pool_stop(struct hone_pool *pool);

#endif
