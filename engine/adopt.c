#include "engine/adopt.h"

#include "engine/alloc.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    UNKNOWNS_SHOWN = 20,
    SECONDS_LIMIT = 100000000, /* three years: no trial took so long */
};

/* ---- One value ---- */

/* Equal but for spaces: lists are written with and without. */
static bool is_same_text(const char *a, const char *b) {
    for (;; a++, b++) {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (*a != *b || *a == '\0') {
            return *a == *b;
        }
    }
}

/* A choice that is written like this. */
static bool find_written(const struct hone_param *param, const char *text, double *ret_x_value) {
    bool found = false;

    for (size_t k = 0; k < param->choice_count && !found; k++) {
        struct hone_buf choice = {0};

        hone_value_write_plain(param->choice[k], &choice);
        found = !choice.failed && is_same_text(hone_buf_text(&choice), text);
        hone_buf_finish(&choice);
        if (found) {
            *ret_x_value = (double)k;
        }
    }
    return found;
}

/* As a choice was read from somewhere that knows fewer types than a spec: only
 * texts, or numbers for what here is a text. */
static bool find_choice(const struct hone_param *param, const struct hone_value *value,
    double *ret_x_value) {
    struct hone_buf text = {0};
    struct hone_buf why = {0};
    struct hone_value plain;
    bool found = false;

    hone_value_write_plain(value, &text);
    plain = hone_value_from_plain(hone_buf_text(&text));
    found = !text.failed && (hone_param_parse(param, &plain, ret_x_value, &why) ||
                             find_written(param, hone_buf_text(&text), ret_x_value));
    hone_buf_finish(&why);
    hone_buf_finish(&text);
    return found;
}

static bool take_value(const struct hone_param *param, const struct hone_value *value,
    double *ret_x_value, struct hone_buf *why) {
    struct hone_buf reason = {0};
    struct hone_value plain = *value;
    bool fits = hone_param_parse(param, value, ret_x_value, &reason);

    if (!fits && param->type == HONE_PARAM_CATEGORICAL) {
        fits = find_choice(param, value, ret_x_value);
    } else if (!fits && value->type == HONE_TEXT) {
        plain = hone_value_from_plain(value->text);
        hone_buf_clear(&reason);
        fits = hone_param_parse(param, &plain, ret_x_value, &reason);
    }
    if (!fits) {
        hone_value_write_plain(&plain, why);
        hone_buf_printf(why, ": %s", hone_buf_text(&reason));
    }
    hone_buf_finish(&reason);
    return fits;
}

/* ---- One point ---- */

/* What nobody named, where it can only have been this. */
static bool fill_in(const struct hone_param *param, double *ret_x_value, bool *ret_filled,
    struct hone_buf *why) {
    if (param->preset != NULL && hone_param_parse(param, param->preset, ret_x_value, why)) {
        *ret_filled = *ret_filled || !hone_param_is_constant(param);
        return true;
    }
    if (hone_param_is_constant(param)) {
        *ret_x_value = hone_param_level(param, 0);
        return true;
    }
    hone_buf_add(why, "it is not named; a 'default:' in the spec would stand for it");
    return false;
}

static size_t find_name(const char *name, size_t params, const char *const *names) {
    size_t i = 0;

    while (i < params && strcmp(names[i], name) != 0) {
        i++;
    }
    return i;
}

bool hone_adopt_point(const struct hone_space *space, size_t params, const char *const *name,
    const struct hone_value *value, double *ret_x_value, bool *ret_filled, size_t *ret_param,
    struct hone_buf *why) {
    *ret_filled = false;
    for (size_t i = 0; i < space->n; i++) {
        size_t p = space->order[i];
        const struct hone_param *param = &space->param[p];
        size_t at = find_name(param->name, params, name);
        bool fits;

        if (!hone_space_active(space, p, ret_x_value)) {
            ret_x_value[p] = (double)NAN;
            continue;
        }
        fits = at < params ? take_value(param, &value[at], &ret_x_value[p], why)
                           : fill_in(param, &ret_x_value[p], ret_filled, why);
        if (!fits) {
            *ret_param = p;
            return false;
        }
    }
    return true;
}

/* ---- Trials ---- */

enum hone_code hone_adoption_init(struct hone_adoption *a, const struct hone_space *space,
    size_t folds, bool maximize, struct hone_err *err) {
    *a = (struct hone_adoption){
        .space = space,
        .maximize = maximize,
        .history = {.params = space->n, .folds = folds},
    };
    a->x_value = hone_arena_array(&a->arena, space->n, sizeof(*a->x_value));
    a->unknown = hone_arena_array(&a->arena, UNKNOWNS_SHOWN, sizeof(*a->unknown));
    return a->x_value == NULL || a->unknown == NULL
               ? hone_fail(err, HONE_E_NOMEM, "no memory to take trials over") : HONE_OK;
}

void hone_adoption_finish(struct hone_adoption *a) {
    hone_history_finish(&a->history);
    hone_free(a->misfit);
    hone_arena_finish(&a->arena);
    *a = (struct hone_adoption){0};
}

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "no memory to take a trial over");
}

