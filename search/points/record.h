/* The points of a history's trials, as rows. */
#ifndef HONE_SEARCH_POINTS_RECORD_H
#define HONE_SEARCH_POINTS_RECORD_H

#include "engine/err.h"
#include "engine/trial.h"
#include "search/points/layout.h"

#include <stdbool.h>
#include <stddef.h>

/* The points of all trials; they never change, so they are kept. */
struct points_record {
    const struct points_layout *layout;
    size_t count, room;
    double *x_unit; /* (count, space->n) */
    bool *active;   /* (count, space->n) */
    double *row;    /* (count, columns) */
};

/* Reads the points of trials up to `count`. */
HONE_MUST_CHECK enum hone_code points_record_read(struct points_record *record,
    const struct hone_history *history, size_t count, struct hone_err *err);

/* Whether one of the trials read has this very point: all levels the same, all
 * continuous unit values within a millionth. */
bool points_record_has(const struct points_record *record, const double *row);

void points_record_finish(struct points_record *record); /* accepts zeroed */

#endif
