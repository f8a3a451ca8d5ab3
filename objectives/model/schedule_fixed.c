/* Schedules that are a formula of the epoch alone. */
#include "objectives/model/schedule.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdbool.h>

static double constant_rate(const void *config, const struct hone_schedule_state *state) {
    (void)config;
    return state->initial;
}

const struct hone_schedule_type hone_schedule_constant = {
    .name = "constant", .summary = "the same rate in all epochs", .rate = constant_rate,
};

struct exponential_config { double decay; };

static const struct hone_option exponential_options[] = {
    HONE_REAL(struct exponential_config, decay, 0.95, 0.0, 1.0,
        "what the rate is multiplied by after each epoch"),
    HONE_OPTIONS_END,
};

/* initial * decay^epoch */
static double exponential_rate(const void *config, const struct hone_schedule_state *state) {
    const struct exponential_config *c = config;

    return state->initial * pow(c->decay, (double)state->epoch);
}

const struct hone_schedule_type hone_schedule_exponential = {
    .name = "exponential", .summary = "the rate shrinks by the same factor after each epoch",
    .options = exponential_options, .config_size = sizeof(struct exponential_config),
    .rate = exponential_rate,
};

struct step_config {
    int64_t step_size;
    double gamma;
};

static const struct hone_option step_options[] = {
    HONE_INTEGER(struct step_config, step_size, 10, 1, 1e6, "epochs between two drops"),
    HONE_REAL(struct step_config, gamma, 0.1, 0.0, 1.0, "what a drop multiplies the rate by"),
    HONE_OPTIONS_END,
};

/* initial * gamma^floor(epoch / step_size) */
static double step_rate(const void *config, const struct hone_schedule_state *state) {
    const struct step_config *c = config;

    return state->initial * pow(c->gamma, (double)(state->epoch / c->step_size));
}

const struct hone_schedule_type hone_schedule_step = {
    .name = "step", .summary = "the rate drops every step_size epochs",
    .options = step_options, .config_size = sizeof(struct step_config), .rate = step_rate,
};

struct multistep_config {
    const struct hone_value *milestones;
    double gamma;
};

static const struct hone_option multistep_options[] = {
    HONE_INTEGERS(struct multistep_config, milestones, 0, 1e6,
        "epochs (from 0) at which the rate drops; none by default"),
    HONE_REAL(struct multistep_config, gamma, 0.1, 0.0, 1.0, "what a drop multiplies the rate by"),
    HONE_OPTIONS_END,
};

/* initial * gamma^(milestones reached) */
static double multistep_rate(const void *config, const struct hone_schedule_state *state) {
    const struct multistep_config *c = config;
    const struct hone_value *milestones = c->milestones;
    int reached = 0;

    if (milestones != NULL && milestones->type != HONE_LIST) {
        reached = milestones->real <= (double)state->epoch;
    } else if (milestones != NULL) {
        for (size_t i = 0; i < milestones->count; i++) {
            reached += milestones->item[i]->real <= (double)state->epoch;
        }
    }
    return state->initial * gsl_pow_int(c->gamma, reached);
}

const struct hone_schedule_type hone_schedule_multistep = {
    .name = "multistep", .summary = "the rate drops at given epochs",
    .options = multistep_options, .config_size = sizeof(struct multistep_config),
    .rate = multistep_rate,
};

struct polynomial_config { double power; };

static const struct hone_option polynomial_options[] = {
    HONE_REAL(struct polynomial_config, power, 1.0, 0.0, 100.0, "1: a straight line to zero"),
    HONE_OPTIONS_END,
};

/* initial * (1 - epoch / epochs)^power */
static double polynomial_rate(const void *config, const struct hone_schedule_state *state) {
    const struct polynomial_config *c = config;
    const double left = 1 - (double)state->epoch / (double)state->epochs;

    return state->initial * pow(left, c->power);
}

const struct hone_schedule_type hone_schedule_polynomial = {
    .name = "polynomial", .summary = "the rate falls to zero at the last epoch along a power",
    .options = polynomial_options, .config_size = sizeof(struct polynomial_config),
    .rate = polynomial_rate,
};

/* From `high` at share 0 to `low` at share 1 along half a cosine:
 * low + (high - low) (1 + cos(pi share)) / 2, written with sin^2 because
 * 1 + cos loses digits near share 1. */
static double cosine_between(double high, double low, double share) {
    const double s = sin(M_PI / 2 * (1 - share));

    return low + (high - low) * s * s;
}

struct cosine_config { double eta_min; };

static const struct hone_option cosine_options[] = {
    HONE_REAL(struct cosine_config, eta_min, 0.0, 0.0, 1e6, "the rate at the end"),
    HONE_OPTIONS_END,
};

/* (Loshchilov and Hutter 2017, "SGDR", eq. 5, with one period.) */
static double cosine_rate(const void *config, const struct hone_schedule_state *state) {
    const struct cosine_config *c = config;

    return cosine_between(state->initial, c->eta_min,
        (double)state->epoch / (double)state->epochs);
}

