/* CSV files (RFC 4180 and its habits) as a source of a table, through libcsv. */
#ifndef HONE_OBJECTIVES_DATA_CSV_SOURCE_H
#define HONE_OBJECTIVES_DATA_CSV_SOURCE_H

#include "objectives/data/table.h"

/* Reads the file table->path once: a header line, then rows; blank lines are
 * skipped. Sets table->hash to that of the file's bytes. HONE_E_INPUT
 * "FILE:LINE: …" (the physical line on which the row or quote began). */
HONE_MUST_CHECK enum hone_code hone_csv_read(struct hone_table *table, struct hone_err *err);

#endif
