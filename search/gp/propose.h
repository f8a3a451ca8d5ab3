/* One proposal by the model. */
#ifndef HONE_SEARCH_GP_PROPOSE_H
#define HONE_SEARCH_GP_PROPOSE_H

#include "engine/sampler.h"
#include "search/gp/belief.h"
#include "search/points/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gp_proposer {
    const struct gp_belief *belief; /* of view->settled trials, with a model */
    const struct points_record *record; /* of all trials before the one asked for */
    uint64_t seed;
    double margin;   /* standard errors below the lowest mean that are to be beaten */
    bool is_local;   /* within a trust region */
    bool is_last;    /* nothing is to be learnt for later trials: the lowest mean */
    bool maximize;   /* what the words say has the other sign than losses */
    size_t initial;  /* trials of the design */
};

/* Fills ret_proposal. HONE_E_MISSING when every point that was judged has been
 * tried, HONE_E_NUMERIC when the numbers came to nothing: err says what. */
HONE_MUST_CHECK enum hone_code gp_propose(const struct gp_proposer *proposer,
    const struct hone_view *view, struct hone_proposal *ret_proposal, struct hone_err *err);

/* Indices of the model's points, the lowest posterior mean first, and the trials that
 * they are, in the same order; ret_mean by point. All have model.n elements. */
void gp_order_by_mean(const struct gp_belief *belief, double *ret_mean, size_t *ret_order,
    size_t *ret_trial);

/* A mean and standard deviation of the model in the frame of the losses. */
double gp_loss_of(const struct gp_belief *belief, double mean, double sd, double *ret_sd);

#endif
