/* The rows of trials and folds, as the engine's structs and back. Numbers come
 * back to the bit; a row that is not as it was written is HONE_E_CORRUPT. */
#ifndef HONE_STORAGE_TRIAL_ROWS_H
#define HONE_STORAGE_TRIAL_ROWS_H

#include "engine/arena.h"
#include "storage/sql.h"
#include "storage/sum.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stays the same for all trials of a study. */
struct hone_trial_frame {
    int64_t study;
    bool maximize;
    const struct hone_space *space;
    size_t folds;
};

/* Prepared statements of a writer; zero-initialise, finish in any case. */
struct hone_trial_writer {
    struct hone_db *db;
    struct hone_trial_frame frame;
    unsigned char *point; /* room for one */
    sqlite3_stmt *insert, *update, *param, *find, *fold, *metric_name, *metric, *curve;
};

HONE_MUST_CHECK enum hone_code hone_trial_writer_init(struct hone_trial_writer *writer,
    struct hone_db *db, const struct hone_trial_frame *frame, struct hone_err *err);
void hone_trial_writer_finish(struct hone_trial_writer *writer);

/* A new row, with its point; runner 0: nobody evaluates it. */
HONE_MUST_CHECK enum hone_code hone_trial_insert(struct hone_trial_writer *writer,
    const struct hone_trial *trial, int64_t runner, struct hone_err *err);

/* A known row's state and result; HONE_E_CORRUPT when there is no such row. */
HONE_MUST_CHECK enum hone_code hone_trial_update(struct hone_trial_writer *writer,
    const struct hone_trial *trial, int64_t runner, struct hone_err *err);

/* A finished fold with its metrics and curve; HONE_E_CORRUPT without its trial. */
HONE_MUST_CHECK enum hone_code hone_fold_insert(struct hone_trial_writer *writer,
    const struct hone_result *result, struct hone_err *err);

/* Appends the study's trials from number history->count on, with their folds.
 * `part` texts live in `texts`. */
HONE_MUST_CHECK enum hone_code hone_trials_load(struct hone_db *db,
    const struct hone_trial_frame *frame, struct hone_arena *texts, struct hone_history *history,
    struct hone_err *err);

/* Reads again single trials that a history has and others may have changed.
 * Zero-initialise, finish in any case; frame and texts stay the caller's. */
struct hone_trial_reader {
    struct hone_db *db;
    const struct hone_trial_frame *frame;
    struct hone_arena *texts;
    sqlite3_stmt *trial, *folds;
};

HONE_MUST_CHECK enum hone_code hone_trial_reader_init(struct hone_trial_reader *reader,
    struct hone_db *db, const struct hone_trial_frame *frame, struct hone_arena *texts,
    struct hone_err *err);
void hone_trial_reader_finish(struct hone_trial_reader *reader);

/* Replaces all of history->trial[number] but its point by what its rows say. */
HONE_MUST_CHECK enum hone_code hone_trial_reload(struct hone_trial_reader *reader,
    struct hone_history *history, uint64_t number, struct hone_err *err);

/* ---- Checking. Whoever reads rows selects these columns first, and shows
 * nothing of a row that is not sound. ---- */

#define HONE_TRIAL_COLUMNS                                                                         \
    "t.id, t.study, t.number, t.state, t.value, t.sem, t.folds_done, t.seconds, t.started_ms,"     \
    " t.finished_ms, t.part, t.why, t.mean, t.sd, t.acquisition, t.error, t.point, t.checksum"

enum hone_trial_column {
    HONE_TRIAL_ID,
    HONE_TRIAL_STUDY,
    HONE_TRIAL_NUMBER,
    HONE_TRIAL_STATE,
    HONE_TRIAL_VALUE,
    HONE_TRIAL_SEM,
    HONE_TRIAL_FOLDS_DONE,
    HONE_TRIAL_SECONDS,
    HONE_TRIAL_STARTED,
    HONE_TRIAL_FINISHED,
    HONE_TRIAL_PART,
    HONE_TRIAL_WHY,
    HONE_TRIAL_MEAN,
    HONE_TRIAL_SD,
    HONE_TRIAL_ACQUISITION,
    HONE_TRIAL_ERROR,
    HONE_TRIAL_POINT,
    HONE_TRIAL_CHECKSUM,
};

#define HONE_FOLD_COLUMNS                                                                          \
    "f.trial, f.fold, f.outcome, f.value, f.seconds, f.started_ms, f.error, f.metric_checksum,"    \
    " f.curve_checksum, f.checksum"

enum hone_fold_column {
    HONE_FOLD_TRIAL,
    HONE_FOLD_FOLD,
    HONE_FOLD_OUTCOME,
    HONE_FOLD_VALUE,
    HONE_FOLD_SECONDS,
    HONE_FOLD_STARTED,
    HONE_FOLD_ERROR,
    HONE_FOLD_METRIC_SUM,
    HONE_FOLD_CURVE_SUM,
    HONE_FOLD_CHECKSUM,
    HONE_FOLD_COLUMN_COUNT, /* no column */
};

/* What the sums are made of; numbers as in the row, 0 or NaN for NULL. */
struct hone_trial_sum_input {
    int64_t study, number, state, folds_done, started_ms, finished_ms;
    double value, sem, seconds, mean, sd, acquisition;
    const char *part, *why, *error;
    const void *point;
    size_t point_bytes;
};
int64_t hone_trial_sum(const struct hone_trial_sum_input *input);

struct hone_fold_sum_input {
    int64_t trial; /* its id */
    int64_t fold, outcome, started_ms, metric_sum, curve_sum;
    double value, seconds;
    const char *error;
};
int64_t hone_fold_sum(const struct hone_fold_sum_input *input);

/* One row more in the sum of a fold's metrics, by position, or curve, by epoch. */
void hone_metric_sum_add(struct hone_sum *sum, const char *name, double value);
void hone_curve_sum_add(struct hone_sum *sum, const struct hone_curve_point *point);

/* The row is as it was written, and what it says can be. */
bool hone_trial_is_sound(sqlite3_stmt *stmt, size_t params);
bool hone_fold_is_sound(sqlite3_stmt *stmt);

/* The same for whoever wants the row's values too, whatever they are: each
 * column is fetched once. Texts and point stay SQLite's, until its next step. */
bool hone_trial_read(sqlite3_stmt *stmt, size_t params, struct hone_trial_sum_input *ret);
bool hone_fold_read(sqlite3_stmt *stmt, struct hone_fold_sum_input *ret);

/* Whether so many rows of folds with a value may belong to such a trial. */
bool hone_trial_has_its_folds(enum hone_state state, int64_t folds_done, size_t values);

#endif
