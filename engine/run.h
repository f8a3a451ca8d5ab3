/* The run: one process's session on a study. ask, begin, submit folds, take,
 * finish, until the budget is spent or somebody says stop.
 *
 * Order: trial t is proposed from the results of trials 0 .. t - parallel, the
 * later ones counted as pending, so that neither the number of workers nor
 * their timing changes a proposal. The race of its folds sees the same.
 *
 * Any number of engines run one study together: each proposes what comes next
 * when its turn of the store finds that it may, from what all have finished, and
 * so proposes what any of them would. `parallel` counts over all of them. */
#ifndef HONE_ENGINE_RUN_H
#define HONE_ENGINE_RUN_H

#include "engine/err.h"
#include "engine/objective.h"
#include "engine/plan.h"
#include "engine/pool.h"
#include "engine/sampler.h"
#include "engine/store.h"
#include "engine/trial.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stop requests, raised by any thread or signal handler with one atomic add.
 * The first lets running folds finish, the second cancels them. The run looks
 * at least every 50 ms. */
struct hone_stop {
    atomic_int requests;
};

/* Told by the coordinator, after what they tell of is durable. Members may be
 * NULL. */
struct hone_observer {
    void *self;
    void (*trial_begun)(void *self, const struct hone_trial *trial);
    /* A fold that runs, since then in wall time, has new points of its curve. */
    void (*curve_grew)(void *self, const struct hone_trial *trial, size_t fold,
        int64_t started_ms);
    void (*fold_done)(void *self, const struct hone_trial *trial, const struct hone_result *result);
    void (*trial_finished)(void *self, const struct hone_trial *trial); /* elsewhere, too */
    /* Before a tick that is due by the clock: the folds that workers evaluate. */
    void (*at_work)(void *self, const struct hone_at_work *fold, size_t count);
    /* There is nothing to begin here until one of so many trials that other
     * engines run is finished. */
    void (*waiting)(void *self, size_t elsewhere);
    void (*tick)(void *self); /* at least every tick_seconds, and after every turn */
    double tick_seconds;      /* 0: no ticks wanted */
};

struct hone_run {
    const struct hone_plan *plan;
    const struct hone_objective *objective;
    struct hone_sampler *sampler;
    struct hone_store *store;
    struct hone_history *history; /* as the store filled it */
    uint64_t budget;              /* trials in all, waiting ones beyond it included */
    uint64_t parallel;            /* as recorded: trials in flight, of all engines */
    size_t workers;
    bool race; /* the folds of a trial race: they run in sequence, see race.h */
    struct hone_stop *stop;
    const struct hone_observer *observer;
};

/* Runs to its end. On failure the store holds everything that was reported. */
HONE_MUST_CHECK enum hone_code hone_run(const struct hone_run *run, enum hone_end *ret_end,
    struct hone_err *err);

#endif
