/* Files that may be ours, somebody else's, damaged, or just being made. */
#include "tests/storage/rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { FILE_LIMIT = 1 << 20, PROCESSES = 8, TRIALS = 6, NOBODY = 65534 };

struct bytes {
    size_t length;
    char *at;
};

static struct bytes read_file(const char *path) {
    struct bytes bytes = {.at = malloc(FILE_LIMIT)};
    FILE *file = fopen(path, "rb");

    assert_non_null(bytes.at);
    assert_non_null(file);
    bytes.length = fread(bytes.at, 1, FILE_LIMIT, file);
    assert_int_equal(fclose(file), 0);
    return bytes;
}

static void write_file(const char *path, const char *at, size_t length) {
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(at, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static size_t files_in(const char *folder) {
    DIR *dir = opendir(folder);
    size_t count = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    assert_int_equal(closedir(dir), 0);
    return count - 2; /* . and .. */
}

/* ---- Ways to spoil a database of six trials ---- */

static void keep_bytes(const struct rig *rig, size_t from_end) {
    struct bytes bytes = read_file(rig->path);

    write_file(rig->path, bytes.at, bytes.length - from_end);
    free(bytes.at);
}

static void make_garbage(const struct rig *rig) {
    char garbage[8192];

    for (size_t i = 0; i < sizeof(garbage); i++) {
        garbage[i] = (char)(i * 167 + 13);
    }
    write_file(rig->path, garbage, sizeof(garbage));
}

static void make_text(const struct rig *rig) {
    write_file(rig->path, "lr,value\n0.1,0.2\n", 17);
}

static void make_foreign(const struct rig *rig) {
    assert_int_equal(unlink(rig->path), 0);
    rig_sql(rig, "CREATE TABLE notes(text); INSERT INTO notes VALUES ('mine')");
}

static void make_foreign_wal(const struct rig *rig) {
    assert_int_equal(unlink(rig->path), 0);
    rig_sql(rig, "PRAGMA journal_mode = WAL; CREATE TABLE notes(text)");
}

static void make_newer(const struct rig *rig) {
    rig_sql(rig, "PRAGMA user_version = 999");
}

static void make_unversioned(const struct rig *rig) {
    rig_sql(rig, "PRAGMA user_version = 0");
}

static void make_header(const struct rig *rig) {
    struct bytes bytes = read_file(rig->path);

    write_file(rig->path, bytes.at, 100);
    free(bytes.at);
}

static void cut_a_page(const struct rig *rig) {
    keep_bytes(rig, 4096);
}

static void cut_a_hundred_bytes(const struct rig *rig) {
    keep_bytes(rig, 100);
}

static void make_short(const struct rig *rig) {
    write_file(rig->path, "SQLite format 3", 16);
}

static void make_zeros(const struct rig *rig) {
    char zeros[8192] = {0};

    write_file(rig->path, zeros, sizeof(zeros));
}

static void plant_trigger(const struct rig *rig) {
    rig_sql(rig, "CREATE TRIGGER t AFTER INSERT ON trial BEGIN DELETE FROM fold; END");
}

static void plant_view(const struct rig *rig) {
    rig_sql(rig, "CREATE VIEW other AS SELECT load_extension('x')");
}

static void change_table(const struct rig *rig) {
    rig_sql(rig, "ALTER TABLE trial ADD COLUMN also");
}

static void drop_table(const struct rig *rig) {
    rig_sql(rig, "PRAGMA foreign_keys = OFF; DROP TABLE curve");
}

static void drop_study(const struct rig *rig) {
    rig_sql(rig, "DROP VIEW trees; PRAGMA writable_schema = ON;"
        " DELETE FROM sqlite_schema WHERE name = 'study'");
}

static const struct {
    void (*spoil)(const struct rig *rig);
    const char *words; /* in the refusal */
} spoils[] = {
    {make_garbage, "is not a hone database: it is another kind of file"},
    {make_text, "is not a hone database: it is another kind of file"},
    {make_foreign, "it is another program's SQLite database"},
    {make_foreign_wal, "it is another program's SQLite database"},
    {make_newer, "was made by a newer hone: its schema is version 999"},
    {make_unversioned, "its header is no longer what hone wrote"},
    {make_header, "it is cut off after 100 of"},
    {cut_a_page, "it is cut off after"},
    {cut_a_hundred_bytes, "it is cut off after"},
    {make_short, "it is another kind of file"},
    {make_zeros, "it is another kind of file"},
    {plant_trigger, "it holds a trigger 't' that hone did not make"},
    {plant_view, "it holds a view 'other' that hone did not make"},
    {change_table, "its table 'trial' is not as hone made it"},
    {drop_table, "tables are missing"},
    {drop_study, "the file is damaged"},
};

static void check_refused(struct rig *rig, enum hone_db_mode mode, enum hone_code expected,
    const char *words) {
    struct bytes before = read_file(rig->path);
    size_t files = files_in(rig->folder);
    struct hone_err err = {0};
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(rig->path, mode, &db, &err);
    struct bytes after = read_file(rig->path);

    if (code != expected || strstr(err.text, words) == NULL || strchr(err.text, '\n') != NULL) {
        fail_msg("mode %d: %d '%s'; expected '%s'", (int)mode, (int)code, err.text, words);
    }
    assert_null(db);
    assert_int_equal(after.length, before.length);
    assert_memory_equal(after.at, before.at, before.length);
    assert_int_equal(files_in(rig->folder), files);
    free(before.at);
    free(after.at);
}

static void what_is_not_ours_is_refused_and_left_as_it_is(void **state) {
    static const enum hone_db_mode modes[] = {HONE_DB_READ, HONE_DB_WRITE, HONE_DB_CREATE};

    (void)state;
    for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        struct rig rig;

        rig_init(&rig);
        rig_open(&rig);
        rig_fill(&rig, TRIALS);
        rig_close(&rig);
        spoils[i].spoil(&rig);
        for (size_t m = 0; m < 3; m++) {
            check_refused(&rig, modes[m], HONE_E_CORRUPT, spoils[i].words);
        }
        rig_finish(&rig);
    }
}

/* ---- Files that are not there, and places that are none ---- */

static void only_create_makes_a_file(void **state) {
    struct rig rig;
    struct hone_err err = {0};
    struct hone_db *db = NULL;

    (void)state;
    rig_init(&rig);
    assert_int_equal(hone_db_open(rig.path, HONE_DB_READ, &db, &err), HONE_E_MISSING);
    assert_non_null(strstr(err.text, "there is no database"));
    assert_int_equal(hone_db_open(rig.path, HONE_DB_WRITE, &db, &err), HONE_E_MISSING);
    assert_int_equal(files_in(rig.folder), 0);
    write_file(rig.path, "", 0);
    check_refused(&rig, HONE_DB_READ, HONE_E_CORRUPT, "it is empty");
    check_refused(&rig, HONE_DB_WRITE, HONE_E_CORRUPT, "it is empty");
    rig_open(&rig); /* an empty file may become a database */
    rig_fill(&rig, 1);
    rig_finish(&rig);
}

static void a_place_that_cannot_hold_a_file_is_named(void **state) {
    struct rig rig;
    char path[160];
    struct hone_err err = {0};
    struct hone_db *db = NULL;

    (void)state;
    rig_init(&rig);
    assert_int_equal(hone_db_open(rig.folder, HONE_DB_CREATE, &db, &err), HONE_E_CORRUPT);
    assert_non_null(strstr(err.text, "it is a folder"));
    (void)snprintf(path, sizeof(path), "%s/none/s.db", rig.folder);
    assert_int_equal(hone_db_open(path, HONE_DB_CREATE, &db, &err), HONE_E_IO);
    assert_non_null(strstr(err.text, "No such file or directory"));
    assert_non_null(strstr(err.text, path));
    (void)snprintf(path, sizeof(path), "%s/pipe", rig.folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(hone_db_open(path, HONE_DB_CREATE, &db, &err), HONE_E_CORRUPT);
    assert_non_null(strstr(err.text, "device or pipe"));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(files_in(rig.folder), 0);
    rig_finish(&rig);
}

/* Reads the database and fails to make another; the number of the step that
 * went wrong, 0: none. */
static int read_and_make(const char *path, const char *new_path) {
    struct hone_err err = {0};
    struct hone_db *db = NULL;

    if (geteuid() == 0 && setuid(NOBODY) != 0) {
        return 1; /* root may write everywhere */
    }
    if (hone_db_open(path, HONE_DB_READ, &db, &err) != HONE_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    hone_db_close(db);
    if (hone_db_open(new_path, HONE_DB_CREATE, &db, &err) != HONE_E_IO) {
        return 3;
    }
    return strstr(err.text, "Permission denied") == NULL ? 4 : 0;
}

static void a_folder_that_may_not_be_written_can_be_read(void **state) {
    struct rig rig;
    char path[160];
    int status = 1;
    pid_t child;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_close(&rig);
    (void)snprintf(path, sizeof(path), "%s/new.db", rig.folder);
    assert_int_equal(chmod(rig.folder, 0555), 0);
    child = fork();
    if (child == 0) {
        _exit(read_and_make(rig.path, path));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(files_in(rig.folder), 1);
    assert_int_equal(chmod(rig.folder, 0755), 0);
    rig_finish(&rig);
}

/* Names that SQLite would take for something else. */
static void odd_names_are_names_of_files(void **state) {
    static const char *const names[] = {":memory:", "file:x?mode=memory", "a%20b#c?d", "-db"};
    char home[4096];
    struct rig rig;

    (void)state;
    rig_init(&rig);
    assert_non_null(getcwd(home, sizeof(home)));
    assert_int_equal(chdir(rig.folder), 0);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct hone_err err = {0};
        struct hone_db *db = NULL;

        assert_int_equal(hone_db_open(names[i], HONE_DB_CREATE, &db, &err), HONE_OK);
        hone_db_close(db);
        assert_int_equal(files_in("."), 1);
        assert_int_equal(hone_db_open(names[i], HONE_DB_READ, &db, &err), HONE_OK);
        hone_db_close(db);
        assert_int_equal(unlink(names[i]), 0);
        assert_int_equal(files_in("."), 0);
    }
    assert_int_equal(chdir(home), 0);
    rig_finish(&rig);
}

/* ---- Several at once ---- */

static int create_and_look(const struct rig *rig) {
    struct hone_err err = {0};
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(rig->path, HONE_DB_CREATE, &db, &err);

    if (code != HONE_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
    }
    hone_db_close(db);
    return code != HONE_OK;
}

static void processes_that_start_together_share_one_file(void **state) {
    struct rig rig;
    pid_t child[PROCESSES];

    (void)state;
    rig_init(&rig);
    for (size_t i = 0; i < PROCESSES; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            _exit(create_and_look(&rig));
        }
    }
    for (size_t i = 0; i < PROCESSES; i++) {
        int status = 1;

        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    rig_open(&rig);
    rig_fill(&rig, 1);
    rig_finish(&rig);
}

static bool count_row(void *self, const struct hone_trial_row *row) {
    (void)row;
    ++*(size_t *)self;
    return true;
}

/* Sees all trials that were there when it asked, and never a lock. */
static void read_once(const struct rig *rig, size_t *seen_before) {
    const struct hone_trial_query query = {.study = "trees", .with_folds = true};
    struct hone_err err = {0};
    struct hone_db *db = NULL;
    size_t seen = 0;

    if (hone_db_open(rig->path, HONE_DB_READ, &db, &err) != HONE_OK ||
        hone_db_trials(db, &query, count_row, &seen, &err) != HONE_OK) {
        fail_msg("%s", err.text);
    }
    hone_db_close(db);
    assert_true(seen >= *seen_before);
    *seen_before = seen;
}

static void readers_never_meet_a_lock_while_a_run_writes(void **state) {
    struct rig rig;
    size_t seen = 0;
    int status = 1;
    pid_t child;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_close(&rig);
    child = fork();
    if (child == 0) {
        rig_open(&rig);
        rig_fill(&rig, 60);
        rig_close(&rig);
        _exit(0);
    }
    while (waitpid(child, &status, WNOHANG) == 0) {
        read_once(&rig, &seen);
    }
    assert_int_equal(status, 0);
    read_once(&rig, &seen);
    assert_int_equal(seen, 60);
    rig_finish(&rig);
}

/* A run in another process, which ends when SQLite here has asked so many times what a
 * file is: its size, at some of them. */
static struct {
    sqlite3_syscall_ptr ask;
    int left;
    pid_t process;
} other;

static void end_other(void) {
    int status = 1;

    assert_int_equal(kill(other.process, SIGCONT), 0);
    assert_int_equal(waitpid(other.process, &status, 0), other.process);
    assert_int_equal(status, 0);
}

static int ask_and_end_other(int file, struct stat *ret) {
    int result = ((int (*)(int, struct stat *))other.ask)(file, ret);

    if (--other.left == 0) {
        end_other();
    }
    return result;
}

/* Stands still when it has written more than the file has room for. */
static void start_other(struct rig *rig) {
    int status = 0;

    other.process = fork();
    if (other.process == 0) {
        rig_open(rig);
        rig_fill(rig, 30);
        (void)raise(SIGSTOP);
        rig_close(rig);
        _exit(0);
    }
    assert_int_equal(waitpid(other.process, &status, WUNTRACED), other.process);
    assert_true(WIFSTOPPED(status));
}

/* False: the file was open before that moment came. */
static bool open_while_other_ends(int moment, enum hone_db_mode mode) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    struct hone_db *db = NULL;
    struct hone_err err = {0};
    struct rig rig;

    rig_init(&rig);
    start_other(&rig);
    other.left = moment;
    other.ask = vfs->xGetSystemCall(vfs, "fstat");
    assert_int_equal(
        vfs->xSetSystemCall(vfs, "fstat", (sqlite3_syscall_ptr)ask_and_end_other), SQLITE_OK);
    if (hone_db_open(rig.path, mode, &db, &err) != HONE_OK) {
        fail_msg("moment %d, mode %d: %s", moment, (int)mode, err.text);
    }
    assert_int_equal(vfs->xSetSystemCall(vfs, "fstat", other.ask), SQLITE_OK);
    if (other.left > 0) {
        end_other();
    }
    hone_db_close(db);
    rig_finish(&rig);
    return other.left <= 0;
}

static void a_run_that_ends_meanwhile_does_not_make_a_file_look_cut(void **state) {
    (void)state;
    for (int moment = 1; open_while_other_ends(moment, HONE_DB_READ); moment++) {
    }
    for (int moment = 1; open_while_other_ends(moment, HONE_DB_WRITE); moment++) {
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_ours_is_refused_and_left_as_it_is),
        cmocka_unit_test(only_create_makes_a_file),
        cmocka_unit_test(a_place_that_cannot_hold_a_file_is_named),
        cmocka_unit_test(a_folder_that_may_not_be_written_can_be_read),
        cmocka_unit_test(odd_names_are_names_of_files),
        cmocka_unit_test(processes_that_start_together_share_one_file),
        cmocka_unit_test(readers_never_meet_a_lock_while_a_run_writes),
        cmocka_unit_test(a_run_that_ends_meanwhile_does_not_make_a_file_look_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
