/* The training loop as a trial meets it: through the objective `model`, on real
 * data (tests/data). */
#include "objectives/model/optimizer.h"
#include "objectives/model/schedule.h"
#include "objectives/model/train.h"
#include "objectives/objectives.h"
#include "objectives/real.h"
#include "tests/objectives/golden.h"
#include "tests/objectives/rig.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SPEC_BYTES = 1024 };

/* {"data": {"csv": DATA}, "objective": {"model": MODEL, …}} */
static const char *spec(char buffer[SPEC_BYTES], const char *csv, const char *model,
    const char *settings) {
    (void)snprintf(buffer, SPEC_BYTES,
        "{\"data\": {\"csv\": \"%s\"}, \"objective\": {\"model\": \"%s\"%s%s}}", csv, model,
        *settings == '\0' ? "" : ", ", settings);
    return buffer;
}

/* One fold of a spec without searched parameters. */
static struct hone_result one_fold(const char *csv, const char *model, const char *settings,
    size_t fold) {
    struct rig rig;
    char buffer[SPEC_BYTES];
    struct hone_result result;

    if (rig_open(&rig, &hone_objective_model, spec(buffer, csv, model, settings)) != HONE_OK) {
        fail_msg("%s", rig.err.text);
    }
    result = rig_evaluate(&rig, NULL, 0, fold);
    rig_finish(&rig);
    return result;
}

/* Settings with which each optimizer has to learn these small tables. */
static const char *const settings_of[][2] = {
    {"gd", "\"learning_rate\": 0.1, \"epochs\": 500"},
    {"sgd", "\"learning_rate\": 0.1, \"epochs\": 60"},
    {"momentum", "\"learning_rate\": 0.01, \"epochs\": 60"},
    {"nesterov", "\"learning_rate\": 0.01, \"epochs\": 60"},
    {"adagrad", "\"learning_rate\": 0.1, \"epochs\": 60"},
    {"rmsprop", "\"learning_rate\": 0.01, \"epochs\": 60"},
    {"adam", "\"learning_rate\": 0.02, \"epochs\": 60"},
    {"adamw", "\"learning_rate\": 0.02, \"epochs\": 60"},
};

/* Bars a little below what scikit-learn's models reach on these tables. */
static const struct {
    const char *csv, *model, *metric;
    double bar;
} task_of[] = {
    {"iris.csv", "logistic", "accuracy", 0.92},
    {"iris.csv", "mlp", "accuracy", 0.92},
    {"wine.csv", "logistic", "accuracy", 0.95},
    {"wine.csv", "mlp", "accuracy", 0.95},
    {"breast_cancer.csv", "logistic", "accuracy", 0.95},
    {"breast_cancer.csv", "mlp", "accuracy", 0.95},
    {"diabetes.csv", "linear", "r2", 0.44},
};

static void every_optimizer_learns_every_model(void **state) {
    size_t optimizers = 0;

    (void)state;
    for (size_t o = 0; o < sizeof(settings_of) / sizeof(settings_of[0]); o++, optimizers++) {
        assert_string_equal(settings_of[o][0], hone_optimizer_names[o]);
        for (size_t t = 0; t < sizeof(task_of) / sizeof(task_of[0]); t++) {
            char settings[SPEC_BYTES / 2], buffer[SPEC_BYTES];
            double value;

            (void)snprintf(settings, sizeof(settings),
                "\"batch_size\": 16, \"schedule\": \"cosine\", \"optimizer\": \"%s\", %s",
                settings_of[o][0], settings_of[o][1]);
            value = rig_mean(&hone_objective_model,
                spec(buffer, task_of[t].csv, task_of[t].model, settings), task_of[t].metric);
            if (!(value >= task_of[t].bar)) {
                fail_msg("%s with %s on %s: %s %g, expected at least %g", task_of[t].model,
                    settings_of[o][0], task_of[t].csv, task_of[t].metric, value, task_of[t].bar);
            }
        }
    }
    assert_null(hone_optimizers[optimizers]);
}

