#include "engine/cli/stats/findings.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

enum { FOLDS = 5 };

/* A study in a database of its own, and what is read of it. */
struct room {
    char path[64];
    struct cli_spec spec;
    struct hone_db *db;
    struct hone_store *store;
    struct hone_history history;
    struct cli_record record;
};

static const char spec_text[] =
    "objective: {model: mlp, metric: accuracy}\n"
    "data: {csv: nowhere.csv}\n"
    "cv: {folds: 5}\n"
    "space:\n"
    "  optimizer: [momentum, adam]\n"
    "  momentum: {type: float, low: 0.5, high: 0.99, when: {optimizer: momentum}}\n"
    "  hidden: [[4], [8, 4], 16]\n"
    "  batch_size: {type: int, low: 16, high: 64}\n";

static void create(struct room *room) {
    const struct hone_plan *plan = &room->spec.plan;
    const struct hone_study study = {.name = "one", .spec_text = spec_text, .spec_file = "one.yaml",
        .folder = "/", .fingerprint = plan->fingerprint, .space = &plan->space, .sampler = "random",
        .metric = "accuracy", .maximize = true, .folds = FOLDS, .seed = 1, .budget = 100,
        .parallel = 1, .data_hash = "", .fold_hash = ""};
    uint64_t parallel;
    struct hone_err err;

    assert_int_equal(hone_db_open(room->path, HONE_DB_CREATE, &room->db, &err), HONE_OK);
    assert_int_equal(hone_sqlite_store_new(room->db, &room->store, &err), HONE_OK);
    assert_int_equal(hone_store_open_study(room->store, &study, &room->history, &parallel, &err),
        HONE_OK);
}

static int set_up(void **state) {
    struct room *room = test_calloc(1, sizeof(*room));
    struct hone_err err;

    (void)snprintf(room->path, sizeof(room->path), "/tmp/hone-findings-%ld.db", (long)getpid());
    hone_buf_add(&room->spec.text, spec_text);
    assert_int_equal(cli_spec_load_text(&room->spec, "one", "one.yaml", "/", &err), HONE_OK);
    room->history.params = room->spec.plan.space.n;
    room->history.folds = FOLDS;
    create(room);
    *state = room;
    return 0;
}

static int tear_down(void **state) {
    struct room *room = *state;
    char beside[80];

    cli_record_finish(&room->record);
    hone_store_close(room->store);
    hone_db_close(room->db);
    hone_history_finish(&room->history);
    cli_spec_finish(&room->spec);
    (void)unlink(room->path);
    (void)snprintf(beside, sizeof(beside), "%s-wal", room->path);
    (void)unlink(beside);
    (void)snprintf(beside, sizeof(beside), "%s-shm", room->path);
    (void)unlink(beside);
    test_free(room);
    return 0;
}

/* One more trial; folds that are NaN were not run. */
static void add(struct room *room, enum hone_state state, const double *x_value,
    const double *value) {
    struct hone_trial *trial = NULL;
    struct hone_err err;

    assert_int_equal(hone_history_append(&room->history, x_value, &trial, &err), HONE_OK);
    trial->part = trial->number == 0 ? "first" : "random";
    trial->started_ms = 1000;
    assert_int_equal(hone_store_begin(room->store, &err), HONE_OK);
    trial->state = HONE_RUNNING;
    assert_int_equal(hone_store_put_trial(room->store, trial, &err), HONE_OK);
    for (size_t f = 0; f < FOLDS; f++) {
        const struct hone_result result = {.trial = trial->number, .fold = f, .value = value[f],
            .seconds = 2, .started_ms = 1000 + (int64_t)f};

        if (!isnan(value[f])) {
            hone_trial_note_run(trial, f, result.started_ms, result.seconds);
            hone_trial_note_fold(trial, FOLDS, f, -value[f]);
            assert_int_equal(hone_store_put_result(room->store, &result, &err), HONE_OK);
        }
    }
    hone_trial_summarise(trial, FOLDS);
    trial->state = state;
    trial->finished_ms = 2000;
    assert_int_equal(hone_store_put_trial(room->store, trial, &err), HONE_OK);
    assert_int_equal(hone_store_end(room->store, &err), HONE_OK);
}

static void read_back(struct room *room) {
    struct hone_err err = {0};

    assert_int_equal(cli_record_read(room->db, "ONE", &room->record, &err), HONE_OK);
}

