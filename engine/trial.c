#include "engine/trial.h"

#include "engine/alloc.h"
#include "engine/buf.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_ROOM = 16 };

const char hone_first_part[] = "first";
const char hone_import_part[] = "import";
const char hone_queue_part[] = "queue";

double hone_turn_value(bool maximize, double value) {
    return maximize ? 0 - value : value + 0;
}

/* ---- States ---- */

const char *hone_state_name(enum hone_state state) {
    static const char *const name[] = {
        [HONE_WAITING] = "waiting",
        [HONE_RUNNING] = "running",
        [HONE_COMPLETE] = "complete",
        [HONE_PRUNED] = "pruned",
        [HONE_FAILED] = "failed",
    };

    hone_assert((size_t)state < sizeof(name) / sizeof(name[0]));
    return name[state];
}

bool hone_state_is_finished(enum hone_state state) {
    return state == HONE_COMPLETE || state == HONE_PRUNED || state == HONE_FAILED;
}

bool hone_curve_is_told(const struct hone_curve_point *point) {
    return !isfinite(point->train_loss) && !isfinite(point->rate);
}

/* ---- History ---- */

static double *new_copy(size_t count, const double *source) {
    double *copy = hone_new_array(count, sizeof(*copy));

    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = source == NULL ? (double)NAN : source[i];
    }
    return copy;
}

static void trial_finish(struct hone_trial *trial) {
    hone_free(trial->x_value);
    hone_free(trial->fold_loss);
    hone_free(trial->fold_run);
    hone_free(trial->why);
    hone_free(trial->error);
}

static enum hone_code history_make_room(struct hone_history *history, struct hone_err *err) {
    size_t room = history->room == 0 ? FIRST_ROOM : 2 * history->room;
    struct hone_trial *trial;

    if (history->count < history->room) {
        return HONE_OK;
    }
    trial = hone_resize(history->trial, room, sizeof(*trial));
    if (trial == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a history of %zu trials", room);
    }
    history->trial = trial;
    history->room = room;
    return HONE_OK;
}

enum hone_code hone_history_append(struct hone_history *history, const double *x_value,
    struct hone_trial **ret_trial, struct hone_err *err) {
    enum hone_code code = history_make_room(history, err);
    struct hone_trial trial = {
        .number = history->count,
        .state = HONE_WAITING,
        .loss = (double)NAN,
        .sem = (double)NAN,
        .mean = (double)NAN,
        .sd = (double)NAN,
        .acquisition = (double)NAN,
    };

    if (code != HONE_OK) {
        return code;
    }
    trial.x_value = new_copy(history->params, x_value);
    trial.fold_loss = new_copy(history->folds, NULL);
    trial.fold_run = hone_new_array(history->folds, sizeof(*trial.fold_run));
    if (trial.x_value == NULL || trial.fold_loss == NULL || trial.fold_run == NULL) {
        trial_finish(&trial);
        return hone_fail(err, HONE_E_NOMEM, "no memory for trial %zu", history->count);
    }
    history->trial[history->count] = trial;
    *ret_trial = &history->trial[history->count++];
    return HONE_OK;
}

void hone_trial_clear(struct hone_trial *trial, size_t folds) {
    const struct hone_trial kept = {
        .number = trial->number,
        .x_value = trial->x_value,
        .fold_loss = trial->fold_loss,
        .fold_run = trial->fold_run,
        .part = trial->part,
    };

    hone_free(trial->why);
    hone_free(trial->error);
    *trial = kept;
    for (size_t fold = 0; fold < folds; fold++) {
        trial->fold_loss[fold] = (double)NAN;
        trial->fold_run[fold] = (struct hone_fold_run){0};
    }
}

/* ---- Trials from elsewhere ---- */

bool hone_part_is(const char *part, const char *name) {
    return part != NULL && strcmp(part, name) == 0;
}

bool hone_trial_is_imported(const struct hone_trial *trial) {
    return hone_part_is(trial->part, hone_import_part);
}

void hone_trial_stand_in(struct hone_trial *trial) {
    if (trial->state == HONE_COMPLETE && trial->folds_done == 0) {
        trial->fold_loss[0] = trial->loss;
    }
}

size_t hone_history_settled(const struct hone_history *history, size_t settled, size_t asking) {
    while (settled < asking && settled < history->count &&
           hone_trial_is_imported(&history->trial[settled])) {
        settled++;
    }
    return settled;
}

/* ---- Folds ---- */

/* The mean of the folds and its standard error, s / sqrt(n) with s the sample
 * standard deviation. Fold order, so that the bits do not depend on which fold
 * came in first. */
void hone_trial_summarise(struct hone_trial *trial, size_t folds) {
    double n = (double)trial->folds_done;
    double sum = 0;
    double squares = 0;
    double sem;

    hone_assert(trial->folds_done > 0);
    for (size_t fold = 0; fold < folds; fold++) {
        sum += isnan(trial->fold_loss[fold]) ? 0 : trial->fold_loss[fold];
    }
    trial->loss = sum / n;
    for (size_t fold = 0; fold < folds; fold++) {
        double deviation = trial->fold_loss[fold] - trial->loss;

        squares += isnan(trial->fold_loss[fold]) ? 0 : deviation * deviation;
    }
    sem = sqrt(squares / (n - 1) / n); /* 0 / 0 with one fold */
    trial->sem = isfinite(sem) ? sem : (double)NAN;
}

