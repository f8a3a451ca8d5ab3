/* Trials, what comes back from their folds, and the history of a study. */
#ifndef HONE_ENGINE_TRIAL_H
#define HONE_ENGINE_TRIAL_H

#include "engine/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*            begin                 last fold done
 *  waiting ---------> running --------------------> complete
 *     ^                  |  \------- race lost ---> pruned
 *     |                  |   \------ a fold failed -> failed
 *     +------------------+  interrupted or killed: folds that are done stay
 * enum hone_state is in hone.h. */
const char *hone_state_name(enum hone_state state);
bool hone_state_is_finished(enum hone_state state);

/* A value in its metric's direction as the loss that is minimised inside, and back: its
 * own inverse. Of -0 and 0 only 0 comes back. */
double hone_turn_value(bool maximize, double value);

/* What a sampler proposes and what it thought. */
struct hone_proposal {
    double *x_unit;     /* (space->n), the caller's room */
    bool exhausted;     /* there is no further point; x_unit is then not set */
    const char *part;   /* a constant: "first", "queue", "grid", "random", "sobol", "model" … */
    double mean, sd;    /* predicted value (loss frame), NaN when nothing was predicted */
    double acquisition; /* NaN when there was none */
    bool refitted;      /* the sampler's model was fitted anew for it */
    char why[256];      /* in words, "" when there is nothing to say */
};

/* When a fold ran, and how long. */
struct hone_fold_run {
    bool has_run;       /* to its end: it has a loss, or failed */
    int64_t started_ms; /* wall time; 0: not known */
    double seconds;     /* of work */
};

struct hone_trial {
    uint64_t number; /* = its index in the history */
    enum hone_state state;
    bool elsewhere;  /* another engine runs it, or has finished it just now */
    double *x_value; /* (space->n) */
    double loss;     /* mean over folds, minimised; NaN until complete or pruned */
    double sem;      /* standard error of that mean over folds; NaN with one fold */
    size_t folds_done;
    double *fold_loss; /* (folds) NaN where not evaluated */
    struct hone_fold_run *fold_run; /* (folds) */
    const char *part;  /* as in the proposal; a constant or owned by the history's store */
    double mean, sd, acquisition;
    char *why;           /* owned; NULL: nothing to say */
    char *error;         /* owned; why it failed, NULL otherwise */
    int64_t started_ms;  /* wall time, 0 before begin */
    int64_t finished_ms; /* 0 until finished */
    double seconds;      /* of work, summed over folds */
};

/* Whether a trial's part is this one; part may be NULL. */
bool hone_part_is(const char *part, const char *name);

/* What `part` says of a trial that came from elsewhere, with its result: it was
 * not evaluated here, and no budget counts it. */
extern const char hone_import_part[];
bool hone_trial_is_imported(const struct hone_trial *trial);

/* And of a point that is to be tried next, whoever asked for it; and of the points that
 * `first` in the spec is about. */
extern const char hone_queue_part[];
extern const char hone_first_part[];

/* An imported trial may have a value without folds. In memory it then stands where
 * its first fold would, as of a trial of which one fold was run, so that whoever
 * learns from folds learns from it; folds_done stays 0. */
void hone_trial_stand_in(struct hone_trial *trial);

/* Append-only but for the states of its trials; coordinator only. */
struct hone_history {
    size_t params;   /* of the space */
    size_t folds;    /* jobs a trial */
    size_t imported; /* trials that were imported */
    size_t count, room;
    struct hone_trial *trial; /* (count), number = index */
};

/* Appends a waiting trial with all of x_value copied (NULL: all NaN).
 * ret_trial is valid until the next append. */
HONE_MUST_CHECK enum hone_code hone_history_append(struct hone_history *history,
    const double *x_value, struct hone_trial **ret_trial, struct hone_err *err);

/* Forgets all but its number, point and part: its rows are read anew. Until then loss,
 * sem, mean, sd and acquisition are 0, and not NaN as of a trial that was appended. */
