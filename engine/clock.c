#include "engine/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum { MS_PER_SECOND = 1000, NS_PER_MS = 1000000 };

static const int64_t last_writable_ms = INT64_C(253402300799999); /* 9999-12-31T23:59:59.999Z */

static atomic_llong frozen_ms = -1; /* negative: running; set by tests alone */

int64_t hone_clock_wall_ms(void) {
    int64_t frozen = atomic_load(&frozen_ms);
    struct timespec now;

    if (frozen >= 0) {
        return frozen;
    }
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

double hone_clock_seconds(void) {
    int64_t frozen = atomic_load(&frozen_ms);
    struct timespec now;

    if (frozen >= 0) {
        return (double)frozen / MS_PER_SECOND;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Times come from databases too, so any number is written as some time: what
 * is before 1970 or after 9999 as the nearest that fits. */
void hone_clock_write(int64_t wall_ms, char ret_text[HONE_CLOCK_TEXT]) {
    int64_t ms = wall_ms < 0 ? 0 : wall_ms > last_writable_ms ? last_writable_ms : wall_ms;
    time_t seconds = (time_t)(ms / MS_PER_SECOND);
    struct tm parts;
    char date[sizeof("2026-01-01T00:00:00")];

    (void)gmtime_r(&seconds, &parts);
    (void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
    (void)snprintf(ret_text, HONE_CLOCK_TEXT, "%s.%03dZ", date, (int)(ms % MS_PER_SECOND));
}

void hone_clock_freeze(int64_t wall_ms) {
    atomic_store(&frozen_ms, wall_ms);
}
