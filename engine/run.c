/* The coordinator. It goes in turns; a turn is one transaction of the store:
 *
 *     collect   wait for results, take all that come soon; or for news
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
#include "engine/flight.h"
#include "engine/propose.h"
#include "engine/stream.h"

#include <math.h>
#include <stdbool.h>

/* The run looks for stop requests and for news this often. */
static const double poll_seconds = 0.05;

/* Work that a run claims beyond what its workers do now: enough to keep short folds
 * going while results gather and a transaction syncs, and no more than other engines
 * can miss. Each of both may take half of it. */
static const double backlog_seconds = 0.1;

/* Weight of the latest fold in the moving mean of their seconds. */
static const double latest_weight = 0.1;

/* So many folds may be inside the pool, however many trials are in flight. */
enum { ROOM_LIMIT = 256, ROOM_PER_WORKER = 2 };

struct session {
    const struct hone_run *run;
    struct hone_pool *pool;
    size_t room;   /* of the pool */
    size_t inside; /* folds in the pool */
    struct hone_flights flights;
    struct hone_result *taken; /* (room) values that came in this turn */
    size_t taken_count;
    struct hone_at_work *at_work; /* (workers) room to tell of them */
    struct hone_proposer proposer;
    struct hone_stream stream;
    bool ordered;            /* see hone_plan_is_ordered */
    bool urgent;             /* what came in this turn decides what comes next */
    size_t first_unfinished; /* trials below are finished */
    double fold_seconds;     /* of a fold, of late; infinite before the first */
    uint64_t failures;       /* trials with a failed fold in this session, infeasible ones not */
    uint64_t *heard;         /* (heard_count) trials that others have finished, in this turn */
    size_t heard_count, heard_room;
    double deadline;         /* by hone_clock_seconds */
    double told_at;          /* last tick */
    bool drained;     /* the last look into the pool found it empty */
    bool idle;        /* nothing is in flight here: others have to finish first */
    bool idle_told;
    bool hopeless;    /* see all_failed */
    bool interrupted; /* a stop request was heeded, or that there is no hope */
    bool cancelled;   /* … and a second one */
    bool over;
};

/* ---- Stopping ---- */

static bool stop_asked(const struct session *s) {
    return atomic_load(&s->run->stop->requests) > 0;
}

/* Nothing but failures: what is tried cannot work. */
static bool all_failed(const struct session *s) {
    const uint64_t most = s->run->plan->max_failures;

    return most > 0 && s->failures >= most && hone_history_best(s->run->history) == NULL;
}

/* Nothing more is to begin, and what is queued is not to run. */
static bool is_ending(const struct session *s) {
    return stop_asked(s) || s->hopeless;
}

/* Dropped folds stay out for their flights: after an interrupt no fold is
 * submitted, and what is in flight rests once the pool is empty. */
static void heed_stop(struct session *s) {
    int requests = atomic_load(&s->run->stop->requests);

    s->hopeless = s->hopeless || all_failed(s);
    if (is_ending(s) && !s->interrupted) {
        s->interrupted = true;
        s->inside -= hone_pool_drop_queued(s->pool);
    }
    if (requests > 1 && !s->cancelled) {
        s->cancelled = true;
        hone_pool_cancel(s->pool);
    }
}

/* ---- Collecting ---- */

static void note_seconds(struct session *s, double seconds) {
    s->fold_seconds = isinf(s->fold_seconds)
                          ? seconds
                          : s->fold_seconds + latest_weight * (seconds - s->fold_seconds);
}

/* A race goes on from fold to fold, a sampler that learns from trial to trial. */
static bool decides(const struct session *s, const struct hone_flight *flight) {
    return s->run->race || (!s->run->plan->sampler->blind && flight->left == 0);
}

/* Takes over one result. A fold that was cut off has not happened. One that
 * failed after everything was told to leave is taken for cut off as well: an
 * interrupt must never make a trial fail. */
static enum hone_code accept(struct session *s, struct hone_result *result, struct hone_err *err) {
    struct hone_flight *flight = hone_flights_find(&s->flights, result->trial);

    bool cut_off = result->outcome == HONE_OUTCOME_CANCELLED ||
                   (result->outcome == HONE_OUTCOME_FAILED && s->cancelled);

