#include "objectives/model/schedule.h"

#include <math.h>

struct plateau_config {
    double factor;
    int64_t patience;
    double threshold;
    int64_t cooldown;
    double min_lr;
};

static const struct hone_option plateau_options[] = {
    HONE_REAL(struct plateau_config, factor, 0.1, 0.0, 1.0, "what a drop multiplies the rate by"),
    HONE_INTEGER(struct plateau_config, patience, 10, 0, 1e6,
        "epochs without a better loss before a drop"),
    HONE_REAL(struct plateau_config, threshold, 1e-4, 0.0, 1.0,
        "share by which a loss must fall below the best to be better"),
    HONE_INTEGER(struct plateau_config, cooldown, 0, 0, 1e6,
        "epochs after a drop in which none is counted"),
    HONE_REAL(struct plateau_config, min_lr, 0.0, 0.0, 1e6, "no drop goes below"),
    HONE_OPTIONS_END,
};

static double plateau_rate(const void *config, const struct hone_schedule_state *state) {
    const struct plateau_config *c = config;
    const double floor_rate = fmin(c->min_lr, state->initial);

    return fmax(state->initial * state->factor, floor_rate);
}

/* PyTorch's ReduceLROnPlateau, mode min, threshold_mode rel. */
static void plateau_watch(const void *config, double loss, struct hone_schedule_state *state) {
    const struct plateau_config *c = config;

    if (loss < state->best * (1 - c->threshold)) {
        state->best = loss;
        state->bad_epochs = 0;
    } else {
        state->bad_epochs++;
    }
    if (state->cooldown_left > 0) {
        state->cooldown_left--;
        state->bad_epochs = 0;
    }
    if (state->bad_epochs > c->patience) {
        state->factor *= c->factor;
        state->cooldown_left = c->cooldown;
        state->bad_epochs = 0;
    }
}

const struct hone_schedule_type hone_schedule_plateau = {
    .name = "plateau",
    .summary = "the rate drops when the loss no longer falls (the validation loss of early "
               "stopping, else the training loss)",
    .options = plateau_options, .config_size = sizeof(struct plateau_config),
    .rate = plateau_rate, .watch = plateau_watch,
};
