/* Files of earlier versions of the schema. */
#ifndef HONE_STORAGE_MIGRATE_H
#define HONE_STORAGE_MIGRATE_H

#include "engine/err.h"
#include "storage/sql.h"

/* Brings an open file of an earlier version to this one's, in one transaction: killed at
 * any moment, it is of the one or of the other. What it was stays beside it as
 * FILE.v<version>.bak. Others may do the same at the same time. HONE_E_BUSY while an
 * engine, of that version, runs a study in it. */
HONE_MUST_CHECK enum hone_code hone_migrate(struct hone_db *db, struct hone_err *err);

/* The same where the file is nobody else's. */
HONE_MUST_CHECK enum hone_code hone_migrate_copy(struct hone_db *db, struct hone_err *err);

#endif
