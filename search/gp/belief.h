/* What the sampler believes after so many trials: hyperparameters and posterior.
 *
 * The belief at `settled` is a function of the history up to there, however it was
 * reached. From one trial to the next it takes a step: a fit when the schedule says
 * so, else the new results are appended under the hyperparameters as they are. A
 * cold fit forgets all before; to reach any number, the steps from the last cold
 * fit are enough.
 *
 * A program that asks for several trials together tells of some when later ones are
 * settled already. The next step takes their results in, and the hyperparameters of
 * earlier steps do not know of them: to take those steps again for each costs a
 * proposal 28 ms after 200 trials, where it costs 1.3. */
#ifndef HONE_SEARCH_GP_BELIEF_H
#define HONE_SEARCH_GP_BELIEF_H

#include "engine/err.h"
#include "search/gp/data.h"
#include "search/gp/posterior.h"
#include "search/points/record.h"

#include <stdbool.h>
#include <stddef.h>

enum { GP_RESULTS_AT_LEAST = 3 }; /* to fit a model to */

struct gp_settings {
    struct gp_reading reading;
    const struct gp_kernel *kernel;
    bool deterministic;
};

struct gp_belief {
    const struct points_layout *layout;
    struct gp_settings settings;
    const struct hone_history *history; /* what it was formed from */
    size_t settled;                     /* trials below this are taken in, … */
    size_t finished;                    /* … of which so many had ended */
    struct gp_data data;                /* their results */
    double *theta;                      /* as in search/gp/fit.h */
    bool is_ready;                      /* whether there is a model */
    struct gp_model model;
    size_t *trial; /* (model.room) which trial each point of the model is */
    size_t *place; /* (settled) index of each trial in data, or SIZE_MAX */
    bool *is_in;   /* (settled) whether the model has it, or left it out on purpose */
    size_t room;   /* of place and is_in */
};

/* Fills a zero-initialised belief. */
HONE_MUST_CHECK enum hone_code gp_belief_init(struct gp_belief *belief,
    const struct points_layout *layout, const struct gp_settings *settings, struct hone_err *err);
void gp_belief_finish(struct gp_belief *belief); /* accepts zeroed */

/* Brings the belief to `settled` trials, back or forward; `record` holds at least
 * those. Where there are too few results, or numbers that cannot be factored,
 * is_ready is false. Fails only for want of memory; the belief is then empty. */
HONE_MUST_CHECK enum hone_code gp_belief_reach(struct gp_belief *belief,
    const struct points_record *record, const struct hone_history *history, size_t settled,
    struct hone_err *err);

/* Whether the model was fitted at the trials that it has, not at fewer. */
bool gp_belief_is_fresh(const struct gp_belief *belief);

/* How well the model predicts results it was not told. */
struct gp_skill {
    double gain;     /* log density left out, less that of a constant with noise */
    double r2;       /* share of the variance that is predicted */
    double coverage; /* share of the results within their 90 % intervals */
};
struct gp_skill gp_belief_skill(const struct gp_belief *belief);

/* Noise variance of the i-th point of the model, had all folds been run. */
double gp_belief_noise(const struct gp_belief *belief, size_t i);

#endif
