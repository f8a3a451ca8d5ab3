/* forge DATABASE TRIAL FOLD VALUE: gives the fold of that trial (its id) another
 * value, with the checksum that belongs to it, as a wrong computation would have. */
#include "storage/trial_rows.h"

#include <sqlite3.h>
#include <stdlib.h>

static int64_t forged_sum(sqlite3_stmt *stmt, double value) {
    const struct hone_fold_sum_input in = {
        .trial = sqlite3_column_int64(stmt, HONE_FOLD_TRIAL),
        .fold = sqlite3_column_int64(stmt, HONE_FOLD_FOLD),
        .outcome = sqlite3_column_int64(stmt, HONE_FOLD_OUTCOME),
        .started_ms = sqlite3_column_int64(stmt, HONE_FOLD_STARTED),
        .metric_sum = sqlite3_column_int64(stmt, HONE_FOLD_METRIC_SUM),
        .curve_sum = sqlite3_column_int64(stmt, HONE_FOLD_CURVE_SUM),
        .value = value,
        .seconds = hone_sql_real(stmt, HONE_FOLD_SECONDS),
        .error = hone_sql_text(stmt, HONE_FOLD_ERROR),
    };

    return hone_fold_sum(&in);
}

static int forge(sqlite3 *sqlite, char **argv) {
    double value = strtod(argv[4], NULL);
    sqlite3_stmt *look = NULL;
    sqlite3_stmt *change = NULL;
    int status = sqlite3_prepare_v2(sqlite,
        "SELECT " HONE_FOLD_COLUMNS " FROM fold f WHERE f.trial = ? AND f.fold = ?", -1, &look,
        NULL);

    if (status == SQLITE_OK) {
        status = sqlite3_prepare_v2(sqlite,
            "UPDATE fold SET value = ?, checksum = ? WHERE trial = ? AND fold = ?", -1, &change,
            NULL);
    }
    for (int i = 0; status == SQLITE_OK && i < 2; i++) {
        (void)sqlite3_bind_text(look, 1 + i, argv[2 + i], -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(change, 3 + i, argv[2 + i], -1, SQLITE_STATIC);
    }
    if (status == SQLITE_OK && sqlite3_step(look) == SQLITE_ROW) {
        (void)sqlite3_bind_double(change, 1, value);
        (void)sqlite3_bind_int64(change, 2, forged_sum(look, value));
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