void hone_trial_clear(struct hone_trial *trial, size_t folds);

/* Notes that a fold ran, with a loss or not; the trial's seconds follow. */
void hone_trial_note_run(struct hone_trial *trial, size_t fold, int64_t started_ms,
    double seconds);

/* Notes one fold's finite loss. folds_done follows at once; loss and sem are set
 * by the last missing fold. */
void hone_trial_note_fold(struct hone_trial *trial, size_t folds, size_t fold, double loss);

/* Sets loss and sem from the folds that are done, at least one, summed in the
 * order of the folds. */
void hone_trial_summarise(struct hone_trial *trial, size_t folds);

void hone_history_finish(struct hone_history *history);

/* What the proposal of trial `asking` may see: results of trials below
 * `settled`; trials from there to asking - 1 are pending, finished or not. */
struct hone_view {
    const struct hone_history *history;
    size_t settled;
    size_t asking;
};

/* `settled` moved past the trials below `asking` that were imported: they have
 * never been pending, however close to the end they stand. */
size_t hone_history_settled(const struct hone_history *history, size_t settled, size_t asking);

/* The best complete trial by loss, the earlier on ties; NULL when none is
 * complete. */
const struct hone_trial *hone_history_best(const struct hone_history *history);

enum { HONE_METRIC_LIMIT = 32, HONE_METRIC_NAME = 64 };

struct hone_metric_value {
    char name[HONE_METRIC_NAME];
    double value; /* in the metric's own direction */
};

/* One epoch of one fold. valid_loss is NaN without an inner validation part. Or what
 * a program told at a step: its number is in valid_loss, and there is no other. */
struct hone_curve_point {
    int64_t epoch; /* from 1; a step from 0 */
    double train_loss;
    double valid_loss;
    double rate;
};

bool hone_curve_is_told(const struct hone_curve_point *point);

enum hone_outcome { HONE_OUTCOME_VALUE, HONE_OUTCOME_FAILED, HONE_OUTCOME_CANCELLED };

/* What one fold of one trial came to. Heap memory, owned by the result. */
struct hone_result {
    uint64_t trial;
    size_t fold;
    enum hone_outcome outcome;
    double value; /* in the metric's own direction; finite when outcome is VALUE */
    double sem;   /* its standard error, where the objective knows it; NaN: not known */
    int64_t started_ms;
    double seconds;
    size_t metric_count;
    struct hone_metric_value metric[HONE_METRIC_LIMIT];
    size_t curve_count, curve_room;
    struct hone_curve_point *curve;
    size_t curve_stored; /* points at its front that the store has had already */
    bool curve_again;    /* the store has had points of an earlier curve, none of this one */
    char *error; /* why it failed */
    bool infeasible; /* it failed because the objective calls the point impossible */
    /* Guards the curve while the fold runs, against who reads along: held by whoever
     * evaluates the fold while changing it, by others while looking. Not owned,
     * NULL: nobody looks. */
    pthread_mutex_t *curve_lock;
};

/* Adds one epoch; those that are there stay. Whoever evaluates the fold. */
HONE_MUST_CHECK enum hone_code hone_result_add_point(struct hone_result *result,
    struct hone_curve_point point, struct hone_err *err);

/* The fold is begun again: forgets its curve. Whoever evaluates the fold. */
void hone_result_forget_curve(struct hone_result *result);

/* Adds a metric, its name cut at a character where it has no room; more than
 * HONE_METRIC_LIMIT are left out. */
void hone_result_add_metric(struct hone_result *result, const char *name, double value);

/* The metric that was added under this name, or NULL. */
struct hone_metric_value *hone_result_find_metric(struct hone_result *result, const char *name);

/* Makes it a failure with this sentence; forgets a value. */
void hone_result_set_failed(struct hone_result *result, const char *format, ...) HONE_PRINTF(2, 3);

void hone_result_finish(struct hone_result *result);

#endif
