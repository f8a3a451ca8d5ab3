#include "engine/run/collect.h"

#include "engine/clock.h"
#include "engine/run/submit.h"

#include <math.h>

/* The run looks for stop requests and for news this often. */
static const double poll_seconds = 0.05;

/* Weight of the latest fold in the moving mean of their seconds. */
static const double latest_weight = 0.1;

static void note_seconds(struct session *s, double seconds) {
    s->fold_seconds = isinf(s->fold_seconds)
                          ? seconds
                          : s->fold_seconds + latest_weight * (seconds - s->fold_seconds);
}

/* The end of a trial lets others begin: in a race its place is free, and a sampler that
 * learns is asked. */
static bool decides(const struct session *s, const struct hone_flight *flight) {
    const struct hone_run *run = s->run;

    return (run->race || !run->plan->sampler->blind) &&
           hone_flight_is_over(flight, &run->history->trial[flight->number]);
}

/* Of one fold the engine can tell no error of the value; the objective may. */
static void note_sem(struct session *s, const struct hone_result *result) {
    if (s->run->objective->folds == 1) {
        s->run->history->trial[result->trial].sem = result->sem;
    }
}

static void take_value(struct session *s, struct hone_flight *flight,
    const struct hone_result *result) {
    const struct hone_objective *objective = s->run->objective;
    struct hone_trial *trial = &s->run->history->trial[result->trial];

    hone_trial_note_run(trial, result->fold, result->started_ms, result->seconds);
    hone_trial_note_fold(trial, objective->folds, result->fold,
        hone_objective_loss(objective, result->value));
    note_sem(s, result);
    flight->has_news = true;
    s->taken[s->taken_count++] = *result;
}

/* Takes over one result. A fold that was cut off has not happened. One that
 * failed after everything was told to leave is taken for cut off as well: an
 * interrupt must never make a trial fail. */
static enum hone_code accept(struct session *s, struct hone_flight *flight,
    struct hone_result *result, struct hone_err *err) {
    bool cut_off = result->outcome == HONE_OUTCOME_CANCELLED ||
                   (result->outcome == HONE_OUTCOME_FAILED && s->cancelled);

    hone_flight_came_back(flight, !cut_off);
    if (cut_off) {
        hone_result_finish(result);
        return HONE_OK;
    }
    note_seconds(s, result->seconds);
    if (result->outcome == HONE_OUTCOME_VALUE) {
        take_value(s, flight, result);
        return HONE_OK;
    }
    s->failures += flight->failed_count == 0 && !result->infeasible;
    return hone_flight_keep_failed(flight, result, err);
}

/* A race that is not over goes on at once: one sync a fold would take longer than a short
 * fold. */
static void go_on(struct session *s, struct hone_flight *flight) {
    if (decides(s, flight)) {
        s->urgent = true;
    } else if (s->run->race && s->inside + s->taken_count < s->taken_room) {
        (void)session_submit_next(s, flight);
    }
}

static enum hone_code take_one(struct session *s, double seconds, enum hone_take *ret_take,
    struct hone_err *err) {
    struct hone_flight *flight;
    struct hone_result result;
    enum hone_code code = HONE_OK;

    *ret_take = hone_pool_take(s->pool, seconds, &result, &code);
    if (*ret_take != HONE_TAKE_RESULT) {
        return HONE_OK;
    }
    s->inside--;
    if (code != HONE_OK) {
        code = hone_fail(err, code, "memory ran out in trial %llu, fold %zu",
            (unsigned long long)result.trial, result.fold);
        hone_result_finish(&result);
        return code;
    }
    flight = hone_flights_find(&s->flights, result.trial);
    code = accept(s, flight, &result, err);
    if (code == HONE_OK) {
        go_on(s, flight);
    } else {
        hone_result_finish(&result);
    }
    return code;
}

/* How long results may wait for others to share their transaction, which costs the
 * workers a processor and everyone a sync, for one result as for many. The sync that
 * follows needs its part of the backlog. In a race the workers go on meanwhile. */
static double patience(const struct session *s) {
    const double workers = (double)s->run->workers;
    const double rounds = floor(((double)s->inside - workers) / workers); /* that are queued */

    if (s->urgent) {
        return 0;
    }
    return s->run->race ? session_backlog_seconds / 2
                        : fmax(0, rounds * s->fold_seconds - session_backlog_seconds / 2);
}

/* Waits for a first result and takes all that come soon: they share one
 * transaction. ret_any: some came. */
static enum hone_code collect(struct session *s, bool *ret_any, struct hone_err *err) {
    const double tick = s->run->observer->tick_seconds;
    double until =
        hone_clock_seconds() + (tick > 0 && tick < poll_seconds ? tick : poll_seconds);
    enum hone_take take = HONE_TAKE_RESULT;
    enum hone_code code = HONE_OK;

    *ret_any = false;
    s->urgent = false;
    while (code == HONE_OK && take == HONE_TAKE_RESULT) {
        code = take_one(s, fmax(0, until - hone_clock_seconds()), &take, err);
        if (take == HONE_TAKE_RESULT) {
            *ret_any = true;
            until = fmin(until, hone_clock_seconds() + patience(s));
        }
    }
    s->drained = take == HONE_TAKE_EMPTY;
    return code;
}

/* Without a fold inside there is nothing to wait for but news and the end. */
static enum hone_code wait_idle(struct session *s, bool *ret_news, struct hone_err *err) {
    hone_clock_sleep(poll_seconds);
    if (session_stop_asked(s) || hone_clock_seconds() >= s->deadline) {
        *ret_news = true;
        return HONE_OK;
    }
    return hone_store_has_news(s->run->store, ret_news, err);
}

/* ret_any: there is something to write, or to learn. */
enum hone_code session_wait(struct session *s, bool *ret_any, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    if (s->idle) {
        return wait_idle(s, ret_any, err);
    }
    code = collect(s, ret_any, err);
    if (code == HONE_OK && !*ret_any && !s->drained) {
        *ret_any = hone_stream_is_due(&s->stream, s->pool);
        return *ret_any ? HONE_OK : hone_store_has_news(s->run->store, ret_any, err);
    }
    *ret_any = *ret_any || s->drained;
    return code;
}
