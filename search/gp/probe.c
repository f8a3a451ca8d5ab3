#include "search/gp/probe.h"

#include "engine/alloc.h"

#include <math.h>
#include <string.h>

static const double gain_at_least = 1e-9;

enum {
    LEVELS_LIMIT = 64,   /* of a category that are tried; else a random choice */
    EXHAUSTIVE = 16,     /* levels of a number that are all tried */
    CHILD_DRAWS = 4,     /* random values for children of a new branch */
};

/* ---- Blocks ---- */

enum hone_code gp_probe_init(struct gp_probe *probe, const struct gp_quest *quest,
    struct gp_pool *pool, size_t keep, struct hone_err *err) {
    const struct points_layout *layout = quest->layout;
    const size_t n = layout->space->n;
    enum hone_code code = gp_pool_init(&probe->block, layout, GP_BLOCK, err);

    probe->quest = quest;
    probe->pool = pool;
    probe->keep = keep;
    probe->best.x_unit = hone_new_array(n, sizeof(double));
    probe->best.active = hone_new_array(n, sizeof(bool));
    probe->best.row = hone_new_array(layout->columns, sizeof(double));
    probe->x_value = hone_new_array(n, sizeof(double));
    probe->fresh = hone_new_array(n, sizeof(double));
    if (code != HONE_OK || probe->best.x_unit == NULL || probe->best.active == NULL ||
        probe->best.row == NULL || probe->x_value == NULL || probe->fresh == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a block of candidates");
    }
    hone_rng_at(&probe->rng, quest->seed, quest->asking, 1, HONE_FOR_MODEL);
    return HONE_OK;
}

void gp_probe_finish(struct gp_probe *probe) {
    gp_pool_finish(&probe->block);
    hone_free(probe->best.x_unit);
    hone_free(probe->best.active);
    hone_free(probe->best.row);
    hone_free(probe->x_value);
    hone_free(probe->fresh);
}

void gp_probe_begin(struct gp_probe *probe) {
    probe->best_value = -(double)INFINITY;
}

double *gp_probe_next(struct gp_probe *probe) {
    if (probe->block.count == GP_BLOCK) {
        gp_probe_flush(probe);
    }
    return gp_pool_at(&probe->block, probe->block.count).x_unit;
}

void gp_probe_put(struct gp_probe *probe, const bool *before) {
    struct gp_place at = gp_pool_at(&probe->block, probe->block.count++);

    points_layout_snap(probe->quest->layout, before, probe->fresh, at.x_unit, at.active,
        probe->x_value, at.row);
}

void gp_probe_flush(struct gp_probe *probe) {
    struct gp_pool *block = &probe->block;

    if (block->count > 0) {
        gp_acquisition_block(probe->quest->acquisition, block->count, block->row, block->value);
    }
    for (size_t i = 0; i < block->count; i++) {
        struct gp_place at = gp_pool_at(block, i);

        if (block->value[i] > probe->best_value) {
            probe->best_value = block->value[i];
            gp_place_copy(block->layout, &at, &probe->best);
        }
        if (probe->pool->count < probe->keep) {
            gp_pool_add(probe->pool, &at, block->value[i]);
        }
    }
    block->count = 0;
}

void gp_probe_refresh(struct gp_probe *probe) {
    for (size_t p = 0; p < probe->quest->layout->space->n; p++) {
        probe->fresh[p] = hone_rng_uniform(&probe->rng);
    }
}

/* ---- Levels ---- */

static const struct hone_param *param_of(const struct gp_probe *probe,
    const struct points_scale *scale) {
    return &probe->quest->layout->space->param[scale->param];
}

static double unit_of_level(const struct gp_probe *probe, const struct points_scale *scale,
    size_t level) {
    const struct hone_param *param = param_of(probe, scale);

    return hone_param_encode(param, hone_param_level(param, level));
}

static size_t level_of_unit(const struct gp_probe *probe, const struct points_scale *scale,
    double x_unit) {
    const struct hone_param *param = param_of(probe, scale);
    double x_value = hone_param_decode(param, x_unit);

    return scale->category ? (size_t)x_value
                           : (size_t)((x_value - param->low) / param->step + 0.5);
}

