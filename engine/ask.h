/* Ask and tell: a search whose points somebody else evaluates, in any number at
 * once and in any order. The other session on a study beside the run; it has no
 * threads, and order is free: a proposal rests on all that was told before it,
 * what is asked and not told is pending.
 *
 *     ask      waiting -> running, or a new trial
 *     tell     running -> complete
 *     fail     running -> failed
 *     end      running -> waiting: asked again, as the same trial, next time
 *
 * Every call is one turn of the store: what it returns is durable. A request
 * that cannot be used is HONE_E_INPUT and has changed nothing; any other code
 * ends the session, with the study as after the last good call. */
#ifndef HONE_ENGINE_ASK_H
#define HONE_ENGINE_ASK_H

#include "engine/err.h"
#include "engine/objective.h"
#include "engine/plan.h"
#include "engine/sampler.h"
#include "engine/store.h"
#include "engine/trial.h"

#include <stddef.h>
#include <stdint.h>

/* What a session works on; none of it is owned, all outlives it. */
struct hone_ask_setup {
    const struct hone_plan *plan;
    const struct hone_objective *objective; /* of one fold; says the direction */
    struct hone_sampler *sampler;
    struct hone_store *store;
    struct hone_history *history; /* as the store filled it */
    uint64_t budget;              /* trials in all, waiting ones beyond it included */
};

/* What a trial came to, in its own direction. */
struct hone_told {
    double value; /* finite */
    double sem;   /* its standard error, >= 0; NaN: not known */
    size_t metric_count; /* at most HONE_METRIC_LIMIT */
    const struct hone_metric_value *metric; /* (metric_count) finite values */
};

struct hone_ask;

HONE_MUST_CHECK enum hone_code hone_ask_new(const struct hone_ask_setup *setup,
    struct hone_ask **ret, struct hone_err *err);

/* Accepts NULL. */
void hone_ask_free(struct hone_ask *ask);

/* The next trial to evaluate: the lowest that waits, else a new one. NULL: the
 * budget, the time or the sampler's points are spent, or all trials fail. ret_trial is valid until
 * the next call. */
HONE_MUST_CHECK enum hone_code hone_ask_next(struct hone_ask *ask,
    const struct hone_trial **ret_trial, struct hone_err *err);

HONE_MUST_CHECK enum hone_code hone_ask_tell(struct hone_ask *ask, uint64_t number,
    const struct hone_told *told, struct hone_err *err);

/* The trial has no value, for this reason. */
HONE_MUST_CHECK enum hone_code hone_ask_fail(struct hone_ask *ask, uint64_t number,
    const char *reason, struct hone_err *err);

/* An intermediate value; steps go up. Forgotten when the trial waits again. */
HONE_MUST_CHECK enum hone_code hone_ask_report(struct hone_ask *ask, uint64_t number,
    int64_t step, double value, struct hone_err *err);

/* All intermediate values at once, epochs going up, of a trial without reports. The
 * one call that is no turn: they are stored with what the trial comes to. */
HONE_MUST_CHECK enum hone_code hone_ask_set_curve(struct hone_ask *ask, uint64_t number,
    const struct hone_curve_point *point, size_t count, struct hone_err *err);

/* The trial to be recommended: the one that the sampler's model expects to be the best,
 * else the complete one with the lowest loss. NULL when none is complete. */
HONE_MUST_CHECK enum hone_code hone_ask_best(struct hone_ask *ask,
    const struct hone_trial **ret_trial, struct hone_err *err);

/* Lets what was asked and not told wait for the next session. */
HONE_MUST_CHECK enum hone_code hone_ask_end(struct hone_ask *ask, struct hone_err *err);

#endif
