/* The objective `model`: what a spec may say, what is refused and with which
 * words, where a trial's settings come from. */
#include "engine/alloc.h"
#include "objectives/model/metric.h"
#include "objectives/objectives.h"
#include "tests/objectives/golden.h"
#include "tests/objectives/rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CANCER "\"data\": {\"csv\": \"breast_cancer.csv\"}"
#define IRIS "\"data\": {\"csv\": \"iris.csv\"}"
#define DIABETES "\"data\": {\"csv\": \"diabetes.csv\"}"
#define MLP "\"objective\": {\"model\": \"mlp\"}"

/* Each spec has exactly one mistake. */
static const char *const mistakes[][2] = {
    {"{" MLP "}", "data: it is missing"},
    {"{\"data\": {\"cvs\": \"iris.csv\"}, " MLP "}", "data.cvs: unknown key; did you mean 'csv'"},
    {"{\"data\": {}, " MLP "}", "exactly one of csv, svmlight, sqlite"},
    {"{\"data\": {\"csv\": \"a\", \"svmlight\": \"b\"}, " MLP "}",
        "exactly one of csv, svmlight, sqlite"},
    {"{\"data\": {\"sqlite\": \"a\"}, " MLP "}", "data.query: it is missing"},
    {"{\"data\": {\"csv\": \"a\", \"query\": \"b\"}, " MLP "}", "data.query: it is given without"},
    {"{" IRIS ", \"cv\": {\"folds\": 1}, " MLP "}", "cv.folds"},
    {"{" IRIS ", \"cv\": {\"group\": \"a\", \"time\": \"b\"}, " MLP "}",
        "group and time are both given"},
    {"{" IRIS ", \"cv\": {\"gap\": 2}, " MLP "}", "time should be given too"},
    {"{" IRIS ", \"cv\": {\"fold\": 3}, " MLP "}", "did you mean 'folds'"},
    {"{" IRIS ", \"objective\": {\"model\": \"mlpp\"}}", "did you mean 'mlp'"},
    {"{" IRIS ", \"objective\": {\"model\": \"mlp\", \"metric\": \"acuracy\"}}",
        "did you mean 'accuracy'"},
    {"{" IRIS ", \"objective\": {\"model\": \"mlp\", \"epoch\": 3}}", "did you mean 'epochs'"},
    {"{" IRIS ", \"objective\": {\"model\": \"mlp\", \"epochs\": 0}}", "objective.epochs"},
    {"{" IRIS ", \"objective\": {\"model\": \"mlp\", \"hidden\": [64, 0]}}", "objective.hidden"},
    {"{" IRIS ", \"objective\": {\"model\": \"logistic\", \"hidden\": 64}}",
        "objective.hidden: only model mlp has it"},
    {"{" IRIS ", \"objective\": {\"model\": \"logistic\"}, \"space\": {\"hidden\": [[3], [4]]}}",
        "space.hidden: only model mlp has it"},
    {"{" IRIS ", \"objective\": {\"model\": \"mlp\", \"early_stopping\": {\"patients\": 3}}}",
        "did you mean 'patience'"},
    {"{" IRIS ", \"objective\": {\"model\": \"mlp\", \"early_stopping\": {\"fraction\": 2}}}",
        "objective.early_stopping.fraction"},
    {"{" IRIS ", " MLP ", \"space\": {\"learning_rte\": [1]}}",
        "space.learning_rte: unknown parameter; did you mean 'learning_rate'?"},
    {"{" IRIS ", " MLP ", \"space\": {\"optimizer\": [\"adam\", \"sdg\"]}}", "did you mean 'sgd'"},
    {"{" IRIS ", " MLP ", \"space\": {\"activation\": [\"relu\", 3]}}", "space.activation"},
    {"{" IRIS ", " MLP ", \"space\": {\"hidden\": [[3], [4, -1]]}}", "space.hidden"},
    {"{" IRIS ", " MLP ", \"space\": {\"batch_size\": {\"type\": \"float\", \"low\": 1, "
     "\"high\": 9}}}", "space.batch_size: it takes whole numbers"},
    {"{" IRIS ", " MLP ", \"space\": {\"momentum\": {\"type\": \"float\", \"low\": 0.5, "
     "\"high\": 2}}}", "space.momentum"},
    {"{" IRIS ", " MLP ", \"space\": {\"dropout\": {\"type\": \"float\", \"low\": -0.5, "
     "\"high\": 0.5}}}", "space.dropout"},
    {"{" IRIS ", " MLP ", \"space\": {\"schedule\": {\"type\": \"int\", \"low\": 0, "
     "\"high\": 3}}}", "space.schedule"},
    {"{" IRIS ", \"objective\": {\"model\": \"mlp\", \"epochs\": 3}, \"space\": {\"epochs\": [1]}}",
        "space.epochs: it also stands in objective"},
};

