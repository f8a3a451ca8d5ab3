/* Where the next trial comes from: those that wait, the points to try first,
 * then the sampler. Shared by the run and by ask and tell. Coordinator only. */
#ifndef HONE_ENGINE_PROPOSE_H
#define HONE_ENGINE_PROPOSE_H

#include "engine/err.h"
#include "engine/plan.h"
#include "engine/sampler.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hone_proposer {
    const struct hone_plan *plan;
    struct hone_sampler *sampler;
    struct hone_history *history;
    uint64_t budget;          /* trials in all but imported ones, waiting ones beyond it included */
    double *x_unit, *x_value; /* (space.n) scratch for one proposal */
    size_t first_waiting;     /* trials below are not waiting */
    size_t seen;              /* trials that first_used has counted */
    size_t first_used;        /* points of plan->first that are trials already */
    bool exhausted;           /* the sampler has no further point */
};

/* None of what is passed is owned. Finish it in any case. */
HONE_MUST_CHECK enum hone_code hone_proposer_init(struct hone_proposer *proposer,
    const struct hone_plan *plan, struct hone_sampler *sampler, struct hone_history *history,
    uint64_t budget, struct hone_err *err);
void hone_proposer_finish(struct hone_proposer *proposer);

/* The lowest waiting trial, or NULL: interrupted ones, then queued ones. */
struct hone_trial *hone_proposer_waiting(struct hone_proposer *proposer);

/* Others have changed the history: a trial from number `first` on may wait that
 * did not. */
void hone_proposer_hear(struct hone_proposer *proposer, size_t first);

/* Whether there may be a new trial: budget is left, and the sampler has points. */
bool hone_proposer_wants_new(const struct hone_proposer *proposer);

/* Appends a new trial, waiting, to the history; NULL when there is none to come.
 * What the sampler may see of it is view. */
HONE_MUST_CHECK enum hone_code hone_proposer_new(struct hone_proposer *proposer,
    const struct hone_view *view, struct hone_trial **ret_trial, struct hone_err *err);

#endif