    hone_flight_came_back(flight, !cut_off);
    s->urgent = s->urgent || decides(s, flight);
    if (cut_off) {
        hone_result_finish(result);
        return HONE_OK;
    }
    note_seconds(s, result->seconds);
    if (result->outcome == HONE_OUTCOME_VALUE) {
        s->taken[s->taken_count++] = *result;
        return HONE_OK;
    }
    s->failures += flight->failed_count == 0 && !result->infeasible;
    return hone_flight_keep_failed(flight, result, err);
}

static enum hone_code take_one(struct session *s, double seconds, enum hone_take *ret_take,
    struct hone_err *err) {
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
    code = accept(s, &result, err);
    if (code != HONE_OK) {
        hone_result_finish(&result);
    }
    return code;
}

/* How long results may wait for others to share their transaction, which costs the
 * workers a processor and everyone a sync, for one result as for many. The sync that
 * follows needs its part of the backlog. */
static double patience(const struct session *s) {
    const double workers = (double)s->run->workers;
    const double rounds = floor(((double)s->inside - workers) / workers); /* that are queued */

    return s->urgent ? 0 : fmax(0, rounds * s->fold_seconds - backlog_seconds / 2);
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
    if (stop_asked(s) || hone_clock_seconds() >= s->deadline) {
        *ret_news = true;
        return HONE_OK;
    }
    return hone_store_has_news(s->run->store, ret_news, err);
}

/* ret_any: there is something to write, or to learn. */
static enum hone_code wait_for_work(struct session *s, bool *ret_any, struct hone_err *err) {
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

/* ---- Writing: what others did ---- */

static void note_finished(struct session *s) {
    const struct hone_history *history = s->run->history;

    while (s->first_unfinished < history->count &&
           hone_state_is_finished(history->trial[s->first_unfinished].state)) {
        s->first_unfinished++;
    }
}

static enum hone_code add_heard(struct session *s, uint64_t number, struct hone_err *err) {
    if (s->heard_count == s->heard_room) {
        size_t room = s->heard_room == 0 ? ROOM_LIMIT : 2 * s->heard_room;
        uint64_t *heard = hone_resize(s->heard, room, sizeof(*heard));

        if (heard == NULL) {
            return hone_fail(err, HONE_E_NOMEM, "no memory for %zu trials of others", room);
        }
        s->heard = heard;
        s->heard_room = room;
    }
    s->heard[s->heard_count++] = number;
    return HONE_OK;
}

static enum hone_code hear(struct session *s, struct hone_err *err) {
    const struct hone_history *history = s->run->history;
    bool changed = false;
    enum hone_code code = hone_store_news(s->run->store, s->run->history, &changed, err);

    if (code != HONE_OK || !changed) {
        return code;
    }
    hone_proposer_hear(&s->proposer, s->first_unfinished);
    for (size_t i = s->first_unfinished; i < history->count && code == HONE_OK; i++) {
        struct hone_trial *trial = &history->trial[i];

        if (trial->elsewhere && hone_state_is_finished(trial->state)) {
            trial->elsewhere = false;
            code = add_heard(s, trial->number, err);
        }
    }
    return code;
}

/* ---- Writing: what came back ---- */

/* Of one fold the engine can tell no error of the value; the objective may. */
static void note_sem(struct session *s, const struct hone_result *result) {
    if (s->run->objective->folds == 1) {
        s->run->history->trial[result->trial].sem = result->sem;
    }
}

static enum hone_code put_results(struct session *s, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < s->taken_count; i++) {
        const struct hone_result *result = &s->taken[i];
        struct hone_trial *trial = &s->run->history->trial[result->trial];

        hone_trial_note_run(trial, result->fold, result->started_ms, result->seconds);
        hone_trial_note_fold(trial, s->run->objective->folds, result->fold,
            hone_objective_loss(s->run->objective, result->value));
        note_sem(s, result);
        hone_flights_find(&s->flights, result->trial)->has_news = true;
        code = hone_store_put_result(s->run->store, result, err);
    }
    return code;
}

/* Finishes a trial that no fold is to come of. */
static enum hone_code land(struct session *s, struct hone_flight *flight, struct hone_err *err) {
    struct hone_trial *trial = &s->run->history->trial[flight->number];
    enum hone_code code =
        hone_flight_land(flight, trial, s->run->objective->folds, hone_clock_wall_ms(), err);

