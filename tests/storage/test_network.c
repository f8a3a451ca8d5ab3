/* A database on a network file system: processes of different machines share no
 * memory, so that a WAL is not to be used. */
#include "tests/storage/rig.h"

#include <linux/magic.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What statfs says, under either of its names. */
static unsigned long kind_of_file_system;

int __wrap_statfs(const char *path, struct statfs *ret);
int __wrap_statfs64(const char *path, struct statfs *ret);

int __wrap_statfs(const char *path, struct statfs *ret) {
    memset(ret, 0, sizeof(*ret));
    ret->f_type = (__fsword_t)kind_of_file_system;
    return access(path, F_OK);
}

int __wrap_statfs64(const char *path, struct statfs *ret) {
    return __wrap_statfs(path, ret);
}

/* "wal" or "delete", as whoever opens the file finds it. */
static void assert_journal(const struct rig *rig, const char *mode) {
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *stmt = NULL;

    assert_int_equal(sqlite3_open(rig->path, &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(sqlite, "PRAGMA journal_mode", -1, &stmt, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(stmt, 0), mode);
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(sqlite);
}

static void a_file_system_is_known_by_its_kind(void **state) {
    static const struct {
        unsigned long kind;
        bool network;
    } cases[] = {{NFS_SUPER_MAGIC, true}, {SMB_SUPER_MAGIC, true}, {CIFS_SUPER_MAGIC, true},
        {SMB2_SUPER_MAGIC, true}, {AFS_SUPER_MAGIC, true}, {CEPH_SUPER_MAGIC, true},
        {V9FS_MAGIC, true}, {EXT4_SUPER_MAGIC, false}, {XFS_SUPER_MAGIC, false},
        {BTRFS_SUPER_MAGIC, false}, {TMPFS_MAGIC, false}, {OVERLAYFS_SUPER_MAGIC, false}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig rig;

        kind_of_file_system = cases[i].kind;
        rig_init(&rig);
        rig_open(&rig);
        assert_int_equal(hone_db_is_on_network(rig.db), cases[i].network);
        rig_fill(&rig, 1);
        rig_close(&rig);
        assert_journal(&rig, cases[i].network ? "delete" : "wal");
        rig_finish(&rig);
    }
}

static void a_file_that_moves_changes_its_journal(void **state) {
    struct rig rig;

    (void)state;
    rig_init(&rig);
    for (size_t i = 0; i < 4; i++) {
        kind_of_file_system = i % 2 == 0 ? EXT4_SUPER_MAGIC : NFS_SUPER_MAGIC;
        rig_open(&rig);
        assert_int_equal(rig.history.count, i);
        rig_fill(&rig, 1);
        rig_close(&rig);
        assert_journal(&rig, i % 2 == 0 ? "wal" : "delete");
    }
    rig_finish(&rig);
}

/* Two write and one reads, all at once: they wait for one another. */
static void processes_share_it_without_a_wal(void **state) {
    struct rig rig;
    pid_t child[2];

    (void)state;
    kind_of_file_system = NFS_SUPER_MAGIC;
    rig_init(&rig);
    for (size_t i = 0; i < 2; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            rig.study.name = i == 0 ? "oaks" : "elms";
            rig_open(&rig);
            rig_fill(&rig, 30);
            rig_close(&rig);
            _exit(0);
        }
    }
    rig_open(&rig);
    rig_fill(&rig, 30);
    for (size_t i = 0; i < 2; i++) {
        int status = 1;

        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_system_is_known_by_its_kind),
        cmocka_unit_test(a_file_that_moves_changes_its_journal),
        cmocka_unit_test(processes_share_it_without_a_wal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
