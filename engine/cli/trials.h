/* Trials as rows: for `hone trials` and wherever one trial is a row of CSV. */
#ifndef HONE_CLI_TRIALS_H
#define HONE_CLI_TRIALS_H

#include "engine/cli/args.h"
#include "engine/cli/out.h"
#include "storage/db.h"

/* Writes the trials that the query asks for. columns: a list of names with
 * commas, NULL for the usual ones. */
HONE_MUST_CHECK enum hone_code cli_trials_write(struct hone_db *db,
    const struct hone_trial_query *query, const char *columns, enum cli_format format,
    struct cli_out *out, struct hone_err *err);

#endif
