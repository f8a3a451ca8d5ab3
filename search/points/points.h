/* What a sampler that learns from points keeps of them: how they are laid out, those of
 * all trials, and the ones that are spread evenly. */
#ifndef HONE_SEARCH_POINTS_POINTS_H
#define HONE_SEARCH_POINTS_POINTS_H

#include "engine/sampler.h"
#include "search/points/design.h"
#include "search/points/layout.h"
#include "search/points/record.h"

#include <stddef.h>

struct points {
    struct points_layout layout;
    struct points_record record;
    const struct hone_history *history; /* that the record is of */
    size_t initial;                     /* so many first trials are spread evenly */
    struct points_design design;
};

/* Fills zero-initialised points, which then stay where they are. */
HONE_MUST_CHECK enum hone_code points_init(struct points *points, const struct hone_space *space,
    struct hone_err *err);
void points_finish(struct points *points); /* accepts zeroed */

/* Makes the design. */
HONE_MUST_CHECK enum hone_code points_plan(struct points *points,
    const struct hone_sampler_setup *setup, size_t initial, struct hone_err *err);

/* Reads the points of the trials below `count`. */
HONE_MUST_CHECK enum hone_code points_read(struct points *points,
    const struct hone_history *history, size_t count, struct hone_err *err);

/* Proposes a point of the design; `part` is what is said to have proposed it. */
HONE_MUST_CHECK enum hone_code points_spread(struct points *points, const struct hone_view *view,
    const char *part, struct hone_proposal *ret_proposal, struct hone_err *err);

/* The same for one of the first trials, with the reason. */
HONE_MUST_CHECK enum hone_code points_spread_first(struct points *points,
    const struct hone_view *view, struct hone_proposal *ret_proposal, struct hone_err *err);

#endif
