#include "objectives/model/train.h"

#include "engine/rng.h"
#include "engine/steps.h"
#include "objectives/model/feed.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* BLOCK_ROWS rows pass through the network at once; a larger minibatch is summed
 * over several blocks, so that memory does not grow with batch_size (256 rows of
 * 64 floats are 64 KiB, which stays in the second-level cache). A training part
 * of at most CACHE_BYTES is standardised once and then copied row by row; beyond
 * it each minibatch is standardised anew, which costs less than the memory that
 * every worker would need. */
enum { BLOCK_ROWS = 256, CACHE_BYTES = 2 * 1024 * 1024, WORDS_AT_ONCE = 64 };

static const char *const class_weight_names[] = {"none", "balanced", NULL};

const struct hone_option hone_train_options[] = {
    HONE_INTEGER(struct hone_train_config, epochs, 50, 1, 1e6,
        "passes over the training part, at most"),
    HONE_INTEGER(struct hone_train_config, batch_size, 32, 1, 1e6, "rows in one step"),
    HONE_ONE_OF(struct hone_train_config, optimizer, hone_optimizer_names,
        HONE_OPTIMIZER_ADAM_INDEX, "how gradients become steps"),
    HONE_ONE_OF(struct hone_train_config, schedule, hone_schedule_names, 0,
        "how the learning rate changes from epoch to epoch"),
    HONE_INTEGER(struct hone_train_config, warmup_epochs, 0, 0, 1e6,
        "epochs in which the rate rises before the schedule begins"),
    HONE_REAL(struct hone_train_config, warmup_start_factor, 1.0 / 3, 0.0, 1.0,
        "share of the rate that the warm-up begins with"),
    HONE_REAL(struct hone_train_config, early_stopping_fraction, 0.0, 0.0, 0.9,
        "share of the training part kept to see when to stop; 0: no early stopping"),
    HONE_INTEGER(struct hone_train_config, early_stopping_patience, 5, 1, 1e6,
        "epochs without a better loss on the kept part before training stops"),
    HONE_REAL(struct hone_train_config, early_stopping_min_delta, 0.0, 0.0, 1e6,
        "how much lower a loss must be to be better"),
    HONE_ONE_OF(struct hone_train_config, class_weight, class_weight_names, HONE_CLASS_WEIGHT_NONE,
        "balanced: a row counts rows / (classes * rows of its class) in the training part"),
    HONE_OPTIONS_END,
};

/* The state of one training. Rows are known by their places: in split->train where
 * the training part is cached, else in the data set. */
struct trainer {
    const struct hone_training *in;
    const struct hone_optimizer_type *optimizer;
    /* The trial's, but for the momentum that the schedule sets. */
    _Alignas(max_align_t) unsigned char optimizer_config[HONE_OPTIMIZER_CONFIG_LIMIT];
    struct hone_schedule schedule;
    struct hone_network *network;
    size_t fit_count, valid_count;
    uint32_t *fit;        /* (fit_count) places learned from, shuffled each epoch */
    const uint32_t *valid; /* (valid_count) places kept for early stopping */
    hone_real *cache;     /* (train_count, features) standardised, or NULL */
    uint32_t *row;        /* (block) of the data set */
    int32_t *label;       /* (block) */
    hone_real *target;    /* (block) */
    double *class_weight; /* (classes), or NULL: all 1 */
    hone_real *slot;      /* (slots, parameters) of the optimizer */
    hone_real *best;      /* (parameters) with early stopping */
    double best_loss;
    int64_t best_epochs;  /* how many there had been then */
    int64_t bad_epochs;
    uint64_t steps;
    double last_loss;     /* of the last minibatch that was finite, NaN before */
    struct hone_rng shuffle, dropout;
    struct hone_steps curve;
};

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Fisher and Yates; a 32-bit word times the bound, upper half, is uniform to one
 * part in 2^32 / bound. */
static void shuffle_places(struct hone_rng *rng, uint32_t *place, size_t count) {
    uint32_t word[WORDS_AT_ONCE];
    size_t taken = WORDS_AT_ONCE;

    for (size_t i = count; i > 1; i--, taken++) {
        uint32_t held = place[i - 1];
        size_t j;

        if (taken == WORDS_AT_ONCE) {
            hone_rng_words(rng, least(i - 1, WORDS_AT_ONCE), word);
            taken = 0;
        }
        j = (size_t)(((uint64_t)word[taken] * i) >> 32);
        place[i - 1] = place[j];
        place[j] = held;
    }
}

