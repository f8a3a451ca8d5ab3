#include "objectives/predictor.h"

#include "objectives/predict.h"
#include "objectives/scaling.h"

uint32_t *hone_all_rows(struct hone_arena *arena, size_t count) {
    uint32_t *row = hone_arena_array(arena, count, sizeof(*row));

    for (size_t i = 0; row != NULL && i < count; i++) {
        row[i] = (uint32_t)i;
    }
    return row;
}

enum hone_code hone_predictor_run(struct hone_predictor *predictor,
    const struct hone_dataset *data, struct hone_arena *arena, struct hone_scores *ret_scores,
    bool *ret_finite, struct hone_err *err) {
    const struct hone_split all = {
        .test_count = data->rows, .test = hone_all_rows(arena, data->rows),
        .scaling = predictor->scaling,
    };

    if (all.test == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "predictions of %zu rows", data->rows);
    }
    return hone_predict(&predictor->network, data, &all, arena, ret_scores, ret_finite, err);
}

void hone_predictor_finish(struct hone_predictor *predictor) {
    hone_scaling_finish(&predictor->scaling);
    hone_arena_finish(&predictor->arena);
}
