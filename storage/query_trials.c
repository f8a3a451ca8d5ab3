/* Trials as rows. Parameters and folds stand in them; errors and metrics of folds
 * come from cursors that run beside the trials, so that the usual walk, by
 * number, reads every table once from front to end. */
#include "engine/alloc.h"
#include "storage/curves.h"
#include "storage/space_rows.h"
#include "storage/study_rows.h"
#include "storage/trial_rows.h"
#include "storage/where.h"

#include <math.h>
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
    const char *name;
    double sum;
    size_t count;
};

/* The checksum of a fold's metrics: as its row says, and of those read. */
struct detail {
    int64_t expected;
    struct hone_sum read;
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
    struct cursor details, metrics;
    struct hone_cell *param; /* (space.count) */
    double *x_value;         /* (space.count) */
    size_t fold_room;
    struct hone_fold_row *fold; /* (fold_room) */
    struct detail *detail;      /* (fold_room) */
    uint64_t count;             /* trials of the study */
    uint64_t number;            /* of the next trial, while they come in order */
    size_t sum_count;
    struct metric_sum sum[HONE_METRIC_LIMIT + 1]; /* the last: of one that is left out */
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

static enum hone_code prepare_cursors(struct walk *w, struct hone_err *err) {
    enum hone_code code = hone_sql_prepare(w->db,
        "SELECT " HONE_DETAIL_COLUMNS " FROM fold_detail d WHERE d.trial >= ?"
        " ORDER BY d.trial, d.fold", &w->details.stmt, err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(w->db, "SELECT trial, fold, name, value FROM metric"
            " WHERE trial >= ? ORDER BY trial, fold, position", &w->metrics.stmt, err);
    }
    return code;
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
                                                      : read_metric_names(w, err);
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

static enum hone_code make_fold_room(struct walk *w, size_t count, struct hone_err *err) {
    size_t room = w->fold_room == 0 ? 8 : 2 * w->fold_room;
    struct hone_fold_row *fold;
    struct detail *detail;

