/* Declarative option tables: what a part can be told, with type, range, default
 * and one line of help. One table serves the spec parser, the range errors that
 * name the spec's line, the help text and the typed config struct.
 *
 *     struct momentum_config { double momentum; };
 *     static const struct hone_option momentum_options[] = {
 *         HONE_REAL(struct momentum_config, momentum, 0.9, 0.0, 0.9999, "share of the …"),
 *         HONE_OPTIONS_END,
 *     };
 *
 * The spec's key is the member's name. */
#ifndef HONE_ENGINE_OPTION_H
#define HONE_ENGINE_OPTION_H

#include "engine/buf.h"
#include "engine/problems.h"
#include "engine/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hone_option_kind {
    HONE_OPTION_REAL,     /* double */
    HONE_OPTION_INT,      /* int64_t */
    HONE_OPTION_BOOL,     /* bool */
    HONE_OPTION_CHOICE,   /* int: index into choices */
    HONE_OPTION_TEXT,     /* const char *, NULL when not given */
    HONE_OPTION_DURATION, /* double, seconds; written 30, 30s, 5m, 2h, 1d */
    HONE_OPTION_INTS,     /* const struct hone_value *: an int or a list of ints; NULL by default */
    HONE_OPTION_TEXTS,    /* const struct hone_value *: a scalar or list of such; NULL by default */
    HONE_OPTION_VALUE,    /* const struct hone_value *: anything; the part reads it itself */
};

struct hone_option {
    const char *name; /* NULL ends a table */
    const char *summary;
    enum hone_option_kind kind;
    size_t offset;              /* of the member in the config struct */
    double preset;              /* default; NaN: decided elsewhere, as the summary says */
    double low, high;           /* numbers, both allowed */
    const char *const *choices; /* HONE_OPTION_CHOICE: names, NULL-terminated */
};

#define HONE_REAL(type, member, preset_, low_, high_, summary_)                                    \
    { .name = #member, .summary = summary_, .kind = HONE_OPTION_REAL,                              \
      .offset = offsetof(type, member), .preset = preset_, .low = low_, .high = high_ }
#define HONE_INTEGER(type, member, preset_, low_, high_, summary_)                                 \
    { .name = #member, .summary = summary_, .kind = HONE_OPTION_INT,                               \
      .offset = offsetof(type, member), .preset = preset_, .low = low_, .high = high_ }
#define HONE_FLAG(type, member, preset_, summary_)                                                 \
    { .name = #member, .summary = summary_, .kind = HONE_OPTION_BOOL,                              \
      .offset = offsetof(type, member), .preset = preset_, .low = 0, .high = 1 }
#define HONE_ONE_OF(type, member, choices_, preset_, summary_)                                     \
    { .name = #member, .summary = summary_, .kind = HONE_OPTION_CHOICE,                            \
      .offset = offsetof(type, member), .preset = preset_, .choices = choices_ }
#define HONE_WORDS(type, member, summary_)                                                         \
    { .name = #member, .summary = summary_, .kind = HONE_OPTION_TEXT,                              \
      .offset = offsetof(type, member) }
#define HONE_SECONDS(type, member, preset_, summary_)                                              \
    { .name = #member, .summary = summary_, .kind = HONE_OPTION_DURATION,                          \
      .offset = offsetof(type, member), .preset = preset_, .low = 0, .high = 1e9 }
#define HONE_INTEGERS(type, member, low_, high_, summary_)                                         \
    { .name = #member, .summary = summary_, .kind = HONE_OPTION_INTS,                              \
      .offset = offsetof(type, member), .low = low_, .high = high_ }
#define HONE_TEXTS(type, member, summary_)                                                         \
    { .name = #member, .summary = summary_, .kind = HONE_OPTION_TEXTS,                             \
      .offset = offsetof(type, member) }
#define HONE_ANYTHING(type, member, summary_)                                                      \
    { .name = #member, .summary = summary_, .kind = HONE_OPTION_VALUE,                             \
      .offset = offsetof(type, member) }
#define HONE_OPTIONS_END { .name = NULL }

/* The entry named `name`, or NULL (also when options is NULL). */
const struct hone_option *hone_option_find(const struct hone_option *options, const char *name);

/* Sets every member to its default. */
void hone_options_preset(const struct hone_option *options, void *config);

/* Checks type and range of one value written for `option`; `key` is the whole
 * path shown to the user ("objective.epochs"). Notes a problem and returns
 * false when it cannot be used. */
bool hone_option_check(const struct hone_option *option, const char *key,
    const struct hone_value *value, struct hone_problems *problems);

/* Puts a checked value into its member. */
void hone_option_set(const struct hone_option *option, void *config,
    const struct hone_value *value);

/* Presets, then reads every entry of `map` that the table knows; the problems
 * of all. Keys the table does not know are left to hone_options_unknown.
 * `section` is the path of the map ("cv", "" at the top). map may be NULL:
 * then all is default. A map that is no mapping is a problem. */
void hone_options_read(const struct hone_option *options, const char *section,
    const struct hone_value *map, void *config, struct hone_problems *problems);

/* Notes every key of `map` that stands in none of the tables (NULL-terminated
 * array), naming the nearest known one. */
void hone_options_unknown(const struct hone_option *const *tables, const char *section,
    const struct hone_value *map, struct hone_problems *problems);

/* Appends the default as a user would write it: "0.9", "relu", "30m". Nothing for what is
 * NULL when not given: what that means, if anything, only the summary can say. */
void hone_option_write_preset(const struct hone_option *option, struct hone_buf *buf);

/* Appends what may stand there: "a number from 0 to 1", "one of relu, tanh". */
void hone_option_write_range(const struct hone_option *option, struct hone_buf *buf);

#endif
