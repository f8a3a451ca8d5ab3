/* Every optimizer against sequences that PyTorch computed in double precision
 * (tests/golden/optim_*.csv): built with hone_real as double, and as float. */
#include "engine/option.h"
#include "objectives/model/optimizer.h"
#include "tests/objectives/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DIMENSIONS = 4, SLOTS = 3, STEPS = 20 };

/* Twenty roundings of numbers of size 1, in either precision. */
static const double relative = sizeof(hone_real) == sizeof(double) ? 1e-12 : 1e-5;
static const double absolute = sizeof(hone_real) == sizeof(double) ? 1e-14 : 1e-6;

struct problem {
    double A[DIMENSIONS][DIMENSIONS], b[DIMENSIONS];
    double x0_quadratic[DIMENSIONS], x0_rosenbrock[DIMENSIONS];
    double g_sequence[STEPS][DIMENSIONS];
};

static struct problem problem_read(void) {
    struct problem problem;
    struct golden golden = golden_read("optim_problem.csv");

    for (size_t r = 0; r < golden.rows; r++) {
        const char *name = golden_text(&golden, r, "name");
        size_t i = (size_t)golden_number(&golden, r, "i");
        double *into = strcmp(name, "A") == 0              ? problem.A[i]
                       : strcmp(name, "b") == 0            ? problem.b
                       : strcmp(name, "x0_quadratic") == 0 ? problem.x0_quadratic
                       : strcmp(name, "g_sequence") == 0   ? problem.g_sequence[i]
                                                           : problem.x0_rosenbrock;

        into[0] = golden_number(&golden, r, "v0");
        into[1] = golden_number(&golden, r, "v1");
        into[2] = golden_number(&golden, r, "v2");
        into[3] = golden_number(&golden, r, "v3");
    }
    golden_finish(&golden);
    return problem;
}

static void gradient(const struct problem *problem, const char *name, size_t step,
    const hone_real *x, hone_real *ret_gradient) {
    memset(ret_gradient, 0, DIMENSIONS * sizeof(*ret_gradient));
    if (strcmp(name, "g_sequence") == 0) {
        for (size_t i = 0; i < DIMENSIONS; i++) {
            ret_gradient[i] = (hone_real)problem->g_sequence[step][i];
        }
    } else if (strcmp(name, "quadratic") == 0) {
        for (size_t i = 0; i < DIMENSIONS; i++) {
            for (size_t j = 0; j < DIMENSIONS; j++) {
                ret_gradient[i] += (hone_real)problem->A[i][j] * x[j];
            }
            ret_gradient[i] -= (hone_real)problem->b[i];
        }
    } else {
        const hone_real bend = x[1] - x[0] * x[0];

        ret_gradient[0] = -2 * (1 - x[0]) - 400 * x[0] * bend;
        ret_gradient[1] = 200 * bend;
    }
}

/* The variant's own name up to '_', where that is an optimizer. */
static const struct hone_optimizer_type *optimizer_of(const char *variant) {
    size_t length = strcspn(variant, "_");

    for (size_t i = 0; hone_optimizers[i] != NULL; i++) {
        if (strlen(hone_optimizers[i]->name) == length &&
            strncmp(hone_optimizers[i]->name, variant, length) == 0) {
            return hone_optimizers[i];
        }
    }
    fail_msg("no optimizer for variant '%s'", variant);
    return NULL;
}

/* Sets every option that the reference names; the golden file calls the rate lr. */
static void configure(const struct hone_optimizer_type *type, const struct golden *golden,
    size_t r, void *config) {
    hone_options_preset(type->options, config);
    for (const struct hone_option *o = type->options; o->name != NULL; o++) {
        const char *column = strcmp(o->name, "learning_rate") == 0 ? "lr" : o->name;
        const char *cell = golden_text(golden, r, column);
        struct hone_value value = {.type = HONE_REAL, .real = strtod(cell, NULL)};

        if (o->kind == HONE_OPTION_BOOL) {
            value = (struct hone_value){.type = HONE_BOOL, .boolean = value.real != 0};
        }
        if (*cell != '\0') {
            hone_option_set(o, config, &value);
        }
    }
}

