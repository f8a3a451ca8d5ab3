/* The network's loss and gradient against the formulas and, with hone_real as
 * double, against central differences; its dropout. Built in both precisions. */
#include "engine/rng.h"
#include "objectives/model/network.h"
#include "tests/objectives/golden.h"

#include <gsl/gsl_cblas.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 7, INPUTS = 3, CLASSES = 4, PLAIN_HIDDEN = 5 };

static const double relative = sizeof(hone_real) == sizeof(double) ? 1e-12 : 1e-5;
static const double absolute = sizeof(hone_real) == sizeof(double) ? 1e-15 : 1e-7;

static const int32_t label[ROWS] = {0, 3, 1, 2, 2, 0, 1};
static const hone_real target[ROWS] = {0.25, -1.25, 0.75, 2.125, -0.375, 0, 1.125};

static void fill_input(struct hone_network *network) {
    for (size_t i = 0; i < ROWS * INPUTS; i++) {
        network->input[i] = (hone_real)sin(1.7 * (double)i + 0.3);
    }
}

static double mean_loss(struct hone_network *network, struct hone_rng *dropout) {
    (void)hone_network_forward(network, ROWS, dropout);
    if (network->shape.softmax) {
        return hone_network_loss_class(network, ROWS, label, NULL, 1.0 / ROWS) / ROWS;
    }
    return hone_network_loss_square(network, ROWS, target, 1.0 / ROWS) / ROWS;
}

static void network_open(struct hone_network *network, struct hone_arena *arena,
    const struct hone_activation_type *activation, size_t depth, bool softmax, double dropout) {
    static const size_t hidden[] = {5, 6, 4};
    const struct hone_network_shape shape = {
        .inputs = INPUTS, .hidden_count = depth, .hidden = hidden,
        .outputs = softmax ? CLASSES : 1, .softmax = softmax, .activation = activation,
        .dropout = dropout,
    };
    struct hone_rng rng;
    struct hone_err err;

    assert_int_equal(hone_network_init(network, &shape, ROWS, arena, &err), HONE_OK);
    hone_rng_at(&rng, 1, 0, 0, HONE_FOR_WEIGHTS);
    hone_network_draw(network, &rng);
    fill_input(network);
}

#ifdef HONE_REAL_IS_DOUBLE /* differences of floats have no digits left */

/* Every mean_loss of one check sees the same mask: the stream starts anew. */
static double loss_at(struct hone_network *network) {
    struct hone_rng dropout;

    hone_rng_at(&dropout, 1, 0, 0, HONE_FOR_DROPOUT);
    return mean_loss(network, &dropout);
}

static void check_gradient(const struct hone_activation_type *activation, size_t depth,
    bool softmax, double dropout) {
    const hone_real step = (hone_real)1e-5;
    struct hone_arena arena = {0};
    struct hone_network network;
    char what[128];

    network_open(&network, &arena, activation, depth, softmax, dropout);
    (void)loss_at(&network);
    hone_network_backward(&network, ROWS, false);
    for (size_t i = 0; i < network.parameters; i++) {
        const hone_real kept = network.parameter[i];
        double above, below;

        network.parameter[i] = kept + step;
        above = loss_at(&network);
        network.parameter[i] = kept - step;
        below = loss_at(&network);
        network.parameter[i] = kept;
        (void)snprintf(what, sizeof(what), "%s, %zu hidden, %s, weight %zu", activation->name,
            depth, softmax ? "softmax" : "squares", i);
        /* step^2 times the third derivative, plus rounding / step */
        check_near((double)network.grad[i], (above - below) / (2 * (double)step), 1e-6, 1e-9, what);
    }
    hone_arena_finish(&arena);
}

static void gradient_is_that_of_central_differences(void **state) {
    (void)state;
    for (size_t a = 0; hone_activations[a] != NULL; a++) {
        for (size_t depth = 0; depth <= 3; depth++) {
            check_gradient(hone_activations[a], depth, true, 0);
            check_gradient(hone_activations[a], depth, false, 0);
            check_gradient(hone_activations[a], depth, true, 0.4);
        }
    }
}

#endif

