#include "objectives/model/model.h"

enum { WIDTH_LIMIT = 65536, HIDDEN_PRESET = 64 };

const struct hone_model_type *const hone_models[] = {
    &hone_model_linear, &hone_model_logistic, &hone_model_mlp, NULL,
};

const char *const hone_model_names[] = {"linear", "logistic", "mlp", NULL};

static const struct hone_option no_options[] = {HONE_OPTIONS_END};

const struct hone_model_type hone_model_linear = {
    .name = "linear", .summary = "linear regression by squared loss",
    .options = no_options, .task = HONE_TASK_REGRESSION,
};

const struct hone_model_type hone_model_logistic = {
    .name = "logistic", .summary = "logistic (two classes) or softmax (more) regression",
    .options = no_options, .task = HONE_TASK_CLASSIFICATION,
};

static const struct hone_option mlp_options[] = {
    { .name = "hidden", .summary = "outputs of each hidden layer; 64 by default, [] for none",
      .kind = HONE_OPTION_INTS, .offset = offsetof(struct hone_model_config, hidden),
      .preset = HIDDEN_PRESET, .low = 1, .high = WIDTH_LIMIT },
    HONE_ONE_OF(struct hone_model_config, activation, hone_activation_names, 0,
        "what is applied to hidden outputs"),
    HONE_REAL(struct hone_model_config, dropout, 0.0, 0.0, 0.99,
        "share of hidden outputs left out in each training step"),
    HONE_OPTIONS_END,
};

const struct hone_model_type hone_model_mlp = {
    .name = "mlp", .summary = "multilayer perceptron; softmax or squared loss by the task",
    .options = mlp_options, .task = HONE_TASK_AUTO,
    .hidden_preset = HIDDEN_PRESET,
};

static size_t hidden_count(const struct hone_model_type *type,
    const struct hone_model_config *config) {
    if (config->hidden == NULL) {
        return type->hidden_preset > 0;
    }
    return config->hidden->type == HONE_LIST ? config->hidden->count : 1;
}

/* Outputs of hidden layer l. */
static size_t hidden_size(const struct hone_model_type *type,
    const struct hone_model_config *config, size_t l) {
    const struct hone_value *hidden = config->hidden;

    if (hidden == NULL) {
        return (size_t)type->hidden_preset;
    }
    return (size_t)(hidden->type == HONE_LIST ? hidden->item[l]->real : hidden->real);
}

enum hone_code hone_model_shape(const struct hone_model_type *type,
    const struct hone_model_config *config, const struct hone_dataset *data,
    struct hone_arena *arena, struct hone_network_shape *ret_shape, struct hone_err *err) {
    const bool softmax = data->task == HONE_TASK_CLASSIFICATION;
    const size_t count = hidden_count(type, config);
    size_t *hidden = hone_arena_array(arena, count + 1, sizeof(*hidden));

    if (hidden == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "%zu hidden layers", count);
    }
    for (size_t l = 0; l < count; l++) {
        hidden[l] = hidden_size(type, config, l);
    }
    *ret_shape = (struct hone_network_shape){
        .inputs = data->features, .sparse = data->x == NULL,
        .hidden_count = count, .hidden = hidden,
        .outputs = softmax ? data->classes : 1, .softmax = softmax,
        .activation = hone_activations[config->activation], .dropout = config->dropout,
    };
    return HONE_OK;
}
