/* Models that are saved and loaded: every bit comes back, and what is hostile is
 * refused (the rest of that in tests/cli/test_predict.sh). */
#include "objectives/crossval.h"
#include "objectives/model/model_file.h"
#include "objectives/objectives.h"
#include "tests/objectives/rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void fit(struct rig *rig, struct hone_predictor *predictor) {
    const struct hone_job job = {
        .seed = 1, .space = &rig->space, .cancel = &rig->cancel, .arena = &rig->scratch,
    };

    if (hone_crossval_fit(rig->objective, &job, predictor, &rig->err) != HONE_OK) {
        fail_msg("%s", rig->err.text);
    }
}

static void save(const struct hone_predictor *predictor, const char *path) {
    const struct hone_model_origin origin = {
        .study = "s", .parameters = "{}", .spec_hash = "", .data_hash = "", .metric = "m",
        .value = NAN, .sem = NAN, .test = NAN,
    };
    struct hone_buf text = {0};
    FILE *file = fopen(path, "w");

    hone_model_write(predictor, &origin, &text);
    assert_non_null(file);
    assert_int_equal(fwrite(text.text, 1, text.length, file), text.length);
    assert_int_equal(fclose(file), 0);
    hone_buf_finish(&text);
}

static struct hone_scores predict(const struct rig *rig, struct hone_predictor *predictor,
    const char *csv, struct hone_arena *arena, struct hone_dataset **data) {
    struct hone_scores scores = {0};
    struct hone_err err = {0};

    if (hone_dataset_read_like(&predictor->like, predictor->missing, rig->setup.folder, csv,
            true, data, &err) != HONE_OK ||
        hone_predictor_run(predictor, *data, arena, &scores, &err) != HONE_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(scores.finite_rows, scores.rows);
    return scores;
}

static void check_round_trip(const char *csv, const char *spec) {
    struct rig rig;
    struct hone_arena arena = {0};
    struct hone_predictor before = {0}, after = {0};
    struct hone_dataset *data[2] = {NULL};
    struct hone_scores a, b;
    char path[64];

    (void)snprintf(path, sizeof(path), "/tmp/hone-model-%d.json", (int)getpid());
    assert_int_equal(rig_open(&rig, &hone_objective_model, spec), HONE_OK);
    fit(&rig, &before);
    save(&before, path);
    if (hone_model_read(path, &after, &rig.err) != HONE_OK) {
        fail_msg("%s", rig.err.text);
    }
    (void)unlink(path);
    assert_int_equal(after.network.parameters, before.network.parameters);
    assert_memory_equal(after.network.parameter, before.network.parameter,
        before.network.parameters * sizeof(hone_real));
    a = predict(&rig, &before, csv, &arena, &data[0]);
    b = predict(&rig, &after, csv, &arena, &data[1]);
    assert_int_equal(a.rows, b.rows);
    assert_memory_equal(a.predicted, b.predicted, a.rows * sizeof(*a.predicted));
    assert_memory_equal(a.probability, b.probability,
        a.rows * a.classes * sizeof(*a.probability));
    assert_memory_equal(a.y_predicted, b.y_predicted, a.rows * sizeof(*a.y_predicted));
    hone_dataset_free(data[0]);
    hone_dataset_free(data[1]);
    hone_predictor_finish(&before);
    hone_predictor_finish(&after);
    hone_arena_finish(&arena);
    rig_finish(&rig);
}

static void a_saved_model_predicts_the_same_bits(void **state) {
    (void)state;
    check_round_trip("digits.csv", "{\"data\": {\"csv\": \"digits.csv\"}, \"objective\": "
        "{\"model\": \"mlp\", \"hidden\": [32, 16], \"epochs\": 3, \"dropout\": 0.2}}");
    check_round_trip("iris.csv", "{\"data\": {\"csv\": \"iris.csv\", \"missing\": [\"-\", -9]}, "
        "\"objective\": {\"model\": \"logistic\", \"epochs\": 5}}");
    check_round_trip("diabetes.csv", "{\"data\": {\"csv\": \"diabetes.csv\"}, \"objective\": "
        "{\"model\": \"mlp\", \"activation\": \"gelu\", \"epochs\": 3}}");
    check_round_trip("diabetes.csv", "{\"data\": {\"csv\": \"diabetes.csv\"}, \"objective\": "
        "{\"model\": \"linear\", \"epochs\": 3}}");
}

/* Training on all rows learns them at least as well as on four fifths. */
static void all_rows_are_learned(void **state) {
    struct rig rig;
    struct hone_arena arena = {0};
    struct hone_predictor predictor = {0};
    struct hone_dataset *data = NULL;
    struct hone_scores scores;

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model, "{\"data\": {\"csv\": \"wine.csv\"}, "
        "\"objective\": {\"model\": \"mlp\", \"epochs\": 40}}"), HONE_OK);
    assert_int_equal(hone_crossval_rows(rig.objective), 178);
    fit(&rig, &predictor);
    scores = predict(&rig, &predictor, "wine.csv", &arena, &data);
    assert_true(hone_metric_accuracy.value(&scores) > 0.98);
    hone_dataset_free(data);
    hone_predictor_finish(&predictor);
    hone_arena_finish(&arena);
    rig_finish(&rig);
}

