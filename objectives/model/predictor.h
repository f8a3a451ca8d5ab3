/* A trained model with all it takes to predict from data alone: what the columns
 * are called, how they are filled and scaled, the weights, the classes. */
#ifndef HONE_OBJECTIVES_MODEL_PREDICTOR_H
#define HONE_OBJECTIVES_MODEL_PREDICTOR_H

#include "engine/arena.h"
#include "engine/err.h"
#include "engine/value.h"
#include "objectives/data/dataset.h"
#include "objectives/data/fold.h"
#include "objectives/model/metric.h"
#include "objectives/model/network.h"

#include <stdbool.h>

/* Zero-initialise; finish in any case. One thread at a time, because the network
 * holds what passes through it. */
struct hone_predictor {
    struct hone_arena arena;
    const char *model; /* of hone_models; NULL: it was read from a file */
    struct hone_dataset like; /* without rows: features, task, classes, target */
    const struct hone_value *missing; /* cells read as missing; NULL: the usual ones */
    struct hone_scaling scaling;
    struct hone_network network;
};

/* Makes the network, of this shape without sparse input and dropout, in the
 * predictor's arena; its weights are then to be filled. HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_predictor_make_network(struct hone_predictor *predictor,
    const struct hone_network_shape *shape, struct hone_err *err);

/* Predicts every row of data that is like predictor->like (see dataset.h);
 * ret_scores lives in arena, its truth is set where the data has one. */
HONE_MUST_CHECK enum hone_code hone_predictor_run(struct hone_predictor *predictor,
    const struct hone_dataset *data, struct hone_arena *arena, struct hone_scores *ret_scores,
    struct hone_err *err);

void hone_predictor_finish(struct hone_predictor *predictor);

/* Row numbers 0 … count - 1 in the arena; NULL when memory ran out. */
uint32_t *hone_all_rows(struct hone_arena *arena, size_t count);

#endif
