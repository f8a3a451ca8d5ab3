/* Trials of elsewhere on their way into a study, and Optuna's file on its way back. */
#include "engine/adopt.h"
#include "engine/alloc.h"
#include "storage/optuna.h"
#include "tests/storage/rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { TRIALS = 5, MOST_ALLOCATIONS = 3000, GOOD_IN_A_ROW = 5 };

static void take(struct hone_adoption *adoption, enum hone_state state, double value, bool folds) {
    static const char *const name[] = {"lr", "units", "opt"};
    const struct hone_value param[] = {{.type = HONE_REAL, .real = 0.25},
        {.type = HONE_INT, .integer = 3, .real = 3}, {.type = HONE_TEXT, .text = "a"}};
    const double fold[RIG_FOLDS] = {value - 0.25, value, value + 0.25};
    const struct hone_foreign foreign = {.state = state, .value = value, .sem = 0.5,
        .params = 3, .name = name, .param = param, .folds = folds ? RIG_FOLDS : 0, .fold = fold};
    struct hone_err err;

    assert_int_equal(hone_adopt(adoption, &foreign, &err), HONE_OK);
}

/* One with folds, one with a value alone, one that failed. */
static void adopt(const struct rig *rig, struct hone_adoption *adoption) {
    struct hone_err err;

    assert_int_equal(hone_adoption_init(adoption, &rig->space, RIG_FOLDS, true, &err), HONE_OK);
    take(adoption, HONE_COMPLETE, 0.5, true);
    take(adoption, HONE_COMPLETE, 0.625, false);
    take(adoption, HONE_FAILED, NAN, false);
    assert_int_equal(adoption->history.count, 3);
}

static void close_study(struct rig *rig) {
    hone_history_finish(&rig->history);
    hone_store_close(rig->store);
    rig->store = NULL;
}

static void imported_trials_follow_the_others(void **state) {
    struct hone_adoption adoption;
    struct hone_imported imported;
    const struct hone_trial *trial;
    struct hone_err err = {0};
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, TRIALS);
    adopt(&rig, &adoption);
    assert_int_equal(hone_db_import(rig.db, "trees", &rig.space, &adoption.history, &imported,
        &err), HONE_E_BUSY); /* this process runs it */
    close_study(&rig);
    assert_int_equal(hone_db_import(rig.db, "trees", &rig.space, &adoption.history, &imported,
        &err), HONE_OK);
    assert_int_equal(imported.first, TRIALS);
    assert_int_equal(imported.added, 3);
    assert_int_equal(hone_db_import(rig.db, "trees", &rig.space, &adoption.history, &imported,
        &err), HONE_OK);
    assert_int_equal(imported.added, 0);
    assert_int_equal(imported.known, 3);
    hone_adoption_finish(&adoption);
    rig_close(&rig);
    rig_open(&rig);
    assert_int_equal(rig.history.count, TRIALS + 3);
    assert_int_equal(rig.history.imported, 3);
    trial = &rig.history.trial[TRIALS];
    assert_true(trial[0].loss == -0.5 && trial[0].folds_done == RIG_FOLDS);
    assert_true(trial[0].fold_loss[2] == -0.75);
    assert_true(trial[1].loss == -0.625 && trial[1].folds_done == 0 && trial[1].sem == 0.5);
    assert_true(trial[1].fold_loss[0] == -0.625 && isnan(trial[1].fold_loss[1]));
    assert_int_equal(trial[2].state, HONE_FAILED);
    for (size_t i = 0; i < rig.history.count; i++) {
        assert_int_equal(hone_trial_is_imported(&rig.history.trial[i]), i >= TRIALS);
    }
    rig_finish(&rig);
}

/* Two points to try first, of a study that has what rig_open gave it. */
static void make_points(const struct rig *rig, struct hone_history *points) {
    const double x_value[] = {0.25, 3, 0, NAN};
    struct hone_err err;

    *points = (struct hone_history){.params = rig->space.n, .folds = RIG_FOLDS};
    for (int i = 0; i < 2; i++) {
        struct hone_trial *point = NULL;

        assert_int_equal(hone_history_append(points, x_value, &point, &err), HONE_OK);
        point->part = hone_queue_part;
    }
}

static const size_t one_source[3];

static void a_study_is_taught_once_at_its_beginning(void **state) {
    struct hone_adoption adoption;
    struct hone_history points;
    struct hone_err err = {0};
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig); /* whoever runs it */
    adopt(&rig, &adoption);
    make_points(&rig, &points);
    for (int i = 0; i < 2; i++) { /* the second is too late */
        assert_int_equal(hone_db_teach(rig.db, "trees", &rig.space, &points, &adoption.history,
            one_source, &err), HONE_OK);
    }
    hone_adoption_finish(&adoption);
    hone_history_finish(&points);
    rig_close(&rig);
    rig_open(&rig);
    assert_int_equal(rig.history.count, 2 + 3);
    assert_int_equal(rig.history.imported, 3);
    for (size_t i = 0; i < rig.history.count; i++) {
        const struct hone_trial *trial = &rig.history.trial[i];

        assert_int_equal(trial->state == HONE_WAITING, i < 2);
        assert_string_equal(trial->part, i < 2 ? "queue" : "import");
    }
    rig_finish(&rig);
}

