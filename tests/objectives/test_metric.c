/* Every metric against scikit-learn's values (tests/golden/metrics_*.csv). */
#include "objectives/model/metric.h"
#include "tests/objectives/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 64, CLASSES = 4 };

struct sample {
    int32_t label[ROWS], predicted[ROWS];
    double probability[ROWS * CLASSES];
    double y[ROWS], y_predicted[ROWS];
    double room[ROWS];
    size_t count[3 * CLASSES];
    struct hone_scores scores;
};

static size_t count_classes(const struct golden *golden, size_t r) {
    static const char *const column[CLASSES] = {"p0", "p1", "p2", "p3"};
    size_t classes = 0;

    while (classes < CLASSES && *golden_text(golden, r, column[classes]) != '\0') {
        classes++;
    }
    return classes;
}

static void add_class_row(struct sample *sample, const struct golden *golden, size_t r) {
    static const char *const column[CLASSES] = {"p0", "p1", "p2", "p3"};
    struct hone_scores *s = &sample->scores;

    s->classes = count_classes(golden, r);
    sample->label[s->rows] = (int32_t)golden_number(golden, r, "y_true");
    sample->predicted[s->rows] = (int32_t)golden_number(golden, r, "y_pred");
    for (size_t k = 0; k < s->classes; k++) {
        sample->probability[s->rows * s->classes + k] = golden_number(golden, r, column[k]);
    }
    s->rows++;
}

static void add_regression_row(struct sample *sample, const struct golden *golden, size_t r) {
    sample->y[sample->scores.rows] = golden_number(golden, r, "y_true");
    sample->y_predicted[sample->scores.rows] = golden_number(golden, r, "y_pred");
    sample->scores.rows++;
}

static void sample_read(struct sample *sample, const struct golden *golden, const char *name,
    void (*add_row)(struct sample *, const struct golden *, size_t)) {
    sample->scores = (struct hone_scores){
        .label = sample->label, .predicted = sample->predicted,
        .probability = sample->probability, .y = sample->y,
        .y_predicted = sample->y_predicted, .room = sample->room, .count = sample->count,
    };
    for (size_t r = 0; r < golden->rows; r++) {
        if (strcmp(golden_text(golden, r, "case"), name) == 0) {
            add_row(sample, golden, r);
        }
    }
}

/* hone's metric for scikit-learn's name. */
static const struct hone_metric_type *metric_of(const char *name) {
    static const char *const ours[][2] = {
        {"f1_macro", "f1"}, {"roc_auc", "auc"}, {"roc_auc_ovr_macro", "auc"},
        {"roc_auc_ovo_macro", "auc_ovo"},
    };

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (strcmp(name, ours[i][0]) == 0) {
            return hone_metric_find(ours[i][1]);
        }
    }
    if (hone_metric_find(name) == NULL) {
        fail_msg("no metric '%s'", name);
    }
    return hone_metric_find(name);
}

static void check_all(const char *data_name, const char *expected_name,
    void (*add_row)(struct sample *, const struct golden *, size_t)) {
    struct golden data = golden_read(data_name);
    struct golden expected = golden_read(expected_name);

    assert_true(expected.rows > 0);
    for (size_t r = 0; r < expected.rows; r++) {
        const char *metric_name = golden_text(&expected, r, "metric");
        const char *name = golden_text(&expected, r, "case");
        const struct hone_metric_type *metric = metric_of(metric_name);
        struct sample sample;
        char what[128];

        sample_read(&sample, &data, name, add_row);
        (void)snprintf(what, sizeof(what), "%s of %s", metric_name, name);
        check_near(metric->value(&sample.scores), golden_number(&expected, r, "value"), 1e-12,
            1e-15, what);
    }
    golden_finish(&data);
    golden_finish(&expected);
}

static void classification_metrics_match_the_reference(void **state) {
    (void)state;
    check_all("metrics_class_data.csv", "metrics_class_expected.csv", add_class_row);
}

static void regression_metrics_match_the_reference(void **state) {
    (void)state;
    check_all("metrics_regr_data.csv", "metrics_regr_expected.csv", add_regression_row);
}

/* Four rows, three classes, none of the last in the truth: what the reference
 * lacks, worked out by hand. */
