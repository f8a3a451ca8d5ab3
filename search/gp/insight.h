/* What the model has learnt: which trial it expects to be the best, and what may yet
 * be gained. */
#ifndef HONE_SEARCH_GP_INSIGHT_H
#define HONE_SEARCH_GP_INSIGHT_H

#include "engine/sampler.h"
#include "search/gp/belief.h"
#include "search/points/record.h"

#include <stddef.h>
#include <stdint.h>

struct gp_thinker {
    const struct gp_belief *belief; /* of view->settled trials, with a model */
    const struct points_record *record; /* of at least those */
    uint64_t seed;
    size_t initial; /* trials of the design */
};

/* Fills the insight, whose arrays are the caller's. */
HONE_MUST_CHECK enum hone_code gp_think(const struct gp_thinker *thinker,
    const struct hone_view *view, struct hone_insight *ret, struct hone_err *err);

#endif
