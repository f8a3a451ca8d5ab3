#include "objectives/data/sqlite_source.h"

#include "engine/alloc.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

enum { BUSY_WAIT_MS = 5000 };

static enum hone_code fail_query(const struct hone_table *table, const char *what,
    struct hone_err *err) {
    (void)hone_table_fail(table, 0, err, "%s", what);
    return hone_while(err, "data.query");
}

static enum hone_code fail_sqlite(const struct hone_table *table, sqlite3 *db,
    struct hone_err *err) {
    if (sqlite3_errcode(db) == SQLITE_NOMEM) {
        return hone_fail(err, HONE_E_NOMEM, "reading '%s'", table->path);
    }
    return fail_query(table, sqlite3_errmsg(db), err);
}

/* Reading tables and calling functions is all that a query needs. */
static int allow_reading(void *context, int action, const char *a, const char *b, const char *c,
    const char *d) {
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ||
        action == SQLITE_RECURSIVE ? SQLITE_OK : SQLITE_DENY;
}

/* stat and not open: closing a descriptor of a database file would drop the
 * locks that SQLite holds on it in this process. */
static enum hone_code check_file(const struct hone_table *table, struct hone_err *err) {
    struct stat about;

    if (stat(table->path, &about) != 0) {
        return hone_table_fail(table, 0, err, "%s", strerror(errno));
    }
    if (!S_ISREG(about.st_mode)) {
        return hone_table_fail(table, 0, err,
            "not a regular file; data is read from files only");
    }
    return HONE_OK;
}

