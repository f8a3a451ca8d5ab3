/* The n-th allocation fails, for every n, over a whole scenario. What is left is
 * freed (the sanitizer looks) and the file is whole. */
#include "engine/alloc.h"
#include "tests/storage/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* So many scenarios in a row that go well mean that none has an n-th one: what
 * fails while a store closes, or an error's words are written, may go unnoticed. */
enum { MOST_ALLOCATIONS = 2000, GOOD_IN_A_ROW = 5 };

static bool see_trial(void *self, const struct hone_trial_row *row) {
    (void)row;
    ++*(size_t *)self;
    return true;
}

static bool see_study(void *self, const struct hone_study_row *row) {
    (void)row;
    ++*(size_t *)self;
    return true;
}

static bool see_curve(void *self, const struct hone_curve_row *row) {
    (void)row;
    ++*(size_t *)self;
    return true;
}

static bool see_row(void *self, size_t columns, const char *const *name,
    const struct hone_cell *cell) {
    (void)columns;
    (void)name;
    (void)cell;
    ++*(size_t *)self;
    return true;
}

static enum hone_code put_turn(struct hone_store *store, struct hone_history *history,
    struct hone_err *err) {
    const double x_value[] = {0.5, 3, 1, 2};
    struct hone_result result = {.fold = 0, .value = 1, .seconds = 1, .started_ms = 1};
    struct hone_trial *trial = NULL;
    bool changed = false;
    enum hone_code code = hone_store_begin(store, err);

    hone_result_add_metric(&result, "accuracy", 1);
    if (code == HONE_OK) {
        code = hone_store_news(store, history, &changed, err);
    }
    if (code == HONE_OK) {
        code = hone_history_append(history, x_value, &trial, err);
    }
    if (code == HONE_OK) {
        result.trial = trial->number;
        trial->state = HONE_RUNNING;
        trial->part = "random";
        code = hone_store_put_trial(store, trial, err);
    }
    if (code == HONE_OK) {
        code = hone_store_put_result(store, &result, err);
    }
    if (code == HONE_OK) {
        hone_trial_note_run(trial, result.fold, result.started_ms, result.seconds);
        hone_trial_note_fold(trial, RIG_FOLDS, result.fold, -result.value);
        code = hone_store_put_trial(store, trial, err);
    }
    return code == HONE_OK ? hone_store_end(store, err) : code;
}

static enum hone_code run_turns(struct rig *rig, struct hone_db *db, struct hone_err *err) {
    struct hone_history history = {.params = rig->space.n, .folds = RIG_FOLDS};
    struct hone_store *store = NULL;
    uint64_t parallel;
    enum hone_code code = hone_sqlite_store_new(db, &store, err);

    if (code == HONE_OK) {
        code = hone_store_open_study(store, &rig->study, &history, &parallel, err);
    }
    for (int i = 0; i < 2 && code == HONE_OK; i++) {
        code = put_turn(store, &history, err);
    }
    hone_history_finish(&history);
    hone_store_close(store);
    return code;
}

static enum hone_code ask(struct rig *rig, struct hone_db *db, struct hone_err *err) {
    const struct hone_trial_query query = {.study = "trees", .with_folds = true,
        .where = "lr > 0 and metrics.accuracy > 0", .sort = "-lr"};
    const double x_value[] = {0.25, 4, 2, 1};
    uint64_t number;
    size_t seen = 0;
    enum hone_code code = hone_db_queue(db, "trees", &rig->space, x_value, &number, err);

    if (code == HONE_OK) {
        code = hone_db_trials(db, &query, see_trial, &seen, err);
    }
    if (code == HONE_OK) {
        code = hone_db_studies(db, see_study, &seen, err);
    }
    if (code == HONE_OK) {
        code = hone_db_curves(db, "trees", 0, see_curve, &seen, err);
    }
    if (code == HONE_OK) {
        code = hone_db_sql(db, "SELECT * FROM trees", see_row, &seen, err);
    }
    return code == HONE_OK ? hone_db_delete(db, "trees", err) : code;
}

/* Makes the file, runs, asks, deletes. */
static enum hone_code scenario(struct rig *rig, struct hone_err *err) {
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(rig->path, HONE_DB_CREATE, &db, err);

    if (code == HONE_OK) {
        code = run_turns(rig, db, err);
    }
    if (code == HONE_OK) {
        code = ask(rig, db, err);
    }
    hone_db_close(db);
    return code;
}

/* Whatever failed, the file is a sound database afterwards. */
static void check_file(struct rig *rig) {
    struct hone_err err = {0};

    if (scenario(rig, &err) != HONE_OK) {
        fail_msg("afterwards: %s", err.text);
    }
}

static void every_allocation_of_ours_may_fail(void **state) {
    unsigned long n;
    int good = 0;

    (void)state;
    for (n = 1; good < GOOD_IN_A_ROW && n < MOST_ALLOCATIONS; n++) {
        enum hone_code code;
        struct hone_err err = {0};
        struct rig rig;

        rig_init(&rig);
        hone_alloc_fail_at(n, 0);
        code = scenario(&rig, &err);
        hone_alloc_fail_at(0, 0);
        if (code != HONE_OK && code != HONE_E_NOMEM) {
            fail_msg("allocation %lu: %d %s", n, (int)code, err.text);
        }
        good = code == HONE_OK ? good + 1 : 0;
        if (code != HONE_OK && n % 5 == 0) {
            check_file(&rig);
        }
        rig_finish(&rig);
    }
    assert_in_range(n, 30, MOST_ALLOCATIONS - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_ours_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