static enum hone_code add(const struct rig *rig, const struct hone_history *trials, bool teach,
    struct hone_err *err) {
    const struct hone_history none = {.params = rig->space.n, .folds = RIG_FOLDS};
    struct hone_imported imported;

    return teach ? hone_db_teach(rig->db, "trees", &rig->space, &none, trials, one_source, err)
                 : hone_db_import(rig->db, "trees", &rig->space, trials, &imported, err);
}

static void expect_whole_or_nothing(bool teach) {
    const size_t before = teach ? 0 : 2;
    unsigned long n;
    int good = 0;

    for (n = 1; good < GOOD_IN_A_ROW && n < MOST_ALLOCATIONS; n++) {
        struct hone_adoption adoption;
        struct hone_err err = {0};
        enum hone_code code;
        struct rig rig;

        rig_init(&rig);
        rig_open(&rig);
        rig_fill(&rig, before);
        close_study(&rig);
        adopt(&rig, &adoption);
        hone_alloc_fail_at(n, 0);
        code = add(&rig, &adoption.history, teach, &err);
        hone_alloc_fail_at(0, 0);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
        good = code == HONE_OK ? good + 1 : 0;
        hone_adoption_finish(&adoption);
        rig_close(&rig);
        rig_open(&rig); /* the checksums hold */
        assert_int_equal(rig.history.count, before + (code == HONE_OK ? 3 : 0));
        rig_finish(&rig);
    }
    assert_in_range(n, 8, MOST_ALLOCATIONS - 1);
}

static void an_import_is_whole_or_not_at_all(void **state) {
    (void)state;
    expect_whole_or_nothing(false);
    expect_whole_or_nothing(true);
}

struct told {
    const struct rig *rig;
    size_t count;
    bool same;
};

static bool compare(void *self, const struct hone_foreign *foreign) {
    struct told *told = self;
    const struct hone_trial *trial = &told->rig->history.trial[told->count];
    struct hone_buf why = {0};
    double x_value[8];
    size_t param;
    bool filled;

    told->same = told->same && foreign->number == told->count && foreign->state == trial->state &&
                 foreign->value == -trial->loss && foreign->folds == RIG_FOLDS &&
                 foreign->fold[1] == -trial->fold_loss[1] &&
                 hone_adopt_point(&told->rig->space, foreign->params, foreign->name,
                     foreign->param, x_value, &filled, &param, &why) &&
                 hone_space_same(&told->rig->space, x_value, trial->x_value);
    told->count++;
    hone_buf_finish(&why);
    return true;
}

static enum hone_code export_and_read(struct rig *rig, const char *path, struct told *told,
    struct hone_buf *space, struct hone_err *err) {
    struct hone_optuna *optuna = NULL;
    bool maximize = false;
    enum hone_code code = hone_db_export_optuna(rig->db, "trees", &rig->space, path, err);

    if (code == HONE_OK) {
        code = hone_optuna_open(path, &optuna, err);
    }
    if (code == HONE_OK) {
        code = hone_optuna_choose(optuna, NULL, "nobody", &maximize, err);
    }
    if (code == HONE_OK) {
        assert_true(maximize);
        code = hone_optuna_trials(optuna, compare, told, err);
    }
    if (code == HONE_OK) {
        code = hone_optuna_write_space(optuna, space, err);
    }
    hone_optuna_close(optuna);
    return code;
}

static void empty_file(const char *path) {
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static void what_goes_to_optuna_comes_back(void **state) {
    struct hone_err err = {0};
    struct hone_buf space = {0};
    struct told told = {.same = true};
    char path[128];
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 40); /* enough for each choice */
    told.rig = &rig;
    (void)snprintf(path, sizeof(path), "%s/optuna.db", rig.folder);
    empty_file(path);
    if (export_and_read(&rig, path, &told, &space, &err) != HONE_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(told.count, 40);
    assert_true(told.same);
    assert_string_equal(hone_buf_text(&space), "space:\n"
        "  \"lr\": {type: float, low: 0.0001, high: 1, log: true}\n"
        "  \"units\": {type: int, low: 1, high: 64}\n"
        "  \"opt\": {type: categorical, choices: [\"a\", \"b\", \"[1, 2]\"]}\n"
        "  \"depth\": {type: int, low: 1, high: 3, when: {\"opt\": [\"b\"]}}\n");
    hone_buf_finish(&space);
    (void)unlink(path);
    rig_finish(&rig);
}

static void every_allocation_of_both_ways_may_fail(void **state) {
    struct rig rig;
    char path[128];
    unsigned long n;
    int good = 0;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 6);
    (void)snprintf(path, sizeof(path), "%s/optuna.db", rig.folder);
    for (n = 1; good < GOOD_IN_A_ROW && n < MOST_ALLOCATIONS; n++) {
        struct told told = {.rig = &rig, .same = true};
        struct hone_buf space = {0};
        struct hone_err err = {0};
        enum hone_code code;

        empty_file(path);
        hone_alloc_fail_at(n, 0);
        code = export_and_read(&rig, path, &told, &space, &err);
        hone_alloc_fail_at(0, 0);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
        good = code == HONE_OK && told.same ? good + 1 : 0;
        hone_buf_finish(&space);
    }
    assert_in_range(n, 20, MOST_ALLOCATIONS - 1);
    (void)unlink(path);
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imported_trials_follow_the_others),
        cmocka_unit_test(a_study_is_taught_once_at_its_beginning),
        cmocka_unit_test(an_import_is_whole_or_not_at_all),
        cmocka_unit_test(what_goes_to_optuna_comes_back),
        cmocka_unit_test(every_allocation_of_both_ways_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
