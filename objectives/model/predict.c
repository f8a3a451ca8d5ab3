#include "objectives/model/predict.h"

#include "objectives/model/feed.h"

#include <math.h>
#include <stdbool.h>

/* The room a prediction writes to; scores holds the same arrays as const. */
struct predictions {
    int32_t *label, *predicted;
    double *probability, *y, *y_predicted;
};

static enum hone_code predictions_init(struct predictions *p, size_t rows, size_t classes,
    struct hone_arena *arena, struct hone_scores *ret_scores, struct hone_err *err) {
    struct hone_scores scores = {.rows = rows, .classes = classes};

    p->label = hone_arena_array(arena, rows, sizeof(*p->label));
    p->predicted = hone_arena_array(arena, rows, sizeof(*p->predicted));
    p->probability = hone_arena_array(arena, rows, classes * sizeof(*p->probability));
    p->y = hone_arena_array(arena, rows, sizeof(*p->y));
    p->y_predicted = hone_arena_array(arena, rows, sizeof(*p->y_predicted));
    scores.room = hone_arena_array(arena, rows, sizeof(*scores.room));
    scores.count = hone_arena_array(arena, 3 * classes, sizeof(*scores.count));
    if (p->label == NULL || p->predicted == NULL || p->probability == NULL || p->y == NULL ||
        p->y_predicted == NULL || scores.room == NULL || scores.count == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "predictions of %zu rows", rows);
    }
    scores.label = p->label;
    scores.predicted = p->predicted;
    scores.probability = p->probability;
    scores.y = p->y;
    scores.y_predicted = p->y_predicted;
    *ret_scores = scores;
    return HONE_OK;
}

/* softmax(z); returns the index of the largest, the first on ties. */
static int32_t softmax_of(size_t classes, const hone_real *z, double *ret_probability) {
    size_t top = 0;
    double sum = 0;

    for (size_t k = 1; k < classes; k++) {
        top = z[k] > z[top] ? k : top;
    }
    for (size_t k = 0; k < classes; k++) {
        ret_probability[k] = exp((double)z[k] - (double)z[top]);
        sum += ret_probability[k];
    }
    for (size_t k = 0; k < classes; k++) {
        ret_probability[k] /= sum;
    }
    return (int32_t)top;
}

/* Row i of the test part, given the network's outputs for it. False when what it
 * predicts is not finite. */
static bool predict_row(const struct hone_dataset *data, const struct hone_split *split, size_t i,
    const hone_real *z, const struct predictions *p) {
    const size_t outputs = data->task == HONE_TASK_CLASSIFICATION ? data->classes : 1;

    if (data->task == HONE_TASK_CLASSIFICATION) {
        p->label[i] = data->label != NULL ? data->label[split->test[i]] : 0;
        p->predicted[i] = softmax_of(outputs, z, p->probability + i * outputs);
    } else {
        p->y[i] = data->y != NULL ? data->y[split->test[i]] : 0;
        p->y_predicted[i] = split->scaling.y_mean + split->scaling.y_sd * (double)z[0];
        return isfinite(p->y_predicted[i]);
    }
    for (size_t k = 0; k < outputs; k++) {
        if (!isfinite(z[k])) {
            return false;
        }
    }
    return true;
}

enum hone_code hone_predict(struct hone_network *network, const struct hone_dataset *data,
    const struct hone_split *split, struct hone_arena *arena, struct hone_scores *ret_scores,
    struct hone_err *err) {
    const size_t outputs = network->shape.outputs;
    struct predictions room;
    enum hone_code code =
        predictions_init(&room, split->test_count, data->classes, arena, ret_scores, err);

    if (code != HONE_OK) {
        return code;
    }
    for (size_t at = 0; at < split->test_count; at += network->block) {
        const size_t left = split->test_count - at;
        const size_t rows = left < network->block ? left : network->block;
        const hone_real *z;

        hone_feed(network, data, &split->scaling, split->test + at, rows);
        z = hone_network_forward(network, rows, NULL);
        for (size_t i = 0; i < rows; i++) {
            const bool finite = predict_row(data, split, at + i, z + i * outputs, &room);

            ret_scores->finite_rows += finite && ret_scores->finite_rows == at + i;
        }
    }
    return HONE_OK;
}