/* Places to learn from first, those kept for early stopping behind. At least
 * one row is kept, and at least one learned from. */
static void split_inner(struct trainer *t, uint32_t *place) {
    const size_t count = t->in->split->train_count;
    const double share = t->in->config->early_stopping_fraction;
    struct hone_rng rng;

    for (size_t i = 0; i < count; i++) {
        place[i] = t->cache != NULL ? (uint32_t)i : t->in->split->train[i];
    }
    t->fit = place;
    t->fit_count = count;
    if (share > 0 && count > 1) {
        t->valid_count = least((size_t)fmax(1, round(share * (double)count)), count - 1);
        t->fit_count = count - t->valid_count;
        t->valid = place + t->fit_count;
        hone_rng_at(&rng, t->in->seed, 0, (uint32_t)t->in->fold, HONE_FOR_VALIDATION);
        shuffle_places(&rng, place, count);
    }
}

/* All rows standardised once, when that is small; sparse rows stay where they are. */
static bool fill_cache(struct trainer *t) {
    const struct hone_training *in = t->in;
    const size_t row_bytes = in->data->features * sizeof(hone_real);

    if (in->shape->sparse) {
        return true;
    }
    if (row_bytes > 0 && in->split->train_count > CACHE_BYTES / row_bytes) {
        return true;
    }
    t->cache = hone_arena_array(in->arena, in->split->train_count, row_bytes);
    if (t->cache != NULL) {
        hone_gather(in->data, &in->split->scaling, in->split->train, in->split->train_count,
            t->cache);
    }
    return t->cache != NULL;
}

void hone_balanced_weights(const struct hone_dataset *data, const uint32_t *rows, size_t count,
    double *ret_weight) {
    size_t present = 0;

    memset(ret_weight, 0, data->classes * sizeof(*ret_weight));
    for (size_t i = 0; i < count; i++) {
        present += ret_weight[data->label[rows[i]]] == 0;
        ret_weight[data->label[rows[i]]]++;
    }
    for (size_t k = 0; k < data->classes; k++) {
        if (ret_weight[k] > 0) {
            ret_weight[k] = (double)count / ((double)present * ret_weight[k]);
        }
    }
}

/* False: memory ran out. */
static bool weigh_classes(struct trainer *t) {
    const struct hone_training *in = t->in;

    if (in->config->class_weight == HONE_CLASS_WEIGHT_NONE || !in->shape->softmax) {
        return true;
    }
    t->class_weight = hone_arena_array(in->arena, in->data->classes, sizeof(*t->class_weight));
    if (t->class_weight != NULL) {
        hone_balanced_weights(in->data, in->split->train, in->split->train_count,
            t->class_weight);
    }
    return t->class_weight != NULL;
}

static enum hone_code trainer_room(struct trainer *t, size_t block, struct hone_err *err) {
    struct hone_arena *arena = t->in->arena;
    const size_t weights = t->network->parameters;
    uint32_t *place = hone_arena_array(arena, t->in->split->train_count, sizeof(*place));

    t->row = hone_arena_array(arena, block, sizeof(*t->row));
    t->label = hone_arena_array(arena, block, sizeof(*t->label));
    t->target = hone_arena_array(arena, block, sizeof(*t->target));
    t->slot = hone_arena_array(arena, weights * t->optimizer->slots, sizeof(*t->slot));
    t->best = hone_arena_array(arena, weights, sizeof(*t->best));
    if (place == NULL || t->row == NULL || t->label == NULL || t->target == NULL ||
        t->slot == NULL || t->best == NULL || !fill_cache(t) ||
        !weigh_classes(t)) {
        return hone_fail(err, HONE_E_NOMEM, "training %zu weights on %zu rows", weights,
            t->in->split->train_count);
    }
    split_inner(t, place);
    return HONE_OK;
}

static double learning_rate(const struct trainer *t) {
    const struct hone_optimizer_config *base = t->in->optimizer_config;

    return base->learning_rate;
}

/* The momentum of an epoch, where the schedule and the optimizer have one. */
static void set_momentum(struct trainer *t) {
    const double momentum = hone_schedule_momentum(&t->schedule);

    if (t->optimizer->momentum != 0 && isfinite(momentum)) {
        memcpy(t->optimizer_config + t->optimizer->momentum, &momentum, sizeof(momentum));
    }
}

static enum hone_code trainer_init(struct trainer *t, struct hone_err *err) {
    const struct hone_training *in = t->in;
    const struct hone_train_config *config = in->config;
    const size_t block = least(in->split->train_count, BLOCK_ROWS);
    const uint32_t fold = (uint32_t)in->fold;
    struct hone_rng weights;
    enum hone_code code = hone_network_init(t->network, in->shape, block, in->arena, err);

