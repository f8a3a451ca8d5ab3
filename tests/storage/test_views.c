/* What others read: a study's own view, and the names of Optuna's tables. */
#include "engine/problems.h"
#include "tests/engine/tree.h"
#include "tests/storage/rig.h"

#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROW_TEXT = 4096 };

/* The names of the columns, or the cells of the first row, with bars between. */
static void ask(const struct rig *rig, const char *sql, bool names, char ret[ROW_TEXT]) {
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *stmt = NULL;
    size_t length = 0;

    assert_int_equal(sqlite3_open(rig->path, &sqlite), SQLITE_OK);
    if (sqlite3_prepare_v2(sqlite, sql, -1, &stmt, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(sqlite));
    }
    ret[0] = '\0';
    if (names || sqlite3_step(stmt) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *text = names ? sqlite3_column_name(stmt, i)
                                     : (const char *)sqlite3_column_text(stmt, i);

            length += (size_t)snprintf(ret + length, ROW_TEXT - length, "%s%s", i == 0 ? "" : "|",
                text == NULL ? "NULL" : text);
            assert_true(length < ROW_TEXT);
        }
    }
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
}

struct answer {
    const char *sql;
    const char *text;
};

static void check_answers(const struct rig *rig, const struct answer *answer, size_t count,
    bool names) {
    for (size_t i = 0; i < count; i++) {
        char text[ROW_TEXT];

        ask(rig, answer[i].sql, names, text);
        if (strcmp(text, answer[i].text) != 0) {
            fail_msg("%s:\n%s\nexpected\n%s", answer[i].sql, text, answer[i].text);
        }
    }
}

/* Trial 0 is complete, trial 1 failed, trial 2 runs, trial 3 waits. */
static void set_up(struct rig *rig) {
    const double value[RIG_FOLDS] = {0.5, 0.75, 1};
    const double x_value[3][4] = {{0.5, 3, 1, 2}, {0.25, 4, 2, NAN}, {0.125, 5, 0, NAN}};
    static const enum hone_state end[] = {HONE_FAILED, HONE_RUNNING, HONE_WAITING};
    struct hone_trial *trial = NULL;
    struct hone_err err = {0};

    rig_init(rig);
    rig_open(rig);
    rig_add_complete(rig, value);
    assert_int_equal(hone_store_begin(rig->store, &err), HONE_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(hone_history_append(&rig->history, x_value[i], &trial, &err), HONE_OK);
        trial->state = end[i];
        trial->started_ms = end[i] == HONE_WAITING ? 0 : INT64_C(1767225600123);
        trial->finished_ms = end[i] == HONE_FAILED ? INT64_C(1767225601000) : 0;
        trial->part = "queue";
        trial->error = end[i] == HONE_FAILED ? strdup("it said \"no\"") : NULL;
        assert_int_equal(hone_store_put_trial(rig->store, trial, &err), HONE_OK);
    }
    assert_int_equal(hone_store_end(rig->store, &err), HONE_OK);
}

static void the_names_are_optunas(void **state) {
    static const struct answer columns[] = {
        {"SELECT * FROM studies", "study_id|study_name"},
        {"SELECT * FROM version_info", "version_info_id|schema_version|library_version"},
        {"SELECT * FROM study_directions", "study_direction_id|direction|study_id|objective"},
        {"SELECT * FROM study_user_attributes", "study_user_attribute_id|study_id|key|value_json"},
        {"SELECT * FROM study_system_attributes",
            "study_system_attribute_id|study_id|key|value_json"},
        {"SELECT * FROM trials", "trial_id|number|study_id|state|datetime_start|datetime_complete"},
        {"SELECT * FROM trial_params",
            "param_id|trial_id|param_name|param_value|distribution_json"},
        {"SELECT * FROM trial_values", "trial_value_id|trial_id|objective|value|value_type"},
        {"SELECT * FROM trial_intermediate_values", "trial_intermediate_value_id|trial_id|step|"
            "intermediate_value|intermediate_value_type"},
        {"SELECT * FROM trial_user_attributes", "trial_user_attribute_id|trial_id|key|value_json"},
        {"SELECT * FROM trial_system_attributes",
            "trial_system_attribute_id|trial_id|key|value_json"},
        {"SELECT * FROM trial_heartbeats", "trial_heartbeat_id|trial_id|heartbeat"},
        {"SELECT * FROM alembic_version", "version_num"},
    };
    struct rig rig;

    (void)state;
    set_up(&rig);
    check_answers(&rig, columns, sizeof(columns) / sizeof(columns[0]), true);
    rig_finish(&rig);
}

