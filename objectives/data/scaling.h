/* What preprocessing learns from a training part, and from it alone. */
#ifndef HONE_OBJECTIVES_DATA_SCALING_H
#define HONE_OBJECTIVES_DATA_SCALING_H

#include "objectives/data/fold.h"

/* Learns fill, mean and scale of every feature, and mean and sd of a regression
 * target, from `rows` (count > 0, ascending) of the data; no other row is
 * looked at. Sparse data keeps mean 0, so that what is 0 stays 0, and is divided
 * by its population sd all the same. Without `fill`, which takes most of the time,
 * fill is 0: for data that has no missing cell and will meet none. Finish with
 * hone_scaling_finish. HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_scaling_learn(const struct hone_dataset *data,
    const uint32_t *rows, size_t count, bool fill, struct hone_scaling *ret_scaling,
    struct hone_err *err);

void hone_scaling_finish(struct hone_scaling *scaling); /* accepts zeroed */

#endif
