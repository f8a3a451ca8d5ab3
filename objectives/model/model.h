/* The built-in models. Each is a network: what differs is its options, the tasks
 * it is for and its hidden layers. */
#ifndef HONE_OBJECTIVES_MODEL_MODEL_H
#define HONE_OBJECTIVES_MODEL_MODEL_H

#include "engine/arena.h"
#include "engine/option.h"
#include "objectives/data/dataset.h"
#include "objectives/model/network.h"

struct hone_model_config {
    const struct hone_value *hidden; /* NULL: the type's own */
    int activation;                  /* index into hone_activations */
    double dropout;
};

struct hone_model_type {
    const char *name;
    const char *summary;
    const struct hone_option *options; /* of struct hone_model_config */
    enum hone_task task;               /* the one it is for; AUTO: both */
    int64_t hidden_preset;             /* size of the one hidden layer by default; 0: none */
};

extern const struct hone_model_type hone_model_linear, hone_model_logistic, hone_model_mlp;

/* All of them and, in the same order, their names; both NULL-terminated. */
extern const struct hone_model_type *const hone_models[];
extern const char *const hone_model_names[];

/* The network that config asks for on this data; its arrays live in arena. */
HONE_MUST_CHECK enum hone_code hone_model_shape(const struct hone_model_type *type,
    const struct hone_model_config *config, const struct hone_dataset *data,
    struct hone_arena *arena, struct hone_network_shape *ret_shape, struct hone_err *err);

#endif