    for (size_t i = 0; code == HONE_OK && i < flight->failed_count; i++) {
        code = hone_store_put_result(s->run->store, &flight->failed[i], err);
    }
    return code == HONE_OK ? hone_store_put_trial(s->run->store, trial, err) : code;
}

/* Those that are over land; the others' new folds are kept. */
static enum hone_code put_flights(struct session *s, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < s->flights.count; i++) {
        struct hone_flight *flight = &s->flights.flight[i];
        struct hone_trial *trial = &s->run->history->trial[flight->number];

        if (hone_flight_is_over(flight, trial)) {
            code = land(s, flight, err);
        } else if (flight->has_news) {
            code = hone_store_put_trial(s->run->store, trial, err);
        }
        flight->has_news = false;
    }
    return code;
}

/* After an interrupt, once the pool is empty: what is still in flight waits for
 * the next session, with the folds it has. */
static enum hone_code rest_all(struct session *s, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < s->flights.count; i++) {
        struct hone_flight *flight = &s->flights.flight[i];
        struct hone_trial *trial = &s->run->history->trial[flight->number];

        if (!flight->landed) {
            trial->state = HONE_WAITING;
            flight->landed = true;
            code = hone_store_put_trial(s->run->store, trial, err);
        }
    }
    return code;
}

/* ---- Writing: what is begun ---- */

static size_t count_elsewhere(const struct session *s) {
    const struct hone_history *history = s->run->history;
    size_t count = 0;

    for (size_t i = s->first_unfinished; i < history->count; i++) {
        count += history->trial[i].elsewhere;
    }
    return count;
}

static size_t count_in_flight(const struct session *s) {
    size_t count = count_elsewhere(s);

    for (size_t i = 0; i < s->flights.count; i++) {
        count += !s->flights.flight[i].landed;
    }
    return count;
}

/* Folds that are still to come of this run's trials, as far as they can run now. */
static size_t count_claimed(const struct session *s) {
    size_t count = 0;

    for (size_t i = 0; i < s->flights.count; i++) {
        const struct hone_flight *flight = &s->flights.flight[i];

        count += flight->landed ? 0 : s->run->race ? 1 : flight->left;
    }
    return count;
}

/* Folds that a run claims: one a worker, what keeps them busy for a moment, and a
 * trial in reserve where a proposal may take long. More would be kept from other
 * engines, and from points that are queued meanwhile. */
static size_t appetite(const struct session *s) {
    const struct hone_run *run = s->run;
    double workers = (double)run->workers;
    double folds = workers + workers * backlog_seconds / s->fold_seconds;

    if (!run->plan->sampler->blind) {
        folds += run->race ? 1 : (double)run->objective->folds;
    }
    return folds < (double)s->room ? (size_t)folds : s->room;
}

static bool must_end(const struct session *s) {
    return is_ending(s) || hone_clock_seconds() >= s->deadline;
}

/* Whether trial `number` may begin now. In order: all trials up to `parallel`
 * before it are finished. Otherwise: fewer than `parallel` are in flight. */
static bool may_begin(struct session *s, size_t number) {
    const uint64_t parallel = s->run->parallel;

    if (must_end(s) || count_claimed(s) >= appetite(s)) {
        return false;
    }
    note_finished(s);
    return s->ordered ? number - s->first_unfinished < parallel
                      : parallel == HONE_PARALLEL_OPEN || count_in_flight(s) < parallel;
}

/* What the proposal of trial `number` may rest on. Free order shows everything:
 * settled is the trial itself, and which of the earlier ones are pending says
 * their state. */
static struct hone_view view_for(const struct session *s, size_t number) {
    size_t settled = number < s->run->parallel ? 0 : number + 1 - (size_t)s->run->parallel;

    return (struct hone_view){
        .history = s->run->history,
        .settled = s->ordered ? hone_history_settled(s->run->history, settled, number)
                   : s->run->plan->order_free ? number : 0,
        .asking = number,
    };
}

static enum hone_code add_flight(struct session *s, const struct hone_trial *trial,
    struct hone_flight **ret_flight, struct hone_err *err) {
    const struct hone_view view = view_for(s, trial->number);
    enum hone_code code =
        hone_flights_add(&s->flights, trial, s->run->objective->folds, ret_flight, err);

    if (code == HONE_OK && s->run->race) {
        code = hone_race_new(s->run->plan->seed, &view, &(*ret_flight)->race, err);
    }
    return code;
}

