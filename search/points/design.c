#include "search/points/design.h"

#include "engine/alloc.h"
#include "engine/rng.h"
#include "search/samplers.h"

#include <math.h>
#include <string.h>

enum {
    SHIFTS = 8,        /* of the sequence, to choose from */
    DRAWS_LIMIT = 64,  /* random points that are tried where the sequence repeats one */
    BRANCH_DRAWS = 64, /* then these, in branches that have no end */
};

/* ---- The shift ---- */

static enum hone_code open_sobol(const struct hone_sampler_setup *setup, uint64_t seed,
    struct hone_sampler **ret, struct hone_err *err) {
    struct hone_sampler_setup own = *setup;

    own.seed = seed;
    own.config = NULL;
    return hone_sampler_create(&hone_sampler_sobol, &own, ret, err);
}

static enum hone_code sobol_point(const struct points_design *design, struct hone_sampler *sobol,
    size_t number, double *ret_x_unit, struct hone_err *err) {
    struct hone_history none = {.params = design->layout->space->n, .folds = 1};
    struct hone_view view = {.history = &none, .asking = number};
    struct hone_proposal proposal = {.x_unit = ret_x_unit};

    return hone_sampler_ask(sobol, &view, &proposal, err);
}

/* The least squared distance between any two of the first points. */
static enum hone_code least_distance(const struct points_design *design, struct hone_sampler *sobol,
    size_t count, double *row, double *x_unit, double *ret_distance, struct hone_err *err) {
    const struct points_layout *layout = design->layout;

    *ret_distance = (double)INFINITY;
    for (size_t i = 0; i < count; i++) {
        enum hone_code code = sobol_point(design, sobol, i, x_unit, err);

        if (code != HONE_OK) {
            return code;
        }
        points_layout_snap(layout, NULL, NULL, x_unit, design->active, design->x_value,
            row + i * layout->columns);
        for (size_t j = 0; j < i; j++) {
            *ret_distance = fmin(*ret_distance, points_distance(layout, NULL,
                row + i * layout->columns, row + j * layout->columns));
        }
    }
    return HONE_OK;
}

/* Takes, of eight shifts, the one whose first points are farthest apart. */
static enum hone_code choose_sobol(struct points_design *design,
    const struct hone_sampler_setup *setup, size_t count, struct hone_err *err) {
    const struct points_layout *layout = design->layout;
    double *row = hone_new_array(count * layout->columns, sizeof(*row));
    double *x_unit = hone_new_array(layout->space->n, sizeof(*x_unit));
    struct hone_rng rng;
    double best = -1;
    enum hone_code code = HONE_OK;

    if (row == NULL || x_unit == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "no memory for a design of %zu points", count);
    }
    hone_rng_at(&rng, setup->seed, 0, 0, HONE_FOR_MODEL);
    for (int i = 0; i < SHIFTS && code == HONE_OK; i++) {
        uint64_t seed = (uint64_t)gsl_rng_get(&rng.gsl) << 32 | gsl_rng_get(&rng.gsl);
        struct hone_sampler *sobol = NULL;
        double distance = 0;

        code = open_sobol(setup, seed, &sobol, err);
        if (code == HONE_OK) {
            code = least_distance(design, sobol, count, row, x_unit, &distance, err);
        }
        if (code == HONE_OK && distance > best) {
            struct hone_sampler *other = design->sobol;

            best = distance;
            design->sobol = sobol;
            sobol = other;
        }
        hone_sampler_free(sobol);
    }
    hone_free(row);
    hone_free(x_unit);
    return code;
}

/* ---- Life ---- */

static bool is_finite(const struct hone_space *space) {
    for (size_t p = 0; p < space->n; p++) {
        if (hone_param_levels(&space->param[p]) == 0) {
            return false;
        }
    }
    return true;
}

/* A grid of all levels, however few a parameter's `points:` would have. */
static enum hone_code open_grid(struct points_design *design,
    const struct hone_sampler_setup *setup, struct hone_err *err) {
    const struct hone_space *space = design->layout->space;
    struct hone_sampler_setup own = *setup;

    design->param = hone_new_array(space->n, sizeof(*design->param));
    if (design->param == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a grid");
    }
    for (size_t p = 0; p < space->n; p++) {
        design->param[p] = space->param[p];
        design->param[p].points = 0;
    }
    design->levels =
        (struct hone_space){.n = space->n, .param = design->param, .order = space->order};
    own.space = &design->levels;
    own.config = NULL;
    return hone_sampler_create(&hone_sampler_grid, &own, &design->grid, err);
}

