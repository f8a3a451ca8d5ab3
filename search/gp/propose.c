#include "search/gp/propose.h"

#include "engine/alloc.h"
#include "engine/rng.h"
#include "search/gp/acquisition.h"
#include "search/gp/maximise.h"
#include "search/gp/region.h"
#include "search/gp/threshold.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double believed_noise = 1e-6; /* relative to s2 */
static const double above_all = 1;         /* the losses' standard deviation */

/* How much the ends of ranges are avoided (search/gp/inward.h), but by the last trials, which
 * take the lowest mean. On 16 problems with 30 seeds of their own, mean log10 regret after
 * 30 | 60 trials against none: with noise 0.1 gave -0.01 | -0.04, 0.25 -0.03 | -0.04, 0.5
 * -0.05 | -0.06, 1 -0.05 | -0.03; 0.5 with a weight that falls with the root of the trials
 * -0.02 | -0.04; without noise 0.5 gave -0.15 | -0.06. Only a surface whose best values are
 * at ends lost, by 0.1. */
static const double inward_weight = 0.5;

enum {
    DRAWS = GP_DRAWS_LIMIT, /* of the pending results, in antithetic pairs */
    FAILED_LIMIT = 512,     /* failed trials that are looked at, the latest */
};

/* What a proposal is made with. */
struct work {
    const struct gp_proposer *proposer;
    const struct hone_view *view;
    size_t *order; /* (model.n) by posterior mean */
    double *mean;  /* (model.n) */
    size_t *trial; /* (model.n) by posterior mean */
    double lowest; /* mean of the model's points */
    size_t pending_count;
    size_t *pending;       /* (asking) trials that are running */
    struct gp_model copy;  /* with believed results, when too many are running */
    struct gp_model model; /* what is used: the belief's or the copy; owns nothing */
    double *row;           /* room for the rows of some trials */
    double *bound;         /* (2, scales) */
    struct gp_acquisition acquisition;
    struct gp_pool pool;
};

void gp_order_by_mean(const struct gp_belief *belief, double *ret_mean, size_t *ret_order,
    size_t *ret_trial) {
    for (size_t i = 0; i < belief->model.n; i++) {
        ret_mean[i] = gp_model_mean_at(&belief->model, i);
    }
    gsl_sort_index(ret_order, ret_mean, 1, belief->model.n);
    for (size_t i = 0; i < belief->model.n; i++) {
        ret_trial[i] = belief->trial[ret_order[i]];
    }
}

double gp_loss_of(const struct gp_belief *belief, double mean, double sd, double *ret_sd) {
    const struct gp_warp *warp = &belief->data.warp;

    *ret_sd = (gp_warp_inverse(warp, mean + sd) - gp_warp_inverse(warp, mean - sd)) / 2;
    return gp_warp_inverse(warp, mean);
}

/* ---- Preparation ---- */

/* Running: no result that may be seen, and no failure. */
static bool is_pending(const struct work *w, size_t t) {
    return t >= w->view->settled ||
           !hone_state_is_finished(w->view->history->trial[t].state);
}

static void work_finish(struct work *w) {
    hone_free(w->order);
    hone_free(w->mean);
    hone_free(w->trial);
    hone_free(w->pending);
    hone_free(w->row);
    hone_free(w->bound);
    gp_model_finish(&w->copy);
    gp_acquisition_finish(&w->acquisition);
    gp_pool_finish(&w->pool);
}

static enum hone_code work_init(struct work *w, struct hone_err *err) {
    const struct gp_belief *belief = w->proposer->belief;
    const size_t n = belief->model.n;
    size_t rows = w->view->asking > GP_PENDING_LIMIT ? w->view->asking : GP_PENDING_LIMIT;

    w->order = hone_new_array(n, sizeof(*w->order));
    w->mean = hone_new_array(n, sizeof(*w->mean));
    w->trial = hone_new_array(n, sizeof(*w->trial));
    w->pending = hone_new_array(w->view->asking, sizeof(*w->pending));
    w->row = hone_new_array(rows, belief->layout->columns * sizeof(double));
    w->bound = hone_new_array(belief->layout->scales, 2 * sizeof(double));
    if (w->order == NULL || w->mean == NULL || w->trial == NULL || w->pending == NULL ||
        w->row == NULL || w->bound == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a proposal by the model");
    }
    gp_order_by_mean(belief, w->mean, w->order, w->trial);
    w->lowest = w->mean[w->order[0]];
    for (size_t t = 0; t < w->view->asking; t++) {
        if (is_pending(w, t)) {
            w->pending[w->pending_count++] = t;
        }
    }
    w->model = belief->model;
    return HONE_OK;
}

