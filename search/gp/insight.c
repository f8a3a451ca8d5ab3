#include "search/gp/insight.h"

#include "engine/alloc.h"
#include "search/gp/acquisition.h"
#include "search/gp/maximise.h"
#include "search/gp/propose.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <string.h>

/* Width of the confidence bounds, sqrt(beta): Srinivas et al. 2010, theorem 1, with the
 * fifth that Makarova et al. 2022 ("Automatic termination for hyperparameter
 * optimization", section 4) found to suffice. */
static const double beta_share = 0.2;
static const double beta_delta = 0.1;

/* In sds of what varies with the point. */
static const double no_noise = 0.01;

/* No end is called before: a model of fewer trials is easily too sure. */
enum { ENOUGH_AT_LEAST = 20, ENOUGH_DESIGNS = 2 };

struct thought {
    size_t *order; /* (model.n) by posterior mean */
    double *mean;  /* (model.n) */
    size_t *trial; /* (model.n) by posterior mean */
    double *bound; /* (2, scales) */
    struct gp_acquisition acquisition;
    struct gp_pool pool;
};

static void thought_finish(struct thought *t) {
    hone_free(t->order);
    hone_free(t->mean);
    hone_free(t->trial);
    hone_free(t->bound);
    gp_acquisition_finish(&t->acquisition);
    gp_pool_finish(&t->pool);
}

static enum hone_code thought_init(struct thought *t, const struct gp_belief *belief,
    struct hone_err *err) {
    const size_t n = belief->model.n;
    const size_t scales = belief->layout->scales;

    t->order = hone_new_array(n, sizeof(*t->order));
    t->mean = hone_new_array(n, sizeof(*t->mean));
    t->trial = hone_new_array(n, sizeof(*t->trial));
    t->bound = hone_new_array(scales, 2 * sizeof(*t->bound));
    if (t->order == NULL || t->mean == NULL || t->trial == NULL || t->bound == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory to think about %zu trials", n);
    }
    gp_order_by_mean(belief, t->mean, t->order, t->trial);
    for (size_t p = 0; p < scales; p++) {
        t->bound[scales + p] = 1;
    }
    return HONE_OK;
}

/* ---- The best trial ---- */

/* The noise of the i-th result, in sds of what varies with the point. */
static double noise_of(const struct gp_belief *belief, size_t i) {
    return sqrt(gp_belief_noise(belief, i) / belief->model.s2);
}

/* The point of the model whose trial is complete and expected to be the best, or
 * model.n: the one with the lowest mean, but where there is no noise to speak of the
 * one with the lowest loss, as means are then off by no more than the model is. */
static size_t best_complete(const struct thought *t, const struct gp_belief *belief) {
    const size_t n = belief->model.n;
    const struct hone_trial *trials = belief->history->trial;
    size_t best = n;

    for (size_t i = 0; i < n && best == n; i++) {
        best = trials[t->trial[i]].state == HONE_COMPLETE ? t->order[i] : n;
    }
    for (size_t i = 0; best < n && noise_of(belief, best) < no_noise && i < n; i++) {
        const struct hone_trial *trial = &trials[belief->trial[i]];

        if (trial->state == HONE_COMPLETE && trial->loss < trials[belief->trial[best]].loss) {
            best = i;
        }
    }
    return best;
}

/* ---- What may be gained ---- */

static double confidence_of(const struct gp_belief *belief) {
    const double d = belief->layout->dimension;
    const double n = (double)belief->model.n;

    return sqrt(beta_share * 2 * log(d * n * n * M_PI * M_PI / (6 * beta_delta)));
}

/* The lowest loss that any point may have, as far as the model is sure. */
static enum hone_code lowest_bound(const struct gp_thinker *thinker,
    const struct hone_view *view, struct thought *t, double confidence, double *ret,
    struct hone_err *err) {
    const struct gp_belief *belief = thinker->belief;
    struct gp_quest quest = {.layout = belief->layout, .acquisition = &t->acquisition,
        .record = thinker->record, .trials = belief->model.n, .trial = t->trial,
        .low = t->bound, .high = t->bound + belief->layout->scales, .seed = thinker->seed,
        .asking = view->settled};
    enum hone_code code = gp_acquisition_init(&t->acquisition, &belief->model, 0, err);

    t->acquisition.confidence = confidence;
    if (code == HONE_OK) {
        code = gp_maximise(&quest, &t->pool, err);
    }
    *ret = (double)INFINITY;
    for (size_t i = 0; code == HONE_OK && i < t->pool.count; i++) {
        *ret = fmin(*ret, -t->pool.value[i]);
    }
    return code;
}

