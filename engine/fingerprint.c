/* What makes two specs the same search: one line "key = value" a leaf, in an
 * order that does not depend on how the file was laid out. */
#include "engine/alloc.h"
#include "engine/plan.h"

#include <stdlib.h>
#include <string.h>

struct writer {
    struct hone_buf lines;
    struct hone_buf path; /* "space.lr." */
    bool failed;
};

/* What may change between two sessions of one search. */
static bool is_exempt(const char *path) {
    static const char *const exempt[] = {"study", "search.trials", "search.timeout",
        "search.max_failures"};

    for (size_t i = 0; i < sizeof(exempt) / sizeof(exempt[0]); i++) {
        if (strcmp(path, exempt[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int by_key(const void *a, const void *b) {
    const struct hone_entry *const *first = a;
    const struct hone_entry *const *second = b;

    return strcmp((*first)->key, (*second)->key);
}

/* The entries of a map, sorted by key unless `as_written`; to be freed. */
static const struct hone_entry **list_entries(struct writer *w, const struct hone_value *map,
    bool as_written) {
    const struct hone_entry **list = hone_new_array(map->count, sizeof(*list));

    if (list == NULL) {
        w->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < map->count; i++) {
        list[i] = &map->entry[i];
    }
    if (!as_written && map->count > 1) {
        qsort(list, map->count, sizeof(*list), by_key);
    }
    return list;
}

static void write_content(struct writer *w, const struct hone_value *value);

static void write_list(struct writer *w, const struct hone_value *list) {
    hone_buf_add(&w->lines, "[");
    for (size_t i = 0; i < list->count; i++) {
        hone_buf_add(&w->lines, i > 0 ? ", " : "");
        write_content(w, list->item[i]);
    }
    hone_buf_add(&w->lines, "]");
}

/* A mapping inside a list. */
static void write_inner_mapping(struct writer *w, const struct hone_value *map) {
    const struct hone_entry **list = list_entries(w, map, false);

    hone_buf_add(&w->lines, "{");
    for (size_t i = 0; list != NULL && i < map->count; i++) {
        hone_buf_add(&w->lines, i > 0 ? ", " : "");
        hone_buf_add_json_text(&w->lines, list[i]->key);
        hone_buf_add(&w->lines, ": ");
        write_content(w, list[i]->value);
    }
    hone_buf_add(&w->lines, "}");
    hone_free(list);
}

/* As JSON in which equal values have equal texts: 1 and 1.0 are the same search
 * (beyond 2^53 a double would lose digits), and so are {a, b} and {b, a}. */
static void write_content(struct writer *w, const struct hone_value *value) {
    const int64_t exact = INT64_C(1) << 53;
    struct hone_value number = *value;

    if (value->type == HONE_LIST) {
        write_list(w, value);
    } else if (value->type == HONE_MAP) {
        write_inner_mapping(w, value);
    } else {
        if (value->type == HONE_INT && value->integer > -exact && value->integer < exact) {
            number.type = HONE_REAL;
        }
        hone_value_write_json(&number, &w->lines);
    }
}

static void write_leaf(struct writer *w, const struct hone_value *value) {
    if (is_exempt(hone_buf_text(&w->path))) {
        return;
    }
    hone_buf_add(&w->lines, hone_buf_text(&w->path));
    hone_buf_add(&w->lines, " = ");
    write_content(w, value);
    hone_buf_add(&w->lines, "\n");
}

/* Bare when it is an ordinary word, else quoted: a dot or a line end within a
 * key must not look like one between keys. */
static void add_key(struct hone_buf *path, const char *key) {
    size_t plain = strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    if (plain > 0 && key[plain] == '\0') {
        hone_buf_add(path, key);
    } else {
        hone_buf_add_json_text(path, key);
    }
}

static void write_value(struct writer *w, const struct hone_value *value);

static void write_entry(struct writer *w, const struct hone_entry *entry) {
    size_t length = w->path.length;

    hone_buf_add(&w->path, length > 0 ? "." : "");
    add_key(&w->path, entry->key);
    write_value(w, entry->value);
    w->path.length = length;
    if (w->path.text != NULL) {
        w->path.text[length] = '\0';
    }
}

static void write_mapping(struct writer *w, const struct hone_value *map) {
    bool order_counts = strcmp(hone_buf_text(&w->path), "space") == 0;
    const struct hone_entry **list = list_entries(w, map, order_counts);

    for (size_t i = 0; list != NULL && i < map->count; i++) {
        write_entry(w, list[i]);
    }
    hone_free(list);
}

static void write_value(struct writer *w, const struct hone_value *value) {
    if (value->type == HONE_MAP && value->count > 0) {
        write_mapping(w, value);
    } else {
        write_leaf(w, value);
    }
}

enum hone_code hone_fingerprint(const struct hone_value *root, struct hone_arena *arena,
    const char **ret_text, struct hone_err *err) {
    struct writer w = {0};
    enum hone_code code = HONE_OK;
    const char *text;

    write_value(&w, root);
    text = hone_arena_text(arena, hone_buf_text(&w.lines), w.lines.length);
    if (w.failed || w.lines.failed || w.path.failed || text == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "out of memory for the spec's fingerprint");
    } else {
        *ret_text = text;
    }
    hone_buf_finish(&w.lines);
    hone_buf_finish(&w.path);
    return code;
}

/* One "key = value" line of a fingerprint. */
struct line {
    const char *key, *value;
    size_t key_length, value_length;
};

/* The " = " after a key, of which parts may be quoted; NULL when there is none. */
static const char *find_sign(const char *line) {
    bool quoted = false;

    for (const char *c = line; *c != '\0' && *c != '\n'; c++) {
        if (*c == '"') {
            quoted = !quoted;
        } else if (quoted && *c == '\\') {
            c++; /* the escaped character is never a line's end */
        } else if (!quoted && strncmp(c, " = ", 3) == 0) {
            return c;
        }
    }
    return NULL;
}

/* Reads the line at *at and moves on; false at the end. */
static bool next_line(const char **at, struct line *ret) {
    const char *sign = find_sign(*at);
    const char *end = sign != NULL ? strchr(sign, '\n') : NULL;

    if (end == NULL) {
        return false;
    }
    *ret = (struct line){.key = *at, .key_length = (size_t)(sign - *at), .value = sign + 3,
        .value_length = (size_t)(end - sign - 3)};
    *at = end + 1;
    return true;
}

static bool has_key(const struct line *line, const struct line *wanted) {
    return line->key_length == wanted->key_length &&
           memcmp(line->key, wanted->key, wanted->key_length) == 0;
}

/* Finds the line of `text` with the wanted key. *hint is where it may stand:
 * two fingerprints are alike, so the next key mostly follows the last. */
static bool find_key(const char *text, const char **hint, const struct line *wanted,
    struct line *ret) {
    const char *at = *hint;

    if (next_line(&at, ret) && has_key(ret, wanted)) {
        *hint = at;
        return true;
    }
    for (at = text; next_line(&at, ret);) {
        if (has_key(ret, wanted)) {
            *hint = at;
            return true;
        }
    }
    return false;
}

static bool same_value(const struct line *a, const struct line *b) {
    return a->value_length == b->value_length && memcmp(a->value, b->value, a->value_length) == 0;
}

static void write_line(struct hone_buf *buf, const struct line *line, const char *was,
    const struct line *other) {
    hone_buf_add_bytes(buf, line->key, line->key_length);
    hone_buf_add(buf, was);
    if (other != NULL) {
        hone_buf_add_bytes(buf, other->value, other->value_length);
        hone_buf_add(buf, ", is ");
    }
    hone_buf_add_bytes(buf, line->value, line->value_length);
    hone_buf_add(buf, "\n");
}

void hone_plan_write_difference(const char *before, const char *now, size_t limit,
    struct hone_buf *ret_lines) {
    struct line line;
    struct line other;
    const char *hint = before;
    size_t count = 0;

    for (const char *at = now; next_line(&at, &line);) {
        bool known = find_key(before, &hint, &line, &other);

        if ((!known || !same_value(&line, &other)) && count++ < limit) {
            write_line(ret_lines, &line, known ? " was " : " is new: ", known ? &other : NULL);
        }
    }
    hint = now;
    for (const char *at = before; next_line(&at, &line);) {
        if (!find_key(now, &hint, &line, &other) && count++ < limit) {
            write_line(ret_lines, &line, " is gone: it was ", NULL);
        }
    }
    if (count == 0 && strcmp(before, now) != 0) {
        hone_buf_add(ret_lines, "the parameters stand in another order\n");
    }
    if (count > limit) {
        hone_buf_printf(ret_lines, "and %zu more\n", count - limit);
    }
}
