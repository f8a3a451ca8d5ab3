/* What a history shows to the model: results as warped losses. */
#ifndef HONE_SEARCH_GP_DATA_H
#define HONE_SEARCH_GP_DATA_H

#include "engine/err.h"
#include "engine/trial.h"
#include "search/gp/warp.h"

#include <stdbool.h>
#include <stddef.h>

/* How results are read. */
struct gp_reading {
    enum gp_warp_kind warp;
    bool failed_is_worst; /* a failed trial counts as a loss worse than all others */
};

/* Results of the trials below some number. Arrays by result, in trial order. */
struct gp_data {
    size_t n;
    size_t *trial;
    size_t *folds; /* that were run */
    double *y;     /* mean loss, corrected for which folds were run */
    double *z;     /* warped */
    double *slope; /* dz / dy */
    double *se2;   /* squared standard error of y */
    bool is_known; /* whether se2 is */
    struct gp_warp warp;
    size_t failed;
    size_t *failed_trial;
};

/* Reads the results of trials below `settled`: complete ones, and pruned ones that
 * have a fold. Fills a zero-initialised struct. */
HONE_MUST_CHECK enum hone_code gp_data_read(struct gp_data *data, const struct gp_reading *reading,
    const struct hone_history *history, size_t settled, struct hone_err *err);
void gp_data_finish(struct gp_data *data); /* accepts zeroed */

/* Losses further from 0 are read as this: their squares can still be summed. */
extern const double gp_loss_limit;

#endif
