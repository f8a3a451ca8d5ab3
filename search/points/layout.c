#include "search/points/layout.h"

#include "engine/alloc.h"
#include "engine/rng.h"

#include <math.h>

static const double inactive_unit = 0.5;
static const double inactive_level = -1;

/* 1 / sqrt 12, see the header. */
static const double activity = 0.28867513459481288225;

/* Enough to know a mean of at most a few tens to a few per cent. */
enum { DIMENSION_DRAWS = 1024 };

static bool has_conditions(const struct hone_space *space) {
    for (size_t p = 0; p < space->n; p++) {
        if (space->param[p].condition_count > 0) {
            return true;
        }
    }
    return false;
}

/* Mean number of active scales of random points. The draws belong to no study:
 * the model of a space is the same under every seed. */
static double mean_dimension(const struct points_layout *layout, double *x_value) {
    const struct hone_space *space = layout->space;
    struct hone_rng rng;
    size_t active = 0;

    if (!has_conditions(space)) {
        return (double)layout->scales;
    }
    hone_rng_at(&rng, 0, 0, 0, HONE_FOR_MODEL);
    for (int draw = 0; draw < DIMENSION_DRAWS; draw++) {
        for (size_t i = 0; i < space->n; i++) {
            size_t p = space->order[i];
            double u = hone_rng_uniform(&rng);

            x_value[p] = hone_space_active(space, p, x_value)
                             ? hone_param_decode(&space->param[p], u)
                             : (double)NAN;
        }
        for (size_t s = 0; s < layout->scales; s++) {
            active += !isnan(x_value[layout->scale[s].param]);
        }
    }
    return (double)active / DIMENSION_DRAWS;
}

static void add_columns(struct points_layout *layout, size_t s) {
    const struct points_scale *scale = &layout->scale[s];
    size_t count = scale->conditional && !scale->category ? 2 : 1;

    for (size_t i = 0; i < count; i++) {
        layout->column[layout->columns++] = (struct points_column){
            .kind = scale->category ? POINTS_HAMMING : POINTS_SQUARE, .scale = s};
    }
}

static void add_scale(struct points_layout *layout, size_t p) {
    const struct hone_param *param = &layout->space->param[p];

    layout->scale[layout->scales] = (struct points_scale){
        .param = p,
        .column = layout->columns,
        .levels = hone_param_levels(param),
        .category = param->type == HONE_PARAM_CATEGORICAL,
        .conditional = param->condition_count > 0,
    };
    add_columns(layout, layout->scales++);
}

enum hone_code points_layout_init(struct points_layout *layout, const struct hone_space *space,
    struct hone_err *err) {
    double *x_value = hone_new_array(space->n, sizeof(*x_value));

    layout->space = space;
    layout->scale = hone_new_array(space->n, sizeof(*layout->scale));
    layout->column = hone_new_array(2 * space->n, sizeof(*layout->column));
    layout->is_parent = hone_new_array(space->n, sizeof(*layout->is_parent));
    if (x_value == NULL || layout->scale == NULL || layout->column == NULL ||
        layout->is_parent == NULL) {
        hone_free(x_value);
        points_layout_finish(layout);
        return hone_fail(err, HONE_E_NOMEM, "no memory for a model of %zu parameters", space->n);
    }
    for (size_t p = 0; p < space->n; p++) {
        if (!hone_param_is_constant(&space->param[p])) {
            add_scale(layout, p);
        }
        for (size_t c = 0; c < space->param[p].condition_count; c++) {
            layout->is_parent[space->param[p].condition[c].parent] = true;
        }
    }
    layout->dimension = fmax(mean_dimension(layout, x_value), 1);
    hone_free(x_value);
    return HONE_OK;
}

void points_layout_finish(struct points_layout *layout) {
    hone_free(layout->scale);
    hone_free(layout->column);
    hone_free(layout->is_parent);
    *layout = (struct points_layout){0};
}

void points_layout_row(const struct points_layout *layout, const double *x_unit, const bool *active,
    double *ret_row) {
    for (size_t s = 0; s < layout->scales; s++) {
        const struct points_scale *scale = &layout->scale[s];
        double u = x_unit[scale->param];
        bool on = active[scale->param];

        if (scale->category) {
            double last = (double)scale->levels - 1;

            ret_row[scale->column] =
                on ? fmin(floor(u * (double)scale->levels), last) : inactive_level;
        } else {
            ret_row[scale->column] = on ? u : inactive_unit;
        }
        if (scale->conditional && !scale->category) {
            ret_row[scale->column + 1] = on ? activity : 0;
        }
    }
}

/* Sets x_value[p], and x_unit[p] to what encodes it. A continuous parameter on
 * which nothing depends stays where it is; its value is not looked at. */
static void snap_one(const struct points_layout *layout, size_t p, double *x_unit,
    double *x_value) {
    const struct hone_param *param = &layout->space->param[p];

    x_unit[p] = fmin(fmax(x_unit[p], 0), 1);
    x_value[p] = 0;
    if (layout->is_parent[p] || hone_param_levels(param) > 0) {
        x_value[p] = hone_param_decode(param, x_unit[p]);
        x_unit[p] = hone_param_encode(param, x_value[p]);
    }
}

void points_layout_snap(const struct points_layout *layout, const bool *before, const double *fresh,
    double *x_unit, bool *ret_active, double *x_value, double *ret_row) {
    const struct hone_space *space = layout->space;

    for (size_t i = 0; i < space->n; i++) {
        size_t p = space->order[i];

        if (!hone_space_active(space, p, x_value)) {
            ret_active[p] = false;
            x_value[p] = (double)NAN;
            x_unit[p] = inactive_unit;
            continue;
        }
        if (before != NULL && !before[p]) {
            x_unit[p] = fresh[p];
        }
        ret_active[p] = true;
        snap_one(layout, p, x_unit, x_value);
    }
    points_layout_row(layout, x_unit, ret_active, ret_row);
}

double points_distance(const struct points_layout *layout, const double *weight, const double *a,
    const double *b) {
    double sum = 0;

    for (size_t c = 0; c < layout->columns; c++) {
        double difference = a[c] - b[c];

        if (layout->column[c].kind == POINTS_HAMMING) {
            difference = a[c] != b[c];
        }
        sum += (weight == NULL ? 1 : weight[layout->column[c].scale]) * difference * difference;
    }
    return sum;
}
