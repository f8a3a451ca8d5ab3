/* The space that the trials of an Optuna study were drawn from. */
#include "storage/optuna_file.h"

#include <string.h>


/* Names of before Optuna 3 too: IntLogUniformDistribution, with q for step. */
static const char space_sql[] =
    "SELECT param_name, d, coalesce(json_extract(d, '$.name'), json_extract(d, '$.type'), ''),"
    " coalesce(json_extract(d, '$.attributes.low'), json_extract(d, '$.low')),"
    " coalesce(json_extract(d, '$.attributes.high'), json_extract(d, '$.high')),"
    " coalesce(json_extract(d, '$.attributes.step'), json_extract(d, '$.step'),"
    "   json_extract(d, '$.attributes.q')),"
    " coalesce(json_extract(d, '$.attributes.log'), json_extract(d, '$.log'), 0)"
    " FROM (SELECT param_name, distribution_json AS d, at FROM main.trial_params"
    "   JOIN (SELECT min(param_id) AS at, max(param_id) AS last FROM main.trial_params"
    "     WHERE trial_id IN (SELECT trial_id FROM main.trials WHERE study_id = ?)"
    "     GROUP BY param_name) ON param_id = last) ORDER BY at";

/* Which choices of parameter ?2 the parameter ?1 comes with: a row a choice, with how
 * many trials have both and how many have the choice. */
static const char presence_sql[] =
    "SELECT q.param_value, count(p.param_id), count(*), q.distribution_json"
    " FROM main.trial_params q LEFT JOIN main.trial_params p"
    "   ON p.trial_id = q.trial_id AND p.param_name = ?1"
    " WHERE q.param_name = ?2"
    "   AND q.trial_id IN (SELECT trial_id FROM main.trials WHERE study_id = ?3)"
    " GROUP BY q.param_value";

/* Of a parameter that some trials lack, others that might decide it: those that all
 * trials have which have it, fewest first. */
static const char deciders_sql[] =
    "SELECT q.param_name FROM main.trial_params q JOIN main.trial_params p"
    "   ON p.trial_id = q.trial_id AND p.param_name = ?1"
    " WHERE q.param_name <> ?1"
    "   AND q.trial_id IN (SELECT trial_id FROM main.trials WHERE study_id = ?2)"
    " GROUP BY q.param_name HAVING count(*) = (SELECT count(*) FROM main.trial_params"
    "   WHERE param_name = ?1"
    "   AND trial_id IN (SELECT trial_id FROM main.trials WHERE study_id = ?2))";

static void write_list(const struct hone_optuna_choices *choices, struct hone_buf *buf) {
    for (size_t i = 0; i < choices->count; i++) {
        hone_buf_add(buf, i == 0 ? "[" : ", ");
        hone_value_write_json(&choices->value[i], buf);
    }
    hone_buf_add(buf, "]");
}

/* Appends ", when: {decider: [choices]}" when the parameter is there with all trials
 * of some choices and with none of the others. */
static enum hone_code write_when(struct hone_optuna *o, sqlite3_stmt *stmt, const char *decider,
    struct hone_buf *buf, bool *ret_decides, struct hone_err *err) {
    size_t with = 0;
    size_t without = 0;
    bool clean = true;
    bool row = false;
    enum hone_code code;

    hone_buf_add(buf, ", when: {");
    hone_buf_add_json_text(buf, decider);
    hone_buf_add(buf, ": [");
    while ((code = hone_sql_next(&o->db, stmt, &row, err)) == HONE_OK && row && clean) {
        const char *json = hone_sql_text(stmt, 3);
        double x = hone_sql_real(stmt, 0);
        int64_t both = sqlite3_column_int64(stmt, 1);
        const struct hone_optuna_choices *choices = NULL;

        code = hone_optuna_find_choices(o, json == NULL ? "" : json, &choices, err);
        if (code != HONE_OK) {
            return code;
        }
        clean = x >= 0 && x < (double)choices->count &&
                (both == 0 || both == sqlite3_column_int64(stmt, 2));
        without += both == 0;
        if (clean && both > 0) {
            hone_buf_add(buf, with++ == 0 ? "" : ", ");
            hone_value_write_json(&choices->value[(size_t)x], buf);
        }
    }
    hone_buf_add(buf, "]}");
    *ret_decides = clean && with > 0 && without > 0;
    return code;
}

