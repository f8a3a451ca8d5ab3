/* The database file: opening it safely, and what is asked of it outside a run.
 * SQL stays in this folder. A struct hone_db belongs to one thread. */
#ifndef HONE_STORAGE_DB_H
#define HONE_STORAGE_DB_H

#include "engine/err.h"
#include "engine/space.h"
#include "engine/store.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hone_db;

enum hone_db_mode {
    HONE_DB_READ,   /* must exist; never changed */
    HONE_DB_WRITE,  /* must exist; migrated when older */
    HONE_DB_CREATE, /* created when missing */
};

/* Opens the file. HONE_E_MISSING when it is not there, HONE_E_CORRUPT when it
 * is foreign, damaged or newer than this program (it is then left untouched and
 * nothing is left beside it), HONE_E_IO with SQLite's reason otherwise. */
HONE_MUST_CHECK enum hone_code hone_db_open(const char *path, enum hone_db_mode mode,
    struct hone_db **ret, struct hone_err *err);
void hone_db_close(struct hone_db *db); /* accepts NULL */

/* The file lies on a network file system, where one machine alone should write
 * and readers may have to wait: worth one line to the user. */
bool hone_db_is_on_network(const struct hone_db *db);

/* The store of a run, on an open database; the store does not own it. */
HONE_MUST_CHECK enum hone_code hone_sqlite_store_new(struct hone_db *db, struct hone_store **ret,
    struct hone_err *err);

/* A store that keeps nothing but counts, for runs without a record. */
HONE_MUST_CHECK enum hone_code hone_null_store_new(struct hone_store **ret, struct hone_err *err);

/* ---- Questions. Names of studies are taken in any case of their letters: no two
 * differ in case alone (a run under such a name is refused with HONE_E_INPUT).
 * A row that is not as it was written is never shown: HONE_E_CORRUPT.
 * Rows and what they point to live until the callback returns;
 * a callback that returns false ends the walk. HONE_E_MISSING names what is
 * not there (and the nearest that is). ---- */

struct hone_study_row {
    const char *name;
    const char *spec_text, *spec_file, *folder, *fingerprint;
    const char *sampler, *metric, *data_hash, *fold_hash;
    bool maximize;
    uint64_t seed;
    uint64_t budget; /* UINT64_MAX: open */
    uint64_t parallel;
    size_t folds;
    int64_t created_ms;
    uint64_t count[5]; /* trials by enum hone_state */
    uint64_t imported; /* trials that no budget counts */
    bool has_best;
    uint64_t best_number;
    double best_value, best_sem;
    int64_t runner_pid; /* process that runs it now, 0: none */
};

typedef bool hone_study_visit(void *self, const struct hone_study_row *row);