/* The sum over two halves, added, is the gradient of the whole. */
static void gradient_of_blocks_adds_up(void **state) {
    struct hone_arena arena = {0};
    struct hone_network network;
    hone_real whole[512];
    enum { FIRST = 4 };

    (void)state;
    network_open(&network, &arena, &hone_activation_tanh, 2, true, 0);
    (void)mean_loss(&network, NULL);
    hone_network_backward(&network, ROWS, false);
    assert_true(network.parameters <= 512);
    memcpy(whole, network.grad, network.parameters * sizeof(hone_real));
    (void)hone_network_forward(&network, FIRST, NULL);
    (void)hone_network_loss_class(&network, FIRST, label, NULL, 1.0 / ROWS);
    hone_network_backward(&network, FIRST, false);
    memmove(network.input, network.input + FIRST * INPUTS,
        (ROWS - FIRST) * INPUTS * sizeof(hone_real));
    (void)hone_network_forward(&network, ROWS - FIRST, NULL);
    (void)hone_network_loss_class(&network, ROWS - FIRST, label + FIRST, NULL,
        1.0 / ROWS);
    hone_network_backward(&network, ROWS - FIRST, true);
    for (size_t i = 0; i < network.parameters; i++) {
        check_near((double)network.grad[i], (double)whole[i], relative, absolute,
            "sum of two blocks");
    }
    hone_arena_finish(&arena);
}

/* Predicting uses the whole network, whatever dropout was trained with. */
static void dropout_is_off_when_predicting(void **state) {
    struct hone_arena arena = {0};
    struct hone_network with, without;
    struct hone_rng rng;
    double plain;

    (void)state;
    network_open(&with, &arena, &hone_activation_relu, 2, true, 0.5);
    network_open(&without, &arena, &hone_activation_relu, 2, true, 0);
    plain = mean_loss(&without, NULL);
    assert_true(mean_loss(&with, NULL) == plain);
    hone_rng_at(&rng, 1, 0, 0, HONE_FOR_DROPOUT);
    assert_true(mean_loss(&with, &rng) != plain);
    assert_true(mean_loss(&with, NULL) == plain);
    hone_arena_finish(&arena);
}

/* Inverted dropout: a share of the outputs is 0, the others grow to keep the
 * mean. */
static void dropout_keeps_the_mean(void **state) {
    enum { DRAWS = 4000 };
    struct hone_arena arena = {0};
    struct hone_network network;
    struct hone_rng rng;
    double sum = 0, zeros = 0;

    (void)state;
    network_open(&network, &arena, &hone_activation_logistic, 1, true, 0.25);
    hone_rng_at(&rng, 1, 0, 0, HONE_FOR_DROPOUT);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        (void)hone_network_forward(&network, 1, &rng);
        for (size_t k = 0; k < 5; k++) {
            sum += (double)network.layer[0].mask[k];
            zeros += network.layer[0].mask[k] == 0;
        }
    }
    /* 20000 draws: the share's standard error is 0.003. */
    check_near(zeros / (5.0 * DRAWS), 0.25, 0, 0.015, "share of zeros");
    check_near(sum / (5.0 * DRAWS), 1, 0, 0.02, "mean of the mask");
    hone_arena_finish(&arena);
}

/* A weight that is not a number must reach the loss, through relu too. */
static void what_is_not_a_number_reaches_the_loss(void **state) {
    (void)state;
    for (size_t a = 0; hone_activations[a] != NULL; a++) {
        struct hone_arena arena = {0};
        struct hone_network network;

        network_open(&network, &arena, hone_activations[a], 2, true, 0);
        network.parameter[0] = (hone_real)NAN;
        assert_true(isnan(mean_loss(&network, NULL)));
        hone_arena_finish(&arena);
    }
}

/* torch.nn.Linear: uniform in +-1/sqrt(inputs). */
static void weights_are_drawn_within_their_bounds(void **state) {
    struct hone_arena arena = {0};
    struct hone_network network;

    (void)state;
    network_open(&network, &arena, &hone_activation_relu, 2, true, 0);
    for (size_t l = 0; l < network.layers; l++) {
        const struct hone_layer *layer = &network.layer[l];
        const double bound = 1 / sqrt((double)layer->inputs);
        double largest = 0;

        for (size_t i = 0; i < (layer->inputs + 1) * layer->outputs; i++) {
            largest = fmax(largest, fabs((double)layer->weight[i]));
        }
        assert_true(largest <= bound * (1 + relative) && largest > 0.5 * bound);
    }
    hone_arena_finish(&arena);
}

/* A row of class k counts weight[k] times in the loss, and so in the gradient;
 * by hand for two rows and two classes with z = 0: softmax is 1/2 each. */
