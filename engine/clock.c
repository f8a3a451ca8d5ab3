#include "engine/clock.h"

#include <stdatomic.h>
#include <string.h>
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

double hone_clock_thread_seconds(void) {
    struct timespec used;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec * 1e-9;
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

/* Days since 1970 of a date in the Gregorian calendar, from March on so that the
 * leap day comes last (Hinnant, "chrono-compatible low-level date algorithms"). */
static int64_t days_before(int year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

/* The thirteenth month begins where the twelfth ends. */
static int64_t days_in(int year, int month) {
    return days_before(year, month + 1, 1) - days_before(year, month, 1);
}

/* Exactly so many digits, and moves behind them. */
static bool take_digits(const char **at, int digits, int low, int high, int *ret) {
    int number = 0;

    for (int i = 0; i < digits; i++, ++*at) {
        if (**at < '0' || **at > '9') {
            return false;
        }
        number = 10 * number + (**at - '0');
    }
    *ret = number;
    return number >= low && number <= high;
}

static bool take_one_of(const char **at, const char *allowed) {
    bool taken = **at != '\0' && strchr(allowed, **at) != NULL;

    *at += taken ? 1 : 0;
    return taken;
}

/* Thousandths; further digits are cut. */
static bool take_fraction(const char **at, int *ret_ms) {
    int place = 100;
    int digits = 0;

    *ret_ms = 0;
    if (!take_one_of(at, ".")) {
        return true;
    }
    for (; **at >= '0' && **at <= '9' && digits < 9; ++*at, digits++, place /= 10) {
        *ret_ms += place * (**at - '0');
    }
    return digits > 0;
}

bool hone_clock_read(const char *text, int64_t *ret_wall_ms) {
    int year, month, day, hour, minute, second, ms;
    const char *at = text;
    bool is_time = take_digits(&at, 4, 1970, 9999, &year) && take_one_of(&at, "-") &&
                   take_digits(&at, 2, 1, 12, &month) && take_one_of(&at, "-") &&
                   take_digits(&at, 2, 1, 31, &day) && day <= days_in(year, month) &&
                   take_one_of(&at, "T ") &&
                   take_digits(&at, 2, 0, 23, &hour) && take_one_of(&at, ":") &&
                   take_digits(&at, 2, 0, 59, &minute) && take_one_of(&at, ":") &&
                   take_digits(&at, 2, 0, 60, &second) && take_fraction(&at, &ms);

    if (!is_time || (strcmp(at, "") != 0 && strcmp(at, "Z") != 0 && strcmp(at, "+00:00") != 0)) {
        return false;
    }
    *ret_wall_ms = (((days_before(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) *
                       MS_PER_SECOND + ms;
    return true;
}

void hone_clock_freeze(int64_t wall_ms) {
    atomic_store(&frozen_ms, wall_ms);
}
