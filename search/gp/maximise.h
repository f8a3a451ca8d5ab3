/* Where the acquisition is highest: candidates all over the space and around the
 * best trials, then local searches from the best of them, which take turns
 * between the continuous parameters (by gradient) and the others (one at a time). */
#ifndef HONE_SEARCH_GP_MAXIMISE_H
#define HONE_SEARCH_GP_MAXIMISE_H

#include "engine/err.h"
#include "search/gp/acquisition.h"
#include "search/gp/pool.h"
#include "search/points/record.h"

#include <stddef.h>
#include <stdint.h>

/* What is maximised, and where. */
struct gp_quest {
    const struct points_layout *layout;
    struct gp_acquisition *acquisition;
    const struct points_record *record;
    size_t trials;
    const size_t *trial;     /* (trials) those of the model, the lowest mean first */
    const double *low, *high; /* (scales) bounds of the numbers' unit values */
    bool is_local;           /* candidates stay around the best trial */
    uint64_t seed, asking;   /* of the random numbers */
};

/* Fills a zero-initialised pool with every point that was judged. */
HONE_MUST_CHECK enum hone_code gp_maximise(const struct gp_quest *quest, struct gp_pool *ret_pool,
    struct hone_err *err);

#endif
