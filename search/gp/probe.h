/* Points judged in blocks: candidates, and the levels of one parameter at a time. */
#ifndef HONE_SEARCH_GP_PROBE_H
#define HONE_SEARCH_GP_PROBE_H

#include "engine/err.h"
#include "engine/rng.h"
#include "search/gp/maximise.h"

#include <stdbool.h>
#include <stddef.h>

/* A block that fills up, is judged, and is emptied. */
struct gp_probe {
    const struct gp_quest *quest;
    struct gp_pool *pool; /* gets what was judged, up to `keep` points */
    size_t keep;
    struct gp_pool block; /* GP_BLOCK points at most */
    struct gp_place best; /* the best since gp_probe_begin */
    double best_value;
    double *x_value, *fresh; /* (space->n) room to snap */
    struct hone_rng rng;
};

/* Fills a zero-initialised probe. */
HONE_MUST_CHECK enum hone_code gp_probe_init(struct gp_probe *probe, const struct gp_quest *quest,
    struct gp_pool *pool, size_t keep, struct hone_err *err);
void gp_probe_finish(struct gp_probe *probe); /* accepts zeroed */

/* Forgets the best. */
void gp_probe_begin(struct gp_probe *probe);

/* Room for the unit values of the next point, to be followed by gp_probe_put. */
double *gp_probe_next(struct gp_probe *probe);

/* Snaps that point. `before` (may be NULL): what was active where it comes from;
 * parameters that have become active take their value from probe->fresh. */
void gp_probe_put(struct gp_probe *probe, const bool *before);

/* Judges what is in the block. */
void gp_probe_flush(struct gp_probe *probe);

/* Draws probe->fresh anew. */
void gp_probe_refresh(struct gp_probe *probe);

/* One pass over all parameters with levels: each is moved to its best level, with
 * the children that come with it. Returns whether `here` moved; value is its own. */
bool gp_probe_levels(struct gp_probe *probe, struct gp_place *here, double *value);

#endif
