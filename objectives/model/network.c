#include "objectives/model/network.h"

#include "objectives/model/blas.h"
#include "objectives/model/exponential.h"
#include "objectives/wide.h"

#include <string.h>
#include <tgmath.h>

static size_t layer_outputs(const struct hone_network_shape *shape, size_t l) {
    return l < shape->hidden_count ? shape->hidden[l] : shape->outputs;
}

static size_t layer_inputs(const struct hone_network_shape *shape, size_t l) {
    return l == 0 ? shape->inputs : shape->hidden[l - 1];
}

static size_t count_parameters(const struct hone_network_shape *shape) {
    size_t count = 0;

    for (size_t l = 0; l <= shape->hidden_count; l++) {
        count += (layer_inputs(shape, l) + 1) * layer_outputs(shape, l);
    }
    return count;
}

static hone_real *block_of(struct hone_arena *arena, size_t rows, size_t columns) {
    return hone_arena_array(arena, rows, columns * sizeof(hone_real));
}

/* Room for what passes through one layer. False: memory ran out. */
static bool layer_init(struct hone_layer *layer, size_t block, bool hidden, bool dropout,
    struct hone_arena *arena) {
    layer->z = block_of(arena, block, layer->outputs);
    layer->delta = block_of(arena, block, layer->outputs);
    layer->out = layer->z;
    if (hidden) {
        layer->a = block_of(arena, block, layer->outputs);
        layer->out = layer->a;
    }
    if (hidden && dropout) {
        layer->mask = block_of(arena, block, layer->outputs);
        layer->out = block_of(arena, block, layer->outputs);
        if (layer->mask == NULL) {
            return false;
        }
    }
    return layer->z != NULL && layer->delta != NULL && layer->out != NULL;
}

enum hone_code hone_network_init(struct hone_network *network,
    const struct hone_network_shape *shape, size_t block, struct hone_arena *arena,
    struct hone_err *err) {
    size_t at = 0;

    *network = (struct hone_network){
        .shape = *shape, .block = block, .layers = shape->hidden_count + 1,
        .parameters = count_parameters(shape),
    };
    network->layer = hone_arena_array(arena, network->layers, sizeof(*network->layer));
    network->parameter = block_of(arena, network->parameters, 1);
    network->grad = block_of(arena, network->parameters, 1);
    network->input = block_of(arena, shape->sparse ? 0 : block, shape->inputs);
    if (network->layer == NULL || network->parameter == NULL || network->grad == NULL ||
        network->input == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a network of %zu weights", network->parameters);
    }
    for (size_t l = 0; l < network->layers; l++) {
        struct hone_layer *layer = &network->layer[l];

        layer->inputs = layer_inputs(shape, l);
        layer->outputs = layer_outputs(shape, l);
        layer->weight = network->parameter + at;
        layer->weight_grad = network->grad + at;
        at += layer->inputs * layer->outputs;
        layer->bias = network->parameter + at;
        layer->bias_grad = network->grad + at;
        at += layer->outputs;
        if (!layer_init(layer, block, l < shape->hidden_count, shape->dropout > 0, arena)) {
            return hone_fail(err, HONE_E_NOMEM, "a network layer of %zu outputs", layer->outputs);
        }
    }
    return HONE_OK;
}

void hone_network_draw(struct hone_network *network, struct hone_rng *rng) {
    for (size_t l = 0; l < network->layers; l++) {
        struct hone_layer *layer = &network->layer[l];
        const size_t count = (layer->inputs + 1) * layer->outputs; /* the biases stand behind */
        const double bound = layer->inputs > 0 ? 1 / sqrt((double)layer->inputs) : 0;

        for (size_t i = 0; i < count; i++) {
            layer->weight[i] = (hone_real)(bound * (2 * hone_rng_uniform(rng) - 1));
        }
    }
}

static void add_bias(struct hone_layer *layer, size_t rows) {
    for (size_t i = 0; i < rows; i++) {
        memcpy(layer->z + i * layer->outputs, layer->bias, layer->outputs * sizeof(hone_real));
    }
}

/* to <- to + factor from */
static void add_scaled(size_t n, hone_real factor, const hone_real *restrict from,
    hone_real *restrict to) {
    for (size_t i = 0; i < n; i++) {
        to[i] += factor * from[i];
    }
}

