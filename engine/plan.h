/* The plan: a spec, read and checked against the registry. Immutable; every
 * thread may read it. */
#ifndef HONE_ENGINE_PLAN_H
#define HONE_ENGINE_PLAN_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/objective.h"
#include "engine/problems.h"
#include "engine/registry.h"
#include "engine/sampler.h"
#include "engine/space.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a plan is made from. The caller keeps it alive as long as the plan. */
struct hone_spec {
    const struct hone_value *root; /* the whole spec; in the plan's arena or longer-lived */
    const char *name;              /* study name when the spec has none */
    const char *text;              /* as the user wrote it */
    const char *file;              /* for messages */
    const char *folder;            /* absolute */
    const char *data_file;         /* where its data has moved; NULL: where the spec says */
    bool stored;                   /* a study has begun with it: what does nothing is no mistake */
};

struct hone_plan {
    struct hone_arena arena;
    const char *name;
    uint64_t seed;
    struct hone_space space;
    const struct hone_sampler_type *sampler;
    const void *sampler_config;
    const struct hone_objective_type *objective;
    struct hone_objective_setup setup; /* with the objective's config */
    uint64_t budget;                   /* trials; UINT64_MAX: the grid's end */
    uint64_t parallel;                 /* 0: auto */
    double timeout_seconds;            /* infinite when none */
    uint64_t max_failures;             /* in a session without a complete trial; 0: any number */
    bool order_free;
    const struct hone_value *learn_from; /* names of studies; NULL: none */
    bool stop_auto;                    /* end when little is to be gained, see propose.h */
    size_t first_count;
    const double *first;     /* (first_count, space.n) x_values of points to try first */
    const double *x_default; /* (space.n) */
    const char *spec_text, *spec_file, *folder;
    /* One line "key = value" a leaf of the spec, numbers in shortest form,
     * without the name and what may change between sessions (search.trials,
     * search.timeout, search.max_failures): two specs make the same search exactly when these are
     * equal. Keys are sorted, but for the parameters, whose order counts. */
    const char *fingerprint;
};

/* Fills a zero-initialised plan, which must then stay where it is: its parts
 * point to one another. HONE_E_INPUT when there are problems (all of them are
 * noted). Finish the plan in any case. */
HONE_MUST_CHECK enum hone_code hone_plan_load(struct hone_plan *plan, const struct hone_spec *spec,
    const struct hone_registry *registry, struct hone_problems *problems, struct hone_err *err);

void hone_plan_finish(struct hone_plan *plan);

/* The plan's sampler for this objective: the caller's, to be freed before the plan. */
HONE_MUST_CHECK enum hone_code hone_plan_make_sampler(const struct hone_plan *plan,
    const struct hone_objective *objective, struct hone_sampler **ret, struct hone_err *err);

enum { HONE_NAME_LIMIT = 100, HONE_DEFAULT_TRIALS = 50, HONE_PARALLEL_OPEN = INT32_MAX };

/* [A-Za-z0-9._-]{1,100} */
bool hone_plan_name_is_good(const char *name);

/* Keys of `search:` that every method knows, for help. */
extern const struct hone_option hone_search_options[];

/* Parts of loading, in files of their own. */
HONE_MUST_CHECK enum hone_code hone_fingerprint(const struct hone_value *root,
    struct hone_arena *arena, const char **ret_text, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_first_read(struct hone_plan *plan,
    const struct hone_value *first, struct hone_problems *problems, struct hone_err *err);

/* Appends how fingerprint `now` differs from `before`, at most `limit` lines
 * such as "space.lr.high was 0.1, is 1". */
void hone_plan_write_difference(const char *before, const char *now, size_t limit,
    struct hone_buf *ret_lines);

/* Whether trials rest on results of earlier ones, so that their order counts:
 * by proposals, or where folds `race` by what is left. */
bool hone_plan_is_ordered(const struct hone_plan *plan, bool race);

/* The trials that may be in flight at once. `auto` is one more than the workers
 * can spread over folds, of which a trial that races has one at a time; and without
 * end where nothing rests on results, so that any number of engines may help. */
uint64_t hone_plan_parallel(const struct hone_plan *plan, size_t workers, size_t folds,
    bool race);

#endif
