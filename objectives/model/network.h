/* A fully connected network: layers of weights with an activation and dropout
 * between them, and a head that knows its loss. No hidden layer makes it a
 * linear model. It works on blocks of rows; one worker owns it. */
#ifndef HONE_OBJECTIVES_MODEL_NETWORK_H
#define HONE_OBJECTIVES_MODEL_NETWORK_H

#include "engine/arena.h"
#include "engine/err.h"
#include "engine/rng.h"
#include "objectives/model/activation.h"
#include "objectives/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a network is, before it has memory. */
struct hone_network_shape {
    size_t inputs;
    bool sparse; /* the first layer reads network->sparse, not network->input */
    size_t hidden_count;
    const size_t *hidden; /* (hidden_count) outputs of each hidden layer */
    size_t outputs;       /* classes, or 1 in regression */
    bool softmax;         /* head: softmax with cross-entropy, else squared error */
    const struct hone_activation_type *activation;
    double dropout; /* share of hidden outputs set to 0 while training */
};

/* Rows of a matrix in compressed form, as the data set keeps them: row i of the
 * block is row[i], whose entries count `scale` of their feature times. */
struct hone_sparse_rows {
    const size_t *start;
    const uint32_t *at;
    const double *entry;
    const double *scale;
    const uint32_t *row;
};

struct hone_layer {
    size_t inputs, outputs;
    hone_real *weight;      /* (inputs, outputs), row-major, then bias (outputs) */
    hone_real *bias;
    hone_real *weight_grad; /* as weight */
    hone_real *bias_grad;
    hone_real *z;     /* (block, outputs) before the activation */
    hone_real *a;     /* (block, outputs) after it; NULL in the last layer */
    hone_real *mask;  /* (block, outputs) 0 or 1 / (1 - dropout); NULL without dropout */
    hone_real *out;   /* (block, outputs) what the next layer reads: a, masked, or z */
    hone_real *delta; /* (block, outputs) d loss / d z */
};

struct hone_network {
    struct hone_network_shape shape;
    size_t block;         /* rows it can take at once */
    size_t layers;        /* hidden_count + 1 */
    struct hone_layer *layer;
    size_t parameters;
    hone_real *parameter; /* (parameters) all layers' weights and biases */
    hone_real *grad;      /* (parameters) */
    /* One of the two is to be filled before forward. */
    hone_real *input; /* (block, inputs) */
    struct hone_sparse_rows sparse;
};

/* Makes room in the arena. HONE_E_NOMEM when there is none. */
HONE_MUST_CHECK enum hone_code hone_network_init(struct hone_network *network,
    const struct hone_network_shape *shape, size_t block, struct hone_arena *arena,
    struct hone_err *err);

/* Weights and biases uniform in +-1/sqrt(inputs), as torch.nn.Linear. */
void hone_network_draw(struct hone_network *network, struct hone_rng *rng);

/* Outputs of the first `rows` rows of input. dropout NULL: none is dropped, as
 * when predicting. */
const hone_real *hone_network_forward(struct hone_network *network, size_t rows,
    struct hone_rng *dropout);

/* Sums over rows of the loss of the last forward, by the head: cross-entropy
 * against label (rows), each row times the weight of its class (NULL: 1), or
 * squared error against target (rows, outputs). Both set the head's delta to
 * `scale` times the derivative. */
double hone_network_loss_class(struct hone_network *network, size_t rows, const int32_t *label,
    const double *class_weight, double scale);
double hone_network_loss_square(struct hone_network *network, size_t rows,
    const hone_real *target, double scale);

/* The gradient of what the last loss was, into grad, or added to it. */
void hone_network_backward(struct hone_network *network, size_t rows, bool add);

#endif
