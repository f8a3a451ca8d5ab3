#include "storage/study_rows.h"

#include "engine/alloc.h"
#include "engine/buf.h"
#include "engine/clock.h"
#include "engine/problems.h"
#include "storage/space_rows.h"
#include "storage/study_view.h"
#include "storage/sum.h"

#include <string.h>

enum { NAMES_READ = 1000 };

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

/* The sentence for a name that nobody has, with the nearest that somebody has. */
static enum hone_code no_study(struct hone_db *db, const char *name, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    char nearest[128] = "";
    const char *best = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db, "SELECT name FROM study ORDER BY id DESC LIMIT ?",
        &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, NAMES_READ);
    while ((code = hone_sql_next(db, stmt, &row, err)) == HONE_OK && row && best == NULL) {
        const char *candidate = hone_sql_text(stmt, 0);

        best = candidate != NULL ? hone_nearest(name, &candidate, 1) : NULL;
        if (best != NULL) {
            (void)strncpy(nearest, best, sizeof(nearest) - 1);
        }
    }
    (void)sqlite3_finalize(stmt);
    if (code != HONE_OK) {
        return code;
    }
    return hone_fail(err, HONE_E_MISSING, "there is no study '%.120s' in '%s'%s%s%s", name,
        db->path, best != NULL ? "; did you mean '" : "", nearest, best != NULL ? "'?" : "");
}

enum hone_code hone_study_need(struct hone_db *db, const char *name, int64_t *ret_id,
    struct hone_err *err) {
    int64_t id = 0;
    enum hone_code code = hone_study_find(db, name, &id, err);

    if (code == HONE_OK && id == 0) {
        return no_study(db, name, err);
    }
    if (code == HONE_OK) {
        *ret_id = id;
    }
    return code;
}

/* ---- Creating and reading ---- */

static int64_t study_sum(const struct hone_study_row *row, int64_t space_sum) {
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
    hone_sum_word(&sum, (uint64_t)space_sum);
    return hone_sum_end(&sum);
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
    hone_sql_bind_int(stmt, 17, study_sum(row, space_sum));
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    return code;
}

/* Optuna's row of the study gives the id, and the metric's name to its plots. */
static enum hone_code insert_optuna(struct hone_db *db, const struct hone_study *study,
    int64_t *ret_id, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(db, "INSERT INTO studies(study_name) VALUES (?)", &stmt,
        err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_text(stmt, 1, study->name);
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    stmt = NULL;
    if (code == HONE_OK) {
        *ret_id = sqlite3_last_insert_rowid(db->sqlite);
        code = hone_sql_prepare(db,
            "INSERT INTO study_system_attributes(study_id, \"key\", value_json)"
            " VALUES (?1, 'study:metric_names', json_array(?2)),"
            " (?1, 'dashboard:objective_names', json_array(?2))", &stmt, err);
    }
    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, *ret_id);
        hone_sql_bind_text(stmt, 2, study->metric);
        code = hone_sql_run(db, stmt, err);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

/* The names of the classes as a JSON list, where Optuna keeps what users attach
 * to a study, so that its readers see them too. */
static enum hone_code insert_classes(struct hone_db *db, const struct hone_study *study,
    int64_t id, struct hone_err *err) {
    struct hone_buf names = {0};
    sqlite3_stmt *stmt = NULL;
    enum hone_code code;

    if (study->classes == 0) {
        return HONE_OK;
    }
    for (size_t k = 0; k < study->classes; k++) {
        hone_buf_add(&names, k == 0 ? "[" : ", ");
        hone_buf_add_json_text(&names, study->class_name[k]);
    }
    hone_buf_add(&names, "]");
    code = hone_buf_ok(&names, err);
    if (code == HONE_OK) {
        code = hone_sql_prepare(db,
            "INSERT INTO study_user_attributes(study_id, \"key\", value_json)"
            " VALUES (?, 'classes', ?)", &stmt, err);
    }
    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, id);
        hone_sql_bind_text(stmt, 2, hone_buf_text(&names));
        code = hone_sql_run(db, stmt, err);
    }
    (void)sqlite3_finalize(stmt);
    hone_buf_finish(&names);
    return code;
}

enum hone_code hone_study_create(struct hone_db *db, const struct hone_study *study,
    int64_t *ret_id, struct hone_err *err) {
    const struct hone_study_row row = {
        .name = study->name, .spec_text = study->spec_text, .spec_file = study->spec_file,
        .folder = study->folder, .fingerprint = study->fingerprint, .sampler = study->sampler,
        .metric = study->metric, .data_hash = study->data_hash, .fold_hash = study->fold_hash,
        .maximize = study->maximize, .seed = study->seed, .parallel = study->parallel,
        .folds = study->folds, .created_ms = hone_clock_wall_ms(),
    };
    const struct hone_progress progress = {.trials = 0, .budget = study->budget};
    int64_t id = 0;
    int64_t space_sum = 0;
    enum hone_code code = hone_space_rows_sum(study->space, &space_sum, err);

    if (code == HONE_OK) {
        code = insert_optuna(db, study, &id, err);
    }
    if (code == HONE_OK) {
        code = insert_classes(db, study, id, err);
    }
    if (code == HONE_OK) {
        code = insert_study(db, id, &row, space_sum, err);
    }
    if (code == HONE_OK) {
        code = hone_space_rows_write(db, id, study->space, err);
    }
    if (code == HONE_OK) {
        code = hone_study_view_create(db, id, study->name, study->space, err);
    }
    if (code == HONE_OK) {
        code = hone_progress_write(db, id, &progress, err);
    }
    if (code == HONE_OK) {
        *ret_id = id;
    }
    return code;
}

