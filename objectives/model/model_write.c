/* hone_model_write */
#include "objectives/model/model_file.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char hone_model_format[] = "hone model";
const char *const hone_feature_kind_names[] = {"number", "missing", "level", NULL};

/* `head` is what stands before the key: "{", ", " or ",\n  ". */
static void add_key(struct hone_buf *buf, const char *head, const char *key) {
    hone_buf_printf(buf, "%s\"%s\": ", head, key);
}

static void add_text(struct hone_buf *buf, const char *head, const char *key, const char *text) {
    add_key(buf, head, key);
    hone_buf_add_json_text(buf, text);
}

static void add_count(struct hone_buf *buf, const char *head, const char *key, uint64_t count) {
    add_key(buf, head, key);
    hone_buf_printf(buf, "%" PRIu64, count);
}

static void add_real(struct hone_buf *buf, const char *head, const char *key, double value) {
    add_key(buf, head, key);
    hone_buf_add_json_real(buf, value);
}

/* The shortest decimal that a reader turns into this weight again, by way of a
 * double as JSON readers do. */
static void add_weight(struct hone_buf *buf, hone_real weight) {
    enum { WEIGHT_TEXT = 32 };
    char text[WEIGHT_TEXT];

    for (int digits = FLT_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, (double)weight);
        if ((hone_real)strtod(text, NULL) == weight) {
            break;
        }
    }
    hone_buf_add(buf, text);
}

static void add_weights(struct hone_buf *buf, const char *key, const hone_real *weight,
    size_t count) {
    add_key(buf, ", ", key);
    for (size_t i = 0; i < count; i++) {
        hone_buf_add(buf, i == 0 ? "[" : ", ");
        add_weight(buf, weight[i]);
    }
    hone_buf_add(buf, "]");
}

static void add_origin(struct hone_buf *buf, const struct hone_model_origin *origin) {
    add_key(buf, ",\n  ", "provenance");
    add_text(buf, "{", "hone", HONE_VERSION);
    add_text(buf, ", ", "study", origin->study);
    add_count(buf, ", ", "trial", origin->trial);
    add_text(buf, ",\n    ", "spec_sha256", origin->spec_hash);
    add_text(buf, ",\n    ", "data_sha256", origin->data_hash);
    add_count(buf, ", ", "rows", origin->rows);
    add_key(buf, ",\n    ", "parameters");
    hone_buf_add(buf, origin->parameters);
    hone_buf_add(buf, "}");
    add_key(buf, ",\n  ", "score");
    add_text(buf, "{", "metric", origin->metric);
    add_real(buf, ", ", "cross_validation", origin->value);
    add_real(buf, ", ", "stderr", origin->sem);
    add_real(buf, ", ", "test", origin->test);
    hone_buf_add(buf, "}");
}

static void add_target(struct hone_buf *buf, const struct hone_predictor *predictor) {
    const struct hone_dataset *like = &predictor->like;

    add_text(buf, ",\n  ", "task",
        like->task == HONE_TASK_CLASSIFICATION ? "classification" : "regression");
    add_text(buf, ",\n  ", "target", like->target_name);
    if (like->task == HONE_TASK_REGRESSION) {
        add_key(buf, ",\n  ", "target_scaling");
        add_real(buf, "{", "mean", predictor->scaling.y_mean);
        add_real(buf, ", ", "sd", predictor->scaling.y_sd);
        hone_buf_add(buf, "}");
        return;
    }
    add_key(buf, ",\n  ", "classes");
    for (size_t k = 0; k < like->classes; k++) {
        hone_buf_add(buf, k == 0 ? "[" : ", ");
        hone_buf_add_json_text(buf, like->class_name[k]);
    }
    hone_buf_add(buf, "]");
}

static void add_missing(struct hone_buf *buf, const struct hone_value *missing) {
    add_key(buf, ",\n  ", "missing");
    if (missing == NULL) {
        hone_buf_add(buf, "null");
    } else {
        hone_value_write_json(missing, buf);
    }
}

static void add_features(struct hone_buf *buf, const struct hone_predictor *predictor) {
    const struct hone_scaling *scaling = &predictor->scaling;

    add_key(buf, ",\n  ", "features");
    for (size_t j = 0; j < predictor->like.features; j++) {
        const struct hone_feature *feature = &predictor->like.feature[j];

        hone_buf_add(buf, j == 0 ? "[\n    " : ",\n    ");
        add_text(buf, "{", "column", feature->name);
        add_text(buf, ", ", "kind", hone_feature_kind_names[feature->kind]);
        if (feature->kind == HONE_FEATURE_LEVEL) {
            add_text(buf, ", ", "level", feature->level);
        }
        add_real(buf, ", ", "fill", scaling->fill[j]);
        add_real(buf, ", ", "mean", scaling->mean[j]);
        add_real(buf, ", ", "scale", scaling->scale[j]);
        hone_buf_add(buf, "}");
    }
    hone_buf_add(buf, "]");
}

static void add_layers(struct hone_buf *buf, const struct hone_network *network) {
    add_key(buf, ",\n  ", "layers");
    for (size_t l = 0; l < network->layers; l++) {
        const struct hone_layer *layer = &network->layer[l];
        const bool last = l + 1 == network->layers;

        hone_buf_add(buf, l == 0 ? "[\n    " : ",\n    ");
        add_count(buf, "{", "inputs", layer->inputs);
        add_count(buf, ", ", "outputs", layer->outputs);
        add_text(buf, ", ", "activation", last ? "none" : network->shape.activation->name);
        add_weights(buf, "weights", layer->weight, layer->inputs * layer->outputs);
        add_weights(buf, "biases", layer->bias, layer->outputs);
        hone_buf_add(buf, "}");
    }
    hone_buf_add(buf, "]");
}

void hone_model_write(const struct hone_predictor *predictor,
    const struct hone_model_origin *origin, struct hone_buf *buf) {
    add_text(buf, "{\n  ", "format", hone_model_format);
    add_count(buf, ",\n  ", "version", HONE_MODEL_VERSION);
    add_origin(buf, origin);
    add_text(buf, ",\n  ", "model", predictor->model);
    add_target(buf, predictor);
    add_missing(buf, predictor->missing);
    add_features(buf, predictor);
    add_layers(buf, &predictor->network);
    hone_buf_add(buf, "\n}\n");
}
