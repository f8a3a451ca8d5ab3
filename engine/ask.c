/* Invariant between calls: a trial is RUNNING exactly when it is among the
 * asked ones. */
#include "engine/ask.h"

#include "engine/alloc.h"
#include "engine/clock.h"
#include "engine/propose.h"
#include "engine/steps.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { FIRST_ROOM = 16 };

struct asked {
    uint64_t number;
    double asked_at; /* by hone_clock_seconds */
    struct hone_steps steps;
    struct hone_result result; /* so far: when it began, and its curve */
};

struct hone_ask {
    struct hone_ask_setup setup;
    struct hone_proposer proposer;
    double deadline; /* by hone_clock_seconds */
    uint64_t failures; /* that were told */
    size_t count, room;
    struct asked **asked; /* (count) owned; ascending by number */
};

enum hone_code hone_ask_new(const struct hone_ask_setup *setup, struct hone_ask **ret,
    struct hone_err *err) {
    struct hone_ask *ask = hone_new(sizeof(*ask));
    enum hone_code code;

    hone_assert(setup->objective->folds == 1 && setup->history->folds == 1);
    hone_assert(setup->history->params == setup->plan->space.n);
    if (ask == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory to ask and tell");
    }
    ask->setup = *setup;
    ask->deadline = hone_clock_seconds() + setup->plan->timeout_seconds;
    code = hone_proposer_init(&ask->proposer, setup->plan, setup->sampler, setup->history,
        setup->budget, err);
    if (code != HONE_OK) {
        hone_ask_free(ask);
        return code;
    }
    *ret = ask;
    return HONE_OK;
}

static void asked_free(struct asked *asked) {
    hone_result_finish(&asked->result);
    hone_free(asked);
}

void hone_ask_free(struct hone_ask *ask) {
    if (ask == NULL) {
        return;
    }
    while (ask->count > 0) {
        asked_free(ask->asked[--ask->count]);
    }
    hone_free(ask->asked);
    hone_proposer_finish(&ask->proposer);
    hone_free(ask);
}

/* ---- Asking ---- */

static enum hone_code make_room(struct hone_ask *ask, struct hone_err *err) {
    size_t room = ask->room == 0 ? FIRST_ROOM : 2 * ask->room;
    struct asked **asked;

    if (ask->count < ask->room) {
        return HONE_OK;
    }
    asked = hone_resize(ask->asked, room, sizeof(struct asked *));
    if (asked == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu asked trials", room);
    }
    ask->asked = asked;
    ask->room = room;
    return HONE_OK;
}

/* In most cases at the end; a trial that somebody gave back has a lower number. */
static void insert_asked(struct hone_ask *ask, struct asked *asked) {
    size_t i = ask->count++;

    for (; i > 0 && ask->asked[i - 1]->number > asked->number; i--) {
        ask->asked[i] = ask->asked[i - 1];
    }
    ask->asked[i] = asked;
}

static enum hone_code add_asked(struct hone_ask *ask, uint64_t number, struct hone_err *err) {
    enum hone_code code = make_room(ask, err);
    struct asked *asked;

    if (code != HONE_OK) {
        return code;
    }
    asked = hone_new(sizeof(*asked));
    if (asked == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for an asked trial");
    }
    asked->number = number;
    asked->asked_at = hone_clock_seconds();
    asked->result.trial = number;
    asked->result.sem = (double)NAN;
    asked->result.started_ms = hone_clock_wall_ms();
    insert_asked(ask, asked);
    return HONE_OK;
}

static enum hone_code find_next(struct hone_ask *ask, struct hone_trial **ret_trial,
    struct hone_err *err) {
    const size_t count = ask->setup.history->count;
    const struct hone_view view = {.history = ask->setup.history, .settled = count,
        .asking = count};

    *ret_trial = NULL;
    if (hone_clock_seconds() >= ask->deadline ||
        hone_proposer_is_hopeless(&ask->proposer, ask->failures)) {
        return HONE_OK;
    }
    *ret_trial = hone_proposer_waiting(&ask->proposer);
    return *ret_trial != NULL ? HONE_OK
                              : hone_proposer_new(&ask->proposer, &view, ret_trial, err);
}

static enum hone_code hand_out(struct hone_ask *ask, struct hone_trial *trial,
    struct hone_err *err) {
    enum hone_code code = add_asked(ask, trial->number, err);

    if (code != HONE_OK) {
        return code;
    }
    trial->state = HONE_RUNNING;
    if (trial->started_ms == 0) {
        trial->started_ms = hone_clock_wall_ms();
    }
    return hone_store_put_trial(ask->setup.store, trial, err);
}

static enum hone_code put_insight(struct hone_ask *ask, struct hone_err *err) {
    const struct hone_insight *insight = hone_proposer_take_insight(&ask->proposer);

    return insight == NULL ? HONE_OK
                           : hone_store_put_insight(ask->setup.store, insight, err);
}

