#include "engine/alloc.h"
#include "storage/sql.h"

#include <string.h>

struct walk {
    struct hone_db *db;
    sqlite3_stmt *stmt;
    size_t columns;
    const char **name;
    struct hone_cell *cell;
};

/* ---- What a user's statement may do ---- */

static bool is_harmless_pragma(const char *name) {
    static const char *const harmless[] = {
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list",
    };

    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
        if (sqlite3_stricmp(name, harmless[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* SQLite asks once for each thing that a statement would do. */
static int authorize(void *self, int action, const char *first, const char *second,
    const char *database, const char *source) {
    bool allowed = false;

    (void)self;
    (void)database;
    (void)source;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        allowed = true;
        break;
    case SQLITE_FUNCTION:
        allowed = sqlite3_stricmp(second, "load_extension") != 0;
        break;
    case SQLITE_UPDATE: /* asked when a table like json_each declares itself; nothing is
                           written then, and what would write is no read-only statement */
        allowed = sqlite3_stricmp(first, "sqlite_master") == 0;
        break;
    case SQLITE_PRAGMA:
        allowed = is_harmless_pragma(first);
        break;
    default:
        break;
    }
    return allowed ? SQLITE_OK : SQLITE_DENY;
}

/* The file's own troubles keep their codes; all else is about the statement. */
static enum hone_code fail(struct hone_db *db, struct hone_err *err) {
    int primary = sqlite3_errcode(db->sqlite) & 0xff;

    switch (primary) {
    case SQLITE_NOMEM:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        return hone_sql_fail(db, err);
    case SQLITE_AUTH:
        return hone_fail(err, HONE_E_INPUT, "sql: %s; statements here may only read",
            sqlite3_errmsg(db->sqlite));
    default:
        return hone_fail(err, HONE_E_INPUT, "sql: %s", sqlite3_errmsg(db->sqlite));
    }
}

/* ---- One statement ---- */

/* Behind it may stand comments and empty statements, which prepare to nothing. */
static enum hone_code check_rest(struct hone_db *db, const char *rest, struct hone_err *err) {
    while (*rest != '\0') {
        sqlite3_stmt *stmt = NULL;
        int status = sqlite3_prepare_v2(db->sqlite, rest, -1, &stmt, &rest);

        if (status == SQLITE_NOMEM) {
            return hone_sql_fail(db, err);
        }
        if (status != SQLITE_OK || stmt != NULL) {
            (void)sqlite3_finalize(stmt);
            return hone_fail(err, HONE_E_INPUT, "sql: more than one statement; give one at a time");
        }
    }
    return HONE_OK;
}

static enum hone_code prepare(struct hone_db *db, const char *sql, sqlite3_stmt **ret,
    struct hone_err *err) {
    const char *rest = sql;

    while (*ret == NULL && *rest != '\0') { /* a lone semicolon prepares to nothing */
        if (sqlite3_prepare_v2(db->sqlite, rest, -1, ret, &rest) != SQLITE_OK) {
            return fail(db, err);
        }
    }
    if (*ret == NULL) {
        return hone_fail(err, HONE_E_INPUT, "sql: there is no statement");
    }
    if (sqlite3_stmt_readonly(*ret) == 0) {
        return hone_fail(err, HONE_E_INPUT, "sql: statements here may only read");
    }
    return check_rest(db, rest, err);
}

/* ---- Its rows ---- */

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "sql: out of memory");
}

static enum hone_code read_cell(struct walk *walk, int column, struct hone_cell *ret,
    struct hone_err *err) {
    struct hone_cell cell = {.type = HONE_CELL_NONE};

    switch (sqlite3_column_type(walk->stmt, column)) {
    case SQLITE_INTEGER:
        cell.type = HONE_CELL_INT;
        cell.integer = sqlite3_column_int64(walk->stmt, column);
        break;
    case SQLITE_FLOAT:
        cell.type = HONE_CELL_REAL;
        cell.real = sqlite3_column_double(walk->stmt, column);
        break;
    case SQLITE_TEXT:
        cell.type = HONE_CELL_TEXT;
        cell.text = hone_sql_text(walk->stmt, column);
        break;
    case SQLITE_BLOB:
        cell.type = HONE_CELL_BLOB;
        cell.text = sqlite3_column_blob(walk->stmt, column);
        break;
    default:
        break;
    }
    if (cell.type == HONE_CELL_TEXT || cell.type == HONE_CELL_BLOB) {
        cell.length = (size_t)sqlite3_column_bytes(walk->stmt, column);
    }
    if (cell.text == NULL && cell.type == HONE_CELL_BLOB && cell.length == 0) {
        cell.text = ""; /* SQLite has no address for an empty blob */
    }
    if (cell.text == NULL && (cell.type == HONE_CELL_TEXT || cell.type == HONE_CELL_BLOB)) {
        return no_memory(err);
    }
    *ret = cell;
    return HONE_OK;
}

static enum hone_code read_names(struct walk *walk, struct hone_err *err) {
    walk->columns = (size_t)sqlite3_column_count(walk->stmt);
    walk->name = hone_new_array(walk->columns, sizeof(*walk->name));
    walk->cell = hone_new_array(walk->columns, sizeof(*walk->cell));
    if (walk->name == NULL || walk->cell == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < walk->columns; i++) {
        walk->name[i] = sqlite3_column_name(walk->stmt, (int)i);
        if (walk->name[i] == NULL) {
            return no_memory(err);
        }
    }
    return HONE_OK;
}

static enum hone_code visit_rows(struct walk *walk, hone_row_visit *visit, void *self,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;
    bool any = false;

    for (bool more = true; more && code == HONE_OK; any = true) {
        int status = sqlite3_step(walk->stmt);

        if (status == SQLITE_DONE) {
            if (!any) {
                (void)visit(self, walk->columns, walk->name, NULL);
            }
            return HONE_OK;
        }
        if (status != SQLITE_ROW) {
            return fail(walk->db, err);
        }
        for (size_t i = 0; i < walk->columns && code == HONE_OK; i++) {
            code = read_cell(walk, (int)i, &walk->cell[i], err);
        }
        more = code == HONE_OK && visit(self, walk->columns, walk->name, walk->cell);
    }
    return code;
}

/* The authorizer stays while it runs: tables like pragma_table_info prepare
 * statements of their own then. */
enum hone_code hone_db_sql(struct hone_db *db, const char *sql, hone_row_visit *visit, void *self,
    struct hone_err *err) {
    struct walk walk = {.db = db};
    enum hone_code code;

    (void)sqlite3_set_authorizer(db->sqlite, authorize, NULL);
    code = prepare(db, sql, &walk.stmt, err);
    if (code == HONE_OK) {
        code = read_names(&walk, err);
    }
    if (code == HONE_OK) {
        code = visit_rows(&walk, visit, self, err);
    }
    (void)sqlite3_finalize(walk.stmt);
    (void)sqlite3_set_authorizer(db->sqlite, NULL, NULL);
    hone_free(walk.name);
    hone_free(walk.cell);
    return code;
}
