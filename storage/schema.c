/* Two halves in one file. Our own tables hold everything, in normal form; each
 * column says its unit and meaning in a comment that `.schema` shows. Beside
 * them stand Optuna's names (its schema v3.2.0.a): five small real tables, into
 * which its dashboard may write notes, and eight views over our rows, so that
 * optuna.load_study and optuna-dashboard read the live file.
 *
 * Numbers that must come back to the bit (a loss of -0.0, a subnormal) stand in
 * columns without a type: SQLite's REAL columns turn -0.0 into 0.
 *
 * The texts below are compared with those in the file when it is opened. They
 * never change after a release; a new version adds a migration. */
#include "storage/schema.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct object {
    const char *type;
    const char *name;
    const char *sql;
    int since; /* the version that added it; 0: the first */
};

/* ---- Our tables ---- */

static const char study_sql[] =
    "CREATE TABLE study(\n"
    "  id INTEGER PRIMARY KEY REFERENCES studies(study_id) ON DELETE CASCADE,\n"
    "  name TEXT NOT NULL UNIQUE COLLATE NOCASE, -- also of its view, one row a trial\n"
    "  spec_text TEXT NOT NULL, -- the spec as the user wrote it\n"
    "  spec_file TEXT NOT NULL, -- its name, for messages\n"
    "  folder TEXT NOT NULL, -- absolute; relative paths in the spec start there\n"
    "  fingerprint TEXT NOT NULL, -- lines key = value; equal: the same search\n"
    "  sampler TEXT NOT NULL,\n"
    "  metric TEXT NOT NULL, -- what trial.value is\n"
    "  maximize INTEGER NOT NULL CHECK (maximize IN (0, 1)), -- 1: larger values are better\n"
    "  seed INTEGER NOT NULL, -- unsigned 64 bits, read as signed\n"
    "  parallel INTEGER NOT NULL, -- trials in flight at once\n"
    "  folds INTEGER NOT NULL, -- runs a trial\n"
    "  data_hash TEXT NOT NULL, -- SHA-256 of the data, hex; '' without data\n"
    "  fold_hash TEXT NOT NULL, -- SHA-256 of the assignment of rows to folds, hex\n"
    "  created_ms INTEGER NOT NULL, -- milliseconds since 1970, UTC\n"
    "  space_checksum INTEGER NOT NULL, -- of its rows in param and choice\n"
    "  checksum INTEGER NOT NULL -- of this row\n"
    ")";

static const char progress_sql[] =
    "CREATE TABLE progress(\n"
    "  study INTEGER PRIMARY KEY REFERENCES study(id) ON DELETE CASCADE,\n"
    "  trials INTEGER NOT NULL, -- how many rows trial holds of it\n"
    "  budget INTEGER, -- trials asked for; NULL: open\n"
    "  checksum INTEGER NOT NULL -- of this row\n"
    ")";

static const char param_sql[] =
    "CREATE TABLE param(\n"
    "  study INTEGER NOT NULL REFERENCES study(id) ON DELETE CASCADE,\n"
    "  position INTEGER NOT NULL, -- in the spec, from 0\n"
    "  name TEXT NOT NULL,\n"
    "  type INTEGER NOT NULL, -- 0 float, 1 int, 2 categorical\n"
    "  distribution TEXT NOT NULL, -- range or choices, as Optuna writes them\n"
    "  PRIMARY KEY (study, position)\n"
    ") WITHOUT ROWID";

static const char choice_sql[] =
    "CREATE TABLE choice(\n"
    "  study INTEGER NOT NULL,\n"
    "  param INTEGER NOT NULL, -- its position\n"
    "  position INTEGER NOT NULL, -- of the choice, from 0; trial_param.x\n"
    "  json INTEGER NOT NULL, -- 1: value is JSON (a list, true, null); 0: value as it is\n"
    "  value NOT NULL,\n"
    "  PRIMARY KEY (study, param, position),\n"
    "  FOREIGN KEY (study, param) REFERENCES param(study, position) ON DELETE CASCADE\n"
    ") WITHOUT ROWID";

