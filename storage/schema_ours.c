#include "storage/schema_text.h"

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
    "  x0, -- the first parameter: its number, or the position of its choice; NULL: inactive\n"
    "  x1, x2, x3, x4, x5, x6, x7, -- likewise; NULL as well: there is none\n"
    "  more BLOB, -- parameters from the ninth on, packed; trial_param has all\n"
    "  folds BLOB NOT NULL, -- packed; fold has them\n"
    "  checksum INTEGER NOT NULL, -- of this row\n"
    "  detail_checksum INTEGER NOT NULL, -- of its rows in fold_detail, modulo 2^32\n"
    "  UNIQUE (study, number)\n"
    ")";

static const char trial_by_state_sql[] =
    "CREATE INDEX trial_by_state ON trial(study, state, value)";

static const char fold_detail_sql[] =
    "CREATE TABLE fold_detail( -- of folds that have more than a value\n"
    "  trial INTEGER NOT NULL REFERENCES trial(id) ON DELETE CASCADE,\n"
    "  fold INTEGER NOT NULL, -- from 0\n"
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
    "  FOREIGN KEY (trial, fold) REFERENCES fold_detail(trial, fold) ON DELETE CASCADE\n"
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
    "  FOREIGN KEY (trial, fold) REFERENCES fold_detail(trial, fold) ON DELETE CASCADE\n"
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

/* ---- What is packed, unpacked ----
 *
 * SQL has no function that reads a double's bits; storage/packed.h says how they lie.
 * h is the hexadecimal text of the bytes, two digits a byte, the lowest byte first. A
 * digit is its place among the digits: instr gives 0 for '0'. */

#define DIGIT(at) "instr('123456789ABCDEF',substr(h," #at ",1))"
#define BYTE(high, low, by_high, by_low)                                                           \
    "(" DIGIT(high) " << " #by_high ") | (" DIGIT(low) " << " #by_low ")"
#define OR " |\n    "

/* The double (IEEE 754) in the first 16 digits: its three fields, */
#define FIELDS                                                                                     \
    "    " DIGIT(15) " > 7 AS negative,\n"                                                         \
    "    " DIGIT(13) " | (" DIGIT(16) " << 4) | ((" DIGIT(15) " & 7) << 8) AS exponent,\n"         \
    "    " BYTE(1, 2, 4, 0) OR BYTE(3, 4, 12, 8) OR BYTE(5, 6, 20, 16) OR BYTE(7, 8, 28, 24) OR    \
    BYTE(9, 10, 36, 32) OR BYTE(11, 12, 44, 40) OR "(" DIGIT(14) " << 48) AS fraction"

/* and their value, (-1)^negative 1.fraction 2^(exponent - 1023), or 0.fraction 2^-1022
 * where the exponent is 0: each step is exact. Infinity is 9e999, NaN is NULL. */
#define B "4294967296.0"
#define B2 B " * " B
#define B4 B2 " * " B2
#define B8 B4 " * " B4
#define FACTOR(bit, power)                                                                         \
    "\n      * (CASE WHEN distance & " #bit " THEN " power " ELSE 1.0 END)"
#define DISTANCE "abs(max(exponent, 1) - 1023) AS distance"
#define SCALE                                                                                      \
    "(exponent > 0) + fraction / 4503599627370496.0 AS mantissa,\n    (1 << (distance & 31))"      \
    FACTOR(32, B) FACTOR(64, B2) FACTOR(128, B4) FACTOR(256, B8) FACTOR(512, B8 " * " B8)          \
    " AS scale"
#define NUMBER                                                                                     \
    "CASE WHEN exponent = 2047 THEN CASE fraction WHEN 0 THEN 9e999 END\n"                         \
    "    WHEN exponent >= 1023 THEN mantissa * scale ELSE mantissa / scale END\n"                  \
    "    * CASE WHEN negative THEN -1.0 ELSE 1.0 END"

