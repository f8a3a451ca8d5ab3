#include "objectives/model/optimizer.h"

const struct hone_optimizer_type *const hone_optimizers[] = {
    &hone_optimizer_gd, &hone_optimizer_sgd, &hone_optimizer_momentum, &hone_optimizer_nesterov,
    &hone_optimizer_adagrad, &hone_optimizer_rmsprop, &hone_optimizer_adam, &hone_optimizer_adamw,
    NULL,
};

const char *const hone_optimizer_names[] = {
    "gd", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", NULL,
};