/* The rows of some trials, one after the other. */
static const double *rows_of(struct work *w, size_t count, const size_t *trial) {
    const size_t columns = w->proposer->belief->layout->columns;

    for (size_t i = 0; i < count; i++) {
        memcpy(w->row + i * columns, w->proposer->record->row + trial[i] * columns,
            columns * sizeof(double));
    }
    return w->row;
}

/* Running trials beyond what can be drawn are believed to come to their mean
 * (Ginsbourger, Le Riche, Carraro 2010, "kriging believer"). */
static enum hone_code believe_rest(struct work *w, struct hone_err *err) {
    const struct gp_belief *belief = w->proposer->belief;
    const size_t extra = w->pending_count - GP_PENDING_LIMIT;
    const size_t columns = belief->layout->columns;
    enum hone_code code =
        gp_model_copy(&belief->model, belief->model.n + extra, &w->copy, err);

    for (size_t i = GP_PENDING_LIMIT; i < w->pending_count && code == HONE_OK; i++) {
        const double *row = w->proposer->record->row + w->pending[i] * columns;
        double var;
        double mean = gp_model_predict(&belief->model, row, &var);

        code = gp_model_append(&w->copy, row, believed_noise * w->copy.s2, err);
        if (code == HONE_OK) {
            w->copy.z[w->copy.n - 1] = mean;
        }
        code = code == HONE_E_NUMERIC ? HONE_OK : code; /* it adds nothing */
    }
    if (code == HONE_OK) {
        gp_model_observe(&w->copy, w->copy.z, belief->model.mean);
        w->model = w->copy;
    }
    return code;
}

static enum hone_code draw_pending(struct work *w, struct hone_err *err) {
    size_t count = w->pending_count < GP_PENDING_LIMIT ? w->pending_count : GP_PENDING_LIMIT;
    double normal[GP_DRAWS_LIMIT][GP_PENDING_LIMIT] = {{0}};
    struct hone_rng rng;

    hone_rng_at(&rng, w->proposer->seed, w->view->asking, 0, HONE_FOR_MODEL);
    for (size_t s = 0; s < DRAWS; s += 2) {
        for (size_t b = 0; b < count; b++) {
            normal[s][b] = gsl_ran_gaussian(&rng.gsl, 1);
            normal[s + 1][b] = -normal[s][b];
        }
    }
    return gp_acquisition_pend(&w->acquisition, count, rows_of(w, count, w->pending), DRAWS,
        normal, err);
}

static enum hone_code account_for_failures(struct work *w, struct hone_err *err) {
    const struct gp_data *data = &w->proposer->belief->data;
    size_t count = data->failed < FAILED_LIMIT ? data->failed : FAILED_LIMIT;

    if (count == 0) {
        return HONE_OK;
    }
    return gp_acquisition_fail(&w->acquisition, count,
        rows_of(w, count, data->failed_trial + data->failed - count), data->n, err);
}

/* What is to be improved upon. Every second proposal is for a gain that no split would doubt, the
 * others get to the bottom of what was found. A threshold far above all means is improved upon
 * the most where the mean is the lowest. */
static double threshold_of(struct work *w) {
    const struct gp_ranking ranking = {.belief = w->proposer->belief,
        .record = w->proposer->record, .order = w->order};

    return w->proposer->is_last ? w->lowest + above_all
                                : gp_threshold(&ranking, w->proposer->margin,
                                      w->view->asking % 2 == 0, w->mean);
}

static enum hone_code prepare(struct work *w, struct hone_err *err) {
    enum hone_code code = work_init(w, err);

