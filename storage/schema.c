#include "storage/schema.h"

#include "storage/schema_text.h"

#include <stdio.h>
#include <string.h>

static const struct hone_schema_texts *const halves[] = {
    &hone_schema_ours, &hone_schema_optuna, &hone_schema_old};

enum { HALVES = sizeof(halves) / sizeof(halves[0]) };

static bool is_in(const struct hone_schema_object *object, int version) {
    return object->since <= version && (object->until == 0 || version <= object->until);
}

/* Of any version: 0. */
static const struct hone_schema_object *find_object(const char *name, int version) {
    for (size_t h = 0; h < HALVES; h++) {
        for (size_t i = 0; i < halves[h]->count; i++) {
            const struct hone_schema_object *object = &halves[h]->object[i];

            if (sqlite3_stricmp(object->name, name) == 0 &&
                (version == 0 || is_in(object, version))) {
                return object;
            }
        }
    }
    return NULL;
}

bool hone_schema_has(const char *name) {
    return find_object(name, 0) != NULL;
}

enum hone_code hone_schema_add(struct hone_db *db, int since, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t h = 0; h < HALVES; h++) {
        for (size_t i = 0; i < halves[h]->count && code == HONE_OK; i++) {
            const struct hone_schema_object *object = &halves[h]->object[i];

            if (object->since >= since && is_in(object, HONE_SCHEMA_VERSION)) {
                code = hone_sql_exec(db, object->sql, err);
            }
        }
    }
    return code;
}

enum hone_code hone_schema_say_version(struct hone_db *db, struct hone_err *err) {
    char pragma[64];

    (void)snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", HONE_SCHEMA_VERSION);
    return hone_sql_exec(db, pragma, err);
}

enum hone_code hone_schema_create(struct hone_db *db, struct hone_err *err) {
    char pragma[64];
    enum hone_code code = hone_schema_add(db, 1, err);

    (void)snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d", HONE_APPLICATION_ID);
    if (code == HONE_OK) {
        code = hone_sql_exec(db, hone_schema_optuna_rows, err);
    }
    if (code == HONE_OK) {
        code = hone_sql_exec(db, pragma, err);
    }
    return code == HONE_OK ? hone_schema_say_version(db, err) : code;
}

static size_t objects_of(int version) {
    size_t count = 0;

    for (size_t h = 0; h < HALVES; h++) {
        for (size_t i = 0; i < halves[h]->count; i++) {
            count += is_in(&halves[h]->object[i], version);
        }
    }
    return count;
}

/* Tables and indices that a user added are left alone: nothing of ours ever
 * runs through them. A trigger or a view may hold other people's code. */
static bool is_foreign(const char *type, bool is_study) {
    return strcmp(type, "trigger") == 0 || (strcmp(type, "view") == 0 && !is_study);
}

static enum hone_code check_row(const struct hone_db *db, sqlite3_stmt *stmt, size_t *found,
    struct hone_err *err) {
    const char *type = hone_sql_text(stmt, 0);
    const char *name = hone_sql_text(stmt, 1);
    const char *sql = hone_sql_text(stmt, 2);
    const struct hone_schema_object *object;

    if (type == NULL || name == NULL) {
        return hone_sql_damaged(db, err, "its list of tables cannot be read");
    }
    object = find_object(name, db->version);
    if (object != NULL) {
        if (sql == NULL || strcmp(type, object->type) != 0 || strcmp(sql, object->sql) != 0) {
            return hone_sql_damaged(db, err, "its %s '%s' is not as hone made it", type, name);
        }
        ++*found;
    } else if (is_foreign(type, sqlite3_column_int(stmt, 3) != 0)) {
        return hone_fail(err, HONE_E_CORRUPT,
            "database '%s': it holds a %s '%s' that hone did not make; drop it to use the file",
            db->path, type, name);
    }
    return HONE_OK;
}

enum hone_code hone_schema_check(struct hone_db *db, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    size_t found = 0;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db, "SELECT type, name, sql, 0 FROM sqlite_schema"
        " WHERE type <> 'view' OR name NOT IN (SELECT name FROM main.study)"
        " UNION ALL SELECT 'view', name, sql, 1 FROM sqlite_schema"
        " WHERE type = 'view' AND name IN (SELECT name FROM main.study)", &stmt, err);

    if (code != HONE_OK) {
        return sqlite3_errcode(db->sqlite) == SQLITE_ERROR
            ? hone_sql_damaged(db, err, "its table 'study' is missing") : code;
    }
    while ((code = hone_sql_next(db, stmt, &row, err)) == HONE_OK && row) {
        code = check_row(db, stmt, &found, err);
        if (code != HONE_OK) {
            break;
        }
    }
    (void)sqlite3_finalize(stmt);
    if (code == HONE_OK && found != objects_of(db->version)) {
        code = hone_sql_damaged(db, err, "tables are missing");
    }
    return code;
}
