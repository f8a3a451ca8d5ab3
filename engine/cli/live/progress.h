/* What is seen of a running search, on standard error only: on a terminal a block
 * that is drawn anew in its place, elsewhere a plain line at ever longer
 * intervals, for programs one event a line; or nothing. */
#ifndef HONE_CLI_LIVE_PROGRESS_H
#define HONE_CLI_LIVE_PROGRESS_H

#include "engine/buf.h"
#include "engine/cli/live/glance.h"
#include "engine/cli/live/pace.h"
#include "engine/cli/live/screen.h"
#include "engine/cli/session.h"
#include "engine/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_voice { CLI_VOICE_QUIET, CLI_VOICE_LINES, CLI_VOICE_BLOCK, CLI_VOICE_EVENTS };

struct cli_progress {
    struct hone_observer observer; /* hand it to the run */
    const struct cli_session *session;
    enum cli_voice voice;
    struct cli_screen screen;
    struct cli_glance glance;
    struct cli_pace pace;
    struct cli_glance_trial *running; /* (workers) owned; NULL: they are not shown */
    struct hone_buf params, failure;  /* texts that the glance points to */
    int requests_said;
    double started, next, interval; /* seconds of hone_clock_seconds */
    uint64_t finished_before;
    double best_loss;
    double default_loss;  /* of trial 0 when that was the defaults; else NaN */
    uint64_t params_of;   /* the trial that `params` is of, UINT64_MAX: none */
    uint64_t last_failed; /* UINT64_MAX: none */
};

/* Says what is to be done, and starts counting from what the session's history
 * holds. budget: trials that there are to be, UINT64_MAX: open. It and the
 * session must stay where they are; finish it in any case. */
void cli_progress_start(struct cli_progress *progress, const struct cli_session *session,
    uint64_t budget, bool events);

/* Says why the run ended and how to go on. */
void cli_progress_end(struct cli_progress *progress, enum hone_end end);

/* Takes a block off the screen, before an error is told, and releases. */
void cli_progress_finish(struct cli_progress *progress);

#endif
