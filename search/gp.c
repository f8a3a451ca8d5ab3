/* Search by a Gaussian process: a probabilistic model of the loss, fitted to the
 * results so far, says where an improvement is to be expected.
 *
 *   first trials   spread evenly (search/points/design.h)
 *   results        fold effects, noise, warp (search/gp/data.h)
 *   model          hyperparameters and posterior (search/gp/belief.h)
 *   proposal       the highest acquisition (search/gp/propose.h)
 *
 * Proposal t is a function of the plan, t and what the view shows; all that is kept
 * between proposals can be rebuilt from the history, to the same bits. */
#include "engine/alloc.h"
#include "search/gp/belief.h"
#include "search/gp/insight.h"
#include "search/gp/propose.h"
#include "search/gp/settings.h"
#include "search/points/points.h"
#include "search/samplers.h"

#include <math.h>
#include <stdio.h>

struct gp_config {
    int64_t initial;
    int warp;
    int kernel;
    double margin;
    bool deterministic;
    int failure;
    int trust_region;
};

enum { FAILURE_CLASSIFY, FAILURE_WORST };
enum { REGION_AUTO, REGION_ON, REGION_OFF };

static const char *const warp_names[] = {"halfrank", "yj", "none", NULL};
static const char *const kernel_names[] = {"matern52", "rbf", NULL};
static const char *const failure_names[] = {"classify", "worst", NULL};
static const char *const region_names[] = {"auto", "on", "off", NULL};

static const struct hone_option gp_options[] = {
    HONE_INTEGER(struct gp_config, initial, 0, 0, 1e6,
        "trials that are spread evenly before the model is asked; 0: by the space"),
    HONE_ONE_OF(struct gp_config, warp, warp_names, GP_WARP_HALFRANK,
        "how losses are made more normal for the model"),
    HONE_ONE_OF(struct gp_config, kernel, kernel_names, 0,
        "how smooth the loss is taken to be; rbf: very"),
    HONE_REAL(struct gp_config, margin, 1, 0, 10,
        "how many standard errors below the best expected loss count as better"),
    HONE_FLAG(struct gp_config, deterministic, 0,
        "whether the same point always gives the same loss"),
    HONE_ONE_OF(struct gp_config, failure, failure_names, FAILURE_CLASSIFY,
        "failed trials: places to avoid, or losses worse than all others"),
    HONE_ONE_OF(struct gp_config, trust_region, region_names, REGION_AUTO,
        "whether to stay near the best trial; auto: above 20 parameters"),
    HONE_OPTIONS_END,
};

/* Between these the size of the design mattered little: 10 trials gave -1.015 mean
 * log10 regret, half the dimension and three more -0.991 (standard error 0.02). */
enum { INITIAL_LOW = 6, INITIAL_HIGH = 16, INITIAL_EXTRA = 2, INITIAL_LEAST = 4 };
enum { BUDGET_SHARE = 5 };

/* The last trials, a twentieth of the budget but at most 3, go where the lowest loss is
 * expected: there is no later trial to learn for, and what is recommended must have
 * been tried. With noise -0.20 to -0.15 mean log10 regret on 10 functions (last 6:
 * -0.18, last 12: -0.15). */
enum { LAST_SHARE = 20, LAST_LIMIT = 3 };

static const double region_dimension = 20; /* above it, the trust region is on */

struct gp_sampler {
    struct hone_sampler base;
    struct hone_sampler_setup setup;
    const struct gp_config *config;
    uint64_t seed;
    uint64_t last; /* once so many are spent, nothing is to be learnt for later trials */
    struct points points;
    struct gp_belief belief;
    struct hone_sampler *beyond; /* tpe, for more than the limits */
    void *beyond_config;
};

static struct gp_sampler *downcast(struct hone_sampler *self) {
    hone_assert(self->type == &hone_sampler_gp);
    return (struct gp_sampler *)self;
}

/* Beyond these a Gaussian process costs more than it gives, and Parzen estimators
 * propose in its place. */
enum { TRIALS_LIMIT = 20000, SCALES_LIMIT = 500 };

static bool is_beyond(const struct gp_sampler *sampler, size_t trials) {
    return trials >= TRIALS_LIMIT || sampler->points.layout.scales > SCALES_LIMIT;
}

/* ---- Life ---- */

