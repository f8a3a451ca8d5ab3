/* A look at the columns of a CSV file, to propose a spec for it. */
#ifndef HONE_CLI_COLUMNS_H
#define HONE_CLI_COLUMNS_H

#include "engine/arena.h"
#include "engine/err.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_ignored {
    const char *name;
    const char *why; /* of ASCII, on one line */
};

struct cli_columns {
    const char *target; /* the last column */
    bool classification;
    size_t rows, features; /* features: columns that are learned from */
    size_t classes;        /* 0 in regression */
    size_t most_folds;     /* rows of the largest class; in regression of all */
    size_t ignored;
    struct cli_ignored *ignore; /* (ignored) columns that number or name the rows, and those
                                 * that training would refuse */
};

/* Texts live in arena. HONE_E_INPUT when the data cannot be used. */
HONE_MUST_CHECK enum hone_code cli_columns_look(const char *path, struct hone_arena *arena,
    struct cli_columns *ret, struct hone_err *err);

#endif
