/* Gradient descent, plain and with a velocity. */
#include "objectives/model/optimizer.h"
#include "objectives/wide.h"

struct plain_config {
    struct hone_optimizer_config base;
};

static const struct hone_option plain_options[] = {
    HONE_OPTIMIZER_COMMON(struct plain_config, 1e-3, 0.0),
    HONE_OPTIONS_END,
};

/* g <- g + decay w;  w <- w - rate g.  (Robbins and Monro 1951, "A stochastic
 * approximation method", eq. 7.) */
HONE_WIDE static void plain_step(const void *config, double rate, uint64_t t, size_t n,
    hone_real *restrict weight, const hone_real *restrict grad, hone_real *restrict slot) {
    const struct plain_config *c = config;
    const hone_real r = (hone_real)rate;
    const hone_real decay = (hone_real)c->base.weight_decay;

    (void)t;
    (void)slot;
    for (size_t i = 0; i < n; i++) {
        weight[i] -= r * (grad[i] + decay * weight[i]);
    }
}

const struct hone_optimizer_type hone_optimizer_gd = {
    .name = "gd", .summary = "gradient descent on all rows at once; batch_size does not count",
    .options = plain_options, .config_size = sizeof(struct plain_config),
    .full_batch = true, .step = plain_step,
};

const struct hone_optimizer_type hone_optimizer_sgd = {
    .name = "sgd", .summary = "stochastic gradient descent on minibatches",
    .options = plain_options, .config_size = sizeof(struct plain_config),
    .step = plain_step,
};

struct velocity_config {
    struct hone_optimizer_config base;
    double momentum;
    double dampening;
};

static const struct hone_option momentum_options[] = {
    HONE_OPTIMIZER_COMMON(struct velocity_config, 1e-3, 0.0),
    HONE_REAL(struct velocity_config, momentum, 0.9, 0.0, 0.9999,
        "share of the old velocity kept"),
    HONE_REAL(struct velocity_config, dampening, 0.0, 0.0, 1.0,
        "share of the gradient kept out of the velocity"),
    HONE_OPTIONS_END,
};

static const struct hone_option nesterov_options[] = {
    HONE_OPTIMIZER_COMMON(struct velocity_config, 1e-3, 0.0),
    HONE_REAL(struct velocity_config, momentum, 0.9, 0.0, 0.9999,
        "share of the old velocity kept"),
    HONE_OPTIONS_END,
};

/* v <- momentum v + (1 - dampening) g;  w <- w - rate v.  (Sutskever, Martens,
 * Dahl, Hinton 2013, "On the importance of initialization and momentum", eqs.
 * 1-2, with the rate taken out of v.) The first velocity is g itself, undamped,
 * as in PyTorch. */
HONE_WIDE static void momentum_step(const void *config, double rate, uint64_t t, size_t n,
    hone_real *restrict weight, const hone_real *restrict grad, hone_real *restrict slot) {
    const struct velocity_config *c = config;
    const hone_real r = (hone_real)rate;
    const hone_real decay = (hone_real)c->base.weight_decay;
    const hone_real keep = (hone_real)c->momentum;
    const hone_real add = (hone_real)(t == 1 ? 1.0 : 1.0 - c->dampening);

    for (size_t i = 0; i < n; i++) {
        const hone_real g = grad[i] + decay * weight[i];
        const hone_real v = keep * slot[i] + add * g;

        slot[i] = v;
        weight[i] -= r * v;
    }
}

/* v <- momentum v + g;  w <- w - rate (g + momentum v).  (Sutskever et al. 2013,
 * eqs. 3-4, in the variable that is looked ahead to, as PyTorch has it.) */
HONE_WIDE static void nesterov_step(const void *config, double rate, uint64_t t, size_t n,
    hone_real *restrict weight, const hone_real *restrict grad, hone_real *restrict slot) {
    const struct velocity_config *c = config;
    const hone_real r = (hone_real)rate;
    const hone_real decay = (hone_real)c->base.weight_decay;
    const hone_real keep = (hone_real)c->momentum;

    (void)t;
    for (size_t i = 0; i < n; i++) {
        const hone_real g = grad[i] + decay * weight[i];
        const hone_real v = keep * slot[i] + g;

        slot[i] = v;
        weight[i] -= r * (g + keep * v);
    }
}

const struct hone_optimizer_type hone_optimizer_momentum = {
    .name = "momentum", .summary = "gradient descent with a velocity",
    .options = momentum_options, .config_size = sizeof(struct velocity_config),
    .slots = 1, .momentum = offsetof(struct velocity_config, momentum), .step = momentum_step,
};

const struct hone_optimizer_type hone_optimizer_nesterov = {
    .name = "nesterov", .summary = "a velocity, and the gradient taken where it leads",
    .options = nesterov_options, .config_size = sizeof(struct velocity_config),
    .slots = 1, .momentum = offsetof(struct velocity_config, momentum), .step = nesterov_step,
};