static const char trial_sql[] =
    "CREATE TABLE trial(\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  study INTEGER NOT NULL REFERENCES study(id) ON DELETE CASCADE,\n"
    "  number INTEGER NOT NULL, -- within the study, from 0 without gaps\n"
    "  state INTEGER NOT NULL, -- 0 waiting, 1 running, 2 complete, 3 pruned, 4 failed\n"
    "  value, -- REAL, mean over the folds in the metric's direction; NULL: none\n"
    "  sem, -- REAL, standard error of that mean; NULL with one fold\n"
    "  folds_done INTEGER NOT NULL, -- folds in the mean\n"
    "  seconds, -- REAL, work, summed over the folds\n"
    "  started_ms INTEGER, -- milliseconds since 1970, UTC; NULL before\n"
    "  finished_ms INTEGER, -- likewise; NULL until finished\n"
    "  runner INTEGER, -- the process that evaluates it; NULL unless running\n"
    "  part TEXT, -- what proposed it: first, queue, random …\n"
    "  why TEXT, -- in words; NULL: nothing to say\n"
    "  mean, -- REAL, value as predicted, in the metric's direction; NULL: not predicted\n"
    "  sd, -- REAL, standard deviation of the prediction\n"
    "  acquisition, -- REAL, what the sampler maximised\n"
    "  error TEXT, -- why it failed\n"
    "  point BLOB NOT NULL, -- the x of all parameters, little-endian doubles; NaN: inactive\n"
    "  checksum INTEGER NOT NULL, -- of this row\n"
    "  UNIQUE (study, number)\n"
    ")";

static const char trial_by_state_sql[] =
    "CREATE INDEX trial_by_state ON trial(study, state, value)";

static const char trial_param_sql[] =
    "CREATE TABLE trial_param(\n"
    "  trial INTEGER NOT NULL REFERENCES trial(id) ON DELETE CASCADE,\n"
    "  param INTEGER NOT NULL, -- its position\n"
    "  x NOT NULL, -- the number of a float or int, the position of a choice; no row: inactive\n"
    "  PRIMARY KEY (trial, param)\n"
    ") WITHOUT ROWID";

static const char fold_sql[] =
    "CREATE TABLE fold(\n"
    "  trial INTEGER NOT NULL REFERENCES trial(id) ON DELETE CASCADE,\n"
    "  fold INTEGER NOT NULL, -- from 0\n"
    "  outcome INTEGER NOT NULL, -- 0 value, 1 failed, 2 cancelled\n"
    "  value, -- REAL, in the metric's direction; NULL unless outcome is 0\n"
    "  seconds, -- REAL, wall time of the run\n"
    "  started_ms INTEGER NOT NULL, -- milliseconds since 1970, UTC\n"
    "  error TEXT, -- why it failed\n"
    "  metric_checksum INTEGER NOT NULL, -- of its rows in metric\n"
    "  curve_checksum INTEGER NOT NULL, -- of its rows in curve\n"
    "  checksum INTEGER NOT NULL, -- of this row\n"
    "  PRIMARY KEY (trial, fold)\n"
    ") WITHOUT ROWID";

static const char metric_name_sql[] =
    "CREATE TABLE metric_name(\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  name TEXT NOT NULL UNIQUE\n"
    ")";

static const char metric_sql[] =
    "CREATE TABLE metric(\n"
    "  trial INTEGER NOT NULL,\n"
    "  fold INTEGER NOT NULL,\n"
    "  position INTEGER NOT NULL, -- in the objective's answer, from 0\n"
    "  name INTEGER NOT NULL REFERENCES metric_name(id),\n"
    "  value, -- REAL, in the metric's own direction; NULL: not a number\n"
    "  PRIMARY KEY (trial, fold, position),\n"
    "  FOREIGN KEY (trial, fold) REFERENCES fold(trial, fold) ON DELETE CASCADE\n"
    ") WITHOUT ROWID";

static const char curve_sql[] =
    "CREATE TABLE curve(\n"
    "  trial INTEGER NOT NULL,\n"
    "  fold INTEGER NOT NULL,\n"
    "  epoch INTEGER NOT NULL, -- from 1\n"
    "  train_loss, -- REAL\n"
    "  valid_loss, -- REAL, on the inner validation part; NULL without one\n"
    "  rate, -- REAL, the learning rate used\n"
    "  PRIMARY KEY (trial, fold, epoch),\n"
    "  FOREIGN KEY (trial, fold) REFERENCES fold(trial, fold) ON DELETE CASCADE\n"
    ") WITHOUT ROWID";

