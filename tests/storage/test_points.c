/* Curves of folds that run: put as they grow, and forgotten with what was cut off. */
#include "tests/storage/rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { EPOCHS = 6 };

static struct rig rig;

static int set_up(void **state) {
    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_finish(&rig);
    return 0;
}

/* ---- Putting ---- */

static void begin(void) {
    struct hone_err err;

    assert_int_equal(hone_store_begin(rig.store, &err), HONE_OK);
}

static void end(void) {
    struct hone_err err;

    assert_int_equal(hone_store_end(rig.store, &err), HONE_OK);
}

/* A curve of so many epochs, of which so many are stored. */
static struct hone_result curve_of(uint64_t trial, size_t fold, size_t count, size_t stored) {
    static struct hone_curve_point point[EPOCHS];

    for (size_t i = 0; i < EPOCHS; i++) {
        point[i] = (struct hone_curve_point){.epoch = (int64_t)i + 1, .train_loss = NAN,
            .valid_loss = 1 / (1.0 + (double)(i + fold)), .rate = NAN};
    }
    return (struct hone_result){.trial = trial, .fold = fold, .curve = point,
        .curve_count = count, .curve_stored = stored, .started_ms = 1000, .seconds = 0.25,
        .value = 0.5, .sem = NAN};
}

static void put_points(size_t fold, size_t count, size_t stored) {
    const struct hone_result so_far = curve_of(0, fold, count, stored);
    struct hone_err err = {0};

    begin();
    assert_int_equal(hone_store_put_points(rig.store, &so_far, &err), HONE_OK);
    end();
}

static void put_again(size_t fold, size_t count) {
    struct hone_result so_far = curve_of(0, fold, count, 0);
    struct hone_err err = {0};

    so_far.curve_again = true;
    begin();
    assert_int_equal(hone_store_put_points(rig.store, &so_far, &err), HONE_OK);
    end();
}

static void put_result(size_t fold, size_t count, size_t stored) {
    struct hone_trial *trial = &rig.history.trial[0];
    struct hone_result result = curve_of(0, fold, count, stored);
    struct hone_err err = {0};

    hone_result_add_metric(&result, "f1", 0.25);
    begin();
    hone_trial_note_run(trial, fold, result.started_ms, result.seconds);
    hone_trial_note_fold(trial, RIG_FOLDS, fold, -result.value);
    assert_int_equal(hone_store_put_result(rig.store, &result, &err), HONE_OK);
    assert_int_equal(hone_store_put_trial(rig.store, trial, &err), HONE_OK);
    end();
}

static void let_wait(void) {
    struct hone_err err = {0};

    rig.history.trial[0].state = HONE_WAITING;
    begin();
    assert_int_equal(hone_store_put_trial(rig.store, &rig.history.trial[0], &err), HONE_OK);
    end();
}

/* ---- Reading, by another connection ---- */

struct seen {
    size_t points[RIG_FOLDS];
};

static bool see_point(void *self, const struct hone_curve_row *row) {
    struct seen *seen = self;

    assert_true(row->fold < RIG_FOLDS);
    assert_int_equal(row->point.epoch, ++seen->points[row->fold]);
    assert_true(row->point.valid_loss ==
                1 / (1.0 + (double)((size_t)row->point.epoch - 1 + row->fold)));
    return true;
}

static enum hone_code read_curves(const char *path, struct seen *ret) {
    struct hone_db *db = NULL;
    struct hone_err err = {0};
    enum hone_code code = hone_db_open(path, HONE_DB_READ, &db, &err);

    *ret = (struct seen){0};
    if (code == HONE_OK) {
        code = hone_db_curves(db, "trees", 0, see_point, ret, &err);
    }
    hone_db_close(db);
    return code;
}

static void complain(void *self, const char *sentence) {
    (void)self;
    fail_msg("%s", sentence);
}

/* What the file has, and that it is sound. */
static void expect_points_in(const char *path, size_t fold_0, size_t fold_1) {
    struct hone_db *db = NULL;
    struct hone_err err = {0};
    struct hone_census census = {0};
    struct seen seen;

    assert_int_equal(read_curves(path, &seen), HONE_OK);
    assert_int_equal(seen.points[0], fold_0);
    assert_int_equal(seen.points[1], fold_1);
    assert_int_equal(hone_db_open(path, HONE_DB_READ, &db, &err), HONE_OK);
    assert_int_equal(hone_db_check(db, complain, NULL, &census, &err), HONE_OK);
    assert_int_equal(census.complaints, 0);
    hone_db_close(db);
}

