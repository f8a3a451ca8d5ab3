/* The studies of one database, taken into another in one transaction. Rows go over as
 * they are, but for the ids in them and the checksums over those ids.
 *
 * A study that both have may be one search at two moments: then the later moment is
 * kept. It is the later one when every finished trial of the other is in it, the same
 * point with the same value under the same number. */
#include "engine/alloc.h"
#include "storage/db.h"
#include "storage/insight_rows.h"
#include "storage/space_rows.h"
#include "storage/sql.h"
#include "storage/study_rows.h"
#include "storage/study_view.h"
#include "storage/trial_rows.h"

#include <string.h>

struct merging {
    struct hone_db *to, *from;
    bool skip;
    hone_merge_visit *visit;
    void *self;
    struct hone_arena arena; /* a study's */
    /* of the study in hand */
    int64_t from_study, to_study;
    struct hone_study_row row; /* as in `from` */
    sqlite3_stmt *row_stmt;    /* which keeps its texts */
    uint64_t trials;
};

/* ---- Rows as they are ---- */

/* All rows that the query has for id, into the insertion; the first column, an id,
 * becomes new_id. */
static enum hone_code copy_rows(const struct merging *m, const char *select, const char *insert,
    int64_t id, int64_t new_id, struct hone_err *err) {
    sqlite3_stmt *from = NULL;
    sqlite3_stmt *to = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(m->from, select, &from, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(from, 1, id);
        code = hone_sql_prepare(m->to, insert, &to, err);
    }
    while (code == HONE_OK && (code = hone_sql_next(m->from, from, &row, err)) == HONE_OK && row) {
        hone_sql_bind_int(to, 1, new_id);
        for (int i = 1; i < sqlite3_column_count(from); i++) {
            (void)sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
        }
        code = hone_sql_run(m->to, to, err);
    }
    (void)sqlite3_finalize(from);
    (void)sqlite3_finalize(to);
    return code;
}

struct copy {
    const char *select, *insert;
};

static enum hone_code copy_all(const struct merging *m, const struct copy *copy, size_t count,
    int64_t id, int64_t new_id, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; i < count && code == HONE_OK; i++) {
        code = copy_rows(m, copy[i].select, copy[i].insert, id, new_id, err);
    }
    return code;
}

/* ---- Trials ---- */

static enum hone_code copy_details(const struct merging *m, int64_t id, int64_t new_id,
    struct hone_err *err) {
    static const struct copy copies[] = {
        {"SELECT * FROM fold_detail WHERE trial = ? ORDER BY fold",
            "INSERT INTO fold_detail VALUES (?, ?, ?, ?, ?, ?)"},
        {"SELECT trial, fold, position, (SELECT name FROM metric_name WHERE id = metric.name),"
         " value FROM metric WHERE trial = ? ORDER BY fold, position",
            "INSERT INTO metric VALUES"
            " (?1, ?2, ?3, (SELECT id FROM metric_name WHERE name = ?4), ?5)"},
        {"SELECT trial, fold, epoch, train_loss, valid_loss, rate FROM curve WHERE trial = ?"
         " ORDER BY fold, epoch",
            "INSERT INTO curve VALUES (?, ?, ?, ?, ?, ?)"},
    };

    return copy_all(m, copies, sizeof(copies) / sizeof(copies[0]), id, new_id, err);
}

struct trial_copy {
    sqlite3_stmt *select, *insert;
    size_t params;
    double *x_value; /* (params) room for a point */
};

/* Whoever runs it runs it in the other file: here it waits. */
static enum hone_code copy_trial(const struct merging *m, const struct trial_copy *t,
    struct hone_err *err) {
    struct hone_trial_fields in;
    int64_t id = sqlite3_column_int64(t->select, HONE_TRIAL_ID);
    int64_t new_id;
    enum hone_code code;

    if (!hone_trial_read(t->select, t->params, t->x_value, &in)) {
        return hone_sql_damaged(m->from, err, "trial %lld of study '%s' is not as it was written",
            (long long)sqlite3_column_int64(t->select, HONE_TRIAL_NUMBER), m->row.name);
    }
    in.study = m->to_study;
    in.state = in.state == HONE_RUNNING ? HONE_WAITING : in.state;
    for (int i = HONE_TRIAL_NUMBER; i < HONE_TRIAL_CHECKSUM; i++) {
        (void)sqlite3_bind_value(t->insert, i, sqlite3_column_value(t->select, i));
    }
    hone_sql_bind_int(t->insert, HONE_TRIAL_STUDY, in.study);
    hone_sql_bind_int(t->insert, HONE_TRIAL_STATE, in.state);
    hone_sql_bind_int(t->insert, HONE_TRIAL_CHECKSUM, hone_trial_sum(&in));
    code = hone_sql_run(m->to, t->insert, err);
    new_id = sqlite3_last_insert_rowid(m->to->sqlite);
    if (code == HONE_OK) {
        code = copy_details(m, id, new_id, err);
    }
    return code == HONE_OK && in.state == HONE_WAITING
               ? hone_details_forget_unfinished(m->to, new_id, in.folds,
                     hone_trial_fold_count(&in), err)
               : code;
}

