/* Trials as rows, and their curves. Parameters come from trial.point; folds and
 * metrics from cursors that run beside the trials, so that the usual walk, by
 * number, reads every table once from front to end. */
#include "engine/alloc.h"
#include "storage/space_rows.h"
#include "storage/study_rows.h"
#include "storage/where.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* So many rows are stepped over before a cursor seeks anew: about what a
     * seek costs. */
    STEPS_BEFORE_SEEK = 16,
};

/* A walk over rows whose first column is the id of their trial. */
struct cursor {
    sqlite3_stmt *stmt;
    bool begun, row;
    int64_t trial; /* of the row */
    int64_t low; /* no row of this trial or a later one lies before the cursor */
};

struct metric_name {
    int64_t id;
    const char *name;
};

/* Sums of one metric over the folds of a trial. */
struct metric_sum {
    int64_t id;
    double sum;
    size_t count;
};

struct walk {
    struct hone_db *db;
    const struct hone_trial_query *query;
    int64_t study;
    struct hone_arena arena;   /* for the whole walk */
    struct hone_arena scratch; /* for one trial */
    struct hone_space_rows space;
    size_t metric_names;
    struct metric_name *metric_name; /* (metric_names), ascending ids */
    struct hone_clause where, sort;
    sqlite3_stmt *trials;
    struct cursor folds, metrics;
    struct hone_cell *param; /* (space.count) */
    size_t fold_room;
    struct hone_fold_row *fold; /* (fold_room) */
    size_t sum_count;
    struct metric_sum sum[HONE_METRIC_LIMIT];
    struct hone_metric_value metric[HONE_METRIC_LIMIT];
};

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "reading trials: out of memory");
}

/* A callback may ask another question: its reading then belongs to ours. */
static enum hone_code begin(struct hone_db *db, bool *ret_begun, struct hone_err *err) {
    *ret_begun = sqlite3_get_autocommit(db->sqlite) != 0;
    return *ret_begun ? hone_sql_begin_read(db, err) : HONE_OK;
}

static void end(struct hone_db *db, bool begun) {
    if (begun) {
        hone_sql_end_read(db);
    }
}

/* ---- A trial that is not there ---- */

static enum hone_code unknown_trial(struct hone_db *db, int64_t study, const char *name,
    uint64_t number, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    int64_t count = 0;
    enum hone_code code = hone_sql_prepare(db, "SELECT count(*) FROM trial WHERE study = ?", &stmt,
        err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, study);
    code = hone_sql_next(db, stmt, &row, err);
    count = code == HONE_OK && row ? sqlite3_column_int64(stmt, 0) : 0;
    (void)sqlite3_finalize(stmt);
    if (code != HONE_OK) {
        return code;
    }
    if (count == 0) {
        return hone_fail(err, HONE_E_MISSING, "study '%s' has no trial %llu; it has none yet", name,
            (unsigned long long)number);
    }
    return hone_fail(err, HONE_E_MISSING, "study '%s' has no trial %llu; it has 0 to %lld", name,
        (unsigned long long)number, (long long)count - 1);
}

static enum hone_code find_trial(struct hone_db *db, int64_t study, const char *name,
    uint64_t number, int64_t *ret_id, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db,
        "SELECT id FROM trial WHERE study = ? AND number = ?", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, study);
    hone_sql_bind_int(stmt, 2, (int64_t)number);
    code = hone_sql_next(db, stmt, &row, err);
    if (code == HONE_OK && row) {
        *ret_id = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return code == HONE_OK && !row ? unknown_trial(db, study, name, number, err) : code;
}

/* ---- Preparing ---- */

