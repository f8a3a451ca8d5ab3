/* Port: an optimizer turns gradients into new weights. Rules, names and
 * defaults are those of torch.optim. Pure functions; any thread. */
#ifndef HONE_OBJECTIVES_MODEL_OPTIMIZER_H
#define HONE_OBJECTIVES_MODEL_OPTIMIZER_H

#include "engine/option.h"
#include "objectives/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first member of every optimizer's config. weight_decay is L2 added to the
 * gradient of all parameters, biases too; AdamW shrinks the weights instead. */
struct hone_optimizer_config {
    double learning_rate;
    double weight_decay;
};

/* The two entries of `member` base that every table begins with. */
#define HONE_OPTIMIZER_COMMON(type, rate_, decay_)                                                 \
    { .name = "learning_rate", .summary = "step size before the schedule",                         \
      .kind = HONE_OPTION_REAL, .offset = offsetof(type, base.learning_rate),                      \
      .preset = rate_, .low = 0, .high = 1e6 },                                                    \
    { .name = "weight_decay", .summary = "how strongly weights are pulled to zero",                \
      .kind = HONE_OPTION_REAL, .offset = offsetof(type, base.weight_decay),                       \
      .preset = decay_, .low = 0, .high = 1e6 }

struct hone_optimizer_type {
    const char *name;
    const char *summary;
    const struct hone_option *options;
    size_t config_size; /* at most HONE_OPTIMIZER_CONFIG_LIMIT */
    size_t slots;       /* numbers kept for each weight */
    bool full_batch;    /* one step an epoch, on all rows */
    size_t momentum;    /* where in the config the momentum is that a schedule may set; 0: none */
    /* Slots before the first step, when they are not zeros; else NULL. */
    void (*begin)(const void *config, size_t n, hone_real *slot);
    /* Step t (from 1) on n weights. slot (slots, n), row-major. No two arrays
     * overlap. */
    void (*step)(const void *config, double rate, uint64_t t, size_t n, hone_real *restrict weight,
        const hone_real *restrict grad, hone_real *restrict slot);
};

enum { HONE_OPTIMIZER_CONFIG_LIMIT = 128 };

extern const struct hone_optimizer_type hone_optimizer_gd, hone_optimizer_sgd,
    hone_optimizer_momentum, hone_optimizer_nesterov, hone_optimizer_adagrad,
    hone_optimizer_rmsprop, hone_optimizer_adam, hone_optimizer_adamw;

/* All of them and, in the same order, their names; both NULL-terminated. */
extern const struct hone_optimizer_type *const hone_optimizers[];
extern const char *const hone_optimizer_names[];

enum { HONE_OPTIMIZER_ADAM_INDEX = 6 }; /* of hone_optimizer_adam in both: the default */

#endif
