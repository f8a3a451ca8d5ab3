/* Damage inside pages can leave a file that SQLite takes for sound. Here every
 * column that is shown is changed behind the program's back, and rows go. */
#include "tests/storage/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum asked {
    ASK_LOAD = 1,   /* continue the study */
    ASK_TRIALS = 2, /* all trials, with folds */
    ASK_ONE = 4,    /* trial 3, with folds */
    ASK_CURVES = 8, /* of trial 3 */
    ASK_STUDY = 16,
};

static const struct damage {
    const char *sql;
    int noticed_by;
} damages[] = {
    {"UPDATE trial SET value = value + 1e-9 WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET value = 9 WHERE number = 3",
        ASK_LOAD | ASK_TRIALS | ASK_ONE | ASK_STUDY},
    {"UPDATE trial SET sem = NULL WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET state = 0 WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET state = 7 WHERE number = 3",
        ASK_LOAD | ASK_TRIALS | ASK_ONE | ASK_STUDY},
    {"UPDATE trial SET folds_done = 2 WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET seconds = 1 WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET started_ms = 1001 WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET finished_ms = 1 WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET part = 'model' WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET why = '' WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET mean = 0.5 WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET sd = 0.5 WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET acquisition = 0 WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET error = 'x' WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET x0 = 0 WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET x1 = NULL WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET more = x'00' WHERE number = 3", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET number = 77 WHERE number = 5", ASK_LOAD | ASK_TRIALS},
    {"DELETE FROM trial WHERE number = 5", ASK_LOAD | ASK_TRIALS | ASK_ONE | ASK_STUDY},
    {"UPDATE trial SET folds = x'01' || substr(folds, 2) WHERE id = 4",
        ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET folds = substr(folds, 1, 20) || zeroblob(20) || substr(folds, 41)"
     " WHERE id = 4", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET folds = substr(folds, 1, 40) WHERE id = 4",
        ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET folds = folds || folds WHERE id = 4", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET folds = x'' WHERE id = 4", ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE trial SET folds = (SELECT folds FROM trial WHERE id = 5) WHERE id = 4",
        ASK_LOAD | ASK_TRIALS | ASK_ONE},
    {"UPDATE fold_detail SET error = 'e' WHERE trial = 4 AND fold = 1",
        ASK_TRIALS | ASK_ONE | ASK_CURVES},
    {"UPDATE fold_detail SET metric_checksum = 1 WHERE trial = 4 AND fold = 1",
        ASK_TRIALS | ASK_ONE | ASK_CURVES},
    {"UPDATE fold_detail SET fold = 7 WHERE trial = 4 AND fold = 2",
        ASK_TRIALS | ASK_ONE | ASK_CURVES},
    {"DELETE FROM fold_detail WHERE trial = 4 AND fold = 1",
        ASK_TRIALS | ASK_ONE | ASK_CURVES},
    {"PRAGMA foreign_keys = ON; DELETE FROM fold_detail WHERE trial = 4",
        ASK_TRIALS | ASK_ONE | ASK_CURVES},
    {"UPDATE fold_detail SET trial = -trial WHERE trial IN (4, 5);"
     "UPDATE fold_detail SET trial = 9 + trial WHERE trial < 0",
        ASK_TRIALS | ASK_ONE | ASK_CURVES},
    {"UPDATE trial SET detail_checksum = 1 WHERE id = 4", ASK_TRIALS | ASK_ONE | ASK_CURVES},
    {"UPDATE metric SET value = 0.5 WHERE trial = 4 AND fold = 1", ASK_TRIALS | ASK_ONE},
    {"UPDATE metric SET name = 3 - name WHERE trial = 4 AND fold = 1", ASK_TRIALS | ASK_ONE},
    {"UPDATE metric SET name = 9 WHERE trial = 4 AND fold = 1", ASK_TRIALS | ASK_ONE},
    {"DELETE FROM metric WHERE trial = 4 AND fold = 2", ASK_TRIALS | ASK_ONE},
    {"INSERT INTO metric VALUES (4, 9, 0, 1, 1.0)", ASK_TRIALS | ASK_ONE},
    {"UPDATE metric_name SET name = 'F1' WHERE name = 'f1'", ASK_TRIALS | ASK_ONE},
    {"UPDATE curve SET train_loss = 0 WHERE trial = 4 AND fold = 0", ASK_CURVES},
    {"UPDATE curve SET valid_loss = 0 WHERE trial = 4 AND fold = 1", ASK_CURVES},
    {"UPDATE curve SET rate = 0 WHERE trial = 4 AND fold = 2", ASK_CURVES},
    {"UPDATE curve SET epoch = 2 WHERE trial = 4 AND fold = 0", ASK_CURVES},
    {"DELETE FROM curve WHERE trial = 4 AND fold = 0", ASK_CURVES},
    {"INSERT INTO curve VALUES (4, 7, 1, 0.1, 0.1, 0.1)", ASK_CURVES},
    {"UPDATE study SET seed = 2", ASK_LOAD | ASK_STUDY},
    {"UPDATE study SET spec_text = 'x'", ASK_LOAD | ASK_STUDY},
    {"UPDATE study SET fingerprint = fingerprint || ' '", ASK_LOAD | ASK_STUDY},
    {"UPDATE progress SET trials = 5",
        ASK_LOAD | ASK_TRIALS | ASK_ONE | ASK_STUDY},
    {"UPDATE progress SET budget = 7",
        ASK_LOAD | ASK_TRIALS | ASK_ONE | ASK_STUDY},
    {"DELETE FROM progress", ASK_LOAD | ASK_TRIALS | ASK_ONE | ASK_STUDY},
    {"UPDATE param SET name = 'rate' WHERE position = 0", ASK_TRIALS | ASK_ONE},
    {"UPDATE choice SET value = 'c' WHERE param = 2 AND position = 1", ASK_TRIALS | ASK_ONE},
    {"DELETE FROM param WHERE position = 3", ASK_TRIALS | ASK_ONE | ASK_STUDY},
};

static bool see_trial(void *self, const struct hone_trial_row *row) {
    (void)self;
    (void)row;
    return true;
}

static bool see_study(void *self, const struct hone_study_row *row) {
    (void)self;
    (void)row;
    return true;
}

static bool see_curve(void *self, const struct hone_curve_row *row) {
    (void)self;
    (void)row;
    return true;
}

static enum hone_code load_again(struct rig *rig, struct hone_err *err) {
    struct hone_history history = {.params = rig->space.n, .folds = RIG_FOLDS};
    struct hone_store *store = NULL;
    struct hone_db *db = NULL;
    uint64_t parallel;
    enum hone_code code;

    assert_int_equal(hone_db_open(rig->path, HONE_DB_WRITE, &db, err), HONE_OK);
    assert_int_equal(hone_sqlite_store_new(db, &store, err), HONE_OK);
    code = hone_store_open_study(store, &rig->study, &history, &parallel, err);
    hone_history_finish(&history);
    hone_store_close(store);
    hone_db_close(db);
    return code;
}

/* What every way of asking comes to, as a set of those that refused. */
static int ask_all(struct rig *rig, const char *sql) {
    const struct hone_trial_query all = {.study = "trees", .with_folds = true};
    const struct hone_trial_query one = {.study = "trees", .with_folds = true, .one = true,
        .number = 3};
    struct hone_err err[5] = {0};
    struct hone_db *db = NULL;
    enum hone_code code[5];
    int refused = 0;

    code[0] = load_again(rig, &err[0]);
    assert_int_equal(hone_db_open(rig->path, HONE_DB_READ, &db, &err[1]), HONE_OK);
    code[1] = hone_db_trials(db, &all, see_trial, NULL, &err[1]);
    code[2] = hone_db_trials(db, &one, see_trial, NULL, &err[2]);
    code[3] = hone_db_curves(db, "trees", 3, see_curve, NULL, &err[3]);
    code[4] = hone_db_study(db, "trees", see_study, NULL, &err[4]);
    hone_db_close(db);
    for (int i = 0; i < 5; i++) {
        if (code[i] != HONE_OK) {
            if (code[i] != HONE_E_CORRUPT || strstr(err[i].text, rig->path) == NULL) {
                fail_msg("%s: way %d: code %d, %s", sql, i, (int)code[i], err[i].text);
            }
            assert_null(strchr(err[i].text, '\n'));
            refused |= 1 << i;
        }
    }
    return refused;
}

static void no_changed_row_is_shown(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        struct rig rig;
        int refused;

        rig_init(&rig);
        rig_open(&rig);
        rig_fill(&rig, 6);
        rig_close(&rig);
        rig_sql(&rig, damages[i].sql);
        refused = ask_all(&rig, damages[i].sql);
        if (refused != damages[i].noticed_by) {
            fail_msg("%s: noticed by %d, expected %d", damages[i].sql, refused,
                damages[i].noticed_by);
        }
        rig_finish(&rig);
    }
}

