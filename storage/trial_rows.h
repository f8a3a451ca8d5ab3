/* The rows of trials and folds, as the engine's structs and back. Numbers come
 * back to the bit; a row that is not as it was written is HONE_E_CORRUPT. */
#ifndef HONE_STORAGE_TRIAL_ROWS_H
#define HONE_STORAGE_TRIAL_ROWS_H

#include "engine/arena.h"
#include "storage/packed.h"
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
    unsigned char *more;  /* room for the parameters of one point beyond the columns */
    unsigned char *folds; /* room for those of one trial, and the reserve */
    sqlite3_stmt *insert, *update, *find, *detail, *more_detail, *metric_name, *metric, *curve;
};

HONE_MUST_CHECK enum hone_code hone_trial_writer_init(struct hone_trial_writer *writer,
    struct hone_db *db, const struct hone_trial_frame *frame, struct hone_err *err);
void hone_trial_writer_finish(struct hone_trial_writer *writer);

/* A new row, with its point; runner 0: nobody evaluates it. */
HONE_MUST_CHECK enum hone_code hone_trial_insert(struct hone_trial_writer *writer,
    const struct hone_trial *trial, int64_t runner, struct hone_err *err);

/* The same with an id of the caller's, 0: any that is free. */
HONE_MUST_CHECK enum hone_code hone_trial_insert_as(struct hone_trial_writer *writer, int64_t id,
    const struct hone_trial *trial, int64_t runner, struct hone_err *err);

/* A known row's state and result; HONE_E_CORRUPT when there is no such row. When it
 * waits, only folds that have run keep what was put of them. */
HONE_MUST_CHECK enum hone_code hone_trial_update(struct hone_trial_writer *writer,
    const struct hone_trial *trial, int64_t runner, struct hone_err *err);

/* One row of fold_detail; ret_id is the trial's. HONE_E_CORRUPT without it. */
struct hone_detail_fields;
HONE_MUST_CHECK enum hone_code hone_detail_insert(struct hone_trial_writer *writer,
    uint64_t number, const struct hone_detail_fields *fields, int64_t *ret_id,
    struct hone_err *err);

/* What a fold has beyond its value, which is its trial's to keep: metrics, a curve, an
 * error. Of its curve, the points beyond result->curve_stored: those before were put
 * while it ran. HONE_E_CORRUPT without its trial. */
HONE_MUST_CHECK enum hone_code hone_details_put(struct hone_trial_writer *writer,
    const struct hone_result *result, struct hone_err *err);

/* Forgets what was put of a fold. */
HONE_MUST_CHECK enum hone_code hone_details_forget(struct hone_trial_writer *writer,
    uint64_t number, size_t fold, struct hone_err *err);

/* The same of a trial by its id: of one fold, and of those that have not run to their
 * end, as `folds` (count) says, packed. */
HONE_MUST_CHECK enum hone_code hone_details_forget_fold(struct hone_db *db, int64_t trial,
    size_t fold, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_details_forget_unfinished(struct hone_db *db, int64_t trial,
    const unsigned char *folds, size_t count, struct hone_err *err);

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
    double *x_value; /* (space->n) */
    sqlite3_stmt *trial;
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

/* So many parameters have columns of their own, those of most searches: SQL reads
 * them as they are. Further ones stand in `more`. */
enum { HONE_POINT_COLUMNS = 8 };

#define HONE_POINT_SQL "x0, x1, x2, x3, x4, x5, x6, x7, more"

#define HONE_TRIAL_COLUMNS                                                                         \
    "t.id, t.study, t.number, t.state, t.value, t.sem, t.folds_done, t.seconds, t.started_ms,"     \
    " t.finished_ms, t.part, t.why, t.mean, t.sd, t.acquisition, t.error, t.x0, t.x1, t.x2,"       \
    " t.x3, t.x4, t.x5, t.x6, t.x7, t.more, t.folds, t.detail_checksum, t.checksum"

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
    HONE_TRIAL_X0,
    HONE_TRIAL_MORE = HONE_TRIAL_X0 + HONE_POINT_COLUMNS,
    HONE_TRIAL_FOLDS,
    HONE_TRIAL_DETAIL_CHECKSUM,
    HONE_TRIAL_CHECKSUM,
};

/* What folds have beyond their values. */
#define HONE_DETAIL_COLUMNS                                                                        \
    "d.trial, d.fold, d.error, d.metric_checksum, d.curve_checksum, d.checksum"

enum hone_detail_column {
    HONE_DETAIL_TRIAL,
    HONE_DETAIL_FOLD,
    HONE_DETAIL_ERROR,
    HONE_DETAIL_METRIC_SUM,
    HONE_DETAIL_CURVE_SUM,
    HONE_DETAIL_CHECKSUM,
};

/* A row of trial without its id and its details; 0 or NaN for NULL. */
struct hone_trial_fields {
    int64_t study, number, state, folds_done, started_ms, finished_ms;
    double value, sem, seconds, mean, sd, acquisition;
    const char *part, *why, *error;
    size_t params;
    const double *x_value;      /* (params) */
    const unsigned char *folds; /* (fold_bytes) as in packed.h */
    size_t fold_bytes;
};
int64_t hone_trial_sum(const struct hone_trial_fields *fields);

/* How many folds there may be, from 0 on, that have run. */
size_t hone_trial_fold_count(const struct hone_trial_fields *fields);

struct hone_detail_fields {
    int64_t fold, metric_sum, curve_sum;
    const char *error;
};
int64_t hone_detail_sum(const struct hone_detail_fields *fields);

/* trial.detail_checksum with one row's checksum more: the order does not matter. */
int64_t hone_detail_sum_add(int64_t sum, int64_t checksum);

/* One row more in the sum of a fold's metrics, by position, or curve, by epoch. */
void hone_metric_sum_add(struct hone_sum *sum, const char *name, double value);
void hone_curve_sum_add(struct hone_sum *sum, const struct hone_curve_point *point);

/* The row of HONE_TRIAL_COLUMNS; false: it is not as it was written, or says what
 * cannot be. Texts and folds stay SQLite's, until its next step; the point is read
 * into x_value (params). */
bool hone_trial_read(sqlite3_stmt *stmt, size_t params, double *x_value,
    struct hone_trial_fields *ret);

/* The row of HONE_DETAIL_COLUMNS, likewise. */
bool hone_detail_read(sqlite3_stmt *stmt, struct hone_detail_fields *ret);

#endif