    if (code == HONE_OK && w->pending_count > GP_PENDING_LIMIT) {
        code = believe_rest(w, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    code = gp_acquisition_init(&w->acquisition, &w->model, threshold_of(w), err);
    w->acquisition.inward = w->proposer->is_last ? 0 : inward_weight;
    if (code == HONE_OK && w->pending_count > 0) {
        code = draw_pending(w, err);
    }
    if (code == HONE_OK) {
        code = account_for_failures(w, err);
    }
    return code;
}

static void set_bounds(struct work *w, double *ret_side) {
    const struct gp_proposer *proposer = w->proposer;
    const struct points_layout *layout = proposer->belief->layout;
    double *low = w->bound;
    double *high = w->bound + layout->scales;

    *ret_side = 0;
    for (size_t p = 0; p < layout->scales; p++) {
        low[p] = 0;
        high[p] = 1;
    }
    if (proposer->is_local) {
        *ret_side = gp_region_side(&proposer->belief->data, proposer->initial,
            layout->dimension);
        gp_region_bounds(layout, w->model.weight,
            proposer->record->row + w->trial[0] * layout->columns, *ret_side, low, high);
    }
}

/* ---- Words ---- */

/* The two active parameters with the shortest length scales: those that the model
 * takes to matter most here. */
static void most_sensitive(const struct work *w, const struct gp_place *place,
    const char *ret_name[2]) {
    const struct points_layout *layout = w->proposer->belief->layout;
    double weight[2] = {0, 0};

    ret_name[0] = NULL;
    ret_name[1] = NULL;
    for (size_t p = 0; p < layout->scales; p++) {
        const char *name = layout->space->param[layout->scale[p].param].name;
        double own = w->model.weight[p];

        if (!place->active[layout->scale[p].param] || own <= weight[1]) {
            continue;
        }
        weight[1] = own;
        ret_name[1] = name;
        if (own > weight[0]) {
            weight[1] = weight[0];
            ret_name[1] = ret_name[0];
            weight[0] = own;
            ret_name[0] = name;
        }
    }
}

static void explain(const struct work *w, const struct gp_place *place, double side,
    struct hone_proposal *ret) {
    const char *name[2];
    double unused;
    double best = gp_loss_of(w->proposer->belief, w->lowest, 0, &unused);
    const double sign = w->proposer->maximize ? -1 : 1;
    int used = snprintf(ret->why, sizeof(ret->why),
        "the model expects %.4g ± %.2g here, %.4g at the best trial; acquisition %.3g",
        sign * ret->mean, ret->sd, sign * best, ret->acquisition);

    most_sensitive(w, place, name);
    if (name[0] != NULL && used > 0 && (size_t)used < sizeof(ret->why)) {
        used += snprintf(ret->why + used, sizeof(ret->why) - (size_t)used,
            "; most sensitive to %.40s%s%.40s", name[0], name[1] != NULL ? ", " : "",
            name[1] != NULL ? name[1] : "");
    }
    if (side > 0 && (size_t)used < sizeof(ret->why)) {
        used += snprintf(ret->why + used, sizeof(ret->why) - (size_t)used,
            "; within %.2g of the best", side / 2);
    }
    if (w->proposer->is_last && (size_t)used < sizeof(ret->why)) {
        (void)snprintf(ret->why + used, sizeof(ret->why) - (size_t)used,
            "; one of the last trials, it goes where the best value is expected");
    }
}

/* ---- The choice ---- */

static void accept(struct work *w, size_t i, double side, struct hone_proposal *ret) {
    const struct points_layout *layout = w->proposer->belief->layout;
    struct gp_place place = gp_pool_at(&w->pool, i);
    double var;
    double mean = gp_model_predict(&w->model, place.row, &var);

    memcpy(ret->x_unit, place.x_unit, layout->space->n * sizeof(*ret->x_unit));
    ret->part = "model";
    ret->mean = gp_loss_of(w->proposer->belief, mean, sqrt(var), &ret->sd);
    ret->acquisition = w->pool.value[i];
    explain(w, &place, side, ret);
}

/* The best point that no trial has. */
static enum hone_code choose(struct work *w, double side, struct hone_proposal *ret,
    struct hone_err *err) {
    size_t *order = hone_new_array(w->pool.count, sizeof(*order));
    size_t i = 0;

    if (order == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory to sort %zu candidates", w->pool.count);
    }
    gp_pool_sort(&w->pool, order);
    while (i < w->pool.count &&
           points_record_has(w->proposer->record, gp_pool_at(&w->pool, order[i]).row)) {
        i++;
    }
    if (i < w->pool.count) {
        accept(w, order[i], side, ret);
    }
    hone_free(order);
    if (i == w->pool.count) {
        return hone_fail(err, HONE_E_MISSING,
            "every point that the model would propose was tried before");
    }
    return HONE_OK;
}

enum hone_code gp_propose(const struct gp_proposer *proposer, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    const struct gp_belief *belief = proposer->belief;
    struct work w = {.proposer = proposer, .view = view};
    double side = 0;
    enum hone_code code = prepare(&w, err);

    if (code == HONE_OK) {
        struct gp_quest quest = {.layout = belief->layout, .acquisition = &w.acquisition,
            .record = proposer->record, .trials = belief->model.n, .trial = w.trial,
            .low = w.bound, .high = w.bound + belief->layout->scales,
            .is_local = proposer->is_local, .seed = proposer->seed, .asking = view->asking};

        set_bounds(&w, &side);
        code = gp_maximise(&quest, &w.pool, err);
    }
    if (code == HONE_OK) {
        code = choose(&w, side, ret_proposal, err);
    }
    work_finish(&w);
    return code;
}