enum hone_code points_design_init(struct points_design *design, const struct points_layout *layout,
    const struct hone_sampler_setup *setup, size_t count, struct hone_err *err) {
    const size_t n = layout->space->n;
    enum hone_code code;

    design->layout = layout;
    design->seed = setup->seed;
    design->active = hone_new_array(n, sizeof(*design->active));
    design->x_value = hone_new_array(n, sizeof(*design->x_value));
    design->row = hone_new_array(layout->columns, sizeof(*design->row));
    if (design->active == NULL || design->x_value == NULL || design->row == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a design");
    }
    code = choose_sobol(design, setup, count, err);
    if (code == HONE_OK && is_finite(layout->space)) {
        code = open_grid(design, setup, err);
    }
    return code;
}

void points_design_finish(struct points_design *design) {
    hone_sampler_free(design->sobol);
    hone_sampler_free(design->grid);
    hone_free(design->param);
    hone_free(design->active);
    hone_free(design->x_value);
    hone_free(design->row);
    *design = (struct points_design){0};
}

/* ---- Asking ---- */

static bool is_new(struct points_design *design, const struct points_record *record,
    double *x_unit) {
    points_layout_snap(design->layout, NULL, NULL, x_unit, design->active, design->x_value,
        design->row);
    return !points_record_has(record, design->row);
}

static void draw_point(const struct hone_space *space, struct hone_rng *rng, double *x_unit) {
    for (size_t p = 0; p < space->n; p++) {
        x_unit[p] = hone_rng_uniform(rng);
    }
}

static size_t draw_index(struct hone_rng *rng, size_t count) {
    return (size_t)(hone_rng_uniform(rng) * (double)count);
}

/* Gives the parameters on which p depends values under which it is active, as far as its
 * conditions agree. */
static void activate(struct points_design *design, size_t p, struct hone_rng *rng,
    double *x_unit) {
    const struct hone_space *space = design->layout->space;
    bool *needed = design->active;

    memset(needed, 0, space->n * sizeof(*needed));
    needed[p] = true;
    for (size_t i = space->n; i-- > 0;) {
        const struct hone_param *param = &space->param[space->order[i]];

        for (size_t c = 0; needed[space->order[i]] && c < param->condition_count; c++) {
            const struct hone_condition *condition = &param->condition[c];
            double x_value = condition->x_value[draw_index(rng, condition->count)];

            needed[condition->parent] = true;
            x_unit[condition->parent] =
                hone_param_encode(&space->param[condition->parent], x_value);
        }
    }
}

/* Draws a point of a branch that has no end, however seldom a random point is in it. */
static void draw_in_branch(struct points_design *design, struct hone_rng *rng, double *x_unit) {
    const struct hone_space *space = design->layout->space;
    size_t p = draw_index(rng, space->n);

    draw_point(space, rng, x_unit);
    while (hone_param_levels(&space->param[p]) > 0) {
        p = (p + 1) % space->n;
    }
    activate(design, p, rng, x_unit);
}

enum hone_code points_design_ask(struct points_design *design, const struct points_record *record,
    const struct hone_view *view, struct hone_proposal *ret_proposal, struct hone_err *err) {
    const struct hone_space *space = design->layout->space;
    enum hone_code code =
        sobol_point(design, design->sobol, view->asking, ret_proposal->x_unit, err);
    struct hone_rng rng;

    if (code != HONE_OK || is_new(design, record, ret_proposal->x_unit)) {
        return code;
    }
    hone_rng_at(&rng, design->seed, view->asking, 0, HONE_FOR_POINT);
    for (int draw = 0; draw < DRAWS_LIMIT; draw++) {
        draw_point(space, &rng, ret_proposal->x_unit);
        if (is_new(design, record, ret_proposal->x_unit)) {
            return HONE_OK;
        }
    }
    if (design->grid != NULL) {
        return hone_sampler_ask(design->grid, view, ret_proposal, err);
    }
    for (int draw = 0; draw < BRANCH_DRAWS; draw++) {
        draw_in_branch(design, &rng, ret_proposal->x_unit);
        if (is_new(design, record, ret_proposal->x_unit)) {
            return HONE_OK;
        }
    }
    return HONE_OK;
}