static void every_schedule_lowers_the_loss(void **state) {
    (void)state;
    for (size_t i = 0; hone_schedules[i] != NULL; i++) {
        char settings[SPEC_BYTES / 2];
        struct hone_result result;

        (void)snprintf(settings, sizeof(settings),
            "\"schedule\": \"%s\", \"learning_rate\": 0.05, \"epochs\": 20, \"warmup_epochs\": 2",
            hone_schedules[i]->name);
        result = one_fold("wine.csv", "mlp", settings, 0);
        assert_int_equal(result.outcome, HONE_OUTCOME_VALUE);
        assert_int_equal(result.curve_count, 20);
        assert_true(result.curve[19].train_loss < 0.3 * result.curve[0].train_loss);
        assert_true(isnan(result.curve[0].valid_loss));
        assert_true(result.curve[0].rate < result.curve[2].rate);
        hone_result_finish(&result);
    }
}

/* Momentum is cycled where the optimizer has one, Adam's beta1 too: the losses
 * differ from those without. */
static void one_cycle_sets_the_momentum(void **state) {
    static const struct {
        const char *optimizer;
        bool has_momentum;
    } want[] = {{"sgd", false}, {"adagrad", false}, {"momentum", true}, {"nesterov", true},
        {"rmsprop", true}, {"adam", true}, {"adamw", true}};

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        struct hone_result cycled, left;
        char settings[SPEC_BYTES / 2];

        for (int cycle = 0; cycle <= 1; cycle++) {
            (void)snprintf(settings, sizeof(settings), "\"schedule\": \"onecycle\", "
                "\"optimizer\": \"%s\", \"epochs\": 4, \"cycle_momentum\": %s",
                want[i].optimizer, cycle == 1 ? "true" : "false");
            *(cycle == 1 ? &cycled : &left) = one_fold("iris.csv", "mlp", settings, 0);
        }
        assert_true((cycled.curve[3].train_loss != left.curve[3].train_loss) ==
            want[i].has_momentum);
        hone_result_finish(&cycled);
        hone_result_finish(&left);
    }
}

static void every_activation_learns_digits(void **state) {
    static const char *const activation[] = {"relu", "tanh", "logistic", "gelu"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        char settings[SPEC_BYTES / 2];
        struct hone_result result;

        (void)snprintf(settings, sizeof(settings),
            "\"activation\": \"%s\", \"epochs\": 10, \"hidden\": [32, 16], "
            "\"learning_rate\": 0.005", activation[i]);
        result = one_fold("digits.csv", "mlp", settings, 0);
        if (!(rig_metric(&result, "accuracy") > 0.9)) {
            fail_msg("%s: %g", activation[i], rig_metric(&result, "accuracy"));
        }
        hone_result_finish(&result);
    }
}

static void digits_are_read_by_a_small_perceptron(void **state) {
    char buffer[SPEC_BYTES];

    (void)state;
    assert_true(rig_mean(&hone_objective_model, spec(buffer, "digits.csv", "mlp",
        "\"hidden\": 64, \"optimizer\": \"adam\", \"learning_rate\": 1e-3, \"batch_size\": 32, "
        "\"epochs\": 30"), "accuracy") >= 0.96);
}

static void check_same(const struct hone_result *a, const struct hone_result *b) {
    assert_memory_equal(&a->value, &b->value, sizeof(a->value));
    assert_int_equal(a->curve_count, b->curve_count);
    for (size_t i = 0; i < a->curve_count; i++) {
        assert_memory_equal(&a->curve[i].train_loss, &b->curve[i].train_loss, sizeof(double));
        assert_memory_equal(&a->curve[i].valid_loss, &b->curve[i].valid_loss, sizeof(double));
    }
}