/* The most that the loss of one of the model's points, the best in that, may have. */
static double upper_bound(const struct thought *t, const struct gp_belief *belief,
    double confidence) {
    double lowest = (double)INFINITY;

    for (size_t i = 0; i < belief->model.n; i++) {
        lowest = fmin(lowest, t->mean[i] + confidence * gp_model_sd_at(&belief->model, i));
    }
    return lowest;
}

/* A gain below this is lost in how trials are judged. From folds, the corrected error
 * of the best trial's mean (Nadeau, Bengio 2003): its k training sets overlap. Else the
 * noise of a single result. */
static double tolerance_of(const struct gp_belief *belief, size_t best) {
    const struct gp_data *data = &belief->data;
    const double k = (double)belief->history->folds;
    double ret;

    if (data->is_known) {
        size_t place = belief->place[belief->trial[best]];
        double variance = data->se2[place] * (double)data->folds[place];

        return sqrt((1 / k + 1 / (k - 1)) * variance);
    }
    (void)gp_loss_of(belief, gp_model_mean_at(&belief->model, best),
        sqrt(gp_belief_noise(belief, best)), &ret);
    return ret;
}

static enum hone_code weigh_going_on(const struct gp_thinker *thinker,
    const struct hone_view *view, struct thought *t, size_t best, struct hone_insight *ret,
    struct hone_err *err) {
    const struct gp_belief *belief = thinker->belief;
    const double confidence = confidence_of(belief);
    const size_t at_least = ENOUGH_DESIGNS * thinker->initial;
    double lower, unused;
    enum hone_code code = lowest_bound(thinker, view, t, confidence, &lower, err);

    if (code != HONE_OK) {
        return code;
    }
    ret->remaining = fmax(gp_loss_of(belief, upper_bound(t, belief, confidence), 0, &unused) -
                              gp_loss_of(belief, lower, 0, &unused), 0);
    ret->tolerance = tolerance_of(belief, best);
    ret->is_enough = ret->remaining < ret->tolerance && belief->model.n >= ENOUGH_AT_LEAST &&
                     belief->model.n >= at_least;
    return HONE_OK;
}

/* ---- Hyperparameters ---- */

static void tell_model(const struct gp_belief *belief, size_t best, struct hone_insight *ret) {
    const struct points_layout *layout = belief->layout;
    const struct gp_skill skill = gp_belief_skill(belief);

    ret->is_fit = gp_belief_is_fresh(belief);
    ret->noise = noise_of(belief, best);
    ret->loo_gain = skill.gain;
    ret->loo_r2 = skill.r2;
    ret->loo_coverage = skill.coverage;
    for (size_t p = 0; p < layout->space->n; p++) {
        ret->length[p] = (double)NAN;
    }
    for (size_t s = 0; s < layout->scales; s++) {
        ret->length[layout->scale[s].param] = 1 / sqrt(belief->model.weight[s]);
    }
}

enum hone_code gp_think(const struct gp_thinker *thinker, const struct hone_view *view,
    struct hone_insight *ret, struct hone_err *err) {
    const struct gp_belief *belief = thinker->belief;
    struct thought t = {0};
    size_t best = belief->model.n;
    enum hone_code code = thought_init(&t, belief, err);

    if (code == HONE_OK) {
        best = best_complete(&t, belief);
    }
    if (code == HONE_OK && best < belief->model.n) {
        code = weigh_going_on(thinker, view, &t, best, ret, err);
        if (code == HONE_OK) {
            ret->is_known = true;
            ret->best = belief->trial[best];
            ret->mean = gp_loss_of(belief, t.mean[best],
                gp_model_sd_at(&belief->model, best), &ret->sd);
            tell_model(belief, best, ret);
        }
    }
    thought_finish(&t);
    return code;
}
