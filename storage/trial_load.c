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
    double *x_value; /* (space->n) scratch */
    sqlite3_stmt *trials, *folds;
    bool fold; /* there is a row of a fold that no trial has taken */
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

/* An owned copy; NULL stays NULL. False: memory ran out. */
static bool copy_text(sqlite3_stmt *stmt, int column, char **ret) {
    const char *text = hone_sql_text(stmt, column);

    *ret = text != NULL ? hone_strdup(text) : NULL;
    return text == NULL || *ret != NULL;
}

static double as_loss(const struct loading *l, double value) {
    return l->frame->maximize ? -value : value;
}

/* The fields of a sound row; its folds come after it. */
static enum hone_code fill_trial(const struct loading *l, sqlite3_stmt *stmt,
    struct hone_trial *trial, struct hone_err *err) {
    trial->state = (enum hone_state)sqlite3_column_int(stmt, HONE_TRIAL_STATE);
    trial->elsewhere = trial->state == HONE_RUNNING;
    trial->loss = as_loss(l, hone_sql_real(stmt, HONE_TRIAL_VALUE));
    trial->sem = hone_sql_real(stmt, HONE_TRIAL_SEM);
    trial->seconds = sqlite3_column_double(stmt, HONE_TRIAL_SECONDS);
    trial->started_ms = sqlite3_column_int64(stmt, HONE_TRIAL_STARTED);
    trial->finished_ms = sqlite3_column_int64(stmt, HONE_TRIAL_FINISHED);
    trial->mean = as_loss(l, hone_sql_real(stmt, HONE_TRIAL_MEAN));
    trial->sd = hone_sql_real(stmt, HONE_TRIAL_SD);
    trial->acquisition = hone_sql_real(stmt, HONE_TRIAL_ACQUISITION);
    trial->part = intern(l, hone_sql_text(stmt, HONE_TRIAL_PART));
    if ((trial->part == NULL) != (hone_sql_text(stmt, HONE_TRIAL_PART) == NULL) ||
        !copy_text(stmt, HONE_TRIAL_WHY, &trial->why) ||
        !copy_text(stmt, HONE_TRIAL_ERROR, &trial->error)) {
        return no_memory(err);
    }
    return HONE_OK;
}

/* What a sound row says of a trial that is known already. */
static enum hone_code reload_trial(const struct loading *l, struct hone_trial *trial,
    struct hone_err *err) {
    if (sqlite3_column_int64(l->trials, HONE_TRIAL_NUMBER) != (int64_t)trial->number ||
        !hone_trial_is_sound(l->trials, l->frame->space->n)) {
        return damaged(l, (int64_t)trial->number, err);
    }
    hone_trial_clear(trial, l->frame->folds);
    return fill_trial(l, l->trials, trial, err);
}

static enum hone_code load_trial(struct loading *l, sqlite3_stmt *stmt,
    struct hone_trial **ret_trial, struct hone_err *err) {
    const unsigned char *point = sqlite3_column_blob(stmt, HONE_TRIAL_POINT);
    int64_t number = sqlite3_column_int64(stmt, HONE_TRIAL_NUMBER);
    enum hone_code code;

    if (number != (int64_t)l->history->count || !hone_trial_is_sound(stmt, l->frame->space->n)) {
        return damaged(l, number, err);
    }
    for (size_t p = 0; p < l->frame->space->n; p++) {
        l->x_value[p] = hone_point_at(point, p);
    }
    code = hone_history_append(l->history, l->x_value, ret_trial, err);
    if (code == HONE_OK) {
        code = fill_trial(l, stmt, *ret_trial, err);
    }
    if (code == HONE_OK) {
        l->history->imported += hone_trial_is_imported(*ret_trial);
    }
    return code;
}

/* The trial's seconds are stored; noting folds must not count them twice. */
static enum hone_code load_fold(const struct loading *l, struct hone_trial *trial,
    struct hone_err *err) {
    int64_t fold = sqlite3_column_int64(l->folds, HONE_FOLD_FOLD);

    if (!hone_fold_is_sound(l->folds) || (size_t)fold >= l->frame->folds) {
        return damaged(l, (int64_t)trial->number, err);
    }
    if (sqlite3_column_int64(l->folds, HONE_FOLD_OUTCOME) == HONE_OUTCOME_VALUE) {
        hone_trial_note_fold(trial, l->frame->folds, (size_t)fold,
            as_loss(l, hone_sql_real(l->folds, HONE_FOLD_VALUE)), 0);
    }
    return HONE_OK;
}

static bool is_same(double a, double b) {
    return isnan(a) ? isnan(b) : memcmp(&a, &b, sizeof(a)) == 0;
}

/* A lost row of a fold leaves no trace in the others: what the folds say must
 * be what the trial's own row says. */
static bool agrees(const struct loading *l, sqlite3_stmt *stmt, const struct hone_trial *trial) {
    double loss = as_loss(l, hone_sql_real(stmt, HONE_TRIAL_VALUE));
    int64_t folds_done = sqlite3_column_int64(stmt, HONE_TRIAL_FOLDS_DONE);

    if (hone_trial_is_imported(trial) && folds_done == 0) {
        return trial->folds_done == 0;
    }
    return hone_trial_has_its_folds(trial->state, folds_done, trial->folds_done) &&
           (trial->state != HONE_COMPLETE || (trial->folds_done == l->frame->folds &&
               is_same(trial->loss, loss) &&
               is_same(trial->sem, hone_sql_real(stmt, HONE_TRIAL_SEM))));
}

