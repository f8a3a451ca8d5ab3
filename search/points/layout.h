/* How the model sees a point: a row of columns whose differences add up to the
 * distance of two points.
 *
 * A scale is one parameter that is not a constant; it has one length scale.
 *   number       one column, its unit value u: distance (u - u')^2
 *   conditional  two columns, (u, 1/sqrt 12) when active and (1/2, 0) when not,
 *   number       so that an active value is (u - 1/2)^2 + 1/12 away from an
 *                inactive one. Its mean over u, 1/6, is the mean distance of two
 *                active values, hence one length scale serves both uses; and as
 *                rows of numbers any such kernel is positive definite.
 *   category     one column, the index of the choice, -1 when inactive:
 *                distance 1 between any two that differ (Hamming). */
#ifndef HONE_SEARCH_POINTS_LAYOUT_H
#define HONE_SEARCH_POINTS_LAYOUT_H

#include "engine/err.h"
#include "engine/space.h"

#include <stdbool.h>
#include <stddef.h>

enum points_column_kind { POINTS_SQUARE, POINTS_HAMMING };

struct points_column {
    enum points_column_kind kind;
    size_t scale; /* whose length scale divides it */
};

/* One parameter that is not a constant. */
struct points_scale {
    size_t param;  /* in the space */
    size_t column; /* its first */
    size_t levels; /* 0: continuous */
    bool category;
    bool conditional;
};

struct points_layout {
    const struct hone_space *space;
    size_t scales;
    struct points_scale *scale; /* (scales) in the space's order */
    size_t columns;
    struct points_column *column; /* (columns) */
    bool *is_parent;          /* (space->n) some parameter is active only under it */
    double dimension;         /* mean number of active scales of a random point */
};

/* Fills a zero-initialised layout. The space stays the caller's and must live on. */
HONE_MUST_CHECK enum hone_code points_layout_init(struct points_layout *layout,
    const struct hone_space *space, struct hone_err *err);
void points_layout_finish(struct points_layout *layout); /* accepts zeroed */

/* The row of a point that is snapped. ret_row has `columns` elements. */
void points_layout_row(const struct points_layout *layout, const double *x_unit, const bool *active,
    double *ret_row);

/* Snaps x_unit (space->n) to the values it decodes to, inactive ones to 0.5,
 * and sets ret_active (space->n) and ret_row (columns). x_value (space->n) is
 * room. With `before` (space->n, may be NULL), parameters that it says were
 * inactive and that are active now take their unit value from `fresh`. */
void points_layout_snap(const struct points_layout *layout, const bool *before, const double *fresh,
    double *x_unit, bool *ret_active, double *x_value, double *ret_row);

/* The squared distance of two rows; weight (scales), 1 everywhere if NULL. */
double points_distance(const struct points_layout *layout, const double *weight, const double *a,
    const double *b);

#endif
