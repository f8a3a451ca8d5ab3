/* A study as a file of Optuna's own (its schema v3.2.0.a): its thirteen tables as
 * SQLAlchemy makes them, so that Optuna can go on with the study. What a live
 * database shows through views stands here in rows; ids are the same, so that
 * notes which the dashboard attached to a trial stay with it. */
#include "engine/buf.h"
#include "engine/clock.h"
#include "storage/copy.h"
#include "storage/curves.h"
#include "storage/db.h"
#include "storage/distribution.h"
#include "storage/sql.h"
#include "storage/study_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char tables_sql[] =
    "CREATE TABLE studies (study_id INTEGER NOT NULL, study_name VARCHAR(512) NOT NULL,"
    " PRIMARY KEY (study_id));"
    "CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);"
    "CREATE TABLE version_info (version_info_id INTEGER NOT NULL, schema_version INTEGER,"
    " library_version VARCHAR(256), PRIMARY KEY (version_info_id), CHECK (version_info_id=1));"
    "CREATE TABLE study_directions (study_direction_id INTEGER NOT NULL,"
    " direction VARCHAR(8) NOT NULL, study_id INTEGER NOT NULL, objective INTEGER NOT NULL,"
    " PRIMARY KEY (study_direction_id), UNIQUE (study_id, objective),"
    " FOREIGN KEY(study_id) REFERENCES studies (study_id));"
    "CREATE TABLE study_user_attributes (study_user_attribute_id INTEGER NOT NULL,"
    " study_id INTEGER, \"key\" VARCHAR(512), value_json TEXT,"
    " PRIMARY KEY (study_user_attribute_id), UNIQUE (study_id, \"key\"),"
    " FOREIGN KEY(study_id) REFERENCES studies (study_id));"
    "CREATE TABLE study_system_attributes (study_system_attribute_id INTEGER NOT NULL,"
    " study_id INTEGER, \"key\" VARCHAR(512), value_json TEXT,"
    " PRIMARY KEY (study_system_attribute_id), UNIQUE (study_id, \"key\"),"
    " FOREIGN KEY(study_id) REFERENCES studies (study_id));"
    "CREATE TABLE trials (trial_id INTEGER NOT NULL, number INTEGER, study_id INTEGER,"
    " state VARCHAR(8) NOT NULL, datetime_start DATETIME, datetime_complete DATETIME,"
    " PRIMARY KEY (trial_id), FOREIGN KEY(study_id) REFERENCES studies (study_id));"
    "CREATE INDEX ix_trials_study_id ON trials (study_id);"
    "CREATE TABLE trial_user_attributes (trial_user_attribute_id INTEGER NOT NULL,"
    " trial_id INTEGER, \"key\" VARCHAR(512), value_json TEXT,"
    " PRIMARY KEY (trial_user_attribute_id), UNIQUE (trial_id, \"key\"),"
    " FOREIGN KEY(trial_id) REFERENCES trials (trial_id));"
    "CREATE TABLE trial_system_attributes (trial_system_attribute_id INTEGER NOT NULL,"
    " trial_id INTEGER, \"key\" VARCHAR(512), value_json TEXT,"
    " PRIMARY KEY (trial_system_attribute_id), UNIQUE (trial_id, \"key\"),"
    " FOREIGN KEY(trial_id) REFERENCES trials (trial_id));"
    "CREATE TABLE trial_params (param_id INTEGER NOT NULL, trial_id INTEGER,"
    " param_name VARCHAR(512), param_value FLOAT, distribution_json TEXT, PRIMARY KEY (param_id),"
    " UNIQUE (trial_id, param_name), FOREIGN KEY(trial_id) REFERENCES trials (trial_id));"
    "CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL, trial_id INTEGER NOT NULL,"
    " objective INTEGER NOT NULL, value FLOAT, value_type VARCHAR(7) NOT NULL,"
    " PRIMARY KEY (trial_value_id), UNIQUE (trial_id, objective),"
    " FOREIGN KEY(trial_id) REFERENCES trials (trial_id));"
    "CREATE TABLE trial_intermediate_values (trial_intermediate_value_id INTEGER NOT NULL,"
    " trial_id INTEGER NOT NULL, step INTEGER NOT NULL, intermediate_value FLOAT,"
    " intermediate_value_type VARCHAR(7) NOT NULL, PRIMARY KEY (trial_intermediate_value_id),"
    " UNIQUE (trial_id, step), FOREIGN KEY(trial_id) REFERENCES trials (trial_id));"
    "CREATE TABLE trial_heartbeats (trial_heartbeat_id INTEGER NOT NULL,"
    " trial_id INTEGER NOT NULL, heartbeat DATETIME NOT NULL, PRIMARY KEY (trial_heartbeat_id),"
    " UNIQUE (trial_id), FOREIGN KEY(trial_id) REFERENCES trials (trial_id));"
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
    " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));"
    "INSERT INTO version_info VALUES (1, 12, '5.0.0');"
    "INSERT INTO alembic_version VALUES ('v3.2.0.a')";

