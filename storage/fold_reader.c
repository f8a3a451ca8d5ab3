#include "storage/fold_reader.h"

#include "engine/alloc.h"

#include <math.h>
#include <string.h>

enum {
    /* So many rows are stepped over before a cursor seeks anew: about what a
     * seek costs. */
    STEPS_BEFORE_SEEK = 16,
};

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "reading folds: out of memory");
}

static enum hone_code damaged(const struct hone_fold_reader *r,
    const struct hone_trial_fields *trial, struct hone_err *err) {
    return hone_sql_damaged(r->db, err, "trial %lld of study '%s' is not as it was written",
        (long long)trial->number, r->study);
}

/* ---- Preparing ---- */

static enum hone_code read_name(struct hone_fold_reader *r, sqlite3_stmt *stmt,
    struct hone_err *err) {
    const char *name = hone_sql_text(stmt, 1);
    size_t i = r->metric_names++;

    r->metric_id[i] = sqlite3_column_int64(stmt, 0);
    r->metric_name[i] =
        name == NULL ? NULL : hone_arena_text(&r->arena, name, strlen(name));
    return r->metric_name[i] == NULL ? no_memory(err) : HONE_OK;
}

enum hone_code hone_fold_reader_init(struct hone_fold_reader *r, struct hone_db *db,
    const char *study, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    int64_t count = 0;
    bool row = false;
    enum hone_code code = hone_sql_integer(db, "SELECT count(*) FROM metric_name", &count, err);

    r->db = db;
    r->study = study;
    if (code == HONE_OK) {
        code = hone_sql_prepare(db, "SELECT id, name FROM metric_name ORDER BY id", &stmt, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    r->metric_name = hone_arena_array(&r->arena, (size_t)count, sizeof(*r->metric_name));
    r->metric_id = hone_arena_array(&r->arena, (size_t)count, sizeof(*r->metric_id));
    if (r->metric_name == NULL || r->metric_id == NULL) {
        code = no_memory(err);
    }
    while (code == HONE_OK && r->metric_names < (size_t)count &&
           (code = hone_sql_next(db, stmt, &row, err)) == HONE_OK && row) {
        code = read_name(r, stmt, err);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_fold_reader_open(struct hone_fold_reader *r, struct hone_err *err) {
    enum hone_code code = hone_sql_prepare(r->db,
        "SELECT " HONE_DETAIL_COLUMNS " FROM fold_detail d WHERE d.trial >= ?"
        " ORDER BY d.trial, d.fold", &r->details.stmt, err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(r->db, "SELECT trial, fold, name, value FROM metric"
            " WHERE trial >= ? ORDER BY trial, fold, position", &r->metrics.stmt, err);
    }
    return code;
}

/* ---- Cursors ---- */

static enum hone_code advance(struct hone_fold_reader *r, struct hone_cursor *cursor,
    struct hone_err *err) {
    enum hone_code code = hone_sql_next(r->db, cursor->stmt, &cursor->row, err);

    if (code == HONE_OK && cursor->row) {
        cursor->trial = sqlite3_column_int64(cursor->stmt, 0);
    }
    return code;
}

static enum hone_code seek(struct hone_fold_reader *r, struct hone_cursor *cursor, int64_t trial,
    struct hone_err *err) {
    (void)sqlite3_reset(cursor->stmt);
    hone_sql_bind_int(cursor->stmt, 1, trial);
    cursor->begun = true;
    return advance(r, cursor, err);
}

static bool is_at(const struct hone_cursor *cursor, int64_t trial) {
    return cursor->row && cursor->trial == trial;
}

static bool is_before(const struct hone_cursor *cursor, int64_t trial) {
    return cursor->row && cursor->trial < trial;
}

/* Goes to the first row of this trial, or of a later one when it has none. The
 * caller then takes all of its rows. */
static enum hone_code go_to(struct hone_fold_reader *r, struct hone_cursor *cursor, int64_t trial,
    struct hone_err *err) {
    bool ahead = cursor->begun && trial >= cursor->low;
    enum hone_code code = HONE_OK;

    for (int i = 0; ahead && i < STEPS_BEFORE_SEEK && is_before(cursor, trial); i++) {
        code = advance(r, cursor, err);
        if (code != HONE_OK) {
            return code;
        }
    }
    if (!ahead || is_before(cursor, trial)) {
        code = seek(r, cursor, trial, err);
    }
    cursor->low = trial + 1;
    return code;
}

/* ---- Folds ---- */

static enum hone_code make_fold_room(struct hone_fold_reader *r, size_t count,
    struct hone_err *err) {
    size_t room = r->fold_room == 0 ? 8 : 2 * r->fold_room;
    struct hone_fold_row *fold;
    struct hone_metric_check *check;

    if (count < r->fold_room) {
        return HONE_OK;
    }
    fold = hone_resize(r->fold, room, sizeof(*fold));
    r->fold = fold != NULL ? fold : r->fold;
    check = hone_resize(r->check, room, sizeof(*check));
    r->check = check != NULL ? check : r->check;
    if (fold == NULL || check == NULL) {
        return no_memory(err);
    }
    r->fold_room = room;
    return HONE_OK;
}

static enum hone_code add_fold(struct hone_fold_reader *r, size_t at, size_t f,
    const struct hone_packed_fold *packed, struct hone_err *err) {
    enum hone_code code = make_fold_room(r, at, err);

    if (code == HONE_OK) {
        r->check[at] = (struct hone_metric_check){0};
        r->fold[at] = (struct hone_fold_row){
            .fold = f,
            .outcome = isnan(packed->value) ? HONE_OUTCOME_FAILED : HONE_OUTCOME_VALUE,
            .value = packed->value,
            .seconds = packed->seconds,
            .started_ms = packed->started_ms,
        };
    }
    return code;
}

static enum hone_code read_folds(struct hone_fold_reader *r, const struct hone_trial_fields *in,
    struct hone_trial_row *row, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    row->folds = 0;
    for (size_t f = 0; f < hone_trial_fold_count(in) && code == HONE_OK; f++) {
        const struct hone_packed_fold fold = hone_fold_at(in->folds, f);

        if (fold.has_run) {
            code = add_fold(r, row->folds++, f, &fold, err);
        }
    }
    row->fold = r->fold;
    return code;
}

/* The place of a fold among those that have run; row->folds: it has not. */
static size_t find_fold(const struct hone_trial_row *row, int64_t fold) {
    size_t at = 0;

    while (at < row->folds && row->fold[at].fold != (size_t)fold) {
        at++;
    }
    return at;
}

/* The error is copied: the cursor goes on before the row is shown. */
static enum hone_code take_detail(struct hone_fold_reader *r, const struct hone_detail_fields *in,
    const struct hone_trial_row *row, struct hone_err *err) {
    size_t at = find_fold(row, in->fold);

    if (at == row->folds) {
        return HONE_OK;
    }
    r->check[at].expected = in->metric_sum;
    if (in->error != NULL) {
        r->fold[at].error = hone_arena_text(&r->scratch, in->error, strlen(in->error));
    }
    return in->error != NULL && r->fold[at].error == NULL ? no_memory(err) : HONE_OK;
}

static enum hone_code read_details(struct hone_fold_reader *r, sqlite3_stmt *trials,
    const struct hone_trial_fields *in, const struct hone_trial_row *row, struct hone_err *err) {
    int64_t trial = sqlite3_column_int64(trials, HONE_TRIAL_ID);
    int64_t expected = sqlite3_column_int64(trials, HONE_TRIAL_DETAIL_CHECKSUM);
    int64_t found = 0;
    enum hone_code code = go_to(r, &r->details, trial, err);

    while (code == HONE_OK && is_at(&r->details, trial)) {
        struct hone_detail_fields detail;

        if (!hone_detail_read(r->details.stmt, &detail)) {
            return damaged(r, in, err);
        }
        found = hone_detail_sum_add(found, hone_detail_sum(&detail));
        code = take_detail(r, &detail, row, err);
        if (code == HONE_OK) {
            code = advance(r, &r->details, err);
        }
    }
    return code == HONE_OK && found != expected ? damaged(r, in, err) : code;
}

/* ---- Metrics ---- */

/* NULL: no such metric. */
static const char *find_name(const struct hone_fold_reader *r, int64_t id) {
    size_t low = 0;
    size_t high = r->metric_names;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->metric_id[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < r->metric_names && r->metric_id[low] == id ? r->metric_name[low] : NULL;
}

/* Folds name the same metrics in the same order, so that the sum is most often
 * the one after the last. More than a result can have are left out. NULL: there
 * is no such metric. */
static struct hone_metric_sum *find_sum(struct hone_fold_reader *r, int64_t id, size_t guess) {
    const char *name;

    if (guess < r->sum_count && r->sum[guess].id == id) {
        return &r->sum[guess];
    }
    for (size_t i = 0; i < r->sum_count; i++) {
        if (r->sum[i].id == id) {
            return &r->sum[i];
        }
    }
    name = find_name(r, id);
    if (name == NULL) {
        return NULL;
    }
    r->sum[r->sum_count] = (struct hone_metric_sum){.id = id, .name = name};
    return &r->sum[r->sum_count < HONE_METRIC_LIMIT ? r->sum_count++ : r->sum_count];
}

/* As avg() in the conditions: a fold whose metric is no number does not count. */
static void add_to_sum(struct hone_metric_sum *sum, double value) {
    if (!isnan(value)) {
        sum->sum += value;
        sum->count++;
    }
}

/* The fold that a metric's row belongs to, not before `from`; folds: none. */
static size_t fold_of(const struct hone_fold_reader *r, size_t folds, size_t from) {
    size_t fold = (size_t)sqlite3_column_int64(r->metrics.stmt, 1);

    while (from < folds && r->fold[from].fold != fold) {
        from++;
    }
    return from;
}

static enum hone_code add_metrics(struct hone_fold_reader *r, int64_t trial,
    const struct hone_trial_fields *in, size_t folds, struct hone_err *err) {
    sqlite3_stmt *stmt = r->metrics.stmt;
    size_t guess = 0;
    size_t at = 0;
    enum hone_code code = go_to(r, &r->metrics, trial, err);

    r->sum_count = 0;
    while (code == HONE_OK && is_at(&r->metrics, trial)) {
        struct hone_metric_sum *sum = find_sum(r, sqlite3_column_int64(stmt, 2), guess);
        double value = hone_sql_real(stmt, 3);

        at = fold_of(r, folds, at);
        if (sum == NULL || at == folds) {
            return damaged(r, in, err);
        }
        add_to_sum(sum, value);
        hone_metric_sum_add(&r->check[at].read, sum->name, value);
        guess = (size_t)(sum - r->sum) + 1;
        guess = guess < r->sum_count ? guess : 0;
        code = advance(r, &r->metrics, err);
    }
    return code;
}

static enum hone_code read_metrics(struct hone_fold_reader *r, int64_t trial,
    const struct hone_trial_fields *in, struct hone_trial_row *row, struct hone_err *err) {
    enum hone_code code = add_metrics(r, trial, in, row->folds, err);

    for (size_t f = 0; f < row->folds && code == HONE_OK; f++) {
        if (hone_sum_end(&r->check[f].read) != r->check[f].expected) {
            code = damaged(r, in, err);
        }
    }
    row->metrics = r->sum_count;
    row->metric = r->metric;
    for (size_t i = 0; i < row->metrics; i++) {
        const struct hone_metric_sum *sum = &r->sum[i];

        size_t length = strnlen(sum->name, HONE_METRIC_NAME - 1);

        memcpy(r->metric[i].name, sum->name, length);
        r->metric[i].name[length] = '\0';
        r->metric[i].value = sum->count > 0 ? sum->sum / (double)sum->count : (double)NAN;
    }
    return code;
}

/* ---- A trial ---- */

enum hone_code hone_fold_reader_read(struct hone_fold_reader *r, sqlite3_stmt *trials,
    const struct hone_trial_fields *fields, struct hone_trial_row *ret_row, struct hone_err *err) {
    enum hone_code code;

    hone_arena_reset(&r->scratch);
    code = read_folds(r, fields, ret_row, err);
    if (code == HONE_OK) {
        code = read_details(r, trials, fields, ret_row, err);
    }
    return code == HONE_OK ? read_metrics(r, sqlite3_column_int64(trials, HONE_TRIAL_ID), fields,
                                 ret_row, err)
                           : code;
}

void hone_fold_reader_finish(struct hone_fold_reader *r) {
    (void)sqlite3_finalize(r->details.stmt);
    (void)sqlite3_finalize(r->metrics.stmt);
    hone_free(r->fold);
    hone_free(r->check);
    hone_arena_finish(&r->scratch);
    hone_arena_finish(&r->arena);
}
