/* The result of a SELECT on an SQLite file as a source of a table. */
#ifndef HONE_OBJECTIVES_DATA_SQLITE_SOURCE_H
#define HONE_OBJECTIVES_DATA_SQLITE_SOURCE_H

#include "objectives/data/table.h"

/* Runs table->config->query on the file table->path, opened read-only, once.
 * Sets table->hash to that of the result: names and cells in their order.
 * HONE_E_INPUT with SQLite's words, or when the statement does more than read. */
HONE_MUST_CHECK enum hone_code hone_sqlite_read(struct hone_table *table, struct hone_err *err);

#endif
