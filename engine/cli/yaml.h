/* YAML in: a text becomes a tree of struct hone_value that knows its places. */
#ifndef HONE_CLI_YAML_H
#define HONE_CLI_YAML_H

#include "engine/arena.h"
#include "engine/err.h"
#include "engine/problems.h"
#include "engine/value.h"

#include <stddef.h>

/* More than any honest spec needs: a space of 10,000 parameters has about
 * 100,000 values. */
enum {
    CLI_YAML_BYTES = 16 * 1024 * 1024,
    CLI_YAML_DEPTH = 64,
    CLI_YAML_ANCHORS = 1000, /* libyaml looks through all of them for each alias */
    CLI_YAML_VALUES = 1000 * 1000, /* aliases counted each time they stand for something */
};

/* Reads one document; trees live in arena. What is wrong with the text goes to
 * problems, and ret_root is then NULL; but not for keys that stand again, the first
 * of which counts, nor for a second document: the rest may have problems, too. */
HONE_MUST_CHECK enum hone_code cli_yaml_read(const char *text, size_t length,
    struct hone_arena *arena, struct hone_problems *problems, const struct hone_value **ret_root,
    struct hone_err *err);

#endif