void hone_trial_note_run(struct hone_trial *trial, size_t fold, int64_t started_ms,
    double seconds) {
    trial->fold_run[fold] = (struct hone_fold_run){
        .has_run = true, .started_ms = started_ms, .seconds = seconds};
    trial->seconds += seconds;
}

void hone_trial_note_fold(struct hone_trial *trial, size_t folds, size_t fold, double loss) {
    hone_assert(fold < folds);
    hone_assert(isfinite(loss));
    trial->fold_loss[fold] = loss;
    trial->folds_done = 0;
    for (size_t k = 0; k < folds; k++) {
        trial->folds_done += !isnan(trial->fold_loss[k]);
    }
    if (trial->folds_done == folds) {
        hone_trial_summarise(trial, folds);
    }
}

void hone_history_finish(struct hone_history *history) {
    for (size_t i = 0; i < history->count; i++) {
        trial_finish(&history->trial[i]);
    }
    hone_free(history->trial);
    *history = (struct hone_history){0};
}

const struct hone_trial *hone_history_best(const struct hone_history *history) {
    const struct hone_trial *best = NULL;

    for (size_t i = 0; i < history->count; i++) {
        const struct hone_trial *trial = &history->trial[i];

        if (trial->state == HONE_COMPLETE && (best == NULL || trial->loss < best->loss)) {
            best = trial;
        }
    }
    return best;
}

/* ---- Results ---- */

/* The errors a mutex can report are all misuse: ours. */
static void lock_curve(struct hone_result *result) {
    hone_assert(result->curve_lock == NULL || pthread_mutex_lock(result->curve_lock) == 0);
}

static void unlock_curve(struct hone_result *result) {
    hone_assert(result->curve_lock == NULL || pthread_mutex_unlock(result->curve_lock) == 0);
}

static enum hone_code append_point(struct hone_result *result, struct hone_curve_point point,
    struct hone_err *err) {
    if (result->curve_count == result->curve_room) {
        size_t room = result->curve_room == 0 ? FIRST_ROOM : 2 * result->curve_room;
        struct hone_curve_point *curve = hone_resize(result->curve, room, sizeof(*curve));

        if (curve == NULL) {
            return hone_fail(err, HONE_E_NOMEM, "no memory for a curve of %zu points", room);
        }
        result->curve = curve;
        result->curve_room = room;
    }
    result->curve[result->curve_count++] = point;
    return HONE_OK;
}

enum hone_code hone_result_add_point(struct hone_result *result, struct hone_curve_point point,
    struct hone_err *err) {
    enum hone_code code;

    lock_curve(result);
    code = append_point(result, point, err);
    unlock_curve(result);
    return code;
}

void hone_result_forget_curve(struct hone_result *result) {
    lock_curve(result);
    result->curve_again = result->curve_again || result->curve_stored > 0;
    result->curve_stored = 0;
    result->curve_count = 0;
    unlock_curve(result);
}

/* As much of a metric's name as has room, whole characters of UTF-8. */
static size_t metric_length(const char *name) {
    const size_t length = strnlen(name, HONE_METRIC_NAME);

    return length < HONE_METRIC_NAME ? length : hone_utf8_cut(name, HONE_METRIC_NAME - 1);
}

struct hone_metric_value *hone_result_find_metric(struct hone_result *result, const char *name) {
    const size_t length = metric_length(name);

    for (size_t i = 0; i < result->metric_count; i++) {
        struct hone_metric_value *metric = &result->metric[i];

        if (strlen(metric->name) == length && memcmp(metric->name, name, length) == 0) {
            return metric;
        }
    }
    return NULL;
}

void hone_result_add_metric(struct hone_result *result, const char *name, double value) {
    struct hone_metric_value *metric;

    if (result->metric_count == HONE_METRIC_LIMIT) {
        return;
    }
    metric = &result->metric[result->metric_count++];
    (void)snprintf(metric->name, sizeof(metric->name), "%.*s", (int)metric_length(name), name);
    metric->value = value;
}

/* Without memory for the sentence the failure stays, and stays unexplained. */
void hone_result_set_failed(struct hone_result *result, const char *format, ...) {
    va_list args;
    int length;
    char *sentence;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    hone_assert(length >= 0);
    sentence = hone_new((size_t)length + 1);
    if (sentence != NULL) {
        va_start(args, format);
        (void)vsnprintf(sentence, (size_t)length + 1, format, args);
        va_end(args);
    }
    hone_free(result->error);
    result->error = sentence;
    result->outcome = HONE_OUTCOME_FAILED;
    result->value = (double)NAN;
}

void hone_result_finish(struct hone_result *result) {
    hone_free(result->curve);
    hone_free(result->error);
    *result = (struct hone_result){0};
}
