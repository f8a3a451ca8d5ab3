/* Every schedule against the rates that PyTorch gives (tests/golden/lr_*.csv). */
#include "engine/option.h"
#include "objectives/model/schedule.h"
#include "tests/objectives/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MILESTONES = 8, EPOCHS = 50 };

/* One reference schedule and how it is asked for here. */
struct setting {
    const char *name;
    const struct hone_schedule_type *type;
    int64_t warmup_epochs;
};

static const struct setting setting[] = {
    {"exponential", &hone_schedule_exponential, 0},
    {"step", &hone_schedule_step, 0},
    {"multistep", &hone_schedule_multistep, 0},
    {"cosine", &hone_schedule_cosine, 0},
    {"cosine_restarts", &hone_schedule_cosine_restarts, 0},
    {"plateau", &hone_schedule_plateau, 0},
    {"onecycle", &hone_schedule_onecycle, 0},
    {"onecycle_linear", &hone_schedule_onecycle, 0},
    {"warmup_linear", &hone_schedule_constant, 5},
    {"warmup_cosine", &hone_schedule_cosine, 5},
    {"polynomial", &hone_schedule_polynomial, 0},
};

struct milestones {
    struct hone_value list, number[MILESTONES];
    const struct hone_value *item[MILESTONES];
};

/* "10 25 40" */
static void milestones_read(struct milestones *m, const char *text) {
    char *end;

    memset(m, 0, sizeof(*m));
    m->list.type = HONE_LIST;
    m->list.item = m->item;
    for (; *text != '\0'; text = end) {
        struct hone_value *number = &m->number[m->list.count];

        number->type = HONE_INT;
        number->integer = strtol(text, &end, 10);
        number->real = (double)number->integer;
        m->item[m->list.count++] = number;
    }
}

/* The option's name here for a parameter of PyTorch's; NULL: none, as it is the
 * number of epochs or the rate itself. */
static const char *option_name(const char *type, const char *parameter) {
    if (strcmp(type, "exponential") == 0 && strcmp(parameter, "gamma") == 0) {
        return "decay";
    }
    return parameter;
}

static void configure(const struct setting *s, struct milestones *m, void *config) {
    struct golden golden = golden_read("lr_schedules_config.csv");

    hone_options_preset(s->type->options, config);
    for (size_t r = 0; r < golden.rows; r++) {
        const char *parameter = golden_text(&golden, r, "parameter");
        const char *text = golden_text(&golden, r, "value");
        struct hone_value value = hone_value_from_plain(text);
        const struct hone_option *option;

        if (strcmp(golden_text(&golden, r, "schedule"), s->name) != 0) {
            continue;
        }
        option = hone_option_find(s->type->options, option_name(s->type->name, parameter));
        if (option == NULL) {
            continue;
        }
        if (option->kind == HONE_OPTION_INTS) {
            milestones_read(m, text);
            hone_option_set(option, config, &m->list);
        } else if (option->kind == HONE_OPTION_CHOICE) {
            value.text = strcmp(text, "cos") == 0 ? "cos" : "linear";
            hone_option_set(option, config, &value);
        } else if (option->kind == HONE_OPTION_BOOL) {
            value = (struct hone_value){.type = HONE_BOOL, .boolean = strcmp(text, "1") == 0};
            hone_option_set(option, config, &value);
        } else {
            hone_option_set(option, config, &value);
        }
    }
    golden_finish(&golden);
}

static size_t check_schedule(const struct setting *s, const struct golden *golden) {
    _Alignas(16) unsigned char config[HONE_SCHEDULE_CONFIG_LIMIT] = {0};
    struct milestones milestones;
    struct hone_schedule schedule = {
        .type = s->type, .config = config, .warmup_epochs = s->warmup_epochs,
        .warmup_start_factor = 0.1,
    };
    size_t checked = 0;

    configure(s, &milestones, config);
    hone_schedule_begin(&schedule, 0.1, EPOCHS);
    for (size_t r = 0; r < golden->rows; r++) {
        const char *metric = golden_text(golden, r, "metric");
        const char *momentum = golden_text(golden, r, "momentum");
        double rate;

        if (strcmp(golden_text(golden, r, "schedule"), s->name) != 0) {
            continue;
        }
        rate = hone_schedule_rate(&schedule, (int64_t)golden_number(golden, r, "epoch"));
        check_near(rate, golden_number(golden, r, "lr"), 1e-12, 0, s->name);
        check_near(hone_schedule_momentum(&schedule),
            *momentum == '\0' ? NAN : strtod(momentum, NULL), 1e-12, 0, "momentum");
        if (*metric != '\0') {
            hone_schedule_watch(&schedule, strtod(metric, NULL));
        }
        checked++;
    }
    return checked;
}

