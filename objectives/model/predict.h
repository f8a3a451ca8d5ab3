/* What a trained network says about rows of the data set. */
#ifndef HONE_OBJECTIVES_MODEL_PREDICT_H
#define HONE_OBJECTIVES_MODEL_PREDICT_H

#include "engine/arena.h"
#include "engine/err.h"
#include "objectives/data/dataset.h"
#include "objectives/data/fold.h"
#include "objectives/model/metric.h"
#include "objectives/model/network.h"

/* Predicts the test part of split, classes with probabilities in double
 * precision, regression targets in their own units; all arrays of ret_scores
 * live in arena. */
HONE_MUST_CHECK enum hone_code hone_predict(struct hone_network *network,
    const struct hone_dataset *data, const struct hone_split *split, struct hone_arena *arena,
    struct hone_scores *ret_scores, struct hone_err *err);

#endif
