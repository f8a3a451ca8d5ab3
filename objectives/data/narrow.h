/* A large table once more in single precision: half as many bytes to wait for when
 * its rows are gathered out of order. Columns are standardised by all rows, so that
 * what a float loses is small beside their spread; the standardisation of a fold is
 * a straight line upon that. One copy for all folds, trials and workers. */
#ifndef HONE_OBJECTIVES_DATA_NARROW_H
#define HONE_OBJECTIVES_DATA_NARROW_H

#include "engine/err.h"
#include "objectives/data/dataset.h"
#include "objectives/data/fold.h"

/* Makes the copy and gives every fold its line, where that pays: the table is dense
 * and larger than what a training part is cached for. A fold in which some column
 * varies much less than in the whole table keeps to the table itself. HONE_E_NOMEM;
 * freed with the folds. */
HONE_MUST_CHECK enum hone_code hone_folds_narrow(struct hone_folds *folds,
    const struct hone_dataset *data, struct hone_err *err);

#endif