/* z <- x W + 1 b' for sparse x: a row of W for each entry. */
static void sparse_product(struct hone_layer *layer, size_t rows,
    const struct hone_sparse_rows *x) {
    const size_t outputs = layer->outputs;

    add_bias(layer, rows);
    for (size_t i = 0; i < rows; i++) {
        for (size_t e = x->start[x->row[i]]; e < x->start[x->row[i] + 1]; e++) {
            const size_t at = x->at[e];

            add_scaled(outputs, (hone_real)(x->entry[e] * x->scale[at]),
                layer->weight + at * outputs, layer->z + i * outputs);
        }
    }
}

/* z <- x W + 1 b' */
static void layer_product(struct hone_layer *layer, size_t rows, const hone_real *x) {
    add_bias(layer, rows);
    hone_gemm(CblasNoTrans, CblasNoTrans, rows, layer->outputs, layer->inputs, x, layer->inputs,
        layer->weight, layer->outputs, 1, layer->z, layer->outputs);
}

/* Each output stays with probability 1 - share, and then grows so that its mean
 * stays. (Srivastava et al. 2014, "Dropout", JMLR 15, section 10, inverted.) A
 * 32-bit word decides two outputs: drawing is what dropout costs, and the share
 * is met to 1 / 65536. */
static void draw_mask(struct hone_rng *rng, double share, size_t n, hone_real *ret_mask) {
    const double halves = 65536;
    const uint32_t below = (uint32_t)lround(share * halves);
    const hone_real kept = (hone_real)(1 / (1 - below / halves));
    uint32_t word = 0;

    for (size_t i = 0; i < n; i++) {
        word = i % 2 == 0 ? (uint32_t)gsl_rng_get(&rng->gsl) : word >> 16;
        ret_mask[i] = (word & 0xFFFF) < below ? 0 : kept;
    }
}

HONE_WIDE static void multiply(size_t n, const hone_real *restrict a, const hone_real *restrict b,
    hone_real *restrict ret_product) {
    for (size_t i = 0; i < n; i++) {
        ret_product[i] = a[i] * b[i];
    }
}

HONE_WIDE static void multiply_into(size_t n, const hone_real *restrict factor,
    hone_real *restrict value) {
    for (size_t i = 0; i < n; i++) {
        value[i] *= factor[i];
    }
}

/* The output through a new mask while training, as it is when predicting. */
static void layer_drop(struct hone_layer *layer, size_t n, double share, struct hone_rng *rng) {
    if (rng == NULL) {
        memcpy(layer->out, layer->a, n * sizeof(hone_real));
        return;
    }
    draw_mask(rng, share, n, layer->mask);
    multiply(n, layer->a, layer->mask, layer->out);
}

const hone_real *hone_network_forward(struct hone_network *network, size_t rows,
    struct hone_rng *dropout) {
    const struct hone_activation_type *activation = network->shape.activation;
    const hone_real *x = network->input;

    for (size_t l = 0; l < network->layers; l++) {
        struct hone_layer *layer = &network->layer[l];
        const size_t n = rows * layer->outputs;

        if (l == 0 && network->shape.sparse) {
            sparse_product(layer, rows, &network->sparse);
        } else {
            layer_product(layer, rows, x);
        }
        if (layer->a != NULL) {
            activation->forward(n, layer->z, layer->a);
        }
        if (layer->mask != NULL) {
            layer_drop(layer, n, network->shape.dropout, dropout);
        }
        x = layer->out;
    }
    return x;
}

/* ret_low <- z less the largest of its row, so that no exponential overflows. */
static void take_out_largest(size_t rows, size_t classes, const hone_real *restrict z,
    hone_real *restrict ret_low) {
    for (size_t i = 0; i < rows * classes; i += classes) {
        hone_real top = z[i];

        for (size_t k = 1; k < classes; k++) {
            top = z[i + k] > top ? z[i + k] : top;
        }
        for (size_t k = 0; k < classes; k++) {
            ret_low[i + k] = z[i + k] - top;
        }
    }
}

HONE_WIDE static void exponentials(size_t n, hone_real *x) {
    for (size_t i = 0; i < n; i++) {
        x[i] = hone_exp(x[i]);
    }
}

/* From the exponentials of a row to scale (softmax - one-hot); returns the log of
 * their sum. */
static double softmax_delta(size_t classes, size_t label, hone_real scale,
    hone_real *restrict delta) {
    hone_real sum = 0;
    hone_real factor;

    for (size_t k = 0; k < classes; k++) {
        sum += delta[k];
    }
    factor = scale / sum;
    for (size_t k = 0; k < classes; k++) {
        delta[k] *= factor;
    }
    delta[label] -= scale;
    return (double)log(sum);
}

