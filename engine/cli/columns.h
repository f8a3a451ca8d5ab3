/* A look at the columns of a CSV file, to propose a spec for it. */
#ifndef HONE_CLI_COLUMNS_H
#define HONE_CLI_COLUMNS_H

#include "engine/arena.h"
#include "engine/err.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_columns {
    const char *target; /* the last column */
    bool classification;
    size_t rows, features; /* features: columns that are learned from */
    size_t classes;        /* 0 in regression */
    size_t ignored;
    const char **ignore;   /* (ignored) columns that only number or name the rows */
};

/* Texts live in arena. HONE_E_INPUT when the data cannot be used. */
HONE_MUST_CHECK enum hone_code cli_columns_look(const char *path, struct hone_arena *arena,
    struct cli_columns *ret, struct hone_err *err);

#endif
