/* The rows of trials and folds, as the engine's structs and back. Numbers come
 * back to the bit; a row that is not as it was written is HONE_E_CORRUPT. */
#ifndef HONE_STORAGE_TRIAL_ROWS_H
#define HONE_STORAGE_TRIAL_ROWS_H

#include "engine/arena.h"
#include "storage/sql.h"

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
    sqlite3_stmt *insert, *update, *param, *fold, *metric_name, *metric, *curve;
};

HONE_MUST_CHECK enum hone_code hone_trial_writer_init(struct hone_trial_writer *writer,
    struct hone_db *db, const struct hone_trial_frame *frame, struct hone_err *err);
void hone_trial_writer_finish(struct hone_trial_writer *writer);

/* A new row, with its point; runner 0: nobody evaluates it. */
HONE_MUST_CHECK enum hone_code hone_trial_insert(struct hone_trial_writer *writer,
    const struct hone_trial *trial, int64_t runner, struct hone_err *err);

/* A known row's state and result. */
HONE_MUST_CHECK enum hone_code hone_trial_update(struct hone_trial_writer *writer,
    const struct hone_trial *trial, int64_t runner, struct hone_err *err);

/* A finished fold with its metrics and curve. */
HONE_MUST_CHECK enum hone_code hone_fold_insert(struct hone_trial_writer *writer,
    const struct hone_result *result, struct hone_err *err);

/* Appends the study's trials from number history->count on, with their folds.
 * `part` texts live in `texts`. */
HONE_MUST_CHECK enum hone_code hone_trials_load(struct hone_db *db,
    const struct hone_trial_frame *frame, struct hone_arena *texts, struct hone_history *history,
    struct hone_err *err);

/* Checksums, for all who read rows. `value` and the like are as in the row. */
struct hone_trial_sum_input {
    int64_t number, state, folds_done, finished_ms; /* 0 for NULL */
    double value, sem;                              /* NaN for NULL */
    const char *error;
    const void *point;
    size_t point_bytes;
};
int64_t hone_trial_sum(const struct hone_trial_sum_input *input);
int64_t hone_fold_sum(int64_t fold, int64_t outcome, double value, double seconds,
    const char *error);

#endif