    if (count < w->fold_room) {
        return HONE_OK;
    }
    fold = hone_resize(w->fold, room, sizeof(*fold));
    w->fold = fold != NULL ? fold : w->fold;
    detail = hone_resize(w->detail, room, sizeof(*detail));
    w->detail = detail != NULL ? detail : w->detail;
    if (fold == NULL || detail == NULL) {
        return no_memory(err);
    }
    w->fold_room = room;
    return HONE_OK;
}

static enum hone_code add_fold(struct walk *w, size_t at, size_t f,
    const struct hone_packed_fold *packed, struct hone_err *err) {
    enum hone_code code = make_fold_room(w, at, err);

    if (code == HONE_OK) {
        w->detail[at] = (struct detail){0};
        w->fold[at] = (struct hone_fold_row){
            .fold = f,
            .outcome = isnan(packed->value) ? HONE_OUTCOME_FAILED : HONE_OUTCOME_VALUE,
            .value = packed->value,
            .seconds = packed->seconds,
            .started_ms = packed->started_ms,
        };
    }
    return code;
}

static enum hone_code read_folds(struct walk *w, const struct hone_trial_fields *in,
    struct hone_trial_row *row, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    row->folds = 0;
    for (size_t f = 0; f < hone_trial_fold_count(in) && code == HONE_OK; f++) {
        const struct hone_packed_fold fold = hone_fold_at(in->folds, f);

        if (fold.has_run) {
            code = add_fold(w, row->folds++, f, &fold, err);
        }
    }
    row->fold = w->fold;
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
static enum hone_code take_detail(struct walk *w, const struct hone_detail_fields *in,
    const struct hone_trial_row *row, struct hone_err *err) {
    size_t at = find_fold(row, in->fold);

    if (at == row->folds) {
        return HONE_OK;
    }
    w->detail[at].expected = in->metric_sum;
    if (in->error != NULL) {
        w->fold[at].error = hone_arena_text(&w->scratch, in->error, strlen(in->error));
    }
    return in->error != NULL && w->fold[at].error == NULL ? no_memory(err) : HONE_OK;
}

static enum hone_code read_details(struct walk *w, int64_t trial, const struct hone_trial_row *row,
    struct hone_err *err) {
    int64_t expected = sqlite3_column_int64(w->trials, HONE_TRIAL_DETAIL_CHECKSUM);
    int64_t found = 0;
    enum hone_code code = go_to(w, &w->details, trial, err);

    while (code == HONE_OK && is_at(&w->details, trial)) {
        struct hone_detail_fields in;

        if (!hone_detail_read(w->details.stmt, &in)) {
            return row_damaged(w, err);
        }
        found = hone_detail_sum_add(found, hone_detail_sum(&in));
        code = take_detail(w, &in, row, err);
        if (code == HONE_OK) {
            code = advance(w, &w->details, err);
        }
    }
    return code == HONE_OK && found != expected ? row_damaged(w, err) : code;
}

/* ---- Metrics ---- */

static int compare_ids(const void *a, const void *b) {
    int64_t x = ((const struct metric_name *)a)->id;
    int64_t y = ((const struct metric_name *)b)->id;

    return (x > y) - (x < y);
}

/* NULL: no such metric. */
static const char *find_name(const struct walk *w, int64_t id) {
    struct metric_name key = {.id = id};
    const struct metric_name *found = bsearch(&key, w->metric_name, w->metric_names, sizeof(key),
        compare_ids);

    return found == NULL ? NULL : found->name;
}

/* Folds name the same metrics in the same order, so that the sum is most often
 * the one after the last. More than a result can have are left out. NULL: there
 * is no such metric. */
static struct metric_sum *find_sum(struct walk *w, int64_t id, size_t guess) {
    const char *name;

    if (guess < w->sum_count && w->sum[guess].id == id) {
        return &w->sum[guess];
    }
    for (size_t i = 0; i < w->sum_count; i++) {
        if (w->sum[i].id == id) {
            return &w->sum[i];
        }
    }
    name = find_name(w, id);
    if (name == NULL) {
        return NULL;
    }
    w->sum[w->sum_count] = (struct metric_sum){.id = id, .name = name};
    return &w->sum[w->sum_count < HONE_METRIC_LIMIT ? w->sum_count++ : w->sum_count];
}

/* As avg() in the conditions: a fold whose metric is no number does not count. */
static void add_to_sum(struct metric_sum *sum, double value) {
    if (!isnan(value)) {
        sum->sum += value;
        sum->count++;
    }
}

/* The fold that a metric's row belongs to, not before `from`; folds: none. */
static size_t fold_of(const struct walk *w, size_t folds, size_t from) {
    size_t fold = (size_t)sqlite3_column_int64(w->metrics.stmt, 1);

    while (from < folds && w->fold[from].fold != fold) {
        from++;
    }
    return from;
}

static enum hone_code add_metrics(struct walk *w, int64_t trial, size_t folds,
    struct hone_err *err) {
    sqlite3_stmt *stmt = w->metrics.stmt;
    size_t guess = 0;
    size_t at = 0;
    enum hone_code code = go_to(w, &w->metrics, trial, err);

    w->sum_count = 0;
    while (code == HONE_OK && is_at(&w->metrics, trial)) {
        struct metric_sum *sum = find_sum(w, sqlite3_column_int64(stmt, 2), guess);
        double value = hone_sql_real(stmt, 3);

        at = fold_of(w, folds, at);
        if (sum == NULL || at == folds) {
            return row_damaged(w, err);
        }
        add_to_sum(sum, value);
        hone_metric_sum_add(&w->detail[at].read, sum->name, value);
        guess = (size_t)(sum - w->sum) + 1;
        guess = guess < w->sum_count ? guess : 0;
        code = advance(w, &w->metrics, err);
    }
    return code;
}

static enum hone_code read_metrics(struct walk *w, int64_t trial, struct hone_trial_row *row,
    struct hone_err *err) {
    enum hone_code code = add_metrics(w, trial, row->folds, err);

    for (size_t f = 0; f < row->folds && code == HONE_OK; f++) {
        if (hone_sum_end(&w->detail[f].read) != w->detail[f].expected) {
            code = row_damaged(w, err);
        }
    }
    row->metrics = w->sum_count;
    row->metric = w->metric;
    for (size_t i = 0; i < row->metrics; i++) {
        const struct metric_sum *sum = &w->sum[i];

        size_t length = strnlen(sum->name, HONE_METRIC_NAME - 1);

        memcpy(w->metric[i].name, sum->name, length);
        w->metric[i].name[length] = '\0';
        w->metric[i].value = sum->count > 0 ? sum->sum / (double)sum->count : (double)NAN;
    }
    return code;
}

/* ---- The walk ---- */

static enum hone_code read_row(struct walk *w, struct hone_trial_row *row, struct hone_err *err) {
    struct hone_trial_fields in;
    enum hone_code code = read_trial(w, row, &in, err);
    int64_t id;

    if (code != HONE_OK || !w->query->with_folds) {
        return code;
    }
    id = sqlite3_column_int64(w->trials, HONE_TRIAL_ID);
    hone_arena_reset(&w->scratch);
    code = read_folds(w, &in, row, err);
    if (code == HONE_OK) {
        code = read_details(w, id, row, err);
    }
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
    if (code == HONE_OK && is_plain(w->query) && !is_limited(w->query) && w->number != w->count) {
        code = hone_sql_damaged(w->db, err, "trial %llu of study '%s' cannot be found",
            (unsigned long long)w->number, w->query->study);
    }
    return code;
}

static void walk_finish(struct walk *w) {
    (void)sqlite3_finalize(w->trials);
    (void)sqlite3_finalize(w->details.stmt);
    (void)sqlite3_finalize(w->metrics.stmt);
    hone_clause_finish(&w->where);
    hone_clause_finish(&w->sort);
    hone_free(w->fold);
    hone_free(w->detail);
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
        code = hone_curves_visit(db, trial, visit, self, err);
    }
    end(db, begun);
    return code;
}