/* Both queries go by trial number, side by side. */
static enum hone_code load_folds(struct loading *l, sqlite3_stmt *stmt, struct hone_trial *trial,
    struct hone_err *err) {
    int64_t id = sqlite3_column_int64(stmt, HONE_TRIAL_ID);
    enum hone_code code = HONE_OK;

    while (code == HONE_OK && l->fold && sqlite3_column_int64(l->folds, HONE_FOLD_TRIAL) == id) {
        code = load_fold(l, trial, err);
        if (code == HONE_OK) {
            code = hone_sql_next(l->db, l->folds, &l->fold, err);
        }
    }
    if (l->frame->folds == 1 || hone_trial_is_imported(trial)) {
        trial->sem = hone_sql_real(stmt, HONE_TRIAL_SEM); /* it was told, not computed */
    }
    hone_trial_stand_in(trial);
    return code == HONE_OK && !agrees(l, stmt, trial) ? damaged(l, (int64_t)trial->number, err)
                                                      : code;
}

static enum hone_code prepare(const struct loading *l, const char *sql, sqlite3_stmt **ret,
    struct hone_err *err) {
    enum hone_code code = hone_sql_prepare(l->db, sql, ret, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(*ret, 1, l->frame->study);
        hone_sql_bind_int(*ret, 2, (int64_t)l->history->count);
    }
    return code;
}

static enum hone_code load_all(struct loading *l, struct hone_err *err) {
    bool row = false;
    enum hone_code code = hone_sql_next(l->db, l->folds, &l->fold, err);

    while (code == HONE_OK && (code = hone_sql_next(l->db, l->trials, &row, err)) == HONE_OK &&
           row) {
        struct hone_trial *trial = NULL;

        code = load_trial(l, l->trials, &trial, err);
        if (code == HONE_OK) {
            code = load_folds(l, l->trials, trial, err);
        }
    }
    if (code == HONE_OK && l->fold) {
        code = hone_sql_damaged(l->db, err, "study %lld has a fold in no place",
            (long long)l->frame->study);
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
    code = prepare(&l, "SELECT " HONE_TRIAL_COLUMNS
        " FROM trial t WHERE t.study = ? AND t.number >= ? ORDER BY t.number", &l.trials, err);
    if (code == HONE_OK) {
        code = prepare(&l, "SELECT " HONE_FOLD_COLUMNS
            " FROM trial t JOIN fold f ON f.trial = t.id WHERE t.study = ? AND t.number >= ?"
            " ORDER BY t.number, f.fold", &l.folds, err);
    }
    if (code == HONE_OK) {
        code = load_all(&l, err);
    }
    (void)sqlite3_finalize(l.trials);
    (void)sqlite3_finalize(l.folds);
    hone_free(l.x_value);
    return code;
}

/* ---- Single trials ---- */

enum hone_code hone_trial_reader_init(struct hone_trial_reader *reader, struct hone_db *db,
    const struct hone_trial_frame *frame, struct hone_arena *texts, struct hone_err *err) {
    enum hone_code code = hone_sql_prepare(db, "SELECT " HONE_TRIAL_COLUMNS
        " FROM trial t WHERE t.study = ? AND t.number = ?", &reader->trial, err);

    reader->db = db;
    reader->frame = frame;
    reader->texts = texts;
    return code == HONE_OK ? hone_sql_prepare(db, "SELECT " HONE_FOLD_COLUMNS
        " FROM fold f WHERE f.trial = ? ORDER BY f.fold", &reader->folds, err) : code;
}

void hone_trial_reader_finish(struct hone_trial_reader *reader) {
    (void)sqlite3_finalize(reader->trial);
    (void)sqlite3_finalize(reader->folds);
    *reader = (struct hone_trial_reader){0};
}

static enum hone_code reload(struct loading *l, struct hone_trial *trial, struct hone_err *err) {
    bool row = false;
    enum hone_code code = hone_sql_next(l->db, l->trials, &row, err);

    if (code == HONE_OK) {
        code = row ? reload_trial(l, trial, err) : damaged(l, (int64_t)trial->number, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(l->folds, 1, sqlite3_column_int64(l->trials, HONE_TRIAL_ID));
    code = hone_sql_next(l->db, l->folds, &l->fold, err);
    return code == HONE_OK ? load_folds(l, l->trials, trial, err) : code;
}

enum hone_code hone_trial_reload(struct hone_trial_reader *reader, struct hone_history *history,
    uint64_t number, struct hone_err *err) {
    struct loading l = {.db = reader->db, .frame = reader->frame, .texts = reader->texts,
        .history = history, .trials = reader->trial, .folds = reader->folds};
    enum hone_code code;

    hone_assert(number < history->count);
    hone_sql_bind_int(l.trials, 1, l.frame->study);
    hone_sql_bind_int(l.trials, 2, (int64_t)number);
    code = reload(&l, &history->trial[number], err);
    (void)sqlite3_reset(l.trials);
    (void)sqlite3_reset(l.folds);
    return code;
}
