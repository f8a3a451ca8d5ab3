#include "engine/trial.h"

#include "engine/alloc.h"
#include "engine/buf.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { FOLDS = 5, PARAMS = 2 };

static struct hone_trial *append(struct hone_history *history, const double *x_value) {
    struct hone_trial *trial = NULL;
    struct hone_err err;

    assert_int_equal(hone_history_append(history, x_value, &trial, &err), HONE_OK);
    return trial;
}

static void every_state_has_its_name(void **state) {
    (void)state;
    assert_string_equal(hone_state_name(HONE_WAITING), "waiting");
    assert_string_equal(hone_state_name(HONE_RUNNING), "running");
    assert_string_equal(hone_state_name(HONE_COMPLETE), "complete");
    assert_string_equal(hone_state_name(HONE_PRUNED), "pruned");
    assert_string_equal(hone_state_name(HONE_FAILED), "failed");
    for (int s = HONE_WAITING; s <= HONE_FAILED; s++) {
        assert_int_equal(hone_state_is_finished((enum hone_state)s), s >= HONE_COMPLETE);
    }
}

static void appended_trials_keep_number_and_point(void **state) {
    struct hone_history history = {.params = PARAMS, .folds = FOLDS};

    (void)state;
    for (int i = 0; i < 100; i++) {
        const double point[PARAMS] = {i, -i};
        const struct hone_trial *trial = append(&history, i % 7 == 0 ? NULL : point);

        assert_int_equal(trial->number, i);
        assert_int_equal(trial->state, HONE_WAITING);
        assert_true(isnan(trial->loss) && isnan(trial->sem) && isnan(trial->mean));
    }
    assert_int_equal(history.count, 100);
    for (int i = 0; i < 100; i++) {
        assert_true(i % 7 == 0 ? isnan(history.trial[i].x_value[1])
                               : history.trial[i].x_value[1] == -i);
        assert_true(isnan(history.trial[i].fold_loss[FOLDS - 1]));
    }
    hone_history_finish(&history);
    assert_int_equal(history.count, 0);
}

static void append_without_memory_changes_nothing(void **state) {
    (void)state;
    for (unsigned long n = 1; n <= 3; n++) {
        struct hone_history history = {.params = PARAMS, .folds = FOLDS};
        struct hone_trial *trial = NULL;
        struct hone_err err;

        hone_alloc_fail_at(n, 1);
        assert_int_equal(hone_history_append(&history, NULL, &trial, &err), HONE_E_NOMEM);
        hone_alloc_fail_at(0, 0);
        assert_null(trial);
        assert_int_equal(history.count, 0);
        hone_history_finish(&history);
    }
}

/* Values whose sum depends on the order of adding. */
static const double fold_loss[FOLDS] = {1e16, 0.1, -1e16, 0.7, 3};

static void summary_does_not_depend_on_who_came_first(void **state) {
    static const size_t order[][FOLDS] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}};
    struct hone_history history = {.params = PARAMS, .folds = FOLDS};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct hone_trial *trial = append(&history, NULL);

        for (size_t k = 0; k < FOLDS; k++) {
            assert_true(isnan(trial->loss));
            hone_trial_note_run(trial, order[i][k], 1000, 0.5);
            hone_trial_note_fold(trial, FOLDS, order[i][k], fold_loss[order[i][k]]);
            assert_int_equal(trial->folds_done, k + 1);
        }
        assert_true(trial->seconds == 2.5);
    }
    for (size_t i = 1; i < 3; i++) {
        assert_memory_equal(&history.trial[i].loss, &history.trial[0].loss, sizeof(double));
        assert_memory_equal(&history.trial[i].sem, &history.trial[0].sem, sizeof(double));
    }
    hone_history_finish(&history);
}

/* 1, 2, 3, 4, 10: mean 4, sample variance 12.5, standard error sqrt(12.5 / 5). */
static void summary_is_mean_and_standard_error(void **state) {
    static const double loss[FOLDS] = {1, 2, 3, 4, 10};
    struct hone_history history = {.params = PARAMS, .folds = FOLDS};
    struct hone_trial *trial = append(&history, NULL);

    (void)state;
    for (size_t k = 0; k < FOLDS; k++) {
        hone_trial_note_fold(trial, FOLDS, k, loss[k]);
    }
    assert_true(trial->loss == 4);
    assert_true(fabs(trial->sem - sqrt(2.5)) <= 1e-15);
    hone_history_finish(&history);
}

static void one_fold_has_no_standard_error(void **state) {
    struct hone_history history = {.params = PARAMS, .folds = 1};
    struct hone_trial *trial = append(&history, NULL);

    (void)state;
    hone_trial_note_fold(trial, 1, 0, 0.25);
    assert_true(trial->loss == 0.25);
    assert_true(isnan(trial->sem));
    hone_history_finish(&history);
}

