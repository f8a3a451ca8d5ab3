#include "objectives/crossval.h"

#include "objectives/model/optimizer.h"
#include "objectives/model/schedule.h"
#include "objectives/model/train.h"
#include "objectives/sections.h"

#include <math.h>

/* What stands in `objective:` beside the settings of training. */
struct objective_config {
    int model;
    int metric;
    const struct hone_value *early_stopping;
};

const struct hone_option hone_crossval_options[] = {
    HONE_ONE_OF(struct objective_config, model, hone_model_names, 0, "what is trained"),
    HONE_ONE_OF(struct objective_config, metric, hone_metric_names, 0,
        "what a trial's value is; auto: log_loss in classification, rmse in regression"),
    HONE_ANYTHING(struct objective_config, early_stopping,
        "{fraction: 0.1, patience: 5, min_delta: 0}: stop when the loss on this share of the "
        "training part no longer falls; off by default"),
    HONE_OPTIONS_END,
};

static void gather_tables(struct hone_crossval_config *config) {
    size_t count = 0;

    config->table[count++] = hone_train_options;
    config->table[count++] = config->model->options;
    for (size_t i = 0; hone_optimizers[i] != NULL; i++) {
        config->table[count++] = hone_optimizers[i]->options;
    }
    for (size_t i = 0; hone_schedules[i] != NULL; i++) {
        if (hone_schedules[i]->options != NULL) {
            config->table[count++] = hone_schedules[i]->options;
        }
    }
    hone_assert(count < HONE_CROSSVAL_TABLES);
}

struct hone_settings hone_crossval_settings(const struct hone_crossval_config *config,
    const struct hone_space *space) {
    return (struct hone_settings){
        .table = config->table, .constant = config->constant, .space = space,
    };
}

/* Names that another model would know. */
static const char *foreign_name(const char *name) {
    return hone_option_find(hone_model_mlp.options, name) == NULL
               ? NULL
               : "only model mlp has it; it should be left out";
}

/* ---- early stopping: a mapping in the spec, three settings here ---- */

struct early_stopping_config {
    double fraction;
    int64_t patience;
    double min_delta;
};

const struct hone_option hone_early_stopping_options[] = {
    HONE_REAL(struct early_stopping_config, fraction, 0.1, 0.001, 0.9,
        "share of the training part kept to see when to stop"),
    HONE_INTEGER(struct early_stopping_config, patience, 5, 1, 1e6,
        "epochs without a better loss before training stops"),
    HONE_REAL(struct early_stopping_config, min_delta, 0.0, 0.0, 1e6,
        "how much lower a loss must be to be better"),
    HONE_OPTIONS_END,
};

/* Each of its keys and the setting it is. */
static const char *const early_stopping_setting[][2] = {
    {"fraction", "early_stopping_fraction"},
    {"patience", "early_stopping_patience"},
    {"min_delta", "early_stopping_min_delta"},
};
enum { EARLY_STOPPING_KEYS = 3 };

/* The mapping of constants as it grows. */
struct constants {
    struct hone_value map;
    struct hone_entry *entry; /* room for all */
};

static void constants_add(struct constants *c, const char *key, struct hone_place place,
    const struct hone_value *value) {
    c->entry[c->map.count++] = (struct hone_entry){.key = key, .place = place, .value = value};
}

static bool is_searched(const struct hone_space *space, const char *name) {
    return hone_space_find(space, name) < space->n;
}

/* Adds what the mapping says. Returns whether early stopping is asked for. */
static bool read_early_stopping(const struct hone_value *value, struct constants *c,
    struct hone_problems *problems) {
    const struct hone_option *const tables[] = {hone_early_stopping_options, NULL};
    struct early_stopping_config checked;
    const size_t before = problems->count;

    if (value == NULL || value->type == HONE_BOOL) {
        return value != NULL && value->boolean;
    }
    hone_options_read(hone_early_stopping_options, "objective.early_stopping", value, &checked,
        problems);
    hone_options_unknown(tables, "objective.early_stopping", value, problems);
    for (size_t i = 0; i < EARLY_STOPPING_KEYS && problems->count == before; i++) {
        const struct hone_value *given = hone_value_get(value, early_stopping_setting[i][0]);
        const char *setting = early_stopping_setting[i][1];

        if (given != NULL && hone_value_get(&c->map, setting) != NULL) {
            hone_problem(problems, given->place, "objective.early_stopping",
                "%s says the same once more; keep one of them", setting);
        } else if (given != NULL) {
            constants_add(c, setting, given->place, given);
        }
    }
    return true;
}

/* Whether the space searches one of its settings. */
static bool searches_early_stopping(const struct hone_space *space) {
    for (size_t i = 0; i < EARLY_STOPPING_KEYS; i++) {
        if (is_searched(space, early_stopping_setting[i][1])) {
            return true;
        }
    }
    return false;
}

