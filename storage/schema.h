/* The schema of the database file, version 3.
 *
 * Version 2 added sampler_insight and sampler_length. Version 3 moved parameters and
 * folds from tables of their own into the rows of trials. */
#ifndef HONE_STORAGE_SCHEMA_H
#define HONE_STORAGE_SCHEMA_H

#include "engine/err.h"
#include "storage/sql.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HONE_APPLICATION_ID = 0x686f6e65, /* "hone", in the file's header */
    HONE_SCHEMA_VERSION = 3,          /* PRAGMA user_version */
};

/* Creates everything in an empty database, application_id and user_version
 * included. Inside the caller's transaction. */
HONE_MUST_CHECK enum hone_code hone_schema_create(struct hone_db *db, struct hone_err *err);

/* The steps of a migration, inside the caller's transaction: creates what version
 * `since` or a later one added, and says that the file is of this version. */
HONE_MUST_CHECK enum hone_code hone_schema_add(struct hone_db *db, int since,
    struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_schema_say_version(struct hone_db *db, struct hone_err *err);

/* HONE_E_CORRUPT when the file's schema is not exactly ours, of db->version:
 * something of ours missing or other, a trigger, or a view that is no study's. Reads only. */
HONE_MUST_CHECK enum hone_code hone_schema_check(struct hone_db *db, struct hone_err *err);

/* Whether a table, view or index of the schema is called so, in any case. */
bool hone_schema_has(const char *name);

#endif
