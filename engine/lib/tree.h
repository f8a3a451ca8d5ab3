/* A spec made by a program instead of read from a file: the same tree of values,
 * so that whatever reads specs reads this one. */
#ifndef HONE_ENGINE_LIB_TREE_H
#define HONE_ENGINE_LIB_TREE_H

#include "engine/arena.h"
#include "engine/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Everything that is made lives in the arena. Where memory ran out the tree is
 * marked and not to be used; until the end nobody has to ask. */
struct lib_tree {
    struct hone_arena *arena;
    bool failed;
};

const struct hone_value *lib_tree_text(struct lib_tree *tree, const char *text);
const struct hone_value *lib_tree_real(struct lib_tree *tree, double real);
const struct hone_value *lib_tree_int(struct lib_tree *tree, int64_t integer);
const struct hone_value *lib_tree_flag(struct lib_tree *tree, bool boolean);

/* As a plain scalar of a spec file: 3, 0.1, true, else a text. */
const struct hone_value *lib_tree_plain(struct lib_tree *tree, const char *text);

/* A mapping or a list that grows. Zero-initialise; the tree's value comes from
 * _end, after which nothing is put. */
struct lib_map {
    size_t count, room;
    struct hone_entry *entry;
};

struct lib_list {
    size_t count, room;
    const struct hone_value **item;
};

void lib_map_put(struct lib_tree *tree, struct lib_map *map, const char *key,
    const struct hone_value *value);
const struct hone_value *lib_map_end(struct lib_tree *tree, const struct lib_map *map);
void lib_list_put(struct lib_tree *tree, struct lib_list *list, const struct hone_value *value);
const struct hone_value *lib_list_end(struct lib_tree *tree, const struct lib_list *list);

/* Appends the spec as YAML: a line each entry, those of `space` a line each too. */
void lib_tree_write(const struct hone_value *root, struct hone_buf *ret_text);

#endif
