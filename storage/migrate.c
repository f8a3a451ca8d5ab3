#include "storage/migrate.h"

#include "engine/buf.h"
#include "storage/migrate_rows.h"
#include "storage/runner.h"
#include "storage/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The copy ---- */

static enum hone_code io_failure(const char *path, struct hone_err *err) {
    return hone_fail(err, HONE_E_IO, "keeping a copy as '%s': %s", path, strerror(errno));
}

static bool sync_file(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = file >= 0 && fsync(file) == 0;

    if (file >= 0) {
        ok = close(file) == 0 && ok;
    }
    return ok;
}

static bool sync_folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX];

    if (slash == NULL || slash == path) {
        return sync_file(slash == NULL ? "." : "/");
    }
    (void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
    return sync_file(folder);
}

/* Under another name until it is whole. */
static enum hone_code copy_to(struct hone_db *db, const char *path, struct hone_err *err) {
    char name[PATH_MAX];
    int length = snprintf(name, sizeof(name), "%s.XXXXXX", path);
    struct stat status;
    enum hone_code code;
    int file;

    if (length < 0 || (size_t)length >= sizeof(name)) {
        errno = ENAMETOOLONG;
        return io_failure(path, err);
    }
    file = mkstemp(name);
    if (file < 0) {
        return io_failure(path, err);
    }
    (void)close(file);
    code = hone_db_backup(db, name, err);
    if (code == HONE_OK && (stat(db->path, &status) != 0 || chmod(name, status.st_mode) != 0 ||
                               !sync_file(name) || rename(name, path) != 0 ||
                               !sync_folder_of(path))) {
        code = io_failure(path, err);
    }
    if (code != HONE_OK) {
        (void)unlink(name);
    }
    return code;
}

static enum hone_code keep_copy(struct hone_db *db, struct hone_err *err) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof(path), "%s.v%d.bak", db->path, db->version);

    if (length < 0 || (size_t)length >= sizeof(path)) {
        errno = ENAMETOOLONG;
        return io_failure(db->path, err);
    }
    return access(path, F_OK) == 0 ? HONE_OK : copy_to(db, path, err);
}

/* ---- The steps ---- */

/* The rows of a study are its engines' while they run it. */
static enum hone_code refuse_running(struct hone_db *db, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    int64_t pid = 0;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db, "SELECT DISTINCT study FROM runner", &stmt, err);

    while (code == HONE_OK && pid == 0 &&
           (code = hone_sql_next(db, stmt, &row, err)) == HONE_OK && row) {
        code = hone_runner_pid(db, sqlite3_column_int64(stmt, 0), &pid, err);
    }
    (void)sqlite3_finalize(stmt);
    return code == HONE_OK && pid != 0
               ? hone_fail(err, HONE_E_BUSY, "it is being run by process %lld, of the hone that"
                     " made it; wait until that has finished, or stop it", (long long)pid)
               : code;
}

static enum hone_code bring_up(struct hone_db *db, struct hone_err *err) {
    int64_t version = 0;
    enum hone_code code = hone_sql_begin(db, err);

    if (code != HONE_OK) {
        return code;
    }
    code = hone_sql_integer(db, "PRAGMA user_version", &version, err);
    if (code == HONE_OK && version < HONE_SCHEMA_VERSION) {
        code = hone_migrate_rows(db, err);
        code = code == HONE_OK ? hone_schema_say_version(db, err) : code;
    }
    return hone_sql_end(db, code, err);
}

/* Renamed tables take what refers to them along where foreign keys are looked after. */
static enum hone_code bring_up_unbound(struct hone_db *db, struct hone_err *err) {
    struct hone_err unused;
    enum hone_code code = hone_sql_exec(db, "PRAGMA foreign_keys = OFF", err);

    if (code == HONE_OK) {
        code = bring_up(db, err);
    }
    if (hone_sql_exec(db, "PRAGMA foreign_keys = ON", &unused) != HONE_OK && code == HONE_OK) {
        *err = unused;
        code = err->code;
    }
    return code;
}

static enum hone_code finish(struct hone_db *db, enum hone_code code, struct hone_err *err) {
    if (code != HONE_OK) {
        return hone_while(err, "bringing database '%s' from version %d to %d", db->path,
            db->version, HONE_SCHEMA_VERSION);
    }
    db->version = HONE_SCHEMA_VERSION;
    return HONE_OK;
}

enum hone_code hone_migrate(struct hone_db *db, struct hone_err *err) {
    enum hone_code code = refuse_running(db, err);

    if (code == HONE_OK) {
        code = keep_copy(db, err);
    }
    if (code == HONE_OK) {
        code = bring_up_unbound(db, err);
    }
    return finish(db, code, err);
}

enum hone_code hone_migrate_copy(struct hone_db *db, struct hone_err *err) {
    return finish(db, bring_up_unbound(db, err), err);
}