static enum hone_code prepare_trials(const struct merging *m, struct trial_copy *t,
    struct hone_err *err) {
    enum hone_code code = hone_sql_prepare(m->from, "SELECT " HONE_TRIAL_COLUMNS
        " FROM trial t WHERE t.study = ? ORDER BY t.number", &t->select, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(t->select, 1, m->from_study);
        code = hone_sql_prepare(m->to, "INSERT INTO trial(study, number, state, value, sem,"
            " folds_done, seconds, started_ms, finished_ms, part, why, mean, sd, acquisition,"
            " error, " HONE_POINT_SQL ", folds, detail_checksum, checksum)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " ?)", &t->insert, err);
    }
    return code;
}

static enum hone_code copy_trials(const struct merging *m, size_t params, struct hone_err *err) {
    struct trial_copy t = {.params = params, .x_value = hone_new_array(params, sizeof(double))};
    bool row = false;
    enum hone_code code = t.x_value != NULL ? prepare_trials(m, &t, err)
        : hone_fail(err, HONE_E_NOMEM, "copying study '%s': out of memory", m->row.name);

    while (code == HONE_OK && (code = hone_sql_next(m->from, t.select, &row, err)) == HONE_OK &&
           row) {
        code = copy_trial(m, &t, err);
    }
    (void)sqlite3_finalize(t.select);
    (void)sqlite3_finalize(t.insert);
    hone_free(t.x_value);
    return code;
}

/* ---- A study ---- */

/* Optuna's row gives the id. Notes that its dashboard attached to a trial name that
 * trial by its id, which is another here: they stay behind. */
static enum hone_code copy_optuna(struct merging *m, struct hone_err *err) {
    static const struct copy attributes[] = {
        {"SELECT study_id, \"key\", value_json FROM study_user_attributes WHERE study_id = ?",
            "INSERT INTO study_user_attributes(study_id, \"key\", value_json) VALUES (?, ?, ?)"},
        {"SELECT study_id, \"key\", value_json FROM study_system_attributes WHERE study_id = ?"
         " AND \"key\" NOT GLOB 'dashboard:[0-9]*'",
            "INSERT INTO study_system_attributes(study_id, \"key\", value_json) VALUES (?, ?, ?)"},
    };
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(m->to, "INSERT INTO studies(study_name) VALUES (?)",
        &stmt, err);

    if (code == HONE_OK) {
        hone_sql_bind_text(stmt, 1, m->row.name);
        code = hone_sql_run(m->to, stmt, err);
    }
    (void)sqlite3_finalize(stmt);
    m->to_study = sqlite3_last_insert_rowid(m->to->sqlite);
    return code == HONE_OK ? copy_all(m, attributes, 2, m->from_study, m->to_study, err) : code;
}

static enum hone_code copy_head(const struct merging *m, struct hone_err *err) {
    static const struct copy copies[] = {
        {"SELECT * FROM study WHERE id = ?", "INSERT INTO study VALUES"
         " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {"SELECT * FROM param WHERE study = ? ORDER BY position",
            "INSERT INTO param VALUES (?, ?, ?, ?, ?)"},
        {"SELECT * FROM choice WHERE study = ? ORDER BY param, position",
            "INSERT INTO choice VALUES (?, ?, ?, ?, ?)"},
    };

    return copy_all(m, copies, 3, m->from_study, m->to_study, err);
}

