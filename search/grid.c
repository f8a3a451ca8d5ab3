/* Grid search: every combination of the axes' values once, in the order of
 * nested loops over the parameters in the order of the spec (parents before
 * their children), the last one fastest, as Python's itertools.product has it.
 * An inactive parameter is not looped over, so combinations that differ in
 * nothing active are one point.
 *
 * Trial t gets the first point that no trial before it has, whoever chose those:
 * points to try first, queued ones and earlier proposals are not tried again,
 * and none is left out. The sampler walks once through the grid, its cursor never
 * stepping over a point that is free. Of the trials it has read it remembers
 * only the points ahead of the cursor; what is behind can no longer matter. */
#include "search/samplers.h"

#include "engine/alloc.h"
#include "search/grid_axis.h"
#include "search/grid_count.h"

#include <math.h>
#include <search.h>
#include <stdio.h>

/* The level of a parameter that is inactive; above all others. */
static const size_t inactive = SIZE_MAX;

/* Up to so many values the unit interval's doubles are dense enough to bring
 * each back exactly, on a logarithmic scale too. */
static const size_t levels_limit = (size_t)1 << 40;

enum { KEY_BYTES = 256 };

/* A point of the grid: the axis index of each parameter, in space->order. */
struct point {
    size_t n;
    size_t level[]; /* (n) */
};

struct grid_sampler {
    struct hone_sampler base;
    const struct hone_space *space;
    struct grid_axis *axis; /* (space->n) by parameter */
    uint64_t size;
    const struct hone_history *history; /* read up to trial `seen` */
    size_t seen;
    void *taken; /* tsearch tree of struct point: those of trials read, ahead of the cursor */
    struct point *cursor;
    double *x_value; /* (space->n) of the cursor */
    bool ended;      /* the cursor went over the last point */
};

static struct grid_sampler *downcast(struct hone_sampler *self) {
    hone_assert(self->type == &hone_sampler_grid);
    return (struct grid_sampler *)self;
}

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "no memory for a grid");
}

/* ---- Points ---- */

static struct point *point_new(size_t n) {
    struct point *point = hone_new(sizeof(*point) + n * sizeof(point->level[0]));

    if (point != NULL) {
        point->n = n;
    }
    return point;
}

/* The order of visiting. */
static int compare_points(const void *left, const void *right) {
    const struct point *a = left;
    const struct point *b = right;

    for (size_t i = 0; i < a->n; i++) {
        if (a->level[i] != b->level[i]) {
            return a->level[i] < b->level[i] ? -1 : 1;
        }
    }
    return 0;
}

/* The grid's point with these values; false when one of them is not on the grid. */
static bool find_point(const struct grid_sampler *grid, const double *x_value,
    struct point *ret_point) {
    for (size_t i = 0; i < grid->space->n; i++) {
        size_t p = grid->space->order[i];

        ret_point->level[i] = inactive;
        if (hone_space_active(grid->space, p, x_value) &&
            (isnan(x_value[p]) ||
                !grid_axis_find(&grid->axis[p], x_value[p], &ret_point->level[i]))) {
            return false;
        }
    }
    return true;
}

/* ---- The cursor ---- */

static void set_level(struct grid_sampler *grid, size_t i, size_t level) {
    size_t p = grid->space->order[i];

    grid->cursor->level[i] = level;
    grid->x_value[p] = level == inactive ? (double)NAN : grid_axis_value(&grid->axis[p], level);
}

/* Sets the places from i on to the first combination under what stands before. */
static void restart_from(struct grid_sampler *grid, size_t i) {
    for (; i < grid->space->n; i++) {
        bool active = hone_space_active(grid->space, grid->space->order[i], grid->x_value);

        set_level(grid, i, active ? 0 : inactive);
    }
}

static void step(struct grid_sampler *grid) {
    for (size_t i = grid->space->n; i-- > 0;) {
        size_t level = grid->cursor->level[i];

        if (level != inactive && level + 1 < grid->axis[grid->space->order[i]].count) {
            set_level(grid, i, level + 1);
            restart_from(grid, i + 1);
            return;
        }
    }
    grid->ended = true;
}

/* ---- What is taken ---- */

static void clear_taken(struct grid_sampler *grid) {
    while (grid->taken != NULL) {
        struct point *point = *(struct point **)grid->taken; /* the root's */

        tdelete(point, &grid->taken, compare_points);
        hone_free(point);
    }
}

static void forget(struct grid_sampler *grid) {
    clear_taken(grid);
    grid->seen = 0;
    grid->ended = false;
    restart_from(grid, 0);
}

/* Remembers a trial's point if it is one of the grid's and still ahead. */
static enum hone_code note_trial(struct grid_sampler *grid, const double *x_value,
    struct hone_err *err) {
    struct point *point = point_new(grid->space->n);
    enum hone_code code = HONE_OK;
    struct point **node;

    if (point == NULL) {
        return no_memory(err);
    }
    if (!find_point(grid, x_value, point) || compare_points(point, grid->cursor) < 0) {
        goto out;
    }
    node = tsearch(point, &grid->taken, compare_points);
    if (node == NULL) {
        code = no_memory(err);
    } else if (*node == point) {
        point = NULL; /* the tree owns it now */
    }
out:
    hone_free(point);
    return code;
}

