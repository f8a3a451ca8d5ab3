/* Search by a tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kegl 2011,
 * "Algorithms for hyper-parameter optimization", NIPS 24; here after Watanabe 2023,
 * "Tree-structured Parzen estimator", arXiv:2304.11127): the trials are parted into a
 * few good ones and the others, a density l is estimated from the first and g from the
 * second, and of some points drawn from l the one with the highest l / g is proposed,
 * which is the one with the highest expected improvement (Watanabe's appendix A).
 *
 *   first trials   spread evenly (search/points/design.h)
 *   good ones      which they are (search/tpe/split.h)
 *   densities      search/tpe/parzen.h
 *
 * Each proposal is made from the history alone, with nothing kept but the points'
 * rows.
 *
 * Mean log10 regret (relative, floor 1e-3, base: the best of 60 random points) of
 * what was tried, on 14 functions, 10 of numbers and 4 mixed or conditional, with 60
 * seeds, 60 trials without noise | the 4 alone | with noise as large as the spread of
 * the better half | 30 trials without noise; the first row is as Optuna 5 has it:
 *     narrowing 1 of both densities          -0.764  -0.547  0.009  -0.390
 *     1.5 of both                            -0.968  -0.550  0.046  -0.480
 *     1.5 of the good, 1 of the others       -0.953  -0.642  0.014  -0.484
 *     1 of the good, 1.5 of the others       -0.758  -0.533  0.030  -0.386
 *     2 of the good, 1 of the others         -1.002  -0.461  0.020  -0.504
 *     2 of both                              -0.990  -0.472  0.034
 *     1.5 of both, share 0.15                -0.948  -0.455  0.035  -0.522
 *     1.5 of both, 64 candidates             -0.982  -0.527  0.045  -0.475
 *     1.5 of both, 12 candidates             -0.897  -0.588  0.033  -0.435
 *     1 of both, 0.75 sqrt n good ones       -0.767  -0.513
 *     1 of both, widths by Scott's rule      -0.763  -0.605
 *     1 of both, older trials weigh less     -0.760  -0.567
 *     1 of both, prior twice the weight      -0.750  -0.506
 */
#include "search/samplers.h"

#include "engine/alloc.h"
#include "search/points/points.h"
#include "search/tpe/parzen.h"
#include "search/tpe/split.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct tpe_config {
    int64_t initial;
    int64_t candidates;
    double share;
    int64_t limit;
    double narrowing;
};

/* Watanabe's sections: the share and its limit, "Splitting algorithm" (he has 0.15
 * recommended, Optuna 0.1 and 25); candidates, section 2; narrowing, "Bandwidth
 * selection", the exponent of magic clipping (2 recommended, 1 in Optuna). */
static const struct hone_option tpe_options[] = {
    HONE_INTEGER(struct tpe_config, initial, 0, 0, 1e6,
        "trials that are spread evenly before results are looked at; 0: by the budget"),
    HONE_INTEGER(struct tpe_config, candidates, 24, 1, 1e5,
        "points that are drawn for each trial, the best of which is taken"),
    HONE_REAL(struct tpe_config, share, 0.1, 0.001, 0.999,
        "how many of the results count as good"),
    HONE_INTEGER(struct tpe_config, limit, 25, 1, 1e6, "at most so many results count as good"),
    HONE_REAL(struct tpe_config, narrowing, 1.5, 0.1, 4,
        "how fast the least distance kept from good results shrinks with their number"),
    HONE_OPTIONS_END,
};

/* The density of the other trials is wider than that of the good ones: see above. */
static const double other_narrowing = 1;

/* Optuna's 10, but not more than a fifth of a small budget. */
enum { INITIAL = 10, INITIAL_LEAST = 4, BUDGET_SHARE = 5 };

enum {
    RESULTS_AT_LEAST = 2, /* one alone is neither good nor bad */
    ROUNDS = 4,           /* of candidates, when those before were all tried already */
};

struct tpe_sampler {
    struct hone_sampler base;
    const struct tpe_config *config;
    uint64_t seed;
    struct points points;
    double *x_unit, *x_value; /* (space->n) room for a candidate */
    bool *active;             /* (space->n) */
    double *row;              /* (layout.columns) */
    struct tpe_place *place;  /* (layout.scales) */
};