static bool has_all_texts(const struct hone_study_row *row) {
    return row->name != NULL && row->spec_text != NULL && row->spec_file != NULL &&
           row->folder != NULL && row->fingerprint != NULL && row->sampler != NULL &&
           row->metric != NULL && row->data_hash != NULL && row->fold_hash != NULL;
}

enum hone_code hone_study_read(struct hone_db *db, int64_t id, struct hone_study_row *ret_row,
    uint64_t *ret_trials, sqlite3_stmt **ret_stmt, struct hone_err *err) {
    struct hone_study_row row = {0};
    struct hone_progress progress;
    sqlite3_stmt *stmt = NULL;
    bool found = false;
    enum hone_code code = hone_progress_read(db, id, &progress, err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(db, "SELECT * FROM study WHERE id = ?", ret_stmt, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    stmt = *ret_stmt;
    hone_sql_bind_int(stmt, 1, id);
    code = hone_sql_next(db, stmt, &found, err);
    if (code != HONE_OK) {
        return code;
    }
    if (found) {
        row = (struct hone_study_row){
            .name = hone_sql_text(stmt, 1), .spec_text = hone_sql_text(stmt, 2),
            .spec_file = hone_sql_text(stmt, 3), .folder = hone_sql_text(stmt, 4),
            .fingerprint = hone_sql_text(stmt, 5), .sampler = hone_sql_text(stmt, 6),
            .metric = hone_sql_text(stmt, 7), .maximize = sqlite3_column_int(stmt, 8) != 0,
            .seed = (uint64_t)sqlite3_column_int64(stmt, 9),
            .parallel = (uint64_t)sqlite3_column_int64(stmt, 10),
            .folds = (size_t)sqlite3_column_int64(stmt, 11),
            .data_hash = hone_sql_text(stmt, 12), .fold_hash = hone_sql_text(stmt, 13),
            .created_ms = sqlite3_column_int64(stmt, 14), .budget = progress.budget,
        };
    }
    if (!found || !has_all_texts(&row) ||
        study_sum(&row, sqlite3_column_int64(stmt, 15)) != sqlite3_column_int64(stmt, 16)) {
        return hone_sql_damaged(db, err, "the row of study %lld is not as it was written",
            (long long)id);
    }
    *ret_row = row;
    *ret_trials = progress.trials;
    return HONE_OK;
}

/* ---- Progress ---- */

static int64_t progress_sum(int64_t study, const struct hone_progress *progress) {
    struct hone_sum sum = {0};

    hone_sum_word(&sum, (uint64_t)study);
    hone_sum_word(&sum, progress->trials);
    hone_sum_word(&sum, progress->budget);
    return hone_sum_end(&sum);
}

enum hone_code hone_progress_read(struct hone_db *db, int64_t study, struct hone_progress *ret,
    struct hone_err *err) {
    struct hone_progress progress = {0};
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    bool sound = false;
    enum hone_code code = hone_sql_prepare(db,
        "SELECT trials, budget, checksum FROM progress WHERE study = ?", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, study);
    code = hone_sql_next(db, stmt, &row, err);
    if (code == HONE_OK && row) {
        progress.trials = (uint64_t)sqlite3_column_int64(stmt, 0);
        progress.budget = sqlite3_column_type(stmt, 1) == SQLITE_NULL
                              ? UINT64_MAX
                              : (uint64_t)sqlite3_column_int64(stmt, 1);
        sound = progress_sum(study, &progress) == sqlite3_column_int64(stmt, 2);
    }
    (void)sqlite3_finalize(stmt);
    if (code == HONE_OK && !sound) {
        return hone_sql_damaged(db, err, "the progress of study %lld is not as it was written",
            (long long)study);
    }
    if (code == HONE_OK) {
        *ret = progress;
    }
    return code;
}

enum hone_code hone_progress_write(struct hone_db *db, int64_t study,
    const struct hone_progress *progress, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(db, "INSERT INTO progress VALUES (?, ?, ?, ?)"
        " ON CONFLICT (study) DO UPDATE SET trials = excluded.trials, budget = excluded.budget,"
        " checksum = excluded.checksum", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, study);
    hone_sql_bind_int(stmt, 2, (int64_t)progress->trials);
    if (progress->budget != UINT64_MAX) {
        hone_sql_bind_int(stmt, 3, (int64_t)progress->budget);
    }
    hone_sql_bind_int(stmt, 4, progress_sum(study, progress));
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    return code;
}

/* ---- Imported trials ---- */

static const char imported_key[] = "imported";

enum hone_code hone_imported_read(struct hone_db *db, int64_t study, uint64_t *ret,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db, "SELECT CAST(value_json AS INTEGER)"
        " FROM study_user_attributes WHERE study_id = ? AND \"key\" = ?", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, study);
    hone_sql_bind_text(stmt, 2, imported_key);
    code = hone_sql_next(db, stmt, &row, err);
    if (code == HONE_OK) {
        *ret = row ? (uint64_t)sqlite3_column_int64(stmt, 0) : 0;
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_imported_write(struct hone_db *db, int64_t study, uint64_t imported,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(db,
        "INSERT INTO study_user_attributes(study_id, \"key\", value_json) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (study_id, \"key\") DO UPDATE SET value_json = excluded.value_json", &stmt,
        err);

    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, study);
        hone_sql_bind_text(stmt, 2, imported_key);
        hone_sql_bind_int(stmt, 3, (int64_t)imported);
        code = hone_sql_run(db, stmt, err);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}
