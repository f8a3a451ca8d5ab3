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
    const double *x_default; /* (space->n) x_values of the default point */
    const void *config;  /* the type's config struct, filled from `search:` */
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
    void (*free)(struct hone_sampler *self);
};

HONE_MUST_CHECK enum hone_code hone_sampler_create(const struct hone_sampler_type *type,
    const struct hone_sampler_setup *setup, struct hone_sampler **ret, struct hone_err *err);
uint64_t hone_sampler_size(const struct hone_sampler *sampler);
HONE_MUST_CHECK enum hone_code hone_sampler_ask(struct hone_sampler *sampler,
    const struct hone_view *view, struct hone_proposal *ret_proposal, struct hone_err *err);
void hone_sampler_free(struct hone_sampler *sampler); /* accepts NULL */

#endif
