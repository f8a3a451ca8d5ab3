/* A session: from a loaded plan to the end of a run, for `hone run` and `hone
 * resume`, or to whatever else works on an open study, as `hone pipe`. */
#ifndef HONE_CLI_SESSION_H
#define HONE_CLI_SESSION_H

#include "engine/cli/args.h"
#include "engine/cli/out.h"
#include "engine/cli/spec.h"
#include "engine/err.h"
#include "engine/run.h"
#include "storage/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A study that this process works on. Zero-initialise; close in any case. */
struct cli_session {
    const struct cli_common *common;
    const struct hone_plan *plan;
    struct hone_objective *objective;
    struct hone_db *db;
    struct hone_store *store;
    struct hone_sampler *sampler;
    struct hone_history history;
    struct hone_stop stop; /* signals raise it from open to close */
    uint64_t parallel;     /* as recorded */
    size_t workers;
    bool race;
};

/* Opens the objective (so that bad data is told before anything is created),
 * then the database and the study in it. common and plan outlive it; it must
 * stay where it is. */
HONE_MUST_CHECK enum hone_code cli_session_open(struct cli_session *session,
    const struct cli_common *common, const struct hone_plan *plan, struct hone_err *err);

/* Gives the study up to others; what was read of it stays. */
void cli_session_give_up(struct cli_session *session);
void cli_session_close(struct cli_session *session);

/* What `hone run` and `hone resume` may be asked beside the search itself. */
struct cli_session_wish {
    bool json; /* progress as events, see live/events.h */
    const char *tensorboard; /* a folder to be written for it, NULL: none */
};

#define CLI_SESSION_FLAGS(type, member) \
    {.name = "json", .kind = CLI_SWITCH, .offset = offsetof(type, member.json), \
     .summary = "progress as JSON lines on standard error; see 'hone help events'"}, \
    {.name = "tensorboard", .kind = CLI_TEXT, .offset = offsetof(type, member.tensorboard), \
     .shown = "DIR", .summary = "write a folder for TensorBoard as the search goes"}

/* Opens a session and runs the plan to its end. The best trial goes to out.
 * HONE_E_CANCELLED when it was interrupted, HONE_E_NUMERIC when no trial is
 * complete. */
HONE_MUST_CHECK enum hone_code cli_session_run(const struct cli_common *common,
    const struct cli_session_wish *wish, const struct cli_spec *spec, struct cli_out *out,
    struct hone_err *err);

/* The objective of a plan; a file it cannot read is the user's mistake. */
HONE_MUST_CHECK enum hone_code cli_session_objective(const struct hone_plan *plan,
    struct hone_objective **ret, struct hone_err *err);

#endif