static void check_sequence(const struct problem *problem, const struct golden *config_file,
    size_t r, const struct golden *sequence, size_t *at) {
    static const char *const column[DIMENSIONS] = {"x0", "x1", "x2", "x3"};
    const char *name = golden_text(config_file, r, "problem");
    const char *variant = golden_text(config_file, r, "variant");
    const struct hone_optimizer_type *type = optimizer_of(variant);
    const size_t n = strcmp(name, "rosenbrock") == 0 ? 2 : DIMENSIONS;
    _Alignas(16) unsigned char config[HONE_OPTIMIZER_CONFIG_LIMIT] = {0};
    const double *x0 = n == 2 ? problem->x0_rosenbrock : problem->x0_quadratic;
    hone_real slot[SLOTS * DIMENSIONS] = {0};
    hone_real x[DIMENSIONS], g[DIMENSIONS];

    configure(type, config_file, r, config);
    for (size_t i = 0; i < n; i++) {
        x[i] = (hone_real)x0[i];
    }
    if (type->begin != NULL) {
        type->begin(config, n, slot);
    }
    for (size_t step = 0; step <= STEPS; step++, (*at)++) {
        char what[128];

        assert_string_equal(golden_text(sequence, *at, "problem"), name);
        assert_string_equal(golden_text(sequence, *at, "variant"), variant);
        (void)snprintf(what, sizeof(what), "%s %s step %zu", name, variant, step);
        for (size_t i = 0; i < n; i++) {
            check_near((double)x[i], golden_number(sequence, *at, column[i]), relative, absolute,
                what);
        }
        if (step < STEPS) {
            gradient(problem, name, step, x, g);
            type->step(config, ((struct hone_optimizer_config *)config)->learning_rate, step + 1,
                n, x, g, slot);
        }
    }
}

static void every_reference_sequence_is_followed(void **state) {
    struct problem problem = problem_read();
    struct golden config = golden_read("optim_config.csv");
    struct golden sequence = golden_read("optim_sequences.csv");
    size_t at = 0;

    (void)state;
    for (size_t r = 0; r < config.rows; r++) {
        check_sequence(&problem, &config, r, &sequence, &at);
    }
    assert_int_equal(at, sequence.rows);
    golden_finish(&config);
    golden_finish(&sequence);
}

static void names_stand_in_the_order_of_the_types(void **state) {
    size_t i = 0;

    (void)state;
    for (; hone_optimizers[i] != NULL; i++) {
        assert_string_equal(hone_optimizers[i]->name, hone_optimizer_names[i]);
        assert_true(hone_optimizers[i]->config_size <= HONE_OPTIMIZER_CONFIG_LIMIT);
    }
    assert_null(hone_optimizer_names[i]);
    assert_ptr_equal(hone_optimizers[HONE_OPTIMIZER_ADAM_INDEX], &hone_optimizer_adam);
}

/* What the files lack: a rate that changes from step to step, as a schedule has it,
 * a gradient of 0, and options far from their defaults. PyTorch 2.15, double. */
