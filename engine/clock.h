/* Time, that tests can set. */
#ifndef HONE_ENGINE_CLOCK_H
#define HONE_ENGINE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Milliseconds since 1970, UTC. */
int64_t hone_clock_wall_ms(void);

/* Seconds from an arbitrary start, never backwards. */
double hone_clock_seconds(void);

/* Waits so long, or until a signal. The only time that tests cannot set. */
void hone_clock_sleep(double seconds);

enum { HONE_CLOCK_TEXT = 25 };

/* "2026-01-01T00:00:00.000Z" */
void hone_clock_write(int64_t wall_ms, char ret_text[HONE_CLOCK_TEXT]);

/* For tests: both clocks stand still at this wall time; a negative one lets
 * them run again. */
void hone_clock_freeze(int64_t wall_ms);

#endif
