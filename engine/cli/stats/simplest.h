/* The simplest trial that is about as good as the best: the one-standard-error
 * rule (Breiman, Friedman, Olshen, Stone 1984, "Classification and Regression
 * Trees", section 3.4.3). */
#ifndef HONE_CLI_STATS_SIMPLEST_H
#define HONE_CLI_STATS_SIMPLEST_H

#include "engine/buf.h"
#include "engine/cli/stats/record.h"
#include "engine/err.h"
#include "engine/space.h"

#include <stdbool.h>
#include <stddef.h>

enum { CLI_SIMPLER_LIMIT = 16 };

/* What makes a trial simpler than another: the first parameter in which they
 * differ decides. A number counts as itself, a list (hidden layers) by its sum and
 * then its length, another choice by its place in the spec; what is inactive
 * counts as 0. */
struct cli_simpler {
    size_t count;
    struct {
        size_t param;
        bool larger; /* larger is simpler */
    } key[CLI_SIMPLER_LIMIT];
};

/* The usual order, for help. */
extern const char cli_simpler_usual[];

/* Reads "units,-alpha": fewer units, then a larger alpha. NULL: the usual order,
 * of those that the space searches. HONE_E_INPUT when a name is no parameter, or
 * when the space has none of the usual ones. */
HONE_MUST_CHECK enum hone_code cli_simpler_read(const char *text, const struct hone_space *space,
    struct cli_simpler *ret, struct hone_err *err);

/* Appends it as it is read. */
void cli_simpler_write(const struct cli_simpler *simpler, const struct hone_space *space,
    struct hone_buf *buf);

/* Of the complete trials whose value is within one standard error of the best,
 * the simplest; the better one on ties, then the earlier. ret_within: how many
 * there are. HONE_E_INPUT when the best has no standard error (one fold). */
HONE_MUST_CHECK enum hone_code cli_simplest_find(const struct cli_record *record,
    const struct cli_simpler *simpler, size_t *ret_number, size_t *ret_within,
    struct hone_err *err);

#endif