enum statement { TRIAL, PARAM, VALUE, STEP, USER, SYSTEM, STATEMENTS };

static const char *const statement_sql[STATEMENTS] = {
    [TRIAL] = "INSERT INTO trials VALUES (?, ?, ?, ?, ?, ?)",
    [PARAM] = "INSERT INTO trial_params(trial_id, param_name, param_value, distribution_json)"
              " VALUES (?, ?, ?, ?)",
    [VALUE] = "INSERT INTO trial_values(trial_id, objective, value, value_type)"
              " VALUES (?, 0, ?, 'FINITE')",
    [STEP] = "INSERT INTO trial_intermediate_values(trial_id, step, intermediate_value,"
             " intermediate_value_type) VALUES (?, ?, ?, 'FINITE')",
    [USER] = "INSERT INTO trial_user_attributes(trial_id, \"key\", value_json) VALUES (?, ?, ?)",
    [SYSTEM] = "INSERT INTO trial_system_attributes(trial_id, \"key\", value_json)"
               " VALUES (?, ?, ?)",
};

struct writing {
    struct hone_db *from;
    struct hone_db to;
    int64_t study;
    size_t folds; /* of a trial */
    const struct hone_space *space;
    sqlite3_stmt *stmt[STATEMENTS];
    struct hone_curves curves;
    const char *const *distribution; /* (space->n) */
    struct hone_buf text;
    int64_t trial; /* that is written; how many of its values are */
    size_t told;
    enum hone_code code; /* of a row that could not be written */
    struct hone_err *err;
};

/* ---- The study ---- */