static enum hone_code add_misfit(struct hone_adoption *a, const struct hone_foreign *foreign,
    enum hone_misfit why, size_t param, const char *text, struct hone_err *err) {
    struct hone_misfits *misfit;

    for (size_t i = 0; i < a->misfits; i++) {
        if (a->misfit[i].why == why && a->misfit[i].param == param) {
            a->misfit[i].count++;
            return HONE_OK;
        }
    }
    misfit = hone_resize(a->misfit, a->misfits + 1, sizeof(*misfit));
    if (misfit == NULL) {
        return no_memory(err);
    }
    a->misfit = misfit;
    misfit += a->misfits++;
    *misfit = (struct hone_misfits){.why = why, .param = param, .count = 1,
        .first = foreign->number, .text = hone_arena_text(&a->arena, text, strlen(text))};
    return misfit->text == NULL ? no_memory(err) : HONE_OK;
}

static enum hone_code note_unknown(struct hone_adoption *a, const char *name,
    struct hone_err *err) {
    if (hone_space_find(a->space, name) < a->space->n || a->unknowns == UNKNOWNS_SHOWN ||
        find_name(name, a->unknowns, a->unknown) < a->unknowns) {
        return HONE_OK;
    }
    a->unknown[a->unknowns] = hone_arena_text(&a->arena, name, strlen(name));
    return a->unknown[a->unknowns++] == NULL ? no_memory(err) : HONE_OK;
}

static bool is_kept(const struct hone_adoption *a, const struct hone_foreign *foreign) {
    bool all = foreign->folds == a->history.folds;

    for (size_t f = 0; f < foreign->folds && all; f++) {
        all = !isinf(foreign->fold[f]);
    }
    return all && foreign->state != HONE_FAILED;
}

/* Nobody told when each fold ran: the trial's time is taken to be theirs in equal
 * shares. */
static void share_time(struct hone_trial *trial, size_t folds) {
    for (size_t f = 0; f < folds; f++) {
        if (!isnan(trial->fold_loss[f])) {
            trial->fold_run[f] = (struct hone_fold_run){.has_run = true,
                .started_ms = trial->started_ms,
                .seconds = trial->seconds / (double)trial->folds_done};
        }
    }
}

/* Folds are kept when they are as many as here and make up the value; then the
 * trial's is their mean, as for any other. */
static void take_folds(struct hone_adoption *a, const struct hone_foreign *foreign,
    struct hone_trial *trial) {
    const double close = 1e-9 * fmax(1, fabs(foreign->value));
    const double told = trial->loss;
    size_t folds = a->history.folds;

    for (size_t f = 0; f < folds && is_kept(a, foreign); f++) {
        if (!isnan(foreign->fold[f])) {
            trial->fold_loss[f] = hone_turn_value(a->maximize, foreign->fold[f]);
            trial->folds_done++;
        }
    }
    if (trial->folds_done > 0) {
        hone_trial_summarise(trial, folds);
        trial->sem = folds == 1 ? foreign->sem : trial->sem;
    }
    if (trial->folds_done == 0 || !(fabs(trial->loss - told) <= close) ||
        (trial->state == HONE_COMPLETE && trial->folds_done < folds)) {
        for (size_t f = 0; f < folds; f++) {
            trial->fold_loss[f] = (double)NAN;
        }
        trial->folds_done = 0;
        trial->loss = told;
        trial->sem = foreign->sem >= 0 ? foreign->sem : (double)NAN;
    }
    share_time(trial, folds);
    hone_trial_stand_in(trial);
}

static enum hone_code take_trial(struct hone_adoption *a, const struct hone_foreign *foreign,
    struct hone_err *err) {
    const char *error = foreign->error != NULL ? foreign->error : "it had failed where it was run";
    struct hone_trial *trial = NULL;
    enum hone_code code = hone_history_append(&a->history, a->x_value, &trial, err);

    if (code != HONE_OK) {
        return code;
    }
    trial->state = foreign->state;
    trial->part = hone_import_part;
    trial->started_ms = foreign->started_ms;
    trial->finished_ms = foreign->finished_ms;
    trial->seconds = foreign->seconds >= 0 && foreign->seconds < SECONDS_LIMIT
                         ? foreign->seconds : 0;
    if (foreign->state == HONE_FAILED) {
        trial->error = hone_strdup(error);
        return trial->error == NULL ? no_memory(err) : HONE_OK;
    }
    trial->loss = hone_turn_value(a->maximize, foreign->value);
    trial->loss = isfinite(trial->loss) ? trial->loss : (double)NAN; /* pruned before any value */
    take_folds(a, foreign, trial);
    return HONE_OK;
}

static enum hone_code take_point(struct hone_adoption *a, const struct hone_foreign *foreign,
    struct hone_err *err) {
    struct hone_buf why = {0};
    bool filled;
    size_t param = 0;
    bool fits = hone_adopt_point(a->space, foreign->params, foreign->name, foreign->param,
        a->x_value, &filled, &param, &why);
    enum hone_code code = fits ? take_trial(a, foreign, err)
                               : add_misfit(a, foreign, HONE_MISFIT_PARAM, param,
                                     hone_buf_text(&why), err);

    a->filled += fits && filled;
    hone_buf_finish(&why);
    for (size_t i = 0; i < foreign->params && code == HONE_OK; i++) {
        code = note_unknown(a, foreign->name[i], err);
    }
    return code;
}

enum hone_code hone_adopt(struct hone_adoption *a, const struct hone_foreign *foreign,
    struct hone_err *err) {
    if (!hone_state_is_finished(foreign->state)) {
        return add_misfit(a, foreign, HONE_MISFIT_UNFINISHED, 0,
            hone_state_name(foreign->state), err);
    }
    if (foreign->state == HONE_COMPLETE && !isfinite(foreign->value)) {
        return add_misfit(a, foreign, HONE_MISFIT_NO_VALUE, 0, "it has no finite value", err);
    }
    return take_point(a, foreign, err);
}
