#include "engine/alloc.h"
#include "tests/storage/rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Rows against the history that they were written from ---- */

struct check {
    struct rig *rig;
    size_t seen;
    bool with_folds;
    bool ask_more; /* the callback asks another question */
};

static bool is_same(double a, double b) {
    return isnan(a) ? isnan(b) : a == b;
}

static void check_params(const struct rig *rig, const struct hone_trial *trial,
    const struct hone_trial_row *row) {
    static const char *const choice[] = {"a", "b", "[1, 2]"};
    double opt = trial->x_value[2];

    assert_int_equal(row->params, 4);
    assert_string_equal(row->param_name[0], rig->space.param[0].name);
    assert_int_equal(row->param[0].type, HONE_CELL_REAL);
    assert_true(row->param[0].real == trial->x_value[0]);
    assert_int_equal(row->param[1].type, HONE_CELL_INT);
    assert_int_equal(row->param[1].integer, (int64_t)trial->x_value[1]);
    assert_int_equal(row->param[2].type, opt == 2 ? HONE_CELL_JSON : HONE_CELL_TEXT);
    assert_string_equal(row->param[2].text, choice[(size_t)opt]);
    assert_int_equal(row->param[3].type,
        isnan(trial->x_value[3]) ? HONE_CELL_NONE : HONE_CELL_INT);
}

static void check_folds(const struct hone_trial *trial, const struct hone_trial_row *row) {
    double accuracy = 0;

    assert_int_equal(row->folds, trial->folds_done);
    for (size_t f = 0; f < row->folds; f++) {
        assert_int_equal(row->fold[f].fold, f);
        assert_int_equal(row->fold[f].outcome, HONE_OUTCOME_VALUE);
        assert_true(row->fold[f].value == -trial->fold_loss[f]);
        assert_true(row->fold[f].seconds == 0.25);
        assert_int_equal(row->fold[f].started_ms, 1000);
        assert_null(row->fold[f].error);
        accuracy += row->fold[f].value;
    }
    assert_int_equal(row->metrics, row->folds > 0 ? 2 : 0);
    if (row->metrics == 2) {
        assert_string_equal(row->metric[0].name, "accuracy");
        assert_true(row->metric[0].value == accuracy / RIG_FOLDS);
        assert_string_equal(row->metric[1].name, "f1");
        assert_float_equal(row->metric[1].value, accuracy / RIG_FOLDS / 2, 1e-15);
    }
}

static bool count_points(void *self, const struct hone_curve_row *row) {
    size_t *seen = self;

    assert_int_equal(row->fold, *seen);
    assert_int_equal(row->point.epoch, 1);
    assert_true(row->point.train_loss == 0.5 && isnan(row->point.valid_loss));
    assert_true(row->point.rate == 0.1);
    ++*seen;
    return true;
}

static bool check_row(void *self, const struct hone_trial_row *row) {
    struct check *check = self;
    const struct hone_trial *trial = &check->rig->history.trial[row->number];
    struct hone_err err;
    size_t points = 0;

    assert_true(row->number < check->rig->history.count);
    assert_int_equal(row->state, trial->state);
    assert_true(is_same(row->value, -trial->loss));
    assert_true(is_same(row->sem, trial->sem));
    assert_true(row->seconds == trial->seconds);
    assert_int_equal(row->started_ms, trial->started_ms);
    assert_int_equal(row->finished_ms, trial->finished_ms);
    assert_string_equal(row->part, trial->part);
    check_params(check->rig, trial, row);
    if (check->with_folds) {
        check_folds(trial, row);
    } else {
        assert_int_equal(row->folds, 0);
    }
    if (check->ask_more) {
        assert_int_equal(hone_db_curves(check->rig->db, "trees", row->number, count_points, &points,
            &err), HONE_OK);
        assert_int_equal(points, trial->folds_done);
    }
    check->seen++;
    return true;
}

static void add_waiting(struct rig *rig) {
    const double x_value[] = {0.5, 3, 1, 2};
    struct hone_trial *trial = NULL;
    struct hone_err err;

    assert_int_equal(hone_history_append(&rig->history, x_value, &trial, &err), HONE_OK);
    trial->part = "queue";
    assert_int_equal(hone_store_begin(rig->store, &err), HONE_OK);
    assert_int_equal(hone_store_put_trial(rig->store, trial, &err), HONE_OK);
    assert_int_equal(hone_store_end(rig->store, &err), HONE_OK);
}

static void set_up(struct rig *rig) {
    rig_init(rig);
    rig_open(rig);
    rig_fill(rig, 30);
    add_waiting(rig);
    add_waiting(rig);
    rig_fill(rig, 30);
}

