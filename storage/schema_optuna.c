/* Times are naive UTC, enums are names, and ids are made of the trial's and a position
 * below the multiplier. */
#include "storage/schema_text.h"

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

/* ---- Optuna's other tables, as views ---- */

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

/* The scores of the folds. In a study of one fold, what that told on its way, if it
 * did: an id has room for as many values as steps.h keeps. */
static const char trial_intermediate_values_sql[] =
    "CREATE VIEW trial_intermediate_values AS\n"
    "WITH told AS (\n"
    "  SELECT c.trial, c.epoch, c.valid_loss FROM curve c\n"
    "  JOIN trial t ON t.id = c.trial JOIN study s ON s.id = t.study\n"
    "  WHERE s.folds = 1 AND c.valid_loss IS NOT NULL)\n"
    "SELECT\n"
    "  trial * 1048576 + fold AS trial_intermediate_value_id,\n"
    "  trial AS trial_id,\n"
    "  fold AS step,\n"
    "  CASE WHEN abs(value) < 9e999 THEN value END AS intermediate_value,\n"
    "  CASE WHEN value IS NULL THEN 'NAN' WHEN value = 9e999 THEN 'INF_POS'\n"
    "    WHEN value = -9e999 THEN 'INF_NEG' ELSE 'FINITE' END AS intermediate_value_type\n"
    "FROM fold f WHERE outcome = 0 AND NOT EXISTS (SELECT 1 FROM told WHERE told.trial = f.trial)\n"
    "UNION ALL SELECT\n"
    "  trial * 1048576 + row_number() OVER (PARTITION BY trial ORDER BY epoch), trial, epoch,\n"
    "  CASE WHEN abs(valid_loss) < 9e999 THEN valid_loss END,\n"
    "  CASE WHEN valid_loss = 9e999 THEN 'INF_POS' WHEN valid_loss = -9e999 THEN 'INF_NEG'\n"
    "    ELSE 'FINITE' END\n"
    "FROM told";

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

/* Optuna refuses a file whose two versions it does not know: 12 is its schema's
 * since 2020, v3.2.0.a the last change before 5.0. */
const char hone_schema_optuna_rows[] =
    "INSERT INTO version_info VALUES (1, 12, '5.0.0');"
    "INSERT INTO alembic_version VALUES ('v3.2.0.a')";

static const struct hone_schema_object objects[] = {
    {"table", "studies", studies_sql, 1, 0},
    {"index", "ix_studies_study_name", studies_index_sql, 1, 0},
    {"table", "version_info", version_info_sql, 1, 0},
    {"table", "alembic_version", alembic_version_sql, 1, 0},
    {"table", "study_user_attributes", study_user_attributes_sql, 1, 0},
    {"table", "study_system_attributes", study_system_attributes_sql, 1, 0},
    {"view", "study_directions", study_directions_sql, 1, 0},
    {"view", "trials", trials_sql, 1, 0},
    {"view", "trial_params", trial_params_sql, 1, 0},
    {"view", "trial_values", trial_values_sql, 1, 0},
    {"view", "trial_intermediate_values", trial_intermediate_values_sql, 3, 0},
    {"view", "trial_user_attributes", trial_user_attributes_sql, 1, 0},
    {"view", "trial_system_attributes", trial_system_attributes_sql, 1, 0},
    {"view", "trial_heartbeats", trial_heartbeats_sql, 1, 0},
};

const struct hone_schema_texts hone_schema_optuna = {
    .object = objects, .count = sizeof(objects) / sizeof(objects[0])};
