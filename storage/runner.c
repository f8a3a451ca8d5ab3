#include "storage/runner.h"

#include "engine/alloc.h"
#include "engine/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HOST_BYTES = 256,
    BOOT_BYTES = 128,
    STAT_BYTES = 1024,
    STATE_FIELD = 3,
    START_FIELD = 22,
};

struct identity {
    char host[HOST_BYTES];
    char boot[BOOT_BYTES];
    int64_t pid;
    int64_t pid_start;
};

/* A small file of /proc; "" when it cannot be read. */
static void read_small(const char *path, char *ret_text, size_t room) {
    FILE *file = fopen(path, "re");
    size_t length = 0;

    if (file != NULL) {
        length = fread(ret_text, 1, room - 1, file);
        (void)fclose(file);
    }
    ret_text[length] = '\0';
}

/* Behind field `number` - 1 of /proc/PID/stat. The name in field 2 may hold
 * blanks and brackets, so counting begins behind the last bracket. */
static const char *stat_field(const char *text, int number) {
    const char *at = strrchr(text, ')');

    for (int field = 2; at != NULL && field < number; field++) {
        at = strchr(at + 1, ' ');
    }
    return at;
}

/* The start of a process in ticks since boot; 0: it has ended, and waits at most
 * for its parent to hear of it; -1: there is no looking at it. */
static int64_t process_start(int64_t pid) {
    char path[64];
    char text[STAT_BYTES];
    const char *state;
    const char *start;

    (void)snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
    read_small(path, text, sizeof(text));
    state = stat_field(text, STATE_FIELD);
    start = stat_field(text, START_FIELD);
    if (start == NULL) {
        return kill((pid_t)pid, 0) == 0 || errno != ESRCH ? -1 : 0;
    }
    return state[1] == 'Z' || state[1] == 'X' ? 0 : strtoll(start + 1, NULL, 10);
}

static void identify(struct identity *ret) {
    struct stat pid_namespace;
    size_t length;

    *ret = (struct identity){.pid = (int64_t)getpid()};
    ret->pid_start = process_start(ret->pid);
    (void)gethostname(ret->host, sizeof(ret->host) - 1);
    read_small("/proc/sys/kernel/random/boot_id", ret->boot, sizeof(ret->boot) - 32);
    length = strcspn(ret->boot, "\n");
    if (stat("/proc/self/ns/pid", &pid_namespace) != 0) {
        pid_namespace.st_ino = 0;
    }
    (void)snprintf(ret->boot + length, sizeof(ret->boot) - length, "/%llu",
        (unsigned long long)pid_namespace.st_ino);
}

/* Columns of every query here: host, boot, pid, pid_start, seen_ms, id. */

/* Two texts of boot: of the same start of the same kernel. */
static bool is_same_boot(const char *a, const char *b) {
    size_t length = strcspn(a, "/");

    return length == strcspn(b, "/") && strncmp(a, b, length) == 0;
}

static bool is_silent(sqlite3_stmt *stmt) {
    return hone_clock_wall_ms() - sqlite3_column_int64(stmt, 4) >= HONE_RUNNER_LEASE_MS;
}

/* A process of the same kernel and pid namespace is looked at. One of this host
 * before it was started anew is dead. All others cannot be seen from here. */
static bool is_alive(sqlite3_stmt *stmt, const struct identity *self) {
    const char *host = hone_sql_text(stmt, 0);
    const char *boot = hone_sql_text(stmt, 1);
    int64_t pid = sqlite3_column_int64(stmt, 2);
    int64_t start;

    if (host == NULL || boot == NULL || pid <= 0) {
        return false;
    }
    if (strcmp(boot, self->boot) == 0) {
        start = process_start(pid);
        return start < 0 ? !is_silent(stmt) : start > 0 && start == sqlite3_column_int64(stmt, 3);
    }
    if (strcmp(host, self->host) == 0 && !is_same_boot(boot, self->boot)) {
        return false;
    }
    return !is_silent(stmt);
}

static bool is_self(sqlite3_stmt *stmt, const struct identity *self) {
    const char *host = hone_sql_text(stmt, 0);
    const char *boot = hone_sql_text(stmt, 1);

    return host != NULL && strcmp(host, self->host) == 0 && boot != NULL &&
           strcmp(boot, self->boot) == 0 && sqlite3_column_int64(stmt, 2) == self->pid;
}

static enum hone_code each_runner(struct hone_db *db, int64_t study, sqlite3_stmt **ret,
    struct hone_err *err) {
    enum hone_code code = hone_sql_prepare(db,
        "SELECT host, boot, pid, pid_start, seen_ms, id FROM runner WHERE study = ?",
        ret, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(*ret, 1, study);
    }
    return code;
}