static const char runner_sql[] =
    "CREATE TABLE runner(\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again\n"
    "  study INTEGER NOT NULL REFERENCES study(id) ON DELETE CASCADE,\n"
    "  host TEXT NOT NULL,\n"
    "  boot TEXT NOT NULL, -- the kernel's boot id and pid namespace\n"
    "  pid INTEGER NOT NULL,\n"
    "  pid_start INTEGER NOT NULL, -- when the process started, in the kernel's ticks\n"
    "  started_ms INTEGER NOT NULL, -- milliseconds since 1970, UTC\n"
    "  seen_ms INTEGER NOT NULL -- when it last wrote\n"
    ")";

static const char sampler_insight_sql[] =
    "CREATE TABLE sampler_insight(\n"
    "  study INTEGER NOT NULL REFERENCES study(id) ON DELETE CASCADE,\n"
    "  trials INTEGER NOT NULL, -- the results of trials below this number were looked at\n"
    "  fitted INTEGER NOT NULL, -- 1: the model was fitted anew; 0: since then it took in results\n"
    "  best INTEGER NOT NULL, -- number of the trial that is expected to be the best\n"
    "  mean, -- REAL, value that is expected there, in the metric's direction\n"
    "  sd, -- REAL, standard deviation of that\n"
    "  remaining, -- REAL, at most so much is expected to be gained by going on\n"
    "  tolerance, -- REAL, gain that is lost in the noise of a trial\n"
    "  enough INTEGER NOT NULL, -- 1: going on does not pay\n"
    "  noise, -- REAL, sd of a trial's noise in sds of what varies with the point\n"
    "  loo_gain, -- REAL, log density of left-out results less that of their mean and sd\n"
    "  loo_r2, -- REAL, share of their variance that is predicted\n"
    "  loo_coverage, -- REAL, share of them within their 90 % intervals\n"
    "  checksum INTEGER NOT NULL, -- of this row and its rows in sampler_length\n"
    "  PRIMARY KEY (study, trials)\n"
    ") WITHOUT ROWID";

static const char sampler_length_sql[] =
    "CREATE TABLE sampler_length(\n"
    "  study INTEGER NOT NULL,\n"
    "  trials INTEGER NOT NULL,\n"
    "  param INTEGER NOT NULL, -- its position\n"
    "  length NOT NULL, -- REAL, length scale in units of the range; none for a constant\n"
    "  PRIMARY KEY (study, trials, param),\n"
    "  FOREIGN KEY (study, trials) REFERENCES sampler_insight(study, trials) ON DELETE CASCADE\n"
    ") WITHOUT ROWID";

/* ---- Optuna's tables (storages/_rdb/models.py) ---- */

static const char studies_sql[] =
    "CREATE TABLE studies(\n"
    "  study_id INTEGER NOT NULL,\n"
    "  study_name VARCHAR(512) NOT NULL,\n"
    "  PRIMARY KEY (study_id)\n"
    ")";

static const char studies_index_sql[] =
    "CREATE UNIQUE INDEX ix_studies_study_name ON studies(study_name)";

static const char version_info_sql[] =
    "CREATE TABLE version_info(\n"
    "  version_info_id INTEGER NOT NULL,\n"
    "  schema_version INTEGER,\n"
    "  library_version VARCHAR(256),\n"
    "  PRIMARY KEY (version_info_id),\n"
    "  CHECK (version_info_id = 1)\n"
    ")";

static const char alembic_version_sql[] =
    "CREATE TABLE alembic_version(\n"
    "  version_num VARCHAR(32) NOT NULL PRIMARY KEY\n"
    ")";

static const char study_user_attributes_sql[] =
    "CREATE TABLE study_user_attributes(\n"
    "  study_user_attribute_id INTEGER NOT NULL,\n"
    "  study_id INTEGER REFERENCES studies(study_id) ON DELETE CASCADE,\n"
    "  \"key\" VARCHAR(512),\n"
    "  value_json TEXT,\n"
    "  PRIMARY KEY (study_user_attribute_id),\n"
    "  UNIQUE (study_id, \"key\")\n"
    ")";

