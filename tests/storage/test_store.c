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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_history_comes_back_to_the_bit),
        cmocka_unit_test(a_turn_without_end_never_happened),
        cmocka_unit_test(another_spec_is_refused_with_the_difference),
        cmocka_unit_test(a_study_that_runs_cannot_be_deleted_until_its_runner_dies),
        cmocka_unit_test(what_a_dead_runner_left_running_waits_again),
        cmocka_unit_test(a_queued_point_reaches_a_run_in_its_next_turn),
        cmocka_unit_test(a_study_knows_its_counts_and_best),
        cmocka_unit_test(deleting_leaves_nothing_of_a_study),
        cmocka_unit_test(a_name_of_the_database_is_no_name_of_a_study),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