static void expect_points(size_t fold_0, size_t fold_1) {
    expect_points_in(rig.path, fold_0, fold_1);
}

/* ---- Cases ---- */

static void points_are_there_while_their_fold_runs(void **state) {
    (void)state;
    (void)rig_begin(&rig);
    put_points(0, 2, 0);
    expect_points(2, 0);
    put_points(1, 1, 0);
    put_points(0, 5, 2);
    expect_points(5, 1);
    put_result(0, 6, 5);
    expect_points(6, 1);
    put_result(1, 1, 1); /* nothing new but the metric */
    expect_points(6, 1);
}

static void a_fold_that_is_begun_again_has_its_new_points_alone(void **state) {
    (void)state;
    (void)rig_begin(&rig);
    put_points(0, 4, 0);
    put_points(1, 3, 0);
    put_again(0, 0);
    expect_points(0, 3);
    put_points(0, 2, 0);
    put_again(0, 3);
    expect_points(3, 3);
    put_again(0, 1);
    put_result(0, 2, 1);
    expect_points(2, 3);
}

static void a_trial_that_waits_keeps_the_curves_of_finished_folds(void **state) {
    (void)state;
    (void)rig_begin(&rig);
    put_result(0, 4, 0);
    put_points(1, 3, 0);
    put_points(2, 6, 0);
    let_wait();
    expect_points(4, 0);
    rig.history.trial[0].state = HONE_RUNNING;
    put_points(1, 2, 0);
    expect_points(4, 2);
}

static void an_engine_that_leaves_takes_the_points_of_its_folds_along(void **state) {
    (void)state;
    (void)rig_begin(&rig);
    put_result(0, 4, 0);
    put_points(1, 3, 0);
    rig_close(&rig);
    expect_points(4, 0);
    rig_open(&rig);
    assert_int_equal(rig.history.trial[0].state, HONE_WAITING);
    assert_int_equal(rig.history.trial[0].folds_done, 1);
}

static void expect_added(void *self, const char *study, enum hone_merge_what what,
    uint64_t to_trials, uint64_t from_trials) {
    (void)self;
    (void)study;
    assert_int_equal(what, HONE_MERGE_COPIED);
    assert_int_equal(to_trials, 0);
    assert_int_equal(from_trials, 1);
}

/* A copy of a trial that runs is a trial that waits. */
static void merged_trials_have_the_curves_of_finished_folds(void **state) {
    struct hone_db *to = NULL;
    struct hone_db *from = NULL;
    struct hone_err err = {0};
    char path[128];

    (void)state;
    (void)snprintf(path, sizeof(path), "%s-merged", rig.path);
    (void)rig_begin(&rig);
    put_result(0, 4, 0);
    put_points(1, 3, 0);
    assert_int_equal(hone_db_open(path, HONE_DB_CREATE, &to, &err), HONE_OK);
    assert_int_equal(hone_db_open(rig.path, HONE_DB_READ, &from, &err), HONE_OK);
    assert_int_equal(hone_db_merge(to, from, false, expect_added, NULL, &err), HONE_OK);
    hone_db_close(to);
    hone_db_close(from);
    expect_points_in(path, 4, 0);
    expect_points(4, 3);
    (void)remove(path);
}

static void a_changed_point_is_damage(void **state) {
    const struct hone_result so_far = curve_of(0, 0, 4, 3);
    struct hone_err err = {0};
    struct seen seen;

    (void)state;
    (void)rig_begin(&rig);
    put_points(0, 3, 0);
    rig_sql(&rig, "UPDATE curve SET valid_loss = 0.5 WHERE epoch = 3");
    assert_int_equal(read_curves(rig.path, &seen), HONE_E_CORRUPT);
    rig_sql(&rig, "UPDATE fold_detail SET checksum = checksum + 1");
    begin();
    assert_int_equal(hone_store_put_points(rig.store, &so_far, &err), HONE_E_CORRUPT);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(points_are_there_while_their_fold_runs),
        CASE(a_fold_that_is_begun_again_has_its_new_points_alone),
        CASE(a_trial_that_waits_keeps_the_curves_of_finished_folds),
        CASE(an_engine_that_leaves_takes_the_points_of_its_folds_along),
        CASE(merged_trials_have_the_curves_of_finished_folds),
        CASE(a_changed_point_is_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
