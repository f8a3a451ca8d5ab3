/* Objective `model`: a built-in model under cross-validation. A job trains on
 * the training part of one fold and scores its test part. */
#include "engine/alloc.h"
#include "objectives/dataset.h"
#include "objectives/fold.h"
#include "objectives/metric.h"
#include "objectives/model.h"
#include "objectives/objectives.h"
#include "objectives/predict.h"
#include "objectives/sections.h"
#include "objectives/settings.h"
#include "objectives/train.h"

#include <math.h>
#include <string.h>

static const char *const metric_names[] = {
    "auto", "log_loss", "accuracy", "balanced_accuracy", "auc", "f1", "rmse", "mae", "r2", NULL,
};

/* What stands in `objective:` beside the settings of training. */
struct objective_config {
    int model;
    int metric;
    const struct hone_value *early_stopping;
};

static const struct hone_option objective_options[] = {
    HONE_ONE_OF(struct objective_config, model, hone_model_names, 0, "what is trained"),
    HONE_ONE_OF(struct objective_config, metric, metric_names, 0,
        "what a trial's value is; auto: log_loss in classification, rmse in regression"),
    HONE_ANYTHING(struct objective_config, early_stopping,
        "{fraction: 0.1, patience: 5, min_delta: 0}: stop when the loss on this share of the "
        "training part no longer falls; off by default"),
    HONE_OPTIONS_END,
};

enum { TABLE_LIMIT = 32 };

/* Made by configure; the optimizers' and schedules' tables stand behind the
 * trainer's and the model's. */
struct crossval_config {
    const struct hone_model_type *model;
    const struct hone_metric_type *metric; /* NULL: by the task */
    struct hone_data_config data;
    struct hone_cv_config cv;
    const struct hone_value *constant; /* settings that are the same for all trials */
    const struct hone_option *table[TABLE_LIMIT];
};

static void gather_tables(struct crossval_config *config) {
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
    hone_assert(count < TABLE_LIMIT);
}

