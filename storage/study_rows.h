/* The row of a study, its progress, and the view that is named after it. */
#ifndef HONE_STORAGE_STUDY_ROWS_H
#define HONE_STORAGE_STUDY_ROWS_H

#include "storage/sql.h"

#include <stdint.h>

/* Id of the study of that name, letters' case aside; 0 when there is none. */
HONE_MUST_CHECK enum hone_code hone_study_find(struct hone_db *db, const char *name,
    int64_t *ret_id, struct hone_err *err);

/* The same; HONE_E_MISSING, with the nearest name there is, instead of 0. */
HONE_MUST_CHECK enum hone_code hone_study_need(struct hone_db *db, const char *name,
    int64_t *ret_id, struct hone_err *err);

/* Inserts everything that a new study has. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_study_create(struct hone_db *db,
    const struct hone_study *study, int64_t *ret_id, struct hone_err *err);

/* Deletes a study with all its rows and its view; HONE_E_BUSY while it runs. Inside a
 * transaction. */
HONE_MUST_CHECK enum hone_code hone_study_delete(struct hone_db *db, const char *name,
    struct hone_err *err);

/* Reads one row, its texts alive until the statement `stmt` steps on. The caller
 * finalizes *ret_stmt in any case. Counts, best and runner are not set. */
HONE_MUST_CHECK enum hone_code hone_study_read(struct hone_db *db, int64_t id,
    struct hone_study_row *ret_row, uint64_t *ret_trials, sqlite3_stmt **ret_stmt,
    struct hone_err *err);

/* ---- How many trials there are, how many are asked for ---- */

struct hone_progress {
    uint64_t trials;
    uint64_t budget; /* UINT64_MAX: open */
};

HONE_MUST_CHECK enum hone_code hone_progress_read(struct hone_db *db, int64_t study,
    struct hone_progress *ret, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_progress_write(struct hone_db *db, int64_t study,
    const struct hone_progress *progress, struct hone_err *err);

/* How many trials of the study were imported: for showing, and where Optuna's readers
 * see it too, among what users attach to a study. */
HONE_MUST_CHECK enum hone_code hone_imported_read(struct hone_db *db, int64_t study, uint64_t *ret,
    struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_imported_write(struct hone_db *db, int64_t study,
    uint64_t imported, struct hone_err *err);

#endif