static void rates_may_change_between_steps(void **state) {
    enum { N = 2, MOVES = 3, OPTIONS = 6 };
    static const double rate[MOVES] = {0.1, 0.05, 0.2};
    static const hone_real grad[MOVES][N] = {{0.5, -2}, {-1, 0}, {0.25, 3}};
    static const struct {
        const char *optimizer;
        struct {
            const char *name;
            double value;
        } option[OPTIONS]; /* up to the first without a name */
        double weight[N];  /* after all steps */
    } want[] = {
        {"gd", {{"weight_decay", 0.01}}, {0.94652844899999999, -0.89875154950000002}},
        {"sgd", {{NULL, 0}}, {0.94999999999999996, -0.90000000000000002}},
        {"momentum", {{"momentum", 0.8}, {"dampening", 0.3}, {"weight_decay", 0.01}},
            {0.97257639500999993, -0.38191286175499994}},
        {"nesterov", {{"momentum", 0.8}, {"weight_decay", 0.01}},
            {0.96214429856799999, -0.94905542868400006}},
        {"adagrad", {{"lr_decay", 0.1}, {"initial_accumulator_value", 0.5}, {"eps", 1e-3},
                        {"weight_decay", 0.01}},
            {0.94349951052912417, -0.54153394675497468}},
        {"rmsprop", {{"alpha", 0.7}, {"momentum", 0.5}, {"centered", 1}, {"eps", 1e-3},
                        {"weight_decay", 0.01}},
            {0.78430739355787538, -0.46854542580549424}},
        {"adam", {{"beta1", 0.7}, {"beta2", 0.8}, {"eps", 1e-3}, {"amsgrad", 1},
                     {"weight_decay", 0.01}},
            {0.94719935370222841, -0.4567396565235079}},
        {"adamw", {{"beta1", 0.7}, {"beta2", 0.8}, {"eps", 1e-3}, {"amsgrad", 1},
                      {"weight_decay", 0.01}},
            {0.94694918295367758, -0.45571692989490975}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        const struct hone_optimizer_type *type = optimizer_of(want[i].optimizer);
        _Alignas(16) unsigned char config[HONE_OPTIMIZER_CONFIG_LIMIT] = {0};
        hone_real weight[N] = {1, -0.5}, slot[SLOTS * N] = {0};

        assert_ptr_equal(type, hone_optimizers[i]);
        hone_options_preset(type->options, config);
        for (size_t o = 0; o < OPTIONS && want[i].option[o].name != NULL; o++) {
            const struct hone_option *option =
                hone_option_find(type->options, want[i].option[o].name);
            const struct hone_value value = {
                .type = option->kind == HONE_OPTION_BOOL ? HONE_BOOL : HONE_REAL,
                .real = want[i].option[o].value, .boolean = want[i].option[o].value != 0,
            };

            hone_option_set(option, config, &value);
        }
        if (type->begin != NULL) {
            type->begin(config, N, slot);
        }
        for (size_t step = 0; step < MOVES; step++) {
            type->step(config, rate[step], step + 1, N, weight, grad[step], slot);
        }
        for (size_t k = 0; k < N; k++) {
            check_near((double)weight[k], want[i].weight[k], relative, absolute,
                want[i].optimizer);
        }
    }
    assert_null(hone_optimizers[sizeof(want) / sizeof(want[0])]);
}

/* torch.optim's defaults; SGD's rate since 2.3 is 1e-3. */
static void defaults_are_those_of_pytorch(void **state) {
    static const struct {
        const char *optimizer, *option;
        double preset;
    } want[] = {
        {"gd", "learning_rate", 1e-3}, {"sgd", "learning_rate", 1e-3},
        {"momentum", "learning_rate", 1e-3}, {"nesterov", "learning_rate", 1e-3},
        {"adagrad", "learning_rate", 1e-2}, {"rmsprop", "learning_rate", 1e-2},
        {"adam", "learning_rate", 1e-3}, {"adamw", "learning_rate", 1e-3},
        {"adam", "weight_decay", 0}, {"adamw", "weight_decay", 1e-2},
        {"adam", "beta1", 0.9}, {"adam", "beta2", 0.999}, {"adam", "eps", 1e-8},
        {"rmsprop", "alpha", 0.99}, {"rmsprop", "eps", 1e-8}, {"adagrad", "eps", 1e-10},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        const struct hone_option *option =
            hone_option_find(optimizer_of(want[i].optimizer)->options, want[i].option);

        assert_non_null(option);
        assert_true(option->preset == want[i].preset);
    }
}

/* In float and double alike, a step moves each weight by itself: steps on a
 * prefix give the prefix of the steps. Catches vector loops that misread tails. */
static void a_step_does_not_depend_on_the_neighbours(void **state) {
    enum { N = 37 };

    (void)state;
    for (size_t k = 0; hone_optimizers[k] != NULL; k++) {
        const struct hone_optimizer_type *type = hone_optimizers[k];
        _Alignas(16) unsigned char config[HONE_OPTIMIZER_CONFIG_LIMIT] = {0};
        hone_real whole[N], grad[N], slot[SLOTS * N] = {0};

        hone_options_preset(type->options, config);
        for (size_t i = 0; i < N; i++) {
            whole[i] = (hone_real)i / 7 - 2;
            grad[i] = (hone_real)((i * 5) % 11) - 5;
        }
        type->step(config, 0.1, 1, N, whole, grad, slot);
        for (size_t i = 0; i < N; i++) {
            hone_real alone = (hone_real)i / 7 - 2;
            hone_real own_slot[SLOTS] = {0};

            type->step(config, 0.1, 1, 1, &alone, &grad[i], own_slot);
            assert_memory_equal(&alone, &whole[i], sizeof(alone));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_sequence_is_followed),
        cmocka_unit_test(rates_may_change_between_steps),
        cmocka_unit_test(names_stand_in_the_order_of_the_types),
        cmocka_unit_test(defaults_are_those_of_pytorch),
        cmocka_unit_test(a_step_does_not_depend_on_the_neighbours),
    };

    return cmocka_run_group_tests_name("optimizer", tests, NULL, NULL);
}