static const char study_system_attributes_sql[] =
    "CREATE TABLE study_system_attributes(\n"
    "  study_system_attribute_id INTEGER NOT NULL,\n"
    "  study_id INTEGER REFERENCES studies(study_id) ON DELETE CASCADE,\n"
    "  \"key\" VARCHAR(512),\n"
    "  value_json TEXT,\n"
    "  PRIMARY KEY (study_system_attribute_id),\n"
    "  UNIQUE (study_id, \"key\")\n"
    ")";

/* ---- Optuna's other tables, as views. Times are naive UTC, enums are names,
 * and ids are made of the trial's and a position below the multiplier. ---- */

static const char study_directions_sql[] =
    "CREATE VIEW study_directions AS SELECT\n"
    "  id AS study_direction_id,\n"
    "  CASE maximize WHEN 1 THEN 'MAXIMIZE' ELSE 'MINIMIZE' END AS direction,\n"
    "  id AS study_id,\n"
    "  0 AS objective\n"
    "FROM study";

static const char trials_sql[] =
    "CREATE VIEW trials AS SELECT\n"
    "  id AS trial_id,\n"
    "  number,\n"
    "  study AS study_id,\n"
    "  CASE state WHEN 0 THEN 'WAITING' WHEN 1 THEN 'RUNNING' WHEN 2 THEN 'COMPLETE'\n"
    "    WHEN 3 THEN 'PRUNED' ELSE 'FAIL' END AS state,\n"
    "  CASE WHEN state > 0 THEN\n"
    "    strftime('%Y-%m-%d %H:%M:%f', started_ms / 1000.0, 'unixepoch') END AS datetime_start,\n"
    "  CASE WHEN state > 1 THEN\n"
    "    strftime('%Y-%m-%d %H:%M:%f', finished_ms / 1000.0, 'unixepoch') END\n"
    "    AS datetime_complete\n"
    "FROM trial";

static const char trial_params_sql[] =
    "CREATE VIEW trial_params AS SELECT\n"
    "  tp.trial * 16384 + tp.param AS param_id,\n"
    "  tp.trial AS trial_id,\n"
    "  p.name AS param_name,\n"
    "  CAST(tp.x AS REAL) AS param_value,\n"
    "  p.distribution AS distribution_json\n"
    "FROM trial_param tp JOIN trial t ON t.id = tp.trial\n"
    "  JOIN param p ON p.study = t.study AND p.position = tp.param\n"
    "WHERE t.state > 0";

static const char trial_values_sql[] =
    "CREATE VIEW trial_values AS SELECT\n"
    "  id AS trial_value_id,\n"
    "  id AS trial_id,\n"
    "  0 AS objective,\n"
    "  CASE WHEN abs(value) < 9e999 THEN value END AS value,\n"
    "  CASE WHEN value = 9e999 THEN 'INF_POS' WHEN value = -9e999 THEN 'INF_NEG'\n"
    "    ELSE 'FINITE' END AS value_type\n"
    "FROM trial WHERE state IN (2, 3) AND value IS NOT NULL";

static const char trial_intermediate_values_sql[] =
    "CREATE VIEW trial_intermediate_values AS SELECT\n"
    "  trial * 1048576 + fold AS trial_intermediate_value_id,\n"
    "  trial AS trial_id,\n"
    "  fold AS step,\n"
    "  CASE WHEN abs(value) < 9e999 THEN value END AS intermediate_value,\n"
    "  CASE WHEN value IS NULL THEN 'NAN' WHEN value = 9e999 THEN 'INF_POS'\n"
    "    WHEN value = -9e999 THEN 'INF_NEG' ELSE 'FINITE' END AS intermediate_value_type\n"
    "FROM fold WHERE outcome = 0";

