/* What a program writes, read with bounded memory: of its output the last line
 * and the intermediate values, of its error output the end. */
#ifndef HONE_OBJECTIVES_COMMAND_OUTPUT_H
#define HONE_OBJECTIVES_COMMAND_OUTPUT_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/steps.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    HONE_LINE_BYTES = 65536, /* a longer line is no answer */
    HONE_TAIL_BYTES = 4096,  /* kept of the error output */
};

struct hone_lines_read {
    char *line;    /* (HONE_LINE_BYTES) being read */
    size_t length; /* of it; beyond the room: it is too long */
    char *last;    /* (HONE_LINE_BYTES) the last one that is not blank */
    size_t last_length;
    struct hone_steps steps; /* intermediate values; one that goes back is left out */
};

/* HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_output_start(struct hone_lines_read *ret_lines,
    struct hone_arena *arena, struct hone_err *err);

/* Takes the next bytes; intermediate values become the result's curve, their
 * values as valid_loss. HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_output_add(struct hone_lines_read *lines, const char *bytes,
    size_t length, struct hone_result *result, struct hone_err *err);

/* The output is over: its last line counts without a line end, too, and the
 * curve ends with the newest value. HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_output_end(struct hone_lines_read *lines,
    struct hone_result *result, struct hone_err *err);

/* The last line that was too long to be kept has this length or more. */
bool hone_output_is_too_long(const struct hone_lines_read *lines);

struct hone_tail {
    char bytes[HONE_TAIL_BYTES];
    size_t total; /* bytes seen; the newest stand at total - 1 modulo the room */
};

void hone_tail_add(struct hone_tail *tail, const char *bytes, size_t length);

/* Appends the end, whole lines where there are some, each printable; at most
 * limit_bytes before control characters are spelled out. */
void hone_tail_write(const struct hone_tail *tail, size_t limit_bytes, struct hone_buf *buf);

#endif
