#include "storage/schema_text.h"

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

static const char trial_intermediate_values_sql[] =
    "CREATE VIEW trial_intermediate_values AS SELECT\n"
    "  trial * 1048576 + fold AS trial_intermediate_value_id,\n"
    "  trial AS trial_id,\n"
    "  fold AS step,\n"
    "  CASE WHEN abs(value) < 9e999 THEN value END AS intermediate_value,\n"
    "  CASE WHEN value IS NULL THEN 'NAN' WHEN value = 9e999 THEN 'INF_POS'\n"
    "    WHEN value = -9e999 THEN 'INF_NEG' ELSE 'FINITE' END AS intermediate_value_type\n"
    "FROM fold WHERE outcome = 0";

static const struct hone_schema_object objects[] = {
    {"table", "trial", trial_sql, 1, 2},
    {"index", "trial_by_state", trial_by_state_sql, 1, 2},
    {"table", "trial_param", trial_param_sql, 1, 2},
    {"table", "fold", fold_sql, 1, 2},
    {"table", "metric", metric_sql, 1, 2},
    {"table", "curve", curve_sql, 1, 2},
    {"view", "trial_intermediate_values", trial_intermediate_values_sql, 1, 2},
};

const struct hone_schema_texts hone_schema_old = {
    .object = objects, .count = sizeof(objects) / sizeof(objects[0])};
