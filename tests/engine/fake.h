/* A whole search made of fakes, for tests of the run: an objective that can
 * pause, fail and interrupt, a sampler that proposes from what it is shown, and
 * a store that keeps its record as a database would: what was put is there only
 * after the turn's end. */
#ifndef HONE_TESTS_ENGINE_FAKE_H
#define HONE_TESTS_ENGINE_FAKE_H

#include "engine/run.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAKE_TRIALS = 64, FAKE_FOLDS = 5, FAKE_PARAMS = 2, FAKE_TEXT = 128 };

struct fake;

/* Called by a worker before fold job->fold of trial job->trial is computed. VALUE goes on;
 * any other outcome is the fold's. */
typedef enum hone_outcome fake_during(struct fake *fake, const struct hone_job *job);

/* Called before that: makes the fold's curve, instead of one point. */
typedef enum hone_code fake_train(struct fake *fake, const struct hone_job *job,
    struct hone_result *result, struct hone_err *err);

struct fake_objective {
    struct hone_objective base;
    struct fake *fake;
    unsigned pause_us; /* at most, by chance */
    unsigned salt;     /* of that chance */
    double noise;      /* at most, added to each fold's value */
    fake_during *during;
    fake_train *train;
    atomic_int evaluated[FAKE_TRIALS][FAKE_FOLDS]; /* how often it began */
};

/* What the sampler was shown. */
struct fake_shown {
    size_t settled, asking, finished; /* finished: of all trials shown */
};

struct fake_sampler {
    struct hone_sampler base;
    size_t points; /* it has; then it is exhausted */
    size_t enough_at; /* settled trials from which on it has learnt enough; 0: never */
    size_t shown_count;
    struct fake_shown shown[FAKE_TRIALS];
};

struct fake_row {
    enum hone_state state;
    double x_value[FAKE_PARAMS];
    double loss;
    char error[FAKE_TEXT];
    char part[FAKE_TEXT];
    bool has_fold[FAKE_FOLDS];
    enum hone_outcome fold_outcome[FAKE_FOLDS];
    double fold_value[FAKE_FOLDS];
    size_t points[FAKE_FOLDS];       /* of the fold's curve */
    int64_t last_epoch[FAKE_FOLDS];
};

struct fake_record {
    size_t count;
    struct fake_row row[FAKE_TRIALS];
    size_t insights;       /* that were put */
    size_t insight_trials; /* of the last one */
    size_t lots;           /* of points, of folds that ran */
    size_t forgotten;      /* folds begun again */
};

/* Another engine on the same study: it begins one trial, and after some looks of
 * this one's finishes it, gives it back, or is found dead. */
enum fake_other { OTHER_NONE, OTHER_FINISHES, OTHER_DIES };

struct fake_store {
    struct hone_store base;
    struct fake_record durable, pending;
    bool in_turn, failed;
    unsigned long calls;
    unsigned long fail_at;   /* the call that fails, from 1; 0: none */
    size_t queue_at;         /* when the history has so many trials … */
    size_t queue_count;      /* … so many points are queued */
    enum fake_other other;
    size_t other_at;         /* when the history has so many trials, it begins the next */
    bool other_begun;
    size_t looks;            /* for news, since then */
    atomic_size_t turns;     /* that have ended */
    atomic_size_t points;    /* of all curves, durable */
};

struct fake {
    struct hone_param param[FAKE_PARAMS];
    struct hone_plan plan;
    struct fake_objective objective;
    struct fake_sampler sampler;
    struct fake_store store;
    struct hone_history history;
    struct hone_stop stop;
    struct hone_observer observer;
    struct hone_run run;
    struct hone_err err;
    size_t grown; /* curves, as the observer was told */
    size_t begun, folds_done, finished; /* what the observer was told */
    atomic_size_t ticks;                /* … which a fold may wait for */
    size_t most_in_flight;
    size_t waits; /* how often, and for how many trials at last */
    size_t waited_for;
};

/* A fresh search. It checks by itself, with cmocka's asserts, what must always
 * hold: trials below `settled` are finished, and whoever is told of something
 * finds it durable. */
void fake_init(struct fake *fake, size_t folds, uint64_t parallel, uint64_t budget);

/* The history as a new process would load it; nothing is stopping or failing. */
void fake_reload(struct fake *fake);

/* hone_run with so many workers. */
enum hone_code fake_run(struct fake *fake, size_t workers, enum hone_end *ret_end);

void fake_finish(struct fake *fake);

/* The value that fold `fold` has at this point when nothing intervenes. */
double fake_value(const double *x_value, size_t fold);

/* Fails the test unless both records hold the same trials, times aside. */
void fake_assert_same(const struct fake_record *a, const struct fake_record *b);

#endif
