#include "objectives/model/optimizer.h"
#include "objectives/wide.h"

#include <tgmath.h>

struct rmsprop_config {
    struct hone_optimizer_config base;
    double alpha;
    double eps;
    double momentum;
    bool centered;
};

static const struct hone_option rmsprop_options[] = {
    HONE_OPTIMIZER_COMMON(struct rmsprop_config, 1e-2, 0.0),
    HONE_REAL(struct rmsprop_config, alpha, 0.99, 0.0, 0.999999,
        "share of the old mean of squared gradients kept"),
    HONE_REAL(struct rmsprop_config, eps, 1e-8, 0.0, 1.0, "added to the divisor"),
    HONE_REAL(struct rmsprop_config, momentum, 0.0, 0.0, 0.9999,
        "share of the old velocity kept"),
    HONE_FLAG(struct rmsprop_config, centered, false,
        "divide by the standard deviation of the gradient, not its root mean square"),
    HONE_OPTIONS_END,
};

/* s <- alpha s + (1 - alpha) g^2;  v <- momentum v + g / (sqrt(s - m^2) + eps);
 * w <- w - rate v, with m the running mean of g when centered, else 0.
 * (Tieleman and Hinton 2012, "Lecture 6.5: rmsprop"; the centred form and the
 * velocity from Graves 2013, "Generating sequences", eqs. 38-45.) */
HONE_WIDE static void rmsprop_step(const void *config, double rate, uint64_t t, size_t n,
    hone_real *restrict weight, const hone_real *restrict grad, hone_real *restrict slot) {
    const struct rmsprop_config *c = config;
    const hone_real r = (hone_real)rate;
    const hone_real decay = (hone_real)c->base.weight_decay;
    const hone_real alpha = (hone_real)c->alpha;
    const hone_real rest = (hone_real)(1 - c->alpha);
    const hone_real eps = (hone_real)c->eps;
    const hone_real keep = (hone_real)c->momentum;
    const hone_real centre = c->centered ? 1 : 0;
    hone_real *restrict square = slot;
    hone_real *restrict mean = slot + n;
    hone_real *restrict velocity = slot + 2 * n;

    (void)t;
    for (size_t i = 0; i < n; i++) {
        const hone_real g = grad[i] + decay * weight[i];
        const hone_real s = alpha * square[i] + rest * (g * g);
        const hone_real m = mean[i] + rest * (g - mean[i]);
        const hone_real spread = s - centre * (m * m);
        const hone_real v = keep * velocity[i] + g / (sqrt(spread) + eps);

        square[i] = s;
        mean[i] = m;
        velocity[i] = v;
        weight[i] -= r * v;
    }
}

const struct hone_optimizer_type hone_optimizer_rmsprop = {
    .name = "rmsprop", .summary = "steps divided by a running root mean square of the gradient",
    .options = rmsprop_options, .config_size = sizeof(struct rmsprop_config),
    .slots = 3, .momentum = offsetof(struct rmsprop_config, momentum), .step = rmsprop_step,
};
