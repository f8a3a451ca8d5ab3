/* A search for programs that watch it: one JSON object a line on standard error. */
#ifndef HONE_CLI_LIVE_EVENTS_H
#define HONE_CLI_LIVE_EVENTS_H

#include "engine/cli/live/glance.h"
#include "engine/objective.h"
#include "engine/plan.h"
#include "engine/run.h"
#include "engine/trial.h"

#include <stdint.h>

/* What the events are, for help. */
extern const char cli_events_help[];

void cli_event_start(const struct hone_plan *plan, const struct hone_objective *objective,
    const struct cli_glance *glance, uint64_t parallel, size_t workers);
void cli_event_begun(const struct hone_plan *plan, const struct hone_trial *trial);
void cli_event_fold(const struct hone_result *result);
void cli_event_trial(const struct hone_objective *objective, const struct hone_trial *trial,
    bool best);
void cli_event_stopping(int requests);
void cli_event_end(const struct cli_glance *glance, enum hone_end end);

#endif