static void put_level(struct gp_probe *probe, const struct points_scale *scale,
    const struct gp_place *here, size_t level) {
    const struct points_layout *layout = probe->quest->layout;
    double *x_unit = gp_probe_next(probe);

    memcpy(x_unit, here->x_unit, layout->space->n * sizeof(*x_unit));
    x_unit[scale->param] = unit_of_level(probe, scale, level);
    gp_probe_put(probe, here->active);
}

/* Sets `fresh` to the best trial that has this level; false when none has. */
static bool fresh_from_trial(struct gp_probe *probe, const struct points_scale *scale,
    size_t level) {
    const struct gp_quest *quest = probe->quest;
    const size_t n = quest->layout->space->n;

    for (size_t i = 0; i < quest->trials; i++) {
        const double *x_unit = quest->record->x_unit + quest->trial[i] * n;
        const bool *active = quest->record->active + quest->trial[i] * n;

        if (active[scale->param] && level_of_unit(probe, scale, x_unit[scale->param]) == level) {
            memcpy(probe->fresh, x_unit, n * sizeof(*x_unit));
            return true;
        }
    }
    return false;
}

/* Puts the level into the block; a parent's comes with several sets of children:
 * those of the best trial in that branch, and random ones. */
static void try_level(struct gp_probe *probe, const struct points_scale *scale,
    const struct gp_place *here, size_t level) {
    if (!probe->quest->layout->is_parent[scale->param]) {
        put_level(probe, scale, here, level);
        return;
    }
    if (fresh_from_trial(probe, scale, level)) {
        put_level(probe, scale, here, level);
    }
    for (int draw = 0; draw < CHILD_DRAWS; draw++) {
        gp_probe_refresh(probe);
        put_level(probe, scale, here, level);
    }
}

/* Moves here to the best of what was tried since gp_probe_begin. */
static bool take_best(struct gp_probe *probe, struct gp_place *here, double *value) {
    gp_probe_flush(probe);
    if (!(probe->best_value > *value + gain_at_least)) {
        return false;
    }
    gp_place_copy(probe->quest->layout, &probe->best, here);
    *value = probe->best_value;
    return true;
}

static bool try_all_levels(struct gp_probe *probe, const struct points_scale *scale,
    struct gp_place *here, double *value) {
    size_t now = level_of_unit(probe, scale, here->x_unit[scale->param]);

    gp_probe_begin(probe);
    for (size_t k = 0; k < scale->levels && k < LEVELS_LIMIT; k++) {
        size_t level = k;

        if (scale->levels > LEVELS_LIMIT) {
            level = (size_t)(hone_rng_uniform(&probe->rng) * (double)scale->levels);
        }
        if (level != now) {
            try_level(probe, scale, here, level);
        }
    }
    return take_best(probe, here, value);
}

/* Steps of a quarter of the range up and down, halved when neither is better. */
static bool try_pattern(struct gp_probe *probe, const struct points_scale *scale,
    struct gp_place *here, double *value) {
    bool moved = false;

    for (size_t step = scale->levels / 4; step > 0;) {
        size_t now = level_of_unit(probe, scale, here->x_unit[scale->param]);

        gp_probe_begin(probe);
        if (now + step < scale->levels) {
            try_level(probe, scale, here, now + step);
        }
        if (now >= step) {
            try_level(probe, scale, here, now - step);
        }
        if (take_best(probe, here, value)) {
            moved = true;
        } else {
            step /= 2;
        }
    }
    return moved;
}

bool gp_probe_levels(struct gp_probe *probe, struct gp_place *here, double *value) {
    const struct points_layout *layout = probe->quest->layout;
    bool moved = false;

    for (size_t p = 0; p < layout->scales; p++) {
        const struct points_scale *scale = &layout->scale[p];
        bool step_by_step = !scale->category && scale->levels > EXHAUSTIVE;

        if (scale->levels == 0 || !here->active[scale->param]) {
            continue;
        }
        if (step_by_step ? try_pattern(probe, scale, here, value)
                         : try_all_levels(probe, scale, here, value)) {
            moved = true;
        }
    }
    return moved;
}
