/* Port: an activation is applied to every output of a hidden layer. */
#ifndef HONE_OBJECTIVES_MODEL_ACTIVATION_H
#define HONE_OBJECTIVES_MODEL_ACTIVATION_H

#include "objectives/real.h"

#include <stddef.h>

struct hone_activation_type {
    const char *name;
    const char *summary;
    /* ret_a[i] = f(z[i]); what is not a number stays so. */
    void (*forward)(size_t n, const hone_real *restrict z, hone_real *restrict ret_a);
    /* delta[i] *= f'(z[i]), given a = f(z). */
    void (*backward)(size_t n, const hone_real *restrict z, const hone_real *restrict a,
        hone_real *restrict delta);
};

extern const struct hone_activation_type hone_activation_relu, hone_activation_tanh,
    hone_activation_logistic, hone_activation_gelu;

/* All of them and, in the same order, their names; both NULL-terminated. */
extern const struct hone_activation_type *const hone_activations[];
extern const char *const hone_activation_names[];

#endif
