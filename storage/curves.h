/* The curves of one trial. */
#ifndef HONE_STORAGE_CURVES_H
#define HONE_STORAGE_CURVES_H

#include "storage/sql.h"

#include <stdint.h>

/* Shows the curves of the trial of that id, by fold and epoch, once all of them
 * were found to be as they were written; HONE_E_CORRUPT else. */
HONE_MUST_CHECK enum hone_code hone_curves_visit(struct hone_db *db, int64_t trial,
    hone_curve_visit *visit, void *self, struct hone_err *err);

#endif
