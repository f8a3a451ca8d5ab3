/* forge DATABASE TRIAL FOLD VALUE: gives the fold of that trial (its id) another
 * value, with the checksum that belongs to it, as a wrong computation would have. */
#include "storage/trial_rows.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { PARAM_LIMIT = 64, FOLD_LIMIT = 64 };

/* The row's folds with one value another, and the checksum of a row that has them. */
static size_t forge_folds(sqlite3_stmt *look, size_t fold, double value, unsigned char *ret_folds,
    int64_t *ret_sum) {
    double x_value[PARAM_LIMIT];
    struct hone_trial_fields row;
    struct hone_packed_fold packed;

    if (!hone_trial_read(look, (size_t)sqlite3_column_int(look, HONE_TRIAL_CHECKSUM + 1), x_value,
            &row) || fold >= hone_trial_fold_count(&row) ||
        row.fold_bytes > FOLD_LIMIT * HONE_FOLD_BYTES) {
        return 0;
    }
    memcpy(ret_folds, row.folds, row.fold_bytes);
    packed = hone_fold_at(row.folds, fold);
    packed.value = value;
    hone_fold_pack(&packed, ret_folds + fold * HONE_FOLD_BYTES);
    row.folds = ret_folds;
    *ret_sum = hone_trial_sum(&row);
    return row.fold_bytes;
}

static int forge(sqlite3 *sqlite, char **argv) {
    unsigned char folds[FOLD_LIMIT * HONE_FOLD_BYTES];
    sqlite3_stmt *look = NULL;
    sqlite3_stmt *change = NULL;
    int64_t sum = 0;
    size_t bytes = 0;
    int status = sqlite3_prepare_v2(sqlite, "SELECT " HONE_TRIAL_COLUMNS
        ", (SELECT count(*) FROM param WHERE study = t.study) FROM trial t WHERE t.id = ?", -1,
        &look, NULL);

    if (status == SQLITE_OK) {
        status = sqlite3_prepare_v2(sqlite,
            "UPDATE trial SET folds = ?2, checksum = ?3 WHERE id = ?1", -1, &change, NULL);
    }
    if (status == SQLITE_OK) {
        (void)sqlite3_bind_text(look, 1, argv[2], -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(change, 1, argv[2], -1, SQLITE_STATIC);
    }
    if (status == SQLITE_OK && sqlite3_step(look) == SQLITE_ROW) {
        bytes = forge_folds(look, (size_t)atoi(argv[3]), strtod(argv[4], NULL), folds, &sum);
    }
    if (bytes > 0) {
        (void)sqlite3_bind_blob(change, 2, folds, (int)bytes, SQLITE_STATIC);
        (void)sqlite3_bind_int64(change, 3, sum);
        (void)sqlite3_reset(look);
        status = sqlite3_step(change);
    }
    (void)sqlite3_finalize(look);
    (void)sqlite3_finalize(change);
    return status == SQLITE_DONE ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv) {
    sqlite3 *sqlite = NULL;
    int status = EXIT_FAILURE;

    if (argc == 5 && sqlite3_open(argv[1], &sqlite) == SQLITE_OK) {
        status = forge(sqlite, argv);
    }
    (void)sqlite3_close(sqlite);
    return status;
}
