/* The coordinator. It goes in turns; a turn is one transaction of the store:
 *
 *     collect   wait for results, take all that come soon; or for news. A race goes on
 *               meanwhile: what a fold decides needs no disk
 *     write     begin; news; results; finished trials; newly begun trials; curves of
 *               what runs; end
 *     submit    only now: a fold never runs for a trial that is not on disk
 *     tell      only now: nobody hears of what a crash could still undo
 *
 * Invariants at the end of a turn:
 *   1. A trial is RUNNING exactly when it is in flight here or is `elsewhere`.
 *   2. Trials below first_unfinished are finished; in order, a trial in flight
 *      has a number below first_unfinished + parallel, so that a proposal can
 *      rest on all trials up to `parallel` before it, whatever the timing.
 *   3. Every fold inside the pool belongs to a trial in flight; where folds
 *      race, a trial has one inside at most.
 *   4. While nobody said stop, either the pool has work, or trials run elsewhere,
 *      or the run is over.
 *
 * A run stays to the end of the last trial elsewhere: should that engine die, its
 * trials are begun here. */
#include "engine/run.h"

#include "engine/alloc.h"
#include "engine/clock.h"
#include "engine/run/collect.h"
#include "engine/run/session.h"
#include "engine/run/submit.h"
#include "engine/run/tell.h"
#include "engine/run/write.h"

#include <math.h>
#include <stdbool.h>

/* So many folds may be inside the pool, however many trials are in flight, and so many of a race
 * may come back in a turn. */
enum { ROOM_LIMIT = 256, ROOM_PER_WORKER = 2 };

/* ---- The turn ---- */

/* Dropped folds stay out for their flights: after an interrupt no fold is
 * submitted, and what is in flight rests once the pool is empty. */
static void heed_stop(struct session *s) {
    int requests = atomic_load(&s->run->stop->requests);

    s->hopeless = s->hopeless || hone_proposer_is_hopeless(&s->proposer, s->failures);
    if (session_is_ending(s) && !s->interrupted) {
        s->interrupted = true;
        s->inside -= hone_pool_drop_queued(s->pool);
    }
    if (requests > 1 && !s->cancelled) {
        s->cancelled = true;
        hone_pool_cancel(s->pool);
    }
}

/* Without a flight of its own the run is over, unless others are to be waited for. */
static void end_or_wait(struct session *s) {
    if (s->flights.count > 0) {
        s->idle = false;
    } else if (session_must_end(s) || session_count_elsewhere(s) == 0) {
        s->over = true;
    } else {
        s->idle = true;
        session_tell_idle(s);
    }
}

static enum hone_code turn(struct session *s, struct hone_err *err) {
    bool write = false;
    enum hone_code code;

    heed_stop(s);
    code = session_wait(s, &write, err);
    heed_stop(s); /* before the disk is waited for */
    if (code == HONE_OK && write) {
        code = session_write(s, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    if (write) {
        session_submit_all(s);
        session_tell_turn(s);
        end_or_wait(s);
    }
    session_tick(s, write);
    return HONE_OK;
}

/* ---- The session ---- */

static size_t pool_room(const struct hone_run *run) {
    size_t limit = ROOM_PER_WORKER * run->workers > ROOM_LIMIT ? ROOM_PER_WORKER * run->workers
                                                               : ROOM_LIMIT;
    size_t folds = run->race ? 1 : run->objective->folds; /* of one trial at once */

    return run->parallel < limit / folds ? (size_t)run->parallel * folds : limit;
}

static enum hone_code session_start(struct session *s, const struct hone_run *run,
    struct hone_err *err) {
    enum hone_code code;

    *s = (struct session){
        .run = run,
        .room = pool_room(run),
        .taken_room = pool_room(run) + (run->race ? ROOM_LIMIT : 0),
        .ordered = hone_plan_is_ordered(run->plan, run->race),
        .fold_seconds = (double)INFINITY,
        .deadline = hone_clock_seconds() + run->plan->timeout_seconds,
        .told_at = hone_clock_seconds(),
    };
    s->taken = hone_new_array(s->taken_room, sizeof(*s->taken));
    s->at_work = hone_new_array(run->workers, sizeof(*s->at_work));
    if (s->taken == NULL || s->at_work == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a run");
    }
    code = hone_stream_init(&s->stream, run->workers, err);
    if (code != HONE_OK) {
        return code;
    }
    code = hone_proposer_init(&s->proposer, run->plan, run->sampler, run->history, run->budget,
        err);
    return code == HONE_OK
               ? hone_pool_start(run->objective, run->workers, s->room, &s->pool, err)
               : code;
}

/* The pool goes first: until it has stopped, workers read points of the
 * history. */
static void session_finish(struct session *s) {
    hone_pool_stop(s->pool);
    if (s->taken != NULL) {
        session_forget_taken(s);
    }
    hone_flights_finish(&s->flights);
    hone_stream_finish(&s->stream);
    hone_free(s->taken);
    hone_free(s->at_work);
    hone_free(s->heard);
    hone_proposer_finish(&s->proposer);
}

static enum hone_end session_end(struct session *s) {
    bool work_left = hone_proposer_wants_new(&s->proposer) ||
                     hone_proposer_waiting(&s->proposer) != NULL || session_count_elsewhere(s) > 0;

    if ((work_left || s->interrupted) && s->hopeless && !session_stop_asked(s)) {
        return HONE_END_FAILURES;
    }
    if (s->interrupted || (work_left && session_stop_asked(s))) {
        return HONE_END_INTERRUPTED;
    }
    if (work_left) {
        return HONE_END_TIMEOUT;
    }
    if (s->proposer.has_enough) {
        return HONE_END_ENOUGH;
    }
    return s->proposer.exhausted ? HONE_END_EXHAUSTED : HONE_END_BUDGET;
}

enum hone_code hone_run(const struct hone_run *run, enum hone_end *ret_end, struct hone_err *err) {
    struct session s;
    enum hone_code code;

    hone_assert(run->parallel >= 1 && run->workers >= 1 && run->objective->folds >= 1);
    hone_assert(run->stop != NULL && run->observer != NULL);
    hone_assert(run->history->params == run->plan->space.n);
    hone_assert(run->history->folds == run->objective->folds);
    code = session_start(&s, run, err);
    while (code == HONE_OK && !s.over) {
        code = turn(&s, err);
    }
    if (code == HONE_OK) {
        *ret_end = session_end(&s);
    }
    session_finish(&s);
    return code;
}
