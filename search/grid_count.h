/* How many points a grid has, without visiting them. */
#ifndef HONE_SEARCH_GRID_COUNT_H
#define HONE_SEARCH_GRID_COUNT_H

#include "search/grid_axis.h"

#include <stdint.h>

/* Counts the different points: a parameter multiplies only under those values of
 * its parents that activate it. axis has space->n elements, by parameter.
 * UINT64_MAX when there are that many or more. */
HONE_MUST_CHECK enum hone_code grid_count(const struct hone_space *space,
    const struct grid_axis *axis, uint64_t *ret_count, struct hone_err *err);

#endif