static void every_mistake_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        struct rig rig;

        rig_configure(&rig, &hone_objective_model, mistakes[i][0]);
        if (rig.problems.count != 1 ||
            strstr(hone_buf_text(&rig.problems.lines), mistakes[i][1]) == NULL) {
            fail_msg("%s\ngives %zu problems:\n%s\nexpected '%s'", mistakes[i][0],
                rig.problems.count, hone_buf_text(&rig.problems.lines), mistakes[i][1]);
        }
        rig_finish(&rig);
    }
}

static void every_metric_can_be_asked_for(void **state) {
    (void)state;
    for (size_t i = 0; hone_metrics[i] != NULL; i++) {
        struct rig rig;
        char json[256];

        (void)snprintf(json, sizeof(json),
            "{%s, \"objective\": {\"model\": \"mlp\", \"metric\": \"%s\"}}",
            hone_metrics[i]->task == HONE_TASK_REGRESSION ? DIABETES
                : hone_metrics[i]->classes == 2           ? CANCER
                                                          : IRIS,
            hone_metrics[i]->name);
        assert_int_equal(rig_open(&rig, &hone_objective_model, json), HONE_OK);
        assert_string_equal(rig.objective->metric, hone_metrics[i]->name);
        rig_finish(&rig);
    }
}

/* What only the data can tell. */
static void what_does_not_fit_the_data_is_refused_at_open(void **state) {
    static const char *const misfit[][2] = {
        {"{" IRIS ", \"objective\": {\"model\": \"linear\"}}", "linear is for regression"},
        {"{" DIABETES ", \"objective\": {\"model\": \"logistic\"}}",
            "logistic is for classification"},
        {"{" DIABETES ", \"objective\": {\"model\": \"mlp\", \"metric\": \"auc\"}}",
            "it should be one of rmse, mae, r2"},
        {"{" IRIS ", \"objective\": {\"model\": \"mlp\", \"metric\": \"rmse\"}}",
            "it should be one of log_loss, accuracy, balanced_accuracy, auc, f1"},
        {"{" IRIS ", \"objective\": {\"model\": \"mlp\", \"metric\": \"f1_binary\"}}",
            "is classification of more than two classes; it should be one of log_loss"},
        {"{\"data\": {\"csv\": \"iris.csv\", \"task\": \"regression\"}, " MLP "}", "species"},
        {"{" DIABETES ", \"objective\": {\"model\": \"mlp\", \"class_weight\": \"balanced\"}}",
            "objective.class_weight: it is for classification"},
        {"{" DIABETES ", " MLP ", \"space\": {\"class_weight\": [\"none\", \"balanced\"]}}",
            "space.class_weight: it is for classification"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(misfit) / sizeof(misfit[0]); i++) {
        struct rig rig;

        assert_int_equal(rig_open(&rig, &hone_objective_model, misfit[i][0]), HONE_E_INPUT);
        if (strstr(rig.err.text, misfit[i][1]) == NULL) {
            fail_msg("'%s' not in: %s", misfit[i][1], rig.err.text);
        }
        rig_finish(&rig);
    }
}

static void the_metric_follows_the_task_and_fixes_the_direction(void **state) {
    static const struct {
        const char *json, *metric;
        bool maximize;
    } want[] = {
        {"{" IRIS ", " MLP "}", "log_loss", false},
        {"{" DIABETES ", " MLP "}", "rmse", false},
        {"{" IRIS ", \"objective\": {\"model\": \"mlp\", \"metric\": \"accuracy\"}}", "accuracy",
            true},
        {"{" DIABETES ", \"objective\": {\"model\": \"linear\", \"metric\": \"mae\"}}", "mae",
            false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        struct rig rig;

        assert_int_equal(rig_open(&rig, &hone_objective_model, want[i].json), HONE_OK);
        assert_string_equal(rig.objective->metric, want[i].metric);
        assert_int_equal(rig.objective->maximize, want[i].maximize);
        assert_int_equal(rig.objective->folds, 5);
        assert_int_equal(strlen(rig.objective->data_hash), 64);
        assert_int_equal(strlen(rig.objective->fold_hash), 64);
        rig_finish(&rig);
    }
}

/* The usual metrics of the task are kept; the chosen one is the value. */
static void the_usual_metrics_are_reported(void **state) {
    struct rig rig;
    struct hone_result result;

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model,
        "{" IRIS ", \"objective\": {\"model\": \"logistic\", \"metric\": \"f1\"}}"), HONE_OK);
    result = rig_evaluate(&rig, NULL, 0, 0);
    assert_int_equal(result.metric_count, 5);
    assert_true(result.value == rig_metric(&result, "f1"));
    assert_true(rig_metric(&result, "log_loss") > 0);
    hone_result_finish(&result);
    rig_finish(&rig);
}