static void class_weights_multiply_loss_and_gradient(void **state) {
    static const int32_t truth[] = {0, 1};
    static const double weight[] = {3, 0.5};
    const struct hone_network_shape shape = {
        .inputs = 1, .outputs = 2, .softmax = true, .activation = &hone_activation_relu,
    };
    struct hone_arena arena = {0};
    struct hone_network network;
    struct hone_err err;
    const hone_real *bias;

    (void)state;
    assert_int_equal(hone_network_init(&network, &shape, 2, &arena, &err), HONE_OK);
    network.input[0] = 1;
    network.input[1] = -2;
    (void)hone_network_forward(&network, 2, NULL);
    check_near(hone_network_loss_class(&network, 2, truth, weight, 0.5), 3.5 * log(2), relative, 0,
        "weighted loss");
    hone_network_backward(&network, 2, false);
    bias = network.layer[0].bias_grad;
    /* 0.5 (3 (1/2 - 1) + 0.5 (1/2)) and its negative; the weights see x = 1, -2. */
    check_near((double)bias[0], -0.625, relative, 0, "gradient of bias 0");
    check_near((double)bias[1], 0.625, relative, 0, "gradient of bias 1");
    check_near((double)network.grad[0], 0.5 * (3 * -0.5 * 1 + 0.5 * 0.5 * -2), relative, 0,
        "gradient of weight 0");
    hone_arena_finish(&arena);
}

/* Rows kept sparse give what the same rows give when written out. */
static void sparse_rows_are_rows(void **state) {
    static const size_t start[] = {0, 2, 2, 3, 5, 7, 8, 10};
    static const uint32_t at[] = {0, 2, 1, 0, 1, 1, 2, 2, 0, 2};
    static const double entry[] = {1, -2, 3, 0.5, 0.25, -1, 4, 2, -3, 1.5};
    static const double scale[] = {2, 0.5, 1.25};
    static const uint32_t row[] = {6, 0, 3, 1, 2, 5, 4};

    (void)state;
    for (size_t depth = 0; depth <= 2; depth++) {
        struct hone_arena arena = {0};
        struct hone_network dense, sparse;
        struct hone_network_shape shape;
        struct hone_err err;

        network_open(&dense, &arena, &hone_activation_tanh, depth, true, 0);
        shape = dense.shape;
        shape.sparse = true;
        assert_int_equal(hone_network_init(&sparse, &shape, ROWS, &arena, &err), HONE_OK);
        memcpy(sparse.parameter, dense.parameter, dense.parameters * sizeof(hone_real));
        sparse.sparse = (struct hone_sparse_rows){start, at, entry, scale, row};
        memset(dense.input, 0, ROWS * INPUTS * sizeof(hone_real));
        for (size_t i = 0; i < ROWS; i++) {
            for (size_t e = start[row[i]]; e < start[row[i] + 1]; e++) {
                dense.input[i * INPUTS + at[e]] = (hone_real)(entry[e] * scale[at[e]]);
            }
        }
        check_near(mean_loss(&sparse, NULL), mean_loss(&dense, NULL), relative, 0, "loss");
        hone_network_backward(&dense, ROWS, false);
        hone_network_backward(&sparse, ROWS, false);
        hone_network_backward(&sparse, ROWS, true);
        for (size_t i = 0; i < dense.parameters; i++) {
            check_near((double)sparse.grad[i], 2 * (double)dense.grad[i], relative, absolute,
                "gradient, twice");
        }
        hone_arena_finish(&arena);
    }
}

/* ---- against the formulas, written out ---- */

/* What a network of one hidden layer is and gives, in double precision whatever
 * hone_real is. */
struct plain {
    double w1[INPUTS][PLAIN_HIDDEN], b1[PLAIN_HIDDEN], w2[PLAIN_HIDDEN][CLASSES], b2[CLASSES];
    double loss; /* mean over rows */
    double w1_grad[INPUTS][PLAIN_HIDDEN], b1_grad[PLAIN_HIDDEN];
    double w2_grad[PLAIN_HIDDEN][CLASSES], b2_grad[CLASSES];
};

static double plain_activation(const char *name, double z) {
    if (strcmp(name, "relu") == 0) {
        return z > 0 ? z : 0;
    }
    if (strcmp(name, "tanh") == 0) {
        return tanh(z);
    }
    return strcmp(name, "logistic") == 0 ? 1 / (1 + exp(-z)) : z / 2 * erfc(-z / sqrt(2));
}

static double plain_slope(const char *name, double z) {
    const double a = plain_activation(name, z);

    if (strcmp(name, "relu") == 0) {
        return z > 0;
    }
    if (strcmp(name, "tanh") == 0) {
        return 1 - a * a;
    }
    return strcmp(name, "logistic") == 0
        ? a * (1 - a)
        : erfc(-z / sqrt(2)) / 2 + z * exp(-z * z / 2) / sqrt(2 * acos(-1));
}