static const char trial_user_attributes_sql[] =
    "CREATE VIEW trial_user_attributes AS\n"
    "SELECT id * 65536 AS trial_user_attribute_id, id AS trial_id, 'stderr' AS \"key\",\n"
    "  json_quote(sem) AS value_json FROM trial WHERE sem IS NOT NULL\n"
    "UNION ALL SELECT id * 65536 + 1, id, 'seconds', json_quote(seconds)\n"
    "  FROM trial WHERE seconds IS NOT NULL\n"
    "UNION ALL SELECT id * 65536 + 2, id, 'part', json_quote(part)\n"
    "  FROM trial WHERE part IS NOT NULL\n"
    "UNION ALL SELECT id * 65536 + 3, id, 'why', json_quote(why)\n"
    "  FROM trial WHERE why IS NOT NULL\n"
    "UNION ALL SELECT id * 65536 + 4, id, 'error', json_quote(error)\n"
    "  FROM trial WHERE error IS NOT NULL\n"
    "UNION ALL SELECT m.trial * 65536 + 4 + n.id, m.trial, 'metrics.' || n.name,\n"
    "  json_quote(avg(m.value)) FROM metric m JOIN metric_name n ON n.id = m.name\n"
    "  GROUP BY m.trial, n.id";

static const char trial_system_attributes_sql[] =
    "CREATE VIEW trial_system_attributes AS SELECT\n"
    "  t.id AS trial_system_attribute_id,\n"
    "  t.id AS trial_id,\n"
    "  'fixed_params' AS \"key\",\n"
    "  (SELECT json_group_object(p.name, CASE p.type WHEN 0 THEN CAST(tp.x AS REAL)\n"
    "    WHEN 1 THEN CAST(tp.x AS INTEGER) ELSE c.value END)\n"
    "    FROM trial_param tp JOIN param p ON p.study = t.study AND p.position = tp.param\n"
    "    LEFT JOIN choice c ON c.study = t.study AND c.param = tp.param AND c.position = tp.x\n"
    "    WHERE tp.trial = t.id) AS value_json\n"
    "FROM trial t WHERE t.state = 0";

static const char trial_heartbeats_sql[] =
    "CREATE VIEW trial_heartbeats AS SELECT\n"
    "  0 AS trial_heartbeat_id, 0 AS trial_id, '' AS heartbeat WHERE 0";

static const struct object objects[] = {
    {"table", "studies", studies_sql, 0},
    {"index", "ix_studies_study_name", studies_index_sql, 0},
    {"table", "version_info", version_info_sql, 0},
    {"table", "alembic_version", alembic_version_sql, 0},
    {"table", "study_user_attributes", study_user_attributes_sql, 0},
    {"table", "study_system_attributes", study_system_attributes_sql, 0},
    {"table", "study", study_sql, 0},
    {"table", "progress", progress_sql, 0},
    {"table", "param", param_sql, 0},
    {"table", "choice", choice_sql, 0},
    {"table", "trial", trial_sql, 0},
    {"index", "trial_by_state", trial_by_state_sql, 0},
    {"table", "trial_param", trial_param_sql, 0},
    {"table", "fold", fold_sql, 0},
    {"table", "metric_name", metric_name_sql, 0},
    {"table", "metric", metric_sql, 0},
    {"table", "curve", curve_sql, 0},
    {"table", "runner", runner_sql, 0},
    {"table", "sampler_insight", sampler_insight_sql, 2},
    {"table", "sampler_length", sampler_length_sql, 2},
    {"view", "study_directions", study_directions_sql, 0},
    {"view", "trials", trials_sql, 0},
    {"view", "trial_params", trial_params_sql, 0},
    {"view", "trial_values", trial_values_sql, 0},
    {"view", "trial_intermediate_values", trial_intermediate_values_sql, 0},
    {"view", "trial_user_attributes", trial_user_attributes_sql, 0},
    {"view", "trial_system_attributes", trial_system_attributes_sql, 0},
    {"view", "trial_heartbeats", trial_heartbeats_sql, 0},
};

enum { OBJECTS = sizeof(objects) / sizeof(objects[0]) };

/* Optuna refuses a file whose two versions it does not know: 12 is its schema's
 * since 2020, v3.2.0.a the last change before 5.0. */
static const char optuna_rows_sql[] =
    "INSERT INTO version_info VALUES (1, 12, '5.0.0');"
    "INSERT INTO alembic_version VALUES ('v3.2.0.a')";