/* Steps over the points that are taken, and forgets them. */
static void skip_taken(struct grid_sampler *grid) {
    while (!grid->ended) {
        struct point **node = tfind(grid->cursor, &grid->taken, compare_points);
        struct point *point;

        if (node == NULL) {
            return;
        }
        point = *node;
        tdelete(point, &grid->taken, compare_points);
        hone_free(point);
        step(grid);
    }
}

static enum hone_code catch_up(struct grid_sampler *grid, const struct hone_view *view,
    struct hone_err *err) {
    if (view->asking < grid->seen || view->history != grid->history) {
        forget(grid);
        grid->history = view->history;
    }
    hone_assert(view->asking <= view->history->count);
    while (grid->seen < view->asking && !grid->ended) {
        enum hone_code code = note_trial(grid, view->history->trial[grid->seen].x_value, err);

        if (code != HONE_OK) {
            return code;
        }
        grid->seen++;
    }
    skip_taken(grid);
    return HONE_OK;
}

/* ---- The port ---- */

static void check_axis(const struct hone_param *param, struct hone_problems *problems) {
    char key[KEY_BYTES];

    (void)snprintf(key, sizeof(key), "space.%s", param->name);
    if (!grid_axis_is_possible(param)) {
        hone_problem(problems, param->place, key,
            "a grid needs step or points for a float; add points: 5 for five values evenly "
            "spaced from low to high%s",
            param->log ? " on the logarithmic scale" : "");
    } else if (param->points > GRID_POINTS_LIMIT) {
        hone_problem(problems, param->place, key,
            "%zu points are more than a grid can keep; points should be at most %d",
            param->points, GRID_POINTS_LIMIT);
    } else if (param->points == 0 && hone_param_levels(param) > levels_limit) {
        hone_problem(problems, param->place, key,
            "%zu values are more than a grid can tell apart; add points: 5 for five of them",
            hone_param_levels(param));
    }
}

static void grid_check(const struct hone_space *space, const void *config,
    struct hone_problems *problems) {
    (void)config;
    for (size_t p = 0; p < space->n; p++) {
        check_axis(&space->param[p], problems);
    }
}

static void grid_free(struct hone_sampler *self) {
    if (self != NULL) {
        struct grid_sampler *grid = downcast(self);

        clear_taken(grid);
        for (size_t p = 0; grid->axis != NULL && p < grid->space->n; p++) {
            grid_axis_finish(&grid->axis[p]);
        }
        hone_free(grid->axis);
        hone_free(grid->cursor);
        hone_free(grid->x_value);
        hone_free(grid);
    }
}

/* Makes the axes and all the room a grid needs. */
static enum hone_code grid_furnish(struct grid_sampler *grid, struct hone_err *err) {
    size_t n = grid->space->n;

    grid->axis = hone_new_array(n, sizeof(*grid->axis));
    grid->cursor = point_new(n);
    grid->x_value = hone_new_array(n, sizeof(*grid->x_value));
    if (grid->axis == NULL || grid->cursor == NULL || grid->x_value == NULL) {
        return no_memory(err);
    }
    for (size_t p = 0; p < n; p++) {
        enum hone_code code = grid_axis_init(&grid->axis[p], &grid->space->param[p], err);

        if (code != HONE_OK) {
            return code;
        }
    }
    return grid_count(grid->space, grid->axis, &grid->size, err);
}

static enum hone_code grid_create(const struct hone_sampler_setup *setup,
    struct hone_sampler **ret, struct hone_err *err) {
    struct grid_sampler *grid = hone_new(sizeof(*grid));
    enum hone_code code;

    if (grid == NULL) {
        return no_memory(err);
    }
    grid->base.type = &hone_sampler_grid;
    grid->space = setup->space;
    code = grid_furnish(grid, err);
    if (code != HONE_OK) {
        grid_free(&grid->base);
        return code;
    }
    restart_from(grid, 0);
    *ret = &grid->base;
    return HONE_OK;
}

static uint64_t grid_size(const struct hone_sampler *self) {
    return ((const struct grid_sampler *)self)->size;
}

static enum hone_code grid_ask(struct hone_sampler *self, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    struct grid_sampler *grid = downcast(self);
    enum hone_code code = catch_up(grid, view, err);

    if (code != HONE_OK) {
        return code;
    }
    ret_proposal->part = "grid";
    ret_proposal->exhausted = grid->ended;
    for (size_t i = 0; i < grid->space->n && !grid->ended; i++) {
        size_t p = grid->space->order[i];
        size_t level = grid->cursor->level[i];

        ret_proposal->x_unit[p] = level == inactive ? 0.5 : grid_axis_unit(&grid->axis[p], level);
    }
    return HONE_OK;
}

const struct hone_sampler_type hone_sampler_grid = {
    .name = "grid",
    .summary = "every combination of the values once",
    .blind = true,
    .check = grid_check,
    .create = grid_create,
    .size = grid_size,
    .ask = grid_ask,
    .free = grid_free,
};
