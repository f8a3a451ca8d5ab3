/* One axis of a grid: the values that a parameter takes there, ascending,
 * choices in the order of the spec. */
#ifndef HONE_SEARCH_GRID_AXIS_H
#define HONE_SEARCH_GRID_AXIS_H

#include "engine/space.h"

/* More points on one axis are refused: they are kept in memory. */
enum { GRID_POINTS_LIMIT = 1000000 };

struct grid_axis {
    const struct hone_param *param;
    size_t count;   /* of values, at least 1 */
    double *x_unit; /* (count) where `points:` decides; NULL: every level, encoded when asked for */
};

/* Whether the parameter can be an axis: it has levels, or says how many points. */
bool grid_axis_is_possible(const struct hone_param *param);

/* Fills a zero-initialised axis of a parameter that can be one. */
HONE_MUST_CHECK enum hone_code grid_axis_init(struct grid_axis *axis,
    const struct hone_param *param, struct hone_err *err);

/* The k-th value, k < count, in either frame; the unit decodes to the very value. */
double grid_axis_value(const struct grid_axis *axis, size_t k);
double grid_axis_unit(const struct grid_axis *axis, size_t k);

/* Which of the values x_value is; false when it is none. On a continuous scale,
 * a difference of rounding is no difference. */
bool grid_axis_find(const struct grid_axis *axis, double x_value, size_t *ret_k);

void grid_axis_finish(struct grid_axis *axis); /* accepts zeroed */

#endif
