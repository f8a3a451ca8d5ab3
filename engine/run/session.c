#include "engine/run/session.h"

#include "engine/clock.h"

const double session_backlog_seconds = 0.1;

bool session_stop_asked(const struct session *s) {
    return atomic_load(&s->run->stop->requests) > 0;
}

bool session_is_ending(const struct session *s) {
    return session_stop_asked(s) || s->hopeless;
}

bool session_must_end(const struct session *s) {
    return session_is_ending(s) || hone_clock_seconds() >= s->deadline;
}

size_t session_count_elsewhere(const struct session *s) {
    const struct hone_history *history = s->run->history;
    size_t count = 0;

    for (size_t i = s->first_unfinished; i < history->count; i++) {
        count += history->trial[i].elsewhere;
    }
    return count;
}

size_t session_count_in_flight(const struct session *s) {
    size_t count = session_count_elsewhere(s);

    for (size_t i = 0; i < s->flights.count; i++) {
        count += !s->flights.flight[i].landed;
    }
    return count;
}

enum hone_code session_land(struct session *s, struct hone_flight *flight, struct hone_err *err) {
    struct hone_trial *trial = &s->run->history->trial[flight->number];
    enum hone_code code =
        hone_flight_land(flight, trial, s->run->objective->folds, hone_clock_wall_ms(), err);

    for (size_t i = 0; code == HONE_OK && i < flight->failed_count; i++) {
        code = hone_store_put_result(s->run->store, &flight->failed[i], err);
    }
    return code == HONE_OK ? hone_store_put_trial(s->run->store, trial, err) : code;
}