/* Also after other work in the same arena, and whatever the trial's number. */
static void a_fold_evaluated_again_has_the_same_bits(void **state) {
    struct rig rig;
    char buffer[SPEC_BYTES];
    struct hone_result first, other, again;

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model, spec(buffer, "wine.csv", "mlp",
        "\"dropout\": 0.3, \"epochs\": 8, \"early_stopping\": true")), HONE_OK);
    first = rig_evaluate(&rig, NULL, 0, 1);
    other = rig_evaluate(&rig, NULL, 0, 2);
    again = rig_evaluate(&rig, NULL, 5, 1);
    check_same(&first, &again);
    assert_true(first.curve[0].train_loss != other.curve[0].train_loss);
    hone_result_finish(&first);
    hone_result_finish(&other);
    hone_result_finish(&again);
    rig_finish(&rig);
}

/* A fold on a thread of its own, as the pool's workers do it. */
struct worker {
    struct rig *rig;
    size_t fold;
    pthread_t thread;
    struct hone_arena arena;
    struct hone_result result;
};

static void *work(void *own) {
    struct worker *worker = own;
    struct hone_err err;
    const struct hone_job job = {
        .seed = worker->rig->setup.seed, .fold = worker->fold, .space = &worker->rig->space,
        .cancel = &worker->rig->cancel, .arena = &worker->arena,
    };

    worker->result = (struct hone_result){.fold = worker->fold};
    if (hone_objective_evaluate(worker->rig->objective, &job, &worker->result, &err) != HONE_OK) {
        hone_result_set_failed(&worker->result, "%s", err.text);
    }
    return NULL;
}

static void folds_on_many_threads_have_the_same_bits(void **state) {
    enum { FOLDS = 5 };
    struct worker worker[FOLDS] = {{0}};
    struct rig rig;
    char buffer[SPEC_BYTES];

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model,
        spec(buffer, "digits.csv", "mlp", "\"epochs\": 4")), HONE_OK);
    for (size_t i = 0; i < FOLDS; i++) {
        worker[i].rig = &rig;
        worker[i].fold = i;
        assert_int_equal(pthread_create(&worker[i].thread, NULL, work, &worker[i]), 0);
    }
    for (size_t i = 0; i < FOLDS; i++) {
        struct hone_result alone;

        assert_int_equal(pthread_join(worker[i].thread, NULL), 0);
        alone = rig_evaluate(&rig, NULL, 0, i);
        check_same(&alone, &worker[i].result);
        hone_result_finish(&alone);
        hone_result_finish(&worker[i].result);
        hone_arena_finish(&worker[i].arena);
    }
    rig_finish(&rig);
}

/* Several blocks summed are one minibatch: the order of rows alone differs. */
static void a_batch_of_all_rows_is_gradient_descent(void **state) {
    const char *const common = "\"learning_rate\": 0.1, \"epochs\": 3, \"batch_size\": 5000";
    struct hone_result result[2];
    char settings[SPEC_BYTES / 2];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(settings, sizeof(settings), "\"optimizer\": \"%s\", %s",
            i == 0 ? "gd" : "sgd", common);
        result[i] = one_fold("digits.csv", "mlp", settings, 0);
    }
    for (size_t e = 0; e < 3; e++) {
        check_near(result[1].curve[e].train_loss, result[0].curve[e].train_loss,
            sizeof(hone_real) == sizeof(double) ? 1e-12 : 1e-5, 0, "loss");
    }
    hone_result_finish(&result[0]);
    hone_result_finish(&result[1]);
}

/* So strongly that only the mean is left. */
static void weight_decay_pulls_weights_to_zero(void **state) {
    struct hone_result free_fit, pulled;

    (void)state;
    free_fit = one_fold("diabetes.csv", "linear", "\"learning_rate\": 0.01", 0);
    pulled = one_fold("diabetes.csv", "linear", "\"learning_rate\": 0.01, \"weight_decay\": 1000",
        0);
    assert_true(free_fit.curve[49].train_loss < 0.6);
    /* No slope left: the loss of a standardised target is its variance. */
    check_near(pulled.curve[49].train_loss, 1, 0.02, 0, "loss of the mean");
    hone_result_finish(&free_fit);
    hone_result_finish(&pulled);
}

