/* What a Gaussian process, fitted to the trials of a record, expects elsewhere. */
#ifndef HONE_CLI_STATS_MODEL_H
#define HONE_CLI_STATS_MODEL_H

#include "engine/arena.h"
#include "engine/cli/stats/findings.h"
#include "engine/cli/stats/record.h"
#include "engine/err.h"
#include "search/gp_portrait.h"

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise; cli_model_finish in any case. */
struct cli_model {
    const struct cli_record *record;
    const struct hone_space *space;
    struct hone_history history; /* the trials it is made of: of many the better half,
                                  * and the others evenly */
    size_t *number;              /* (history.count) of each in the study */
    const double *base;          /* (space->n) the best trial's point */
    double *x_value;             /* (space->n) the point that is asked about */
    struct hone_gp_portrait *portrait;
};

/* Fits it. Arrays live in the arena, which with the record outlives it.
 * HONE_E_MISSING when there are too few results or no model fits them. */
HONE_MUST_CHECK enum hone_code cli_model_fit(struct cli_model *model,
    const struct cli_record *record, const struct cli_ties *ties, struct hone_arena *arena,
    struct hone_err *err);
void cli_model_finish(struct cli_model *model);

/* Goes to the best trial's point with other values of p and q; parameters that
 * become active get their defaults. False when p or q is not active there. */
bool cli_model_move(struct cli_model *model, size_t p, double x_p, size_t q, double x_q);

/* What is expected there, in the metric's direction, low below high. */
struct hone_gp_guess cli_model_here(const struct cli_model *model);

/* The same of a loss. */
struct hone_gp_guess cli_model_value(const struct cli_model *model, struct hone_gp_guess loss);

/* Whether a parameter makes a picture: no constant, active in the best trial, of
 * at most `most` choices. */
bool cli_model_shows(const struct cli_model *model, size_t p, size_t most);

/* How many places of a parameter are worth asking about, at most `most`, and the
 * i-th of them. */
size_t cli_model_places(const struct hone_param *param, size_t most);
double cli_model_place(const struct hone_param *param, size_t most, size_t i);

#endif
