/* Time, that tests can set. */
#ifndef HONE_ENGINE_CLOCK_H
#define HONE_ENGINE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Milliseconds since 1970, UTC. */
int64_t hone_clock_wall_ms(void);

/* Seconds from an arbitrary start, never backwards. */
double hone_clock_seconds(void);

/* Seconds of a processor that this thread has had; tests cannot set them. */
double hone_clock_thread_seconds(void);

/* Waits so long, or until a signal; tests cannot set that either. */
void hone_clock_sleep(double seconds);

enum { HONE_CLOCK_TEXT = 25 };

/* "2026-01-01T00:00:00.000Z" */
void hone_clock_write(int64_t wall_ms, char ret_text[HONE_CLOCK_TEXT]);

/* Reads such a time, and those of other programs: a space for the T, no fraction or
 * up to nine digits of one, no Z (UTC all the same) or +00:00. False when it is none. */
bool hone_clock_read(const char *text, int64_t *ret_wall_ms);

/* For tests: both clocks stand still at this wall time; a negative one lets
 * them run again. */
void hone_clock_freeze(int64_t wall_ms);

#endif