static enum hone_code read_metric_names(struct walk *w, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    int64_t count = 0;
    bool row = false;
    enum hone_code code = hone_sql_integer(w->db, "SELECT count(*) FROM metric_name", &count, err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(w->db, "SELECT id, name FROM metric_name ORDER BY id", &stmt, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    w->metric_name = hone_arena_array(&w->arena, (size_t)count, sizeof(*w->metric_name));
    if (w->metric_name == NULL) {
        code = no_memory(err);
    }
    while (code == HONE_OK && w->metric_names < (size_t)count
        && (code = hone_sql_next(w->db, stmt, &row, err)) == HONE_OK && row) {
        const char *name = hone_sql_text(stmt, 1);
        struct metric_name *to = &w->metric_name[w->metric_names++];

        to->id = sqlite3_column_int64(stmt, 0);
        to->name = name == NULL ? NULL : hone_arena_text(&w->arena, name, strlen(name));
        code = to->name == NULL ? no_memory(err) : HONE_OK;
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code compile(struct walk *w, struct hone_err *err) {
    const char **metric = hone_arena_array(&w->arena, w->metric_names, sizeof(*metric));
    struct hone_names names = {.space = &w->space, .metric = metric,
        .metric_count = w->metric_names};
    enum hone_code code = HONE_OK;

    if (metric == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < w->metric_names; i++) {
        metric[i] = w->metric_name[i].name;
    }
    if (w->query->where != NULL) {
        code = hone_where_compile(w->query->where, &names, &w->where, err);
    }
    if (code == HONE_OK && w->query->sort != NULL) {
        code = hone_sort_compile(w->query->sort, &names, &w->sort, err);
    }
    return code;
}

enum trial_column {
    TRIAL_ID,
    TRIAL_NUMBER,
    TRIAL_STATE,
    TRIAL_VALUE,
    TRIAL_SEM,
    TRIAL_SECONDS,
    TRIAL_STARTED,
    TRIAL_FINISHED,
    TRIAL_PART,
    TRIAL_WHY,
    TRIAL_MEAN,
    TRIAL_SD,
    TRIAL_ACQUISITION,
    TRIAL_ERROR,
    TRIAL_POINT,
};

static void write_trials_sql(const struct walk *w, struct hone_buf *sql) {
    hone_buf_add(sql, "SELECT t.id, t.number, t.state, t.value, t.sem, t.seconds, t.started_ms,"
        " t.finished_ms, t.part, t.why, t.mean, t.sd, t.acquisition, t.error, t.point"
        " FROM trial t WHERE t.study = ?");
    if (w->query->one) {
        hone_buf_add(sql, " AND t.number = ?");
    }
    if (w->query->where != NULL) {
        hone_buf_printf(sql, " AND (%s)", hone_buf_text(&w->where.sql));
    }
    hone_buf_add(sql, " ORDER BY ");
    if (w->query->sort != NULL) {
        hone_buf_printf(sql, "%s, ", hone_buf_text(&w->sort.sql));
    }
    hone_buf_add(sql, "t.number LIMIT ?");
}

static enum hone_code prepare_trials(struct walk *w, struct hone_err *err) {
    bool limited = w->query->limit > 0 && w->query->limit < INT64_MAX;
    struct hone_buf sql = {0};
    int index = 2;
    enum hone_code code;

    write_trials_sql(w, &sql);
    code = hone_buf_ok(&sql, err);
    if (code == HONE_OK) {
        code = hone_sql_prepare(w->db, hone_buf_text(&sql), &w->trials, err);
    }
    hone_buf_finish(&sql);
    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(w->trials, 1, w->study);
    if (w->query->one) {
        hone_sql_bind_int(w->trials, index++, (int64_t)w->query->number);
    }
    index = hone_clause_bind(&w->where, w->trials, index);
    index = hone_clause_bind(&w->sort, w->trials, index);
    hone_sql_bind_int(w->trials, index, limited ? (int64_t)w->query->limit : -1);
    return HONE_OK;
}

static enum hone_code prepare_cursors(struct walk *w, struct hone_err *err) {
    enum hone_code code = hone_sql_prepare(w->db,
        "SELECT trial, fold, outcome, value, seconds, started_ms, error FROM fold"
        " WHERE trial >= ? ORDER BY trial, fold", &w->folds.stmt, err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(w->db, "SELECT trial, name, value FROM metric WHERE trial >= ?"
            " ORDER BY trial, fold, position", &w->metrics.stmt, err);
    }
    return code;
}

static enum hone_code prepare(struct walk *w, struct hone_err *err) {
    enum hone_code code = hone_study_need(w->db, w->query->study, &w->study, err);

    if (code == HONE_OK) {
        code = hone_space_rows_read(w->db, w->study, &w->arena, &w->space, err);
    }
    if (code == HONE_OK) {
        w->param = hone_arena_array(&w->arena, w->space.count, sizeof(*w->param));
        code = w->param == NULL ? no_memory(err) : read_metric_names(w, err);
    }
    if (code == HONE_OK) {
        code = compile(w, err);
    }
    if (code == HONE_OK) {
        code = prepare_trials(w, err);
    }
    return code == HONE_OK && w->query->with_folds ? prepare_cursors(w, err) : code;
}

/* ---- Cursors ---- */

static enum hone_code advance(struct walk *w, struct cursor *cursor, struct hone_err *err) {
    enum hone_code code = hone_sql_next(w->db, cursor->stmt, &cursor->row, err);

    if (code == HONE_OK && cursor->row) {
        cursor->trial = sqlite3_column_int64(cursor->stmt, 0);
    }
    return code;
}

static enum hone_code seek(struct walk *w, struct cursor *cursor, int64_t trial,
    struct hone_err *err) {
    (void)sqlite3_reset(cursor->stmt);
    hone_sql_bind_int(cursor->stmt, 1, trial);
    cursor->begun = true;
    return advance(w, cursor, err);
}

static bool is_at(const struct cursor *cursor, int64_t trial) {
    return cursor->row && cursor->trial == trial;
}

static bool is_before(const struct cursor *cursor, int64_t trial) {
    return cursor->row && cursor->trial < trial;
}

/* Goes to the first row of this trial, or of a later one when it has none. The
 * caller then takes all of its rows. */
static enum hone_code go_to(struct walk *w, struct cursor *cursor, int64_t trial,
    struct hone_err *err) {
    bool ahead = cursor->begun && trial >= cursor->low;
    enum hone_code code = HONE_OK;

    for (int i = 0; ahead && i < STEPS_BEFORE_SEEK && is_before(cursor, trial); i++) {
        code = advance(w, cursor, err);
        if (code != HONE_OK) {
            return code;
        }
    }
    if (!ahead || is_before(cursor, trial)) {
        code = seek(w, cursor, trial, err);
    }
    cursor->low = trial + 1;
    return code;
}

/* ---- One row ---- */

static enum hone_code row_damaged(const struct walk *w, struct hone_err *err) {
    return hone_sql_damaged(w->db, err, "trial %lld of study '%s' cannot be read",
        (long long)sqlite3_column_int64(w->trials, TRIAL_NUMBER), w->query->study);
}

static enum hone_code read_point(struct walk *w, struct hone_err *err) {
    size_t bytes = w->space.count * HONE_POINT_BYTES;
    const unsigned char *point = sqlite3_column_blob(w->trials, TRIAL_POINT);

    if (sqlite3_column_type(w->trials, TRIAL_POINT) != SQLITE_BLOB
        || (size_t)sqlite3_column_bytes(w->trials, TRIAL_POINT) != bytes) {
        return row_damaged(w, err);
    }
    if (point == NULL && bytes > 0) {
        return no_memory(err);
    }
    for (size_t p = 0; p < w->space.count; p++) {
        w->param[p] = hone_space_rows_cell(&w->space, p, hone_point_at(point, p));
    }
    return HONE_OK;
}

static enum hone_code read_trial(struct walk *w, struct hone_trial_row *row,
    struct hone_err *err) {
    int64_t state = sqlite3_column_int64(w->trials, TRIAL_STATE);

    if (state < HONE_WAITING || state > HONE_FAILED) {
        return row_damaged(w, err);
    }
    *row = (struct hone_trial_row){
        .number = (uint64_t)sqlite3_column_int64(w->trials, TRIAL_NUMBER),
        .state = (enum hone_state)state,
        .value = hone_sql_real(w->trials, TRIAL_VALUE),
        .sem = hone_sql_real(w->trials, TRIAL_SEM),
        .started_ms = sqlite3_column_int64(w->trials, TRIAL_STARTED),
        .finished_ms = sqlite3_column_int64(w->trials, TRIAL_FINISHED),
        .seconds = hone_sql_real(w->trials, TRIAL_SECONDS),
        .error = hone_sql_text(w->trials, TRIAL_ERROR),
        .part = hone_sql_text(w->trials, TRIAL_PART),
        .why = hone_sql_text(w->trials, TRIAL_WHY),
        .mean = hone_sql_real(w->trials, TRIAL_MEAN),
        .sd = hone_sql_real(w->trials, TRIAL_SD),
        .acquisition = hone_sql_real(w->trials, TRIAL_ACQUISITION),
        .params = w->space.count,
        .param_name = w->space.name,
        .param = w->param,
    };
    return read_point(w, err);
}

static enum hone_code make_fold_room(struct walk *w, size_t count, struct hone_err *err) {
    size_t room = w->fold_room == 0 ? 8 : 2 * w->fold_room;
    struct hone_fold_row *fold;

    if (count < w->fold_room) {
        return HONE_OK;
    }
    fold = hone_resize(w->fold, room, sizeof(*fold));
    if (fold == NULL) {
        return no_memory(err);
    }
    w->fold = fold;
    w->fold_room = room;
    return HONE_OK;
}

/* The error is copied: the cursor goes on before the row is shown. */
static enum hone_code read_fold(struct walk *w, struct hone_fold_row *fold, struct hone_err *err) {
    sqlite3_stmt *stmt = w->folds.stmt;
    int64_t outcome = sqlite3_column_int64(stmt, 2);
    const char *error = hone_sql_text(stmt, 6);

    if (outcome < HONE_OUTCOME_VALUE || outcome > HONE_OUTCOME_CANCELLED) {
        return row_damaged(w, err);
    }
    *fold = (struct hone_fold_row){
        .fold = (size_t)sqlite3_column_int64(stmt, 1),
        .outcome = (enum hone_outcome)outcome,
        .value = outcome == HONE_OUTCOME_VALUE ? hone_sql_real(stmt, 3) : (double)NAN,
        .seconds = hone_sql_real(stmt, 4),
        .started_ms = sqlite3_column_int64(stmt, 5),
    };
    if (error != NULL) {
        fold->error = hone_arena_text(&w->scratch, error, strlen(error));
    }
    return error != NULL && fold->error == NULL ? no_memory(err) : HONE_OK;
}

static enum hone_code read_folds(struct walk *w, int64_t trial, struct hone_trial_row *row,
    struct hone_err *err) {
    size_t count = 0;
    enum hone_code code = go_to(w, &w->folds, trial, err);

    while (code == HONE_OK && is_at(&w->folds, trial)) {
        code = make_fold_room(w, count, err);
        if (code == HONE_OK) {
            code = read_fold(w, &w->fold[count++], err);
        }
        if (code == HONE_OK) {
            code = advance(w, &w->folds, err);
        }
    }
    row->folds = count;
    row->fold = w->fold;
    return code;
}

/* ---- Metrics ---- */

/* Folds name the same metrics in the same order, so that the sum is most often
 * the one after the last. More than a result can have are left out. */
static struct metric_sum *find_sum(struct walk *w, int64_t id, size_t guess) {
    if (guess < w->sum_count && w->sum[guess].id == id) {
        return &w->sum[guess];
    }
    for (size_t i = 0; i < w->sum_count; i++) {
        if (w->sum[i].id == id) {
            return &w->sum[i];
        }
    }
    if (w->sum_count == HONE_METRIC_LIMIT) {
        return NULL;
    }
    w->sum[w->sum_count] = (struct metric_sum){.id = id};
    return &w->sum[w->sum_count++];
}

static int compare_ids(const void *a, const void *b) {
    int64_t x = ((const struct metric_name *)a)->id;
    int64_t y = ((const struct metric_name *)b)->id;

    return (x > y) - (x < y);
}

static enum hone_code name_metric(struct walk *w, const struct metric_sum *sum,
    struct hone_metric_value *ret, struct hone_err *err) {
    struct metric_name key = {.id = sum->id};
    const struct metric_name *found = bsearch(&key, w->metric_name, w->metric_names, sizeof(key),
        compare_ids);

    if (found == NULL) {
        return row_damaged(w, err);
    }
    (void)snprintf(ret->name, sizeof(ret->name), "%s", found->name);
    ret->value = sum->count > 0 ? sum->sum / (double)sum->count : (double)NAN;
    return HONE_OK;
}

/* As avg() in the conditions: a fold whose metric is no number does not count. */
static void add_to_sum(struct metric_sum *sum, double value) {
    if (sum != NULL && !isnan(value)) {
        sum->sum += value;
        sum->count++;
    }
}

static enum hone_code read_metrics(struct walk *w, int64_t trial, struct hone_trial_row *row,
    struct hone_err *err) {
    sqlite3_stmt *stmt = w->metrics.stmt;
    size_t guess = 0;
    enum hone_code code = go_to(w, &w->metrics, trial, err);

    w->sum_count = 0;
    while (code == HONE_OK && is_at(&w->metrics, trial)) {
        struct metric_sum *sum = find_sum(w, sqlite3_column_int64(stmt, 1), guess);

        add_to_sum(sum, hone_sql_real(stmt, 2));
        guess = sum == NULL ? 0 : (size_t)(sum - w->sum) + 1;
        guess = guess < w->sum_count ? guess : 0;
        code = advance(w, &w->metrics, err);
    }
    for (size_t i = 0; i < w->sum_count && code == HONE_OK; i++) {
        code = name_metric(w, &w->sum[i], &w->metric[i], err);
    }
    row->metrics = w->sum_count;
    row->metric = w->metric;
    return code;
}

/* ---- The walk ---- */

static enum hone_code read_row(struct walk *w, struct hone_trial_row *row, struct hone_err *err) {
    int64_t id = sqlite3_column_int64(w->trials, TRIAL_ID);
    enum hone_code code = read_trial(w, row, err);

    if (code != HONE_OK || !w->query->with_folds) {
        return code;
    }
    hone_arena_reset(&w->scratch);
    code = read_folds(w, id, row, err);
    return code == HONE_OK ? read_metrics(w, id, row, err) : code;
}

static enum hone_code visit_rows(struct walk *w, hone_trial_visit *visit, void *self,
    struct hone_err *err) {
    struct hone_trial_row row;
    bool more = false;
    enum hone_code code;

    while ((code = hone_sql_next(w->db, w->trials, &more, err)) == HONE_OK && more) {
        code = read_row(w, &row, err);
        if (code != HONE_OK || !visit(self, &row)) {
            return code;
        }
    }
    return code;
}

static void walk_finish(struct walk *w) {
    (void)sqlite3_finalize(w->trials);
    (void)sqlite3_finalize(w->folds.stmt);
    (void)sqlite3_finalize(w->metrics.stmt);
    hone_clause_finish(&w->where);
    hone_clause_finish(&w->sort);
    hone_free(w->fold);
    hone_arena_finish(&w->scratch);
    hone_arena_finish(&w->arena);
}

enum hone_code hone_db_trials(struct hone_db *db, const struct hone_trial_query *query,
    hone_trial_visit *visit, void *self, struct hone_err *err) {
    struct walk w = {.db = db, .query = query};
    bool begun = false;
    int64_t id = 0;
    enum hone_code code = begin(db, &begun, err);

    if (code != HONE_OK) {
        return code;
    }
    code = prepare(&w, err);
    if (code == HONE_OK && query->one) {
        code = find_trial(db, w.study, query->study, query->number, &id, err);
    }
    if (code == HONE_OK) {
        code = visit_rows(&w, visit, self, err);
    }
    walk_finish(&w);
    end(db, begun);
    return code;
}

/* ---- Curves ---- */

static enum hone_code visit_curves(struct hone_db *db, int64_t trial, hone_curve_visit *visit,
    void *self, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    enum hone_code code = hone_sql_prepare(db, "SELECT fold, epoch, train_loss, valid_loss, rate"
        " FROM curve WHERE trial = ? ORDER BY fold, epoch", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, trial);
    while ((code = hone_sql_next(db, stmt, &more, err)) == HONE_OK && more) {
        struct hone_curve_row row = {
            .fold = (size_t)sqlite3_column_int64(stmt, 0),
            .point = {.epoch = sqlite3_column_int64(stmt, 1), .train_loss = hone_sql_real(stmt, 2),
                .valid_loss = hone_sql_real(stmt, 3), .rate = hone_sql_real(stmt, 4)},
        };

        if (!visit(self, &row)) {
            break;
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_db_curves(struct hone_db *db, const char *study, uint64_t number,
    hone_curve_visit *visit, void *self, struct hone_err *err) {
    bool begun = false;
    int64_t id = 0;
    int64_t trial = 0;
    enum hone_code code = begin(db, &begun, err);

    if (code != HONE_OK) {
        return code;
    }
    code = hone_study_need(db, study, &id, err);
    if (code == HONE_OK) {
        code = find_trial(db, id, study, number, &trial, err);
    }
    if (code == HONE_OK) {
        code = visit_curves(db, trial, visit, self, err);
    }
    end(db, begun);
    return code;
}