static void gp_free(struct hone_sampler *self) {
    if (self != NULL) {
        struct gp_sampler *sampler = downcast(self);

        hone_sampler_free(sampler->beyond);
        hone_free(sampler->beyond_config);
        gp_belief_finish(&sampler->belief);
        points_finish(&sampler->points);
        hone_free(sampler);
    }
}

static size_t initial_trials(const struct gp_config *config, const struct points_layout *layout,
    uint64_t budget) {
    double wanted = ceil(layout->dimension) + INITIAL_EXTRA;
    double share = floor((double)budget / BUDGET_SHARE);

    if (config->initial > 0) {
        return (size_t)config->initial;
    }
    wanted = fmin(fmax(wanted, INITIAL_LOW), INITIAL_HIGH);
    return (size_t)fmax(fmin(wanted, share), INITIAL_LEAST);
}

static uint64_t last_trials(uint64_t budget) {
    uint64_t count = (budget + LAST_SHARE - 1) / LAST_SHARE;

    return budget == UINT64_MAX ? budget : budget - (count < LAST_LIMIT ? count : LAST_LIMIT);
}

struct gp_settings gp_settings_of(const void *self) {
    const struct gp_config *config = self;

    return (struct gp_settings){
        .reading = {.warp = (enum gp_warp_kind)config->warp,
            .failed_is_worst = config->failure == FAILURE_WORST},
        .kernel = config->kernel == 0 ? &gp_kernel_matern52 : &gp_kernel_rbf,
        .deterministic = config->deterministic,
    };
}

static enum hone_code furnish(struct gp_sampler *sampler,
    const struct hone_sampler_setup *setup, struct hone_err *err) {
    const struct points_layout *layout = &sampler->points.layout;
    struct gp_settings settings = gp_settings_of(sampler->config);
    enum hone_code code = points_init(&sampler->points, setup->space, err);

    sampler->last = last_trials(setup->budget);
    if (code == HONE_OK) {
        code = points_plan(&sampler->points, setup,
            initial_trials(sampler->config, layout, setup->budget), err);
    }
    return code == HONE_OK ? gp_belief_init(&sampler->belief, layout, &settings, err) : code;
}

static enum hone_code gp_create(const struct hone_sampler_setup *setup,
    struct hone_sampler **ret, struct hone_err *err) {
    struct gp_sampler *sampler = hone_new(sizeof(*sampler));
    enum hone_code code;

    if (sampler == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a Gaussian process");
    }
    sampler->base.type = &hone_sampler_gp;
    sampler->setup = *setup;
    sampler->config = setup->config;
    sampler->seed = setup->seed;
    code = furnish(sampler, setup, err);
    if (code != HONE_OK) {
        gp_free(&sampler->base);
        return code;
    }
    *ret = &sampler->base;
    return HONE_OK;
}

/* ---- Asking ---- */

/* Whether the model predicts left-out results worse than a constant would. Then
 * every second trial is spread evenly, until it does better. */
static bool must_learn(const struct gp_sampler *sampler, const struct hone_view *view,
    struct hone_proposal *ret_proposal) {
    double gain = gp_belief_skill(&sampler->belief).gain;

    if (gain >= 0 || view->asking % 2 == 0) {
        return false;
    }
    (void)snprintf(ret_proposal->why, sizeof(ret_proposal->why),
        "the model predicts left-out trials worse than their mean does (log density %.3g), so "
        "every second point is spread evenly", gain);
    return true;
}

/* How many of the trials so far the budget counts. */
static uint64_t spent(const struct hone_view *view) {
    uint64_t count = 0;

    for (size_t t = 0; t < view->asking; t++) {
        count += !hone_trial_is_imported(&view->history->trial[t]);
    }
    return count;
}

static enum hone_code ask_model(struct gp_sampler *sampler, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    const int region = sampler->config->trust_region;
    const double dimension = sampler->points.layout.dimension;
    struct gp_proposer proposer = {
        .belief = &sampler->belief,
        .record = &sampler->points.record,
        .seed = sampler->seed,
        .margin = sampler->config->margin,
        .is_local = region == REGION_ON ||
                    (region == REGION_AUTO && dimension > region_dimension),
        .is_last = spent(view) >= sampler->last,
        .maximize = sampler->setup.maximize,
        .initial = sampler->points.initial,
    };
    struct hone_err reason;
    enum hone_code code = gp_propose(&proposer, view, ret_proposal, &reason);

    if (code == HONE_E_NOMEM) {
        *err = reason;
        return code;
    }
    if (code != HONE_OK) {
        (void)snprintf(ret_proposal->why, sizeof(ret_proposal->why), "%.200s", reason.text);
        return points_spread(&sampler->points, view, "fallback", ret_proposal, err);
    }
    return HONE_OK;
}

