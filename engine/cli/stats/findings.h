/* What the trials of a record say together. */
#ifndef HONE_CLI_STATS_FINDINGS_H
#define HONE_CLI_STATS_FINDINGS_H

#include "engine/arena.h"
#include "engine/cli/stats/importance.h"
#include "engine/cli/stats/paired.h"
#include "engine/cli/stats/record.h"

#include <stdbool.h>
#include <stddef.h>

/* Below this p a trial is not tied with the best. */
extern const double cli_tied_level;

/* Importance of the parameters, from complete trials and, where a race ended them
 * early, pruned ones with what their folds came to. ret->param is in the arena.
 * HONE_E_MISSING as in importance.h. */
HONE_MUST_CHECK enum hone_code cli_findings_importance(const struct cli_record *record,
    struct hone_arena *arena, struct cli_importances *ret, struct hone_err *err);

/* The complete trials by value, one first; then which of the others are tied with that. Arrays
 * live in the arena. */
struct cli_ties {
    size_t count;   /* complete trials; 0: nothing to compare */
    size_t *number; /* (count) indices by value, the earlier first on ties */
    double *p;      /* (count) of the paired test against number[0]; NaN: not told */
    bool *tied;     /* (count) */
    size_t tied_count; /* the first included */
};

/* First is the recommended trial, unless another one has a value that looks better: then that. */
HONE_MUST_CHECK enum hone_code cli_findings_ties(const struct cli_record *record,
    struct hone_arena *arena, struct cli_ties *ret, struct hone_err *err);

#endif
