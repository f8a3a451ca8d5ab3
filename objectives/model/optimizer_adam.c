#include "objectives/model/optimizer.h"
#include "objectives/wide.h"

#include <tgmath.h>

struct adam_config {
    struct hone_optimizer_config base;
    double beta1;
    double beta2;
    double eps;
    bool amsgrad;
};

#define ADAM_OPTIONS                                                                               \
    HONE_REAL(struct adam_config, beta1, 0.9, 0.0, 0.999999,                                       \
        "share of the old mean of gradients kept"),                                                \
    HONE_REAL(struct adam_config, beta2, 0.999, 0.0, 0.99999999,                                   \
        "share of the old mean of squared gradients kept"),                                        \
    HONE_REAL(struct adam_config, eps, 1e-8, 0.0, 1.0, "added to the divisor"),                    \
    HONE_FLAG(struct adam_config, amsgrad, false,                                                  \
        "divide by the largest mean of squared gradients so far")

static const struct hone_option adam_options[] = {
    HONE_OPTIMIZER_COMMON(struct adam_config, 1e-3, 0.0),
    ADAM_OPTIONS,
    HONE_OPTIONS_END,
};

static const struct hone_option adamw_options[] = {
    HONE_OPTIMIZER_COMMON(struct adam_config, 1e-3, 0.01),
    ADAM_OPTIONS,
    HONE_OPTIONS_END,
};

/* What stays the same over all weights of one step. */
struct adam_scales {
    hone_real rest1, beta2, rest2; /* 1 - beta1, beta2, 1 - beta2 */
    hone_real rate;                /* rate / (1 - beta1^t) */
    hone_real root;                /* sqrt(1 - beta2^t) */
    hone_real eps;
    hone_real decay;               /* added to the gradient */
    hone_real shrink;              /* what the weights are first multiplied by */
};

static struct adam_scales adam_scales_at(const struct adam_config *c, double rate, uint64_t t,
    bool decoupled) {
    return (struct adam_scales){
        .rest1 = (hone_real)(1 - c->beta1),
        .beta2 = (hone_real)c->beta2,
        .rest2 = (hone_real)(1 - c->beta2),
        .rate = (hone_real)(rate / (1 - pow(c->beta1, (double)t))),
        .root = (hone_real)sqrt(1 - pow(c->beta2, (double)t)),
        .eps = (hone_real)c->eps,
        .decay = (hone_real)(decoupled ? 0 : c->base.weight_decay),
        .shrink = (hone_real)(decoupled ? 1 - rate * c->base.weight_decay : 1),
    };
}

/* m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2;
 * w <- w - rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps).
 * (Kingma and Ba 2015, "Adam", algorithm 1.) */
HONE_WIDE static void adam_move(const struct adam_scales *scales, size_t n,
    hone_real *restrict weight, const hone_real *restrict grad, hone_real *restrict mean,
    hone_real *restrict square) {
    const struct adam_scales k = *scales;

    for (size_t i = 0; i < n; i++) {
        const hone_real w = weight[i] * k.shrink;
        const hone_real g = grad[i] + k.decay * w;
        const hone_real m = mean[i] + k.rest1 * (g - mean[i]);
        const hone_real v = k.beta2 * square[i] + k.rest2 * (g * g);

        mean[i] = m;
        square[i] = v;
        weight[i] = w - k.rate * (m / (sqrt(v) / k.root + k.eps));
    }
}

/* As adam_move with v in the divisor replaced by its largest value so far.
 * (Reddi, Kale, Kumar 2018, "On the convergence of Adam and beyond",
 * algorithm 2, with Adam's bias correction, as PyTorch has it.) */
HONE_WIDE static void amsgrad_move(const struct adam_scales *scales, size_t n,
    hone_real *restrict weight, const hone_real *restrict grad, hone_real *restrict mean,
    hone_real *restrict square, hone_real *restrict largest) {
    const struct adam_scales k = *scales;

    for (size_t i = 0; i < n; i++) {
        const hone_real w = weight[i] * k.shrink;
        const hone_real g = grad[i] + k.decay * w;
        const hone_real m = mean[i] + k.rest1 * (g - mean[i]);
        const hone_real v = k.beta2 * square[i] + k.rest2 * (g * g);
        const hone_real top = v > largest[i] ? v : largest[i];

        mean[i] = m;
        square[i] = v;
        largest[i] = top;
        weight[i] = w - k.rate * (m / (sqrt(top) / k.root + k.eps));
    }
}

static void adam_any(const struct adam_config *c, const struct adam_scales *scales, size_t n,
    hone_real *restrict weight, const hone_real *restrict grad, hone_real *restrict slot) {
    if (c->amsgrad) {
        amsgrad_move(scales, n, weight, grad, slot, slot + n, slot + 2 * n);
    } else {
        adam_move(scales, n, weight, grad, slot, slot + n);
    }
}

/* Weight decay as L2 in the gradient. */
static void adam_step(const void *config, double rate, uint64_t t, size_t n,
    hone_real *restrict weight, const hone_real *restrict grad, hone_real *restrict slot) {
    const struct adam_scales scales = adam_scales_at(config, rate, t, false);

    adam_any(config, &scales, n, weight, grad, slot);
}

/* w <- (1 - rate decay) w before Adam's step.  (Loshchilov and Hutter 2019,
 * "Decoupled weight decay regularization", algorithm 2.) */
static void adamw_step(const void *config, double rate, uint64_t t, size_t n,
    hone_real *restrict weight, const hone_real *restrict grad, hone_real *restrict slot) {
    const struct adam_scales scales = adam_scales_at(config, rate, t, true);

    adam_any(config, &scales, n, weight, grad, slot);
}

const struct hone_optimizer_type hone_optimizer_adam = {
    .name = "adam", .summary = "running mean of the gradient over its running root mean square",
    .options = adam_options, .config_size = sizeof(struct adam_config),
    .slots = 3, .momentum = offsetof(struct adam_config, beta1), .step = adam_step,
};

const struct hone_optimizer_type hone_optimizer_adamw = {
    .name = "adamw", .summary = "adam with weight decay taken out of the gradient",
    .options = adamw_options, .config_size = sizeof(struct adam_config),
    .slots = 3, .momentum = offsetof(struct adam_config, beta1), .step = adamw_step,
};
