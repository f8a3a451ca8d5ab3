/* How wide text stands on a terminal. */
#ifndef HONE_CLI_WIDTH_H
#define HONE_CLI_WIDTH_H

#include "engine/buf.h"

#include <stddef.h>

/* Columns of a line of printable UTF-8. Colour sequences (ESC [ … m) take none. */
size_t cli_width(const char *text, size_t length);

/* Bytes of the beginning of the line that fit into so many columns. */
size_t cli_width_fitting(const char *text, size_t length, size_t columns);

/* Appends the line; what does not fit into `columns` gives way to `mark`, and an
 * open colour is closed. mark is one column wide. */
void cli_width_add_fitted(struct hone_buf *buf, const char *text, size_t length, size_t columns,
    const char *mark);

/* Appends spaces until what stands in buf from `start` on is so wide. */
void cli_width_pad(struct hone_buf *buf, size_t start, size_t columns);

#endif