static struct tpe_sampler *downcast(struct hone_sampler *self) {
    hone_assert(self->type == &hone_sampler_tpe);
    return (struct tpe_sampler *)self;
}

/* ---- Life ---- */

static void tpe_free(struct hone_sampler *self) {
    if (self != NULL) {
        struct tpe_sampler *sampler = downcast(self);

        points_finish(&sampler->points);
        hone_free(sampler->x_unit);
        hone_free(sampler->x_value);
        hone_free(sampler->active);
        hone_free(sampler->row);
        hone_free(sampler->place);
        hone_free(sampler);
    }
}

static size_t initial_trials(const struct tpe_config *config, uint64_t budget) {
    uint64_t share = budget / BUDGET_SHARE;

    if (config->initial > 0) {
        return (size_t)config->initial;
    }
    share = share < INITIAL ? share : INITIAL;
    return share > INITIAL_LEAST ? (size_t)share : INITIAL_LEAST;
}

static enum hone_code make_room(struct tpe_sampler *sampler, struct hone_err *err) {
    const struct points_layout *layout = &sampler->points.layout;
    const size_t n = layout->space->n;

    sampler->x_unit = hone_new_array(n, sizeof(*sampler->x_unit));
    sampler->x_value = hone_new_array(n, sizeof(*sampler->x_value));
    sampler->active = hone_new_array(n, sizeof(*sampler->active));
    sampler->row = hone_new_array(layout->columns, sizeof(*sampler->row));
    sampler->place = hone_new_array(layout->scales, sizeof(*sampler->place));
    if (sampler->x_unit == NULL || sampler->x_value == NULL || sampler->active == NULL ||
        sampler->row == NULL || sampler->place == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a Parzen estimator");
    }
    return HONE_OK;
}

static enum hone_code tpe_create(const struct hone_sampler_setup *setup,
    struct hone_sampler **ret, struct hone_err *err) {
    struct tpe_sampler *sampler = hone_new(sizeof(*sampler));
    enum hone_code code;

    if (sampler == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a Parzen estimator");
    }
    sampler->base.type = &hone_sampler_tpe;
    sampler->config = setup->config;
    sampler->seed = setup->seed;
    code = points_init(&sampler->points, setup->space, err);
    if (code == HONE_OK) {
        code = make_room(sampler, err);
    }
    if (code == HONE_OK) {
        code = points_plan(&sampler->points, setup,
            initial_trials(sampler->config, setup->budget), err);
    }
    if (code != HONE_OK) {
        tpe_free(&sampler->base);
        return code;
    }
    *ret = &sampler->base;
    return HONE_OK;
}

/* ---- Asking ---- */

struct estimate {
    struct tpe_split split;
    struct tpe_parzen good, others;
};

static void estimate_finish(struct estimate *estimate) {
    tpe_parzen_finish(&estimate->good);
    tpe_parzen_finish(&estimate->others);
    tpe_split_finish(&estimate->split);
}

static enum hone_code make_densities(const struct tpe_sampler *sampler,
    struct estimate *estimate, struct hone_err *err) {
    const struct tpe_split *split = &estimate->split;
    enum hone_code code = tpe_parzen_init(&estimate->good, &sampler->points.record, split->trial,
        split->better, sampler->config->narrowing, err);

    if (code == HONE_OK) {
        code = tpe_parzen_init(&estimate->others, &sampler->points.record,
            split->trial + split->better, split->count - split->better, other_narrowing, err);
    }
    return code;
}

/* What is proposed, so far. */
struct choice {
    bool found;
    double log_ratio;
    size_t kernel; /* of the good ones; their number: the prior */
    double *x_unit;
};

