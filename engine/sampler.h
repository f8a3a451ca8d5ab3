/* Port: a sampler proposes the next point.
 *
 * A sampler is a pure function of (plan, seed, trial number, what the view
 * shows). It may keep caches, never facts: after a kill it is made anew, shown
 * the history, and must propose the same bits. It never sees a database.
 * Coordinator only. */
#ifndef HONE_ENGINE_SAMPLER_H
#define HONE_ENGINE_SAMPLER_H

#include "engine/err.h"
#include "engine/option.h"
#include "engine/space.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hone_sampler_type;

/* The base of every instance: its first member. */
struct hone_sampler {
    const struct hone_sampler_type *type;
};

/* What a sampler may know of the search. Immutable and alive as long as it. */
struct hone_sampler_setup {
    const struct hone_space *space;
    uint64_t seed;
    uint64_t budget;     /* trials; UINT64_MAX when open */
    size_t folds;        /* jobs a trial */
    bool maximize;       /* losses are the negative of what a user sees: for words only */
    const double *x_default; /* (space->n) x_values of the default point */
    const void *config;  /* the type's config struct, filled from `search:` */
};

/* What a sampler has learnt from results. Losses are minimised. */
struct hone_insight {
    size_t trials;     /* results of trials below this were looked at: the view's settled */
    bool is_known;     /* else there is no model yet, and nothing below holds */
    bool is_fit;       /* the model was fitted anew at these trials */
    uint64_t best;     /* the complete trial that it expects to be the best; the one with the
                        * lowest loss is often one that was lucky */
    double mean, sd;   /* the loss it expects there */
    double remaining;  /* at most so much it expects to be gained by going on, as loss */
    double tolerance;  /* a gain of less is lost in the noise of a trial's loss */
    bool is_enough;    /* remaining < tolerance, of enough trials to be sure */
    double noise;      /* sd of a trial's noise, in sds of what varies with the point */
    double loo_gain;     /* log density of left-out results, less that of their mean and sd */
    double loo_r2;       /* share of their variance that is predicted */
    double loo_coverage; /* share of them within their 90 % intervals */
    double *length;      /* (space->n) length scales, in the unit cube; NaN: constant */
};

struct hone_sampler_type {
    const char *name;
    const char *summary;
    const struct hone_option *options; /* keys of `search:` beside the common ones; NULL: none */
    size_t config_size;
    bool blind; /* proposals rest on no result: any number of trials may be in flight */
    bool races; /* folds race unless the spec says otherwise, see race.h */
    /* Reports what the space or the config makes impossible (a grid over an
     * uncountable parameter); part of plan loading. NULL: nothing to check. */
    void (*check)(const struct hone_space *space, const void *config,
        struct hone_problems *problems);
    enum hone_code (*create)(const struct hone_sampler_setup *setup, struct hone_sampler **ret,
        struct hone_err *err);
    /* How many points there are. NULL: without end; the study then has a
     * budget even when none is asked for, and begins with the defaults. */
    uint64_t (*size)(const struct hone_sampler *self);
    /* Proposal for trial view->asking. Every field of ret_proposal but x_unit's
     * address is set by hone_sampler_ask before. Fails only for want of memory. */
    enum hone_code (*ask)(struct hone_sampler *self, const struct hone_view *view,
        struct hone_proposal *ret_proposal, struct hone_err *err);
    /* What is learnt from the trials below view->settled. NULL: nothing ever. Every
     * field but length's address is set by hone_sampler_reflect before. */
    enum hone_code (*reflect)(struct hone_sampler *self, const struct hone_view *view,
        struct hone_insight *ret_insight, struct hone_err *err);
    void (*free)(struct hone_sampler *self);
};

HONE_MUST_CHECK enum hone_code hone_sampler_create(const struct hone_sampler_type *type,
    const struct hone_sampler_setup *setup, struct hone_sampler **ret, struct hone_err *err);
uint64_t hone_sampler_size(const struct hone_sampler *sampler);
HONE_MUST_CHECK enum hone_code hone_sampler_ask(struct hone_sampler *sampler,
    const struct hone_view *view, struct hone_proposal *ret_proposal, struct hone_err *err);
/* ret_insight->length has room for space->n numbers. A type that does not reflect, or
 * not yet, leaves it unknown. */
HONE_MUST_CHECK enum hone_code hone_sampler_reflect(struct hone_sampler *sampler,
    const struct hone_view *view, struct hone_insight *ret_insight, struct hone_err *err);
void hone_sampler_free(struct hone_sampler *sampler); /* accepts NULL */

#endif
