/* One study with all its trials, in memory, for whoever computes or draws. */
#ifndef HONE_CLI_STATS_RECORD_H
#define HONE_CLI_STATS_RECORD_H

#include "engine/arena.h"
#include "engine/cli/spec.h"
#include "engine/err.h"
#include "engine/trial.h"
#include "storage/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_record_trial {
    uint64_t number;
    enum hone_state state;
    double value, sem;       /* in the metric's direction; NaN: none */
    double seconds;          /* of work, summed over the folds */
    int64_t started_ms, finished_ms; /* 0: not yet */
    double mean, sd, acquisition;    /* thoughts at proposal time, as value; NaN: none */
    const char *part, *why, *error;  /* NULL: none */
};

/* Zero-initialise; cli_record_finish in any case. Trials by number. */
struct cli_record {
    struct cli_spec spec; /* of the study, loaded again: its plan and space */
    struct hone_arena arena;
    struct hone_study_row study;
    size_t folds;                   /* a trial */
    double test_over_train;         /* rows of a fold, see paired.h */
    size_t recommended; /* index of the trial that `hone best` names; count: none is complete */
    size_t count, room;
    struct cli_record_trial *trial; /* (count) */
    double *x_value;                /* (count, space.n) as in engine/space.h */
    double *fold_value;             /* (count, folds) NaN where not evaluated */
    double *fold_seconds;           /* (count, folds) likewise */
    int64_t *fold_started_ms;       /* (count, folds) 0 likewise */
};

/* Reads only so many of the best complete trials, the best first: trials are then
 * not by number, and the first is recommended. Otherwise the same as below. */
HONE_MUST_CHECK enum hone_code cli_record_read_best(struct hone_db *db, const char *study,
    size_t limit, struct cli_record *record, struct hone_err *err);

/* Reads everything at one moment. HONE_E_MISSING names the nearest study,
 * HONE_E_CORRUPT when something is not as it was written. */
HONE_MUST_CHECK enum hone_code cli_record_read(struct hone_db *db, const char *study,
    struct cli_record *record, struct hone_err *err);
void cli_record_finish(struct cli_record *record); /* accepts zeroed */

/* The value as a loss: minimised. */
double cli_record_loss(const struct cli_record *record, double value);

/* Whether it came to a value: complete, or pruned after some folds. */
bool cli_record_has_value(const struct cli_record_trial *trial);

/* Index of the complete trial with the best value, the earlier on ties, which the model of a
 * method may take for luck; count: none is complete. */
size_t cli_record_best(const struct cli_record *record);

/* Index of the trial of the defaults when there is one and it is complete, else count; see
 * defaults.h. Trials by number. */
size_t cli_record_default(const struct cli_record *record);

#endif
