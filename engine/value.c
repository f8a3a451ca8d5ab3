#include "engine/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct hone_value *hone_value_get(const struct hone_value *map, const char *key) {
    if (map == NULL || map->type != HONE_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->entry[i].key, key) == 0) {
            return map->entry[i].value;
        }
    }
    return NULL;
}

const char *hone_value_type_name(enum hone_value_type type) {
    static const char *const name[] = {
        [HONE_NULL] = "nothing", [HONE_BOOL] = "a boolean", [HONE_INT] = "an integer",
        [HONE_REAL] = "a number", [HONE_TEXT] = "a text", [HONE_LIST] = "a list",
        [HONE_MAP] = "a mapping",
    };

    return name[type];
}

bool hone_value_is_number(const struct hone_value *value) {
    return value->type == HONE_INT || value->type == HONE_REAL;
}

static int sign_of(bool greater, bool less) {
    return (int)greater - (int)less;
}

static int compare_numbers(const struct hone_value *a, const struct hone_value *b) {
    if (a->type == HONE_INT && b->type == HONE_INT) {
        return sign_of(a->integer > b->integer, a->integer < b->integer);
    }
    if (isnan(a->real) || isnan(b->real)) {
        return sign_of(!isnan(a->real), !isnan(b->real));
    }
    return sign_of(a->real > b->real, a->real < b->real);
}

static int compare_lists(const struct hone_value *a, const struct hone_value *b) {
    int order = 0;

    for (size_t i = 0; i < a->count && order == 0; i++) {
        order = hone_value_compare(a->item[i], b->item[i]);
    }
    return order;
}

/* The entry with the least key above `key` (NULL: of all), or NULL. */
static const struct hone_entry *entry_after(const struct hone_value *map, const char *key) {
    const struct hone_entry *least = NULL;

    for (size_t i = 0; i < map->count; i++) {
        const struct hone_entry *e = &map->entry[i];

        if ((key == NULL || strcmp(e->key, key) > 0) &&
            (least == NULL || strcmp(e->key, least->key) < 0)) {
            least = e;
        }
    }
    return least;
}

/* In the order of their keys, whatever order they were written in. */
static int compare_maps(const struct hone_value *a, const struct hone_value *b) {
    const struct hone_entry *x = entry_after(a, NULL);
    const struct hone_entry *y = entry_after(b, NULL);
    int order = 0;

    while (x != NULL && y != NULL && order == 0) {
        order = strcmp(x->key, y->key);
        order = order != 0 ? order : hone_value_compare(x->value, y->value);
        x = entry_after(a, x->key);
        y = entry_after(b, y->key);
    }
    return order;
}

/* Types in their order, INT and REAL as one. */
static enum hone_value_type rank(const struct hone_value *value) {
    return value->type == HONE_INT ? HONE_REAL : value->type;
}

int hone_value_compare(const struct hone_value *a, const struct hone_value *b) {
    if (rank(a) != rank(b)) {
        return sign_of(rank(a) > rank(b), rank(a) < rank(b));
    }
    if (a->count != b->count) {
        return sign_of(a->count > b->count, a->count < b->count);
    }
    switch (rank(a)) {
    case HONE_BOOL: return sign_of(a->boolean && !b->boolean, b->boolean && !a->boolean);
    case HONE_REAL: return compare_numbers(a, b);
    case HONE_TEXT: return strcmp(a->text, b->text);
    case HONE_LIST: return compare_lists(a, b);
    case HONE_MAP: return compare_maps(a, b);
    default: return 0;
    }
}

bool hone_value_equal(const struct hone_value *a, const struct hone_value *b) {
    return hone_value_compare(a, b) == 0;
}

