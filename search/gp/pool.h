/* Points that were judged, for the best of them to be proposed. */
#ifndef HONE_SEARCH_GP_POOL_H
#define HONE_SEARCH_GP_POOL_H

#include "engine/err.h"
#include "search/points/layout.h"

#include <stdbool.h>
#include <stddef.h>

struct gp_pool {
    const struct points_layout *layout;
    size_t count, room;
    double *value;  /* (count) acquisition */
    double *x_unit; /* (count, space->n) */
    bool *active;   /* (count, space->n) */
    double *row;    /* (count, columns) */
};

/* Fills a zero-initialised pool with room for that many points. */
HONE_MUST_CHECK enum hone_code gp_pool_init(struct gp_pool *pool,
    const struct points_layout *layout, size_t room, struct hone_err *err);
void gp_pool_finish(struct gp_pool *pool); /* accepts zeroed */

/* Views of one point of a pool. */
struct gp_place {
    double *x_unit;
    bool *active;
    double *row;
};
struct gp_place gp_pool_at(const struct gp_pool *pool, size_t i);

/* Copies a point. */
void gp_place_copy(const struct points_layout *layout, const struct gp_place *from,
    const struct gp_place *to);

/* Adds a copy; not when there is no room, or when the value is not a number. */
void gp_pool_add(struct gp_pool *pool, const struct gp_place *place, double value);

/* Indices of all points, the best first; equal ones in the order of adding.
 * ret_order has `count` elements. */
void gp_pool_sort(const struct gp_pool *pool, size_t *ret_order);

#endif