/* Adds one row: its loss and the gradient of that, both over ROWS. */
static void plain_row(struct plain *p, const char *activation, const hone_real *x, int32_t truth) {
    double z1[PLAIN_HIDDEN], z2[CLASSES], delta[CLASSES], sum = 0;

    for (size_t j = 0; j < PLAIN_HIDDEN; j++) {
        z1[j] = p->b1[j];
        for (size_t i = 0; i < INPUTS; i++) {
            z1[j] += (double)x[i] * p->w1[i][j];
        }
    }
    for (size_t k = 0; k < CLASSES; k++) {
        z2[k] = p->b2[k];
        for (size_t j = 0; j < PLAIN_HIDDEN; j++) {
            z2[k] += plain_activation(activation, z1[j]) * p->w2[j][k];
        }
        sum += exp(z2[k]);
    }
    p->loss += (log(sum) - z2[truth]) / ROWS;
    for (size_t k = 0; k < CLASSES; k++) {
        delta[k] = (exp(z2[k]) / sum - ((size_t)truth == k)) / ROWS;
        p->b2_grad[k] += delta[k];
    }
    for (size_t j = 0; j < PLAIN_HIDDEN; j++) {
        double back = 0;

        for (size_t k = 0; k < CLASSES; k++) {
            p->w2_grad[j][k] += plain_activation(activation, z1[j]) * delta[k];
            back += p->w2[j][k] * delta[k];
        }
        back *= plain_slope(activation, z1[j]);
        p->b1_grad[j] += back;
        for (size_t i = 0; i < INPUTS; i++) {
            p->w1_grad[i][j] += (double)x[i] * back;
        }
    }
}

/* The weights of a network, in the order in which it keeps them. */
static void plain_weights(const struct hone_network *network, struct plain *p) {
    const hone_real *from = network->parameter;
    double *const to[] = {&p->w1[0][0], p->b1, &p->w2[0][0], p->b2};
    const size_t count[] = {INPUTS * PLAIN_HIDDEN, PLAIN_HIDDEN, PLAIN_HIDDEN * CLASSES, CLASSES};

    for (size_t part = 0; part < 4; part++) {
        for (size_t i = 0; i < count[part]; i++) {
            to[part][i] = (double)*from++;
        }
    }
}

static void check_part(const hone_real **at, const double *want, size_t count, const char *what) {
    for (size_t i = 0; i < count; i++) {
        check_near((double)*(*at)++, want[i], relative, absolute, what);
    }
}

/* In either precision: 1e-12 as double, 1e-5 as float. */
static void loss_and_gradient_are_the_formulas(void **state) {
    (void)state;
    for (size_t a = 0; hone_activations[a] != NULL; a++) {
        const char *name = hone_activations[a]->name;
        struct hone_arena arena = {0};
        struct hone_network network;
        struct plain p = {.loss = 0};
        const hone_real *at;

        network_open(&network, &arena, hone_activations[a], 1, true, 0);
        plain_weights(&network, &p);
        for (size_t i = 0; i < ROWS; i++) {
            plain_row(&p, name, network.input + i * INPUTS, label[i]);
        }
        check_near(mean_loss(&network, NULL), p.loss, relative, 0, name);
        hone_network_backward(&network, ROWS, false);
        at = network.grad;
        check_part(&at, &p.w1_grad[0][0], INPUTS * PLAIN_HIDDEN, name);
        check_part(&at, p.b1_grad, PLAIN_HIDDEN, name);
        check_part(&at, &p.w2_grad[0][0], PLAIN_HIDDEN * CLASSES, name);
        check_part(&at, p.b2_grad, CLASSES, name);
        hone_arena_finish(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#ifdef HONE_REAL_IS_DOUBLE
        cmocka_unit_test(gradient_is_that_of_central_differences),
#endif
        cmocka_unit_test(gradient_of_blocks_adds_up),
        cmocka_unit_test(dropout_is_off_when_predicting),
        cmocka_unit_test(dropout_keeps_the_mean),
        cmocka_unit_test(what_is_not_a_number_reaches_the_loss),
        cmocka_unit_test(weights_are_drawn_within_their_bounds),
        cmocka_unit_test(class_weights_multiply_loss_and_gradient),
        cmocka_unit_test(sparse_rows_are_rows),
        cmocka_unit_test(loss_and_gradient_are_the_formulas),
    };

    return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
