/* From version 2 of the schema to version 3. */
#ifndef HONE_STORAGE_MIGRATE_ROWS_H
#define HONE_STORAGE_MIGRATE_ROWS_H

#include "engine/err.h"
#include "storage/sql.h"

/* Trials, with their parameters and folds, and what belongs to them, as rows of
 * version 3; adds what versions after db->version added. A row that is not as it was
 * written is HONE_E_CORRUPT. Inside a transaction, without foreign keys. */
HONE_MUST_CHECK enum hone_code hone_migrate_rows(struct hone_db *db, struct hone_err *err);

#endif
