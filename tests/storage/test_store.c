#include "storage/trial_rows.h"
#include "tests/storage/rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void a_history_comes_back_to_the_bit(void **state) {
    const double odd[RIG_FOLDS] = {-0.0, 4.9e-324, 0.1 + 0.2};
    struct rig rig;
    double x_value[8];
    double loss;
    double sem;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 7);
    rig_add_complete(&rig, odd);
    memcpy(x_value, rig.history.trial[7].x_value, rig.space.n * sizeof(double));
    loss = rig.history.trial[7].loss;
    sem = rig.history.trial[7].sem;
    rig_close(&rig);
    rig_open(&rig);
    assert_int_equal(rig.history.count, 8);
    assert_int_equal(rig.parallel, 2);
    for (size_t p = 0; p < rig.space.n; p++) {
        assert_true(isnan(x_value[p]) ? isnan(rig.history.trial[7].x_value[p])
                                      : rig.history.trial[7].x_value[p] == x_value[p]);
    }
    assert_memory_equal(&rig.history.trial[7].loss, &loss, sizeof(loss));
    assert_memory_equal(&rig.history.trial[7].sem, &sem, sizeof(sem));
    assert_true(rig.history.trial[7].fold_loss[1] == -4.9e-324);
    assert_int_equal(rig.history.trial[7].state, HONE_COMPLETE);
    assert_true(rig.history.trial[7].seconds == 0.75);
    assert_string_equal(rig.history.trial[3].part, "random");
    rig_finish(&rig);
}

static void a_row_without_an_id_of_the_callers_gets_one_that_is_free(void **state) {
    struct rig rig;
    struct hone_trial_writer writer = {0};
    struct hone_err err = {0};

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    assert_int_equal(hone_trial_writer_init(&writer, rig.db,
        &(struct hone_trial_frame){.study = 1, .space = &rig.space, .folds = RIG_FOLDS}, &err),
        HONE_OK);
    for (uint64_t number = 0; number < 3; number++) {
        struct hone_trial *trial = NULL;
        int64_t id = number == 0 ? 70 : 0;

        assert_int_equal(hone_history_append(&rig.history, NULL, &trial, &err), HONE_OK);
        if (hone_trial_insert_as(&writer, id, trial, 0, &err) != HONE_OK) {
            fail_msg("trial %d: %s", (int)number, err.text);
        }
    }
    hone_trial_writer_finish(&writer);
    rig_finish(&rig);
}

static void a_turn_without_end_never_happened(void **state) {
    struct rig rig;
    struct hone_trial *trial = NULL;
    struct hone_err err;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 2);
    assert_int_equal(hone_history_append(&rig.history, NULL, &trial, &err), HONE_OK);
    assert_int_equal(hone_store_begin(rig.store, &err), HONE_OK);
    assert_int_equal(hone_store_put_trial(rig.store, trial, &err), HONE_OK);
    rig_close(&rig);
    rig_open(&rig);
    assert_int_equal(rig.history.count, 2);
    rig_finish(&rig);
}

static void another_spec_is_refused_with_the_difference(void **state) {
    struct rig rig;
    struct hone_store *store = NULL;
    struct hone_history history = {0};
    struct hone_err err;
    uint64_t parallel;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig.study.fingerprint = "seed = 1\nspace.x = 3\n";
    history.params = rig.space.n;
    history.folds = RIG_FOLDS;
    assert_int_equal(hone_sqlite_store_new(rig.db, &store, &err), HONE_OK);
    assert_int_equal(hone_store_open_study(store, &rig.study, &history, &parallel, &err),
        HONE_E_DIFFERS);
    assert_non_null(strstr(err.text, "space.x was 2, is 3"));
    hone_store_close(store);
    rig_finish(&rig);
}

/* Opens the study in a child and ends at once, without closing anything, or
 * stays until it is killed. Returns its pid once the study is open. */
static pid_t run_elsewhere(struct rig *rig, bool stay) {
    int ready[2];
    char byte = 0;
    pid_t child;

    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        rig_open(rig);
        rig_fill(rig, 1);
        (void)!write(ready[1], "x", 1);
        while (stay) {
            (void)pause();
        }
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    (void)close(ready[1]);
    return child;
}

