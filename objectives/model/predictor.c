#include "objectives/model/predictor.h"

#include "objectives/data/scaling.h"
#include "objectives/model/predict.h"

#include <string.h>

/* One number for every predictor: a matrix product of other sizes may round
 * differently, and a model must predict the same bits before and after it was saved. */
enum { PREDICT_ROWS = 256 };

enum hone_code hone_predictor_make_network(struct hone_predictor *predictor,
    const struct hone_network_shape *shape, struct hone_err *err) {
    struct hone_network_shape own = *shape;
    size_t *hidden = hone_arena_array(&predictor->arena, shape->hidden_count + 1, sizeof(*hidden));

    if (hidden == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a network");
    }
    memcpy(hidden, shape->hidden, shape->hidden_count * sizeof(*hidden));
    own.hidden = hidden;
    own.sparse = false;
    own.dropout = 0;
    return hone_network_init(&predictor->network, &own, PREDICT_ROWS, &predictor->arena, err);
}

uint32_t *hone_all_rows(struct hone_arena *arena, size_t count) {
    uint32_t *row = hone_arena_array(arena, count, sizeof(*row));

    for (size_t i = 0; row != NULL && i < count; i++) {
        row[i] = (uint32_t)i;
    }
    return row;
}

enum hone_code hone_predictor_run(struct hone_predictor *predictor,
    const struct hone_dataset *data, struct hone_arena *arena, struct hone_scores *ret_scores,
    struct hone_err *err) {
    const struct hone_split all = {
        .test_count = data->rows, .test = hone_all_rows(arena, data->rows),
        .scaling = predictor->scaling,
    };

    if (all.test == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "predictions of %zu rows", data->rows);
    }
    return hone_predict(&predictor->network, data, &all, arena, ret_scores, err);
}

void hone_predictor_finish(struct hone_predictor *predictor) {
    hone_scaling_finish(&predictor->scaling);
    hone_arena_finish(&predictor->arena);
}
