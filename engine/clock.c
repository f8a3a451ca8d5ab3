#include "engine/clock.h"

#include <stdatomic.h>
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

void hone_clock_sleep(double seconds) {
    const time_t whole = (time_t)seconds;
    const struct timespec time = {
        .tv_sec = whole,
        .tv_nsec = (long)((seconds - (double)whole) * 1e9),
    };

    (void)nanosleep(&time, NULL);
}

/* Writes the number with exactly `digits` digits and what comes behind them. */
static char *put(char *to, int number, int digits, char behind) {
    for (int i = digits; i-- > 0; number /= 10) {
        to[i] = (char)('0' + number % 10);
    }
    to[digits] = behind;
    return to + digits + 1;
}

/* Times come from databases too, so any number is written as some time: what
 * is before 1970 or after 9999 as the nearest that fits. Listings write tens of
 * thousands: strftime would take most of their time. */
void hone_clock_write(int64_t wall_ms, char ret_text[HONE_CLOCK_TEXT]) {
    int64_t ms = wall_ms < 0 ? 0 : wall_ms > last_writable_ms ? last_writable_ms : wall_ms;
    time_t seconds = (time_t)(ms / MS_PER_SECOND);
    struct tm parts = {0};
    char *to = ret_text;

    (void)gmtime_r(&seconds, &parts);
    to = put(to, parts.tm_year + 1900, 4, '-');
    to = put(to, parts.tm_mon + 1, 2, '-');
    to = put(to, parts.tm_mday, 2, 'T');
    to = put(to, parts.tm_hour, 2, ':');
    to = put(to, parts.tm_min, 2, ':');
    to = put(to, parts.tm_sec, 2, '.');
    to = put(to, (int)(ms % MS_PER_SECOND), 3, 'Z');
    *to = '\0';
}

void hone_clock_freeze(int64_t wall_ms) {
    atomic_store(&frozen_ms, wall_ms);
}
