#include "engine/run/write.h"

#include "engine/alloc.h"
#include "engine/run/begin.h"

enum { HEARD_ROOM = 256 }; /* at first */

/* ---- What others did ---- */

static enum hone_code add_heard(struct session *s, uint64_t number, struct hone_err *err) {
    if (s->heard_count == s->heard_room) {
        size_t room = s->heard_room == 0 ? HEARD_ROOM : 2 * s->heard_room;
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

/* ---- What came back ---- */

static enum hone_code put_results(struct session *s, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < s->taken_count; i++) {
        code = hone_store_put_result(s->run->store, &s->taken[i], err);
    }
    return code;
}

/* Those that are over land; the others' new folds are kept. */
static enum hone_code put_flights(struct session *s, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < s->flights.count; i++) {
        struct hone_flight *flight = &s->flights.flight[i];
        struct hone_trial *trial = &s->run->history->trial[flight->number];

        if (hone_flight_is_over(flight, trial)) {
            code = session_land(s, flight, err);
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

/* ---- What was learnt ---- */

/* At the end, of everything. */
static enum hone_code put_insight(struct session *s, bool any, struct hone_err *err) {
    const struct hone_insight *insight;
    enum hone_code code = HONE_OK;

    if (any && session_count_in_flight(s) == 0) {
        code = hone_proposer_reflect(&s->proposer, err);
    }
    insight = hone_proposer_take_insight(&s->proposer);
    return code == HONE_OK && insight != NULL
               ? hone_store_put_insight(s->run->store, insight, err)
               : code;
}

/* ---- The transaction ---- */

enum hone_code session_write(struct session *s, struct hone_err *err) {
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
        code = session_begin_trials(s, err);
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
