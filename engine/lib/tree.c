#include "engine/lib/tree.h"

#include <string.h>

enum { FIRST_ROOM = 4 };

static const struct hone_value *add(struct lib_tree *tree, struct hone_value value) {
    struct hone_value *added = hone_arena_new(tree->arena, sizeof(*added));

    if (added == NULL) {
        tree->failed = true;
        return NULL;
    }
    *added = value;
    return added;
}

static const char *copy(struct lib_tree *tree, const char *text) {
    const char *copied = hone_arena_text(tree->arena, text, strlen(text));

    tree->failed = tree->failed || copied == NULL;
    return copied != NULL ? copied : "";
}

/* ---- Scalars ---- */

const struct hone_value *lib_tree_text(struct lib_tree *tree, const char *text) {
    return add(tree, (struct hone_value){.type = HONE_TEXT, .text = copy(tree, text)});
}

const struct hone_value *lib_tree_real(struct lib_tree *tree, double real) {
    return add(tree, (struct hone_value){.type = HONE_REAL, .real = real});
}

const struct hone_value *lib_tree_int(struct lib_tree *tree, int64_t integer) {
    return add(tree, (struct hone_value){
        .type = HONE_INT, .integer = integer, .real = (double)integer});
}

const struct hone_value *lib_tree_flag(struct lib_tree *tree, bool boolean) {
    return add(tree, (struct hone_value){.type = HONE_BOOL, .boolean = boolean});
}

const struct hone_value *lib_tree_plain(struct lib_tree *tree, const char *text) {
    return add(tree, hone_value_from_plain(copy(tree, text)));
}

/* ---- Mappings and lists ---- */

/* Twice the room in the arena, with what is there. */
static void *grow(struct lib_tree *tree, const void *old, size_t count, size_t size_bytes,
    size_t *room) {
    size_t wanted = *room == 0 ? FIRST_ROOM : 2 * *room;
    void *grown = hone_arena_array(tree->arena, wanted, size_bytes);

    if (grown == NULL) {
        tree->failed = true;
        return NULL;
    }
    if (count > 0) {
        memcpy(grown, old, count * size_bytes);
    }
    *room = wanted;
    return grown;
}

void lib_map_put(struct lib_tree *tree, struct lib_map *map, const char *key,
    const struct hone_value *value) {
    if (map->count == map->room) {
        struct hone_entry *grown =
            grow(tree, map->entry, map->count, sizeof(*map->entry), &map->room);

        if (grown == NULL) {
            return;
        }
        map->entry = grown;
    }
    map->entry[map->count++] = (struct hone_entry){.key = copy(tree, key), .value = value};
}

const struct hone_value *lib_map_end(struct lib_tree *tree, const struct lib_map *map) {
    return add(tree, (struct hone_value){
        .type = HONE_MAP, .count = map->count, .entry = map->entry});
}

void lib_list_put(struct lib_tree *tree, struct lib_list *list, const struct hone_value *value) {
    if (list->count == list->room) {
        const struct hone_value **grown =
            grow(tree, list->item, list->count, sizeof(*list->item), &list->room);

        if (grown == NULL) {
            return;
        }
        list->item = grown;
    }
    list->item[list->count++] = value;
}

const struct hone_value *lib_list_end(struct lib_tree *tree, const struct lib_list *list) {
    return add(tree, (struct hone_value){
        .type = HONE_LIST, .count = list->count, .item = list->item});
}

/* ---- As text ---- */

/* JSON is YAML, so whatever needs quotes has them. */
static void write_entry(const struct hone_entry *entry, const char *before, struct hone_buf *buf) {
    hone_buf_add(buf, before);
    hone_buf_add_json_text(buf, entry->key);
    hone_buf_add(buf, ": ");
    hone_value_write_json(entry->value, buf);
    hone_buf_add(buf, "\n");
}

void lib_tree_write(const struct hone_value *root, struct hone_buf *ret_text) {
    for (size_t i = 0; i < root->count; i++) {
        const struct hone_entry *entry = &root->entry[i];

        if (strcmp(entry->key, "space") != 0 || entry->value->count == 0) {
            write_entry(entry, "", ret_text);
            continue;
        }
        hone_buf_add(ret_text, "\"space\":\n");
        for (size_t p = 0; p < entry->value->count; p++) {
            write_entry(&entry->value->entry[p], "  ", ret_text);
        }
    }
}
