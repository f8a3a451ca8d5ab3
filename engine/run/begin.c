#include "engine/run/begin.h"

#include "engine/clock.h"

static void note_finished(struct session *s) {
    const struct hone_history *history = s->run->history;

    while (s->first_unfinished < history->count &&
           hone_state_is_finished(history->trial[s->first_unfinished].state)) {
        s->first_unfinished++;
    }
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
    double folds = workers + workers * session_backlog_seconds / s->fold_seconds;

    if (!run->plan->sampler->blind) {
        folds += run->race ? 1 : (double)run->objective->folds;
    }
    return folds < (double)s->room ? (size_t)folds : s->room;
}

/* Whether trial `number` may begin now. In order: all trials up to `parallel`
 * before it are finished. Otherwise: fewer than `parallel` are in flight. */
static bool may_begin(struct session *s, size_t number) {
    const uint64_t parallel = s->run->parallel;

    if (session_must_end(s) || count_claimed(s) >= appetite(s)) {
        return false;
    }
    note_finished(s);
    return s->ordered ? number - s->first_unfinished < parallel
                      : parallel == HONE_PARALLEL_OPEN || session_count_in_flight(s) < parallel;
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
        code = session_land(s, flight, err); /* it came with all its folds done */
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

enum hone_code session_begin_trials(struct session *s, struct hone_err *err) {
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