static enum hone_code run_bound(struct writing *w, const char *sql, const char *text,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(&w->to, sql, &stmt, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, w->study);
        hone_sql_bind_text(stmt, 2, text);
        code = hone_sql_run(&w->to, stmt, err);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

/* What users and dashboards attached to the study: the same rows. */
static enum hone_code copy_attributes(struct writing *w, const char *select_sql,
    const char *insert_sql, struct hone_err *err) {
    sqlite3_stmt *from = NULL;
    sqlite3_stmt *to = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(w->from, select_sql, &from, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(from, 1, w->study);
        code = hone_sql_prepare(&w->to, insert_sql, &to, err);
    }
    while (code == HONE_OK && (code = hone_sql_next(w->from, from, &row, err)) == HONE_OK && row) {
        hone_sql_bind_int(to, 1, w->study);
        hone_sql_bind_text(to, 2, hone_sql_text(from, 0));
        hone_sql_bind_text(to, 3, hone_sql_text(from, 1));
        code = hone_sql_run(&w->to, to, err);
    }
    (void)sqlite3_finalize(from);
    (void)sqlite3_finalize(to);
    return code;
}

static enum hone_code write_study(struct writing *w, const struct hone_study_row *row,
    struct hone_err *err) {
    enum hone_code code = run_bound(w, "INSERT INTO studies VALUES (?, ?)", row->name, err);

    if (code == HONE_OK) {
        code = run_bound(w,
            "INSERT INTO study_directions(study_id, direction, objective) VALUES (?, ?, 0)",
            row->maximize ? "MAXIMIZE" : "MINIMIZE", err);
    }
    if (code == HONE_OK) {
        code = copy_attributes(w,
            "SELECT \"key\", value_json FROM study_user_attributes WHERE study_id = ?",
            "INSERT INTO study_user_attributes(study_id, \"key\", value_json) VALUES (?, ?, ?)",
            err);
    }
    if (code == HONE_OK) {
        code = copy_attributes(w,
            "SELECT \"key\", value_json FROM study_system_attributes WHERE study_id = ?",
            "INSERT INTO study_system_attributes(study_id, \"key\", value_json) VALUES (?, ?, ?)",
            err);
    }
    return code;
}

/* ---- A trial ---- */

/* Who evaluates it evaluates it in the original: here it waits. */
static bool waits(const struct hone_trial_row *row) {
    return !hone_state_is_finished(row->state);
}

static const char *optuna_state(const struct hone_trial_row *row) {
    switch (row->state) {
    case HONE_COMPLETE:
        return "COMPLETE";
    case HONE_PRUNED:
        return "PRUNED";
    case HONE_FAILED:
        return "FAIL";
    default:
        return "WAITING";
    }
}

/* "2026-01-01 00:00:00.000000", UTC; "" before. */
static void write_time(int64_t wall_ms, char ret_text[HONE_CLOCK_TEXT + 3]) {
    ret_text[0] = '\0';
    if (wall_ms != 0) {
        hone_clock_write(wall_ms, ret_text);
        ret_text[strcspn(ret_text, "T")] = ' ';
        (void)memcpy(ret_text + strcspn(ret_text, "Z"), "000", 4);
    }
}

static enum hone_code write_trial(struct writing *w, const struct hone_trial_row *row) {
    sqlite3_stmt *stmt = w->stmt[TRIAL];
    char started[HONE_CLOCK_TEXT + 3];
    char finished[HONE_CLOCK_TEXT + 3];

    write_time(waits(row) ? 0 : row->started_ms, started);
    write_time(waits(row) ? 0 : row->finished_ms, finished);
    hone_sql_bind_int(stmt, 1, row->id);
    hone_sql_bind_int(stmt, 2, (int64_t)row->number);
    hone_sql_bind_int(stmt, 3, w->study);
    hone_sql_bind_text(stmt, 4, optuna_state(row));
    hone_sql_bind_text(stmt, 5, started[0] == '\0' ? NULL : started);
    hone_sql_bind_text(stmt, 6, finished[0] == '\0' ? NULL : finished);
    return hone_sql_run(&w->to, stmt, w->err);
}

static enum hone_code write_params(struct writing *w, const struct hone_trial_row *row) {
    sqlite3_stmt *stmt = w->stmt[PARAM];
    enum hone_code code = HONE_OK;

    for (size_t p = 0; p < row->params && code == HONE_OK; p++) {
        if (!isnan(row->x_value[p])) {
            hone_sql_bind_int(stmt, 1, row->id);
            hone_sql_bind_text(stmt, 2, row->param_name[p]);
            hone_sql_bind_real(stmt, 3, row->x_value[p]);
            hone_sql_bind_text(stmt, 4, w->distribution[p]);
            code = hone_sql_run(&w->to, stmt, w->err);
        }
    }
    return code;
}

static enum hone_code write_step(struct writing *w, int64_t trial, int64_t step, double value) {
    hone_sql_bind_int(w->stmt[STEP], 1, trial);
    hone_sql_bind_int(w->stmt[STEP], 2, step);
    hone_sql_bind_real(w->stmt[STEP], 3, value);
    w->told++;
    return hone_sql_run(&w->to, w->stmt[STEP], w->err);
}

static bool put_point(void *self, const struct hone_curve_row *row) {
    struct writing *w = self;

    if (isfinite(row->point.valid_loss)) {
        w->code = write_step(w, w->trial, row->point.epoch, row->point.valid_loss);
    }
    return w->code == HONE_OK;
}

/* As the view of the live database: the scores of the folds; where there is but one,
 * what that told on its way, if it did. */
static enum hone_code write_steps(struct writing *w, const struct hone_trial_row *row) {
    enum hone_code code = HONE_OK;

    w->told = 0;
    w->trial = row->id;
    if (w->folds == 1) {
        code = hone_curves_visit(&w->curves, row->id, put_point, w, w->err);
        code = code == HONE_OK ? w->code : code;
    }
    if (w->told > 0) {
        return code;
    }
    for (size_t f = 0; f < row->folds && code == HONE_OK; f++) {
        if (row->fold[f].outcome == HONE_OUTCOME_VALUE) {
            code = write_step(w, row->id, (int64_t)row->fold[f].fold, row->fold[f].value);
        }
    }
    return code;
}

static enum hone_code write_values(struct writing *w, const struct hone_trial_row *row) {
    enum hone_code code = HONE_OK;

    if (row->state != HONE_FAILED && !isnan(row->value)) {
        hone_sql_bind_int(w->stmt[VALUE], 1, row->id);
        hone_sql_bind_real(w->stmt[VALUE], 2, row->value);
        code = hone_sql_run(&w->to, w->stmt[VALUE], w->err);
    }
    return code == HONE_OK ? write_steps(w, row) : code;
}

/* ---- Attributes, as JSON ---- */

static enum hone_code put_attribute(struct writing *w, enum statement which, int64_t trial,
    const char *key) {
    sqlite3_stmt *stmt = w->stmt[which];
    enum hone_code code = hone_buf_ok(&w->text, w->err);

    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, trial);
        hone_sql_bind_text(stmt, 2, key);
        hone_sql_bind_text(stmt, 3, hone_buf_text(&w->text));
        code = hone_sql_run(&w->to, stmt, w->err);
    }
    hone_buf_clear(&w->text);
    return code;
}