    if (code != HONE_OK) {
        return code;
    }
    code = trainer_room(t, block, err);
    if (code != HONE_OK) {
        return code;
    }
    hone_rng_at(&weights, in->seed, 0, fold, HONE_FOR_WEIGHTS);
    hone_rng_at(&t->shuffle, in->seed, 0, fold, HONE_FOR_SHUFFLE);
    hone_rng_at(&t->dropout, in->seed, 0, fold, HONE_FOR_DROPOUT);
    hone_network_draw(t->network, &weights);
    memcpy(t->optimizer_config, in->optimizer_config, t->optimizer->config_size);
    if (t->optimizer->begin != NULL) {
        t->optimizer->begin(t->optimizer_config, t->network->parameters, t->slot);
    }
    t->schedule = (struct hone_schedule){
        .type = hone_schedules[config->schedule], .config = in->schedule_config,
        .warmup_epochs = config->warmup_epochs,
        .warmup_start_factor = config->warmup_start_factor,
    };
    hone_schedule_begin(&t->schedule, learning_rate(t), config->epochs);
    t->best_loss = INFINITY;
    t->last_loss = NAN;
    return HONE_OK;
}

static void gather_inputs(struct trainer *t, const uint32_t *place, size_t count) {
    const struct hone_training *in = t->in;
    const size_t features = in->data->features;

    for (size_t i = 0; i < count; i++) {
        t->row[i] = t->cache != NULL ? in->split->train[place[i]] : place[i];
    }
    if (t->cache == NULL) {
        hone_feed(t->network, in->data, &in->split->scaling, t->row, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(t->network->input + i * features, t->cache + place[i] * features,
            features * sizeof(hone_real));
    }
}

/* The truth of the gathered rows; a regression target is standardised. */
static void gather_truth(struct trainer *t, size_t count) {
    const struct hone_dataset *data = t->in->data;
    const struct hone_scaling *scaling = &t->in->split->scaling;

    for (size_t i = 0; i < count; i++) {
        if (t->in->shape->softmax) {
            t->label[i] = data->label[t->row[i]];
        } else {
            t->target[i] = (hone_real)((data->y[t->row[i]] - scaling->y_mean) / scaling->y_sd);
        }
    }
}

/* Forward over one block; returns its summed loss. */
static double block_loss(struct trainer *t, const uint32_t *place, size_t count,
    struct hone_rng *dropout, double scale) {
    gather_inputs(t, place, count);
    gather_truth(t, count);
    (void)hone_network_forward(t->network, count, dropout);
    if (t->in->shape->softmax) {
        return hone_network_loss_class(t->network, count, t->label, t->class_weight, scale);
    }
    return hone_network_loss_square(t->network, count, t->target, scale);
}

/* One minibatch: its mean gradient, one step, and its summed loss. */
static double train_batch(struct trainer *t, const uint32_t *place, size_t count, double rate) {
    struct hone_network *network = t->network;
    double sum = 0;

    for (size_t at = 0; at < count; at += network->block) {
        const size_t rows = least(network->block, count - at);

        sum += block_loss(t, place + at, rows, &t->dropout, 1 / (double)count);
        hone_network_backward(network, rows, at > 0);
    }
    t->steps++;
    t->optimizer->step(t->optimizer_config, rate, t->steps, network->parameters,
        network->parameter, network->grad, t->slot);
    return sum;
}

static void diverged(const struct trainer *t, int64_t epoch, struct hone_result *result) {
    if (isnan(t->last_loss)) {
        hone_result_set_failed(result,
            "diverged in epoch %lld: the first loss is not finite", (long long)epoch + 1);
    } else {
        hone_result_set_failed(result,
            "diverged in epoch %lld: the loss is not finite (last finite %.4g)",
            (long long)epoch + 1, t->last_loss);
    }
}

/* All minibatches, the last one with what remains. Returns false, the result
 * set, when training cannot go on. */
static bool train_epoch(struct trainer *t, int64_t epoch, double rate, double *ret_loss,
    struct hone_result *result) {
    const size_t batch =
        t->optimizer->full_batch ? t->fit_count : (size_t)t->in->config->batch_size;
    double sum = 0;

    if (!t->optimizer->full_batch) {
        shuffle_places(&t->shuffle, t->fit, t->fit_count);
    }
    for (size_t at = 0; at < t->fit_count; at += batch) {
        const size_t count = least(batch, t->fit_count - at);
        double loss;

        if (atomic_load_explicit(t->in->cancel, memory_order_relaxed)) {
            result->outcome = HONE_OUTCOME_CANCELLED;
            return false;
        }
        loss = train_batch(t, t->fit + at, count, rate);
        if (!isfinite(loss)) {
            diverged(t, epoch, result);
            return false;
        }
        t->last_loss = loss / (double)count;
        sum += loss;
    }
    *ret_loss = sum / (double)t->fit_count;
    return true;
}

/* Mean loss on the kept part; NaN when nothing is kept. */
static double valid_loss(struct trainer *t) {
    const size_t block = t->network->block;
    double sum = 0;

    if (t->valid_count == 0) {
        return NAN;
    }
    for (size_t at = 0; at < t->valid_count; at += block) {
        sum += block_loss(t, t->valid + at, least(block, t->valid_count - at), NULL, 0);
    }
    return sum / (double)t->valid_count;
}

/* Keeps the best weights; true when patience is at its end. */
static bool should_stop(struct trainer *t, int64_t epochs, double loss) {
    const struct hone_train_config *config = t->in->config;
    const size_t bytes = t->network->parameters * sizeof(hone_real);

    if (loss < t->best_loss - config->early_stopping_min_delta) {
        t->best_loss = loss;
        t->best_epochs = epochs;
        t->bad_epochs = 0;
        memcpy(t->best, t->network->parameter, bytes);
        return false;
    }
    t->bad_epochs++;
    return t->bad_epochs >= config->early_stopping_patience;
}

/* Epochs until that end, or until early stopping or a failure. */
static enum hone_code train_epochs(struct trainer *t, int64_t end, struct hone_result *result,
    struct hone_err *err) {
    for (int64_t epoch = 0; epoch < end; epoch++) {
        struct hone_curve_point point = {
            .epoch = epoch + 1, .rate = hone_schedule_rate(&t->schedule, epoch),
        };
        enum hone_code code;

        set_momentum(t);
        if (!train_epoch(t, epoch, point.rate, &point.train_loss, result)) {
            return HONE_OK;
        }
        point.valid_loss = valid_loss(t);
        code = hone_steps_add_point(&t->curve, point, result, err);
        if (code != HONE_OK) {
            return code;
        }
        if (t->valid_count > 0 && !isfinite(point.valid_loss)) {
            diverged(t, epoch, result);
            return HONE_OK;
        }
        hone_schedule_watch(&t->schedule, t->valid_count > 0 ? point.valid_loss : point.train_loss);
        if (t->valid_count > 0 && should_stop(t, point.epoch, point.valid_loss)) {
            break;
        }
    }
    if (t->valid_count > 0) {
        memcpy(t->network->parameter, t->best, t->network->parameters * sizeof(hone_real));
    }
    return HONE_OK;
}

/* ret_best_epochs: those that early stopping chose, 0 where no row was kept for it. */
static enum hone_code train_until(const struct hone_training *training, int64_t end,
    struct hone_network *ret_network, int64_t *ret_best_epochs, struct hone_result *result,
    struct hone_err *err) {
    struct trainer trainer = {
        .in = training, .network = ret_network,
        .optimizer = hone_optimizers[training->config->optimizer],
    };
    enum hone_code code = trainer_init(&trainer, err);

    if (code == HONE_OK) {
        code = train_epochs(&trainer, end, result, err);
    }
    if (code == HONE_OK) {
        code = hone_steps_end(&trainer.curve, result, err);
    }
    *ret_best_epochs = trainer.best_epochs;
    return code;
}

enum hone_code hone_train(const struct hone_training *training, struct hone_network *ret_network,
    struct hone_result *result, struct hone_err *err) {
    int64_t best_epochs;

    return train_until(training, training->config->epochs, ret_network, &best_epochs, result, err);
}

enum hone_code hone_train_whole(const struct hone_training *training,
    struct hone_network *ret_network, struct hone_result *result, struct hone_err *err) {
    struct hone_train_config config = *training->config;
    struct hone_training again = *training;
    int64_t epochs;
    enum hone_code code =
        train_until(training, config.epochs, ret_network, &epochs, result, err);

    if (code != HONE_OK || result->outcome != HONE_OUTCOME_VALUE || epochs == 0) {
        return code;
    }
    /* config.epochs stays: schedules go by it, and are to do what they did. */
    config.early_stopping_fraction = 0;
    again.config = &config;
    hone_result_forget_curve(result);
    return train_until(&again, epochs, ret_network, &epochs, result, err);
}