static struct hone_settings settings_of(const struct crossval_config *config,
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

static const double fraction_preset = 0.1;

static const struct hone_option early_stopping_options[] = {
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
    const struct hone_option *const tables[] = {early_stopping_options, NULL};
    struct early_stopping_config checked;
    const size_t before = problems->count;

    if (value == NULL || value->type == HONE_BOOL) {
        return value != NULL && value->boolean;
    }
    hone_options_read(early_stopping_options, "objective.early_stopping", value, &checked,
        problems);
    hone_options_unknown(tables, "objective.early_stopping", value, problems);
    for (size_t i = 0; i < EARLY_STOPPING_KEYS && problems->count == before; i++) {
        const struct hone_value *given = hone_value_get(value, early_stopping_setting[i][0]);

        if (given != NULL) {
            constants_add(c, early_stopping_setting[i][1], given->place, given);
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
    *value = (struct hone_value){.type = HONE_REAL, .real = fraction_preset};
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

        if (hone_option_find(objective_options, entry->key) == NULL) {
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

static enum hone_code configure(const struct hone_objective_setup *setup, struct hone_arena *arena,
    const void **ret_config, struct hone_problems *problems, struct hone_err *err) {
    const struct hone_value *objective = hone_value_get(setup->spec, "objective");
    struct objective_config own;
    struct hone_settings settings;
    struct crossval_config *config = hone_arena_new(arena, sizeof(*config));
    enum hone_code code;

    if (config == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading objective");
    }
    hone_options_read(objective_options, "objective", objective, &own, problems);
    config->model = hone_models[own.model];
    config->metric = hone_metric_find(metric_names[own.metric]);
    gather_tables(config);
    hone_data_section_read(setup->spec, &config->data, problems);
    hone_cv_section_read(setup->spec, &config->cv, problems);
    code = read_constants(setup, objective, own.early_stopping, arena, &config->constant, problems,
        err);
    if (code != HONE_OK) {
        return code;
    }
    settings = settings_of(config, setup->space);
    hone_settings_check(&settings, foreign_name, problems);
    *ret_config = config;
    return HONE_OK;
}

/* ---- the trainer's own defaults ---- */

/* The default of learning_rate and the like depends on the default optimizer and
 * schedule: their tables are asked before those of the others. */
static void presets_of_choice(const struct crossval_config *config, const struct hone_space *space,
    const struct hone_train_config *train, double *ret_x_value) {
    const struct hone_option *table[TABLE_LIMIT + 4];
    size_t count = 0;
    struct hone_settings settings = settings_of(config, space);

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

static void presets(const struct hone_objective_setup *setup, double *ret_x_value) {
    const struct crossval_config *config = setup->config;
    const struct hone_settings settings = settings_of(config, setup->space);
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

/* ---- open, describe, close ---- */

struct crossval {
    struct hone_objective base;
    const struct crossval_config *config;
    const struct hone_metric_type *metric;
    struct hone_dataset *data;
    struct hone_folds *folds;
};

static const struct crossval *crossval_of(const struct hone_objective *base) {
    hone_assert(base->type == &hone_objective_model);
    return (const struct crossval *)base;
}

static void crossval_close(struct hone_objective *base) {
    struct crossval *self = (struct crossval *)base;

    hone_assert(base->type == &hone_objective_model);
    hone_folds_free(self->folds);
    hone_dataset_free(self->data);
    hone_free(self);
}

static const char *task_name(enum hone_task task) {
    return task == HONE_TASK_CLASSIFICATION ? "classification" : "regression";
}

/* Does the metric fit the data's task? */
static enum hone_code check_metric(const struct crossval *self, struct hone_err *err) {
    struct hone_buf names = {0};

    if (self->metric->task == self->data->task) {
        return HONE_OK;
    }
    for (size_t i = 0; hone_metrics[i] != NULL; i++) {
        if (hone_metrics[i]->task == self->data->task) {
            hone_buf_printf(&names, "%s%s", names.length > 0 ? ", " : "", hone_metrics[i]->name);
        }
    }
    (void)hone_fail(err, HONE_E_INPUT,
        "objective.metric: %s does not fit target '%s', which is %s; it should be one of %s",
        self->metric->name, self->data->target_name, task_name(self->data->task),
        hone_buf_text(&names));
    hone_buf_finish(&names);
    return err->code;
}

static enum hone_code check_model(const struct crossval *self, struct hone_err *err) {
    const struct hone_model_type *model = self->config->model;

    if (model->task == HONE_TASK_AUTO || model->task == self->data->task) {
        return HONE_OK;
    }
    return hone_fail(err, HONE_E_INPUT,
        "objective.model: %s is for %s, and target '%s' is %s; it should be %s or mlp (data.task "
        "can say otherwise)",
        model->name, task_name(model->task), self->data->target_name,
        task_name(self->data->task),
        self->data->task == HONE_TASK_REGRESSION ? "linear" : "logistic");
}

static enum hone_code open_data(struct crossval *self, const struct hone_objective_setup *setup,
    struct hone_err *err) {
    const struct crossval_config *config = self->config;
    enum hone_code code = hone_dataset_read(&config->data, setup->folder, config->cv.group,
        config->cv.time, &self->data, err);

    if (code != HONE_OK) {
        return code;
    }
    self->metric =
        config->metric != NULL ? config->metric : hone_metric_default(self->data->task);
    code = check_model(self, err);
    if (code != HONE_OK) {
        return code;
    }
    code = check_metric(self, err);
    if (code != HONE_OK) {
        return code;
    }
    return hone_folds_make(&config->cv, self->data, setup->seed, &self->folds, err);
}

static enum hone_code crossval_open(const struct hone_objective_setup *setup,
    struct hone_objective **ret, struct hone_err *err) {
    struct crossval *self = hone_new(sizeof(*self));
    enum hone_code code;

    if (self == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "opening the model");
    }
    self->base.type = &hone_objective_model;
    self->config = setup->config;
    code = open_data(self, setup, err);
    if (code != HONE_OK) {
        crossval_close(&self->base);
        return code;
    }
    self->base.folds = self->folds->count;
    self->base.maximize = self->metric->maximize;
    self->base.metric = self->metric->name;
    memcpy(self->base.data_hash, self->data->hash, sizeof(self->base.data_hash));
    memcpy(self->base.fold_hash, self->folds->hash, sizeof(self->base.fold_hash));
    *ret = &self->base;
    return HONE_OK;
}

static void describe(const struct hone_objective *base, struct hone_buf *ret_lines) {
    const struct crossval *self = crossval_of(base);
    const struct hone_dataset *data = self->data;
    const struct hone_cv_config *cv = &self->config->cv;

    hone_buf_printf(ret_lines, "data: %zu rows, %zu number and %zu text columns -> %zu features",
        data->rows, data->columns_number, data->columns_text, data->features);
    hone_buf_printf(ret_lines, ", %zu cells missing\n", data->cells_missing);
    hone_buf_printf(ret_lines, "target: %s, %s", data->target_name, task_name(data->task));
    if (data->task == HONE_TASK_CLASSIFICATION) {
        hone_buf_printf(ret_lines, " of %zu classes", data->classes);
    }
    hone_buf_printf(ret_lines, "\nfolds: %zu (%lld-fold, %lld times), training on %zu rows\n",
        self->folds->count, (long long)cv->folds, (long long)cv->repeats,
        self->folds->split[0].train_count);
    hone_buf_printf(ret_lines, "model: %s, %s\nmetric: %s, %s\n", self->config->model->name,
        self->config->model->summary, self->metric->name,
        self->metric->maximize ? "maximised" : "minimised");
}

/* ---- one fold ---- */

/* Everything a trial was told, resolved. */
struct resolved {
    struct hone_train_config train;
    struct hone_network_shape shape;
    void *optimizer_config;
    void *schedule_config;
};

/* Memory for a type's config, filled for this trial. */
static enum hone_code read_config(const struct hone_settings *settings, const struct hone_job *job,
    const struct hone_option *options, size_t size_bytes, void **ret, struct hone_err *err) {
    void *config = hone_arena_new(job->arena, size_bytes + 1);

    if (config == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "settings of a trial");
    }
    *ret = config;
    return hone_settings_read(settings, options, job->x_value, job->arena, config, err);
}

static enum hone_code resolve(const struct crossval *self, const struct hone_job *job,
    struct resolved *ret, struct hone_err *err) {
    const struct hone_settings settings = settings_of(self->config, job->space);
    struct hone_model_config model = {0};
    enum hone_code code =
        hone_settings_read(&settings, hone_train_options, job->x_value, job->arena, &ret->train, err);

    if (code == HONE_OK) {
        code = hone_settings_read(&settings, self->config->model->options, job->x_value,
            job->arena, &model, err);
    }
    if (code == HONE_OK) {
        code = hone_model_shape(self->config->model, &model, self->data, job->arena, &ret->shape,
            err);
    }
    if (code == HONE_OK) {
        const struct hone_optimizer_type *optimizer = hone_optimizers[ret->train.optimizer];

        code = read_config(&settings, job, optimizer->options, optimizer->config_size,
            &ret->optimizer_config, err);
    }
    if (code == HONE_OK) {
        const struct hone_schedule_type *schedule = hone_schedules[ret->train.schedule];

        code = read_config(&settings, job, schedule->options, schedule->config_size,
            &ret->schedule_config, err);
    }
    return code;
}

/* All metrics of the task that are defined; the chosen one is the value. */
static void score(const struct crossval *self, const struct hone_scores *scores,
    struct hone_result *result) {
    for (size_t i = 0; hone_metrics[i] != NULL; i++) {
        const struct hone_metric_type *metric = hone_metrics[i];
        double value;

        if (metric->task != self->data->task) {
            continue;
        }
        value = metric->value(scores);
        if (isfinite(value)) {
            hone_result_add_metric(result, metric->name, value);
        }
        if (metric == self->metric && isnan(value)) {
            hone_result_set_failed(result, "%s is undefined: %s", metric->name,
                metric->undefined != NULL ? metric->undefined : "a prediction is not a number");
        } else if (metric == self->metric) {
            result->value = value;
        }
    }
}

static enum hone_code evaluate(const struct hone_objective *base, const struct hone_job *job,
    struct hone_result *ret_result, struct hone_err *err) {
    const struct crossval *self = crossval_of(base);
    const struct hone_split *split = &self->folds->split[job->fold];
    struct resolved resolved;
    struct hone_network network;
    struct hone_scores scores;
    bool finite;
    enum hone_code code = resolve(self, job, &resolved, err);
    const struct hone_training training = {
        .data = self->data, .split = split, .shape = &resolved.shape, .config = &resolved.train,
        .optimizer_config = resolved.optimizer_config,
        .schedule_config = resolved.schedule_config, .seed = job->seed, .fold = job->fold,
        .cancel = job->cancel, .arena = job->arena,
    };

    if (code != HONE_OK) {
        return code;
    }
    code = hone_train(&training, &network, ret_result, err);
    if (code != HONE_OK || ret_result->outcome != HONE_OUTCOME_VALUE) {
        return code;
    }
    code = hone_predict(&network, self->data, split, job->arena, &scores, &finite, err);
    if (code != HONE_OK) {
        return code;
    }
    if (finite) {
        score(self, &scores, ret_result);
    } else {
        hone_result_set_failed(ret_result, "diverged: a prediction is not finite");
    }
    return HONE_OK;
}

static const char *const sections[] = {"data", "cv", NULL};

const struct hone_objective_type hone_objective_model = {
    .name = "model", .summary = "a built-in model under cross-validation",
    .sections = sections, .configure = configure, .presets = presets, .open = crossval_open,
    .describe = describe, .evaluate = evaluate, .close = crossval_close,
};
