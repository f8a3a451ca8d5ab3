/* Writing a file such that it is there as a whole or as it was before. */
#ifndef HONE_CLI_REPLACE_H
#define HONE_CLI_REPLACE_H

#include "engine/buf.h"
#include "engine/err.h"

#include <stdbool.h>

/* A new file in the folder of `path`. Zero-initialise. */
struct cli_place {
    const char *path;
    struct hone_buf name; /* of the new file, to be filled by that name or by `file` */
    int file;
    bool is_open;
};

/* HONE_E_INPUT when the path leads to the database, which nothing may replace. */
HONE_MUST_CHECK enum hone_code cli_place_refuse(const char *db, const char *path,
    struct hone_err *err);

/* HONE_E_INPUT when the place cannot be taken, as that of the database `db`.
 * cli_place_end in any case. */
HONE_MUST_CHECK enum hone_code cli_place_begin(struct cli_place *place, const char *db,
    const char *path, struct hone_err *err);

/* When the code is HONE_OK, makes the file durable and puts it in the place of
 * `path`; else removes it and returns the code. Without may_replace a file that is
 * there stays, and it is HONE_E_INPUT. */
HONE_MUST_CHECK enum hone_code cli_place_end(struct cli_place *place, enum hone_code code,
    bool may_replace, struct hone_err *err);

/* Writes the text to a new file in the same folder, makes it durable and puts it
 * in the place of `path`, which is new or a regular file, but not `db`. HONE_E_INPUT when that
 * place cannot be taken, HONE_E_IO when writing fails. */
HONE_MUST_CHECK enum hone_code cli_replace_file(const char *db, const char *path,
    const struct hone_buf *text, struct hone_err *err);

#endif
