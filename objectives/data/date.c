#include "objectives/data/date.h"

#include <ctype.h>
#include <string.h>

/* What a date has behind its day. */
struct shape {
    char separator; /* 'T' or ' '; 0: nothing */
    bool utc;       /* Z at the end */
    size_t length;
};

static bool take(const char **at, char wanted) {
    const bool there = **at == wanted;

    *at += there;
    return there;
}

/* Two digits. */
static bool take_pair(const char **at, int low, int high) {
    const unsigned char *digit = (const unsigned char *)*at;
    int pair;

    if (!isdigit(digit[0]) || !isdigit(digit[1])) {
        return false;
    }
    pair = 10 * (digit[0] - '0') + digit[1] - '0';
    *at += 2;
    return pair >= low && pair <= high;
}

static bool take_day(const char **at) {
    return take_pair(at, 0, 99) && take_pair(at, 0, 99) && take(at, '-') &&
        take_pair(at, 1, 12) && take(at, '-') && take_pair(at, 1, 31);
}

/* 12:30, 12:30:00 or 12:30:00.5; a minute may have a leap second. */
static bool take_clock(const char **at) {
    size_t digits;

    if (!take_pair(at, 0, 23) || !take(at, ':') || !take_pair(at, 0, 59)) {
        return false;
    }
    if (!take(at, ':')) {
        return true;
    }
    if (!take_pair(at, 0, 60)) {
        return false;
    }
    if (!take(at, '.')) {
        return true;
    }
    digits = strspn(*at, "0123456789");
    *at += digits;
    return digits > 0;
}

static bool read_date(const char *text, struct shape *ret) {
    const char *at = text;

    *ret = (struct shape){.length = strlen(text)};
    if (!take_day(&at)) {
        return false;
    }
    if (*at == '\0') {
        return true;
    }
    ret->separator = *at;
    if ((!take(&at, 'T') && !take(&at, ' ')) || !take_clock(&at)) {
        return false;
    }
    ret->utc = take(&at, 'Z');
    return *at == '\0';
}

/* A text that goes on where another ends is later, but a Z stands behind both digits
 * and the colon or point that could follow instead: 12:30:00Z > 12:30:00.5Z. */
static bool are_comparable(const struct shape *a, const struct shape *b) {
    if (a->separator == 0 || b->separator == 0) {
        return true;
    }
    return a->separator == b->separator && a->utc == b->utc &&
        (!a->utc || a->length == b->length);
}

enum hone_code hone_dates_check(const struct hone_table *table, const struct hone_column *column,
    struct hone_err *err) {
    const char *const *text = column->levels.text;
    struct shape first = {0};
    struct shape shape;
    size_t at = 0; /* of the first one with a time */

    for (size_t i = 0; i < column->levels.count; i++) {
        if (!read_date(text[i], &shape)) {
            return hone_table_fail(table, 0, err,
                "column '%s' has '%s'; numbers or dates such as 2024-01-31 or "
                "2024-01-31T12:30:00 are needed", hone_cell_show(column->name).text,
                hone_cell_show(text[i]).text);
        }
        if (!are_comparable(&first, &shape)) {
            return hone_table_fail(table, 0, err,
                "column '%s' has '%s' and '%s'; times need the same sign before the "
                "hour, all or none of them a Z, and with a Z equally many digits",
                hone_cell_show(column->name).text, hone_cell_show(text[at]).text,
                hone_cell_show(text[i]).text);
        }
        if (first.separator == 0) {
            first = shape;
            at = i;
        }
    }
    return HONE_OK;
}