static void the_rows_say_what_optuna_expects(void **state) {
    static const struct answer rows[] = {
        {"SELECT * FROM version_info", "1|12|5.0.0"},
        {"SELECT * FROM alembic_version", "v3.2.0.a"},
        {"SELECT * FROM studies", "1|trees"},
        {"SELECT direction, study_id, objective FROM study_directions", "MAXIMIZE|1|0"},
        {"SELECT value_json FROM study_system_attributes WHERE \"key\" = 'study:metric_names'",
            "[\"accuracy\"]"},
        {"SELECT group_concat(state) FROM (SELECT state FROM trials ORDER BY number)",
            "COMPLETE,FAIL,RUNNING,WAITING"},
        {"SELECT datetime_start, datetime_complete FROM trials WHERE number = 1",
            "2026-01-01 00:00:00.123|2026-01-01 00:00:01.000"},
        {"SELECT datetime_start IS NULL, datetime_complete FROM trials WHERE number = 2",
            "0|NULL"},
        {"SELECT datetime_start, datetime_complete FROM trials WHERE number = 3", "NULL|NULL"},
        {"SELECT group_concat(param_name || '=' || param_value || ':' || typeof(param_value))"
         " FROM trial_params WHERE trial_id = 2",
            "lr=0.5:real,units=3.0:real,opt=1.0:real,depth=2.0:real"},
        {"SELECT count(*) FROM trial_params WHERE trial_id = 3", "3"}, /* one is inactive */
        {"SELECT count(*) FROM trial_params WHERE trial_id = 4", "0"}, /* it waits */
        {"SELECT distribution_json FROM trial_params WHERE trial_id = 2 AND param_name = 'opt'",
            "{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\":"
            " [\"a\", \"b\", \"[1, 2]\"]}}"}, /* Optuna has no lists */
        {"SELECT trial_id, objective, value, value_type FROM trial_values", "1|0|0.75|FINITE"},
        {"SELECT count(*) FROM trial_values", "1"},
        {"SELECT group_concat(step || '=' || intermediate_value) FROM trial_intermediate_values"
         " WHERE trial_id = 1", "0=0.5,1=0.75,2=1.0"},
        {"SELECT value_json FROM trial_user_attributes WHERE trial_id = 2 AND \"key\" = 'error'",
            "\"it said \\\"no\\\"\""},
        {"SELECT value_json FROM trial_user_attributes WHERE trial_id = 1"
         " AND \"key\" = 'metrics.f1'", "0.375"},
        {"SELECT trial_id, \"key\", value_json FROM trial_system_attributes",
            "4|fixed_params|{\"lr\":0.125,\"units\":5,\"opt\":\"a\"}"},
        {"SELECT count(*) = count(DISTINCT trial_user_attribute_id) FROM trial_user_attributes",
            "1"},
        {"SELECT count(*) = count(DISTINCT param_id) FROM trial_params", "1"},
        {"SELECT count(*) FROM trial_heartbeats", "0"},
    };
    struct rig rig;

    (void)state;
    set_up(&rig);
    check_answers(&rig, rows, sizeof(rows) / sizeof(rows[0]), false);
    rig_finish(&rig);
}

static void the_view_of_a_study_has_its_parameters(void **state) {
    static const struct answer columns[] = {
        {"SELECT * FROM \"trees\"",
            "number|state|value|stderr|lr|units|opt|depth|seconds|started|finished|error"},
    };
    static const struct answer rows[] = {
        {"SELECT * FROM trees WHERE number = 1", "1|failed|NULL|NULL|0.5|3|b|2|0.0|"
            "2026-01-01T00:00:00.123Z|2026-01-01T00:00:01.000Z|it said \"no\""},
        {"SELECT * FROM trees WHERE number = 2",
            "2|running|NULL|NULL|0.25|4|[1, 2]|NULL|0.0|2026-01-01T00:00:00.123Z|NULL|NULL"},
        {"SELECT group_concat(state) FROM (SELECT state FROM trees ORDER BY number)",
            "complete,failed,running,waiting"},
        {"SELECT value, seconds, opt IN ('a', 'b') FROM trees WHERE number = 0", "0.75|0.75|1"},
    };
    struct rig rig;

    (void)state;
    set_up(&rig);
    check_answers(&rig, columns, 1, true);
    check_answers(&rig, rows, sizeof(rows) / sizeof(rows[0]), false);
    rig_finish(&rig);
}

/* Names that are columns already, that differ in case alone, or that would end
 * the statement. The space is made by hand: a spec refuses some of them. */
static void hostile_names_stay_names(void **state) {
    static const char *const names[] = {"value", "VALUE", "value_param", "a\"b",
        "x\") AS y FROM trial; DROP TABLE trial; --", "number", "`", "[x]", "'", "\xc3\xa4"};
    enum { COUNT = sizeof(names) / sizeof(names[0]) };
    static const struct answer columns[] = {
        {"SELECT * FROM trees", "number|state|value|stderr|value_param|VALUE_param_param|"
            "value_param_param_param|a\"b|x\") AS y FROM trial; DROP TABLE trial; --|number_param|"
            "`|[x]|'|\xc3\xa4|seconds|started|finished|error"},
    };
    struct hone_param param[COUNT];
    struct rig rig;

    (void)state;
    rig_init(&rig);
    for (size_t i = 0; i < COUNT; i++) {
        param[i] = rig.space.param[1]; /* an int */
        param[i].name = names[i];
    }
    rig.space.param = param;
    rig.space.n = COUNT;
    rig_open(&rig);
    rig_close(&rig);
    check_answers(&rig, columns, 1, true);
    rig_open(&rig); /* the file is as it should be */
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_names_are_optunas),
        cmocka_unit_test(the_rows_say_what_optuna_expects),
        cmocka_unit_test(the_view_of_a_study_has_its_parameters),
        cmocka_unit_test(hostile_names_stay_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
