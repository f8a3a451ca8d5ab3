#include "engine/cli/live/pace.h"

#include <math.h>

void cli_pace_note(struct cli_pace *pace, double now) {
    pace->at[pace->next] = now;
    pace->next = (pace->next + 1) % CLI_PACE_ROOM;
    pace->count += pace->count < CLI_PACE_ROOM;
}

/* Between the oldest and the newest moment lie count - 1 trials. The time since
 * the newest counts once it is longer than a trial took: then it is news. */
double cli_pace_rate(const struct cli_pace *pace, double now) {
    double oldest = pace->at[pace->count < CLI_PACE_ROOM ? 0 : pace->next];
    double newest = pace->at[(pace->next + CLI_PACE_ROOM - 1) % CLI_PACE_ROOM];
    double trials = (double)pace->count - 1;

    if (pace->count < 2 || !(newest > oldest)) {
        return NAN;
    }
    if (now - newest > (newest - oldest) / trials) {
        return (trials + 1) / (now - oldest);
    }
    return trials / (newest - oldest);
}

double cli_pace_remaining(const struct cli_pace *pace, double now, uint64_t trials) {
    return (double)trials / cli_pace_rate(pace, now);
}
