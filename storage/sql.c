#include "storage/sql.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum hone_code code_of(int primary) {
    switch (primary) {
    case SQLITE_NOMEM:
        return HONE_E_NOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return HONE_E_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return HONE_E_CORRUPT;
    default:
        return HONE_E_IO;
    }
}

/* SQLite's words, but for two that would mislead the reader. */
static const char *words_of(sqlite3 *sqlite, int primary) {
    switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program has been writing to it for a minute";
    case SQLITE_CORRUPT:
        return "the file is damaged";
    default:
        return sqlite3_errmsg(sqlite);
    }
}

enum hone_code hone_sql_fail(const struct hone_db *db, struct hone_err *err) {
    int primary = sqlite3_errcode(db->sqlite) & 0xff;
    int system = sqlite3_system_errno(db->sqlite);
    enum hone_code code = code_of(primary);
    const char *words = words_of(db->sqlite, primary);

    if (code == HONE_E_IO && system != 0) {
        return hone_fail(err, code, "database '%s': %s (%s)", db->path, words, strerror(system));
    }
    return hone_fail(err, code, "database '%s': %s", db->path, words);
}

enum hone_code hone_sql_damaged(const struct hone_db *db, struct hone_err *err,
    const char *format, ...) {
    char what[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    return hone_fail(err, HONE_E_CORRUPT, "database '%s' is damaged: %s", db->path, what);
}

enum hone_code hone_sql_exec(struct hone_db *db, const char *sql, struct hone_err *err) {
    if (sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return hone_sql_fail(db, err);
    }
    return HONE_OK;
}

enum hone_code hone_sql_prepare(struct hone_db *db, const char *sql, sqlite3_stmt **ret,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL)
        != SQLITE_OK) {
        return hone_sql_fail(db, err);
    }
    *ret = stmt;
    return HONE_OK;
}

enum hone_code hone_sql_next(struct hone_db *db, sqlite3_stmt *stmt, bool *ret_row,
    struct hone_err *err) {
    int status = sqlite3_step(stmt);

    if (status != SQLITE_ROW && status != SQLITE_DONE) {
        return hone_sql_fail(db, err);
    }
    *ret_row = status == SQLITE_ROW;
    return HONE_OK;
}

enum hone_code hone_sql_run(struct hone_db *db, sqlite3_stmt *stmt, struct hone_err *err) {
    bool row = false;
    enum hone_code code = hone_sql_next(db, stmt, &row, err);

    (void)sqlite3_reset(stmt); /* repeats the failure that is told already */
    return code;
}

enum hone_code hone_sql_integer(struct hone_db *db, const char *sql, int64_t *ret,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db, sql, &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    code = hone_sql_next(db, stmt, &row, err);
    if (code == HONE_OK) {
        *ret = row ? sqlite3_column_int64(stmt, 0) : 0;
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

void hone_sql_bind_int(sqlite3_stmt *stmt, int index, int64_t value) {
    hone_assert(sqlite3_bind_int64(stmt, index, value) == SQLITE_OK);
}

void hone_sql_bind_real(sqlite3_stmt *stmt, int index, double value) {
    int status = isnan(value) ? sqlite3_bind_null(stmt, index)
                              : sqlite3_bind_double(stmt, index, value);

    hone_assert(status == SQLITE_OK);
}

void hone_sql_bind_text(sqlite3_stmt *stmt, int index, const char *text) {
    hone_assert(sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC) == SQLITE_OK);
}

void hone_sql_bind_blob(sqlite3_stmt *stmt, int index, const void *blob, size_t length) {
    hone_assert(sqlite3_bind_blob64(stmt, index, blob, length, SQLITE_STATIC) == SQLITE_OK);
}

double hone_sql_real(sqlite3_stmt *stmt, int column) {
    /* NULL reads as 0: only then the type tells, and most values save the call. */
    double value = sqlite3_column_double(stmt, column);

    return value == 0 && sqlite3_column_type(stmt, column) == SQLITE_NULL ? (double)NAN : value;
}

const char *hone_sql_text(sqlite3_stmt *stmt, int column) {
    return (const char *)sqlite3_column_text(stmt, column);
}

enum hone_code hone_sql_begin(struct hone_db *db, struct hone_err *err) {
    return hone_sql_exec(db, "BEGIN IMMEDIATE", err);
}

void hone_sql_roll_back(struct hone_db *db) {
    if (sqlite3_get_autocommit(db->sqlite) == 0) {
        (void)sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    }
}

enum hone_code hone_sql_end(struct hone_db *db, enum hone_code code, struct hone_err *err) {
    if (code == HONE_OK) {
        code = hone_sql_exec(db, "COMMIT", err);
    }
    if (code != HONE_OK) {
        hone_sql_roll_back(db);
    }
    return code;
}

enum hone_code hone_sql_begin_read(struct hone_db *db, struct hone_err *err) {
    return hone_sql_exec(db, "BEGIN", err);
}

void hone_sql_end_read(struct hone_db *db) {
    hone_sql_roll_back(db);
}
