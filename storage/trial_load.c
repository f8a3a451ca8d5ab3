#include "storage/trial_rows.h"

#include "engine/alloc.h"
#include "storage/space_rows.h"

#include <math.h>
#include <string.h>

struct loading {
    struct hone_db *db;
    const struct hone_trial_frame *frame;
    struct hone_arena *texts;
    struct hone_history *history;
    double *x_value; /* (space->n) room for a point */
    sqlite3_stmt *trials;
};

static enum hone_code damaged(const struct loading *l, int64_t number, struct hone_err *err) {
    return hone_sql_damaged(l->db, err, "trial %lld of study %lld is not as it was written",
        (long long)number, (long long)l->frame->study);
}

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "reading the trials of a study: out of memory");
}

/* One text for all trials of a part: there are few different ones. */
static const char *intern(const struct loading *l, const char *text) {
    size_t count = l->history->count;

    if (text == NULL) {
        return NULL;
    }
    for (size_t back = 1; back <= count && back < 20; back++) {
        const char *part = l->history->trial[count - back].part;

        if (part != NULL && strcmp(part, text) == 0) {
            return part;
        }
    }
    return hone_arena_text(l->texts, text, strlen(text));
}

static double as_loss(const struct loading *l, double value) {
    return hone_turn_value(l->frame->maximize, value);
}

/* What a sound row says, but for its folds. */
static enum hone_code fill_trial(const struct loading *l, const struct hone_trial_fields *row,
    struct hone_trial *trial, struct hone_err *err) {
    trial->state = (enum hone_state)row->state;
    trial->elsewhere = trial->state == HONE_RUNNING;
    trial->loss = as_loss(l, row->value);
    trial->sem = row->sem;
    trial->seconds = isnan(row->seconds) ? 0 : row->seconds;
    trial->started_ms = row->started_ms;
    trial->finished_ms = row->finished_ms;
    trial->mean = as_loss(l, row->mean);
    trial->sd = row->sd;
    trial->acquisition = row->acquisition;
    trial->part = intern(l, row->part);
    if ((trial->part == NULL) != (row->part == NULL) || !hone_copy_text(row->why, &trial->why) ||
        !hone_copy_text(row->error, &trial->error)) {
        return no_memory(err);
    }
    return HONE_OK;
}

/* The trial's seconds are stored; noting folds must not count them twice. */
static bool fill_fold(const struct loading *l, size_t f, const struct hone_packed_fold *fold,
    struct hone_trial *trial) {
    if (!fold->has_run) {
        return true;
    }
    if (f >= l->frame->folds || isinf(fold->value)) {
        return false;
    }
    trial->fold_run[f] = (struct hone_fold_run){
        .has_run = true, .started_ms = fold->started_ms, .seconds = fold->seconds};
    if (!isnan(fold->value)) {
        hone_trial_note_fold(trial, l->frame->folds, f, as_loss(l, fold->value));
    }
    return true;
}

static bool is_same(double a, double b) {
    return isnan(a) ? isnan(b) : memcmp(&a, &b, sizeof(a)) == 0;
}

/* The mean and its error follow from the folds. */
static bool agrees(const struct loading *l, const struct hone_trial_fields *row,
    const struct hone_trial *trial) {
    if (hone_trial_is_imported(trial) && row->folds_done == 0) {
        return trial->folds_done == 0;
    }
    return trial->state != HONE_COMPLETE ||
           (trial->folds_done == l->frame->folds && is_same(trial->loss, as_loss(l, row->value)) &&
               is_same(trial->sem, row->sem));
}

static enum hone_code fill_folds(const struct loading *l, const struct hone_trial_fields *row,
    struct hone_trial *trial, struct hone_err *err) {
    bool sound = true;

    for (size_t f = 0; sound && f < hone_trial_fold_count(row); f++) {
        const struct hone_packed_fold fold = hone_fold_at(row->folds, f);

        sound = fill_fold(l, f, &fold, trial);
    }
    if (l->frame->folds == 1 || hone_trial_is_imported(trial)) {
        trial->sem = row->sem; /* it was told, not computed */
    }
    hone_trial_stand_in(trial);
    return sound && agrees(l, row, trial) ? HONE_OK : damaged(l, row->number, err);
}