static void a_study_that_runs_cannot_be_deleted_until_its_runner_dies(void **state) {
    struct rig rig;
    struct hone_err err;
    pid_t child;

    (void)state;
    rig_init(&rig);
    child = run_elsewhere(&rig, true);
    assert_int_equal(hone_db_open(rig.path, HONE_DB_CREATE, &rig.db, &err), HONE_OK);
    assert_int_equal(hone_db_delete(rig.db, "trees", &err), HONE_E_BUSY);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(hone_db_delete(rig.db, "trees", &err), HONE_OK);
    rig_finish(&rig);
}

static void what_a_dead_runner_left_running_waits_again(void **state) {
    struct rig rig;
    struct hone_trial *trial = NULL;
    struct hone_err err;
    pid_t child;

    (void)state;
    rig_init(&rig);
    child = fork();
    if (child == 0) {
        rig_open(&rig);
        if (hone_history_append(&rig.history, NULL, &trial, &err) != HONE_OK) {
            _exit(1);
        }
        trial->state = HONE_RUNNING;
        _exit(hone_store_begin(rig.store, &err) != HONE_OK ||
              hone_store_put_trial(rig.store, trial, &err) != HONE_OK ||
              hone_store_end(rig.store, &err) != HONE_OK);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    rig_open(&rig);
    assert_int_equal(rig.history.count, 1);
    assert_int_equal(rig.history.trial[0].state, HONE_WAITING);
    rig_finish(&rig);
}

static void a_queued_point_reaches_a_run_in_its_next_turn(void **state) {
    struct rig rig;
    struct hone_db *other = NULL;
    struct hone_err err;
    double x_value[8];
    uint64_t number = 0;
    bool changed = false;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 3);
    memcpy(x_value, rig.history.trial[1].x_value, rig.space.n * sizeof(double));
    assert_int_equal(hone_db_open(rig.path, HONE_DB_WRITE, &other, &err), HONE_OK);
    assert_int_equal(hone_db_queue(other, "trees", &rig.space, x_value, &number, &err), HONE_OK);
    assert_int_equal(number, 3);
    hone_db_close(other);
    assert_int_equal(hone_store_begin(rig.store, &err), HONE_OK);
    assert_int_equal(hone_store_news(rig.store, &rig.history, &changed, &err), HONE_OK);
    assert_true(changed);
    assert_int_equal(hone_store_end(rig.store, &err), HONE_OK);
    assert_int_equal(rig.history.count, 4);
    assert_int_equal(rig.history.trial[3].state, HONE_WAITING);
    assert_string_equal(rig.history.trial[3].part, "queue");
    assert_true(hone_space_same(&rig.space, rig.history.trial[3].x_value, x_value));
    rig_fill(&rig, 1); /* goes on with number 4 */
    rig_finish(&rig);
}

struct seen {
    size_t studies;
    struct hone_study_row row;
};

static bool see_study(void *self, const struct hone_study_row *row) {
    struct seen *seen = self;

    seen->studies++;
    seen->row = *row;
    return true;
}

static void a_study_knows_its_counts_and_best(void **state) {
    const double good[RIG_FOLDS] = {0.97, 0.98, 0.99};
    struct seen seen = {0};
    struct hone_err err;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 4);
    rig_add_complete(&rig, good);
    rig_fill(&rig, 1);
    assert_int_equal(hone_db_study(rig.db, "TREES", see_study, &seen, &err), HONE_OK);
    assert_int_equal(seen.row.count[HONE_COMPLETE], 6);
    assert_int_equal(seen.row.best_number, 4);
    assert_true(fabs(seen.row.best_value - 0.98) < 1e-12);
    assert_int_equal(seen.row.runner_pid, getpid());
    assert_int_equal(hone_db_study(rig.db, "tree", see_study, &seen, &err), HONE_E_MISSING);
    assert_non_null(strstr(err.text, "did you mean 'trees'"));
    rig_finish(&rig);
}

static void deleting_leaves_nothing_of_a_study(void **state) {
    struct seen seen = {0};
    struct hone_err err;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 2);
    rig_close(&rig);
    assert_int_equal(hone_db_open(rig.path, HONE_DB_WRITE, &rig.db, &err), HONE_OK);
    assert_int_equal(hone_db_delete(rig.db, "trees", &err), HONE_OK);
    assert_int_equal(hone_db_studies(rig.db, see_study, &seen, &err), HONE_OK);
    assert_int_equal(seen.studies, 0);
    rig_close(&rig);
    rig_open(&rig); /* the name is free again, view and all */
    assert_int_equal(rig.history.count, 0);
    rig_finish(&rig);
}

