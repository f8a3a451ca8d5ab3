#define _XOPEN_SOURCE 700 /* realpath */
/* Opening a file that may be ours, somebody else's, damaged, or just being made
 * by another process.
 *
 *   look ---- foreign, newer, cut ----> refused; no transaction was begun, so
 *    |                                  SQLite wrote nothing, beside it neither
 *    | empty                 ours
 *    +-------> create ------> look again ------> check schema ------> WAL
 *
 * 1. A file is made in one rollback-journal transaction with its application
 *    id, and only then switched to WAL: a kill between never leaves a file of
 *    ours that looks like another's.
 * 2. The header is read through SQLite's own descriptor. Opening the file a
 *    second time and closing it would drop this process's locks on it. */
#include "engine/alloc.h"
#include "engine/buf.h"
#include "storage/copy.h"
#include "storage/migrate.h"
#include "storage/packed.h"
#include "storage/schema.h"
#include "storage/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
    HEADER_BYTES = 100,
    BUSY_LIMIT_MS = 60000, /* a commit takes milliseconds: longer means stuck */
    BUSY_STEP_MS = 12,
    JOURNAL_TRIES = 10000, /* times BUSY_STEP_MS / 2: a minute as well */
};

enum sight { SIGHT_EMPTY, SIGHT_OURS, SIGHT_UNSURE };

/* ---- The connection ---- */

/* Random sleeps, so that processes that collided do not collide again. */
static int wait_when_busy(void *self, int tries) {
    unsigned char random = 0;

    (void)self;
    if (tries * (BUSY_STEP_MS / 2) > BUSY_LIMIT_MS) {
        return 0;
    }
    sqlite3_randomness(1, &random);
    (void)sqlite3_sleep(1 + random % (tries < 5 ? 5 : BUSY_STEP_MS));
    return 1;
}

static enum hone_code connect(struct hone_db *db, const char *name, int flags,
    struct hone_err *err) {
    sqlite3 *sqlite = NULL;
    /* A struct hone_db belongs to one thread: SQLite need not lock. */
    int status = sqlite3_open_v2(name, &sqlite,
        flags | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX, NULL);

    if (sqlite == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "opening database '%s': out of memory", db->path);
    }
    (void)sqlite3_close(db->sqlite);
    db->sqlite = sqlite;
    if (status != SQLITE_OK) {
        return hone_sql_fail(db, err);
    }
    (void)sqlite3_busy_handler(sqlite, wait_when_busy, NULL);
    (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_limit(sqlite, SQLITE_LIMIT_ATTACHED, 0);
    return hone_point_function(db, err);
}

/* A name that SQLite takes for a plain file: neither ":memory:" nor "file:". */
static enum hone_code connect_plain(struct hone_db *db, int flags, struct hone_err *err) {
    struct hone_buf name = {0};
    enum hone_code code;

    hone_buf_add(&name, db->path[0] == '/' ? "" : "./");
    hone_buf_add(&name, db->path);
    code = hone_buf_ok(&name, err);
    if (code == HONE_OK) {
        code = connect(db, hone_buf_text(&name), flags, err);
    }
    hone_buf_finish(&name);
    return code;
}

/* On read-only media SQLite cannot make the index of a WAL that is not there;
 * nobody can write then either, so that the file may be taken as unchanging. */
static enum hone_code connect_unchanging(struct hone_db *db, struct hone_err *err) {
    struct hone_buf name = {0};
    enum hone_code code;

