/* A study in a database file of its own, for tests of storage. */
#ifndef HONE_TESTS_STORAGE_RIG_H
#define HONE_TESTS_STORAGE_RIG_H

#include "engine/arena.h"
#include "engine/space.h"
#include "engine/store.h"
#include "storage/db.h"

enum { RIG_FOLDS = 3 };

struct rig {
    char folder[64]; /* made by rig_init, removed by rig_finish */
    char path[96];   /* of the database in it */
    struct hone_arena arena;
    struct hone_space space;
    struct hone_study study;
    struct hone_db *db;
    struct hone_store *store;
    struct hone_history history;
    uint64_t parallel;
};

/* Space lr (log float), units (int), opt (categorical with a list), depth (int,
 * only for opt b). Nothing is opened yet. */
void rig_init(struct rig *rig);

/* Opens the file and the study; fails the test when it cannot. */
void rig_open(struct rig *rig);

/* The same as far as it goes, for files and disks that may be bad. */
enum hone_code rig_try_open(struct rig *rig, struct hone_err *err);

/* Closes what is open and keeps the file. */
void rig_close(struct rig *rig);

void rig_finish(struct rig *rig);

/* One turn that adds a complete trial with these fold values; the point follows
 * from the number. */
void rig_add_complete(struct rig *rig, const double value[RIG_FOLDS]);

/* One turn that begins a trial; then it runs. Valid until the history grows. */
struct hone_trial *rig_begin(struct rig *rig);

/* Runs statements on the file past the program, as an editor of the file or
 * damage in it would. No hone_db may be open on it that writes meanwhile. */
void rig_sql(const struct rig *rig, const char *sql);

/* Runs `count` of them with values that differ. */
void rig_fill(struct rig *rig, size_t count);

#endif
