/* The program's two voices: results gathered for standard output, and messages
 * on standard error. */
#ifndef HONE_CLI_OUT_H
#define HONE_CLI_OUT_H

#include "engine/buf.h"
#include "engine/err.h"

#include <stdbool.h>

/* Results. Append to `text`; call cli_out_turn now and then. */
struct cli_out {
    struct hone_buf text;
    int file;         /* descriptor; not owned */
    const char *name; /* for messages */
    bool terminal;    /* it is one */
    bool closed;      /* the reader has gone; no error: it had enough */
    int failure;      /* errno of the write that failed, 0: none */
};

/* To standard output. */
void cli_out_start(struct cli_out *out);

/* To an open file of that name. */
void cli_out_start_file(struct cli_out *out, int file, const char *name);

/* Writes what was gathered once it is a large piece. */
void cli_out_turn(struct cli_out *out);

/* Writes the rest and releases. HONE_E_IO when not everything was written. */
HONE_MUST_CHECK enum hone_code cli_out_finish(struct cli_out *out, struct hone_err *err);

/* One line on standard error, "hone: …", control characters shown. */
void cli_say(const char *format, ...) HONE_PRINTF(1, 2);

/* Bytes as they are on standard error, for programs that read them. */
void cli_say_bytes(const char *bytes, size_t length);

/* Lines on standard error, control characters but the newlines shown. */
void cli_say_lines(const char *lines);

#endif
