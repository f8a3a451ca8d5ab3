/* SQLite files beside the database: where copies go, and what others made. */
#ifndef HONE_STORAGE_COPY_H
#define HONE_STORAGE_COPY_H

#include "engine/err.h"
#include "storage/sql.h"

/* Opens an empty file that is nobody else's for writing; HONE_E_IO with SQLite's
 * reason otherwise. The path is copied. */
HONE_MUST_CHECK enum hone_code hone_copy_open(const char *path, struct hone_db *ret_copy,
    struct hone_err *err);

/* HONE_E_IO when something is left to be written that cannot be. */
HONE_MUST_CHECK enum hone_code hone_copy_close(struct hone_db *copy, enum hone_code code,
    struct hone_err *err);

/* The whole of one database into another, an empty one. All pages go in one step:
 * they are of one moment, and writers of a WAL file go on meanwhile. */
HONE_MUST_CHECK enum hone_code hone_copy_pages(struct hone_db *from, struct hone_db *to,
    struct hone_err *err);

/* Opens a file that somebody else made, for reading alone, as one that is not to be
 * trusted. The caller closes ret_other->sqlite and frees its path in any case. */
HONE_MUST_CHECK enum hone_code hone_copy_read(const char *path, struct hone_db *ret_other,
    struct hone_err *err);

#endif
