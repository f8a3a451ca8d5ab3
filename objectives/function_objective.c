/* Objective `function`: a test function of the space's parameters, taken in
 * their order as x1, x2, … */
#include "engine/alloc.h"
#include "engine/rng.h"
#include "objectives/function.h"
#include "objectives/objectives.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <time.h>

struct function_config {
    int function; /* index into hone_functions */
    double noise;
    double sleep; /* seconds */
    int64_t folds;
    int race; /* enum hone_race_wish */
};

const struct hone_option hone_function_options[] = {
    HONE_ONE_OF(struct function_config, function, hone_function_names, 0,
        "which one; each is minimized"),
    HONE_REAL(struct function_config, noise, 0.0, 0.0, 1e9,
        "standard deviation of the normal noise added to each fold's value"),
    HONE_SECONDS(struct function_config, sleep, 0.0, "how long each fold takes"),
    HONE_INTEGER(struct function_config, folds, 1, 1, 1000,
        "how often each point is evaluated; only the noise differs"),
    HONE_ONE_OF(struct function_config, race, hone_race_wish_names, HONE_RACE_AUTO,
        "leave a point after some folds when it can hardly win, as cv.race does"),
    HONE_OPTIONS_END,
};

static void check_count(const struct hone_function *function,
    const struct hone_objective_setup *setup, struct hone_place place,
    struct hone_problems *problems) {
    const struct hone_value *space = hone_value_get(setup->spec, "space");
    const size_t n = setup->space->n;

    if (space != NULL && space->type != HONE_MAP) {
        return; /* that is told */
    }
    if (n == 0) {
        hone_problem(problems, place, "space", "it is empty; %s needs space: %s%s",
            function->name, function->space,
            function->dimension == 0 ? " (or any other number of parameters)" : "");
    } else if (function->dimension > 0 && n != function->dimension) {
        hone_problem(problems, place, "space",
            "%zu parameters; %s needs %zu, as in space: %s", n, function->name,
            function->dimension, function->space);
    }
}

/* A coordinate is a number. */
static void check_param(const struct hone_param *param, struct hone_problems *problems) {
    for (size_t k = 0; param->type == HONE_PARAM_CATEGORICAL && k < param->choice_count; k++) {
        if (!hone_value_is_number(param->choice[k])) {
            struct hone_buf key = {0};

            hone_buf_printf(&key, "space.%s", param->name);
            hone_problem(problems, param->choice[k]->place, hone_buf_text(&key),
                "%s stands here; a coordinate of a function should be a number",
                hone_value_type_name(param->choice[k]->type));
            hone_buf_finish(&key);
            return;
        }
    }
}

static enum hone_code configure(const struct hone_objective_setup *setup, struct hone_arena *arena,
    const void **ret_config, struct hone_problems *problems, struct hone_err *err) {
    const struct hone_option *const tables[] = {hone_function_options, NULL};
    const struct hone_value *objective = hone_value_get(setup->spec, "objective");
    const struct hone_value *space = hone_value_get(setup->spec, "space");
    struct function_config *config = hone_arena_new(arena, sizeof(*config));
    const size_t before = problems->count;

    if (config == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading objective");
    }
    hone_options_read(hone_function_options, "objective", objective, config, problems);
    hone_options_unknown(tables, "objective", objective, problems);
    if (problems->count == before) {
        check_count(&hone_functions[config->function], setup,
            space != NULL ? space->place : objective->place, problems);
    }
    for (size_t p = 0; p < setup->space->n; p++) {
        check_param(&setup->space->param[p], problems);
    }
    *ret_config = config;
    return HONE_OK;
}

/* A function has no defaults. */
static void presets(const struct hone_objective_setup *setup, double *ret_x_value) {
    for (size_t p = 0; p < setup->space->n; p++) {
        ret_x_value[p] = NAN;
    }
}

struct function_objective {
    struct hone_objective base;
    const struct function_config *config;
    const struct hone_function *function;
};

static const struct function_objective *function_of(const struct hone_objective *base) {
    hone_assert(base->type == &hone_objective_function);
    return (const struct function_objective *)base;
}

static enum hone_code function_open(const struct hone_objective_setup *setup,
    struct hone_objective **ret, struct hone_err *err) {
    struct function_objective *self = hone_new(sizeof(*self));

    if (self == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "opening the function");
    }
    self->config = setup->config;
    self->function = &hone_functions[self->config->function];
    self->base.type = &hone_objective_function;
    self->base.folds = (size_t)self->config->folds;
    self->base.metric = "value";
    self->base.race = (enum hone_race_wish)self->config->race;
    *ret = &self->base;
    return HONE_OK;
}

static void describe(const struct hone_objective *base, struct hone_buf *ret_lines) {
    const struct function_objective *self = function_of(base);

    hone_buf_printf(ret_lines, "function: %s, minimized; smallest value ", self->function->name);
    hone_buf_add_real(ret_lines, self->function->minimum);
    if (self->function->dimension == 0) {
        hone_buf_printf(ret_lines, " in %zu dimensions", self->function->stated_for);
    }
    hone_buf_add(ret_lines, "\n");
}

/* Waits in short steps, so that a cancelled job leaves soon. False: cancelled. */
static bool wait_seconds(double seconds, const atomic_bool *cancel) {
    const double step = 0.01;

    for (double left = seconds; left > 0; left -= step) {
        const double part = fmin(left, step);
        const struct timespec pause = {.tv_nsec = (long)(part * 1e9)};

        if (atomic_load_explicit(cancel, memory_order_relaxed)) {
            return false;
        }
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

/* The parameters' numbers; NaN where inactive. */
static void coordinates(const struct hone_job *job, double *ret_x) {
    for (size_t p = 0; p < job->space->n; p++) {
        ret_x[p] = isnan(job->x_value[p])
                       ? NAN
                       : hone_param_value(&job->space->param[p], job->x_value[p]).real;
    }
}

static double noise_at(const struct hone_job *job, double sd) {
    struct hone_rng rng;

    if (sd == 0) {
        return 0;
    }
    hone_rng_at(&rng, job->seed, job->trial, (uint32_t)job->fold, HONE_FOR_NOISE);
    return gsl_ran_gaussian(&rng.gsl, sd);
}

static enum hone_code evaluate(const struct hone_objective *base, const struct hone_job *job,
    struct hone_result *ret_result, struct hone_err *err) {
    const struct function_objective *self = function_of(base);
    double *x = hone_arena_array(job->arena, job->space->n, sizeof(*x));

    if (x == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a point of %zu coordinates", job->space->n);
    }
    if (!wait_seconds(self->config->sleep, job->cancel)) {
        ret_result->outcome = HONE_OUTCOME_CANCELLED;
        return HONE_OK;
    }
    coordinates(job, x);
    ret_result->value =
        self->function->value(job->space->n, x) + noise_at(job, self->config->noise);
    if (!isfinite(ret_result->value)) {
        hone_result_set_failed(ret_result,
            "%s has no finite value here; a parameter it needs is inactive or too large",
            self->function->name);
    }
    return HONE_OK;
}

static void function_close(struct hone_objective *base) {
    hone_free(base);
}

static const char *const sections[] = {NULL};

const struct hone_objective_type hone_objective_function = {
    .name = "function", .summary = "a test function with a known minimum",
    .sections = sections, .configure = configure, .presets = presets, .open = function_open,
    .describe = describe, .evaluate = evaluate, .close = function_close,
};
