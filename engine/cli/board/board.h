/* A folder that TensorBoard reads. A study is a folder in it, with a folder a trial,
 * with a folder a fold:
 *
 *   DIR/STUDY           the experiment: which parameters and metrics there are
 *   DIR/STUDY/7         the trial: its parameters, value, stderr, metrics
 *   DIR/STUDY/7/fold-2  loss/train, loss/validation, rate by epoch, or value/steps, which
 *                       a program told by its steps; value
 *
 * What is written twice is written over: names follow from the study alone. */
#ifndef HONE_CLI_BOARD_BOARD_H
#define HONE_CLI_BOARD_BOARD_H

#include "engine/err.h"
#include "engine/space.h"
#include "engine/trial.h"
#include "storage/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_board {
    const char *folder; /* DIR */
    const char *study;
    const char *metric;
    const struct hone_space *space;
};

struct cli_board_fold {
    size_t fold;
    double value; /* NaN: none */
    int64_t started_ms;
    double seconds;
    size_t points;
    const struct hone_curve_point *point; /* (points) */
};

/* Makes the folder of the study and writes what the experiment is. started_ms: of
 * the study. HONE_E_IO names the path. */
HONE_MUST_CHECK enum hone_code cli_board_open(const struct cli_board *board, int64_t started_ms,
    struct hone_err *err);

/* Writes the parameters of a trial that begins. */
HONE_MUST_CHECK enum hone_code cli_board_begin(const struct cli_board *board, uint64_t number,
    int64_t started_ms, const double *x_value, struct hone_err *err);

/* Writes a fold of it as it is now. trial_started_ms: of its trial, which stays the
 * same though the fold may be begun again. */
HONE_MUST_CHECK enum hone_code cli_board_fold(const struct cli_board *board, uint64_t number,
    int64_t trial_started_ms, const struct cli_board_fold *fold, struct hone_err *err);

/* Writes a fold that runs, with its curve as far as it is in the database; `fold`
 * has everything but the points. */
HONE_MUST_CHECK enum hone_code cli_board_curve(const struct cli_board *board, struct hone_db *db,
    uint64_t number, int64_t trial_started_ms, const struct cli_board_fold *fold,
    struct hone_err *err);

/* Writes the trial as it is now: its parameters and, when it is finished, what it
 * came to. row: with metrics. */
HONE_MUST_CHECK enum hone_code cli_board_end(const struct cli_board *board,
    const struct hone_trial_row *row, const double *x_value, struct hone_err *err);

/* Writes all of a trial as it is in the database: row with folds and metrics. */
HONE_MUST_CHECK enum hone_code cli_board_trial(const struct cli_board *board,
    struct hone_db *db, const struct hone_trial_row *row, const double *x_value,
    struct hone_err *err);

/* Whether the study, or the trial, has a folder. */
bool cli_board_is_there(const struct cli_board *board);
bool cli_board_has(const struct cli_board *board, uint64_t number);

#endif