static enum hone_code begin_trial(struct session *s, struct hone_trial *trial,
    struct hone_err *err) {
    struct hone_flight *flight;
    enum hone_code code = add_flight(s, trial, &flight, err);

    if (code != HONE_OK) {
        return code;
    }
    trial->state = HONE_RUNNING;
    if (trial->started_ms == 0) {
        trial->started_ms = hone_clock_wall_ms();
    }
    code = hone_store_put_trial(s->run->store, trial, err);
    if (code == HONE_OK && hone_flight_is_over(flight, trial)) {
        code = land(s, flight, err); /* it came with all its folds done */
    }
    return code;
}

/* The next trial to begin, if one may begin now, or NULL. */
static enum hone_code next_trial(struct session *s, struct hone_trial **ret_trial,
    struct hone_err *err) {
    struct hone_trial *waiting = hone_proposer_waiting(&s->proposer);
    size_t number = waiting == NULL ? s->run->history->count : (size_t)waiting->number;
    const struct hone_view view = view_for(s, number);

    *ret_trial = NULL;
    if (!may_begin(s, number)) {
        return HONE_OK;
    }
    if (waiting != NULL) {
        *ret_trial = waiting;
        return HONE_OK;
    }
    return hone_proposer_new(&s->proposer, &view, ret_trial, err);
}

static enum hone_code begin_all(struct session *s, struct hone_err *err) {
    for (;;) {
        struct hone_trial *trial;
        enum hone_code code = next_trial(s, &trial, err);

        if (code != HONE_OK || trial == NULL) {
            return code;
        }
        code = begin_trial(s, trial, err);
        if (code != HONE_OK) {
            return code;
        }
    }
}

/* ---- Writing: what was learnt ---- */

/* At the end, of everything. */
static enum hone_code put_insight(struct session *s, bool any, struct hone_err *err) {
    const struct hone_insight *insight;
    enum hone_code code = HONE_OK;

    if (any && count_in_flight(s) == 0) {
        code = hone_proposer_reflect(&s->proposer, err);
    }
    insight = hone_proposer_take_insight(&s->proposer);
    return code == HONE_OK && insight != NULL
               ? hone_store_put_insight(s->run->store, insight, err)
               : code;
}

/* ---- The turn ---- */

static enum hone_code write_turn(struct session *s, struct hone_err *err) {
    enum hone_code code = hone_store_begin(s->run->store, err);

    if (code == HONE_OK) {
        code = hear(s, err);
    }
    if (code == HONE_OK) {
        code = put_results(s, err);
    }
    if (code == HONE_OK) {
        code = put_flights(s, err);
    }
    if (code == HONE_OK) {
        code = begin_all(s, err);
    }
    if (code == HONE_OK && s->interrupted && s->drained) {
        code = rest_all(s, err);
    }
    if (code == HONE_OK) {
        code = hone_stream_put(&s->stream, s->pool, s->run->store, err);
    }
    if (code == HONE_OK) {
        code = put_insight(s, s->taken_count > 0, err);
    }
    return code == HONE_OK ? hone_store_end(s->run->store, err) : code;
}

static void submit_all(struct session *s) {
    const struct hone_run *run = s->run;
    size_t fold;

    for (size_t i = 0; i < s->flights.count; i++) {
        struct hone_flight *flight = &s->flights.flight[i];
        const struct hone_trial *trial = &run->history->trial[flight->number];

        while (!flight->landed && s->inside < s->room && !is_ending(s) &&
               hone_flight_next_fold(flight, trial, run->objective->folds, &fold)) {
            s->inside++;
            hone_pool_submit(s->pool, &(struct hone_job){
                .seed = run->plan->seed,
                .trial = trial->number,
                .fold = fold,
                .space = &run->plan->space,
                .x_value = trial->x_value,
            });
        }
    }
}

/* ---- Telling ---- */

static void tell_fold(const struct session *s, const struct hone_result *result) {
    const struct hone_observer *observer = s->run->observer;

    if (observer->fold_done != NULL) {
        observer->fold_done(observer->self, &s->run->history->trial[result->trial], result);
    }
}

