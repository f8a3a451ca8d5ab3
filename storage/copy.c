#include "storage/copy.h"

#include "engine/alloc.h"
#include "engine/buf.h"

#include <string.h>

enum { BUSY_LIMIT_MS = 60000, CELL_LIMIT_BYTES = 16 * 1024 * 1024 };

static enum hone_code open_file(const char *path, int flags, struct hone_db *ret_copy,
    struct hone_err *err) {
    struct hone_db copy = {.mode = HONE_DB_CREATE};
    struct hone_buf name = {0};
    enum hone_code code;

    /* Neither ":memory:" nor "file:". */
    hone_buf_add(&name, path[0] == '/' ? "" : "./");
    hone_buf_add(&name, path);
    code = hone_buf_ok(&name, err);
    if (code == HONE_OK && (copy.path = hone_strdup(path)) == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "opening '%s': out of memory", path);
    }
    if (code == HONE_OK &&
        sqlite3_open_v2(hone_buf_text(&name), &copy.sqlite,
            flags | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        code = copy.sqlite == NULL ? hone_fail(err, HONE_E_NOMEM, "opening '%s'", path)
                                   : hone_sql_fail(&copy, err);
    }
    hone_buf_finish(&name);
    if (code == HONE_OK) {
        *ret_copy = copy;
        return code;
    }
    (void)sqlite3_close(copy.sqlite);
    hone_free(copy.path);
    return code;
}

enum hone_code hone_copy_open(const char *path, struct hone_db *ret_copy, struct hone_err *err) {
    return open_file(path, SQLITE_OPEN_READWRITE, ret_copy, err);
}

/* As storage/open.c has it for a file of ours. */
enum hone_code hone_copy_read(const char *path, struct hone_db *ret_other, struct hone_err *err) {
    enum hone_code code = open_file(path, SQLITE_OPEN_READONLY, ret_other, err);

    if (code == HONE_OK) {
        sqlite3 *sqlite = ret_other->sqlite;

        (void)sqlite3_busy_timeout(sqlite, BUSY_LIMIT_MS);
        (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
        (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
        (void)sqlite3_limit(sqlite, SQLITE_LIMIT_ATTACHED, 0);
        (void)sqlite3_limit(sqlite, SQLITE_LIMIT_LENGTH, CELL_LIMIT_BYTES);
        code = hone_sql_exec(ret_other, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"
            " PRAGMA query_only = ON", err);
    }
    return code;
}

enum hone_code hone_copy_close(struct hone_db *copy, enum hone_code code, struct hone_err *err) {
    if (sqlite3_close(copy->sqlite) != SQLITE_OK && code == HONE_OK) {
        code = hone_fail(err, HONE_E_IO, "'%s' cannot be closed", copy->path);
    }
    hone_free(copy->path);
    return code;
}

/* ---- Backup ---- */

enum hone_code hone_copy_pages(struct hone_db *from, struct hone_db *to, struct hone_err *err) {
    sqlite3_backup *backup = sqlite3_backup_init(to->sqlite, "main", from->sqlite, "main");
    int status;

    if (backup == NULL) {
        return hone_sql_fail(to, err);
    }
    status = sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) != SQLITE_OK) {
        return hone_sql_fail(to, err);
    }
    return status == SQLITE_DONE
               ? HONE_OK
               : hone_fail(err, HONE_E_BUSY, "database '%s' is being written", from->path);
}

/* Who runs the study runs it in the original. The copy leaves the WAL mode, so
 * that it is one file and may lie on read-only media; a run turns it on again. */
static enum hone_code make_independent(struct hone_db *copy, struct hone_err *err) {
    return hone_sql_exec(copy, "PRAGMA journal_mode = DELETE; DELETE FROM runner", err);
}

enum hone_code hone_db_backup(struct hone_db *db, const char *path, struct hone_err *err) {
    struct hone_db copy = {0};
    enum hone_code code = hone_copy_open(path, &copy, err);

    if (code != HONE_OK) {
        return code;
    }
    code = hone_copy_pages(db, &copy, err);
    if (code == HONE_OK) {
        code = make_independent(&copy, err);
    }
    return hone_copy_close(&copy, code, err);
}
