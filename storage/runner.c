#include "storage/runner.h"

#include "engine/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Who this process is ---- */

struct self {
    char host[256];
    char boot[128];
    int64_t pid, pid_start;
};

/* The first bytes of a file of the kernel's; "" when it cannot be read. */
static void read_short(const char *path, char *ret, size_t size) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, ret, size - 1);

    ret[length > 0 ? length : 0] = '\0';
    if (file >= 0) {
        (void)close(file);
    }
}

/* Field 22 of /proc/PID/stat; the name in field 2 may hold anything, so that
 * counting starts behind its last parenthesis. 0: there is no such process. */
static int64_t start_of(int64_t pid) {
    enum { BEHIND_NAME = 20 };
    char path[64];
    char text[1024];
    char *at;

    (void)snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
    read_short(path, text, sizeof(text));
    at = strrchr(text, ')');
    for (int i = 0; at != NULL && i < BEHIND_NAME; i++) {
        at = strchr(at + 1, ' ');
    }
    return at == NULL ? 0 : strtoll(at, NULL, 10);
}

/* A zombie is dead: its work ended, whether or not its parent has looked. */
static bool is_zombie(int64_t pid) {
    char path[64];
    char text[1024];
    char *at;

    (void)snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
    read_short(path, text, sizeof(text));
    at = strrchr(text, ')');
    return at != NULL && strlen(at) > 2 && (at[2] == 'Z' || at[2] == 'X');
}

static struct self find_self(void) {
    struct self self = {.pid = getpid()};
    char boot[64];
    char space[32] = "";
    ssize_t length;

    (void)gethostname(self.host, sizeof(self.host) - 1);
    read_short("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
    boot[strcspn(boot, "\n")] = '\0';
    length = readlink("/proc/self/ns/pid", space, sizeof(space) - 1);
    space[length > 0 ? length : 0] = '\0';
    (void)snprintf(self.boot, sizeof(self.boot), "%s %s", boot, space);
    self.pid_start = start_of(self.pid);
    return self;
}

/* ---- Who is there ---- */

struct runner {
    int64_t id, pid, pid_start, started_ms, seen_ms;
    char host[256];
    char boot[128];
};

static bool is_alive_here(const struct runner *runner) {
    if (runner->pid <= 0 || (kill((pid_t)runner->pid, 0) != 0 && errno == ESRCH)) {
        return false;
    }
    return runner->pid_start == start_of(runner->pid) && !is_zombie(runner->pid);
}

static bool is_alive(const struct runner *runner, const struct self *self) {
    if (strcmp(runner->boot, self->boot) == 0) {
        return is_alive_here(runner);
    }
    /* This machine, started anew, and not in a container of its own: the pid
     * namespace behind the boot id would be another one. */
    if (strcmp(runner->host, self->host) == 0 && strcmp(strchr(runner->boot, ' ') != NULL
            ? strchr(runner->boot, ' ') : "", strchr(self->boot, ' ')) == 0) {
        return false;
    }
    return hone_clock_wall_ms() - runner->seen_ms < HONE_RUNNER_SILENCE_MS;
}

static void copy_text(char *ret, size_t size, const char *text) {
    (void)snprintf(ret, size, "%s", text == NULL ? "" : text);
}

/* The first living runner of the study; id 0 when there is none. */
static enum hone_code find_alive(struct hone_db *db, int64_t study, const struct self *self,
    struct runner *ret, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db,
        "SELECT id, pid, pid_start, started_ms, seen_ms, host, boot FROM runner"
        " WHERE study = ? ORDER BY id", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    *ret = (struct runner){0};
    hone_sql_bind_int(stmt, 1, study);
    while (ret->id == 0 && (code = hone_sql_next(db, stmt, &row, err)) == HONE_OK && row) {
        struct runner runner = {
            .id = sqlite3_column_int64(stmt, 0),
            .pid = sqlite3_column_int64(stmt, 1),
            .pid_start = sqlite3_column_int64(stmt, 2),
            .started_ms = sqlite3_column_int64(stmt, 3),
            .seen_ms = sqlite3_column_int64(stmt, 4),
        };

        copy_text(runner.host, sizeof(runner.host), hone_sql_text(stmt, 5));
        copy_text(runner.boot, sizeof(runner.boot), hone_sql_text(stmt, 6));
        if (is_alive(&runner, self)) {
            *ret = runner;
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_runner_pid(struct hone_db *db, int64_t study, int64_t *ret_pid,
    struct hone_err *err) {
    struct self self = find_self();
    struct runner alive;
    enum hone_code code = find_alive(db, study, &self, &alive, err);

    if (code == HONE_OK) {
        *ret_pid = alive.pid;
    }
    return code;
}

static enum hone_code fail_busy(const char *name, const struct runner *alive,
    const struct self *self, struct hone_err *err) {
    char since[HONE_CLOCK_TEXT];

    hone_clock_write(alive->started_ms, since);
    if (strcmp(alive->boot, self->boot) == 0) {
        return hone_fail(err, HONE_E_BUSY, "study '%s' is being run by process %lld since %s", name,
            (long long)alive->pid, since);
    }
    return hone_fail(err, HONE_E_BUSY,
        "study '%s' is being run by process %lld on '%s' since %s; it is taken over when nothing"
        " was heard of it for %d minutes", name, (long long)alive->pid, alive->host, since,
        HONE_RUNNER_SILENCE_MS / 60000);
}

enum hone_code hone_runner_none(struct hone_db *db, int64_t study, const char *name,
    struct hone_err *err) {
    struct self self = find_self();
    struct runner alive;
    enum hone_code code = find_alive(db, study, &self, &alive, err);

    if (code == HONE_OK && alive.id != 0) {
        return fail_busy(name, &alive, &self, err);
    }
    return code;
}

/* ---- Coming and going ---- */

static enum hone_code run_with(struct hone_db *db, const char *sql, int64_t study, int64_t runner,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(db, sql, &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, study);
    if (sqlite3_bind_parameter_count(stmt) == 2) {
        hone_sql_bind_int(stmt, 2, runner);
    }
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code insert_self(struct hone_db *db, int64_t study, const struct self *self,
    struct hone_err *err) {
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
    hone_sql_bind_int(stmt, 6, hone_clock_wall_ms());
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_runner_become(struct hone_db *db, int64_t study, const char *name,
    int64_t *ret_runner, struct hone_err *err) {
    struct self self = find_self();
    enum hone_code code = hone_runner_none(db, study, name, err);

    if (code == HONE_OK) {
        code = run_with(db, "DELETE FROM runner WHERE study = ?1", study, 0, err);
    }
    if (code == HONE_OK) {
        code = run_with(db, "UPDATE trial SET state = 0, runner = NULL"
            " WHERE study = ?1 AND state = 1", study, 0, err);
    }
    if (code == HONE_OK) {
        code = insert_self(db, study, &self, err);
    }
    if (code == HONE_OK) {
        *ret_runner = sqlite3_last_insert_rowid(db->sqlite);
    }
    return code;
}

enum hone_code hone_runner_leave(struct hone_db *db, int64_t study, int64_t runner,
    struct hone_err *err) {
    enum hone_code code = run_with(db, "UPDATE trial SET state = 0, runner = NULL"
        " WHERE study = ?1 AND state = 1 AND runner = ?2", study, runner, err);

    if (code == HONE_OK) {
        code = run_with(db, "DELETE FROM runner WHERE study = ?1 AND id = ?2", study, runner, err);
    }
    return code;
}