static const char trial_param_sql[] =
    "CREATE VIEW trial_param AS SELECT -- active parameters of trials\n"
    "  trial, -- its id\n"
    "  param, -- its position\n"
    "  x -- the number of a float or int, the position of a choice\n"
    "FROM (SELECT trial, param,\n"
    "    CASE WHEN param < 8 THEN own WHEN type = 0 THEN number\n"
    "    ELSE CAST(number AS INTEGER) END AS x\n"
    "  FROM (SELECT *, " NUMBER " AS number\n"
    "  FROM (SELECT *, " SCALE "\n"
    "  FROM (SELECT *, " DISTANCE "\n"
    "  FROM (SELECT trial, param, type, own,\n"
    FIELDS "\n"
    "  FROM (SELECT t.id AS trial, p.position AS param, p.type AS type,\n"
    "    CASE p.position WHEN 0 THEN t.x0 WHEN 1 THEN t.x1 WHEN 2 THEN t.x2 WHEN 3 THEN t.x3\n"
    "      WHEN 4 THEN t.x4 WHEN 5 THEN t.x5 WHEN 6 THEN t.x6 WHEN 7 THEN t.x7 END AS own,\n"
    "    hex(substr(t.more, 8 * p.position - 63, 8)) AS h\n"
    "  FROM trial t JOIN param p ON p.study = t.study))))))\n"
    "WHERE x IS NOT NULL";

static const char fold_sql[] =
    "CREATE VIEW fold AS SELECT -- folds that have run\n"
    "  trial, -- its id\n"
    "  fold, -- from 0\n"
    "  exponent = 2047 AS outcome, -- 0 value, 1 failed\n"
    "  " NUMBER " AS value, -- in the metric's direction; NULL unless outcome is 0\n"
    "  micros / 1e6 AS seconds, -- wall time of the run\n"
    "  started - 1 AS started_ms, -- milliseconds since 1970, UTC; 0: not known\n"
    "  (SELECT error FROM fold_detail d WHERE d.trial = f.trial AND d.fold = f.fold)\n"
    "    AS error -- why it failed\n"
    "FROM (SELECT *, " SCALE "\n"
    "  FROM (SELECT *, " DISTANCE "\n"
    "  FROM (SELECT trial, fold,\n"
    FIELDS ",\n"
    "    " BYTE(17, 18, 4, 0) OR BYTE(19, 20, 12, 8) OR BYTE(21, 22, 20, 16) OR
    BYTE(23, 24, 28, 24) OR BYTE(25, 26, 36, 32) OR BYTE(27, 28, 44, 40) " AS started,\n"
    "    " BYTE(29, 30, 4, 0) OR BYTE(31, 32, 12, 8) OR BYTE(33, 34, 20, 16) OR
    BYTE(35, 36, 28, 24) OR BYTE(37, 38, 36, 32) OR BYTE(39, 40, 44, 40) " AS micros\n"
    "  FROM (SELECT t.id AS trial, n.fold AS fold,\n"
    "    hex(substr(t.folds, 20 * n.fold + 1, 20)) AS h\n"
    "  FROM trial t\n"
    "  JOIN (WITH RECURSIVE count(fold) AS (SELECT 0 UNION ALL SELECT fold + 1 FROM count\n"
    "    WHERE fold + 1 < (SELECT max(folds) FROM study)) SELECT fold FROM count) n\n"
    "    ON n.fold < length(t.folds) / 20)))) f\n"
    "WHERE started > 0";

static const struct hone_schema_object objects[] = {
    {"table", "study", study_sql, 1, 0},
    {"table", "progress", progress_sql, 1, 0},
    {"table", "param", param_sql, 1, 0},
    {"table", "choice", choice_sql, 1, 0},
    {"table", "trial", trial_sql, 3, 0},
    {"index", "trial_by_state", trial_by_state_sql, 3, 0},
    {"table", "fold_detail", fold_detail_sql, 3, 0},
    {"table", "metric_name", metric_name_sql, 1, 0},
    {"table", "metric", metric_sql, 3, 0},
    {"table", "curve", curve_sql, 3, 0},
    {"table", "runner", runner_sql, 1, 0},
    {"table", "sampler_insight", sampler_insight_sql, 2, 0},
    {"table", "sampler_length", sampler_length_sql, 2, 0},
    {"view", "trial_param", trial_param_sql, 3, 0},
    {"view", "fold", fold_sql, 3, 0},
};

const struct hone_schema_texts hone_schema_ours = {
    .object = objects, .count = sizeof(objects) / sizeof(objects[0])};
