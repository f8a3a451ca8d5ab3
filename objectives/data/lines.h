/* A text file as physical lines: read in blocks, counted, hashed and checked to
 * be UTF-8 without NUL bytes, so that every later error can name its line. */
#ifndef HONE_OBJECTIVES_DATA_LINES_H
#define HONE_OBJECTIVES_DATA_LINES_H

#include "engine/err.h"
#include "objectives/data/hash.h"

#include <stdbool.h>
#include <stddef.h>

struct hone_lines {
    const char *path; /* not owned */
    int file;         /* -1: closed */
    char *block;
    size_t room, begin, end; /* the bytes not yet given out are block[begin … end - 1] */
    bool at_end;             /* nothing more to read from the file */
    size_t line;             /* number of the line last given out, from 1 */
    struct hone_hash hash;
};

/* Opens a regular file; anything else (a FIFO, a device, a folder) is refused
 * at once, without waiting. HONE_E_INPUT with the path and the reason. */
HONE_MUST_CHECK enum hone_code hone_lines_open(struct hone_lines *lines, const char *path,
    struct hone_err *err);

/* The next line with its terminator (LF, CRLF or a lone CR); a UTF-8 byte order
 * mark before the first is dropped. Length 0: the file has ended. The text is
 * valid until the next call. HONE_E_INPUT with "FILE:LINE: …" for bytes that
 * are not text, HONE_E_IO when reading fails. */
HONE_MUST_CHECK enum hone_code hone_lines_next(struct hone_lines *lines, const char **ret_text,
    size_t *ret_length, struct hone_err *err);

void hone_lines_close(struct hone_lines *lines); /* accepts one that failed to open */

#endif
