/* A search at one moment, as a person wants to see it: what `hone run` and `hone
 * watch` both show. Who knows the facts fills it in; here they become text. */
#ifndef HONE_CLI_LIVE_GLANCE_H
#define HONE_CLI_LIVE_GLANCE_H

#include "engine/buf.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A trial that runs. */
struct cli_glance_trial {
    uint64_t number;
    size_t folds_done;
    size_t at_work; /* folds that are evaluated at this moment; 0: not known */
    size_t fold;    /* the first of these */
    struct hone_curve_point newest; /* of what is at work; epoch 0: none yet */
    double seconds; /* since the fold, without at_work the trial, was begun */
};

/* So many are shown at most. */
enum { CLI_GLANCE_TRIALS = 8 };

struct cli_glance {
    const char *study;
    const char *metric;
    uint64_t budget; /* UINT64_MAX: open */
    uint64_t finished, complete, pruned, failed; /* finished: all three */
    size_t folds;    /* of a trial */
    bool has_best;
    uint64_t best_trial;
    double best_value, best_sem; /* in the metric's direction; sem NaN: none */
    double best_gain;            /* over the defaults, >= 0; NaN: not known */
    const char *best_params;     /* "name value\n" each, printable */
    const char *failure;         /* of the last trial that failed, printable; NULL: none */
    size_t running;
    const struct cli_glance_trial *trial; /* (running) by number */
    double elapsed;   /* seconds of this session; NaN: not known */
    double rate;      /* trials a second; NaN: not known */
    double remaining; /* seconds until the end; NaN: not known */
};

/* Appends lines, each ended by \n, with colours, for a terminal of this size: the
 * most important ones when it is small. Single lines may be too wide still. */
void cli_glance_add_block(const struct cli_glance *glance, size_t columns, size_t rows,
    bool unicode, struct hone_buf *buf);

/* Appends one plain line, without its end. */
void cli_glance_add_line(const struct cli_glance *glance, struct hone_buf *buf);

/* Appends which trial failed and why, see failure.h. */
void cli_glance_add_failure(uint64_t trial, const char *error, struct hone_buf *buf);

/* Appends "12 s", "3 min 5 s", "2 h 10 min" or "3 d 4 h". */
void cli_add_duration(struct hone_buf *buf, double seconds);

#endif