static const struct object *find_object(const char *name) {
    for (size_t i = 0; i < OBJECTS; i++) {
        if (sqlite3_stricmp(objects[i].name, name) == 0) {
            return &objects[i];
        }
    }
    return NULL;
}

bool hone_schema_has(const char *name) {
    return find_object(name) != NULL;
}

static enum hone_code add_objects(struct hone_db *db, int version, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; i < OBJECTS && code == HONE_OK; i++) {
        if (objects[i].since > version || version == 0) {
            code = hone_sql_exec(db, objects[i].sql, err);
        }
    }
    return code;
}

static enum hone_code say_version(struct hone_db *db, struct hone_err *err) {
    char pragma[64];

    (void)snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", HONE_SCHEMA_VERSION);
    return hone_sql_exec(db, pragma, err);
}

enum hone_code hone_schema_create(struct hone_db *db, struct hone_err *err) {
    char pragma[64];
    enum hone_code code = add_objects(db, 0, err);

    (void)snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d", HONE_APPLICATION_ID);
    if (code == HONE_OK) {
        code = hone_sql_exec(db, optuna_rows_sql, err);
    }
    if (code == HONE_OK) {
        code = hone_sql_exec(db, pragma, err);
    }
    return code == HONE_OK ? say_version(db, err) : code;
}

enum hone_code hone_schema_extend(struct hone_db *db, int version, struct hone_err *err) {
    enum hone_code code = add_objects(db, version, err);

    return code == HONE_OK ? say_version(db, err) : code;
}

static size_t objects_of(int version) {
    size_t count = 0;

    for (size_t i = 0; i < OBJECTS; i++) {
        count += objects[i].since <= version;
    }
    return count;
}

/* Tables and indices that a user added are left alone: nothing of ours ever
 * runs through them. A trigger or a view may hold other people's code. */
static bool is_foreign(const char *type, bool is_study) {
    return strcmp(type, "trigger") == 0 || (strcmp(type, "view") == 0 && !is_study);
}

static enum hone_code check_row(const struct hone_db *db, sqlite3_stmt *stmt, size_t *found,
    struct hone_err *err) {
    const char *type = hone_sql_text(stmt, 0);
    const char *name = hone_sql_text(stmt, 1);
    const char *sql = hone_sql_text(stmt, 2);
    const struct object *object;

    if (type == NULL || name == NULL) {
        return hone_sql_damaged(db, err, "its list of tables cannot be read");
    }
    object = find_object(name);
    if (object != NULL) {
        if (sql == NULL || strcmp(type, object->type) != 0 || strcmp(sql, object->sql) != 0) {
            return hone_sql_damaged(db, err, "its %s '%s' is not as hone made it", type, name);
        }
        ++*found;
    } else if (is_foreign(type, sqlite3_column_int(stmt, 3) != 0)) {
        return hone_fail(err, HONE_E_CORRUPT,
            "database '%s': it holds a %s '%s' that hone did not make; drop it to use the file",
            db->path, type, name);
    }
    return HONE_OK;
}

enum hone_code hone_schema_check(struct hone_db *db, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    size_t found = 0;
    bool row = false;
    enum hone_code code = hone_sql_prepare(db, "SELECT type, name, sql, 0 FROM sqlite_schema"
        " WHERE type <> 'view' OR name NOT IN (SELECT name FROM main.study)"
        " UNION ALL SELECT 'view', name, sql, 1 FROM sqlite_schema"
        " WHERE type = 'view' AND name IN (SELECT name FROM main.study)", &stmt, err);

    if (code != HONE_OK) {
        return sqlite3_errcode(db->sqlite) == SQLITE_ERROR
            ? hone_sql_damaged(db, err, "its table 'study' is missing") : code;
    }
    while ((code = hone_sql_next(db, stmt, &row, err)) == HONE_OK && row) {
        code = check_row(db, stmt, &found, err);
        if (code != HONE_OK) {
            break;
        }
    }
    (void)sqlite3_finalize(stmt);
    if (code == HONE_OK && found != objects_of(db->version)) {
        code = hone_sql_damaged(db, err, "tables are missing");
    }
    return code;
}
