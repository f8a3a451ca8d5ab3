/* Where the next trial comes from: those that wait, the points to try first,
 * then the sampler. Shared by the run and by ask and tell. Coordinator only.
 *
 * With `stop: auto` nothing new comes once the sampler finds twice in a row that what
 * may yet be gained is below the noise of a trial (Makarova et al. 2022, "Automatic
 * termination for hyperparameter optimization"). What it judges is what the proposal
 * may see, so that a search ends after the same trial whatever the timing. */
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
    bool has_enough;          /* it says that going on does not pay */
    size_t judged;            /* settled trials of the view that was judged last */
    bool judged_enough;       /* and the verdict */
    struct hone_insight insight; /* the latest; its length has space.n elements */
    bool insight_is_new;      /* since hone_proposer_take_insight */
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

/* Whether there may be a new trial: budget is left, and the sampler has points that
 * are worth it. */
bool hone_proposer_wants_new(const struct hone_proposer *proposer);

/* Whether as many trials failed in this session as search.max_failures allows, and none is
 * complete. */
bool hone_proposer_is_hopeless(const struct hone_proposer *proposer, uint64_t failures);

/* Appends a new trial, waiting, to the history; NULL when there is none to come.
 * What the sampler may see of it is view. */
HONE_MUST_CHECK enum hone_code hone_proposer_new(struct hone_proposer *proposer,
    const struct hone_view *view, struct hone_trial **ret_trial, struct hone_err *err);

/* What the sampler has learnt of all results that are there. */
HONE_MUST_CHECK enum hone_code hone_proposer_reflect(struct hone_proposer *proposer,
    struct hone_err *err);

/* An insight to be kept, told once, or NULL: from the last refit or reflection. */
const struct hone_insight *hone_proposer_take_insight(struct hone_proposer *proposer);

#endif
