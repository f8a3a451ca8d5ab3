/* Objective `model`: a built-in model under cross-validation. A job trains on
 * the training part of one fold and scores its test part. */
#include "objectives/crossval.h"

#include "engine/alloc.h"
#include "objectives/data/narrow.h"
#include "objectives/data/scaling.h"
#include "objectives/model/optimizer.h"
#include "objectives/model/predict.h"
#include "objectives/model/schedule.h"
#include "objectives/model/train.h"
#include "objectives/objectives.h"
#include "objectives/unread.h"

#include <math.h>
#include <string.h>

struct crossval {
    struct hone_objective base;
    const struct hone_crossval_config *config;
    const struct hone_metric_type *metric;
    const char *folder; /* relative paths start here; the plan's */
    const struct hone_space *space; /* the plan's */
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

static bool metric_fits(const struct hone_metric_type *metric, const struct hone_dataset *data) {
    return metric->task == data->task &&
        (metric->classes == 0 || metric->classes == data->classes);
}

/* Does the metric fit the data's task and classes? */
static enum hone_code check_metric(const struct crossval *self, struct hone_err *err) {
    struct hone_buf names = {0};

    if (metric_fits(self->metric, self->data)) {
        return HONE_OK;
    }
    for (size_t i = 0; hone_metrics[i] != NULL; i++) {
        if (metric_fits(hone_metrics[i], self->data)) {
            hone_buf_printf(&names, "%s%s", names.length > 0 ? ", " : "", hone_metrics[i]->name);
        }
    }
    (void)hone_fail(err, HONE_E_INPUT,
        "objective.metric: %s does not fit target '%s', which is %s%s; it should be one of %s",
        self->metric->name, self->data->target_name, task_name(self->data->task),
        self->metric->task == self->data->task ? " of more than two classes" : "",
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

/* Weights of classes mean nothing in regression. */
static enum hone_code check_class_weight(const struct crossval *self,
    const struct hone_space *space, struct hone_err *err) {
    const char *name = "class_weight";
    const bool searched = hone_space_find(space, name) < space->n;

    if (self->data->task == HONE_TASK_CLASSIFICATION ||
        (!searched && hone_value_get(self->config->constant, name) == NULL)) {
        return HONE_OK;
    }
    return hone_fail(err, HONE_E_INPUT,
        "%s.%s: it is for classification, and target '%s' is regression; it should be left out",
        searched ? "space" : "objective", name, self->data->target_name);
}

static enum hone_code read_test(const struct crossval *self, struct hone_dataset **ret,
    struct hone_err *err) {
    const struct hone_data_config *config = &self->config->data;

    return hone_dataset_read_like(self->data, config->missing, self->folder, config->test, true,
        ret, err);
}

/* A test set that cannot be used is told before the search, which sees no more of it. */
static enum hone_code check_test(const struct crossval *self, struct hone_err *err) {
    struct hone_dataset *test = NULL;
    enum hone_code code;

    if (self->config->data.test == NULL) {
        return HONE_OK;
    }
    code = read_test(self, &test, err);
    hone_dataset_free(test);
    return code == HONE_E_INPUT || code == HONE_E_IO ? hone_while(err, "data.test") : code;
}

static enum hone_code open_data(struct crossval *self, const struct hone_objective_setup *setup,
    struct hone_err *err) {
    const struct hone_crossval_config *config = self->config;
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
    if (code == HONE_OK) {
        code = check_class_weight(self, setup->space, err);
    }
    if (code == HONE_OK) {
        code = check_test(self, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    code = hone_folds_make(&config->cv, self->data, setup->seed, &self->folds, err);
    if (code != HONE_OK) {
        return code;
    }
    return hone_folds_narrow(self->folds, self->data, err);
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
    self->folder = setup->folder;
    self->space = setup->space;
    code = open_data(self, setup, err);
    if (code != HONE_OK) {
        crossval_close(&self->base);
        return code;
    }
    self->base.folds = self->folds->count;
    self->base.maximize = self->metric->maximize;
    self->base.classes = self->data->classes;
    self->base.class_name = self->data->class_name;
    self->base.metric = self->metric->name;
    self->base.race = (enum hone_race_wish)self->config->cv.race;
    memcpy(self->base.data_hash, self->data->hash, sizeof(self->base.data_hash));
    memcpy(self->base.fold_hash, self->folds->hash, sizeof(self->base.fold_hash));
    *ret = &self->base;
    return HONE_OK;
}

static void describe(const struct hone_objective *base, struct hone_buf *ret_lines) {
    const struct crossval *self = crossval_of(base);
    const struct hone_dataset *data = self->data;
    const struct hone_cv_config *cv = &self->config->cv;
    const struct hone_settings settings = hone_crossval_settings(self->config, self->space);

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
        self->metric->maximize ? "maximized" : "minimized");
    hone_unread_write(&settings, self->config->model, ret_lines);
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
    const struct hone_settings settings = hone_crossval_settings(self->config, job->space);
    struct hone_model_config model = {0};
    enum hone_code code =
        hone_settings_read(&settings, hone_train_options, job->x_value, job->arena, &ret->train,
            err);

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

/* Numbers up to 1e300 are taken, and their squares need not be numbers. */
static void fail_metric(const struct hone_metric_type *metric, const struct hone_scores *scores,
    struct hone_result *result) {
    const bool is_huge = metric->task == HONE_TASK_REGRESSION &&
        !isfinite(hone_metric_mse.value(scores));

    if (is_huge || metric->undefined == NULL) {
        hone_result_set_failed(result, "%s is too large to compute", metric->name);
    } else {
        hone_result_set_failed(result, "%s is undefined: %s", metric->name, metric->undefined);
    }
}

/* All metrics of the task that are defined; the chosen one is the value. */
static void score(const struct crossval *self, const struct hone_scores *scores,
    struct hone_result *result) {
    for (size_t i = 0; hone_metrics[i] != NULL; i++) {
        const struct hone_metric_type *metric = hone_metrics[i];
        double value;

        if (metric->task != self->data->task ||
            (metric->on_request && metric != self->metric)) {
            continue;
        }
        value = metric->value(scores);
        if (isfinite(value)) {
            hone_result_add_metric(result, metric->name, value);
        }
        if (metric == self->metric && !isfinite(value)) {
            fail_metric(metric, scores, result);
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
    code = hone_predict(&network, self->data, split, job->arena, &scores, err);
    if (code != HONE_OK) {
        return code;
    }
    if (scores.finite_rows == scores.rows) {
        score(self, &scores, ret_result);
    } else {
        hone_result_set_failed(ret_result, "diverged: a prediction is not finite");
    }
    return HONE_OK;
}

/* ---- all rows ---- */

size_t hone_crossval_rows(const struct hone_objective *objective) {
    return crossval_of(objective)->data->rows;
}

bool hone_crossval_has_test(const struct hone_objective *objective) {
    return crossval_of(objective)->config->data.test != NULL;
}

/* What the predictor knows beside weights. */
static void describe_predictor(const struct crossval *self, struct hone_predictor *predictor) {
    const struct hone_dataset *data = self->data;

    predictor->model = self->config->model->name;
    predictor->missing = self->config->data.missing;
    predictor->like = (struct hone_dataset){
        .features = data->features, .feature = data->feature, .task = data->task,
        .classes = data->classes, .class_name = data->class_name,
        .target_name = data->target_name,
    };
}

static enum hone_code train_on_all(const struct crossval *self, const struct hone_job *job,
    const struct hone_split *all, struct hone_predictor *predictor, struct hone_err *err) {
    struct hone_network network;
    struct hone_result result = {.trial = job->trial, .fold = job->fold};
    struct resolved resolved;
    enum hone_code code = resolve(self, job, &resolved, err);
    const struct hone_training training = {
        .data = self->data, .split = all, .shape = &resolved.shape, .config = &resolved.train,
        .optimizer_config = resolved.optimizer_config,
        .schedule_config = resolved.schedule_config, .seed = job->seed, .fold = job->fold,
        .cancel = job->cancel, .arena = job->arena,
    };

    if (code == HONE_OK) {
        code = hone_train_whole(&training, &network, &result, err);
    }
    if (code == HONE_OK && result.outcome == HONE_OUTCOME_FAILED) {
        code = hone_fail(err, HONE_E_NUMERIC, "trained on all rows, it %s", result.error);
    } else if (code == HONE_OK && result.outcome == HONE_OUTCOME_CANCELLED) {
        code = hone_fail(err, HONE_E_CANCELLED, "training was cancelled");
    }
    if (code == HONE_OK) {
        code = hone_predictor_make_network(predictor, &network.shape, err);
    }
    if (code == HONE_OK) {
        memcpy(predictor->network.parameter, network.parameter,
            network.parameters * sizeof(hone_real));
    }
    hone_result_finish(&result);
    return code;
}

enum hone_code hone_crossval_fit(const struct hone_objective *objective,
    const struct hone_job *job, struct hone_predictor *predictor, struct hone_err *err) {
    const struct crossval *self = crossval_of(objective);
    struct hone_job whole = *job;
    struct hone_split all = {.train_count = self->data->rows};
    struct hone_arena scratch = {0};
    enum hone_code code;

    whole.fold = self->folds->count;
    whole.arena = &scratch;
    describe_predictor(self, predictor);
    all.train = hone_all_rows(&predictor->arena, self->data->rows);
    if (all.train == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "training on %zu rows", self->data->rows);
    }
    code = hone_scaling_learn(self->data, all.train, all.train_count, true, &predictor->scaling,
        err);
    if (code == HONE_OK) {
        all.scaling = predictor->scaling;
        code = train_on_all(self, &whole, &all, predictor, err);
    }
    hone_arena_finish(&scratch);
    return code;
}

enum hone_code hone_crossval_test(const struct hone_objective *objective,
    struct hone_predictor *predictor, struct hone_result *ret_result, size_t *ret_rows,
    struct hone_err *err) {
    const struct crossval *self = crossval_of(objective);
    struct hone_dataset *test = NULL;
    struct hone_arena arena = {0};
    struct hone_scores scores;
    enum hone_code code = read_test(self, &test, err);

    if (code == HONE_OK) {
        *ret_rows = test->rows;
        code = hone_predictor_run(predictor, test, &arena, &scores, err);
    }
    if (code == HONE_OK && scores.finite_rows == scores.rows) {
        score(self, &scores, ret_result);
    } else if (code == HONE_OK) {
        hone_result_set_failed(ret_result, "a prediction is not finite");
    }
    hone_arena_finish(&arena);
    hone_dataset_free(test);
    return code;
}

static const char *const sections[] = {"data", "cv", NULL};

const struct hone_objective_type hone_objective_model = {
    .name = "model", .summary = "a built-in model under cross-validation",
    .sections = sections, .configure = hone_crossval_configure,
    .presets = hone_crossval_presets, .open = crossval_open, .describe = describe,
    .evaluate = evaluate, .close = crossval_close,
};
