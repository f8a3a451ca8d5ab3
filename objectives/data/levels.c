#include "objectives/data/levels.h"

#include "engine/alloc.h"
#include "objectives/data/cell.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

/* FNV-1a, 64 bits: the order of slots never shows, so any hash would do. */
static uint64_t text_hash(const char *text) {
    uint64_t hash = 0xCBF29CE484222325u;

    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
    }
    return hash;
}

/* Where `text` is or would be. */
static size_t find_slot(const struct hone_levels *levels, const char *text) {
    size_t mask = levels->slots - 1;
    size_t at = (size_t)text_hash(text) & mask;

    while (levels->slot[at] != 0 && strcmp(levels->text[levels->slot[at] - 1], text) != 0) {
        at = (at + 1) & mask;
    }
    return at;
}

/* Keeps at least half of the slots free. */
static enum hone_code widen(struct hone_levels *levels, struct hone_err *err) {
    size_t slots = levels->slots > 0 ? 2 * levels->slots : FIRST_SLOTS;
    uint32_t *slot = hone_new_array(slots, sizeof(*slot));
    const char **text = hone_resize(levels->text, slots / 2, sizeof(*text));

    if (text != NULL) {
        levels->text = text;
        levels->room = slots / 2;
    }
    if (slot == NULL || text == NULL) {
        hone_free(slot);
        return hone_fail(err, HONE_E_NOMEM, "the different texts of a column");
    }
    hone_free(levels->slot);
    levels->slot = slot;
    levels->slots = slots;
    for (size_t i = 0; i < levels->count; i++) {
        levels->slot[find_slot(levels, levels->text[i])] = (uint32_t)i + 1;
    }
    return HONE_OK;
}

enum hone_code hone_levels_index(struct hone_levels *levels, const char *text, int32_t *ret_index,
    struct hone_err *err) {
    enum hone_code code;
    char *copy;
    size_t at;

    if (2 * levels->count >= levels->slots) {
        code = widen(levels, err);
        if (code != HONE_OK) {
            return code;
        }
    }
    at = find_slot(levels, text);
    if (levels->slot[at] == 0) {
        copy = hone_arena_text(&levels->texts, text, strlen(text));
        if (copy == NULL) {
            return hone_fail(err, HONE_E_NOMEM, "the different texts of a column");
        }
        levels->text[levels->count++] = copy;
        levels->slot[at] = (uint32_t)levels->count;
    }
    *ret_index = (int32_t)(levels->slot[at] - 1);
    return HONE_OK;
}

struct ranked {
    const char *text;
    double number; /* 0 for all when they are ordered by bytes */
    size_t index;
};

static int compare_ranked(const void *left, const void *right) {
    const struct ranked *a = left;
    const struct ranked *b = right;

    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    return strcmp(a->text, b->text);
}

static bool read_numbers(struct ranked *ranked, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (hone_cell_read(ranked[i].text, &ranked[i].number) != HONE_CELL_NUMBER) {
            return false;
        }
    }
    return true;
}

enum hone_code hone_levels_sort(struct hone_levels *levels, int32_t *ret_place,
    struct hone_err *err) {
    struct ranked *ranked = hone_new_array(levels->count, sizeof(*ranked));

    if (ranked == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the different texts of a column");
    }
    for (size_t i = 0; i < levels->count; i++) {
        ranked[i] = (struct ranked){.text = levels->text[i], .index = i};
    }
    if (!read_numbers(ranked, levels->count)) {
        for (size_t i = 0; i < levels->count; i++) {
            ranked[i].number = 0.0;
        }
    }
    qsort(ranked, levels->count, sizeof(*ranked), compare_ranked);
    for (size_t i = 0; i < levels->count; i++) {
        levels->text[i] = ranked[i].text;
        ret_place[ranked[i].index] = (int32_t)i;
    }
    hone_free(ranked);
    return HONE_OK;
}

void hone_levels_finish(struct hone_levels *levels) {
    hone_arena_finish(&levels->texts);
    hone_free(levels->text);
    hone_free(levels->slot);
    *levels = (struct hone_levels){0};
}