static void an_unusual_metric_is_reported_when_it_is_asked_for(void **state) {
    struct rig rig;
    struct hone_result result;

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model,
        "{" IRIS ", \"objective\": {\"model\": \"logistic\", \"metric\": \"mcc\", "
        "\"learning_rate\": 0.05}}"), HONE_OK);
    assert_true(rig.objective->maximize);
    result = rig_evaluate(&rig, NULL, 0, 0);
    assert_int_equal(result.metric_count, 6);
    assert_true(result.value > 0.5 && result.value == rig_metric(&result, "mcc"));
    hone_result_finish(&result);
    rig_finish(&rig);
}

#define SEARCHED                                                                                   \
    "{" IRIS ", \"objective\": {\"model\": \"mlp\", \"epochs\": 2}, \"space\": {"                  \
    "\"optimizer\": [\"sgd\", \"adamw\", \"rmsprop\"], "                                           \
    "\"learning_rate\": {\"type\": \"float\", \"low\": 1e-5, \"high\": 1, \"log\": true}, "        \
    "\"hidden\": [[32], [64], [64, 64]], "                                                         \
    "\"batch_size\": {\"type\": \"int\", \"low\": 8, \"high\": 256, \"log\": true}, "              \
    "\"alpha\": {\"type\": \"float\", \"low\": 0.5, \"high\": 0.999, "                             \
    "\"when\": {\"optimizer\": \"rmsprop\"}}, "                                                    \
    "\"activation\": [\"gelu\"], "                                                                 \
    "\"weight_decay\": {\"type\": \"float\", \"low\": 1e-7, \"high\": 1e-1}}}"

/* Defaults as x_values; adam is not among the choices, so the first one is the
 * default trial's and its own rate counts. */
static void presets_are_the_trainer_s_own_defaults(void **state) {
    struct rig rig;
    double preset[7];

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model, SEARCHED), HONE_OK);
    hone_objective_model.presets(&rig.setup, preset);
    assert_true(isnan(preset[0]));
    check_near(preset[1], 1e-3, 0, 0, "sgd's rate");
    check_near(preset[2], 1, 0, 0, "hidden: [64]");
    check_near(preset[3], 32, 0, 0, "batch size");
    check_near(preset[4], 0.99, 0, 0, "alpha");
    assert_true(isnan(preset[5]));
    check_near(preset[6], 0, 0, 0, "sgd's weight decay");
    rig_finish(&rig);
    assert_int_equal(rig_open(&rig, &hone_objective_model,
        "{" IRIS ", \"objective\": {\"model\": \"mlp\", \"optimizer\": \"adamw\"}, \"space\": "
        "{\"weight_decay\": {\"type\": \"float\", \"low\": 0, \"high\": 1}, "
        "\"hidden\": {\"type\": \"int\", \"low\": 4, \"high\": 128}}}"), HONE_OK);
    hone_objective_model.presets(&rig.setup, preset);
    check_near(preset[0], 0.01, 0, 0, "adamw's weight decay");
    check_near(preset[1], 64, 0, 0, "hidden as a number");
    rig_finish(&rig);
}

/* The same setting by three ways gives the same bits: searched, fixed, default. */
static void settings_come_from_space_then_objective_then_default(void **state) {
    static const char *const way[] = {
        "{" IRIS ", \"objective\": {\"model\": \"mlp\", \"epochs\": 3}, "
        "\"space\": {\"batch_size\": [8, 32], \"hidden\": [[64], [2]]}}",
        "{" IRIS ", \"objective\": {\"model\": \"mlp\", \"epochs\": 3, \"batch_size\": 32, "
        "\"hidden\": 64, \"optimizer\": \"adam\", \"learning_rate\": 0.001}}",
        "{" IRIS ", \"objective\": {\"model\": \"mlp\", \"epochs\": 3}}",
    };
    const double x_value[] = {1, 0}, other[] = {0, 0};
    double value[3];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct rig rig;
        struct hone_result result;

        assert_int_equal(rig_open(&rig, &hone_objective_model, way[i]), HONE_OK);
        result = rig_evaluate(&rig, x_value, 0, 0);
        value[i] = result.value;
        hone_result_finish(&result);
        if (i == 0) {
            result = rig_evaluate(&rig, other, 0, 0);
            assert_true(result.value != value[0]);
            hone_result_finish(&result);
        }
        rig_finish(&rig);
    }
    assert_true(value[0] == value[1] && value[1] == value[2]);
}

