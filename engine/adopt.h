/* Trials from elsewhere – another study, another program's file – as trials of
 * this space: history that a search learns from. A value counts when it is one
 * of the parameter's own, however it was written ("[8, 4]" in a text, 32.0 for
 * an integer); what does not fit is left out, and said why.
 *
 * A parameter of this space that the trial does not name is filled in where
 * nothing is guessed: when it has one value only, or a `default:` in the spec.
 * What the trial names beside the space is dropped. Coordinator only. */
#ifndef HONE_ENGINE_ADOPT_H
#define HONE_ENGINE_ADOPT_H

#include "engine/arena.h"
#include "engine/err.h"
#include "engine/space.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A trial as it is told; nothing of it is kept. Zero-initialise. */
struct hone_foreign {
    uint64_t number; /* where it comes from, for messages */
    enum hone_state state;
    double value;    /* in the metric's direction; NaN: none */
    double sem;      /* NaN: not known */
    double seconds;  /* 0: not known */
    int64_t started_ms, finished_ms; /* 0: not known */
    const char *error; /* why it failed, or NULL */
    size_t params;
    const char *const *name;        /* (params) */
    const struct hone_value *param; /* (params) */
    size_t folds;
    const double *fold; /* (folds) values, NaN: not run; kept when there are as many as here */
};

/* Why a trial was left out. */
enum hone_misfit {
    HONE_MISFIT_UNFINISHED, /* it waits or runs */
    HONE_MISFIT_NO_VALUE,   /* complete, but its value is no finite number */
    HONE_MISFIT_PARAM,      /* a parameter has no value here that it could be */
};

struct hone_misfits {
    enum hone_misfit why;
    size_t param;     /* index, of HONE_MISFIT_PARAM */
    size_t count;     /* trials */
    uint64_t first;   /* number of the first one */
    const char *text; /* what is wrong with the first one */
};

struct hone_adoption {
    const struct hone_space *space;
    bool maximize; /* direction of the values */
    struct hone_history history; /* what fits: finished trials, part hone_import_part */
    size_t filled;               /* trials with a `default:` for what they did not name */
    size_t misfits;
    struct hone_misfits *misfit; /* (misfits) a reason each, in the order of their first trial */
    size_t unknowns;
    const char **unknown; /* (unknowns) names that the space does not have, at most 20 */
    struct hone_arena arena;
    double *x_value; /* (space->n) scratch */
};

HONE_MUST_CHECK enum hone_code hone_adoption_init(struct hone_adoption *adoption,
    const struct hone_space *space, size_t folds, bool maximize, struct hone_err *err);
void hone_adoption_finish(struct hone_adoption *adoption);

/* Takes the trial over, or counts why not. Fails only for want of memory. */
HONE_MUST_CHECK enum hone_code hone_adopt(struct hone_adoption *adoption,
    const struct hone_foreign *foreign, struct hone_err *err);

/* The point alone: x_values (space->n) of what is named. False: it is none of this
 * space, ret_param is the parameter (index) and `why` the sentence. ret_filled:
 * a `default:` was used. */
bool hone_adopt_point(const struct hone_space *space, size_t params, const char *const *name,
    const struct hone_value *param, double *ret_x_value, bool *ret_filled, size_t *ret_param,
    struct hone_buf *why);

#endif
