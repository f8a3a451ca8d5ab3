#include "tests/storage/rig.h"

#include "engine/alloc.h"
#include "engine/objective.h"
#include "tests/engine/tree.h"

#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char space_text[] =
    "{lr: {type: float, low: 0.0001, high: 1, log: true}, units: {type: int, low: 1, high: 64},"
    " opt: [a, b, [1, 2]], depth: {type: int, low: 1, high: 3, when: {opt: b}}}";

void rig_init(struct rig *rig) {
    struct hone_problems problems = {.file = "space"};
    struct hone_err err;

    *rig = (struct rig){0};
    (void)strcpy(rig->folder, "/tmp/hone-storage-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->path, sizeof(rig->path), "%s/s.db", rig->folder);
    assert_int_equal(hone_space_read(tree_read(&rig->arena, space_text), &rig->arena, &rig->space,
        &problems, &err), HONE_OK);
    assert_int_equal(problems.count, 0);
    rig->study = (struct hone_study){
        .name = "trees", .spec_text = "space: …", .spec_file = "trees.yaml", .folder = "/tmp",
        .fingerprint = "seed = 1\nspace.x = 2\n", .space = &rig->space, .sampler = "random",
        .metric = "accuracy", .maximize = true, .folds = RIG_FOLDS, .seed = 1, .budget = 100,
        .parallel = 2, .data_hash = "d", .fold_hash = "f",
    };
}

enum hone_code rig_try_open(struct rig *rig, struct hone_err *err) {
    enum hone_code code = hone_db_open(rig->path, HONE_DB_CREATE, &rig->db, err);

    rig->history = (struct hone_history){.params = rig->space.n, .folds = RIG_FOLDS};
    if (code == HONE_OK) {
        code = hone_sqlite_store_new(rig->db, &rig->store, err);
    }
    return code == HONE_OK ? hone_store_open_study(rig->store, &rig->study, &rig->history,
                                 &rig->parallel, err)
                           : code;
}

void rig_open(struct rig *rig) {
    struct hone_err err = {0};

    if (rig_try_open(rig, &err) != HONE_OK) {
        fail_msg("%s", err.text);
    }
}

void rig_close(struct rig *rig) {
    hone_history_finish(&rig->history);
    hone_store_close(rig->store);
    hone_db_close(rig->db);
    rig->store = NULL;
    rig->db = NULL;
}

void rig_finish(struct rig *rig) {
    char file[128];

    rig_close(rig);
    for (size_t i = 0; i < 3; i++) {
        static const char *const ending[] = {"", "-wal", "-shm"};

        (void)snprintf(file, sizeof(file), "%s%s", rig->path, ending[i]);
        (void)unlink(file);
    }
    (void)rmdir(rig->folder);
    hone_arena_finish(&rig->arena);
}

static void choose_point(const struct rig *rig, uint64_t number, double *ret_x_value) {
    double x_unit[8] = {fmod(0.37 * (double)number, 1), fmod(0.61 * (double)number, 1),
        fmod(0.31 * (double)number, 1), fmod(0.83 * (double)number, 1)};

    hone_space_decode(&rig->space, x_unit, ret_x_value);
}

static void add_folds(struct rig *rig, struct hone_trial *trial, const double *value) {
    struct hone_err err;

    for (size_t f = 0; f < RIG_FOLDS; f++) {
        struct hone_result result = {.trial = trial->number, .fold = f,
            .outcome = HONE_OUTCOME_VALUE, .value = value[f], .seconds = 0.25, .started_ms = 1000};

        hone_result_add_metric(&result, "accuracy", value[f]);
        hone_result_add_metric(&result, "f1", value[f] / 2);
        assert_int_equal(hone_result_add_point(&result,
            (struct hone_curve_point){.epoch = 1, .train_loss = 0.5, .valid_loss = NAN,
                .rate = 0.1}, &err), HONE_OK);
        hone_trial_note_run(trial, f, result.started_ms, result.seconds);
        hone_trial_note_fold(trial, RIG_FOLDS, f, -value[f]);
        assert_int_equal(hone_store_put_result(rig->store, &result, &err), HONE_OK);
        hone_result_finish(&result);
    }
}

static struct hone_trial *put_begun(struct rig *rig) {
    struct hone_trial *trial = NULL;
    struct hone_err err = {0};
    double x_value[8];

    choose_point(rig, rig->history.count, x_value);
    assert_int_equal(hone_history_append(&rig->history, x_value, &trial, &err), HONE_OK);
    trial->part = "random";
    trial->started_ms = 1000;
    trial->state = HONE_RUNNING;
    assert_int_equal(hone_store_put_trial(rig->store, trial, &err), HONE_OK);
    return trial;
}

struct hone_trial *rig_begin(struct rig *rig) {
    struct hone_trial *trial;
    struct hone_err err = {0};

    assert_int_equal(hone_store_begin(rig->store, &err), HONE_OK);
    trial = put_begun(rig);
    assert_int_equal(hone_store_end(rig->store, &err), HONE_OK);
    return trial;
}

void rig_add_complete(struct rig *rig, const double value[RIG_FOLDS]) {
    struct hone_trial *trial;
    struct hone_err err = {0};

    assert_int_equal(hone_store_begin(rig->store, &err), HONE_OK);
    trial = put_begun(rig);
    add_folds(rig, trial, value);
    trial->state = HONE_COMPLETE;
    trial->finished_ms = 2000;
    assert_int_equal(hone_store_put_trial(rig->store, trial, &err), HONE_OK);
    assert_int_equal(hone_store_end(rig->store, &err), HONE_OK);
}

void rig_sql(const struct rig *rig, const char *sql) {
    sqlite3 *sqlite = NULL;

    assert_int_equal(sqlite3_open(rig->path, &sqlite), SQLITE_OK);
    if (sqlite3_exec(sqlite, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(sqlite));
    }
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
}

void rig_fill(struct rig *rig, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double middle = 0.5 + 0.4 * sin((double)i);
        const double value[RIG_FOLDS] = {middle - 0.01, middle, middle + 0.01};

        rig_add_complete(rig, value);
    }
}