static void best_is_the_lowest_complete_and_the_earlier_on_ties(void **state) {
    static const struct {
        enum hone_state state;
        double loss;
    } row[] = {{HONE_FAILED, NAN}, {HONE_COMPLETE, 2}, {HONE_COMPLETE, 1}, {HONE_PRUNED, 0},
        {HONE_COMPLETE, 1}, {HONE_RUNNING, NAN}};
    struct hone_history history = {.params = PARAMS, .folds = 1};

    (void)state;
    assert_null(hone_history_best(&history));
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct hone_trial *trial = append(&history, NULL);

        trial->state = row[i].state;
        trial->loss = row[i].loss;
    }
    assert_int_equal(hone_history_best(&history)->number, 2);
    hone_history_finish(&history);
}

static void result_keeps_curve_and_metrics(void **state) {
    struct hone_result result = {0};
    struct hone_err err;

    (void)state;
    for (int i = 1; i <= 100; i++) {
        const struct hone_curve_point point = {.epoch = i, .train_loss = 1.0 / i};

        assert_int_equal(hone_result_add_point(&result, point, &err), HONE_OK);
    }
    for (int i = 0; i < HONE_METRIC_LIMIT + 5; i++) {
        hone_result_add_metric(&result, "a name that is much longer than there is room for in it,"
                                        " and goes on", i);
    }
    assert_int_equal(result.curve_count, 100);
    assert_int_equal(result.curve[99].epoch, 100);
    assert_int_equal(result.metric_count, HONE_METRIC_LIMIT);
    assert_true(result.metric[HONE_METRIC_LIMIT - 1].value == HONE_METRIC_LIMIT - 1);
    assert_int_equal(strlen(result.metric[0].name), HONE_METRIC_NAME - 1);
    hone_result_finish(&result);
}

static void long_name_of_a_metric_ends_with_a_whole_character(void **state) {
    struct hone_result result = {0};
    char name[HONE_METRIC_NAME + 4] = "";

    (void)state;
    memset(name, 'a', HONE_METRIC_NAME - 2);
    memcpy(name + HONE_METRIC_NAME - 2, "\xc3\xa9z", 3); /* its second byte would be cut off */
    hone_result_add_metric(&result, name, 1);
    assert_int_equal(strlen(result.metric[0].name), HONE_METRIC_NAME - 2);
    assert_true(hone_is_utf8(result.metric[0].name));
    assert_ptr_equal(hone_result_find_metric(&result, name), &result.metric[0]);
    assert_null(hone_result_find_metric(&result, "a"));
    hone_result_finish(&result);
}

static void curve_without_memory_keeps_its_points(void **state) {
    struct hone_result result = {0};
    const struct hone_curve_point point = {.epoch = 1};
    struct hone_err err;

    (void)state;
    hone_alloc_fail_at(1, 0);
    assert_int_equal(hone_result_add_point(&result, point, &err), HONE_E_NOMEM);
    assert_int_equal(result.curve_count, 0);
    assert_int_equal(hone_result_add_point(&result, point, &err), HONE_OK);
    hone_result_finish(&result);
}

static void failure_forgets_the_value_and_says_why(void **state) {
    struct hone_result result = {.outcome = HONE_OUTCOME_VALUE, .value = 3};
    char tail[5000];

    (void)state;
    memset(tail, 'x', sizeof(tail) - 1);
    tail[sizeof(tail) - 1] = '\0';
    hone_result_set_failed(&result, "exit status %d", 3);
    assert_int_equal(result.outcome, HONE_OUTCOME_FAILED);
    assert_true(isnan(result.value));
    assert_string_equal(result.error, "exit status 3");
    hone_result_set_failed(&result, "%s: %s", result.error, tail);
    assert_int_equal(strlen(result.error), strlen("exit status 3: ") + sizeof(tail) - 1);
    hone_alloc_fail_at(1, 0);
    hone_result_set_failed(&result, "again");
    hone_alloc_fail_at(0, 0);
    assert_int_equal(result.outcome, HONE_OUTCOME_FAILED);
    assert_null(result.error);
    hone_result_finish(&result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_has_its_name),
        cmocka_unit_test(appended_trials_keep_number_and_point),
        cmocka_unit_test(append_without_memory_changes_nothing),
        cmocka_unit_test(summary_does_not_depend_on_who_came_first),
        cmocka_unit_test(summary_is_mean_and_standard_error),
        cmocka_unit_test(one_fold_has_no_standard_error),
        cmocka_unit_test(best_is_the_lowest_complete_and_the_earlier_on_ties),
        cmocka_unit_test(result_keeps_curve_and_metrics),
        cmocka_unit_test(long_name_of_a_metric_ends_with_a_whole_character),
        cmocka_unit_test(curve_without_memory_keeps_its_points),
        cmocka_unit_test(failure_forgets_the_value_and_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