const struct hone_schedule_type hone_schedule_cosine = {
    .name = "cosine", .summary = "the rate falls along half a cosine over all epochs",
    .options = cosine_options, .config_size = sizeof(struct cosine_config), .rate = cosine_rate,
};

struct restarts_config {
    double eta_min;
    int64_t T_0;
    int64_t T_mult;
};

static const struct hone_option restarts_options[] = {
    HONE_REAL(struct restarts_config, eta_min, 0.0, 0.0, 1e6, "the rate at the end"),
    HONE_INTEGER(struct restarts_config, T_0, 10, 1, 1e6, "epochs of the first period"),
    HONE_INTEGER(struct restarts_config, T_mult, 1, 1, 1000,
        "each period is this many times as long as the one before"),
    HONE_OPTIONS_END,
};

/* (Loshchilov and Hutter 2017, "SGDR", eq. 5, T_i = T_0 T_mult^i.) */
static double restarts_rate(const void *config, const struct hone_schedule_state *state) {
    const struct restarts_config *c = config;
    int64_t period = c->T_0;
    int64_t epoch = state->epoch;

    while (epoch >= period) {
        epoch -= period;
        period *= c->T_mult;
    }
    return cosine_between(state->initial, c->eta_min, (double)epoch / (double)period);
}

const struct hone_schedule_type hone_schedule_cosine_restarts = {
    .name = "cosine_restarts", .summary = "half cosines, each beginning at the full rate again",
    .options = restarts_options, .config_size = sizeof(struct restarts_config),
    .rate = restarts_rate,
};

enum anneal { ANNEAL_COS, ANNEAL_LINEAR };

static const char *const anneal_names[] = {"cos", "linear", NULL};

struct onecycle_config {
    double pct_start;
    double div_factor;
    double final_div_factor;
    int anneal_strategy; /* enum anneal */
    bool cycle_momentum;
    double base_momentum;
    double max_momentum;
};

static const struct hone_option onecycle_options[] = {
    HONE_REAL(struct onecycle_config, pct_start, 0.3, 0.0, 1.0, "share of the epochs that rise"),
    HONE_REAL(struct onecycle_config, div_factor, 25.0, 1.0, 1e6,
        "the first rate is learning_rate / div_factor"),
    HONE_REAL(struct onecycle_config, final_div_factor, 1e4, 1.0, 1e12,
        "the last rate is the first / final_div_factor"),
    HONE_ONE_OF(struct onecycle_config, anneal_strategy, anneal_names, ANNEAL_COS,
        "the way between these rates"),
    HONE_FLAG(struct onecycle_config, cycle_momentum, true,
        "the optimizer's momentum (Adam's beta1), where it has one, falls while the rate rises"),
    HONE_REAL(struct onecycle_config, base_momentum, 0.85, 0.0, 0.9999,
        "the momentum at the highest rate"),
    HONE_REAL(struct onecycle_config, max_momentum, 0.95, 0.0, 0.9999,
        "the momentum at the first and last rate"),
    HONE_OPTIONS_END,
};

static double anneal_between(int strategy, double from, double to, double share) {
    if (strategy == ANNEAL_LINEAR) {
        return from + (to - from) * share;
    }
    return cosine_between(from, to, share);
}

/* From `first` to `top` and on to `last`. (Smith and Topin 2019, "Super-convergence",
 * in PyTorch's two phases: rising until epoch pct_start * epochs - 1, falling until
 * the last one.) */
static double onecycle_between(const struct onecycle_config *c,
    const struct hone_schedule_state *state, double first, double top, double last) {
    const double end = (double)state->epochs - 1;
    const double turn = fmax(0, c->pct_start * (double)state->epochs - 1);
    const double epoch = (double)state->epoch;

    if (epoch <= turn && turn > 0) {
        return anneal_between(c->anneal_strategy, first, top, epoch / turn);
    }
    if (end <= turn) {
        return top;
    }
    return anneal_between(c->anneal_strategy, top, last, fmin(1, (epoch - turn) / (end - turn)));
}

static double onecycle_rate(const void *config, const struct hone_schedule_state *state) {
    const struct onecycle_config *c = config;
    const double first = state->initial / c->div_factor;

    return onecycle_between(c, state, first, state->initial, first / c->final_div_factor);
}

static double onecycle_momentum(const void *config, const struct hone_schedule_state *state) {
    const struct onecycle_config *c = config;

    if (!c->cycle_momentum) {
        return NAN;
    }
    return onecycle_between(c, state, c->max_momentum, c->base_momentum, c->max_momentum);
}

const struct hone_schedule_type hone_schedule_onecycle = {
    .name = "onecycle", .summary = "the rate rises to learning_rate, then falls to almost nothing",
    .options = onecycle_options, .config_size = sizeof(struct onecycle_config),
    .rate = onecycle_rate, .momentum = onecycle_momentum,
};