static double weight_of(const double *class_weight, int32_t label) {
    return class_weight == NULL ? 1 : class_weight[label];
}

double hone_network_loss_class(struct hone_network *network, size_t rows, const int32_t *label,
    const double *class_weight, double scale) {
    struct hone_layer *head = &network->layer[network->layers - 1];
    const size_t classes = head->outputs;
    hone_real *delta = head->delta;
    double sum = 0;

    /* -log softmax(z)[label] = log(sum exp(z - top)) - (z[label] - top) */
    take_out_largest(rows, classes, head->z, delta);
    for (size_t i = 0; i < rows; i++) {
        sum -= weight_of(class_weight, label[i]) * (double)delta[i * classes + (size_t)label[i]];
    }
    exponentials(rows * classes, delta);
    for (size_t i = 0; i < rows; i++) {
        const double weight = weight_of(class_weight, label[i]);

        sum += weight * softmax_delta(classes, (size_t)label[i], (hone_real)(weight * scale),
            delta + i * classes);
    }
    return sum;
}

double hone_network_loss_square(struct hone_network *network, size_t rows,
    const hone_real *target, double scale) {
    struct hone_layer *head = &network->layer[network->layers - 1];
    const size_t n = rows * head->outputs;
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        const hone_real off = head->z[i] - target[i];

        head->delta[i] = 2 * (hone_real)scale * off;
        sum += (double)off * (double)off;
    }
    return sum;
}

/* ret_sum[j] <- sum over rows of x[i][j], or added to it. */
HONE_WIDE static void sum_rows(size_t rows, size_t columns, const hone_real *restrict x, bool add,
    hone_real *restrict ret_sum) {
    if (!add) {
        memset(ret_sum, 0, columns * sizeof(hone_real));
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            ret_sum[j] += x[i * columns + j];
        }
    }
}

/* W' <- x^T delta, b' <- 1^T delta */
static void layer_gradient(struct hone_layer *layer, size_t rows, const hone_real *x, bool add) {
    hone_gemm(CblasTrans, CblasNoTrans, layer->inputs, layer->outputs, rows, x, layer->inputs,
        layer->delta, layer->outputs, add ? 1 : 0, layer->weight_grad, layer->outputs);
    sum_rows(rows, layer->outputs, layer->delta, add, layer->bias_grad);
}

/* The same for sparse x. */
static void sparse_gradient(struct hone_layer *layer, size_t rows,
    const struct hone_sparse_rows *x, bool add) {
    const size_t outputs = layer->outputs;

    if (!add) {
        memset(layer->weight_grad, 0, layer->inputs * outputs * sizeof(hone_real));
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t e = x->start[x->row[i]]; e < x->start[x->row[i] + 1]; e++) {
            const size_t at = x->at[e];

            add_scaled(outputs, (hone_real)(x->entry[e] * x->scale[at]),
                layer->delta + i * outputs, layer->weight_grad + at * outputs);
        }
    }
    sum_rows(rows, outputs, layer->delta, add, layer->bias_grad);
}

/* delta of the layer below <- (delta W^T), through its mask and activation. */
static void layer_pass_back(const struct hone_network *network, size_t rows, size_t l) {
    const struct hone_layer *layer = &network->layer[l];
    struct hone_layer *below = &network->layer[l - 1];
    const size_t n = rows * below->outputs;

    hone_gemm(CblasNoTrans, CblasTrans, rows, layer->inputs, layer->outputs, layer->delta,
        layer->outputs, layer->weight, layer->outputs, 0, below->delta, below->outputs);
    if (below->mask != NULL) {
        multiply_into(n, below->mask, below->delta);
    }
    network->shape.activation->backward(n, below->z, below->a, below->delta);
}

void hone_network_backward(struct hone_network *network, size_t rows, bool add) {
    for (size_t l = network->layers; l-- > 0;) {
        const hone_real *x = l == 0 ? network->input : network->layer[l - 1].out;

        if (l == 0 && network->shape.sparse) {
            sparse_gradient(&network->layer[l], rows, &network->sparse, add);
        } else {
            layer_gradient(&network->layer[l], rows, x, add);
        }
        if (l > 0) {
            layer_pass_back(network, rows, l);
        }
    }
}
