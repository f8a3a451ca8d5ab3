/* How fast trials finish lately. */
#ifndef HONE_CLI_LIVE_PACE_H
#define HONE_CLI_LIVE_PACE_H

#include <stddef.h>
#include <stdint.h>

enum { CLI_PACE_ROOM = 64 };

/* The last moments at which trials finished, seconds of any clock that goes on
 * evenly. Zero-initialise. */
struct cli_pace {
    size_t count, next;
    double at[CLI_PACE_ROOM];
};

/* A trial finished. Times do not go back. */
void cli_pace_note(struct cli_pace *pace, double now);

/* Trials a second over those moments until now; NaN while fewer than two are
 * known. It sinks while nothing finishes. */
double cli_pace_rate(const struct cli_pace *pace, double now);

/* Seconds until so many more are finished; NaN while nobody can say. */
double cli_pace_remaining(const struct cli_pace *pace, double now, uint64_t trials);

#endif
