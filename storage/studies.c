/* Which studies there are, and how far they have come. */
#include "engine/alloc.h"
#include "engine/plan.h"
#include "storage/runner.h"
#include "storage/schema.h"
#include "storage/space_rows.h"
#include "storage/sql.h"
#include "storage/study_rows.h"
#include "storage/trial_rows.h"

#include <string.h>

/* Counts by state come from an index that has nothing else to read. */
static enum hone_code add_counts(struct hone_db *db, int64_t id, struct hone_study_row *row,
    uint64_t *ret_total, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    enum hone_code code = hone_sql_prepare(db,
        "SELECT state, count(*) FROM trial WHERE study = ? GROUP BY state", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    *ret_total = 0;
    hone_sql_bind_int(stmt, 1, id);
    while ((code = hone_sql_next(db, stmt, &more, err)) == HONE_OK && more) {
        int64_t state = sqlite3_column_int64(stmt, 0);

        if (state >= 0 && state <= (int64_t)HONE_FAILED) {
            row->count[state] = (uint64_t)sqlite3_column_int64(stmt, 1);
            *ret_total += row->count[state];
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

/* How many parameters a sound row has comes behind its columns. */
#define BEST_COLUMNS HONE_TRIAL_COLUMNS ", (SELECT count(*) FROM param WHERE study = t.study)"
enum { BEST_PARAMS = HONE_TRIAL_CHECKSUM + 1 };

static enum hone_code take_best(struct hone_db *db, sqlite3_stmt *stmt,
    struct hone_study_row *row, struct hone_err *err) {
    size_t params = (size_t)sqlite3_column_int64(stmt, BEST_PARAMS);
    double *x_value = hone_new_array(params, sizeof(*x_value));
    struct hone_trial_fields best;
    bool sound;

    if (x_value == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading study '%s': out of memory", row->name);
    }
    sound = hone_trial_read(stmt, params, x_value, &best);
    hone_free(x_value);
    row->has_best = true;
    row->best_number = (uint64_t)best.number;
    row->best_value = best.value;
    row->best_sem = best.sem;
    return sound ? HONE_OK
                 : hone_sql_damaged(db, err, "trial %llu of study '%s' is not as it was written",
                       (unsigned long long)row->best_number, row->name);
}

/* The best complete trial, the earlier on ties. */
static enum hone_code add_best(struct hone_db *db, int64_t id, struct hone_study_row *row,
    struct hone_err *err) {
    static const char lowest[] = "SELECT " BEST_COLUMNS
        " FROM trial t WHERE t.study = ?1 AND t.state = 2 AND t.value ="
        " (SELECT min(value) FROM trial WHERE study = ?1 AND state = 2) ORDER BY t.number LIMIT 1";
    static const char highest[] = "SELECT " BEST_COLUMNS
        " FROM trial t WHERE t.study = ?1 AND t.state = 2 AND t.value ="
        " (SELECT max(value) FROM trial WHERE study = ?1 AND state = 2) ORDER BY t.number LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    bool found = false;
    enum hone_code code = hone_sql_prepare(db, row->maximize ? highest : lowest, &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, id);
    code = hone_sql_next(db, stmt, &found, err);
    if (code == HONE_OK && found) {
        code = take_best(db, stmt, row, err);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code visit_study(struct hone_db *db, int64_t id, hone_study_visit *visit,
    void *self, bool *ret_go_on, struct hone_err *err) {
    struct hone_study_row row;
    sqlite3_stmt *stmt = NULL;
    uint64_t expected = 0;
    uint64_t total = 0;
    enum hone_code code = hone_study_read(db, id, &row, &expected, &stmt, err);

    if (code == HONE_OK) {
        code = add_counts(db, id, &row, &total, err);
    }
    if (code == HONE_OK && total != expected) {
        code = hone_sql_damaged(db, err, "it holds %llu of the %llu trials of study '%s'",
            (unsigned long long)total, (unsigned long long)expected, row.name);
    }
    if (code == HONE_OK) {
        code = hone_imported_read(db, id, &row.imported, err);
    }
    if (code == HONE_OK) {
        code = add_best(db, id, &row, err);
    }
    if (code == HONE_OK) {
        code = hone_runner_pid(db, id, &row.runner_pid, err);
    }
    if (code == HONE_OK) {
        *ret_go_on = visit(self, &row);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code visit_all(struct hone_db *db, hone_study_visit *visit, void *self,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    bool go_on = true;
    enum hone_code code = hone_sql_prepare(db, "SELECT id FROM study ORDER BY id", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    while (go_on && (code = hone_sql_next(db, stmt, &row, err)) == HONE_OK && row) {
        code = visit_study(db, sqlite3_column_int64(stmt, 0), visit, self, &go_on, err);
        if (code != HONE_OK) {
            break;
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_db_studies(struct hone_db *db, hone_study_visit *visit, void *self,
    struct hone_err *err) {
    enum hone_code code = hone_sql_begin_read(db, err);

    if (code == HONE_OK) {
        code = visit_all(db, visit, self, err);
        hone_sql_end_read(db);
    }
    return code;
}

enum hone_code hone_db_study(struct hone_db *db, const char *name, hone_study_visit *visit,
    void *self, struct hone_err *err) {
    int64_t id = 0;
    bool go_on = true;
    enum hone_code code = hone_sql_begin_read(db, err);

    if (code != HONE_OK) {
        return code;
    }
    code = hone_study_need(db, name, &id, err);
    if (code == HONE_OK) {
        code = visit_study(db, id, visit, self, &go_on, err);
    }
    hone_sql_end_read(db);
    return code;
}

enum hone_code hone_db_version(struct hone_db *db, int64_t *ret_version, struct hone_err *err) {
    return hone_sql_integer(db, "PRAGMA data_version", ret_version, err);
}

bool hone_db_name_is_free(const char *study) {
    return hone_plan_name_is_good(study) && !hone_schema_has(study) &&
           sqlite3_strnicmp(study, "sqlite_", strlen("sqlite_")) != 0;
}
