/* Which rows are tested in which fold: plain, stratified, grouped or by time,
 * as scikit-learn's KFold, StratifiedKFold, GroupKFold and TimeSeriesSplit. */
#ifndef HONE_OBJECTIVES_DATA_KFOLD_H
#define HONE_OBJECTIVES_DATA_KFOLD_H

#include "objectives/data/fold.h"

/* Sets train and test of the config->folds splits of one repeat, zeroed before,
 * from the study's seed and the repeat alone. The caller frees the rows, after a
 * failure too. HONE_E_NOMEM. config must have passed hone_kfold_check. */
HONE_MUST_CHECK enum hone_code hone_kfold_assign(const struct hone_cv_config *config,
    const struct hone_dataset *data, uint64_t seed, uint64_t repeat, struct hone_split *ret_split,
    struct hone_err *err);

/* Rows of the largest class of labelled data: stratifying makes no more folds. HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_kfold_largest_class(const struct hone_dataset *data,
    size_t *ret_rows, struct hone_err *err);

/* HONE_E_INPUT when the keys of cv contradict one another, or the data has too
 * few rows, groups or members of its classes. */
HONE_MUST_CHECK enum hone_code hone_kfold_check(const struct hone_cv_config *config,
    const struct hone_dataset *data, struct hone_err *err);

#endif
