/* The rows of trials: in and out of the table trial, with their checksums. */
#ifndef HONE_STORAGE_TRIAL_ROWS_H
#define HONE_STORAGE_TRIAL_ROWS_H

#include "engine/trial.h"
#include "storage/sql.h"

#include <stddef.h>
#include <stdint.h>

/* One row, in the metric's own direction; texts live until the statement they
 * came from steps on. */
struct hone_trial_stored {
    int64_t id;
    uint64_t number;
    enum hone_state state;
    double value, sem;
    size_t folds_done;
    double seconds;
    int64_t started_ms, finished_ms; /* 0: not yet */
    const char *part, *why, *error;
    double mean, sd, acquisition;
    const unsigned char *point;
    size_t point_bytes;
};

/* What to select from `trial t` for hone_trial_take, starting at column 0. */
#define HONE_TRIAL_COLUMNS                                                                         \
    "t.id, t.number, t.state, t.value, t.sem, t.folds_done, t.seconds, t.started_ms,"              \
    " t.finished_ms, t.part, t.why, t.mean, t.sd, t.acquisition, t.error, t.point, t.checksum"

/* Takes the row the statement stands on; HONE_E_CORRUPT when it does not fit its
 * checksum or has another number of parameters. */
HONE_MUST_CHECK enum hone_code hone_trial_take(struct hone_db *db, sqlite3_stmt *stmt,
    int64_t study, size_t params, struct hone_trial_stored *ret, struct hone_err *err);

/* The statements that write trials of one study. */
struct hone_trial_writer {
    struct hone_db *db;
    int64_t study;
    size_t params;
    unsigned char *point; /* (params) packed */
    sqlite3_stmt *insert, *insert_param, *update;
};

HONE_MUST_CHECK enum hone_code hone_trial_writer_init(struct hone_trial_writer *writer,
    struct hone_db *db, int64_t study, size_t params, struct hone_err *err);
void hone_trial_writer_finish(struct hone_trial_writer *writer); /* accepts zeroed */

/* Inserts, with its parameters. `stored` need not have id or point. The caller
 * keeps progress.trials. */
HONE_MUST_CHECK enum hone_code hone_trial_insert(struct hone_trial_writer *writer,
    const struct hone_trial_stored *stored, const double *x_value, int64_t runner,
    struct hone_err *err);

/* Writes everything but the point; ret_found is false when there is no such
 * row. runner is 0 unless it is running. */
HONE_MUST_CHECK enum hone_code hone_trial_update(struct hone_trial_writer *writer,
    const struct hone_trial_stored *stored, const double *x_value, int64_t runner,
    bool *ret_found, struct hone_err *err);

#endif
