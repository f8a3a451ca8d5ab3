/* Values for tests, from text in YAML's flow style: {a: [1, x], "b c": 0.5}.
 * Places are those of the text, so that tests can ask for line and column. */
#ifndef HONE_TESTS_ENGINE_TREE_H
#define HONE_TESTS_ENGINE_TREE_H

#include "engine/arena.h"
#include "engine/value.h"

/* The tree lives in the arena; fails the test when the text is none. */
const struct hone_value *tree_read(struct hone_arena *arena, const char *text);

#endif
