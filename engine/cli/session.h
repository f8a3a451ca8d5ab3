/* A session: from a loaded plan to the end of a run. Shared by `hone run` and
 * `hone resume`. */
#ifndef HONE_CLI_SESSION_H
#define HONE_CLI_SESSION_H

#include "engine/cli/args.h"
#include "engine/cli/out.h"
#include "engine/cli/spec.h"
#include "engine/err.h"

/* Opens the objective (so that bad data is told before anything is created),
 * then the database, and runs the plan to its end. The best trial goes to out.
 * HONE_E_CANCELLED when it was interrupted, HONE_E_NUMERIC when no trial is
 * complete. */
HONE_MUST_CHECK enum hone_code cli_session_run(const struct cli_common *common,
    const struct cli_spec *spec, struct cli_out *out, struct hone_err *err);

/* The objective of a plan; a file it cannot read is the user's mistake. */
HONE_MUST_CHECK enum hone_code cli_session_objective(const struct hone_plan *plan,
    struct hone_objective **ret, struct hone_err *err);

#endif