/* Brings the record to `count` trials, and the belief to those that are settled
 * unless there are too few for one. */
static enum hone_code reach(struct gp_sampler *sampler, const struct hone_view *view,
    size_t count, struct hone_err *err) {
    enum hone_code code = points_read(&sampler->points, view->history, count, err);

    if (code == HONE_OK && count >= sampler->points.initial) {
        code = gp_belief_reach(&sampler->belief, &sampler->points.record, view->history,
            view->settled, err);
    }
    return code;
}

/* With its own options at their defaults. */
static enum hone_code open_beyond(struct gp_sampler *sampler, struct hone_err *err) {
    const struct hone_sampler_type *type = &hone_sampler_tpe;
    struct hone_sampler_setup setup = sampler->setup;

    sampler->beyond_config = hone_new(type->config_size);
    if (sampler->beyond_config == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for Parzen estimators");
    }
    hone_options_preset(type->options, sampler->beyond_config);
    setup.config = sampler->beyond_config;
    return hone_sampler_create(type, &setup, &sampler->beyond, err);
}

static enum hone_code ask_beyond(struct gp_sampler *sampler, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    if (sampler->beyond == NULL) {
        hone_free(sampler->beyond_config);
        code = open_beyond(sampler, err);
    }
    return code == HONE_OK ? hone_sampler_ask(sampler->beyond, view, ret_proposal, err) : code;
}

static enum hone_code gp_ask(struct hone_sampler *self, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    struct gp_sampler *sampler = downcast(self);
    enum hone_code code;

    if (is_beyond(sampler, view->asking)) {
        return ask_beyond(sampler, view, ret_proposal, err);
    }
    code = reach(sampler, view, view->asking, err);

    if (code != HONE_OK) {
        return code;
    }
    if (view->asking < sampler->points.initial) {
        return points_spread_first(&sampler->points, view, ret_proposal, err);
    }
    if (!sampler->belief.is_ready) {
        bool few = sampler->belief.data.n < GP_RESULTS_AT_LEAST;

        (void)snprintf(ret_proposal->why, sizeof(ret_proposal->why),
            few ? "%zu results are too few for a model" : "no model fits the %zu results",
            sampler->belief.data.n);
        return points_spread(&sampler->points, view, few ? "design" : "fallback", ret_proposal,
            err);
    }
    ret_proposal->refitted = gp_belief_is_fresh(&sampler->belief);
    if (must_learn(sampler, view, ret_proposal)) {
        return points_spread(&sampler->points, view, "design", ret_proposal, err);
    }
    return ask_model(sampler, view, ret_proposal, err);
}

/* ---- Reflecting ---- */

static enum hone_code gp_reflect(struct hone_sampler *self, const struct hone_view *view,
    struct hone_insight *ret_insight, struct hone_err *err) {
    struct gp_sampler *sampler = downcast(self);
    const struct gp_thinker thinker = {.belief = &sampler->belief,
        .record = &sampler->points.record, .seed = sampler->seed,
        .initial = sampler->points.initial};
    struct hone_err reason;
    enum hone_code code;

    if (is_beyond(sampler, view->settled)) {
        return HONE_OK;
    }
    code = reach(sampler, view, view->settled, err);
    if (code != HONE_OK || view->settled < sampler->points.initial || !sampler->belief.is_ready) {
        return code;
    }
    code = gp_think(&thinker, view, ret_insight, &reason);
    if (code == HONE_E_NOMEM) {
        *err = reason;
        return code;
    }
    return HONE_OK; /* numbers that come to nothing say nothing */
}

const struct hone_sampler_type hone_sampler_gp = {
    .name = "gp",
    .summary = "where a model of the loss, a Gaussian process, expects improvement",
    .options = gp_options,
    .config_size = sizeof(struct gp_config),
    .races = true,
    .create = gp_create,
    .ask = gp_ask,
    .reflect = gp_reflect,
    .free = gp_free,
};
