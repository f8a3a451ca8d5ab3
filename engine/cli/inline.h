/* A search without a file: `-p` parameters and flags become the text of a spec,
 * which is then read, stored and resumed like any other. */
#ifndef HONE_CLI_INLINE_H
#define HONE_CLI_INLINE_H

#include "engine/buf.h"
#include "engine/cli/args.h"
#include "engine/err.h"
#include "engine/problems.h"

#include <stdbool.h>
#include <stdint.h>

struct cli_inline {
    const char *study;    /* NULL: named after what is run */
    struct cli_texts param;
    const char *function; /* NULL: the command is the objective */
    const char *direction;
    const char *method;
    uint64_t trials; /* 0: not said */
    bool has_seed;
    uint64_t seed;
    struct cli_texts command;
};

/* Appends the spec. What is wrong with a -p goes to problems, all at once. */
HONE_MUST_CHECK enum hone_code cli_inline_write(const struct cli_inline *search,
    struct hone_buf *ret_text, struct hone_problems *problems, struct hone_err *err);

/* What -p takes, for the help text. */
extern const char cli_inline_help[];

#endif
