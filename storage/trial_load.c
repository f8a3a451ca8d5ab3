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
    size_t from;     /* first number to load */
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
    for (size_t back = 2; back <= count && back < 20; back++) {
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

static bool is_sound(const struct loading *l, sqlite3_stmt *stmt) {
    const struct hone_trial_sum_input sums = {
        .number = sqlite3_column_int64(stmt, 0), .state = sqlite3_column_int64(stmt, 1),
        .value = hone_sql_real(stmt, 2), .sem = hone_sql_real(stmt, 3),
        .folds_done = sqlite3_column_int64(stmt, 4), .finished_ms = sqlite3_column_int64(stmt, 7),
        .error = hone_sql_text(stmt, 13), .point = sqlite3_column_blob(stmt, 14),
        .point_bytes = (size_t)sqlite3_column_bytes(stmt, 14),
    };

    return sums.number == (int64_t)l->history->count && sums.state >= 0 &&
           sums.state <= (int64_t)HONE_FAILED &&
           sums.point_bytes == l->frame->space->n * HONE_POINT_BYTES &&
           hone_trial_sum(&sums) == sqlite3_column_int64(stmt, 15);
}

static double as_loss(const struct loading *l, double value) {
    return l->frame->maximize ? -value : value;
}

static enum hone_code load_trial(struct loading *l, sqlite3_stmt *stmt, struct hone_err *err) {
    struct hone_trial *trial = NULL;
    const unsigned char *point = sqlite3_column_blob(stmt, 14);
    enum hone_code code;

    if (!is_sound(l, stmt)) {
        return damaged(l, sqlite3_column_int64(stmt, 0), err);
    }
    for (size_t p = 0; p < l->frame->space->n; p++) {
        l->x_value[p] = hone_point_at(point, p);
    }
    code = hone_history_append(l->history, l->x_value, &trial, err);
    if (code != HONE_OK) {
        return code;
    }
    trial->state = (enum hone_state)sqlite3_column_int(stmt, 1);
    trial->seconds = sqlite3_column_double(stmt, 5);
    trial->started_ms = sqlite3_column_int64(stmt, 6);
    trial->finished_ms = sqlite3_column_int64(stmt, 7);
    trial->part = intern(l, hone_sql_text(stmt, 8));
    trial->mean = as_loss(l, hone_sql_real(stmt, 10));
    trial->sd = hone_sql_real(stmt, 11);
    trial->acquisition = hone_sql_real(stmt, 12);
    if (!copy_text(stmt, 9, &trial->why) || !copy_text(stmt, 13, &trial->error)) {
        return no_memory(err);
    }
    return HONE_OK;
}

static enum hone_code load_trials(struct loading *l, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(l->db,
        "SELECT number, state, value, sem, folds_done, seconds, started_ms, finished_ms, part, why,"
        " mean, sd, acquisition, error, point, checksum"
        " FROM trial WHERE study = ? AND number >= ? ORDER BY number", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, l->frame->study);
    hone_sql_bind_int(stmt, 2, (int64_t)l->from);
    while ((code = hone_sql_next(l->db, stmt, &row, err)) == HONE_OK && row) {
        code = load_trial(l, stmt, err);
        if (code != HONE_OK) {
            break;
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code load_fold(struct loading *l, sqlite3_stmt *stmt, struct hone_err *err) {
    int64_t number = sqlite3_column_int64(stmt, 0);
    int64_t fold = sqlite3_column_int64(stmt, 1);
    int64_t outcome = sqlite3_column_int64(stmt, 2);
    double value = hone_sql_real(stmt, 3);
    double seconds = hone_sql_real(stmt, 4);
    bool known = number >= 0 && (size_t)number < l->history->count && fold >= 0 &&
                 (size_t)fold < l->frame->folds;

    if (!known || hone_fold_sum(fold, outcome, value, seconds, hone_sql_text(stmt, 5)) !=
                      sqlite3_column_int64(stmt, 6)) {
        return damaged(l, number, err);
    }
    if (outcome == HONE_OUTCOME_VALUE) {
        if (!isfinite(value)) {
            return damaged(l, number, err);
        }
        hone_trial_note_fold(&l->history->trial[number], l->frame->folds, (size_t)fold,
            as_loss(l, value), 0);
    }
    return HONE_OK;
}

/* The trials' seconds are stored; noting folds must not count them twice. */
static enum hone_code load_folds(struct loading *l, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(l->db,
        "SELECT t.number, f.fold, f.outcome, f.value, f.seconds, f.error, f.checksum"
        " FROM trial t JOIN fold f ON f.trial = t.id WHERE t.study = ? AND t.number >= ?"
        " ORDER BY t.number, f.fold", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, l->frame->study);
    hone_sql_bind_int(stmt, 2, (int64_t)l->from);
    while ((code = hone_sql_next(l->db, stmt, &row, err)) == HONE_OK && row) {
        code = load_fold(l, stmt, err);
        if (code != HONE_OK) {
            break;
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_trials_load(struct hone_db *db, const struct hone_trial_frame *frame,
    struct hone_arena *texts, struct hone_history *history, struct hone_err *err) {
    struct loading l = {.db = db, .frame = frame, .texts = texts, .history = history,
        .from = history->count};
    enum hone_code code;

    l.x_value = hone_new_array(frame->space->n, sizeof(*l.x_value));
    if (l.x_value == NULL) {
        return no_memory(err);
    }
    code = load_trials(&l, err);
    if (code == HONE_OK) {
        code = load_folds(&l, err);
    }
    hone_free(l.x_value);
    return code;
}
