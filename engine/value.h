/* A value as people write it in a spec: a scalar, a list or a mapping, that
 * knows where it was written. The spec is one such tree; the choices of a
 * categorical parameter are such values too. Trees are immutable and live in
 * an arena. */
#ifndef HONE_ENGINE_VALUE_H
#define HONE_ENGINE_VALUE_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hone_value_type {
    HONE_NULL,
    HONE_BOOL,
    HONE_INT,
    HONE_REAL,
    HONE_TEXT,
    HONE_LIST,
    HONE_MAP,
};

/* Where something was written, both from 1; 0 when it was computed. */
struct hone_place {
    int line;
    int column;
};

struct hone_value {
    enum hone_value_type type;
    struct hone_place place;
    bool boolean;
    int64_t integer;
    double real;      /* set for HONE_INT too */
    const char *text; /* HONE_TEXT */
    size_t count;     /* items of a list, entries of a map */
    const struct hone_value **item;
    const struct hone_entry *entry;
};

struct hone_entry {
    const char *key;
    struct hone_place place; /* of the key */
    const struct hone_value *value;
};

/* The value under `key`, or NULL when the map has none (or when map is NULL). */
const struct hone_value *hone_value_get(const struct hone_value *map, const char *key);

/* "a number", "a list" …, for messages. */
const char *hone_value_type_name(enum hone_value_type type);

bool hone_value_is_number(const struct hone_value *value);

/* Same type and content; 1 and 1.0 are equal. Places do not count. */
bool hone_value_equal(const struct hone_value *a, const struct hone_value *b);

/* An order over all values, 0 exactly when they are equal. */
int hone_value_compare(const struct hone_value *a, const struct hone_value *b);

/* Reads a plain (unquoted) scalar as YAML 1.2's core schema does, plus 1e-5
 * style floats: null, booleans, integers, reals, else text. */
struct hone_value hone_value_from_plain(const char *text);

/* Appends JSON. Maps keep the order of writing. */
void hone_value_write_json(const struct hone_value *value, struct hone_buf *buf);

/* Appends as a person would write it: text bare, all else as JSON. */
void hone_value_write_plain(const struct hone_value *value, struct hone_buf *buf);

#endif