static enum hone_code fill(const struct loading *l, const struct hone_trial_fields *row,
    struct hone_trial *trial, struct hone_err *err) {
    enum hone_code code = fill_trial(l, row, trial, err);

    return code == HONE_OK ? fill_folds(l, row, trial, err) : code;
}

static enum hone_code load_trial(struct loading *l, struct hone_err *err) {
    struct hone_trial_fields row;
    struct hone_trial *trial = NULL;
    enum hone_code code;

    if (!hone_trial_read(l->trials, l->frame->space->n, l->x_value, &row) ||
        row.number != (int64_t)l->history->count) {
        return damaged(l, row.number, err);
    }
    code = hone_history_append(l->history, l->x_value, &trial, err);
    if (code == HONE_OK) {
        code = fill(l, &row, trial, err);
    }
    if (code == HONE_OK) {
        l->history->imported += hone_trial_is_imported(trial);
    }
    return code;
}

static enum hone_code load_all(struct loading *l, struct hone_err *err) {
    bool row = false;
    enum hone_code code = HONE_OK;

    while (code == HONE_OK && (code = hone_sql_next(l->db, l->trials, &row, err)) == HONE_OK &&
           row) {
        code = load_trial(l, err);
    }
    return code;
}

enum hone_code hone_trials_load(struct hone_db *db, const struct hone_trial_frame *frame,
    struct hone_arena *texts, struct hone_history *history, struct hone_err *err) {
    struct loading l = {.db = db, .frame = frame, .texts = texts, .history = history};
    enum hone_code code;

    l.x_value = hone_new_array(frame->space->n, sizeof(*l.x_value));
    if (l.x_value == NULL) {
        return no_memory(err);
    }
    code = hone_sql_prepare(db, "SELECT " HONE_TRIAL_COLUMNS
        " FROM trial t WHERE t.study = ? AND t.number >= ? ORDER BY t.number", &l.trials, err);
    if (code == HONE_OK) {
        hone_sql_bind_int(l.trials, 1, frame->study);
        hone_sql_bind_int(l.trials, 2, (int64_t)history->count);
        code = load_all(&l, err);
    }
    (void)sqlite3_finalize(l.trials);
    hone_free(l.x_value);
    return code;
}

/* ---- Single trials ---- */

enum hone_code hone_trial_reader_init(struct hone_trial_reader *reader, struct hone_db *db,
    const struct hone_trial_frame *frame, struct hone_arena *texts, struct hone_err *err) {
    reader->db = db;
    reader->frame = frame;
    reader->texts = texts;
    reader->x_value = hone_new_array(frame->space->n, sizeof(*reader->x_value));
    return reader->x_value == NULL
               ? no_memory(err)
               : hone_sql_prepare(db, "SELECT " HONE_TRIAL_COLUMNS
                     " FROM trial t WHERE t.study = ? AND t.number = ?", &reader->trial, err);
}

void hone_trial_reader_finish(struct hone_trial_reader *reader) {
    (void)sqlite3_finalize(reader->trial);
    hone_free(reader->x_value);
    *reader = (struct hone_trial_reader){0};
}

/* What a sound row says of a trial that is known already. */
static enum hone_code reload(const struct loading *l, struct hone_trial *trial,
    struct hone_err *err) {
    struct hone_trial_fields fields;
    bool row = false;
    enum hone_code code = hone_sql_next(l->db, l->trials, &row, err);

    if (code != HONE_OK) {
        return code;
    }
    if (!row || !hone_trial_read(l->trials, l->frame->space->n, l->x_value, &fields) ||
        fields.number != (int64_t)trial->number) {
        return damaged(l, (int64_t)trial->number, err);
    }
    hone_trial_clear(trial, l->frame->folds);
    return fill(l, &fields, trial, err);
}

enum hone_code hone_trial_reload(struct hone_trial_reader *reader, struct hone_history *history,
    uint64_t number, struct hone_err *err) {
    const struct loading l = {.db = reader->db, .frame = reader->frame, .texts = reader->texts,
        .history = history, .x_value = reader->x_value, .trials = reader->trial};
    enum hone_code code;

    hone_assert(number < history->count);
    hone_sql_bind_int(l.trials, 1, l.frame->study);
    hone_sql_bind_int(l.trials, 2, (int64_t)number);
    code = reload(&l, &history->trial[number], err);
    (void)sqlite3_reset(l.trials);
    return code;
}
