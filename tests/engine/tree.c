#include "tests/engine/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ITEMS_FIRST = 4 };

struct tree_reader {
    struct hone_arena *arena;
    const char *at;
    struct hone_place place; /* of *at */
};

static void step(struct tree_reader *r) {
    assert_true(*r->at != '\0');
    if (*r->at == '\n') {
        r->place.line++;
        r->place.column = 0;
    }
    r->place.column++;
    r->at++;
}

static void skip_space(struct tree_reader *r) {
    while (*r->at == ' ' || *r->at == '\n') {
        step(r);
    }
}

static void *room(struct tree_reader *r, size_t count, size_t size_bytes) {
    void *made = hone_arena_array(r->arena, count, size_bytes);

    assert_non_null(made);
    return made;
}

/* "…" with \\, \" and \n; the quote has been seen. */
static const char *read_quoted(struct tree_reader *r) {
    char *text = room(r, strlen(r->at) + 1, 1);
    size_t length = 0;

    for (step(r); *r->at != '"'; step(r)) {
        if (*r->at == '\\') {
            step(r);
            text[length++] = *r->at == 'n' ? '\n' : *r->at;
        } else {
            text[length++] = *r->at;
        }
    }
    step(r);
    return text;
}

static bool ends_plain(const char *at) {
    return *at == '\0' || strchr(",[]{}\n", *at) != NULL ||
           (*at == ':' && (at[1] == ' ' || at[1] == '\n'));
}

static const char *read_plain(struct tree_reader *r) {
    const char *from = r->at;
    size_t length;

    while (!ends_plain(r->at)) {
        step(r);
    }
    for (length = (size_t)(r->at - from); length > 0 && from[length - 1] == ' ';) {
        length--;
    }
    from = hone_arena_text(r->arena, from, length);
    assert_non_null(from);
    return from;
}

static struct hone_value *read_value(struct tree_reader *r);

static void read_list(struct tree_reader *r, struct hone_value *list) {
    size_t size = ITEMS_FIRST;

    list->type = HONE_LIST;
    list->item = room(r, size, sizeof(*list->item));
    step(r);
    for (skip_space(r); *r->at != ']'; skip_space(r)) {
        if (list->count == size) {
            const struct hone_value **wider = room(r, size * 2, sizeof(*wider));

            memcpy(wider, list->item, size * sizeof(*wider));
            list->item = wider;
            size *= 2;
        }
        list->item[list->count++] = read_value(r);
        skip_space(r);
        if (*r->at == ',') {
            step(r);
        }
    }
    step(r);
}

static void read_entry(struct tree_reader *r, struct hone_entry *entry) {
    entry->place = r->place;
    entry->key = *r->at == '"' ? read_quoted(r) : read_plain(r);
    assert_int_equal(*r->at, ':');
    step(r);
    skip_space(r);
    entry->value = read_value(r);
}

static void read_map(struct tree_reader *r, struct hone_value *map) {
    size_t size = ITEMS_FIRST;
    struct hone_entry *entry = room(r, size, sizeof(*entry));

    step(r);
    for (skip_space(r); *r->at != '}'; skip_space(r)) {
        if (map->count == size) {
            struct hone_entry *wider = room(r, size * 2, sizeof(*wider));

            memcpy(wider, entry, size * sizeof(*wider));
            entry = wider;
            size *= 2;
        }
        read_entry(r, &entry[map->count++]);
        skip_space(r);
        if (*r->at == ',') {
            step(r);
        }
    }
    step(r);
    map->type = HONE_MAP;
    map->entry = entry;
}

static struct hone_value *read_value(struct tree_reader *r) {
    struct hone_value *value = room(r, 1, sizeof(*value));
    struct hone_place place;

    skip_space(r);
    place = r->place;
    if (*r->at == '[') {
        read_list(r, value);
    } else if (*r->at == '{') {
        read_map(r, value);
    } else if (*r->at == '"') {
        value->type = HONE_TEXT;
        value->text = read_quoted(r);
    } else {
        *value = hone_value_from_plain(read_plain(r));
    }
    value->place = place;
    return value;
}

const struct hone_value *tree_read(struct hone_arena *arena, const char *text) {
    struct tree_reader r = {.arena = arena, .at = text, .place = {.line = 1, .column = 1}};
    const struct hone_value *value = read_value(&r);

    skip_space(&r);
    assert_int_equal(*r.at, '\0');
    return value;
}
