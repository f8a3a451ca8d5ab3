/* The training loop: one for every model, optimizer and schedule. */
#ifndef HONE_OBJECTIVES_MODEL_TRAIN_H
#define HONE_OBJECTIVES_MODEL_TRAIN_H

#include "engine/arena.h"
#include "engine/err.h"
#include "engine/option.h"
#include "engine/trial.h"
#include "objectives/data/dataset.h"
#include "objectives/data/fold.h"
#include "objectives/model/network.h"
#include "objectives/model/optimizer.h"
#include "objectives/model/schedule.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct hone_train_config {
    int64_t epochs;
    int64_t batch_size;
    int optimizer; /* index into hone_optimizers */
    int schedule;  /* index into hone_schedules */
    int64_t warmup_epochs;
    double warmup_start_factor;
    double early_stopping_fraction; /* 0: off */
    int64_t early_stopping_patience;
    double early_stopping_min_delta;
    int class_weight; /* enum hone_class_weight */
};

enum hone_class_weight { HONE_CLASS_WEIGHT_NONE, HONE_CLASS_WEIGHT_BALANCED };

extern const struct hone_option hone_train_options[];

/* One training: everything it may know. */
struct hone_training {
    const struct hone_dataset *data;
    const struct hone_split *split; /* its training part is learned from, no more */
    const struct hone_network_shape *shape;
    const struct hone_train_config *config;
    const void *optimizer_config; /* of the type that config names */
    const void *schedule_config;
    uint64_t seed; /* of the study; with fold, the address of all random numbers */
    size_t fold;
    const atomic_bool *cancel; /* looked at before each minibatch */
    struct hone_arena *arena;  /* all memory of the training, the network's too */
};

/* Weights that make every class count alike: n / (k count) for n rows of k
 * classes, as scikit-learn's class_weight="balanced". A class that does not occur
 * among the rows has weight 0 and is none of the k. */
void hone_balanced_weights(const struct hone_dataset *data, const uint32_t *rows, size_t count,
    double *ret_weight);

/* Trains ret_network and adds the curve to result, thinned as engine/steps.h says.
 * Random numbers depend on seed and fold alone, not on the trial, so that trials are
 * compared on equal terms.
 * When the loss stops being finite, result becomes FAILED; when cancelled,
 * CANCELLED. HONE_E_NOMEM is the only error. */
HONE_MUST_CHECK enum hone_code hone_train(const struct hone_training *training,
    struct hone_network *ret_network, struct hone_result *result, struct hone_err *err);

/* The same, but with early stopping no row is lost to it: when it has chosen the
 * number of epochs, a second training of so many learns from the whole training part
 * (Goodfellow et al. 2016, Deep Learning, algorithm 7.2). The curve is the last one's. */
HONE_MUST_CHECK enum hone_code hone_train_whole(const struct hone_training *training,
    struct hone_network *ret_network, struct hone_result *result, struct hone_err *err);

#endif