/* Names of metrics have no study; those that are not known get a row. */
static enum hone_code copy_metric_names(const struct merging *m, struct hone_err *err) {
    return copy_rows(m, "SELECT id, name FROM metric_name WHERE id > ? ORDER BY id",
        "INSERT OR IGNORE INTO metric_name(name) SELECT ?2 WHERE ?1 = 0", 0, 0, err);
}

static enum hone_code copy_study(struct merging *m, struct hone_err *err) {
    struct hone_space_rows rows = {0};
    struct hone_space space = {0};
    const struct hone_progress progress = {.trials = m->trials, .budget = m->row.budget};
    enum hone_code code = hone_space_rows_read(m->from, m->from_study, &m->arena, &rows, err);

    if (code == HONE_OK) {
        code = hone_space_rows_outline(&rows, &m->arena, &space, err);
    }
    if (code == HONE_OK) {
        code = copy_optuna(m, err);
    }
    if (code == HONE_OK) {
        code = copy_head(m, err);
    }
    if (code == HONE_OK) {
        code = hone_study_view_create(m->to, m->to_study, m->row.name, &space, err);
    }
    if (code == HONE_OK) {
        code = hone_progress_write(m->to, m->to_study, &progress, err);
    }
    if (code == HONE_OK) {
        code = hone_insights_copy(m->from, m->row.name, m->to, m->to_study, err);
    }
    if (code == HONE_OK) {
        code = copy_metric_names(m, err);
    }
    return code == HONE_OK ? copy_trials(m, rows.count, err) : code;
}

/* ---- A study that both have ---- */

/* What each side has that the other lacks, and whether they went different ways. */
struct difference {
    bool to_has_more, from_has_more, apart;
};

static bool is_same_column(sqlite3_stmt *a, sqlite3_stmt *b, int column) {
    int bytes = sqlite3_column_bytes(a, column);

    return sqlite3_column_type(a, column) == sqlite3_column_type(b, column) &&
           bytes == sqlite3_column_bytes(b, column) &&
           (bytes == 0 ||
               memcmp(sqlite3_column_blob(a, column), sqlite3_column_blob(b, column),
                   (size_t)bytes) == 0);
}

/* The columns of HONE_POINT_SQL, from the third on. */
static bool is_same_point(sqlite3_stmt *a, sqlite3_stmt *b) {
    bool same = true;

    for (int column = 2; same && column < sqlite3_column_count(a); column++) {
        same = is_same_column(a, b, column);
    }
    return same;
}

static void compare_trials(sqlite3_stmt *to, sqlite3_stmt *from, struct difference *d) {
    bool to_is_done = hone_state_is_finished((enum hone_state)sqlite3_column_int(to, 0));
    bool from_is_done = hone_state_is_finished((enum hone_state)sqlite3_column_int(from, 0));
    bool same = is_same_point(to, from);

    if (to_is_done && from_is_done) {
        same = same && sqlite3_column_int(to, 0) == sqlite3_column_int(from, 0) &&
               is_same_column(to, from, 1);
    }
    d->apart = d->apart || !same;
    d->to_has_more = d->to_has_more || (to_is_done && !from_is_done);
    d->from_has_more = d->from_has_more || (from_is_done && !to_is_done);
}

static enum hone_code walk_both(const struct merging *m, sqlite3_stmt *to, sqlite3_stmt *from,
    struct difference *ret, struct hone_err *err) {
    bool in_to = true;
    bool in_from = true;
    enum hone_code code = HONE_OK;

    while (code == HONE_OK && !ret->apart) {
        code = hone_sql_next(m->to, to, &in_to, err);
        if (code == HONE_OK) {
            code = hone_sql_next(m->from, from, &in_from, err);
        }
        if (code != HONE_OK || !in_to || !in_from) {
            break;
        }
        compare_trials(to, from, ret);
    }
    ret->to_has_more = ret->to_has_more || (in_to && !in_from);
    ret->from_has_more = ret->from_has_more || (in_from && !in_to);
    return code;
}

static enum hone_code compare(const struct merging *m, struct difference *ret,
    struct hone_err *err) {
    static const char sql[] =
        "SELECT state, value, " HONE_POINT_SQL " FROM trial WHERE study = ? ORDER BY number";
    sqlite3_stmt *to = NULL;
    sqlite3_stmt *from = NULL;
    enum hone_code code = hone_sql_prepare(m->to, sql, &to, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(to, 1, m->to_study);
        code = hone_sql_prepare(m->from, sql, &from, err);
    }
    if (code == HONE_OK) {
        hone_sql_bind_int(from, 1, m->from_study);
        code = walk_both(m, to, from, ret, err);
    }
    (void)sqlite3_finalize(to);
    (void)sqlite3_finalize(from);
    return code;
}