/* A searched patience alone turns early stopping on. */
static void searching_early_stopping_turns_it_on(void **state) {
    struct rig rig;
    struct hone_result result;
    const double x_value[] = {2};

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model,
        "{" IRIS ", \"objective\": {\"model\": \"mlp\", \"epochs\": 2}, \"space\": "
        "{\"early_stopping_patience\": {\"type\": \"int\", \"low\": 1, \"high\": 9}}}"), HONE_OK);
    result = rig_evaluate(&rig, x_value, 0, 0);
    assert_true(isfinite(result.curve[0].valid_loss));
    hone_result_finish(&result);
    rig_finish(&rig);
}

/* Folds sorted by class have test parts of one class: no AUC there. */
static void an_undefined_metric_is_a_failure_with_its_reason(void **state) {
    struct rig rig;
    struct hone_result result;

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model,
        "{" IRIS ", \"cv\": {\"folds\": 3, \"stratify\": false, \"shuffle\": false}, "
        "\"objective\": {\"model\": \"logistic\", \"metric\": \"auc\", \"epochs\": 1}}"), HONE_OK);
    result = rig_evaluate(&rig, NULL, 0, 0);
    assert_int_equal(result.outcome, HONE_OUTCOME_FAILED);
    assert_string_equal(result.error,
        "auc is undefined: the test part has rows of one class alone");
    hone_result_finish(&result);
    rig_finish(&rig);
}

/* The n-th allocation of a fold fails, for every n: an error, then success. */
static void memory_running_out_in_a_fold_is_an_error(void **state) {
    struct rig rig;
    enum hone_code code = HONE_E_NOMEM;
    unsigned long failures = 0;

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model, SEARCHED), HONE_OK);
    while (code != HONE_OK) {
        const double x_value[] = {2, 0.01, 2, 16, 0.9, 0, 0.001};
        struct hone_result result = {0};
        const struct hone_job job = {
            .seed = 1, .space = &rig.space, .x_value = x_value, .cancel = &rig.cancel,
            .arena = &rig.scratch,
        };

        hone_arena_finish(&rig.scratch);
        hone_alloc_fail_at(++failures, true);
        code = hone_objective_evaluate(rig.objective, &job, &result, &rig.err);
        hone_alloc_fail_at(0, false);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
        hone_result_finish(&result);
    }
    assert_true(failures > 2);
    rig_finish(&rig);
}

/* The same for reading the data and making the folds. Every later one fails
 * too: libcsv asks again for less. */
static void memory_running_out_at_open_is_an_error(void **state) {
    struct rig rig;
    enum hone_code code = HONE_E_NOMEM;
    unsigned long failures = 0;

    (void)state;
    rig_configure(&rig, &hone_objective_model, "{" IRIS ", " MLP "}");
    while (code != HONE_OK) {
        hone_alloc_fail_at(++failures, true);
        code = hone_objective_open(&hone_objective_model, &rig.setup, &rig.objective, &rig.err);
        hone_alloc_fail_at(0, false);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
    }
    assert_true(failures > 10);
    rig_finish(&rig);
}

static void describe_tells_data_folds_and_model(void **state) {
    static const char *const told[] = {
        "150 rows", "4 features", "species", "3 classes", "15 ", "mlp", "log_loss",
    };
    struct rig rig;
    struct hone_buf lines = {0};

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model,
        "{" IRIS ", \"cv\": {\"repeats\": 3}, " MLP "}"), HONE_OK);
    hone_objective_model.describe(rig.objective, &lines);
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        if (strstr(hone_buf_text(&lines), told[i]) == NULL) {
            fail_msg("'%s' not in: %s", told[i], hone_buf_text(&lines));
        }
    }
    hone_buf_finish(&lines);
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_named),
        cmocka_unit_test(every_metric_can_be_asked_for),
        cmocka_unit_test(what_does_not_fit_the_data_is_refused_at_open),
        cmocka_unit_test(the_metric_follows_the_task_and_fixes_the_direction),
        cmocka_unit_test(the_usual_metrics_are_reported),
        cmocka_unit_test(an_unusual_metric_is_reported_when_it_is_asked_for),
        cmocka_unit_test(presets_are_the_trainer_s_own_defaults),
        cmocka_unit_test(settings_come_from_space_then_objective_then_default),
        cmocka_unit_test(searching_early_stopping_turns_it_on),
        cmocka_unit_test(an_undefined_metric_is_a_failure_with_its_reason),
        cmocka_unit_test(memory_running_out_in_a_fold_is_an_error),
        cmocka_unit_test(memory_running_out_at_open_is_an_error),
        cmocka_unit_test(describe_tells_data_folds_and_model),
    };

    return cmocka_run_group_tests_name("crossval", tests, NULL, NULL);
}