HONE_MUST_CHECK enum hone_code hone_db_studies(struct hone_db *db, hone_study_visit *visit,
    void *self, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_db_study(struct hone_db *db, const char *name,
    hone_study_visit *visit, void *self, struct hone_err *err);

enum hone_cell_type {
    HONE_CELL_NONE, /* inactive or NULL */
    HONE_CELL_INT,
    HONE_CELL_REAL,
    HONE_CELL_TEXT, /* text as it is */
    HONE_CELL_JSON, /* text is JSON: a choice that is a list, a bool, null … */
    HONE_CELL_BLOB,
};

struct hone_cell {
    enum hone_cell_type type;
    int64_t integer;
    double real;
    const char *text;
    size_t length;
};

struct hone_fold_row {
    size_t fold;
    enum hone_outcome outcome;
    double value; /* NaN unless outcome is VALUE */
    double seconds;
    int64_t started_ms;
    const char *error;
};

struct hone_trial_row {
    int64_t id; /* of the row, over all studies */
    uint64_t number;
    enum hone_state state;
    double value, sem; /* in the metric's direction; NaN: none */
    int64_t started_ms, finished_ms;
    double seconds;
    const char *error, *part, *why;
    double mean, sd, acquisition;
    size_t params;
    const char *const *param_name;
    const struct hone_cell *param;
    const double *x_value; /* (params) as in trial.h */
    size_t folds;
    const struct hone_fold_row *fold; /* evaluated ones, ascending */
    size_t metrics;
    const struct hone_metric_value *metric; /* means over the folds */
};

typedef bool hone_trial_visit(void *self, const struct hone_trial_row *row);

struct hone_trial_query {
    const char *study;
    const char *where; /* NULL: all. lr < 0.01 and state = complete; see where.h */
    const char *sort;  /* NULL: number. a parameter, value, state, seconds; "-value" descends */
    uint64_t limit;    /* 0: all */
    int best;          /* complete trials alone, by value: 1 from the highest on, -1 from the
                        * lowest; 0: as where and sort say, which it takes the place of */
    bool one;          /* only trial `number` */
    uint64_t number;
    bool with_folds;   /* fold and metric rows are wanted */
};

/* HONE_E_INPUT for a where or sort that cannot be read: says where and what. */
HONE_MUST_CHECK enum hone_code hone_db_trials(struct hone_db *db,
    const struct hone_trial_query *query, hone_trial_visit *visit, void *self,
    struct hone_err *err);

struct hone_curve_row {
    size_t fold;
    struct hone_curve_point point;
};

typedef bool hone_curve_visit(void *self, const struct hone_curve_row *row);

/* Curves of one trial, by fold and epoch. */
HONE_MUST_CHECK enum hone_code hone_db_curves(struct hone_db *db, const char *study,
    uint64_t number, hone_curve_visit *visit, void *self, struct hone_err *err);

/* What the study's sampler had learnt from the results of so many trials, as in
 * engine/sampler.h; mean is in the metric's direction. */
struct hone_insight_row {
    uint64_t trials;
    bool is_fit, is_enough;
    uint64_t best;
    double mean, sd;
    double remaining, tolerance;
    double noise, loo_gain, loo_r2, loo_coverage;
    size_t params;
    const double *length; /* (params) NaN: constant */
};

typedef bool hone_insight_visit(void *self, const struct hone_insight_row *row);

/* By trials; or the latest alone. None from a method that learns nothing. */
HONE_MUST_CHECK enum hone_code hone_db_insights(struct hone_db *db, const char *study,
    bool latest, hone_insight_visit *visit, void *self, struct hone_err *err);

/* cell: (columns); NULL, once, where there is no row. */
typedef bool hone_row_visit(void *self, size_t columns, const char *const *name,
    const struct hone_cell *cell);

/* One read-only statement of the user's. HONE_E_INPUT with SQLite's own words
 * for what it cannot do or may not. */
HONE_MUST_CHECK enum hone_code hone_db_sql(struct hone_db *db, const char *sql,
    hone_row_visit *visit, void *self, struct hone_err *err);

/* A number that is another one after somebody else has changed the file. */
HONE_MUST_CHECK enum hone_code hone_db_version(struct hone_db *db, int64_t *ret_version,
    struct hone_err *err);

/* ---- Care ---- */

struct hone_census {
    uint64_t studies, trials, folds; /* that were looked at */
    uint64_t complaints;
};

typedef void hone_complaint_visit(void *self, const char *sentence);

/* Looks at the whole file: SQLite's own check of the pages, references, every
 * checksum and count, and whether rows agree with one another. Every damage found
 * is a complaint; what rests on damaged rows is not looked at. */
HONE_MUST_CHECK enum hone_code hone_db_check(struct hone_db *db, hone_complaint_visit *complain,
    void *self, struct hone_census *ret_census, struct hone_err *err);

/* Copies the database as it is at this moment into the empty file `path`; others
 * may write to it meanwhile. Nobody runs a study in the copy. */
HONE_MUST_CHECK enum hone_code hone_db_backup(struct hone_db *db, const char *path,
    struct hone_err *err);

/* Fills the empty file `path` with Optuna's tables and the study in them, so that
 * Optuna can go on with it. Trials that run wait there. */
HONE_MUST_CHECK enum hone_code hone_db_export_optuna(struct hone_db *db, const char *study,
    const struct hone_space *space, const char *path, struct hone_err *err);

enum hone_merge_what {
    HONE_MERGE_COPIED,   /* `from` alone had it */
    HONE_MERGE_REPLACED, /* `from` had gone further with the same search */
    HONE_MERGE_KEPT,     /* `to` has all of it */
    HONE_MERGE_CONFLICT, /* left out: another search, or one that went another way */
};

/* What became of a study of `from`; trials: how many the two had of it before. */
typedef void hone_merge_visit(void *self, const char *study, enum hone_merge_what what,
    uint64_t to_trials, uint64_t from_trials);

/* Takes the studies of `from` into `to`, all or none, telling of each; nothing holds
 * when it fails. Without `skip` a conflict is HONE_E_DIFFERS. HONE_E_CORRUPT when
 * `from` is damaged, HONE_E_BUSY when a study to be replaced is run. */
HONE_MUST_CHECK enum hone_code hone_db_merge(struct hone_db *to, struct hone_db *from, bool skip,
    hone_merge_visit *visit, void *self, struct hone_err *err);

/* ---- Changes, each one transaction. ---- */

/* Queues a point as the next waiting trial. */
HONE_MUST_CHECK enum hone_code hone_db_queue(struct hone_db *db, const char *study,
    const struct hone_space *space, const double *x_value, uint64_t *ret_number,
    struct hone_err *err);

struct hone_imported {
    uint64_t first; /* number of the first that was added */
    uint64_t added;
    uint64_t known; /* left out: imported before, the same point with the same result */
};

/* Adds finished trials of elsewhere (engine/adopt.h) behind those of the study, all
 * of them or none. HONE_E_BUSY while the study runs. */
HONE_MUST_CHECK enum hone_code hone_db_import(struct hone_db *db, const char *study,
    const struct hone_space *space, const struct hone_history *trials,
    struct hone_imported *ret, struct hone_err *err);

/* Gives a study that has no trials yet points to try first, waiting ones, and finished
 * trials of elsewhere behind them, all or none. `source` (results->count): any number for the
 * study that each is of; what one with a smaller number has too is left out. Nothing is done
 * where there are trials: of several processes that begin a study one comes first. */
HONE_MUST_CHECK enum hone_code hone_db_teach(struct hone_db *db, const char *study,
    const struct hone_space *space, const struct hone_history *points,
    const struct hone_history *results, const size_t *source, struct hone_err *err);

/* Deletes a study with all its rows and its view. HONE_E_BUSY while it runs. */
HONE_MUST_CHECK enum hone_code hone_db_delete(struct hone_db *db, const char *study,
    struct hone_err *err);

/* Whether a study may be called so: [A-Za-z0-9._-]{1,100}, and no name of a
 * table of ours or of SQLite's (its view could not be made). */
bool hone_db_name_is_free(const char *study);

#endif