static enum hone_code put_number(struct writing *w, int64_t trial, const char *key,
    double number) {
    if (!isfinite(number)) {
        return HONE_OK;
    }
    hone_buf_add_real(&w->text, number);
    return put_attribute(w, USER, trial, key);
}

static enum hone_code put_text(struct writing *w, int64_t trial, const char *key,
    const char *text) {
    if (text == NULL) {
        return HONE_OK;
    }
    hone_buf_add_json_text(&w->text, text);
    return put_attribute(w, USER, trial, key);
}

static enum hone_code write_metrics(struct writing *w, const struct hone_trial_row *row) {
    enum hone_code code = HONE_OK;

    for (size_t m = 0; m < row->metrics && code == HONE_OK; m++) {
        char key[HONE_METRIC_NAME + sizeof("metrics.")];

        (void)snprintf(key, sizeof(key), "metrics.%s", row->metric[m].name);
        code = put_number(w, row->id, key, row->metric[m].value);
    }
    return code;
}

static enum hone_code write_attributes(struct writing *w, const struct hone_trial_row *row) {
    enum hone_code code = put_number(w, row->id, "stderr", row->sem);

    if (code == HONE_OK) {
        code = put_number(w, row->id, "seconds", row->seconds);
    }
    if (code == HONE_OK) {
        code = put_text(w, row->id, "part", row->part);
    }
    if (code == HONE_OK) {
        code = put_text(w, row->id, "why", row->why);
    }
    if (code == HONE_OK) {
        code = put_text(w, row->id, "error", row->error);
    }
    return code == HONE_OK ? write_metrics(w, row) : code;
}

/* A choice that is a list is a text for Optuna, as in its distribution. */
static void add_fixed(struct hone_buf *text, const struct hone_param *param, double x_value) {
    const struct hone_value value = hone_param_value(param, x_value);
    struct hone_buf list = {0};

    hone_buf_add(text, text->length == 0 ? "{" : ", ");
    hone_buf_add_json_text(text, param->name);
    hone_buf_add(text, ": ");
    if (value.type == HONE_LIST || value.type == HONE_MAP) {
        hone_value_write_json(&value, &list);
        hone_buf_add_json_text(text, hone_buf_text(&list));
    } else {
        hone_value_write_json(&value, text);
    }
    text->failed = text->failed || list.failed;
    hone_buf_finish(&list);
}

/* Where Optuna's next ask finds the point of a trial that waits. */
static enum hone_code write_fixed(struct writing *w, const struct hone_trial_row *row) {
    for (size_t p = 0; p < row->params; p++) {
        if (!isnan(row->x_value[p])) {
            add_fixed(&w->text, &w->space->param[p], row->x_value[p]);
        }
    }
    hone_buf_add(&w->text, w->text.length == 0 ? "{}" : "}");
    return put_attribute(w, SYSTEM, row->id, "fixed_params");
}