static enum hone_code open_file(const struct hone_table *table, sqlite3 **ret_db,
    struct hone_err *err) {
    enum hone_code code = check_file(table, err);

    if (code != HONE_OK) {
        return code;
    }
    if (sqlite3_open_v2(table->path, ret_db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        return *ret_db == NULL ? hone_fail(err, HONE_E_NOMEM, "reading '%s'", table->path)
                               : fail_sqlite(table, *ret_db, err);
    }
    (void)sqlite3_busy_timeout(*ret_db, BUSY_WAIT_MS);
    (void)sqlite3_db_config(*ret_db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(*ret_db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_set_authorizer(*ret_db, allow_reading, NULL);
    return HONE_OK;
}

static enum hone_code check_nothing_follows(const struct hone_table *table, sqlite3 *db,
    const char *rest, struct hone_err *err) {
    sqlite3_stmt *second = NULL;
    bool blank = sqlite3_prepare_v2(db, rest, -1, &second, NULL) == SQLITE_OK && second == NULL;

    (void)sqlite3_finalize(second);
    return blank ? HONE_OK
                 : fail_query(table,
                       "something follows the first statement; one SELECT is needed", err);
}

static enum hone_code prepare(const struct hone_table *table, sqlite3 *db,
    sqlite3_stmt **ret_statement, struct hone_err *err) {
    const char *query = table->config->query;
    const char *rest = "";
    int status;

    if (query == NULL) {
        return fail_query(table, "a SELECT is needed beside data.sqlite", err);
    }
    status = sqlite3_prepare_v2(db, query, -1, ret_statement, &rest);
    if (status == SQLITE_AUTH) {
        return fail_query(table, "it does more than read; a SELECT is needed", err);
    }
    if (status != SQLITE_OK) {
        return fail_sqlite(table, db, err);
    }
    if (*ret_statement == NULL || sqlite3_column_count(*ret_statement) == 0 ||
        !sqlite3_stmt_readonly(*ret_statement)) {
        return fail_query(table, "it reads nothing; a SELECT is needed", err);
    }
    return check_nothing_follows(table, db, rest, err);
}

static void hash_text(struct hone_hash *hash, const char *text, size_t length) {
    hone_hash_add_number(hash, length);
    hone_hash_add(hash, text, length);
}

static enum hone_code take_names(struct hone_table *table, sqlite3_stmt *statement,
    struct hone_hash *hash, struct hone_err *err) {
    int count = sqlite3_column_count(statement);
    const char **name = hone_new_array((size_t)count, sizeof(*name));
    bool complete = name != NULL;
    enum hone_code code;

    for (int i = 0; complete && i < count; i++) {
        name[i] = sqlite3_column_name(statement, i);
        complete = name[i] != NULL;
        if (complete) {
            hash_text(hash, name[i], strlen(name[i]));
        }
    }
    code = complete ? hone_table_begin(table, name, (size_t)count, 0, err)
                    : hone_fail(err, HONE_E_NOMEM, "reading '%s'", table->path);
    hone_free(name);
    return code;
}

static enum hone_code take_text(struct hone_table *table, sqlite3_stmt *statement, int at,
    size_t row, struct hone_hash *hash, struct hone_err *err) {
    const char *text = (const char *)sqlite3_column_text(statement, at);
    size_t length = (size_t)sqlite3_column_bytes(statement, at);

    if (text == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading '%s'", table->path);
    }
    if (strlen(text) != length) {
        return hone_table_fail(table, row, err, "column '%s': a text with a NUL byte",
            hone_cell_show(table->column[at].name).text);
    }
    hash_text(hash, text, length);
    return hone_table_put_text(table, (size_t)at, text, row, err);
}

/* The hash takes the number itself, because whether its text is wanted depends
 * on how often the query has been run. */
static enum hone_code take_number(struct hone_table *table, sqlite3_stmt *statement, int at,
    size_t row, struct hone_hash *hash, struct hone_err *err) {
    double number = sqlite3_column_double(statement, at);
    const char *text;
    uint64_t bits;

    memcpy(&bits, &number, sizeof(bits));
    hone_hash_add_number(hash, bits);
    if (!table->column[at].is_text) {
        return hone_table_put_number(table, (size_t)at, number, row, err);
    }
    text = (const char *)sqlite3_column_text(statement, at);
    return text != NULL ? hone_table_put_text(table, (size_t)at, text, row, err)
                        : hone_fail(err, HONE_E_NOMEM, "reading '%s'", table->path);
}

static enum hone_code take_cell(struct hone_table *table, sqlite3_stmt *statement, int at,
    size_t row, struct hone_hash *hash, struct hone_err *err) {
    int type = sqlite3_column_type(statement, at);

    hone_hash_add_number(hash, (uint64_t)type);
    switch (type) {
    case SQLITE_NULL:
        return hone_table_put_nothing(table, (size_t)at, row, err);
    case SQLITE_INTEGER:
    case SQLITE_FLOAT:
        return take_number(table, statement, at, row, hash, err);
    case SQLITE_TEXT:
        return take_text(table, statement, at, row, hash, err);
    default:
        return hone_table_fail(table, row, err,
            "column '%s': a BLOB; numbers and texts can be learned from",
            hone_cell_show(table->column[at].name).text);
    }
}

static enum hone_code take_rows(struct hone_table *table, sqlite3 *db, sqlite3_stmt *statement,
    struct hone_hash *hash, struct hone_err *err) {
    int count = sqlite3_column_count(statement);
    enum hone_code code = HONE_OK;
    int status;

    while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int i = 0; code == HONE_OK && i < count; i++) {
            code = take_cell(table, statement, i, table->rows + 1, hash, err);
        }
        if (code != HONE_OK) {
            return code;
        }
        hone_table_end_row(table);
    }
    return status == SQLITE_DONE ? HONE_OK : fail_sqlite(table, db, err);
}

enum hone_code hone_sqlite_read(struct hone_table *table, struct hone_err *err) {
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    struct hone_hash hash;
    enum hone_code code;

    hone_hash_begin(&hash);
    code = open_file(table, &db, err);
    if (code == HONE_OK) {
        code = prepare(table, db, &statement, err);
    }
    if (code == HONE_OK) {
        code = take_names(table, statement, &hash, err);
    }
    if (code == HONE_OK) {
        code = take_rows(table, db, statement, &hash, err);
    }
    if (code == HONE_OK) {
        hone_hash_hex(&hash, table->hash);
    }
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return code;
}
