/* The folds of trials, with their errors and metrics, beside a walk over the rows of
 * those trials. Cursors keep their places, so that a walk by number reads every table
 * once from front to end. */
#ifndef HONE_STORAGE_FOLD_READER_H
#define HONE_STORAGE_FOLD_READER_H

#include "engine/arena.h"
#include "storage/db.h"
#include "storage/sql.h"
#include "storage/trial_rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A walk over rows whose first column is the id of their trial. */
struct hone_cursor {
    sqlite3_stmt *stmt;
    bool begun, row;
    int64_t trial; /* of the row */
    int64_t low; /* no row of this trial or a later one lies before the cursor */
};

/* Sums of one metric over the folds of a trial. */
struct hone_metric_sum {
    int64_t id;
    const char *name;
    double sum;
    size_t count;
};

/* The checksum of a fold's metrics: as its row says, and of those read. */
struct hone_metric_check {
    int64_t expected;
    struct hone_sum read;
};

/* Zero-initialise; finish in any case. */
struct hone_fold_reader {
    struct hone_db *db;
    const char *study;       /* its name, for messages */
    struct hone_arena arena; /* names */
    struct hone_arena scratch; /* what one trial shows */
    size_t metric_names;
    const char **metric_name; /* (metric_names) by their ids */
    int64_t *metric_id;       /* (metric_names) ascending */
    struct hone_cursor details, metrics;
    size_t fold_room;
    struct hone_fold_row *fold;      /* (fold_room) */
    struct hone_metric_check *check; /* (fold_room) */
    size_t sum_count;
    struct hone_metric_sum sum[HONE_METRIC_LIMIT + 1]; /* the last: of one that is left out */
    struct hone_metric_value metric[HONE_METRIC_LIMIT];
};

/* Learns the names of metrics, metric_name from then on; folds are read after open. */
HONE_MUST_CHECK enum hone_code hone_fold_reader_init(struct hone_fold_reader *reader,
    struct hone_db *db, const char *study, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_fold_reader_open(struct hone_fold_reader *reader,
    struct hone_err *err);

/* The folds and metrics of the trial at whose row of HONE_TRIAL_COLUMNS `trials`
 * stands, read as `fields`, into ret_row; they live until the next trial is read.
 * HONE_E_CORRUPT when they are not as they were written. */
HONE_MUST_CHECK enum hone_code hone_fold_reader_read(struct hone_fold_reader *reader,
    sqlite3_stmt *trials, const struct hone_trial_fields *fields, struct hone_trial_row *ret_row,
    struct hone_err *err);

void hone_fold_reader_finish(struct hone_fold_reader *reader);

#endif
