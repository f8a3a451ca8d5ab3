#include "objectives/model/activation.h"

#include "objectives/model/exponential.h"
#include "objectives/wide.h"

#include <gsl/gsl_math.h>
#include <tgmath.h>

const struct hone_activation_type *const hone_activations[] = {
    &hone_activation_relu, &hone_activation_tanh, &hone_activation_logistic,
    &hone_activation_gelu, NULL,
};

const char *const hone_activation_names[] = {"relu", "tanh", "logistic", "gelu", NULL};

/* max(z, 0), written so that NaN stays NaN. */
HONE_WIDE static void relu_forward(size_t n, const hone_real *restrict z,
    hone_real *restrict ret_a) {
    for (size_t i = 0; i < n; i++) {
        ret_a[i] = z[i] < 0 ? 0 : z[i];
    }
}

HONE_WIDE static void relu_backward(size_t n, const hone_real *restrict z,
    const hone_real *restrict a, hone_real *restrict delta) {
    (void)a;
    for (size_t i = 0; i < n; i++) {
        delta[i] = z[i] > 0 ? delta[i] : 0;
    }
}

const struct hone_activation_type hone_activation_relu = {
    .name = "relu", .summary = "max(z, 0)",
    .forward = relu_forward, .backward = relu_backward,
};

/* tanh |z| = (1 - e^-2|z|) / (1 + e^-2|z|). Its error is a unit or two in the last
 * digit of 1, not of z as the library's; training does not see that, and it
 * takes a quarter of the time. */
HONE_WIDE static void tanh_forward(size_t n, const hone_real *restrict z,
    hone_real *restrict ret_a) {
    for (size_t i = 0; i < n; i++) {
        const hone_real t = hone_exp(-2 * fabs(z[i]));

        ret_a[i] = copysign((1 - t) / (1 + t), z[i]);
    }
}

/* tanh' = 1 - tanh^2 */
HONE_WIDE static void tanh_backward(size_t n, const hone_real *restrict z,
    const hone_real *restrict a, hone_real *restrict delta) {
    (void)z;
    for (size_t i = 0; i < n; i++) {
        delta[i] *= 1 - a[i] * a[i];
    }
}

const struct hone_activation_type hone_activation_tanh = {
    .name = "tanh", .summary = "hyperbolic tangent",
    .forward = tanh_forward, .backward = tanh_backward,
};

/* 1 / (1 + e^-z) */
HONE_WIDE static void logistic_forward(size_t n, const hone_real *restrict z,
    hone_real *restrict ret_a) {
    for (size_t i = 0; i < n; i++) {
        ret_a[i] = 1 / (1 + hone_exp(-z[i]));
    }
}

/* s' = s (1 - s) */
HONE_WIDE static void logistic_backward(size_t n, const hone_real *restrict z,
    const hone_real *restrict a, hone_real *restrict delta) {
    (void)z;
    for (size_t i = 0; i < n; i++) {
        delta[i] *= a[i] * (1 - a[i]);
    }
}

const struct hone_activation_type hone_activation_logistic = {
    .name = "logistic", .summary = "1 / (1 + exp(-z))",
    .forward = logistic_forward, .backward = logistic_backward,
};

/* z Phi(z), Phi the normal distribution function. (Hendrycks and Gimpel 2016,
 * "Gaussian error linear units", section 2; exact, not the tanh form.) */
static void gelu_forward(size_t n, const hone_real *restrict z, hone_real *restrict ret_a) {
    const hone_real root_half = (hone_real)M_SQRT1_2;

    for (size_t i = 0; i < n; i++) {
        ret_a[i] = z[i] / 2 * (1 + erf(z[i] * root_half));
    }
}

/* (z Phi(z))' = Phi(z) + z phi(z) */
static void gelu_backward(size_t n, const hone_real *restrict z, const hone_real *restrict a,
    hone_real *restrict delta) {
    const hone_real root_half = (hone_real)M_SQRT1_2;
    const hone_real density = (hone_real)(M_SQRT1_2 * M_2_SQRTPI / 2); /* 1 / sqrt(2 pi) */

    (void)a;
    for (size_t i = 0; i < n; i++) {
        delta[i] *= (1 + erf(z[i] * root_half)) / 2 + z[i] * density * hone_exp(-z[i] * z[i] / 2);
    }
}

const struct hone_activation_type hone_activation_gelu = {
    .name = "gelu", .summary = "z times the normal distribution function of z",
    .forward = gelu_forward, .backward = gelu_backward,
};