/* Another row of this very process is of a run that ended without closing. */
static bool is_dead(sqlite3_stmt *stmt, const struct identity *self, int64_t runner) {
    return sqlite3_column_int64(stmt, 5) != runner &&
           (is_self(stmt, self) || !is_alive(stmt, self));
}

enum hone_code hone_runner_find_dead(struct hone_db *db, int64_t study, int64_t runner,
    int64_t *ret_dead, struct hone_err *err) {
    struct identity self;
    sqlite3_stmt *stmt = NULL;
    int64_t dead = 0;
    bool row = false;
    enum hone_code code = each_runner(db, study, &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    identify(&self);
    while (dead == 0 && (code = hone_sql_next(db, stmt, &row, err)) == HONE_OK && row) {
        dead = is_dead(stmt, &self, runner) ? sqlite3_column_int64(stmt, 5) : 0;
    }
    (void)sqlite3_finalize(stmt);
    *ret_dead = dead;
    return code;
}

static enum hone_code forget(struct hone_db *db, const char *sql, int64_t id,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(db, sql, &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, id);
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code insert(struct hone_db *db, int64_t study, const struct identity *self,
    int64_t *ret_runner, struct hone_err *err) {
    int64_t now_ms = hone_clock_wall_ms();
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(db,
        "INSERT INTO runner(study, host, boot, pid, pid_start, started_ms, seen_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, study);
    hone_sql_bind_text(stmt, 2, self->host);
    hone_sql_bind_text(stmt, 3, self->boot);
    hone_sql_bind_int(stmt, 4, self->pid);
    hone_sql_bind_int(stmt, 5, self->pid_start);
    hone_sql_bind_int(stmt, 6, now_ms);
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    if (code == HONE_OK) {
        *ret_runner = sqlite3_last_insert_rowid(db->sqlite);
    }
    return code;
}

enum hone_code hone_runner_enter(struct hone_db *db, int64_t study, int64_t *ret_runner,
    struct hone_err *err) {
    struct identity self;

    identify(&self);
    return insert(db, study, &self, ret_runner, err);
}

enum hone_code hone_runner_bury(struct hone_db *db, int64_t study, int64_t runner, bool *ret_any,
    struct hone_err *err) {
    int64_t dead = 0;
    enum hone_code code;

    while ((code = hone_runner_find_dead(db, study, runner, &dead, err)) == HONE_OK && dead != 0) {
        *ret_any = true;
        code = forget(db, "DELETE FROM runner WHERE id = ?", dead, err);
        if (code != HONE_OK) {
            break;
        }
    }
    return code;
}

static enum hone_code renew(struct hone_db *db, int64_t runner, int64_t now_ms,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code =
        hone_sql_prepare(db, "UPDATE runner SET seen_ms = ?2 WHERE id = ?1", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, runner);
    hone_sql_bind_int(stmt, 2, now_ms);
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_runner_prepare(struct hone_db *db, sqlite3_stmt **ret_seen,
    struct hone_err *err) {
    return hone_sql_prepare(db, "SELECT seen_ms FROM runner WHERE id = ?", ret_seen, err);
}

enum hone_code hone_runner_stay(struct hone_db *db, int64_t runner, sqlite3_stmt *seen,
    const char *name, int64_t *ret_seen_ms, struct hone_err *err) {
    int64_t now_ms = hone_clock_wall_ms();
    bool row = false;
    enum hone_code code;

    hone_sql_bind_int(seen, 1, runner);
    code = hone_sql_next(db, seen, &row, err);
    if (code == HONE_OK && row) {
        *ret_seen_ms = sqlite3_column_int64(seen, 0);
    }
    (void)sqlite3_reset(seen);
    if (code == HONE_OK && !row) {
        return hone_fail(err, HONE_E_BUSY, "study '%s': this engine was taken for dead, and others"
            " go on without it", name);
    }
    if (code == HONE_OK && now_ms - *ret_seen_ms >= HONE_RUNNER_RENEW_MS) {
        code = renew(db, runner, now_ms, err);
        *ret_seen_ms = now_ms;
    }
    return code;
}

enum hone_code hone_runner_leave(struct hone_db *db, int64_t runner, struct hone_err *err) {
    return forget(db, "DELETE FROM runner WHERE id = ?", runner, err);
}

enum hone_code hone_runner_pid(struct hone_db *db, int64_t study, int64_t *ret_pid,
    struct hone_err *err) {
    struct identity self;
    sqlite3_stmt *stmt = NULL;
    int64_t pid = 0;
    bool row = false;
    enum hone_code code = each_runner(db, study, &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    identify(&self);
    while ((code = hone_sql_next(db, stmt, &row, err)) == HONE_OK && row) {
        if (is_alive(stmt, &self) && (pid == 0 || !is_self(stmt, &self))) {
            pid = sqlite3_column_int64(stmt, 2);
        }
    }
    (void)sqlite3_finalize(stmt);
    if (code == HONE_OK) {
        *ret_pid = pid;
    }
    return code;
}
