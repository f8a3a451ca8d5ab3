/* What the database says of one study, kept beyond the question. */
#ifndef HONE_CLI_STUDY_H
#define HONE_CLI_STUDY_H

#include "engine/arena.h"
#include "engine/cli/spec.h"
#include "engine/err.h"
#include "storage/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Reads the study's row into the arena. HONE_E_MISSING names the nearest. */
HONE_MUST_CHECK enum hone_code cli_study_read(struct hone_db *db, const char *name,
    struct hone_arena *arena, struct hone_study_row *ret_row, struct hone_err *err);

/* The plan of a stored study, from the spec that is kept with it. Relative
 * paths start where they started then. */
HONE_MUST_CHECK enum hone_code cli_study_plan(const struct hone_study_row *row,
    struct cli_spec *spec, struct hone_err *err);

/* The space of a stored study, without what its objective needs. */
HONE_MUST_CHECK enum hone_code cli_study_space(const struct hone_study_row *row,
    struct hone_arena *arena, struct hone_space *ret_space, struct hone_err *err);

/* Trials in any state. */
uint64_t cli_study_trials(const struct hone_study_row *row);

/* Trials that are complete, pruned or failed. */
uint64_t cli_study_finished(const struct hone_study_row *row);

/* Whether the search has `stop: auto` and its model of all trials says that going on does not
 * pay; one that cannot be read does not say so. */
bool cli_study_has_enough(struct hone_db *db, const struct hone_study_row *row);

/* The budget, and what was imported beside it; or the points of the space that are no more
 * than the budget, where none is tried twice; UINT64_MAX: open. Trials that are put in the
 * queue by hand are not among those: the end is then a little late. */
uint64_t cli_study_budget(const struct hone_study_row *row);

#endif
