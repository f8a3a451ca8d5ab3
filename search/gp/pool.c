#include "search/gp/pool.h"

#include "engine/alloc.h"

#include <math.h>
#include <string.h>

enum hone_code gp_pool_init(struct gp_pool *pool, const struct points_layout *layout, size_t room,
    struct hone_err *err) {
    const size_t n = layout->space->n;

    pool->layout = layout;
    pool->room = room;
    pool->value = hone_new_array(room, sizeof(double));
    pool->x_unit = hone_new_array(room, n * sizeof(double));
    pool->active = hone_new_array(room, n * sizeof(bool));
    pool->row = hone_new_array(room, layout->columns * sizeof(double));
    if (pool->value == NULL || pool->x_unit == NULL || pool->active == NULL ||
        pool->row == NULL) {
        gp_pool_finish(pool);
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu candidates", room);
    }
    return HONE_OK;
}

void gp_pool_finish(struct gp_pool *pool) {
    hone_free(pool->value);
    hone_free(pool->x_unit);
    hone_free(pool->active);
    hone_free(pool->row);
    *pool = (struct gp_pool){0};
}

struct gp_place gp_pool_at(const struct gp_pool *pool, size_t i) {
    const size_t n = pool->layout->space->n;

    return (struct gp_place){.x_unit = pool->x_unit + i * n, .active = pool->active + i * n,
        .row = pool->row + i * pool->layout->columns};
}

void gp_place_copy(const struct points_layout *layout, const struct gp_place *from,
    const struct gp_place *to) {
    const size_t n = layout->space->n;

    memcpy(to->x_unit, from->x_unit, n * sizeof(*to->x_unit));
    memcpy(to->active, from->active, n * sizeof(*to->active));
    memcpy(to->row, from->row, layout->columns * sizeof(*to->row));
}

void gp_pool_add(struct gp_pool *pool, const struct gp_place *place, double value) {
    if (pool->count < pool->room && !isnan(value)) {
        struct gp_place at = gp_pool_at(pool, pool->count);

        gp_place_copy(pool->layout, place, &at);
        pool->value[pool->count++] = value;
    }
}

/* Descending; what was added earlier first. */
static bool stands_before(const struct gp_pool *pool, size_t a, size_t b) {
    return pool->value[a] > pool->value[b] || (pool->value[a] == pool->value[b] && a < b);
}

/* Shell's sort, 1959, with gaps 3h + 1: no memory, and a thousand points at most. */
void gp_pool_sort(const struct gp_pool *pool, size_t *ret_order) {
    size_t gap = 1;

    for (size_t i = 0; i < pool->count; i++) {
        ret_order[i] = i;
    }
    while (gap < pool->count / 3) {
        gap = 3 * gap + 1;
    }
    for (; gap > 0; gap /= 3) {
        for (size_t i = gap; i < pool->count; i++) {
            size_t point = ret_order[i];
            size_t j = i;

            for (; j >= gap && stands_before(pool, point, ret_order[j - gap]); j -= gap) {
                ret_order[j] = ret_order[j - gap];
            }
            ret_order[j] = point;
        }
    }
}