/* Early stopping that is on and says no fraction keeps the default one. */
static enum hone_code add_fraction(const struct hone_space *space, struct constants *c,
    struct hone_arena *arena, struct hone_err *err) {
    const char *name = early_stopping_setting[0][1];
    struct hone_value *value;

    if (is_searched(space, name) || hone_value_get(&c->map, name) != NULL) {
        return HONE_OK;
    }
    value = hone_arena_new(arena, sizeof(*value));
    if (value == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "early stopping");
    }
    *value = (struct hone_value){
        .type = HONE_REAL,
        .real = hone_option_find(hone_early_stopping_options, "fraction")->preset,
    };
    constants_add(c, name, value->place, value);
    return HONE_OK;
}

/* All settings that `objective:` fixes, in one mapping. */
static enum hone_code read_constants(const struct hone_objective_setup *setup,
    const struct hone_value *objective, const struct hone_value *early_stopping,
    struct hone_arena *arena, const struct hone_value **ret, struct hone_problems *problems,
    struct hone_err *err) {
    struct constants *c = hone_arena_new(arena, sizeof(*c));
    enum hone_code code = HONE_OK;

    if (c != NULL) {
        c->entry = hone_arena_array(arena, objective->count + EARLY_STOPPING_KEYS + 1,
            sizeof(*c->entry));
    }
    if (c == NULL || c->entry == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading objective");
    }
    c->map = (struct hone_value){.type = HONE_MAP, .place = objective->place, .entry = c->entry};
    for (size_t i = 0; i < objective->count; i++) {
        const struct hone_entry *entry = &objective->entry[i];

        if (hone_option_find(hone_crossval_options, entry->key) == NULL) {
            constants_add(c, entry->key, entry->place, entry->value);
        }
    }
    if (read_early_stopping(early_stopping, c, problems) ||
        searches_early_stopping(setup->space)) {
        code = add_fraction(setup->space, c, arena, err);
    }
    *ret = &c->map;
    return code;
}

enum hone_code hone_crossval_configure(const struct hone_objective_setup *setup,
    struct hone_arena *arena, const void **ret_config, struct hone_problems *problems,
    struct hone_err *err) {
    const struct hone_value *objective = hone_value_get(setup->spec, "objective");
    struct objective_config own;
    struct hone_settings settings;
    struct hone_crossval_config *config = hone_arena_new(arena, sizeof(*config));
    enum hone_code code;

    if (config == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading objective");
    }
    hone_options_read(hone_crossval_options, "objective", objective, &own, problems);
    config->model = hone_models[own.model];
    config->metric = hone_metric_find(hone_metric_names[own.metric]);
    gather_tables(config);
    hone_data_section_read(setup, &config->data, problems);
    hone_cv_section_read(setup->spec, &config->cv, problems);
    code = read_constants(setup, objective, own.early_stopping, arena, &config->constant, problems,
        err);
    if (code != HONE_OK) {
        return code;
    }
    settings = hone_crossval_settings(config, setup->space);
    hone_settings_check(&settings, foreign_name, problems);
    *ret_config = config;
    return HONE_OK;
}

/* ---- the trainer's own defaults ---- */

/* The default of learning_rate and the like depends on the default optimizer and
 * schedule: their tables are asked before those of the others. */
static void presets_of_choice(const struct hone_crossval_config *config,
    const struct hone_space *space, const struct hone_train_config *train, double *ret_x_value) {
    const struct hone_option *table[HONE_CROSSVAL_TABLES + 4];
    size_t count = 0;
    struct hone_settings settings = hone_crossval_settings(config, space);

    table[count++] = hone_train_options;
    table[count++] = hone_optimizers[train->optimizer]->options;
    if (hone_schedules[train->schedule]->options != NULL) {
        table[count++] = hone_schedules[train->schedule]->options;
    }
    for (size_t t = 0; config->table[t] != NULL; t++) {
        table[count++] = config->table[t];
    }
    table[count] = NULL;
    settings.table = table;
    hone_settings_preset(&settings, ret_x_value);
}

void hone_crossval_presets(const struct hone_objective_setup *setup, double *ret_x_value) {
    const struct hone_crossval_config *config = setup->config;
    const struct hone_settings settings = hone_crossval_settings(config, setup->space);
    struct hone_arena arena = {0};
    struct hone_err err = {0};
    struct hone_train_config train;
    double *x_value = hone_arena_array(&arena, setup->space->n, sizeof(*x_value));

    hone_settings_preset(&settings, ret_x_value);
    if (x_value == NULL) {
        return;
    }
    for (size_t p = 0; p < setup->space->n; p++) {
        x_value[p] = NAN;
    }
    hone_space_complete(setup->space, ret_x_value, x_value);
    if (hone_settings_read(&settings, hone_train_options, x_value, &arena, &train, &err) ==
        HONE_OK) {
        presets_of_choice(config, setup->space, &train, ret_x_value);
    }
    hone_arena_finish(&arena);
}