/* Draws one candidate and keeps it when it is new and better. */
static void try_candidate(struct tpe_sampler *sampler, const struct estimate *estimate,
    struct hone_rng *rng, struct choice *choice) {
    const struct points_layout *layout = &sampler->points.layout;
    size_t kernel = tpe_parzen_draw(&estimate->good, rng, sampler->x_unit);
    double log_ratio;

    points_layout_snap(layout, NULL, NULL, sampler->x_unit, sampler->active, sampler->x_value,
        sampler->row);
    tpe_place_set(layout, sampler->x_unit, sampler->active, sampler->place);
    log_ratio = tpe_parzen_log_density(&estimate->good, sampler->place) -
                tpe_parzen_log_density(&estimate->others, sampler->place);
    if ((choice->found && log_ratio <= choice->log_ratio) ||
        points_record_has(&sampler->points.record, sampler->row)) {
        return;
    }
    choice->found = true;
    choice->log_ratio = log_ratio;
    choice->kernel = kernel;
    memcpy(choice->x_unit, sampler->x_unit, layout->space->n * sizeof(*choice->x_unit));
}

static void explain(const struct estimate *estimate, const struct choice *choice,
    int64_t candidates, struct hone_proposal *ret_proposal) {
    const struct tpe_split *split = &estimate->split;
    char origin[64] = "drawn at random";

    if (choice->kernel < split->better) {
        (void)snprintf(origin, sizeof(origin), "drawn about trial %zu",
            split->trial[choice->kernel]);
    }
    (void)snprintf(ret_proposal->why, sizeof(ret_proposal->why),
        "%s; of %lld points drawn it is the most like the best %zu of %zu results and the least "
        "like the other %zu trials (%.3g times as likely among the best)",
        origin, (long long)candidates, split->better, split->results,
        split->count - split->better, exp(choice->log_ratio));
}

static enum hone_code ask_densities(struct tpe_sampler *sampler, const struct hone_view *view,
    const struct estimate *estimate, struct hone_proposal *ret_proposal, struct hone_err *err) {
    const int64_t candidates = sampler->config->candidates;
    struct choice choice = {.x_unit = ret_proposal->x_unit};
    struct hone_rng rng;

    hone_rng_at(&rng, sampler->seed, view->asking, 0, HONE_FOR_MODEL);
    for (int round = 0; round < ROUNDS && !choice.found; round++) {
        for (int64_t i = 0; i < candidates; i++) {
            try_candidate(sampler, estimate, &rng, &choice);
        }
    }
    if (!choice.found) {
        (void)snprintf(ret_proposal->why, sizeof(ret_proposal->why),
            "all of %lld points drawn like the best %zu results were tried already",
            (long long)(ROUNDS * candidates), estimate->split.better);
        return points_spread(&sampler->points, view, "fallback", ret_proposal, err);
    }
    ret_proposal->part = "model";
    ret_proposal->acquisition = choice.log_ratio;
    explain(estimate, &choice, candidates, ret_proposal);
    return HONE_OK;
}

static enum hone_code ask_estimate(struct tpe_sampler *sampler, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    const struct tpe_config *config = sampler->config;
    struct estimate estimate = {.split = {0}};
    enum hone_code code =
        tpe_split_read(&estimate.split, view, config->share, (size_t)config->limit, err);

    if (code != HONE_OK) {
        goto out;
    }
    if (estimate.split.results < RESULTS_AT_LEAST) {
        (void)snprintf(ret_proposal->why, sizeof(ret_proposal->why),
            "%zu results are too few to tell good from bad", estimate.split.results);
        code = points_spread(&sampler->points, view, "design", ret_proposal, err);
        goto out;
    }
    code = make_densities(sampler, &estimate, err);
    if (code == HONE_OK) {
        code = ask_densities(sampler, view, &estimate, ret_proposal, err);
    }
out:
    estimate_finish(&estimate);
    return code;
}

static enum hone_code tpe_ask(struct hone_sampler *self, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    struct tpe_sampler *sampler = downcast(self);
    enum hone_code code = points_read(&sampler->points, view->history, view->asking, err);

    if (code != HONE_OK) {
        return code;
    }
    if (view->asking < sampler->points.initial) {
        return points_spread_first(&sampler->points, view, ret_proposal, err);
    }
    return ask_estimate(sampler, view, ret_proposal, err);
}

const struct hone_sampler_type hone_sampler_tpe = {
    .name = "tpe",
    .summary = "where good results lie more densely than the others, by Parzen estimators",
    .options = tpe_options,
    .config_size = sizeof(struct tpe_config),
    .create = tpe_create,
    .ask = tpe_ask,
    .free = tpe_free,
};
