/* What a person sees of a running search: on a terminal one line that is drawn
 * anew, elsewhere a plain line at ever longer intervals. Standard error only. */
#ifndef HONE_CLI_PROGRESS_H
#define HONE_CLI_PROGRESS_H

#include "engine/objective.h"
#include "engine/plan.h"
#include "engine/run.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_progress {
    struct hone_observer observer; /* hand it to the run */
    const struct hone_objective *objective;
    const struct hone_stop *stop;
    const char *db, *study;
    uint64_t budget; /* UINT64_MAX: open */
    bool quiet, live;
    bool drawn; /* a live line stands on the screen */
    int requests_said;
    double started, next_line, interval; /* seconds of hone_clock_seconds */
    size_t done_before, finished, failed, pruned, complete;
    double best_loss;
    uint64_t best_trial;
};

/* Starts counting from what the history already holds. All pointers must stay. */
void cli_progress_start(struct cli_progress *progress, const struct hone_history *history,
    const struct hone_objective *objective, const struct hone_stop *stop, uint64_t budget,
    const char *study, const char *db, bool quiet);

/* Says why the run ended and how to go on. */
void cli_progress_end(struct cli_progress *progress, enum hone_end end);

/* Takes a live line off the screen, before an error is told. */
void cli_progress_clear(struct cli_progress *progress);

#endif