/* Every order in which the cursors beside the trials can be led. */
static void rows_are_what_was_stored(void **state) {
    static const struct {
        struct hone_trial_query query;
        size_t count;
    } cases[] = {
        {{.study = "trees"}, 62},
        {{.study = "Trees", .with_folds = true}, 62},
        {{.study = "trees", .with_folds = true, .sort = "-value"}, 62},
        {{.study = "trees", .with_folds = true, .sort = "-number"}, 62},
        {{.study = "trees", .with_folds = true, .where = "number in (0, 1, 29, 30, 32, 61)"}, 6},
        {{.study = "trees", .with_folds = true, .where = "state = waiting"}, 2},
        {{.study = "trees", .with_folds = true, .limit = 7}, 7},
        {{.study = "trees", .with_folds = true, .limit = 7, .where = "number > 57"}, 4},
        {{.study = "trees", .with_folds = true, .one = true, .number = 61}, 1},
        {{.study = "trees", .one = true, .number = 61, .where = "number < 61"}, 0},
        {{.study = "trees", .limit = UINT64_MAX}, 62},
    };
    struct rig rig;

    (void)state;
    set_up(&rig);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct check check = {.rig = &rig, .with_folds = cases[i].query.with_folds,
            .ask_more = i % 2 == 1};
        struct hone_err err = {0};

        if (hone_db_trials(rig.db, &cases[i].query, check_row, &check, &err) != HONE_OK) {
            fail_msg("case %zu: %s", i, err.text);
        }
        assert_int_equal(check.seen, cases[i].count);
    }
    rig_finish(&rig);
}

/* ---- Failed folds and metrics that are no numbers ---- */

static void put_fold(struct rig *rig, size_t fold, const char *error, double f1) {
    struct hone_result result = {.trial = 0, .fold = fold, .outcome = HONE_OUTCOME_VALUE,
        .value = 1, .seconds = 0.5, .started_ms = 5};
    struct hone_err err;

    if (error != NULL) {
        hone_result_set_failed(&result, "%s", error);
    }
    hone_result_add_metric(&result, fold == 0 ? "f1" : "late", f1);
    hone_result_add_metric(&result, fold == 0 ? "late" : "f1", 3);
    assert_int_equal(hone_store_put_result(rig->store, &result, &err), HONE_OK);
    hone_result_finish(&result);
}

static bool check_failed(void *self, const struct hone_trial_row *row) {
    size_t *seen = self;

    assert_int_equal(row->folds, 3);
    assert_int_equal(row->fold[0].outcome, HONE_OUTCOME_VALUE);
    assert_int_equal(row->fold[1].outcome, HONE_OUTCOME_FAILED);
    assert_true(isnan(row->fold[1].value));
    assert_string_equal(row->fold[1].error, "first");
    assert_string_equal(row->fold[2].error, "second");
    assert_int_equal(row->metrics, 2);
    assert_string_equal(row->metric[0].name, "f1");
    assert_true(row->metric[0].value == 3); /* (NaN), 3, 3 */
    assert_string_equal(row->metric[1].name, "late");
    assert_true(row->metric[1].value == 4); /* 3, 4, 5 */
    ++*seen;
    return true;
}

static void failed_folds_keep_their_reasons(void **state) {
    const struct hone_trial_query query = {.study = "trees", .with_folds = true};
    const double x_value[] = {0.5, 3, 1, 2};
    struct rig rig;
    struct hone_trial *trial = NULL;
    struct hone_err err;
    size_t seen = 0;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    assert_int_equal(hone_history_append(&rig.history, x_value, &trial, &err), HONE_OK);
    trial->state = HONE_RUNNING;
    assert_int_equal(hone_store_begin(rig.store, &err), HONE_OK);
    assert_int_equal(hone_store_put_trial(rig.store, trial, &err), HONE_OK);
    put_fold(&rig, 0, NULL, NAN);
    put_fold(&rig, 1, "first", 4);
    put_fold(&rig, 2, "second", 5);
    for (size_t f = 0; f < 3; f++) {
        hone_trial_note_run(trial, f, 5, 0.5);
    }
    hone_trial_note_fold(trial, RIG_FOLDS, 0, -1);
    assert_int_equal(hone_store_put_trial(rig.store, trial, &err), HONE_OK);
    assert_int_equal(hone_store_end(rig.store, &err), HONE_OK);
    assert_int_equal(hone_db_trials(rig.db, &query, check_failed, &seen, &err), HONE_OK);
    assert_int_equal(seen, 1);
    rig_finish(&rig);
}

/* ---- What is not there; ends ---- */

