#include "tests/search/support.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static size_t add_param(struct maker *maker, struct hone_param param) {
    size_t p = maker->space.n++;
    char *name = hone_arena_new(&maker->arena, 16);

    assert_true(p < MAKER_ROOM);
    assert_non_null(name);
    (void)snprintf(name, 16, "p%zu", p);
    param.name = name;
    maker->param[p] = param;
    return p;
}

size_t add_float(struct maker *maker, double low, double high, bool log, size_t points) {
    return add_param(maker, (struct hone_param){.type = HONE_PARAM_FLOAT, .low = low,
        .high = high, .log = log, .points = points});
}

size_t add_stepped(struct maker *maker, double low, double high, double step) {
    return add_param(maker, (struct hone_param){.type = HONE_PARAM_FLOAT, .low = low,
        .high = high, .step = step});
}

size_t add_int(struct maker *maker, double low, double high, bool log, size_t points) {
    return add_param(maker, (struct hone_param){.type = HONE_PARAM_INT, .low = low,
        .high = high, .step = 1, .log = log, .points = points});
}

size_t add_choice(struct maker *maker, size_t choices) {
    const struct hone_value **list = hone_arena_array(&maker->arena, choices, sizeof(*list));
    struct hone_value *value = hone_arena_array(&maker->arena, choices, sizeof(*value));

    assert_non_null(list);
    assert_non_null(value);
    for (size_t k = 0; k < choices; k++) {
        value[k] = (struct hone_value){.type = HONE_INT, .integer = (int64_t)k, .real = (double)k};
        list[k] = &value[k];
    }
    return add_param(maker, (struct hone_param){.type = HONE_PARAM_CATEGORICAL,
        .choice_count = choices, .choice = list});
}

void add_when(struct maker *maker, size_t child, size_t parent, size_t count,
    const double *value) {
    struct hone_param *param = &maker->param[child];
    struct hone_condition *all =
        hone_arena_array(&maker->arena, param->condition_count + 1, sizeof(*all));
    double *copy = hone_arena_array(&maker->arena, count, sizeof(*copy));

    assert_non_null(all);
    assert_non_null(copy);
    if (param->condition_count > 0) {
        memcpy(all, param->condition, param->condition_count * sizeof(*all));
    }
    memcpy(copy, value, count * sizeof(*copy));
    all[param->condition_count++] =
        (struct hone_condition){.parent = parent, .count = count, .x_value = copy};
    param->condition = all;
}

static bool parents_are_placed(const struct hone_param *param, const bool *placed) {
    for (size_t c = 0; c < param->condition_count; c++) {
        if (!placed[param->condition[c].parent]) {
            return false;
        }
    }
    return true;
}

const struct hone_space *make_space(struct maker *maker) {
    bool placed[MAKER_ROOM] = {false};
    size_t count = 0;

    while (count < maker->space.n) {
        for (size_t p = 0; p < maker->space.n; p++) {
            if (!placed[p] && parents_are_placed(&maker->param[p], placed)) {
                placed[p] = true;
                maker->order[count++] = p;
            }
        }
    }
    maker->space.param = maker->param;
    maker->space.order = maker->order;
    return &maker->space;
}

void finish_space(struct maker *maker) {
    hone_arena_finish(&maker->arena);
}

static void make_mixed(struct maker *maker) {
    add_float(maker, 1e-5, 1, true, 0);
    add_int(maker, 8, 256, true, 0);
    add_choice(maker, 3);
    add_stepped(maker, 0, 1, 0.1);
    add_float(maker, -2, 7, false, 0);
}

static void make_gridded(struct maker *maker) {
    add_float(maker, 1e-5, 1, true, 6);
    add_int(maker, 1, 300, true, 9);
    add_choice(maker, 3);
    add_stepped(maker, 0.05, 0.65, 0.1);
    add_float(maker, -2, 7, false, 4);
}

static void make_nested(struct maker *maker) {
    size_t first = add_choice(maker, 4);
    size_t second = add_choice(maker, 3);
    size_t third = add_int(maker, 0, 4, false, 0);
    size_t both = add_stepped(maker, 0, 1, 0.5);

    add_choice(maker, 1);
    add_when(maker, second, first, 2, (const double[]){1, 2});
    add_when(maker, third, second, 1, (const double[]){2});
    add_when(maker, both, first, 1, (const double[]){2});
    add_when(maker, both, third, 2, (const double[]){0, 3});
}

/* The child stands before its parent. */
static void make_reversed(struct maker *maker) {
    size_t child = add_choice(maker, 3);
    size_t parent = add_choice(maker, 2);

    add_when(maker, child, parent, 1, (const double[]){1});
}

static void make_constants(struct maker *maker) {
    add_choice(maker, 1);
    add_float(maker, 3.5, 3.5, false, 0);
    add_int(maker, 7, 7, false, 0);
}

static void make_one_categorical(struct maker *maker) {
    add_choice(maker, 5);
}

static void make_wide(struct maker *maker) {
    for (size_t i = 0; i < 60; i++) {
        add_float(maker, 0, 1, false, 0);
    }
}

static void make_empty(struct maker *maker) {
    (void)maker;
}

const struct named_space named_spaces[] = {
    {"mixed", make_mixed, false},
    {"gridded", make_gridded, true},
    {"nested", make_nested, true},
    {"reversed", make_reversed, true},
    {"constants", make_constants, true},
    {"one categorical", make_one_categorical, true},
    {"wide", make_wide, false},
    {"empty", make_empty, true},
};
const size_t named_space_count = sizeof(named_spaces) / sizeof(named_spaces[0]);

const void *preset_config(const struct hone_sampler_type *type) {
    static _Alignas(16) char config[1024];

    assert_true(type->config_size <= sizeof(config));
    hone_options_preset(type->options, config);
    return config;
}

struct hone_sampler *open_sampler(const struct hone_sampler_type *type,
    const struct hone_space *space, uint64_t seed) {
    struct hone_sampler_setup setup = {.space = space, .seed = seed, .budget = UINT64_MAX,
        .folds = 1, .config = preset_config(type)};
    struct hone_sampler *sampler = NULL;
    struct hone_err err;

    assert_int_equal(hone_sampler_create(type, &setup, &sampler, &err), HONE_OK);
    return sampler;
}

bool ask_values(struct hone_sampler *sampler, const struct hone_space *space,
    const struct hone_history *history, size_t asking, double *ret_x_value) {
    double x_unit[MAKER_ROOM];
    struct hone_proposal proposal = {.x_unit = x_unit};
    struct hone_view view = {.history = history, .settled = 0, .asking = asking};
    struct hone_err err;

    assert_int_equal(hone_sampler_ask(sampler, &view, &proposal, &err), HONE_OK);
    if (!proposal.exhausted) {
        hone_space_decode(space, x_unit, ret_x_value);
        for (size_t p = 0; p < space->n; p++) {
            assert_true(!isnan(ret_x_value[p]) || x_unit[p] == 0.5);
        }
    }
    return !proposal.exhausted;
}

void append_trial(struct hone_history *history, const double *x_value) {
    struct hone_trial *trial;
    struct hone_err err;

    assert_int_equal(hone_history_append(history, x_value, &trial, &err), HONE_OK);
    trial->state = HONE_COMPLETE;
}

size_t run_trials(struct hone_sampler *sampler, const struct hone_space *space,
    struct hone_history *history, size_t count) {
    double x_value[MAKER_ROOM];

    for (size_t i = 0; i < count; i++) {
        if (!ask_values(sampler, space, history, history->count, x_value)) {
            return i;
        }
        append_trial(history, x_value);
    }
    return count;
}
