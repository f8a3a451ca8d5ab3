#include "objectives/model/optimizer.h"
#include "objectives/wide.h"

#include <tgmath.h>

struct adagrad_config {
    struct hone_optimizer_config base;
    double lr_decay;
    double initial_accumulator_value;
    double eps;
};

static const struct hone_option adagrad_options[] = {
    HONE_OPTIMIZER_COMMON(struct adagrad_config, 1e-2, 0.0),
    HONE_REAL(struct adagrad_config, lr_decay, 0.0, 0.0, 1e6,
        "rate divided by 1 + lr_decay * (step - 1)"),
    HONE_REAL(struct adagrad_config, initial_accumulator_value, 0.0, 0.0, 1e6,
        "sum of squared gradients before the first step"),
    HONE_REAL(struct adagrad_config, eps, 1e-10, 0.0, 1.0, "added to the divisor"),
    HONE_OPTIONS_END,
};

static void adagrad_begin(const void *config, size_t n, hone_real *slot) {
    const struct adagrad_config *c = config;

    for (size_t i = 0; i < n; i++) {
        slot[i] = (hone_real)c->initial_accumulator_value;
    }
}

/* s <- s + g^2;  w <- w - rate g / (sqrt(s) + eps).  (Duchi, Hazan, Singer 2011,
 * "Adaptive subgradient methods", JMLR 12, fig. 1, diagonal case.) */
HONE_WIDE static void adagrad_step(const void *config, double rate, uint64_t t, size_t n,
    hone_real *restrict weight, const hone_real *restrict grad, hone_real *restrict slot) {
    const struct adagrad_config *c = config;
    const hone_real r = (hone_real)(rate / (1 + ((double)t - 1) * c->lr_decay));
    const hone_real decay = (hone_real)c->base.weight_decay;
    const hone_real eps = (hone_real)c->eps;

    for (size_t i = 0; i < n; i++) {
        const hone_real g = grad[i] + decay * weight[i];
        const hone_real s = slot[i] + g * g;

        slot[i] = s;
        weight[i] -= r * (g / (sqrt(s) + eps));
    }
}

const struct hone_optimizer_type hone_optimizer_adagrad = {
    .name = "adagrad", .summary = "each weight's steps shrink with the gradients it has seen",
    .options = adagrad_options, .config_size = sizeof(struct adagrad_config),
    .slots = 1, .begin = adagrad_begin, .step = adagrad_step,
};
