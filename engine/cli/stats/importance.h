/* How much of the variance of the loss each parameter explains by itself. */
#ifndef HONE_CLI_STATS_IMPORTANCE_H
#define HONE_CLI_STATS_IMPORTANCE_H

#include "engine/err.h"
#include "engine/space.h"

#include <stddef.h>
#include <stdint.h>

enum { CLI_IMPORTANCE_LEAST = 10 }; /* trials */

struct cli_importance {
    double share;     /* of the variance over the whole space, 0 … 1 */
    double low, high; /* 90 % interval */
    double active;    /* share of the trials in which the parameter was active */
};

struct cli_importances {
    double rest;      /* share of interactions, of noise, and of what the trees miss */
    double explained; /* R2 of the forest on trials that its trees had not seen */
    size_t trials;    /* that it was grown from */
    struct cli_importance *param; /* (space->n) the caller's room */
};

/* Functional analysis of variance over a forest of regression trees (Hutter,
 * Hoos, Leyton-Brown 2014). 32 times the trials are drawn with repetition, and
 * four trees are grown on each draw; the intervals are the spread over the draws.
 * The space is taken as the sampler draws from it at random: a conditional
 * parameter counts as often as it is active, and a log scale by its logarithm.
 * Losses far above the others (Tukey 1977: three interquartile ranges above the
 * third quartile) are lowered to that line, or a few that diverged would be all
 * that is explained.
 * x_value (n, space->n) as in engine/space.h, loss (n) finite. HONE_E_MISSING when
 * there are fewer than CLI_IMPORTANCE_LEAST trials or all losses are the same.
 * A function of its arguments alone. */
HONE_MUST_CHECK enum hone_code cli_importance_find(const struct hone_space *space, size_t n,
    const double *x_value, const double *loss, uint64_t seed, struct cli_importances *ret,
    struct hone_err *err);

#endif
