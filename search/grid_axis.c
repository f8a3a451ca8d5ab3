#include "search/grid_axis.h"

#include "engine/alloc.h"

#include <math.h>

/* A part of the range: wider than what log, exp and a decimal's reading can
 * differ by, narrower than the distance of any two of GRID_POINTS_LIMIT points. */
static const double same_unit = 1e-12;

bool grid_axis_is_possible(const struct hone_param *param) {
    return hone_param_levels(param) > 0 || param->points > 0;
}

/* Point i of `points` evenly spaced ones, both ends included; one alone is the centre. A
 * logarithmic scale with steps begins half a step below low: the points are even from low to high
 * (4 from 1 to 1000 are the powers of ten), each moved to the level nearest to it. */
static double even_unit(const struct hone_param *param, size_t i, size_t points) {
    double share = points > 1 ? (double)i / (double)(points - 1) : 0.5;
    double value;

    if (!param->log || hone_param_levels(param) == 0) {
        return share;
    }
    value = param->low * pow(param->high / param->low, share);
    return hone_param_encode(param,
        hone_param_level(param, (size_t)round((value - param->low) / param->step)));
}

/* Fewer points than levels: some levels are left out. Where the scale is too
 * narrow for them, as at the lower end of a logarithmic int, several points
 * decode to one value and the first stands for all. */
static enum hone_code place_points(struct grid_axis *axis, struct hone_err *err) {
    size_t points = axis->param->points;

    axis->x_unit = hone_new_array(points, sizeof(*axis->x_unit));
    if (axis->x_unit == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu points of '%s'", points,
            axis->param->name);
    }
    axis->count = 0;
    for (size_t i = 0; i < points; i++) {
        double x_unit = even_unit(axis->param, i, points);
        double x_value = hone_param_decode(axis->param, x_unit);

        if (axis->count == 0 || x_value > grid_axis_value(axis, axis->count - 1)) {
            axis->x_unit[axis->count++] = x_unit;
        }
    }
    return HONE_OK;
}

enum hone_code grid_axis_init(struct grid_axis *axis, const struct hone_param *param,
    struct hone_err *err) {
    size_t levels = hone_param_levels(param);

    hone_assert(grid_axis_is_possible(param));
    axis->param = param;
    axis->count = levels;
    if (param->points > 0 && (levels == 0 || param->points < levels)) {
        return place_points(axis, err);
    }
    return HONE_OK;
}

double grid_axis_value(const struct grid_axis *axis, size_t k) {
    return axis->x_unit != NULL ? hone_param_decode(axis->param, axis->x_unit[k])
                                : hone_param_level(axis->param, k);
}

double grid_axis_unit(const struct grid_axis *axis, size_t k) {
    return axis->x_unit != NULL
               ? axis->x_unit[k]
               : hone_param_encode(axis->param, hone_param_level(axis->param, k));
}

static bool is_value(const struct grid_axis *axis, size_t k, double x_value) {
    if (hone_param_levels(axis->param) > 0) {
        return grid_axis_value(axis, k) == x_value;
    }
    /* The unit of a value outside the range is clamped, and so tells nothing. */
    return x_value >= axis->param->low && x_value <= axis->param->high &&
           fabs(hone_param_encode(axis->param, x_value) - axis->x_unit[k]) <= same_unit;
}

bool grid_axis_find(const struct grid_axis *axis, double x_value, size_t *ret_k) {
    size_t low = 0;
    size_t high = axis->count;

    while (low < high) { /* to the first value that is not below x_value */
        size_t middle = low + (high - low) / 2;

        if (grid_axis_value(axis, middle) < x_value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < axis->count && is_value(axis, low, x_value)) {
        *ret_k = low;
        return true;
    }
    if (low > 0 && is_value(axis, low - 1, x_value)) {
        *ret_k = low - 1;
        return true;
    }
    return false;
}

void grid_axis_finish(struct grid_axis *axis) {
    hone_free(axis->x_unit);
    *axis = (struct grid_axis){0};
}