static void a_name_of_the_database_is_no_name_of_a_study(void **state) {
    static const char *const taken[] = {"trials", "TRIAL", "studies", "sqlite_x", "fold", "",
        "a b"};

    (void)state;
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        assert_false(hone_db_name_is_free(taken[i]));
    }
    assert_true(hone_db_name_is_free("digits-mlp"));
}

/* ---- Insights ---- */

struct seen_insight {
    size_t count;
    struct hone_insight_row last;
    double length[8];
};

static bool see_insight(void *self, const struct hone_insight_row *row) {
    struct seen_insight *seen = self;

    seen->count++;
    seen->last = *row;
    memcpy(seen->length, row->length, row->params * sizeof(double));
    return true;
}

static void put_insight(struct rig *rig, size_t trials, double mean) {
    double length[8] = {0.25, NAN, 0.5, 1e-3};
    const struct hone_insight insight = {.trials = trials, .is_known = true, .is_fit = true,
        .best = 1, .mean = mean, .sd = 0.125, .remaining = 0.5, .tolerance = 0.0625,
        .noise = 0.1, .loo_gain = -3, .loo_r2 = 0.75, .loo_coverage = 0.9, .length = length};
    struct hone_err err;

    assert_int_equal(hone_store_begin(rig->store, &err), HONE_OK);
    assert_int_equal(hone_store_put_insight(rig->store, &insight, &err), HONE_OK);
    assert_int_equal(hone_store_end(rig->store, &err), HONE_OK);
}

static void what_a_sampler_learnt_comes_back_and_the_latest_of_as_many_trials_counts(void **state) {
    struct rig rig;
    struct seen_insight all = {0}, latest = {0};
    struct hone_err err;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 3);
    put_insight(&rig, 2, 7);
    put_insight(&rig, 3, 8);
    put_insight(&rig, 3, 9);
    rig_close(&rig);
    rig_open(&rig);
    assert_int_equal(
        hone_db_insights(rig.db, rig.study.name, false, see_insight, &all, &err), HONE_OK);
    assert_int_equal(
        hone_db_insights(rig.db, rig.study.name, true, see_insight, &latest, &err), HONE_OK);
    assert_int_equal(all.count, 2);
    assert_int_equal(latest.count, 1);
    assert_int_equal(latest.last.trials, 3);
    assert_true(latest.last.mean == (rig.study.maximize ? -9 : 9));
    assert_true(latest.last.is_fit && !latest.last.is_enough);
    assert_true(latest.last.loo_r2 == 0.75 && latest.last.tolerance == 0.0625);
    assert_true(latest.length[0] == 0.25 && isnan(latest.length[1]));
    assert_true(latest.length[3] == 1e-3);
    rig_finish(&rig);
}

static void an_insight_that_is_not_as_it_was_written_is_not_shown(void **state) {
    static const char *const damage[] = {"UPDATE sampler_insight SET mean = 1",
        "UPDATE sampler_length SET length = 2", "DELETE FROM sampler_length WHERE param = 2"};

    (void)state;
    for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
        struct rig rig;
        struct seen_insight seen = {0};
        struct hone_err err;

        rig_init(&rig);
        rig_open(&rig);
        rig_fill(&rig, 3);
        put_insight(&rig, 3, 8);
        rig_close(&rig);
        rig_sql(&rig, damage[i]);
        rig_open(&rig);
        assert_int_equal(
            hone_db_insights(rig.db, rig.study.name, true, see_insight, &seen, &err),
            HONE_E_CORRUPT);
        assert_int_equal(seen.count, 0);
        rig_finish(&rig);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_history_comes_back_to_the_bit),
        cmocka_unit_test(a_row_without_an_id_of_the_callers_gets_one_that_is_free),
        cmocka_unit_test(a_turn_without_end_never_happened),
        cmocka_unit_test(another_spec_is_refused_with_the_difference),
        cmocka_unit_test(a_study_that_runs_cannot_be_deleted_until_its_runner_dies),
        cmocka_unit_test(what_a_dead_runner_left_running_waits_again),
        cmocka_unit_test(a_queued_point_reaches_a_run_in_its_next_turn),
        cmocka_unit_test(a_study_knows_its_counts_and_best),
        cmocka_unit_test(deleting_leaves_nothing_of_a_study),
        cmocka_unit_test(a_name_of_the_database_is_no_name_of_a_study),
        cmocka_unit_test(
            what_a_sampler_learnt_comes_back_and_the_latest_of_as_many_trials_counts),
        cmocka_unit_test(an_insight_that_is_not_as_it_was_written_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
