/* Writing a file such that it is there as a whole or as it was before. */
#ifndef HONE_CLI_REPLACE_H
#define HONE_CLI_REPLACE_H

#include "engine/buf.h"
#include "engine/err.h"

/* Writes the text to a new file in the same folder, makes it durable and puts it
 * in the place of `path`, which is new or a regular file. HONE_E_INPUT when that
 * place cannot be taken, HONE_E_IO when writing fails. */
HONE_MUST_CHECK enum hone_code cli_replace_file(const char *path, const struct hone_buf *text,
    struct hone_err *err);

#endif
