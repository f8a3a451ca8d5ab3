#include "search/gp/subset.h"

#include "engine/alloc.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdbool.h>

enum { BEST = 256, NEAR = 384, SPREAD = GP_SUBSET - BEST - NEAR, TOP = 4 };

/* Room while choosing. Arrays by point. */
struct choice {
    size_t n;
    bool *chosen;
    double *distance;
    size_t *order;
};

/* Chooses the `count` first in order that are not chosen yet. */
static void choose_first(struct choice *choice, size_t count) {
    for (size_t i = 0; i < choice->n && count > 0; i++) {
        size_t point = choice->order[i];

        if (!choice->chosen[point]) {
            choice->chosen[point] = true;
            count--;
        }
    }
}

static void choose_near(struct choice *choice, const struct points_layout *layout,
    const double *weight, const double *const *row) {
    size_t top[TOP];

    for (size_t k = 0; k < TOP; k++) {
        top[k] = choice->order[k];
    }
    for (size_t i = 0; i < choice->n; i++) {
        choice->distance[i] = (double)INFINITY;
        for (size_t k = 0; k < TOP; k++) {
            choice->distance[i] = fmin(choice->distance[i],
                points_distance(layout, weight, row[i], row[top[k]]));
        }
    }
    gsl_sort_index(choice->order, choice->distance, 1, choice->n);
    choose_first(choice, NEAR);
}

/* Distances from here on are those to the nearest of the spread points, the first
 * of which is the one farthest from the best. */
static void choose_spread(struct choice *choice, const struct points_layout *layout,
    const double *weight, const double *const *row) {
    for (size_t k = 0; k < SPREAD; k++) {
        size_t farthest = choice->n;

        for (size_t i = 0; i < choice->n; i++) {
            if (!choice->chosen[i] && (farthest == choice->n ||
                                          choice->distance[i] > choice->distance[farthest])) {
                farthest = i;
            }
        }
        choice->chosen[farthest] = true;
        for (size_t i = 0; i < choice->n; i++) {
            choice->distance[i] = fmin(choice->distance[i],
                points_distance(layout, weight, row[i], row[farthest]));
        }
    }
}

enum hone_code gp_subset(const struct points_layout *layout, const double *weight, size_t n,
    const double *const *row, const double *z, size_t ret_index[GP_SUBSET],
    struct hone_err *err) {
    enum hone_code code = HONE_OK;
    struct choice choice = {.n = n};
    size_t count = 0;

    hone_assert(n > GP_SUBSET);
    choice.chosen = hone_new_array(n, sizeof(*choice.chosen));
    choice.distance = hone_new_array(n, sizeof(*choice.distance));
    choice.order = hone_new_array(n, sizeof(*choice.order));
    if (choice.chosen == NULL || choice.distance == NULL || choice.order == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "no memory to choose among %zu points", n);
        goto out;
    }
    gsl_sort_index(choice.order, z, 1, n);
    choose_first(&choice, BEST);
    choose_near(&choice, layout, weight, row);
    choose_spread(&choice, layout, weight, row);
    for (size_t i = 0; i < n; i++) {
        if (choice.chosen[i]) {
            ret_index[count++] = i;
        }
    }
out:
    hone_free(choice.chosen);
    hone_free(choice.distance);
    hone_free(choice.order);
    return code;
}
