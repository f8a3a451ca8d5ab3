#include "storage/study_rows.h"

#include "engine/alloc.h"
#include "engine/buf.h"
#include "engine/clock.h"
#include "engine/problems.h"
#include "storage/schema.h"
#include "storage/space_rows.h"
#include "storage/study_view.h"
#include "storage/sum.h"

#include <string.h>

enum { NAME_LIMIT = 100 };

bool hone_db_name_is_free(const char *study) {
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strlen(study);

    return length >= 1 && length <= NAME_LIMIT && strspn(study, allowed) == length
        && sqlite3_strnicmp(study, "sqlite_", 7) != 0 && !hone_schema_has(study);
}

/* ---- Finding ---- */

enum hone_code hone_study_find(struct hone_db *db, const char *name, int64_t *ret_id,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db, "SELECT id FROM study WHERE name = ?", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_text(stmt, 1, name);
    code = hone_sql_next(db, stmt, &row, err);
    if (code == HONE_OK) {
        *ret_id = row ? sqlite3_column_int64(stmt, 0) : 0;
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

/* A file with many studies names only the best of the first so many. */
enum { NEAREST_AMONG = 1000 };

static enum hone_code read_names(struct hone_db *db, struct hone_arena *arena, const char **name,
    size_t *count, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db, "SELECT name FROM study ORDER BY id", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    while (*count < NEAREST_AMONG && (code = hone_sql_next(db, stmt, &row, err)) == HONE_OK && row
        && hone_sql_text(stmt, 0) != NULL) {
        name[*count] = hone_arena_text(arena, hone_sql_text(stmt, 0),
            (size_t)sqlite3_column_bytes(stmt, 0));
        if (name[*count] == NULL) {
            code = hone_fail(err, HONE_E_NOMEM, "reading the names of studies: out of memory");
            break;
        }
        ++*count;
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code fail_missing(struct hone_db *db, const char *wanted, struct hone_err *err) {
    struct hone_arena arena = {0};
    const char **name = hone_arena_array(&arena, NEAREST_AMONG, sizeof(*name));
    const char *nearest = NULL;
    size_t count = 0;
    enum hone_code code = HONE_OK;

    if (name == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "looking for study '%s': out of memory", wanted);
    }
    code = read_names(db, &arena, name, &count, err);
    if (code == HONE_OK) {
        nearest = hone_nearest(wanted, name, count);
        code = nearest != NULL
            ? hone_fail(err, HONE_E_MISSING, "database '%s' has no study '%s'; it has '%s'",
                db->path, wanted, nearest)
            : hone_fail(err, HONE_E_MISSING, "database '%s' has no study '%s'", db->path, wanted);
    }
    hone_arena_finish(&arena);
    return code;
}

enum hone_code hone_study_need(struct hone_db *db, const char *name, int64_t *ret_id,
    struct hone_err *err) {
    int64_t id = 0;
    enum hone_code code = hone_study_find(db, name, &id, err);

    if (code == HONE_OK && id == 0) {
        return fail_missing(db, name, err);
    }
    if (code == HONE_OK) {
        *ret_id = id;
    }
    return code;
}

/* ---- Checksums ---- */

static int64_t sum_study(const struct hone_study_row *row) {
    struct hone_sum sum = {0};

    hone_sum_text(&sum, row->name);
    hone_sum_text(&sum, row->spec_text);
    hone_sum_text(&sum, row->spec_file);
    hone_sum_text(&sum, row->folder);
    hone_sum_text(&sum, row->fingerprint);
    hone_sum_text(&sum, row->sampler);
    hone_sum_text(&sum, row->metric);
    hone_sum_text(&sum, row->data_hash);
    hone_sum_text(&sum, row->fold_hash);
    hone_sum_word(&sum, row->maximize);
    hone_sum_word(&sum, row->seed);
    hone_sum_word(&sum, row->parallel);
    hone_sum_word(&sum, row->folds);
    hone_sum_word(&sum, (uint64_t)row->created_ms);
    return hone_sum_end(&sum);
}

static int64_t sum_progress(int64_t study, const struct hone_progress *progress) {
    struct hone_sum sum = {0};

    hone_sum_word(&sum, (uint64_t)study);
    hone_sum_word(&sum, progress->trials);
    hone_sum_word(&sum, progress->budget);
    return hone_sum_end(&sum);
}

/* ---- Progress ---- */

enum hone_code hone_progress_read(struct hone_db *db, int64_t study, struct hone_progress *ret,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    struct hone_progress progress = {0};
    bool row = false;
    enum hone_code code = hone_sql_prepare(db,
        "SELECT trials, budget, checksum FROM progress WHERE study = ?", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, study);
    code = hone_sql_next(db, stmt, &row, err);
    if (code == HONE_OK) {
        progress.trials = (uint64_t)sqlite3_column_int64(stmt, 0);
        progress.budget = sqlite3_column_type(stmt, 1) == SQLITE_NULL
            ? UINT64_MAX : (uint64_t)sqlite3_column_int64(stmt, 1);
        if (!row || sum_progress(study, &progress) != sqlite3_column_int64(stmt, 2)) {
            code = hone_sql_damaged(db, err, "how far study %lld is does not fit its checksum",
                (long long)study);
        }
    }
    (void)sqlite3_finalize(stmt);
    if (code == HONE_OK) {
        *ret = progress;
    }
    return code;
}

enum hone_code hone_progress_write(struct hone_db *db, int64_t study,
    const struct hone_progress *progress, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(db,
        "INSERT INTO progress VALUES (?1, ?2, ?3, ?4) ON CONFLICT (study) DO UPDATE"
        " SET trials = ?2, budget = ?3, checksum = ?4", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, study);
    hone_sql_bind_int(stmt, 2, (int64_t)progress->trials);
    if (progress->budget != UINT64_MAX) {
        hone_sql_bind_int(stmt, 3, (int64_t)progress->budget);
    }
    hone_sql_bind_int(stmt, 4, sum_progress(study, progress));
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    return code;
}

/* ---- Creating ---- */

static const char *or_empty(const char *text) {
    return text == NULL ? "" : text;
}

static struct hone_study_row row_of(const struct hone_study *study) {
    return (struct hone_study_row){
        .name = study->name,
        .spec_text = or_empty(study->spec_text),
        .spec_file = or_empty(study->spec_file),
        .folder = or_empty(study->folder),
        .fingerprint = study->fingerprint,
        .sampler = or_empty(study->sampler),
        .metric = or_empty(study->metric),
        .data_hash = or_empty(study->data_hash),
        .fold_hash = or_empty(study->fold_hash),
        .maximize = study->maximize,
        .seed = study->seed,
        .parallel = study->parallel,
        .folds = study->folds,
        .created_ms = hone_clock_wall_ms(),
    };
}

/* Optuna's own row of the study, and what it calls the value. */
static enum hone_code insert_for_optuna(struct hone_db *db, const struct hone_study_row *row,
    int64_t *ret_id, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(db, "INSERT INTO studies(study_name) VALUES (?)", &stmt,
        err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_text(stmt, 1, row->name);
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    if (code != HONE_OK) {
        return code;
    }
    *ret_id = sqlite3_last_insert_rowid(db->sqlite);
    code = hone_sql_prepare(db,
        "INSERT INTO study_system_attributes(study_id, \"key\", value_json) VALUES"
        " (?1, 'study:metric_names', json_array(?2)),"
        " (?1, 'dashboard:objective_names', json_array(?2))", &stmt, err);
    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, *ret_id);
        hone_sql_bind_text(stmt, 2, row->metric);
        code = hone_sql_run(db, stmt, err);
        (void)sqlite3_finalize(stmt);
    }
    return code;
}

static enum hone_code insert_study(struct hone_db *db, int64_t id,
    const struct hone_study_row *row, int64_t space_sum, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(db,
        "INSERT INTO study VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, id);
    hone_sql_bind_text(stmt, 2, row->name);
    hone_sql_bind_text(stmt, 3, row->spec_text);
    hone_sql_bind_text(stmt, 4, row->spec_file);
    hone_sql_bind_text(stmt, 5, row->folder);
    hone_sql_bind_text(stmt, 6, row->fingerprint);
    hone_sql_bind_text(stmt, 7, row->sampler);
    hone_sql_bind_text(stmt, 8, row->metric);
    hone_sql_bind_int(stmt, 9, row->maximize);
    hone_sql_bind_int(stmt, 10, (int64_t)row->seed);
    hone_sql_bind_int(stmt, 11, (int64_t)row->parallel);
    hone_sql_bind_int(stmt, 12, (int64_t)row->folds);
    hone_sql_bind_text(stmt, 13, row->data_hash);
    hone_sql_bind_text(stmt, 14, row->fold_hash);
    hone_sql_bind_int(stmt, 15, row->created_ms);
    hone_sql_bind_int(stmt, 16, space_sum);
    hone_sql_bind_int(stmt, 17, sum_study(row));
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_study_create(struct hone_db *db, const struct hone_study *study,
    int64_t *ret_id, struct hone_err *err) {
    struct hone_study_row row = row_of(study);
    struct hone_progress progress = {.trials = 0, .budget = study->budget};
    int64_t space_sum = 0;
    int64_t id = 0;
    enum hone_code code = hone_space_rows_sum(study->space, &space_sum, err);

    if (code == HONE_OK) {
        code = insert_for_optuna(db, &row, &id, err);
    }
    if (code == HONE_OK) {
        code = insert_study(db, id, &row, space_sum, err);
    }
    if (code == HONE_OK) {
        code = hone_progress_write(db, id, &progress, err);
    }
    if (code == HONE_OK) {
        code = hone_space_rows_write(db, id, study->space, err);
    }
    if (code == HONE_OK) {
        code = hone_study_view_create(db, id, study->name, study->space, err);
    }
    if (code == HONE_OK) {
        *ret_id = id;
    }
    return code;
}

/* ---- Reading ---- */

static struct hone_study_row take_row(sqlite3_stmt *stmt) {
    return (struct hone_study_row){
        .name = hone_sql_text(stmt, 1),
        .spec_text = hone_sql_text(stmt, 2),
        .spec_file = hone_sql_text(stmt, 3),
        .folder = hone_sql_text(stmt, 4),
        .fingerprint = hone_sql_text(stmt, 5),
        .sampler = hone_sql_text(stmt, 6),
        .metric = hone_sql_text(stmt, 7),
        .maximize = sqlite3_column_int(stmt, 8) != 0,
        .seed = (uint64_t)sqlite3_column_int64(stmt, 9),
        .parallel = (uint64_t)sqlite3_column_int64(stmt, 10),
        .folds = (size_t)sqlite3_column_int64(stmt, 11),
        .data_hash = hone_sql_text(stmt, 12),
        .fold_hash = hone_sql_text(stmt, 13),
        .created_ms = sqlite3_column_int64(stmt, 14),
    };
}

enum hone_code hone_study_read(struct hone_db *db, int64_t id, struct hone_study_row *ret_row,
    uint64_t *ret_trials, sqlite3_stmt **ret_stmt, struct hone_err *err) {
    struct hone_progress progress = {0};
    bool row = false;
    enum hone_code code = hone_progress_read(db, id, &progress, err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(db, "SELECT * FROM study WHERE id = ?", ret_stmt, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(*ret_stmt, 1, id);
    code = hone_sql_next(db, *ret_stmt, &row, err);
    if (code != HONE_OK) {
        return code;
    }
    *ret_row = take_row(*ret_stmt);
    ret_row->budget = progress.budget;
    *ret_trials = progress.trials;
    if (!row || sum_study(ret_row) != sqlite3_column_int64(*ret_stmt, 16)) {
        return hone_sql_damaged(db, err, "the row of study %lld does not fit its checksum",
            (long long)id);
    }
    return HONE_OK;
}
