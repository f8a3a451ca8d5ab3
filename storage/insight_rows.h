/* What a sampler has learnt of a study, as rows. */
#ifndef HONE_STORAGE_INSIGHT_ROWS_H
#define HONE_STORAGE_INSIGHT_ROWS_H

#include "engine/sampler.h"
#include "storage/trial_rows.h"

/* Inserts the insight, or replaces the one of as many trials. */
HONE_MUST_CHECK enum hone_code hone_insight_write(struct hone_db *db,
    const struct hone_trial_frame *frame, const struct hone_insight *insight,
    struct hone_err *err);

/* All that was learnt of the study in `from`, as rows of the study to_study of `to`,
 * which has none. HONE_E_CORRUPT when it is not as it was written. */
HONE_MUST_CHECK enum hone_code hone_insights_copy(struct hone_db *from, const char *study,
    struct hone_db *to, int64_t to_study, struct hone_err *err);

#endif