/* The first epoch with the lowest loss on the kept part. */
static size_t best_epoch(const struct hone_result *result) {
    size_t best = 0;

    for (size_t e = 1; e < result->curve_count; e++) {
        if (result->curve[e].valid_loss < result->curve[best].valid_loss) {
            best = e;
        }
    }
    return best;
}

/* Stops `patience` epochs after the best, and scores with the best weights: the
 * same training ended at that epoch by hand has the same bits. */
static void early_stopping_restores_the_best_weights(void **state) {
    static const char *const stopping = "\"learning_rate\": 0.05, \"early_stopping\": "
                                        "{\"fraction\": 0.2, \"patience\": 3}, \"epochs\": ";
    struct hone_result stopped, ended;
    char settings[SPEC_BYTES / 2];
    size_t best;

    (void)state;
    (void)snprintf(settings, sizeof(settings), "%s500", stopping);
    stopped = one_fold("breast_cancer.csv", "mlp", settings, 0);
    best = best_epoch(&stopped);
    assert_int_equal(stopped.curve_count, best + 1 + 3);
    (void)snprintf(settings, sizeof(settings), "%s%zu", stopping, best + 1);
    ended = one_fold("breast_cancer.csv", "mlp", settings, 0);
    assert_int_equal(ended.curve_count, best + 1);
    assert_true(ended.value == stopped.value);
    hone_result_finish(&stopped);
    hone_result_finish(&ended);
}

/* All of its beginning, then every second epoch, then every fourth, and the last. */
static void a_long_curve_is_thinned(void **state) {
    enum { EPOCHS = 2500, WHOLE = 1024, SECOND = 512, FOURTH = 113 };
    struct hone_result result = one_fold("iris.csv", "logistic",
        "\"optimizer\": \"gd\", \"learning_rate\": 0.1, \"epochs\": 2500", 0);
    const struct hone_curve_point *curve = result.curve;

    (void)state;
    assert_int_equal(result.outcome, HONE_OUTCOME_VALUE);
    assert_int_equal(result.curve_count, WHOLE + SECOND + FOURTH + 1);
    assert_int_equal(curve[0].epoch, 1);
    assert_int_equal(curve[WHOLE - 1].epoch, WHOLE);
    assert_int_equal(curve[WHOLE + 1].epoch, WHOLE + 3);
    assert_int_equal(curve[result.curve_count - 1].epoch, EPOCHS);
    assert_true(curve[result.curve_count - 1].train_loss < curve[WHOLE].train_loss);
    hone_result_finish(&result);
}

static void divergence_is_a_failure_with_its_epoch(void **state) {
    struct hone_result result = one_fold("diabetes.csv", "linear",
        "\"optimizer\": \"sgd\", \"learning_rate\": 100000, \"epochs\": 50", 0);

    (void)state;
    assert_int_equal(result.outcome, HONE_OUTCOME_FAILED);
    assert_non_null(strstr(result.error, "diverged in epoch "));
    assert_non_null(strstr(result.error, "the loss is not finite (last finite "));
    assert_true(result.curve_count < 50);
    hone_result_finish(&result);
}

static void a_cancelled_fold_leaves_at_once(void **state) {
    struct rig rig;
    char buffer[SPEC_BYTES];
    struct hone_result result;

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model,
        spec(buffer, "digits.csv", "mlp", "\"epochs\": 1000000")), HONE_OK);
    atomic_store(&rig.cancel, true);
    result = rig_evaluate(&rig, NULL, 0, 0);
    assert_int_equal(result.outcome, HONE_OUTCOME_CANCELLED);
    assert_int_equal(result.curve_count, 0);
    hone_result_finish(&result);
    rig_finish(&rig);
}