static void tell_flight(const struct session *s, const struct hone_flight *flight) {
    const struct hone_observer *observer = s->run->observer;
    const struct hone_trial *trial = &s->run->history->trial[flight->number];

    if (flight->begun && observer->trial_begun != NULL) {
        observer->trial_begun(observer->self, trial);
    }
    if (!hone_state_is_finished(trial->state)) {
        return;
    }
    for (size_t i = 0; i < flight->failed_count; i++) {
        tell_fold(s, &flight->failed[i]);
    }
    if (observer->trial_finished != NULL) {
        observer->trial_finished(observer->self, trial);
    }
}

static void tell_growth(const struct session *s) {
    const struct hone_observer *observer = s->run->observer;

    for (size_t i = 0; i < s->stream.grown_count && observer->curve_grew != NULL; i++) {
        const struct hone_stream_fold *fold = &s->stream.grown[i];

        observer->curve_grew(observer->self, &s->run->history->trial[fold->trial], fold->fold,
            fold->started_ms);
    }
}

static void forget_taken(struct session *s) {
    while (s->taken_count > 0) {
        hone_result_finish(&s->taken[--s->taken_count]);
    }
}

static void tell_turn(struct session *s) {
    for (size_t i = 0; i < s->taken_count; i++) {
        tell_fold(s, &s->taken[i]);
    }
    for (size_t i = 0; i < s->flights.count; i++) {
        tell_flight(s, &s->flights.flight[i]);
    }
    for (size_t i = 0; i < s->heard_count && s->run->observer->trial_finished != NULL; i++) {
        s->run->observer->trial_finished(s->run->observer->self,
            &s->run->history->trial[s->heard[i]]);
    }
    s->heard_count = 0;
    tell_growth(s);
    forget_taken(s);
    hone_flights_sweep(&s->flights);
}

static void tell_at_work(struct session *s) {
    const struct hone_observer *observer = s->run->observer;

    if (observer->at_work != NULL) {
        observer->at_work(observer->self, s->at_work,
            hone_pool_at_work(s->pool, s->run->workers, s->at_work));
    }
}

static void tell_idle(struct session *s) {
    const struct hone_observer *observer = s->run->observer;

    if (!s->idle_told && observer->waiting != NULL) {
        observer->waiting(observer->self, count_elsewhere(s));
    }
    s->idle_told = true;
}

static void tick(struct session *s, bool after_turn) {
    const struct hone_observer *observer = s->run->observer;
    double now = hone_clock_seconds();

    if (observer->tick == NULL || !(observer->tick_seconds > 0)) {
        return;
    }
    if (now - s->told_at >= observer->tick_seconds) {
        s->told_at = now;
        tell_at_work(s);
        observer->tick(observer->self);
    } else if (after_turn) {
        observer->tick(observer->self);
    }
}

/* Without a flight of its own the run is over, unless others are to be waited for. */
static void end_or_wait(struct session *s) {
    if (s->flights.count > 0) {
        s->idle = false;
    } else if (must_end(s) || count_elsewhere(s) == 0) {
        s->over = true;
    } else {
        s->idle = true;
        tell_idle(s);
    }
}

static enum hone_code turn(struct session *s, struct hone_err *err) {
    bool write = false;
    enum hone_code code;

    heed_stop(s);
    code = wait_for_work(s, &write, err);
    heed_stop(s); /* before the disk is waited for */
    if (code == HONE_OK && write) {
        code = write_turn(s, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    if (write) {
        submit_all(s);
        tell_turn(s);
        end_or_wait(s);
    }
    tick(s, write);
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
        .ordered = hone_plan_is_ordered(run->plan, run->race),
        .fold_seconds = (double)INFINITY,
        .deadline = hone_clock_seconds() + run->plan->timeout_seconds,
        .told_at = hone_clock_seconds(),
    };
    s->taken = hone_new_array(s->room, sizeof(*s->taken));
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
        forget_taken(s);
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
                     hone_proposer_waiting(&s->proposer) != NULL || count_elsewhere(s) > 0;

    if (work_left && s->hopeless && !stop_asked(s)) {
        return HONE_END_FAILURES;
    }
    if (s->interrupted || (work_left && stop_asked(s))) {
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
