/* Lines in, lines out, one answer a line: how a program talks with another. Long
 * lines, a partner that has gone and signals are all in its day's work. */
#ifndef HONE_CLI_WIRE_H
#define HONE_CLI_WIRE_H

#include "engine/err.h"
#include "engine/run.h"

#include <stdbool.h>
#include <stddef.h>

enum { CLI_WIRE_LINE_BYTES = 1024 * 1024 };

struct cli_wire {
    int in, out; /* file descriptors */
    const struct hone_stop *stop;
    char *bytes; /* owned; read and not yet handed out: from start to end */
    size_t start, end, searched; /* there is no line end before searched */
    bool skipping; /* within a line that is too long */
    bool closed;   /* nothing is left to read */
    bool gone;     /* nobody is left to answer to */
};

enum cli_wire_turn {
    CLI_WIRE_LINE,
    CLI_WIRE_TOO_LONG, /* a line of more than CLI_WIRE_LINE_BYTES; it is skipped */
    CLI_WIRE_END,      /* of what there is to read, or of its reader */
    CLI_WIRE_STOPPED,  /* stop was raised */
};

/* The descriptors stay the caller's. Finish it in any case. */
HONE_MUST_CHECK enum hone_code cli_wire_init(struct cli_wire *wire, int in, int out,
    const struct hone_stop *stop, struct hone_err *err);
void cli_wire_finish(struct cli_wire *wire);

/* Waits for a line; it is without its end and valid until the next call. The last
 * one needs no end. */
HONE_MUST_CHECK enum hone_code cli_wire_read(struct cli_wire *wire, enum cli_wire_turn *ret_turn,
    const char **ret_line, size_t *ret_length, struct hone_err *err);

/* Writes all of it, unless the reader has gone or a second stop is raised: who
 * does not read must not keep the program. */
HONE_MUST_CHECK enum hone_code cli_wire_write(struct cli_wire *wire, const char *bytes,
    size_t length, struct hone_err *err);

#endif