    hone_buf_add(&name, "file:");
    hone_buf_add(&name, db->path[0] == '/' ? "" : "./");
    for (const char *at = db->path; *at != '\0'; at++) {
        if (strchr("%?#", *at) != NULL) {
            hone_buf_printf(&name, "%%%02x", (unsigned)(unsigned char)*at);
        } else {
            hone_buf_add_bytes(&name, at, 1);
        }
    }
    hone_buf_add(&name, "?immutable=1");
    code = hone_buf_ok(&name, err);
    if (code == HONE_OK) {
        code = connect(db, hone_buf_text(&name), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
    }
    hone_buf_finish(&name);
    return code;
}

/* ---- What lies there ---- */

/* Size of the file beside the database whose name ends so; -1: there is none. SQLite keeps it
 * beside the file that a link leads to. A name that does not fit is no name of a file. */
static int64_t size_beside(const struct hone_db *db, const char *ending) {
    struct stat status;
    char real[PATH_MAX], name[PATH_MAX];
    const char *path = realpath(db->path, real) != NULL ? real : db->path;
    int length = snprintf(name, sizeof(name), "%s%s", path, ending);

    if (length < 0 || (size_t)length >= sizeof(name) || stat(name, &status) != 0) {
        return -1;
    }
    return (int64_t)status.st_size;
}

static enum hone_code refuse(const struct hone_db *db, const char *why, struct hone_err *err) {
    return hone_fail(err, HONE_E_CORRUPT, "'%s' is not a hone database: %s", db->path, why);
}

static enum hone_code refuse_newer(const struct hone_db *db, int64_t version,
    struct hone_err *err) {
    return hone_fail(err, HONE_E_CORRUPT,
        "database '%s' was made by a newer hone: its schema is version %lld, this program knows"
        " up to %d", db->path, (long long)version, HONE_SCHEMA_VERSION);
}

static uint32_t big_endian(const unsigned char *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The file format's offsets: sqlite.org/fileformat2.html#the_database_header */
static enum hone_code judge_header(const struct hone_db *db, const unsigned char *header,
    struct hone_err *err) {
    uint32_t version = big_endian(header + 60);

    if (memcmp(header, "SQLite format 3", 16) != 0) {
        return refuse(db, "it is another kind of file", err);
    }
    if (big_endian(header + 68) != HONE_APPLICATION_ID) {
        return refuse(db, "it is another program's SQLite database", err);
    }
    if (version > HONE_SCHEMA_VERSION) {
        return refuse_newer(db, version, err);
    }
    if (version == 0 || header[56 + 3] != 1) {
        return hone_sql_damaged(db, err, "its header is no longer what hone wrote");
    }
    return HONE_OK;
}

static enum hone_code measure(const struct hone_db *db, sqlite3_file *file, int64_t *ret_bytes,
    struct hone_err *err) {
    sqlite3_int64 size = 0;

    if (file->pMethods->xFileSize(file, &size) != SQLITE_OK) {
        return hone_fail(err, HONE_E_IO, "database '%s' cannot be read", db->path);
    }
    *ret_bytes = (int64_t)size;
    return HONE_OK;
}

/* After the header has been read, and the size last: another process that moves a
 * -wal into the file takes it away when the file has all of it. */
static enum hone_code judge_size(const struct hone_db *db, sqlite3_file *file,
    const unsigned char *header, struct hone_err *err) {
    int64_t page_bytes = header[16] << 8 | header[17];
    int64_t expected = big_endian(header + 28) * (page_bytes == 1 ? 65536 : page_bytes);
    int64_t size = 0;
    enum hone_code code;

    if (size_beside(db, "-wal") > 0 || size_beside(db, "-journal") >= 0) {
        return HONE_OK;
    }
    code = measure(db, file, &size, err);
    return code == HONE_OK && size < expected
               ? hone_sql_damaged(db, err, "it is cut off after %lld of %lld bytes",
                     (long long)size, (long long)expected)
               : code;
}

/* A creation that is under way, or was killed, has a journal and no header yet:
 * only SQLite, with its locks, can say what that is. */
static bool is_being_made(const struct hone_db *db, const unsigned char *header) {
    static const unsigned char zeros[HEADER_BYTES];

    return memcmp(header, zeros, sizeof(zeros)) == 0 && size_beside(db, "-journal") >= 0;
}

static enum hone_code look(struct hone_db *db, enum sight *ret, struct hone_err *err) {
    unsigned char header[HEADER_BYTES];
    sqlite3_file *file = NULL;
    int64_t size = 0;
    enum hone_code code;

    if (sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK
        || file->pMethods == NULL) {
        return hone_fail(err, HONE_E_IO, "database '%s' cannot be read", db->path);
    }
    code = measure(db, file, &size, err);
    if (code != HONE_OK) {
        return code;
    }
    if (size == 0) {
        *ret = SIGHT_EMPTY;
        return HONE_OK;
    }
    if (size < HEADER_BYTES) {
        return refuse(db, "it is another kind of file", err);
    }
    if (file->pMethods->xRead(file, header, HEADER_BYTES, 0) != SQLITE_OK) {
        return hone_fail(err, HONE_E_IO, "database '%s': its header cannot be read", db->path);
    }
    if (is_being_made(db, header)) {
        *ret = SIGHT_UNSURE;
        return HONE_OK;
    }
    *ret = SIGHT_OURS;
    code = judge_header(db, header, err);
    return code == HONE_OK ? judge_size(db, file, header, err) : code;
}

/* ---- Making it ---- */

/* Mode 0666 and the umask decide who may read it, as for any other file. */
static enum hone_code make_file(const char *path, struct hone_err *err) {
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (file < 0 && errno != EEXIST) {
        return hone_fail(err, HONE_E_IO, "database '%s' cannot be made: %s", path,
            strerror(errno));
    }
    if (file >= 0) {
        (void)close(file); /* nothing was written */
    }
    return HONE_OK;
}

/* Of several processes that start together one creates, the others find it
 * done when the lock is theirs. */
static enum hone_code create(struct hone_db *db, struct hone_err *err) {
    int64_t tables = 0;
    enum hone_code code = hone_sql_exec(db, "BEGIN EXCLUSIVE", err);

    if (code != HONE_OK) {
        return code;
    }
    code = hone_sql_integer(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
    if (code == HONE_OK && tables == 0) {
        code = hone_schema_create(db, err);
    }
    return hone_sql_end(db, code, err);
}

/* A journal beside a file of ours is that of a transaction under way, or of one
 * that was killed: then the header may be of a creation that never came to be.
 * Reading waits for the one and undoes the other. */
static enum hone_code look_behind_journal(struct hone_db *db, enum sight *ret,
    struct hone_err *err) {
    int64_t tables = 0;
    enum hone_code code = look(db, ret, err);

    if (code != HONE_OK || *ret != SIGHT_OURS || size_beside(db, "-journal") < 0) {
        return code;
    }
    code = hone_sql_integer(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
    return code == HONE_OK ? look(db, ret, err) : code;
}

static enum hone_code look_or_create(struct hone_db *db, struct hone_err *err) {
    enum sight sight = SIGHT_EMPTY;
    enum hone_code code = look_behind_journal(db, &sight, err);

    if (code != HONE_OK || sight == SIGHT_OURS) {
        return code;
    }
    if (db->mode != HONE_DB_CREATE) {
        return refuse(db, "it is empty", err);
    }
    code = create(db, err);
    if (code != HONE_OK) {
        return code;
    }
    code = look(db, &sight, err);
    return code == HONE_OK && sight != SIGHT_OURS ? refuse(db, "it stays empty", err) : code;
}

/* A WAL, unless the processes may be of different machines: they share no memory
 * for its index. SQLite's busy handler does not cover this step. A file system
 * without shared memory answers with the old mode, and that works too. */
static enum hone_code choose_journal(struct hone_db *db, struct hone_err *err) {
    const char *sql = db->on_network ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL";
    enum hone_code code = HONE_E_BUSY;

    for (int i = 0; i < JOURNAL_TRIES && code == HONE_E_BUSY; i++) {
        code = hone_sql_exec(db, sql, err);
        if (code == HONE_E_BUSY) {
            (void)wait_when_busy(NULL, i < BUSY_STEP_MS ? i : BUSY_STEP_MS);
        }
    }
    return code;
}

/* ---- The steps in order ---- */

static bool is_network(const char *path) {
    struct statfs status;

    if (statfs(path, &status) != 0) {
        return false;
    }
    switch ((unsigned long)status.f_type & 0xffffffffU) {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case AFS_SUPER_MAGIC:
    case CEPH_SUPER_MAGIC:
    case V9FS_MAGIC:
        return true;
    default:
        return false;
    }
}

static enum hone_code check_file(const char *path, enum hone_db_mode mode, struct hone_err *err) {
    struct stat status;

    if (stat(path, &status) == 0) {
        if (S_ISREG(status.st_mode)) {
            return HONE_OK;
        }
        return hone_fail(err, HONE_E_CORRUPT, "'%s' is not a hone database: it is a %s", path,
            S_ISDIR(status.st_mode) ? "folder" : "device or pipe");
    }
    if (errno == ENOENT && mode != HONE_DB_CREATE) {
        return hone_fail(err, HONE_E_MISSING, "there is no database '%s'", path);
    }
    if (errno != ENOENT) {
        return hone_fail(err, HONE_E_IO, "database '%s': %s", path, strerror(errno));
    }
    return make_file(path, err);
}

/* A reader of a file that nobody has open connects for writing, with writing
 * switched off: a read-only connection would leave its -wal and -shm behind. */
static enum hone_code connect_for(struct hone_db *db, struct hone_err *err) {
    bool as_reader = db->mode == HONE_DB_READ && size_beside(db, "-wal") >= 0;

    return connect_plain(db, as_reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE, err);
}

/* EXTRA: in a WAL what FULL is; without one, the deletion of a journal is synced as
 * well, or else a commit could be undone after a power cut. */
static enum hone_code settle(struct hone_db *db, struct hone_err *err) {
    enum hone_code code = hone_sql_exec(db,
        "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY", err);

    if (code == HONE_OK && db->mode == HONE_DB_READ) {
        code = hone_sql_exec(db, "PRAGMA query_only = ON", err);
    }
    if (code == HONE_OK && db->mode != HONE_DB_READ) {
        code = hone_sql_exec(db, "PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = ON", err);
    }
    return code;
}

static enum hone_code check_version(struct hone_db *db, struct hone_err *err) {
    int64_t version = 0;
    enum hone_code code = hone_sql_integer(db, "PRAGMA user_version", &version, err);

    if (code == HONE_OK && version > HONE_SCHEMA_VERSION) {
        return refuse_newer(db, version, err);
    }
    db->version = (int)version;
    return code;
}

static enum hone_code check(struct hone_db *db, struct hone_err *err) {
    enum hone_code code = settle(db, err);

    if (code == HONE_OK) {
        code = check_version(db, err);
    }
    if (code == HONE_OK) {
        code = hone_schema_check(db, err);
    }
    return code;
}

static enum hone_code check_readable(struct hone_db *db, struct hone_err *err) {
    enum hone_code code = check(db, err);

    if (code == HONE_E_IO && db->mode == HONE_DB_READ && size_beside(db, "-wal") < 0) {
        code = connect_unchanging(db, err);
        if (code == HONE_OK) {
            code = check(db, err);
        }
    }
    return code;
}

/* Reading changes no byte of a file: one of an earlier version is read as it is at
 * this moment, from a temporary copy that is brought up. "" is SQLite's name for a
 * file that vanishes with its connection. */
static enum hone_code read_copy(struct hone_db *db, struct hone_err *err) {
    struct hone_db copy = {.path = db->path, .mode = db->mode, .version = db->version};
    enum hone_code code = connect(&copy, "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);

    if (code == HONE_OK) {
        code = hone_copy_pages(db, &copy, err);
    }
    if (code == HONE_OK) {
        code = hone_migrate_copy(&copy, err);
    }
    if (code == HONE_OK) {
        code = settle(&copy, err);
    }
    if (code != HONE_OK) {
        (void)sqlite3_close(copy.sqlite); /* accepts NULL */
        return code;
    }
    (void)sqlite3_close(db->sqlite);
    db->sqlite = copy.sqlite;
    db->version = copy.version;
    return HONE_OK;
}

/* Closing the last connection moves what a -wal holds into the file. Not into
 * one that is refused. */
static void close_refused(struct hone_db *db, bool had_wal) {
    if (db->sqlite != NULL && had_wal) {
        (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    hone_db_close(db);
}

static enum hone_code open_checked(struct hone_db *db, struct hone_err *err) {
    bool had_wal = size_beside(db, "-wal") > 0;
    enum hone_code code = connect_for(db, err);

    if (code == HONE_OK) {
        code = look_or_create(db, err);
    }
    if (code == HONE_OK) {
        code = check_readable(db, err);
    }
    if (code == HONE_OK && db->version < HONE_SCHEMA_VERSION) {
        code = db->mode == HONE_DB_READ ? read_copy(db, err) : hone_migrate(db, err);
    }
    if (code == HONE_OK && db->mode != HONE_DB_READ) {
        code = choose_journal(db, err);
    }
    if (code != HONE_OK) {
        close_refused(db, had_wal);
    }
    return code;
}

enum hone_code hone_db_open(const char *path, enum hone_db_mode mode, struct hone_db **ret,
    struct hone_err *err) {
    struct hone_db *db;
    enum hone_code code = check_file(path, mode, err);

    if (code != HONE_OK) {
        return code;
    }
    db = hone_new(sizeof(*db));
    if (db == NULL || (db->path = hone_strdup(path)) == NULL) {
        hone_free(db);
        return hone_fail(err, HONE_E_NOMEM, "opening database '%s': out of memory", path);
    }
    db->mode = mode;
    db->on_network = is_network(path);
    code = open_checked(db, err);
    if (code == HONE_OK) {
        *ret = db;
    }
    return code;
}

void hone_db_close(struct hone_db *db) {
    if (db == NULL) {
        return;
    }
    (void)sqlite3_close(db->sqlite); /* accepts NULL */
    hone_free(db->path);
    hone_free(db);
}

bool hone_db_is_on_network(const struct hone_db *db) {
    return db->on_network;
}
