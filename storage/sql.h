/* The few steps that every statement takes, with SQLite's reasons turned into
 * sentences that name the file. */
#ifndef HONE_STORAGE_SQL_H
#define HONE_STORAGE_SQL_H

#include "engine/err.h"
#include "storage/db.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct hone_db {
    sqlite3 *sqlite;
    char *path;
    enum hone_db_mode mode;
    bool on_network;
    /* The study whose trials were counted last, and of which state of the file. */
    int64_t counted_study, counted_version;
    uint64_t counted;
    int version; /* of the file's schema; older than this program's in files that are read */
};

/* The sentence for the connection's last failure. */
enum hone_code hone_sql_fail(const struct hone_db *db, struct hone_err *err);

/* What to say about contents that cannot be: HONE_E_CORRUPT. */
enum hone_code hone_sql_damaged(const struct hone_db *db, struct hone_err *err,
    const char *format, ...) HONE_PRINTF(3, 4);

/* Statements without parameters and rows, separated by semicolons. */
HONE_MUST_CHECK enum hone_code hone_sql_exec(struct hone_db *db, const char *sql,
    struct hone_err *err);

HONE_MUST_CHECK enum hone_code hone_sql_prepare(struct hone_db *db, const char *sql,
    sqlite3_stmt **ret, struct hone_err *err);

/* Goes to the next row; ret_row is false after the last. */
HONE_MUST_CHECK enum hone_code hone_sql_next(struct hone_db *db, sqlite3_stmt *stmt,
    bool *ret_row, struct hone_err *err);

/* Runs a statement that has no rows and readies it for its next use. */
HONE_MUST_CHECK enum hone_code hone_sql_run(struct hone_db *db, sqlite3_stmt *stmt,
    struct hone_err *err);

/* The integer of a query's only row; 0 without a row. */
HONE_MUST_CHECK enum hone_code hone_sql_integer(struct hone_db *db, const char *sql,
    int64_t *ret, struct hone_err *err);

/* Binding; texts and blobs stay the caller's until the statement has run. They
 * cannot fail: nothing is copied, and the indices are ours. */
void hone_sql_bind_int(sqlite3_stmt *stmt, int index, int64_t value);
void hone_sql_bind_real(sqlite3_stmt *stmt, int index, double value);    /* NaN: NULL */
void hone_sql_bind_text(sqlite3_stmt *stmt, int index, const char *text); /* NULL: NULL */
void hone_sql_bind_blob(sqlite3_stmt *stmt, int index, const void *blob, size_t length);

double hone_sql_real(sqlite3_stmt *stmt, int column);      /* NULL: NaN */
const char *hone_sql_text(sqlite3_stmt *stmt, int column); /* NULL: NULL; until the next step */

/* A transaction that will write: takes the write lock at once, so that it
 * cannot fail halfway for another's sake. */
HONE_MUST_CHECK enum hone_code hone_sql_begin(struct hone_db *db, struct hone_err *err);

/* Commits when code is HONE_OK, else rolls back; returns what came of it. */
HONE_MUST_CHECK enum hone_code hone_sql_end(struct hone_db *db, enum hone_code code,
    struct hone_err *err);

/* Undoes the open transaction; does nothing when there is none. */
void hone_sql_roll_back(struct hone_db *db);

/* A transaction that only looks: all of its queries see one state. */
HONE_MUST_CHECK enum hone_code hone_sql_begin_read(struct hone_db *db, struct hone_err *err);
void hone_sql_end_read(struct hone_db *db);

#endif
