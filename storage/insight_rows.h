/* What a sampler has learnt of a study, as rows. */
#ifndef HONE_STORAGE_INSIGHT_ROWS_H
#define HONE_STORAGE_INSIGHT_ROWS_H

#include "engine/sampler.h"
#include "storage/trial_rows.h"

/* Inserts the insight, or replaces the one of as many trials. */
HONE_MUST_CHECK enum hone_code hone_insight_write(struct hone_db *db,
    const struct hone_trial_frame *frame, const struct hone_insight *insight,
    struct hone_err *err);

#endif