static void a_record_is_what_was_stored(void **state) {
    const double point[][4] = {{0, 0.75, 1, 32}, {1, NAN, 2, 64}};
    const double value[][FOLDS] = {{0.9, 0.8, 0.7, 0.9, 0.8}, {0.5, NAN, 0.6, NAN, NAN}};
    struct room *room = *state;
    const struct cli_record *record = &room->record;

    add(room, HONE_COMPLETE, point[0], value[0]);
    add(room, HONE_PRUNED, point[1], value[1]);
    read_back(room);
    assert_int_equal(record->count, 2);
    assert_int_equal(record->folds, FOLDS);
    assert_true(record->test_over_train == 0.25);
    for (size_t i = 0; i < 2; i++) {
        assert_true(hone_space_same(&record->spec.plan.space, record->x_value + 4 * i, point[i]));
        for (size_t f = 0; f < FOLDS; f++) {
            assert_memory_equal(&record->fold_value[i * FOLDS + f], &value[i][f],
                isnan(value[i][f]) ? 0 : sizeof(double));
            assert_int_equal(isnan(record->fold_value[i * FOLDS + f]), isnan(value[i][f]));
        }
    }
    assert_int_equal(record->trial[1].state, HONE_PRUNED);
    assert_true(fabs(record->trial[0].value - 0.82) < 1e-12);
    assert_true(record->trial[0].seconds == 10);
    assert_int_equal(record->fold_started_ms[4], 1004);
    assert_int_equal(record->fold_started_ms[6], 0);
    assert_int_equal(cli_record_best(record), 0);
    assert_int_equal(cli_record_default(record), 0);
}

static void ties_are_ranked_with_the_best_first(void **state) {
    const double point[4] = {1, NAN, 0, 16};
    const double value[][FOLDS] = {
        {0.80, 0.83, 0.81, 0.83, 0.79},
        {0.90, 0.92, 0.91, 0.93, 0.90},
        {0.99, NAN, NAN, NAN, NAN},
        {0.91, 0.90, 0.92, 0.92, 0.90},
        {0.90, 0.92, 0.91, 0.93, 0.90},
    };
    const size_t order[] = {1, 4, 3, 0};
    struct room *room = *state;
    struct cli_ties ties = {0};
    struct hone_arena arena = {0};
    struct hone_err err;

    for (size_t i = 0; i < 5; i++) {
        add(room, i == 2 ? HONE_PRUNED : HONE_COMPLETE, point, value[i]);
    }
    read_back(room);
    assert_int_equal(cli_findings_ties(&room->record, &arena, &ties, &err), HONE_OK);
    assert_int_equal(ties.count, 4);
    assert_memory_equal(ties.number, order, sizeof(order));
    assert_int_equal(ties.tied_count, 3);
    assert_true(ties.tied[0] && ties.tied[1] && ties.tied[2] && !ties.tied[3]);
    hone_arena_finish(&arena);
}

/* The accuracy falls with the batch size alone. */
static void importance_takes_complete_and_pruned_trials(void **state) {
    struct room *room = *state;
    struct cli_importances found = {0};
    struct hone_arena arena = {0};
    struct hone_err err;

    for (size_t i = 0; i < 40; i++) {
        const double point[4] = {(double)(i % 2), i % 2 == 0 ? 0.5 + (double)(i % 7) / 20 : NAN,
            (double)(i % 3), 16 + (double)(i * 17 % 49)};
        const double good = 1 - point[3] / 100;
        const double value[FOLDS] = {good, good, good, i < 20 ? good : NAN, good};

        add(room, i < 20 ? HONE_COMPLETE : HONE_PRUNED, point, value);
    }
    read_back(room);
    assert_int_equal(cli_findings_importance(&room->record, &arena, &found, &err), HONE_OK);
    assert_int_equal(found.trials, 40);
    assert_true(found.param[3].share > 0.8);
    assert_true(found.param[0].share < 0.1 && found.param[2].share < 0.1);
    assert_true(found.param[1].active == 0.5);
    hone_arena_finish(&arena);
}

static void an_empty_study_has_no_best(void **state) {
    struct room *room = *state;
    struct cli_importances found = {0};
    struct cli_ties ties = {0};
    struct hone_arena arena = {0};
    struct hone_err err = {0};

    read_back(room);
    assert_int_equal(room->record.count, 0);
    assert_int_equal(cli_record_best(&room->record), 0);
    assert_int_equal(cli_record_default(&room->record), 0);
    assert_int_equal(cli_findings_ties(&room->record, &arena, &ties, &err), HONE_OK);
    assert_int_equal(ties.count, 0);
    assert_int_equal(cli_findings_importance(&room->record, &arena, &found, &err),
        HONE_E_MISSING);
    assert_int_equal(cli_record_read(room->db, "two", &room->record, &err), HONE_E_MISSING);
    hone_arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_record_is_what_was_stored, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ties_are_ranked_with_the_best_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(importance_takes_complete_and_pruned_trials, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(an_empty_study_has_no_best, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("stats/findings", tests, NULL, NULL);
}