static bool is_same_search(const struct hone_study_row *a, const struct hone_study_row *b) {
    return strcmp(a->name, b->name) == 0 && strcmp(a->fingerprint, b->fingerprint) == 0 &&
           strcmp(a->data_hash, b->data_hash) == 0 && strcmp(a->fold_hash, b->fold_hash) == 0;
}

/* What is to become of a study that is in both. */
static enum hone_code judge(const struct merging *m, uint64_t *ret_trials,
    enum hone_merge_what *ret_what, struct hone_err *err) {
    struct hone_study_row row;
    struct difference difference = {0};
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_study_read(m->to, m->to_study, &row, ret_trials, &stmt, err);

    *ret_what = HONE_MERGE_CONFLICT;
    if (code == HONE_OK && is_same_search(&row, &m->row)) {
        code = compare(m, &difference, err);
        if (!difference.apart && !(difference.to_has_more && difference.from_has_more)) {
            *ret_what = difference.from_has_more ? HONE_MERGE_REPLACED : HONE_MERGE_KEPT;
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

/* ---- All of them ---- */

static enum hone_code merge_study(struct merging *m, struct hone_err *err) {
    enum hone_merge_what what = HONE_MERGE_COPIED;
    uint64_t trials = 0;
    enum hone_code code = hone_study_read(m->from, m->from_study, &m->row, &m->trials,
        &m->row_stmt, err);

    if (code == HONE_OK) {
        code = hone_study_find(m->to, m->row.name, &m->to_study, err);
    }
    if (code == HONE_OK && m->to_study != 0) {
        code = judge(m, &trials, &what, err);
    }
    if (code == HONE_OK && what == HONE_MERGE_CONFLICT && !m->skip) {
        return hone_fail(err, HONE_E_DIFFERS, "study '%s' is in both databases and is not the same"
            " search, or went different ways; --skip leaves it out, 'hone import' takes its trials"
            " as history", m->row.name);
    }
    if (code == HONE_OK && what == HONE_MERGE_REPLACED) {
        code = hone_study_delete(m->to, m->row.name, err);
    }
    if (code == HONE_OK && (what == HONE_MERGE_COPIED || what == HONE_MERGE_REPLACED)) {
        code = copy_study(m, err);
    }
    if (code == HONE_OK) {
        m->visit(m->self, m->row.name, what, trials, m->trials);
    }
    return code;
}

static enum hone_code merge_studies(struct merging *m, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(m->from, "SELECT id FROM study ORDER BY id", &stmt, err);

    while (code == HONE_OK && (code = hone_sql_next(m->from, stmt, &row, err)) == HONE_OK && row) {
        m->from_study = sqlite3_column_int64(stmt, 0);
        hone_arena_reset(&m->arena);
        code = merge_study(m, err);
        (void)sqlite3_finalize(m->row_stmt);
        m->row_stmt = NULL;
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static void hear_complaint(void *self, const char *sentence) {
    (void)self;
    (void)sentence;
}

/* Sums over metrics and curves go over as they are: they must be right. */
static enum hone_code refuse_damaged(struct hone_db *from, struct hone_err *err) {
    struct hone_census census = {0};
    enum hone_code code = hone_db_check(from, hear_complaint, NULL, &census, err);

    return code == HONE_OK && census.complaints > 0
               ? hone_sql_damaged(from, err, "'hone db check' says where") : code;
}

enum hone_code hone_db_merge(struct hone_db *to, struct hone_db *from, bool skip,
    hone_merge_visit *visit, void *self, struct hone_err *err) {
    struct merging m = {.to = to, .from = from, .skip = skip, .visit = visit, .self = self};
    enum hone_code code = refuse_damaged(from, err);

    if (code == HONE_OK) {
        code = hone_sql_begin_read(from, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    code = hone_sql_begin(to, err);
    if (code == HONE_OK) {
        code = hone_sql_end(to, merge_studies(&m, err), err);
    }
    hone_sql_end_read(from);
    hone_arena_finish(&m.arena);
    return code;
}