static bool is_one_of(const char *text, const char *const *words) {
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static size_t count_digits(const char *text) {
    return strspn(text, "0123456789");
}

/* [-+]?[0-9]+ or 0x… or 0o…, within 64 bits. */
static bool read_integer(const char *text, int64_t *ret) {
    const char *digits = text + (*text == '-' || *text == '+');
    const char *allowed = "0123456789";
    int base = 10;
    long long number;

    if (strncmp(text, "0x", 2) == 0) {
        allowed = "0123456789abcdefABCDEF";
        base = 16;
        digits = text + 2;
    } else if (strncmp(text, "0o", 2) == 0) {
        allowed = "01234567";
        base = 8;
        digits = text + 2;
    }
    if (*digits == '\0' || digits[strspn(digits, allowed)] != '\0') {
        return false;
    }
    errno = 0;
    number = strtoll(base == 10 ? text : digits, NULL, base);
    if (errno != 0) {
        return false;
    }
    *ret = number;
    return true;
}

/* [-+]? (digits [. digits*] | . digits) ([eE][-+]? digits)? */
static bool has_real_shape(const char *text) {
    const char *at = text + (*text == '-' || *text == '+');
    size_t whole = count_digits(at);
    size_t fraction = 0;

    at += whole;
    if (*at == '.') {
        fraction = count_digits(at + 1);
        at += 1 + fraction;
    }
    if (whole + fraction == 0) {
        return false;
    }
    if (*at == 'e' || *at == 'E') {
        at += 1 + (at[1] == '-' || at[1] == '+');
        if (count_digits(at) == 0) {
            return false;
        }
        at += count_digits(at);
    }
    return *at == '\0';
}

static bool read_real(const char *text, double *ret) {
    static const char *const infinite[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const not_number[] = {".nan", ".NaN", ".NAN", NULL};
    bool negative = *text == '-';

    if (is_one_of(text + (negative || *text == '+'), infinite)) {
        *ret = negative ? -INFINITY : INFINITY;
        return true;
    }
    if (is_one_of(text, not_number)) {
        *ret = NAN;
        return true;
    }
    if (!has_real_shape(text)) {
        return false;
    }
    *ret = strtod(text, NULL);
    return true;
}

struct hone_value hone_value_from_plain(const char *text) {
    static const char *const nothing[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const yes[] = {"true", "True", "TRUE", NULL};
    static const char *const no[] = {"false", "False", "FALSE", NULL};
    struct hone_value value = {.type = HONE_TEXT, .text = text};

    if (is_one_of(text, nothing)) {
        value.type = HONE_NULL;
    } else if (is_one_of(text, yes) || is_one_of(text, no)) {
        value.type = HONE_BOOL;
        value.boolean = is_one_of(text, yes);
    } else if (read_integer(text, &value.integer)) {
        value.type = HONE_INT;
        value.real = (double)value.integer;
    } else if (read_real(text, &value.real)) {
        value.type = HONE_REAL;
    }
    return value;
}

static void write_list(const struct hone_value *value, struct hone_buf *buf) {
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < value->count; i++) {
        hone_buf_add(buf, i > 0 ? ", " : "");
        hone_value_write_json(value->item[i], buf);
    }
    hone_buf_add(buf, "]");
}

static void write_map(const struct hone_value *value, struct hone_buf *buf) {
    hone_buf_add(buf, "{");
    for (size_t i = 0; i < value->count; i++) {
        hone_buf_add(buf, i > 0 ? ", " : "");
        hone_buf_add_json_text(buf, value->entry[i].key);
        hone_buf_add(buf, ": ");
        hone_value_write_json(value->entry[i].value, buf);
    }
    hone_buf_add(buf, "}");
}

/* JSON has no infinities and no NaN: they become texts. */
static void write_real(double real, struct hone_buf *buf) {
    hone_buf_add(buf, isfinite(real) ? "" : "\"");
    hone_buf_add_real(buf, real);
    hone_buf_add(buf, isfinite(real) ? "" : "\"");
}

void hone_value_write_json(const struct hone_value *value, struct hone_buf *buf) {
    switch (value->type) {
    case HONE_NULL: hone_buf_add(buf, "null"); break;
    case HONE_BOOL: hone_buf_add(buf, value->boolean ? "true" : "false"); break;
    case HONE_INT: hone_buf_printf(buf, "%lld", (long long)value->integer); break;
    case HONE_REAL: write_real(value->real, buf); break;
    case HONE_TEXT: hone_buf_add_json_text(buf, value->text); break;
    case HONE_LIST: write_list(value, buf); break;
    case HONE_MAP: write_map(value, buf); break;
    }
}

void hone_value_write_plain(const struct hone_value *value, struct hone_buf *buf) {
    if (value->type == HONE_TEXT) {
        hone_buf_add(buf, value->text);
    } else {
        hone_value_write_json(value, buf);
    }
}
