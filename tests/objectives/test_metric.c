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
    size_t order[ROWS], count[3 * CLASSES];
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
        .y_predicted = sample->y_predicted, .order = sample->order, .count = sample->count,
    };
    for (size_t r = 0; r < golden->rows; r++) {
        if (strcmp(golden_text(golden, r, "case"), name) == 0) {
            add_row(sample, golden, r);
        }
    }
}

/* hone's name for scikit-learn's; NULL when hone has no such metric. */
static const struct hone_metric_type *metric_of(const char *name) {
    static const char *const ours[][2] = {
        {"f1_macro", "f1"}, {"roc_auc", "auc"}, {"roc_auc_ovr_macro", "auc"},
    };

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (strcmp(name, ours[i][0]) == 0) {
            return hone_metric_find(ours[i][1]);
        }
    }
    return hone_metric_find(name);
}

static size_t check_all(const char *data_name, const char *expected_name,
    void (*add_row)(struct sample *, const struct golden *, size_t)) {
    struct golden data = golden_read(data_name);
    struct golden expected = golden_read(expected_name);
    size_t checked = 0;

    for (size_t r = 0; r < expected.rows; r++) {
        const char *metric_name = golden_text(&expected, r, "metric");
        const char *name = golden_text(&expected, r, "case");
        const struct hone_metric_type *metric = metric_of(metric_name);
        struct sample sample;
        char what[128];

        if (metric == NULL) {
            continue;
        }
        sample_read(&sample, &data, name, add_row);
        (void)snprintf(what, sizeof(what), "%s of %s", metric_name, name);
        check_near(metric->value(&sample.scores), golden_number(&expected, r, "value"), 1e-12,
            1e-15, what);
        checked++;
    }
    golden_finish(&data);
    golden_finish(&expected);
    return checked;
}

static void classification_metrics_match_the_reference(void **state) {
    (void)state;
    assert_int_equal(
        check_all("metrics_class_data.csv", "metrics_class_expected.csv", add_class_row), 65);
}

static void regression_metrics_match_the_reference(void **state) {
    (void)state;
    assert_int_equal(
        check_all("metrics_regr_data.csv", "metrics_regr_expected.csv", add_regression_row), 27);
}

/* A class without a row in the test part has no curve; the others are averaged. */
static void auc_averages_over_classes_that_occur(void **state) {
    const int32_t label[] = {0, 1, 0, 1};
    const double probability[] = {0.8, 0.1, 0.1, 0.3, 0.6, 0.1, 0.5, 0.4, 0.1, 0.6, 0.3, 0.1};
    size_t order[4], count[9];
    const struct hone_scores scores = {
        .rows = 4, .classes = 3, .label = label, .probability = probability, .order = order,
        .count = count,
    };

    (void)state;
    check_near(hone_metric_auc.value(&scores), 0.75, 1e-15, 0, "auc");
}

/* A metric that can be NaN says why; the others never are. */
static void only_auc_and_r2_can_be_undefined(void **state) {
    (void)state;
    for (size_t i = 0; hone_metrics[i] != NULL; i++) {
        const bool can_be =
            hone_metrics[i] == &hone_metric_auc || hone_metrics[i] == &hone_metric_r2;

        assert_true((hone_metrics[i]->undefined != NULL) == can_be);
        assert_ptr_equal(hone_metric_find(hone_metrics[i]->name), hone_metrics[i]);
    }
    assert_ptr_equal(hone_metric_default(HONE_TASK_REGRESSION), &hone_metric_rmse);
    assert_ptr_equal(hone_metric_default(HONE_TASK_CLASSIFICATION), &hone_metric_log_loss);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classification_metrics_match_the_reference),
        cmocka_unit_test(regression_metrics_match_the_reference),
        cmocka_unit_test(auc_averages_over_classes_that_occur),
        cmocka_unit_test(only_auc_and_r2_can_be_undefined),
    };

    return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
