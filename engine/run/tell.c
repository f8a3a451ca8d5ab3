#include "engine/run/tell.h"

#include "engine/clock.h"

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

void session_forget_taken(struct session *s) {
    while (s->taken_count > 0) {
        hone_result_finish(&s->taken[--s->taken_count]);
    }
}

void session_tell_turn(struct session *s) {
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
    session_forget_taken(s);
    hone_flights_sweep(&s->flights);
}

static void tell_at_work(struct session *s) {
    const struct hone_observer *observer = s->run->observer;

    if (observer->at_work != NULL) {
        observer->at_work(observer->self, s->at_work,
            hone_pool_at_work(s->pool, s->run->workers, s->at_work));
    }
}

void session_tell_idle(struct session *s) {
    const struct hone_observer *observer = s->run->observer;

    if (!s->idle_told && observer->waiting != NULL) {
        observer->waiting(observer->self, session_count_elsewhere(s));
    }
    s->idle_told = true;
}

void session_tick(struct session *s, bool after_turn) {
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
