/* Dates as ISO 8601 writes them, as far as the order of their bytes is that of time. */
#ifndef HONE_OBJECTIVES_DATA_DATE_H
#define HONE_OBJECTIVES_DATA_DATE_H

#include "objectives/data/table.h"

/* Refuses the text column `column`, of cv.time, unless its levels are such dates:
 * 2024-01-31, perhaps with T12:30, " 12:30:00" or T12:30:00.5 and then Z, no other
 * offset. A date alone comes before all times of its day. HONE_E_INPUT names the
 * level that is none, or two whose bytes do not tell which was first. */
HONE_MUST_CHECK enum hone_code hone_dates_check(const struct hone_table *table,
    const struct hone_column *column, struct hone_err *err);

#endif