static void every_reference_rate_and_momentum_is_met(void **state) {
    struct golden golden = golden_read("lr_schedules.csv");
    size_t checked = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(setting) / sizeof(setting[0]); i++) {
        checked += check_schedule(&setting[i], &golden);
    }
    assert_int_equal(checked, golden.rows);
    golden_finish(&golden);
}

static void names_stand_in_the_order_of_the_types(void **state) {
    size_t i = 0;

    (void)state;
    for (; hone_schedules[i] != NULL; i++) {
        assert_string_equal(hone_schedules[i]->name, hone_schedule_names[i]);
        assert_true(hone_schedules[i]->config_size <= HONE_SCHEDULE_CONFIG_LIMIT);
    }
    assert_null(hone_schedule_names[i]);
}

/* Any maximum of epochs, any warm-up, also one longer than the training. */
static void every_rate_is_finite_and_not_negative(void **state) {
    (void)state;
    for (size_t i = 0; hone_schedules[i] != NULL; i++) {
        for (int64_t epochs = 1; epochs <= 12; epochs++) {
            for (int64_t warmup = 0; warmup <= 14; warmup += 7) {
                _Alignas(16) unsigned char config[HONE_SCHEDULE_CONFIG_LIMIT] = {0};
                struct hone_schedule schedule = {
                    .type = hone_schedules[i], .config = config, .warmup_epochs = warmup,
                    .warmup_start_factor = 0.1,
                };

                hone_options_preset(hone_schedules[i]->options, config);
                hone_schedule_begin(&schedule, 0.5, epochs);
                for (int64_t epoch = 0; epoch < epochs; epoch++) {
                    double rate = hone_schedule_rate(&schedule, epoch);

                    assert_true(isfinite(rate) && rate >= 0 && rate <= 0.5 * (1 + 1e-12));
                    hone_schedule_watch(&schedule, 1.0);
                }
            }
        }
    }
}

