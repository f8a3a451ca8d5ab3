#include "search/gp_portrait.h"

#include "engine/alloc.h"
#include "search/gp/belief.h"
#include "search/gp/settings.h"
#include "search/points/points.h"

#include <math.h>

static const double normal_90 = 1.6448536269514722; /* half width of a 90 % interval */

struct hone_gp_portrait {
    struct points points; /* without a design */
    struct gp_belief belief;
    double *x_unit; /* (space->n) room */
    bool *active;   /* (space->n) room */
    double *row;    /* (columns) room */
};

/* ---- Life ---- */

void hone_gp_portrait_free(struct hone_gp_portrait *portrait) {
    if (portrait != NULL) {
        gp_belief_finish(&portrait->belief);
        points_finish(&portrait->points);
        hone_free(portrait->x_unit);
        hone_free(portrait->active);
        hone_free(portrait->row);
        hone_free(portrait);
    }
}

static struct gp_settings settings_of(const void *config) {
    return config != NULL ? gp_settings_of(config)
                          : (struct gp_settings){.reading = {.warp = GP_WARP_HALFRANK},
                                .kernel = &gp_kernel_matern52};
}

static enum hone_code make_room(struct hone_gp_portrait *portrait, size_t params,
    struct hone_err *err) {
    portrait->x_unit = hone_new_array(params, sizeof(double));
    portrait->active = hone_new_array(params, sizeof(bool));
    portrait->row = hone_new_array(portrait->points.layout.columns, sizeof(double));
    if (portrait->x_unit == NULL || portrait->active == NULL || portrait->row == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a point of %zu parameters", params);
    }
    return HONE_OK;
}

static enum hone_code form(struct hone_gp_portrait *portrait,
    const struct hone_sampler_setup *setup, const struct hone_history *history,
    struct hone_err *err) {
    const struct gp_settings settings = settings_of(setup->config);
    enum hone_code code = points_init(&portrait->points, setup->space, err);

    if (code == HONE_OK) {
        code = make_room(portrait, setup->space->n, err);
    }
    if (code == HONE_OK) {
        code = gp_belief_init(&portrait->belief, &portrait->points.layout, &settings, err);
    }
    if (code == HONE_OK) {
        code = points_read(&portrait->points, history, history->count, err);
    }
    if (code == HONE_OK) {
        code = gp_belief_reach(&portrait->belief, &portrait->points.record, history, history->count,
            err);
    }
    return code;
}

static enum hone_code check(const struct gp_belief *belief, struct hone_err *err) {
    if (belief->data.n < GP_RESULTS_AT_LEAST) {
        return hone_fail(err, HONE_E_MISSING,
            "a model needs %d trials with a value at least; there are %zu", GP_RESULTS_AT_LEAST,
            belief->data.n);
    }
    return belief->is_ready ? HONE_OK
                            : hone_fail(err, HONE_E_MISSING, "no model fits the %zu results",
                                  belief->data.n);
}

enum hone_code hone_gp_portrait_new(const struct hone_sampler_setup *setup,
    const struct hone_history *history, struct hone_gp_portrait **ret, struct hone_err *err) {
    struct hone_gp_portrait *portrait = hone_new(sizeof(*portrait));
    enum hone_code code;

    if (portrait == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a Gaussian process");
    }
    code = form(portrait, setup, history, err);
    if (code == HONE_OK) {
        code = check(&portrait->belief, err);
    }
    if (code != HONE_OK) {
        hone_gp_portrait_free(portrait);
        return code;
    }
    *ret = portrait;
    return HONE_OK;
}

/* ---- Asking ---- */

/* A warp is monotone, so the ends of an interval are those of the warped one. */
static struct hone_gp_guess guess_of(const struct hone_gp_portrait *portrait, double mean,
    double var) {
    const struct gp_warp *warp = &portrait->belief.data.warp;
    const double half = normal_90 * sqrt(gp_model_floor(&portrait->belief.model, var));

    return (struct hone_gp_guess){
        .mean = gp_warp_inverse(warp, mean),
        .low = gp_warp_inverse(warp, mean - half),
        .high = gp_warp_inverse(warp, mean + half),
    };
}

struct hone_gp_guess hone_gp_portrait_guess(const struct hone_gp_portrait *portrait,
    const double *x_value) {
    const struct hone_space *space = portrait->points.layout.space;
    double mean;
    double var = 0;

    hone_space_encode(space, x_value, portrait->x_unit);
    for (size_t p = 0; p < space->n; p++) {
        portrait->active[p] = hone_space_active(space, p, x_value);
    }
    points_layout_row(&portrait->points.layout, portrait->x_unit, portrait->active, portrait->row);
    mean = gp_model_predict(&portrait->belief.model, portrait->row, &var);
    return guess_of(portrait, mean, var);
}

double hone_gp_portrait_length(const struct hone_gp_portrait *portrait, size_t param) {
    const struct points_layout *layout = &portrait->points.layout;

    for (size_t s = 0; s < layout->scales; s++) {
        if (layout->scale[s].param == param) {
            return 1 / sqrt(portrait->belief.model.weight[s]);
        }
    }
    return NAN;
}

size_t hone_gp_portrait_count(const struct hone_gp_portrait *portrait) {
    return portrait->belief.model.n;
}

struct hone_gp_guess hone_gp_portrait_left_out(const struct hone_gp_portrait *portrait, size_t i,
    uint64_t *ret_number) {
    double var = 0;
    const double mean = gp_model_loo(&portrait->belief.model, i, &var);

    *ret_number = portrait->belief.trial[i];
    return guess_of(portrait, mean, var);
}
