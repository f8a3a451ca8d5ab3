/* Which points a model is made of when there are too many: improvement is looked
 * for near the best, so that is where the model has to be right. */
#ifndef HONE_SEARCH_GP_SUBSET_H
#define HONE_SEARCH_GP_SUBSET_H

#include "engine/err.h"
#include "search/points/layout.h"

#include <stddef.h>

enum { GP_EXACT_LIMIT = 1000, GP_SUBSET = 768 };

/* Chooses GP_SUBSET of n > GP_SUBSET points, ascending: the 256 best by z, of the
 * rest the 384 nearest to one of the best 4, and 128 that are spread, each the
 * farthest from all chosen before. row (n, columns), weight (scales). */
HONE_MUST_CHECK enum hone_code gp_subset(const struct points_layout *layout, const double *weight,
    size_t n, const double *const *row, const double *z, size_t ret_index[GP_SUBSET],
    struct hone_err *err);

#endif
