/* A trust region: with many parameters the model is believed near the best trial
 * only (Eriksson et al. 2019, "Scalable global optimization via local Bayesian
 * optimization"). */
#ifndef HONE_SEARCH_GP_REGION_H
#define HONE_SEARCH_GP_REGION_H

#include "search/gp/data.h"
#include "search/points/layout.h"

#include <stddef.h>

/* Side of the region after these results: doubled after three results in a row
 * that are better than all before, halved after as many as there are dimensions
 * that are not; back to the first when it has become too small. The first `initial`
 * trials do not count. */
double gp_region_side(const struct gp_data *data, size_t initial, double dimension);

/* Bounds of the numbers' unit values: around `centre` (a row), each side in
 * proportion to its length scale; weight is 1 / length scale^2. Arrays by scale. */
void gp_region_bounds(const struct points_layout *layout, const double *weight,
    const double *centre, double side, double *ret_low, double *ret_high);

#endif