static void a_class_that_does_not_occur_is_left_out(void **state) {
    const int32_t label[] = {0, 1, 0, 1}, predicted[] = {0, 1, 2, 0};
    const double probability[] = {0.8, 0.1, 0.1, 0.3, 0.6, 0.1, 0.4, 0.1, 0.5, 0.6, 0.3, 0.1};
    double room[4];
    size_t count[9];
    const struct hone_scores scores = {
        .rows = 4, .classes = 3, .label = label, .predicted = predicted,
        .probability = probability, .room = room, .count = count,
    };
    static const struct {
        const struct hone_metric_type *metric;
        double value;
    } want[] = {
        /* Of class 0: 0.8, 0.4 against 0.3, 0.6. Of class 1: 0.6, 0.3 against 0.1, 0.1. */
        {&hone_metric_auc, (0.75 + 1) / 2},
        {&hone_metric_auc_ovo, (0.75 + 1) / 2},
        {&hone_metric_accuracy, 0.5},
        {&hone_metric_f1_micro, 0.5},
        {&hone_metric_balanced_accuracy, 0.5},
        /* F1 of class 0 is 2 / 4, of 1 is 2 / 3, of 2 is 0. */
        {&hone_metric_f1, (0.5 + 2.0 / 3 + 0) / 3},
        /* (2 * 4 - (2 * 2 + 2 * 1)) / sqrt((16 - 8) (16 - 6)) */
        {&hone_metric_mcc, 2 / 8.9442719099991588},
        /* (.04 + .01 + .01) + (.09 + .16 + .01) + (.36 + .01 + .25) + (.36 + .49 + .01) */
        {&hone_metric_brier, 1.80 / 4},
        {&hone_metric_log_loss, -(-0.22314355131420976 - 0.51082562376599072 -
            0.91629073187415511 - 1.2039728043259361) / 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        check_near(want[i].metric->value(&scores), want[i].value, 1e-14, 0, want[i].metric->name);
    }
}

/* Two classes of which the second neither occurs nor is predicted. */
static void f1_of_a_class_that_is_nowhere_is_zero(void **state) {
    const int32_t label[] = {0, 0, 0};
    size_t count[6];
    const struct hone_scores scores = {
        .rows = 3, .classes = 2, .label = label, .predicted = label, .count = count,
    };

    (void)state;
    assert_true(hone_metric_f1_binary.value(&scores) == 0);
    assert_true(hone_metric_f1.value(&scores) == 1);
    assert_true(hone_metric_mcc.value(&scores) == 0);
}

/* Errors -3, 0, 0, 0 (squares about their mean: 6.75) and a truth whose squares
 * about its mean sum to 5. */
static void errors_of_four_rows_by_hand(void **state) {
    const double y[] = {1, 2, 3, 4}, predicted[] = {-2, 2, 3, 4};
    double room[4];
    const struct hone_scores scores = {.rows = 4, .y = y, .y_predicted = predicted, .room = room};
    static const struct {
        const struct hone_metric_type *metric;
        double value;
    } want[] = {
        {&hone_metric_mse, 2.25}, {&hone_metric_rmse, 1.5}, {&hone_metric_mae, 0.75},
        {&hone_metric_medae, 0}, {&hone_metric_max_error, 3}, {&hone_metric_r2, 1 - 9.0 / 5},
        {&hone_metric_explained_variance, 1 - 6.75 / 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        check_near(want[i].metric->value(&scores), want[i].value, 1e-15, 0, want[i].metric->name);
    }
}

/* A metric that can be NaN says why; the others never are. */
static void only_areas_and_r2_can_be_undefined(void **state) {
    (void)state;
    for (size_t i = 0; hone_metrics[i] != NULL; i++) {
        const bool can_be = hone_metrics[i] == &hone_metric_auc ||
            hone_metrics[i] == &hone_metric_auc_ovo || hone_metrics[i] == &hone_metric_r2;

        assert_true((hone_metrics[i]->undefined != NULL) == can_be);
        assert_ptr_equal(hone_metric_find(hone_metrics[i]->name), hone_metrics[i]);
        assert_string_equal(hone_metric_names[i + 1], hone_metrics[i]->name);
    }
    assert_ptr_equal(hone_metric_default(HONE_TASK_REGRESSION), &hone_metric_rmse);
    assert_ptr_equal(hone_metric_default(HONE_TASK_CLASSIFICATION), &hone_metric_log_loss);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classification_metrics_match_the_reference),
        cmocka_unit_test(regression_metrics_match_the_reference),
        cmocka_unit_test(a_class_that_does_not_occur_is_left_out),
        cmocka_unit_test(f1_of_a_class_that_is_nowhere_is_zero),
        cmocka_unit_test(errors_of_four_rows_by_hand),
        cmocka_unit_test(only_areas_and_r2_can_be_undefined),
    };

    return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