static void fit_wine(const char *settings, struct rig *rig, struct hone_predictor *predictor) {
    char spec[256];

    (void)snprintf(spec, sizeof(spec), "{\"data\": {\"csv\": \"wine.csv\"}, \"objective\": "
        "{\"model\": \"mlp\", \"hidden\": [4], \"learning_rate\": 0.05, %s}}", settings);
    assert_int_equal(rig_open(rig, &hone_objective_model, spec), HONE_OK);
    fit(rig, predictor);
}

/* The weights are those of a training without early stopping that ends somewhere. */
static void early_stopping_only_chooses_the_epochs(void **state) {
    struct rig stopped_rig;
    struct hone_predictor stopped = {0};
    size_t same = 0;

    (void)state;
    fit_wine("\"epochs\": 60, \"early_stopping\": {\"fraction\": 0.5, \"patience\": 2}",
        &stopped_rig, &stopped);
    for (int epochs = 1; epochs < 60; epochs++) {
        struct rig rig;
        struct hone_predictor plain = {0};
        char settings[32];

        (void)snprintf(settings, sizeof(settings), "\"epochs\": %d", epochs);
        fit_wine(settings, &rig, &plain);
        same += memcmp(plain.network.parameter, stopped.network.parameter,
            plain.network.parameters * sizeof(hone_real)) == 0;
        hone_predictor_finish(&plain);
        rig_finish(&rig);
    }
    assert_int_equal(same, 1);
    hone_predictor_finish(&stopped);
    rig_finish(&stopped_rig);
}

static void a_model_that_diverges_is_an_error(void **state) {
    struct rig rig;
    struct hone_predictor predictor = {0};
    struct hone_job job = {.seed = 1};

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_model, "{\"data\": {\"csv\": "
        "\"diabetes.csv\"}, \"objective\": {\"model\": \"linear\", \"optimizer\": \"sgd\", "
        "\"learning_rate\": 1e6}}"), HONE_OK);
    job.space = &rig.space;
    job.cancel = &rig.cancel;
    assert_int_equal(hone_crossval_fit(rig.objective, &job, &predictor, &rig.err),
        HONE_E_NUMERIC);
    assert_non_null(strstr(rig.err.text, "diverged in epoch"));
    hone_predictor_finish(&predictor);
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_model_predicts_the_same_bits),
        cmocka_unit_test(all_rows_are_learned),
        cmocka_unit_test(early_stopping_only_chooses_the_epochs),
        cmocka_unit_test(a_model_that_diverges_is_an_error),
    };

    return cmocka_run_group_tests_name("model_file", tests, NULL, NULL);
}
