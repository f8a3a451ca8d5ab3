/* Trials as rows: which ones, in which order, and all that they say. */
#include "storage/curves.h"
#include "storage/fold_reader.h"
#include "storage/space_rows.h"
#include "storage/study_rows.h"
#include "storage/trial_rows.h"
#include "storage/where.h"

struct walk {
    struct hone_db *db;
    const struct hone_trial_query *query;
    int64_t study;
    struct hone_arena arena;   /* for the whole walk */
    struct hone_space_rows space;
    struct hone_clause where, sort;
    sqlite3_stmt *trials;
    struct hone_cell *param; /* (space.count) */
    double *x_value;         /* (space.count) */
    uint64_t count;             /* trials of the study */
    uint64_t number;            /* of the next trial, while they come in order */
    struct hone_fold_reader folds;
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

/* ---- Which trials there are ---- */

static enum hone_code count_trials(struct hone_db *db, int64_t study, int64_t *ret,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db, "SELECT count(*) FROM trial WHERE study = ?", &stmt,
        err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, study);
    code = hone_sql_next(db, stmt, &row, err);
    if (code == HONE_OK) {
        *ret = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code unknown_trial(struct hone_db *db, int64_t study, const char *name,
    uint64_t number, struct hone_err *err) {
    int64_t count = 0;
    enum hone_code code = count_trials(db, study, &count, err);

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

static enum hone_code compile(struct walk *w, struct hone_err *err) {
    const struct hone_names names = {.space = &w->space, .metric = w->folds.metric_name,
        .metric_count = w->folds.metric_names};
    enum hone_code code = HONE_OK;

    if (w->query->where != NULL) {
        code = hone_where_compile(w->query->where, &names, &w->where, err);
    }
    if (code == HONE_OK && w->query->sort != NULL) {
        code = hone_sort_compile(w->query->sort, &names, &w->sort, err);
    }
    return code;
}

/* All trials, none left out, by number. */
static bool is_plain(const struct hone_trial_query *query) {
    return !query->one && query->best == 0 && query->where == NULL && query->sort == NULL;
}

/* Ids of a study ascend with its numbers: the table is then read from front to
 * end, without a step in an index for each row, which costs ten times as much. The
 * plus keeps SQLite from the index of studies. */
#define FRONT_TO_END                                                                               \
    " FROM trial t WHERE +t.study = ?1"                                                            \
    " AND t.id BETWEEN (SELECT id FROM trial WHERE study = ?1 ORDER BY number LIMIT 1)"            \
    " AND (SELECT id FROM trial WHERE study = ?1 ORDER BY number DESC LIMIT 1)"

static const char plain_sql[] =
    "SELECT " HONE_TRIAL_COLUMNS FRONT_TO_END " ORDER BY t.id LIMIT ?";

static bool is_limited(const struct hone_trial_query *query) {
    return query->limit > 0 && query->limit < INT64_MAX;
}

/* The first few in an order of the user's: only ids are sorted, and rows read for
 * those that are left. */
static bool is_top(const struct hone_trial_query *query) {
    return !query->one && query->sort != NULL && is_limited(query);
}

/* One trial comes through the index of numbers, an order alone may come through
 * another. */
static void write_where_sql(const struct walk *w, struct hone_buf *sql) {
    bool scan = w->query->where != NULL && !w->query->one;

    hone_buf_add(sql, scan ? FRONT_TO_END : " FROM trial t WHERE t.study = ?1");
    if (w->query->one) {
        hone_buf_add(sql, " AND t.number = ?");
    }
    if (w->query->where != NULL) {
        hone_buf_printf(sql, " AND (%s)", hone_buf_text(&w->where.sql));
    }
}

static void write_order_sql(const struct walk *w, const char *last, struct hone_buf *sql) {
    hone_buf_add(sql, " ORDER BY ");
    if (w->query->sort != NULL) {
        hone_buf_printf(sql, "%s, ", hone_buf_text(&w->sort.sql));
    }
    hone_buf_add(sql, last);
}

static void write_trials_sql(const struct walk *w, struct hone_buf *sql) {
    if (is_plain(w->query)) {
        hone_buf_add(sql, plain_sql);
        return;
    }
    hone_buf_add(sql, "SELECT " HONE_TRIAL_COLUMNS);
    if (w->query->best != 0) {
        hone_buf_printf(sql, " FROM trial t WHERE t.study = ?1 AND t.state = 2"
            " ORDER BY t.value %s, t.id LIMIT ?", w->query->best > 0 ? "DESC" : "ASC");
        return;
    }
    if (is_top(w->query)) {
        hone_buf_add(sql, " FROM trial t WHERE t.id IN (SELECT t.id");
        write_where_sql(w, sql);
        write_order_sql(w, "t.id", sql); /* ascends with the number, and is in every index */
        hone_buf_add(sql, " LIMIT ?)");
        write_order_sql(w, "t.number", sql);
        return;
    }
    write_where_sql(w, sql);
    write_order_sql(w, "t.number", sql);
    hone_buf_add(sql, " LIMIT ?");
}

static enum hone_code prepare_trials(struct walk *w, struct hone_err *err) {
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
    hone_sql_bind_int(w->trials, index++, is_limited(w->query) ? (int64_t)w->query->limit : -1);
    if (is_top(w->query)) {
        (void)hone_clause_bind(&w->sort, w->trials, index);
    }
    return HONE_OK;
}

/* A command asks several questions of one study; counting 100,000 trials takes some
 * milliseconds, and once will do while nobody has written. */
static enum hone_code count_once(struct walk *w, uint64_t expected, struct hone_err *err) {
    struct hone_db *db = w->db;
    int64_t version = 0;
    int64_t count = 0;
    enum hone_code code = hone_sql_integer(db, "PRAGMA data_version", &version, err);

    if (code != HONE_OK || (db->counted_study == w->study && db->counted_version == version &&
                               db->counted == expected)) {
        return code;
    }
    code = count_trials(db, w->study, &count, err);
    if (code == HONE_OK) {
        db->counted_study = w->study;
        db->counted_version = version;
        db->counted = (uint64_t)count;
    }
    return code;
}

/* A lost trial leaves no trace in the others, but in their number. */
static enum hone_code check_count(struct walk *w, struct hone_err *err) {
    struct hone_progress progress;
    enum hone_code code = hone_progress_read(w->db, w->study, &progress, err);

    if (code == HONE_OK) {
        code = count_once(w, progress.trials, err);
    }
    if (code == HONE_OK && w->db->counted != progress.trials) {
        code = hone_sql_damaged(w->db, err, "it holds %llu of the %llu trials of study '%s'",
            (unsigned long long)w->db->counted, (unsigned long long)progress.trials,
            w->query->study);
    }
    w->count = w->db->counted;
    return code;
}

static enum hone_code prepare(struct walk *w, struct hone_err *err) {
    enum hone_code code = hone_study_need(w->db, w->query->study, &w->study, err);

    if (code == HONE_OK) {
        code = check_count(w, err);
    }
    if (code == HONE_OK) {
        code = hone_space_rows_read(w->db, w->study, &w->arena, &w->space, err);
    }
    if (code == HONE_OK) {
        w->param = hone_arena_array(&w->arena, w->space.count, sizeof(*w->param));
        w->x_value = hone_arena_array(&w->arena, w->space.count, sizeof(*w->x_value));
        code = w->param == NULL || w->x_value == NULL ? no_memory(err)
                                                      : hone_fold_reader_init(&w->folds, w->db,
                                                            w->query->study, err);
    }
    if (code == HONE_OK) {
        code = compile(w, err);
    }
    if (code == HONE_OK) {
        code = prepare_trials(w, err);
    }
    return code == HONE_OK && w->query->with_folds ? hone_fold_reader_open(&w->folds, err)
                                                  : code;
}

/* ---- One row ---- */

static enum hone_code row_damaged(const struct walk *w, struct hone_err *err) {
    return hone_sql_damaged(w->db, err, "trial %lld of study '%s' is not as it was written",
        (long long)sqlite3_column_int64(w->trials, HONE_TRIAL_NUMBER), w->query->study);
}

/* All trials in their order are 0, 1, 2 …: an index that was damaged could show
 * one twice and hide another. */
static bool is_in_place(struct walk *w, int64_t number) {
    if (w->query->one) {
        return (uint64_t)number == w->query->number;
    }
    return !is_plain(w->query) || (uint64_t)number == w->number++;
}

static enum hone_code read_trial(struct walk *w, struct hone_trial_row *row,
    struct hone_trial_fields *in, struct hone_err *err) {
    if (!hone_trial_read(w->trials, w->space.count, w->x_value, in) ||
        !is_in_place(w, in->number)) {
        return row_damaged(w, err);
    }
    for (size_t p = 0; p < w->space.count; p++) {
        w->param[p] = hone_space_rows_cell(&w->space, p, w->x_value[p]);
    }
    *row = (struct hone_trial_row){
        .id = sqlite3_column_int64(w->trials, HONE_TRIAL_ID),
        .number = (uint64_t)in->number,
        .state = (enum hone_state)in->state,
        .value = in->value,
        .sem = in->sem,
        .started_ms = in->started_ms,
        .finished_ms = in->finished_ms,
        .seconds = in->seconds,
        .error = in->error,
        .part = in->part,
        .why = in->why,
        .mean = in->mean,
        .sd = in->sd,
        .acquisition = in->acquisition,
        .params = w->space.count,
        .param_name = w->space.name,
        .param = w->param,
        .x_value = w->x_value,
    };
    return HONE_OK;
}

/* ---- The walk ---- */

static enum hone_code read_row(struct walk *w, struct hone_trial_row *row, struct hone_err *err) {
    struct hone_trial_fields in;
    enum hone_code code = read_trial(w, row, &in, err);

    return code == HONE_OK && w->query->with_folds
               ? hone_fold_reader_read(&w->folds, w->trials, &in, row, err)
               : code;
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
    if (code == HONE_OK && is_plain(w->query) && !is_limited(w->query) && w->number != w->count) {
        code = hone_sql_damaged(w->db, err, "trial %llu of study '%s' cannot be found",
            (unsigned long long)w->number, w->query->study);
    }
    return code;
}

static void walk_finish(struct walk *w) {
    (void)sqlite3_finalize(w->trials);
    hone_clause_finish(&w->where);
    hone_clause_finish(&w->sort);
    hone_fold_reader_finish(&w->folds);
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

enum hone_code hone_db_curves(struct hone_db *db, const char *study, uint64_t number,
    hone_curve_visit *visit, void *self, struct hone_err *err) {
    struct hone_curves curves = {0};
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
        code = hone_curves_init(&curves, db, err);
    }
    if (code == HONE_OK) {
        code = hone_curves_visit(&curves, trial, visit, self, err);
    }
    hone_curves_finish(&curves);
    end(db, begun);
    return code;
}
