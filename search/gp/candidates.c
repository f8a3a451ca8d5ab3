#include "search/gp/candidates.h"

#include "engine/alloc.h"

#include <gsl/gsl_qrng.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

enum {
    SPREAD_LOW = 128,
    SPREAD_HIGH = 1024,
    SPREAD_EACH = 8,  /* times the dimension */
    AROUND = 64,
    CENTRES = 4,       /* best trials to be changed a little */
    SOBOL_COLUMNS = 40, /* GSL's limit */
};

static const double change_count = 3;    /* parameters that change, on average */
static const double change_share = 0.3;  /* of the parameters, at least */
static const double change_sd[2] = {0.03, 0.1};
static const double local_changes = 20;  /* Eriksson et al. 2019 (TuRBO), section 4 */

static size_t spread_count(const struct points_layout *layout) {
    double wanted = SPREAD_EACH * layout->dimension;

    return (size_t)fmin(fmax(wanted, SPREAD_LOW), SPREAD_HIGH);
}

size_t gp_candidates_count(const struct points_layout *layout) {
    return spread_count(layout) + AROUND;
}

/* ---- All over ---- */

/* A Sobol sequence under a shift that is drawn for this proposal. */
struct spread {
    gsl_qrng *sequence;
    size_t columns;
    double *shift; /* (scales) */
    double *point; /* (scales) in [0, 1) */
};

static void spread_finish(struct spread *spread) {
    gsl_qrng_free(spread->sequence);
    hone_free(spread->shift);
    hone_free(spread->point);
}

static enum hone_code spread_init(struct spread *spread, struct gp_probe *probe,
    struct hone_err *err) {
    const size_t scales = probe->quest->layout->scales;

    spread->columns = scales < SOBOL_COLUMNS ? scales : SOBOL_COLUMNS;
    spread->sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)spread->columns);
    spread->shift = hone_new_array(scales, sizeof(double));
    spread->point = hone_new_array(scales, sizeof(double));
    if (spread->sequence == NULL || spread->shift == NULL || spread->point == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a Sobol sequence");
    }
    for (size_t p = 0; p < scales; p++) {
        spread->shift[p] = hone_rng_uniform(&probe->rng);
    }
    return HONE_OK;
}

/* Beyond the sequence's columns, random numbers. */
static void spread_step(struct spread *spread, struct gp_probe *probe) {
    (void)gsl_qrng_get(spread->sequence, spread->point);
    for (size_t p = 0; p < probe->quest->layout->scales; p++) {
        if (p < spread->columns) {
            spread->point[p] += spread->shift[p];
            spread->point[p] -= floor(spread->point[p]);
        } else {
            spread->point[p] = hone_rng_uniform(&probe->rng);
        }
    }
}

/* The unit value of scale p: within the bounds, unless it is a category. */
static double within(const struct gp_quest *quest, size_t p, double u) {
    return quest->layout->scale[p].category ? u
                                            : quest->low[p] + u * (quest->high[p] - quest->low[p]);
}

static void put_anywhere(struct gp_probe *probe, const struct spread *spread) {
    const struct gp_quest *quest = probe->quest;
    double *x_unit = gp_probe_next(probe);

    for (size_t p = 0; p < quest->layout->space->n; p++) {
        x_unit[p] = 0.5;
    }
    for (size_t p = 0; p < quest->layout->scales; p++) {
        x_unit[quest->layout->scale[p].param] = within(quest, p, spread->point[p]);
    }
    gp_probe_put(probe, NULL);
}

/* In many dimensions a candidate differs from the best trial in some of them only. */
static void put_locally(struct gp_probe *probe, const struct spread *spread) {
    const struct gp_quest *quest = probe->quest;
    const struct points_layout *layout = quest->layout;
    const size_t at = quest->trial[0] * layout->space->n;
    const double chance = fmin(1, local_changes / layout->dimension);
    double *x_unit = gp_probe_next(probe);

    memcpy(x_unit, quest->record->x_unit + at, layout->space->n * sizeof(*x_unit));
    for (size_t p = 0; p < layout->scales; p++) {
        if (hone_rng_uniform(&probe->rng) < chance) {
            x_unit[layout->scale[p].param] = within(quest, p, spread->point[p]);
        }
    }
    gp_probe_refresh(probe);
    gp_probe_put(probe, quest->record->active + at);
}

/* ---- Around the best ---- */

static double reflect(double u) {
    u = fabs(u);
    return u > 1 ? fmax(2 - u, 0) : u;
}

/* One step up or down, when a small change of the unit value would not be one. */
static double step_level(struct gp_probe *probe, const struct hone_param *param, double u,
    double moved) {
    double now = hone_param_decode(param, u);
    double direction = hone_rng_uniform(&probe->rng) < 0.5 ? -1 : 1;
    double next = now + direction * param->step;

    if (hone_param_decode(param, moved) != now) {
        return moved;
    }
    next = next < param->low || next > param->high ? now - direction * param->step : next;
    return hone_param_encode(param, next);
}

static double change(struct gp_probe *probe, const struct points_scale *scale, double u,
    double sd) {
    const struct hone_param *param = &probe->quest->layout->space->param[scale->param];
    double moved;

    if (scale->category) {
        return hone_rng_uniform(&probe->rng);
    }
    moved = reflect(u + gsl_ran_gaussian(&probe->rng.gsl, sd));
    return scale->levels > 0 ? step_level(probe, param, u, moved) : moved;
}

static void put_around(struct gp_probe *probe, size_t centre, double sd) {
    const struct gp_quest *quest = probe->quest;
    const struct points_layout *layout = quest->layout;
    const double *from = quest->record->x_unit + centre * layout->space->n;
    const bool *active = quest->record->active + centre * layout->space->n;
    const double chance = fmin(1, fmax(change_count / layout->dimension, change_share));
    double *x_unit = gp_probe_next(probe);

    memcpy(x_unit, from, layout->space->n * sizeof(*x_unit));
    for (size_t p = 0; p < layout->scales; p++) {
        const struct points_scale *scale = &layout->scale[p];

        if (active[scale->param] && hone_rng_uniform(&probe->rng) < chance) {
            x_unit[scale->param] = change(probe, scale, x_unit[scale->param], sd);
        }
    }
    gp_probe_refresh(probe);
    gp_probe_put(probe, active);
}

enum hone_code gp_candidates_judge(struct gp_probe *probe, struct hone_err *err) {
    const struct gp_quest *quest = probe->quest;
    struct spread spread = {0};
    enum hone_code code = spread_init(&spread, probe, err);

    for (size_t i = 0; code == HONE_OK && i < spread_count(quest->layout); i++) {
        spread_step(&spread, probe);
        if (quest->is_local) {
            put_locally(probe, &spread);
        } else {
            put_anywhere(probe, &spread);
        }
    }
    for (size_t i = 0; code == HONE_OK && i < AROUND; i++) {
        size_t centres = quest->trials < CENTRES ? quest->trials : CENTRES;

        put_around(probe, quest->trial[i % centres], change_sd[i / CENTRES % 2]);
    }
    if (code == HONE_OK) {
        gp_probe_flush(probe);
    }
    spread_finish(&spread);
    return code;
}
