/* What a proposal is to improve upon. */
#ifndef HONE_SEARCH_GP_THRESHOLD_H
#define HONE_SEARCH_GP_THRESHOLD_H

#include "search/gp/belief.h"
#include "search/points/record.h"

#include <stdbool.h>
#include <stddef.h>

/* The model's points in the order of their posterior means, as gp_order_by_mean has it. */
struct gp_ranking {
    const struct gp_belief *belief;
    const struct points_record *record;
    const size_t *order; /* (model.n) */
};

/* In the model's unit: below the lowest mean by the largest of
 *
 *   margin   so many standard errors of a typical good trial. The lowest mean itself would
 *            stall on the model's own smooth optimum: -0.572 mean log10 regret with noise,
 *            against -0.875 with a margin of 1, which vanishes with the noise.
 *   step     of losses that are such as a share of errors is: a plateau of best ones, and the
 *            next at some distance. An improvement by less cannot be, and to expect it would
 *            keep the search on its plateau: of 20 searches 16 stayed on the one of a made-up
 *            surface, with this 8.
 *   doubt    what the folds leave open between settings that differ, see threshold.c; where it
 *            is to be gone beyond.
 *
 * `room` has model.n numbers. */
double gp_threshold(const struct gp_ranking *ranking, double margin, bool beyond_doubt,
    double *room);

#endif