static void what_is_missing_is_named(void **state) {
    struct hone_trial_query query = {.study = "trees", .one = true, .number = 99};
    struct check check = {0};
    struct rig rig;
    struct hone_err err;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    assert_int_equal(hone_db_trials(rig.db, &query, check_row, &check, &err), HONE_E_MISSING);
    assert_string_equal(err.text, "study 'trees' has no trial 99; it has none yet");
    rig_fill(&rig, 3);
    assert_int_equal(hone_db_trials(rig.db, &query, check_row, &check, &err), HONE_E_MISSING);
    assert_string_equal(err.text, "study 'trees' has no trial 99; it has 0 to 2");
    assert_int_equal(hone_db_curves(rig.db, "trees", UINT64_MAX, count_points, NULL, &err),
        HONE_E_MISSING);
    query.study = "trees2";
    assert_int_equal(hone_db_trials(rig.db, &query, check_row, &check, &err), HONE_E_MISSING);
    assert_non_null(strstr(err.text, "'trees'"));
    assert_int_equal(hone_db_curves(rig.db, "", 0, count_points, NULL, &err), HONE_E_MISSING);
    rig_finish(&rig);
}

static bool take_three(void *self, const struct hone_trial_row *row) {
    size_t *seen = self;

    (void)row;
    return ++*seen < 3;
}

static void a_walk_ends_when_the_visitor_says_so(void **state) {
    const struct hone_trial_query query = {.study = "trees", .with_folds = true};
    struct rig rig;
    struct hone_err err;
    size_t seen = 0;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 5);
    assert_int_equal(hone_db_trials(rig.db, &query, take_three, &seen, &err), HONE_OK);
    assert_int_equal(seen, 3);
    rig_fill(&rig, 1); /* no reading was left open that would stand in the way */
    rig_finish(&rig);
}

static void every_allocation_may_fail(void **state) {
    const struct hone_trial_query query = {.study = "trees", .with_folds = true,
        .where = "opt in (a, b, c) and metrics.f1 < 9 and error is null", .sort = "-lr"};
    struct rig rig;
    struct hone_err err;
    enum hone_code code = HONE_E_NOMEM;
    size_t failures = 0;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 3);
    while (code != HONE_OK) {
        size_t seen = 0;

        hone_alloc_fail_at(failures + 1, 0);
        code = hone_db_trials(rig.db, &query, take_three, &seen, &err);
        hone_alloc_fail_at(0, 0);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
        failures++;
    }
    assert_in_range(failures, 5, 200);
    rig_finish(&rig);
}

/* ---- Orders ---- */

enum { ORDERED = 40 };

struct order {
    size_t count;
    uint64_t number[ORDERED];
};

static bool note_number(void *self, const struct hone_trial_row *row) {
    struct order *order = self;

    order->number[order->count++] = row->number;
    return true;
}

static void list(struct rig *rig, const struct hone_trial_query *query, struct order *ret) {
    struct hone_err err;

    ret->count = 0;
    assert_int_equal(hone_db_trials(rig->db, query, note_number, ret, &err), HONE_OK);
}

/* Trials with equal values stand by number. */
static void the_first_of_an_order_are_those_of_the_whole(void **state) {
    static const char *const sort[] = {"value", "-value", "lr", "-units", "opt", "-depth", "state"};
    static const char *const where[] = {NULL, "units > 10", "opt = a or depth is null",
        "state = complete and value < 0.6"};
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 24);
    rig_fill(&rig, 12); /* the values of the first twelve again */
    (void)rig_begin(&rig);
    for (size_t i = 0; i < sizeof(sort) / sizeof(sort[0]); i++) {
        for (size_t k = 0; k < sizeof(where) / sizeof(where[0]); k++) {
            struct hone_trial_query query = {.study = "trees", .sort = sort[i], .where = where[k]};
            struct order whole;
            struct order first;

            list(&rig, &query, &whole);
            assert_true(whole.count > 5);
            query.limit = 5;
            list(&rig, &query, &first);
            assert_int_equal(first.count, 5);
            assert_memory_equal(first.number, whole.number, 5 * sizeof(*first.number));
        }
    }
    rig_finish(&rig);
}

static void the_best_are_the_complete_ones_by_value(void **state) {
    struct hone_trial_query query = {
        .study = "trees", .where = "state = complete", .sort = "-value"};
    struct hone_trial_query best = {.study = "trees", .best = 1, .limit = 7};
    struct order want;
    struct order order;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 24);
    rig_fill(&rig, 12);
    (void)rig_begin(&rig);
    list(&rig, &query, &want);
    list(&rig, &best, &order);
    assert_int_equal(order.count, 7);
    assert_memory_equal(order.number, want.number, 7 * sizeof(*order.number));
    query.sort = "value";
    best.best = -1;
    best.limit = 0;
    list(&rig, &query, &want);
    list(&rig, &best, &order);
    assert_int_equal(order.count, 36);
    assert_memory_equal(order.number, want.number, 36 * sizeof(*order.number));
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_of_an_order_are_those_of_the_whole),
        cmocka_unit_test(the_best_are_the_complete_ones_by_value),
        cmocka_unit_test(rows_are_what_was_stored),
        cmocka_unit_test(failed_folds_keep_their_reasons),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(a_walk_ends_when_the_visitor_says_so),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