/* What the reference lacks, worked out by hand: rates of 8 epochs from 1. */
static void rates_by_hand(void **state) {
    static const struct {
        const struct hone_schedule_type *type;
        const char *option;
        double value;
        double rate[8];
    } want[] = {
        {&hone_schedule_constant, NULL, 0, {1, 1, 1, 1, 1, 1, 1, 1}},
        {&hone_schedule_exponential, "decay", 0.5,
            {1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125}},
        {&hone_schedule_step, "step_size", 3, {1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01}},
        {&hone_schedule_multistep, "milestones", 5, {1, 1, 1, 1, 1, 0.1, 0.1, 0.1}},
        {&hone_schedule_polynomial, "power", 2,
            {1, 0.765625, 0.5625, 0.390625, 0.25, 0.140625, 0.0625, 0.015625}},
        /* 0.25 + 0.75 (1 + cos(pi e / 8)) / 2 */
        {&hone_schedule_cosine, "eta_min", 0.25,
            {1, 0.97145482, 0.89016504, 0.76850629, 0.625, 0.48149371, 0.35983496, 0.27854518}},
        {&hone_schedule_cosine_restarts, "T_0", 2, {1, 0.5, 1, 0.5, 1, 0.5, 1, 0.5}},
        /* The loss never falls after the first epoch: a drop after patience + 1. */
        {&hone_schedule_plateau, "patience", 2, {1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01}},
        /* Rising to epoch 0.5 * 8 - 1, falling to 1 / 25 / 1e4. */
        {&hone_schedule_onecycle, "pct_start", 0.5,
            {0.04, 0.28, 0.76, 1, 0.85355398, 0.500002, 0.14645002, 0.000004}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        _Alignas(16) unsigned char config[HONE_SCHEDULE_CONFIG_LIMIT] = {0};
        struct hone_schedule schedule = {.type = want[i].type, .config = config};
        struct hone_value value = {
            .type = HONE_INT, .integer = (int64_t)want[i].value, .real = want[i].value,
        };

        hone_options_preset(want[i].type->options, config);
        if (want[i].option != NULL) {
            value.type = value.real == (double)value.integer ? HONE_INT : HONE_REAL;
            hone_option_set(hone_option_find(want[i].type->options, want[i].option), config,
                &value);
        }
        hone_schedule_begin(&schedule, 1, 8);
        for (int64_t epoch = 0; epoch < 8; epoch++) {
            check_near(hone_schedule_rate(&schedule, epoch), want[i].rate[epoch], 1e-7, 0,
                want[i].type->name);
            hone_schedule_watch(&schedule, 1);
        }
    }
}

/* One cycle of 8 epochs, rising to epoch 3: the momentum falls meanwhile. */
static void momentum_cycles_against_the_rate(void **state) {
    _Alignas(16) unsigned char config[HONE_SCHEDULE_CONFIG_LIMIT] = {0};
    struct hone_schedule schedule = {.type = &hone_schedule_onecycle, .config = config};
    const struct hone_option *options = hone_schedule_onecycle.options;
    const struct hone_value half = {.type = HONE_REAL, .real = 0.5};
    const struct hone_value off = {.type = HONE_BOOL, .boolean = false};

    (void)state;
    hone_options_preset(options, config);
    hone_option_set(hone_option_find(options, "pct_start"), config, &half);
    hone_schedule_begin(&schedule, 1, 8);
    for (int64_t epoch = 0; epoch < 8; epoch++) {
        static const double want[] = {0.95, 0.925, 0.875, 0.85, 0.86464466, 0.9, 0.93535534, 0.95};

        (void)hone_schedule_rate(&schedule, epoch);
        check_near(hone_schedule_momentum(&schedule), want[epoch], 1e-7, 0, "momentum");
    }
    hone_option_set(hone_option_find(options, "cycle_momentum"), config, &off);
    assert_true(isnan(hone_schedule_momentum(&schedule)));
}

/* The rate rises in equal steps and meets the schedule's first rate. */
static void warm_up_goes_before_any_schedule(void **state) {
    (void)state;
    for (size_t i = 0; hone_schedules[i] != NULL; i++) {
        _Alignas(16) unsigned char config[HONE_SCHEDULE_CONFIG_LIMIT] = {0};
        struct hone_schedule schedule = {
            .type = hone_schedules[i], .config = config, .warmup_epochs = 4,
            .warmup_start_factor = 0.2,
        };
        double first;

        hone_options_preset(hone_schedules[i]->options, config);
        hone_schedule_begin(&schedule, 1.0, 24);
        first = hone_schedule_rate(&schedule, 4);
        check_near(hone_schedule_rate(&schedule, 0), 0.2 * first, 1e-14, 0, "first");
        check_near(hone_schedule_rate(&schedule, 2), 0.6 * first, 1e-14, 0, "middle");
    }
}

/* A loss that never falls: the rate drops when patience is at its end after the warm-up,
 * as if there had been none. */
static void plateau_begins_after_warm_up(void **state) {
    enum { WARMUP = 8, PATIENCE = 2 };
    _Alignas(16) unsigned char config[HONE_SCHEDULE_CONFIG_LIMIT] = {0};
    const struct hone_option *options = hone_schedule_plateau.options;
    const struct hone_value patience = {.type = HONE_INT, .integer = PATIENCE, .real = PATIENCE};
    struct hone_schedule schedule = {
        .type = &hone_schedule_plateau, .config = config, .warmup_epochs = WARMUP,
        .warmup_start_factor = 0.5,
    };

    (void)state;
    hone_options_preset(options, config);
    hone_option_set(hone_option_find(options, "patience"), config, &patience);
    hone_schedule_begin(&schedule, 1, EPOCHS);
    for (int64_t epoch = 0; epoch < WARMUP + PATIENCE + 3; epoch++) {
        const double rate = hone_schedule_rate(&schedule, epoch);

        check_near(rate, epoch < WARMUP ? 0.5 + 0.5 * (double)epoch / WARMUP
                         : epoch < WARMUP + PATIENCE + 2 ? 1.0 : 0.1, 1e-14, 0, "rate");
        hone_schedule_watch(&schedule, 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_rate_and_momentum_is_met),
        cmocka_unit_test(names_stand_in_the_order_of_the_types),
        cmocka_unit_test(every_rate_is_finite_and_not_negative),
        cmocka_unit_test(rates_by_hand),
        cmocka_unit_test(momentum_cycles_against_the_rate),
        cmocka_unit_test(warm_up_goes_before_any_schedule),
        cmocka_unit_test(plateau_begins_after_warm_up),
    };

    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