static enum hone_code write_rest(struct writing *w, const struct hone_trial_row *row) {
    enum hone_code code;

    if (waits(row)) {
        return write_fixed(w, row);
    }
    code = write_params(w, row);
    if (code == HONE_OK) {
        code = write_values(w, row);
    }
    return code == HONE_OK ? write_attributes(w, row) : code;
}

static bool put_trial(void *self, const struct hone_trial_row *row) {
    struct writing *w = self;

    w->code = write_trial(w, row);
    if (w->code == HONE_OK) {
        w->code = write_rest(w, row);
    }
    return w->code == HONE_OK;
}

/* ---- The whole ---- */

static enum hone_code write_distributions(struct writing *w, struct hone_arena *arena,
    struct hone_err *err) {
    const char **distribution = hone_arena_array(arena, w->space->n, sizeof(*distribution));
    bool failed = distribution == NULL;

    for (size_t p = 0; p < w->space->n && !failed; p++) {
        hone_buf_clear(&w->text);
        hone_distribution_write(&w->space->param[p], &w->text);
        distribution[p] = hone_arena_text(arena, hone_buf_text(&w->text), w->text.length);
        failed = w->text.failed || distribution[p] == NULL;
    }
    hone_buf_clear(&w->text);
    w->distribution = distribution;
    return failed ? hone_fail(err, HONE_E_NOMEM, "no memory for the parameters") : HONE_OK;
}

static enum hone_code prepare(struct writing *w, struct hone_err *err) {
    /* The file is new and thrown away on failure: it needs no journal of its own. */
    enum hone_code code = hone_sql_exec(&w->to,
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN", err);

    if (code == HONE_OK) {
        code = hone_sql_exec(&w->to, tables_sql, err);
    }
    for (size_t i = 0; i < STATEMENTS && code == HONE_OK; i++) {
        code = hone_sql_prepare(&w->to, statement_sql[i], &w->stmt[i], err);
    }
    return code == HONE_OK ? hone_curves_init(&w->curves, w->from, err) : code;
}

static enum hone_code write_all(struct writing *w, const char *name, struct hone_arena *arena,
    struct hone_err *err) {
    const struct hone_trial_query query = {.study = name, .with_folds = true};
    struct hone_study_row row;
    sqlite3_stmt *stmt = NULL;
    uint64_t trials;
    enum hone_code code = hone_study_need(w->from, name, &w->study, err);

    if (code == HONE_OK) {
        code = hone_study_read(w->from, w->study, &row, &trials, &stmt, err);
    }
    if (code == HONE_OK) {
        w->folds = row.folds;
        code = write_study(w, &row, err);
    }
    (void)sqlite3_finalize(stmt);
    if (code == HONE_OK) {
        code = write_distributions(w, arena, err);
    }
    if (code == HONE_OK) {
        code = hone_db_trials(w->from, &query, put_trial, w, err);
    }
    return code == HONE_OK ? w->code : code;
}

static enum hone_code write_file(struct writing *w, const char *name, struct hone_arena *arena,
    struct hone_err *err) {
    enum hone_code code = prepare(w, err);

    if (code == HONE_OK) {
        code = write_all(w, name, arena, err);
    }
    for (size_t i = 0; i < STATEMENTS; i++) {
        (void)sqlite3_finalize(w->stmt[i]);
    }
    hone_curves_finish(&w->curves);
    return code == HONE_OK ? hone_sql_exec(&w->to, "COMMIT", err) : code;
}

enum hone_code hone_db_export_optuna(struct hone_db *db, const char *study,
    const struct hone_space *space, const char *path, struct hone_err *err) {
    struct writing w = {.from = db, .space = space, .err = err};
    struct hone_arena arena = {0};
    enum hone_code code = hone_copy_open(path, &w.to, err);

    if (code != HONE_OK) {
        return code;
    }
    code = hone_sql_begin_read(db, err);
    if (code == HONE_OK) {
        code = write_file(&w, study, &arena, err);
        hone_sql_end_read(db);
    }
    hone_buf_finish(&w.text);
    hone_arena_finish(&arena);
    return hone_copy_close(&w.to, code, err);
}