static void a_sound_file_is_shown_in_every_way(void **state) {
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 6);
    rig_close(&rig);
    assert_int_equal(ask_all(&rig, "nothing"), 0);
    rig_finish(&rig);
}

/* A run that is under way meets a database that lost its trial. */
static void a_trial_that_is_gone_ends_the_run(void **state) {
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct hone_result result = {.trial = 1, .metric_count = 1, .metric = {{.name = "f1"}}};
        struct hone_err err = {0};
        struct rig rig;

        rig_init(&rig);
        rig_open(&rig);
        rig_fill(&rig, 2);
        rig_sql(&rig, "DELETE FROM trial WHERE number = 1");
        assert_int_equal(hone_store_begin(rig.store, &err), HONE_OK);
        if (i == 0) {
            assert_int_equal(hone_store_put_trial(rig.store, &rig.history.trial[1], &err),
                HONE_E_CORRUPT);
        } else {
            assert_int_equal(hone_store_put_result(rig.store, &result, &err), HONE_E_CORRUPT);
        }
        assert_non_null(strstr(err.text, "trial 1 of study 1 is no longer there"));
        rig_finish(&rig);
    }
}

static void a_trial_under_another_number_ends_the_run(void **state) {
    struct hone_err err = {0};
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 2);
    rig_sql(&rig, "UPDATE trial SET number = 9 WHERE number = 1");
    assert_int_equal(hone_store_begin(rig.store, &err), HONE_E_CORRUPT);
    assert_non_null(strstr(err.text, "trial 9 of study 1 is not as it was written"));
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_file_is_shown_in_every_way),
        cmocka_unit_test(no_changed_row_is_shown),
        cmocka_unit_test(a_trial_that_is_gone_ends_the_run),
        cmocka_unit_test(a_trial_under_another_number_ends_the_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