static enum hone_code hear(struct hone_ask *ask, struct hone_err *err) {
    bool changed = false;
    enum hone_code code = hone_store_news(ask->setup.store, ask->setup.history, &changed, err);

    if (changed) {
        hone_proposer_hear(&ask->proposer, 0);
    }
    return code;
}

enum hone_code hone_ask_next(struct hone_ask *ask, const struct hone_trial **ret_trial,
    struct hone_err *err) {
    struct hone_trial *trial = NULL;
    enum hone_code code = hone_store_begin(ask->setup.store, err);

    if (code == HONE_OK) {
        code = hear(ask, err);
    }
    if (code == HONE_OK) {
        code = find_next(ask, &trial, err);
    }
    if (code == HONE_OK && trial != NULL) {
        code = hand_out(ask, trial, err);
    }
    if (code == HONE_OK) {
        code = put_insight(ask, err);
    }
    if (code == HONE_OK) {
        code = hone_store_end(ask->setup.store, err);
    }
    if (code == HONE_OK) {
        *ret_trial = trial;
    }
    return code;
}

/* ---- Telling ---- */

static size_t find_place(const struct hone_ask *ask, uint64_t number) {
    size_t low = 0;
    size_t high = ask->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ask->asked[middle]->number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static enum hone_code find_asked(const struct hone_ask *ask, uint64_t number,
    struct asked **ret_asked, struct hone_err *err) {
    const struct hone_history *history = ask->setup.history;
    size_t place = find_place(ask, number);

    if (place < ask->count && ask->asked[place]->number == number) {
        *ret_asked = ask->asked[place];
        return HONE_OK;
    }
    if (number >= history->count) {
        return hone_fail(err, HONE_E_INPUT, "there is no trial %" PRIu64 " that was asked for here",
            number);
    }
    if (history->trial[number].state == HONE_WAITING) {
        return hone_fail(err, HONE_E_INPUT,
            "trial %" PRIu64 " is waiting; it has to be asked first", number);
    }
    if (history->trial[number].elsewhere) {
        return hone_fail(err, HONE_E_INPUT, "trial %" PRIu64 " was asked for by another process",
            number);
    }
    return hone_fail(err, HONE_E_INPUT, "trial %" PRIu64 " is %s already", number,
        hone_state_name(history->trial[number].state));
}

enum hone_code hone_ask_best(struct hone_ask *ask, const struct hone_trial **ret_trial,
    struct hone_err *err) {
    const struct hone_history *history = ask->setup.history;
    const struct hone_insight *insight = &ask->proposer.insight;
    enum hone_code code = hone_store_begin(ask->setup.store, err);

    if (code == HONE_OK) {
        code = hear(ask, err);
    }
    if (code == HONE_OK) {
        code = hone_store_end(ask->setup.store, err);
    }
    if (code == HONE_OK) {
        code = hone_proposer_reflect(&ask->proposer, err);
    }
    if (code == HONE_OK) {
        *ret_trial =
            insight->is_known ? &history->trial[insight->best] : hone_history_best(history);
    }
    return code;
}

/* What is known at the end, when nothing more is asked nor to be told. */
static enum hone_code put_last_insight(struct hone_ask *ask, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    if (ask->count == 1 && !hone_proposer_wants_new(&ask->proposer)) {
        code = hone_proposer_reflect(&ask->proposer, err);
    }
    return code == HONE_OK ? put_insight(ask, err) : code;
}

/* Stores the points that are new, in a turn of their own. */
static enum hone_code put_points(struct hone_ask *ask, struct hone_result *result,
    struct hone_err *err) {
    enum hone_code code;

    if (result->curve_count == result->curve_stored) {
        return HONE_OK;
    }
    code = hone_store_begin(ask->setup.store, err);
    if (code == HONE_OK) {
        code = hone_store_put_points(ask->setup.store, result, err);
    }
    result->curve_stored = result->curve_count;
    return code == HONE_OK ? hone_store_end(ask->setup.store, err) : code;
}

/* Stores the result and the trial that it finishes, in a turn of their own. */
static enum hone_code put_finished(struct hone_ask *ask, struct asked *asked,
    struct hone_err *err) {
    enum hone_code code = hone_steps_end(&asked->steps, &asked->result, err);

    if (code == HONE_OK) {
        code = hone_store_begin(ask->setup.store, err);
    }
    if (code == HONE_OK) {
        code = hone_store_put_result(ask->setup.store, &asked->result, err);
    }
    if (code == HONE_OK) {
        code = hone_store_put_trial(ask->setup.store,
            &ask->setup.history->trial[asked->number], err);
    }
    if (code == HONE_OK) {
        code = put_last_insight(ask, err);
    }
    return code == HONE_OK ? hone_store_end(ask->setup.store, err) : code;
}

static void forget(struct hone_ask *ask, struct asked *asked) {
    size_t place = find_place(ask, asked->number);

    ask->count--;
    memmove(ask->asked + place, ask->asked + place + 1,
        (ask->count - place) * sizeof(*ask->asked));
    asked_free(asked);
}

/* The result is complete, and the trial's loss or error set. */
static enum hone_code finish(struct hone_ask *ask, struct asked *asked, enum hone_state state,
    struct hone_err *err) {
    struct hone_trial *trial = &ask->setup.history->trial[asked->number];
    enum hone_code code;

    trial->state = state;
    trial->finished_ms = hone_clock_wall_ms();
    code = put_finished(ask, asked, err);
    if (code == HONE_OK) {
        forget(ask, asked);
    }
    return code;
}

static enum hone_code check_told(const struct hone_told *told, struct hone_err *err) {
    if (!isfinite(told->value)) {
        return hone_fail(err, HONE_E_INPUT, "a value should be a finite number");
    }
    if (isinf(told->sem) || told->sem < 0) {
        return hone_fail(err, HONE_E_INPUT, "a standard error should be a finite number from 0 on");
    }
    if (told->metric_count > HONE_METRIC_LIMIT) {
        return hone_fail(err, HONE_E_INPUT, "%zu metrics were told; there may be %d",
            told->metric_count, HONE_METRIC_LIMIT);
    }
    for (size_t i = 0; i < told->metric_count; i++) {
        if (!isfinite(told->metric[i].value)) {
            return hone_fail(err, HONE_E_INPUT, "metric '%s' should be a finite number",
                told->metric[i].name);
        }
    }
    return HONE_OK;
}

enum hone_code hone_ask_tell(struct hone_ask *ask, uint64_t number, const struct hone_told *told,
    struct hone_err *err) {
    struct asked *asked;
    struct hone_trial *trial;
    enum hone_code code = find_asked(ask, number, &asked, err);

    if (code == HONE_OK) {
        code = check_told(told, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    asked->result.value = told->value;
    asked->result.seconds = hone_clock_seconds() - asked->asked_at;
    for (size_t i = 0; i < told->metric_count; i++) {
        hone_result_add_metric(&asked->result, told->metric[i].name, told->metric[i].value);
    }
    trial = &ask->setup.history->trial[number];
    hone_trial_note_run(trial, 0, asked->result.started_ms, asked->result.seconds);
    hone_trial_note_fold(trial, 1, 0, hone_objective_loss(ask->setup.objective, told->value));
    trial->sem = told->sem;
    return finish(ask, asked, HONE_COMPLETE, err);
}

enum hone_code hone_ask_fail(struct hone_ask *ask, uint64_t number, const char *reason,
    struct hone_err *err) {
    struct asked *asked;
    struct hone_trial *trial;
    enum hone_code code = find_asked(ask, number, &asked, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_result_set_failed(&asked->result, "%s", reason);
    asked->result.seconds = hone_clock_seconds() - asked->asked_at;
    trial = &ask->setup.history->trial[number];
    hone_trial_note_run(trial, 0, asked->result.started_ms, asked->result.seconds);
    trial->error = hone_strdup(reason);
    if (trial->error == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for the error of trial %" PRIu64, number);
    }
    code = finish(ask, asked, HONE_FAILED, err);
    ask->failures += code == HONE_OK;
    return code;
}

enum hone_code hone_ask_report(struct hone_ask *ask, uint64_t number, int64_t step, double value,
    struct hone_err *err) {
    struct asked *asked;
    enum hone_code code = find_asked(ask, number, &asked, err);

    if (code != HONE_OK) {
        return code;
    }
    if (!isfinite(value)) {
        return hone_fail(err, HONE_E_INPUT, "a value should be a finite number");
    }
    if (step < 0 || !hone_steps_takes(&asked->steps, step)) {
        return hone_fail(err, HONE_E_INPUT, "step %" PRId64 " of trial %" PRIu64
            " is not above all before it", step, number);
    }
    code = hone_steps_add(&asked->steps, step, value, &asked->result, err);
    return code == HONE_OK ? put_points(ask, &asked->result, err) : code;
}

enum hone_code hone_ask_set_curve(struct hone_ask *ask, uint64_t number,
    const struct hone_curve_point *point, size_t count, struct hone_err *err) {
    struct asked *asked;
    enum hone_code code = find_asked(ask, number, &asked, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_assert(asked->steps.count == 0);
    hone_result_forget_curve(&asked->result);
    for (size_t i = 0; code == HONE_OK && i < count; i++) {
        code = hone_result_add_point(&asked->result, point[i], err);
    }
    return code;
}

/* ---- The end ---- */

enum hone_code hone_ask_end(struct hone_ask *ask, struct hone_err *err) {
    enum hone_code code = hone_store_begin(ask->setup.store, err);

    while (code == HONE_OK && ask->count > 0) {
        struct asked *asked = ask->asked[--ask->count];
        struct hone_trial *trial = &ask->setup.history->trial[asked->number];

        trial->state = HONE_WAITING;
        code = hone_store_put_trial(ask->setup.store, trial, err);
        asked_free(asked);
    }
    return code == HONE_OK ? hone_store_end(ask->setup.store, err) : code;
}
