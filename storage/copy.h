/* A new SQLite file beside the database: where copies go. */
#ifndef HONE_STORAGE_COPY_H
#define HONE_STORAGE_COPY_H

#include "engine/err.h"
#include "storage/sql.h"

/* Opens an empty file that is nobody else's for writing; HONE_E_IO with SQLite's
 * reason otherwise. The path is the caller's and must stay. */
HONE_MUST_CHECK enum hone_code hone_copy_open(const char *path, struct hone_db *ret_copy,
    struct hone_err *err);

/* HONE_E_IO when something is left to be written that cannot be. */
HONE_MUST_CHECK enum hone_code hone_copy_close(struct hone_db *copy, enum hone_code code,
    struct hone_err *err);

#endif