/* The rest that a batch size leaves is trained on too. */
static void every_batch_size_uses_every_row(void **state) {
    (void)state;
    for (size_t batch = 1; batch <= 400; batch = 3 * batch + 1) {
        char settings[SPEC_BYTES / 2];
        struct hone_result result;

        /* A rate of 0 moves nothing: the epoch's mean loss is that of all rows. */
        (void)snprintf(settings, sizeof(settings),
            "\"optimizer\": \"sgd\", \"learning_rate\": 0, \"epochs\": 2, \"batch_size\": %zu",
            batch);
        result = one_fold("iris.csv", "logistic", settings, 0);
        check_near(result.curve[1].train_loss, result.curve[0].train_loss, 1e-5, 0, "all rows");
        hone_result_finish(&result);
    }
}

/* n / (k count), counting the training part alone. */
static void balanced_weights_are_those_of_scikit_learn(void **state) {
    static int32_t label[] = {0, 0, 0, 1, 0, 0, 0, 3, 2};
    static const uint32_t rows[] = {0, 1, 2, 3, 4, 5, 6, 7}; /* none of class 2 */
    const struct hone_dataset data = {.rows = 9, .classes = 4, .label = label};
    double weight[4];

    (void)state;
    hone_balanced_weights(&data, rows, 8, weight);
    check_near(weight[0], 8 / (3.0 * 6), 1e-15, 0, "class 0");
    check_near(weight[1], 8 / 3.0, 1e-15, 0, "class 1");
    check_near(weight[2], 0, 0, 0, "class 2, which does not occur");
    check_near(weight[3], 8 / 3.0, 1e-15, 0, "class 3");
}

/* Nine rows in ten are of one class, and the classes overlap: without weights
 * the many win. */
static void balanced_classes_raise_balanced_accuracy(void **state) {
    static const char csv[] = "hone-test-imbalance.csv";
    char path[64], plain[SPEC_BYTES], balanced[SPEC_BYTES];
    FILE *file;

    (void)state;
    (void)snprintf(path, sizeof(path), "/tmp/%d-%s", (int)getpid(), csv);
    file = fopen(path, "w");
    assert_non_null(file);
    (void)fprintf(file, "x,y\n");
    for (int i = 0; i < 200; i++) {
        const bool rare = i % 10 == 0;

        (void)fprintf(file, "%g,%s\n", sin(i) * 2 + (rare ? 1.5 : 0), rare ? "rare" : "common");
    }
    (void)fclose(file);
    spec(plain, path, "logistic", "\"epochs\": 60, \"learning_rate\": 0.05");
    spec(balanced, path, "logistic",
        "\"epochs\": 60, \"learning_rate\": 0.05, \"class_weight\": \"balanced\"");
    assert_true(rig_mean(&hone_objective_model, balanced, "balanced_accuracy") >
        rig_mean(&hone_objective_model, plain, "balanced_accuracy") + 0.05);
    (void)remove(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_optimizer_learns_every_model),
        cmocka_unit_test(every_schedule_lowers_the_loss),
        cmocka_unit_test(one_cycle_sets_the_momentum),
        cmocka_unit_test(every_activation_learns_digits),
        cmocka_unit_test(digits_are_read_by_a_small_perceptron),
        cmocka_unit_test(a_fold_evaluated_again_has_the_same_bits),
        cmocka_unit_test(folds_on_many_threads_have_the_same_bits),
        cmocka_unit_test(a_batch_of_all_rows_is_gradient_descent),
        cmocka_unit_test(weight_decay_pulls_weights_to_zero),
        cmocka_unit_test(early_stopping_restores_the_best_weights),
        cmocka_unit_test(a_long_curve_is_thinned),
        cmocka_unit_test(divergence_is_a_failure_with_its_epoch),
        cmocka_unit_test(a_cancelled_fold_leaves_at_once),
        cmocka_unit_test(every_batch_size_uses_every_row),
        cmocka_unit_test(balanced_weights_are_those_of_scikit_learn),
        cmocka_unit_test(balanced_classes_raise_balanced_accuracy),
    };

    return cmocka_run_group_tests_name("train", tests, NULL, NULL);
}