static enum hone_code try_decider(struct hone_optuna *o, const char *param, const char *decider,
    struct hone_buf *buf, bool *ret_decides, struct hone_err *err) {
    struct hone_buf when = {0};
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(&o->db, presence_sql, &stmt, err);

    if (code == HONE_OK) {
        hone_sql_bind_text(stmt, 1, param);
        hone_sql_bind_text(stmt, 2, decider);
        hone_sql_bind_int(stmt, 3, o->study);
        code = write_when(o, stmt, decider, &when, ret_decides, err);
    }
    (void)sqlite3_finalize(stmt);
    if (code == HONE_OK && *ret_decides) {
        hone_buf_add(buf, hone_buf_text(&when));
    }
    hone_buf_finish(&when);
    return code;
}

/* Optuna's searches branch in a program; what it did can be seen from the trials. */
static enum hone_code write_condition(struct hone_optuna *o, const char *param,
    struct hone_buf *buf, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool decides = false;
    bool row = false;
    enum hone_code code = hone_sql_prepare(&o->db, deciders_sql, &stmt, err);

    if (code == HONE_OK) {
        hone_sql_bind_text(stmt, 1, param);
        hone_sql_bind_int(stmt, 2, o->study);
    }
    while (code == HONE_OK && !decides &&
           (code = hone_sql_next(&o->db, stmt, &row, err)) == HONE_OK && row) {
        const char *decider = hone_sql_text(stmt, 0);

        code = try_decider(o, param, decider == NULL ? "" : decider, buf, &decides, err);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static void write_range(sqlite3_stmt *stmt, struct hone_buf *buf) {
    const char *name = hone_sql_text(stmt, 2);
    bool is_int = strncmp(name, "Int", 3) == 0 || strcmp(name, "int") == 0;
    bool is_log = strstr(name, "Log") != NULL || sqlite3_column_int(stmt, 6) != 0;
    double step = sqlite3_column_double(stmt, 5); /* 0 for NULL */

    hone_buf_add(buf, is_int ? "{type: int, low: " : "{type: float, low: ");
    hone_buf_add_real(buf, sqlite3_column_double(stmt, 3));
    hone_buf_add(buf, ", high: ");
    hone_buf_add_real(buf, sqlite3_column_double(stmt, 4));
    if (step > 0 && !is_log && !(is_int && step == 1)) {
        hone_buf_add(buf, ", step: ");
        hone_buf_add_real(buf, step);
    }
    hone_buf_add(buf, is_log ? ", log: true" : "");
}

static enum hone_code write_param(struct hone_optuna *o, sqlite3_stmt *stmt, struct hone_buf *buf,
    struct hone_err *err) {
    const struct hone_optuna_choices *choices = NULL;
    const char *json = hone_sql_text(stmt, 1);
    const char *name = hone_sql_text(stmt, 0);
    enum hone_code code = hone_optuna_find_choices(o, json == NULL ? "" : json, &choices, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_buf_add(buf, "  ");
    hone_buf_add_json_text(buf, name == NULL ? "" : name);
    hone_buf_add(buf, ": ");
    if (choices->count > 0) {
        hone_buf_add(buf, "{type: categorical, choices: ");
        write_list(choices, buf);
    } else {
        write_range(stmt, buf);
    }
    code = write_condition(o, name == NULL ? "" : name, buf, err);
    hone_buf_add(buf, "}\n");
    return code;
}

/* Python also writes NaN and Infinity, which are no JSON. */
static enum hone_code check_space(struct hone_optuna *o, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(&o->db,
        "SELECT coalesce(param_name, ''), distribution_json"
        " FROM main.trial_params WHERE NOT json_valid(distribution_json)"
        " AND trial_id IN (SELECT trial_id FROM main.trials WHERE study_id = ?) LIMIT 1",
        &stmt, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, o->study);
        code = hone_sql_next(&o->db, stmt, &row, err);
    }
    if (code == HONE_OK && row) {
        code = hone_fail(err, HONE_E_INPUT, "'%s': parameter '%s' has the distribution %s, which"
            " a spec cannot say; --spec SPEC.yaml makes the study without it", o->db.path,
            hone_sql_text(stmt, 0), hone_sql_text(stmt, 1));
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_optuna_write_space(struct hone_optuna *o, struct hone_buf *buf,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = check_space(o, err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(&o->db, space_sql, &stmt, err);
    }
    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, o->study);
    }
    hone_buf_add(buf, "space:\n");
    while (code == HONE_OK && (code = hone_sql_next(&o->db, stmt, &row, err)) == HONE_OK && row) {
        code = write_param(o, stmt, buf, err);
    }
    (void)sqlite3_finalize(stmt);
    return code == HONE_OK ? hone_buf_ok(buf, err) : code;
}
