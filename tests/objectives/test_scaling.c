/* What a training part teaches, and that nothing else does. */
#include "objectives/data/fold.h"
#include "objectives/data/scaling.h"
#include "tests/objectives/data_help.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CHECK_NEAR(actual, expected, relative)                                                     \
    assert_true(fabs((actual) - (expected)) <= (relative) * fabs(expected))

static struct hone_scaling learn(const struct hone_dataset *data, const uint32_t *rows,
    size_t count) {
    struct hone_scaling scaling = {0};
    struct hone_err err;

    assert_int_equal(hone_scaling_learn(data, rows, count, true, &scaling, &err), HONE_OK);
    return scaling;
}

static const uint32_t first_rows[] = {0, 1, 2, 3, 4, 5, 6, 7};

static void numbers_are_filled_with_the_median_then_standardised(void **state) {
    const double x[] = {1, 10, NAN, 2, 100, 100};
    struct hone_dataset *data = data_fake(6, 1, x, NULL, 0, x);
    struct hone_scaling scaling = learn(data, first_rows, 4); /* 1 10 missing 2 */
    hone_real row[2];
    const uint32_t asked[] = {2, 1};

    (void)state;
    assert_true(scaling.fill[0] == 2.0);
    CHECK_NEAR(scaling.mean[0], 15.0 / 4, 1e-15);
    /* 1 10 2 2: squares 109, minus 4 (15/4)^2 */
    CHECK_NEAR(scaling.scale[0], 1 / sqrt((109 - 4 * 3.75 * 3.75) / 4), 1e-15);
    hone_gather(data, &scaling, asked, 2, row);
    CHECK_NEAR(row[0], (2 - 3.75) * scaling.scale[0], 1e-6); /* float or double */
    CHECK_NEAR(row[1], (10 - 3.75) * scaling.scale[0], 1e-6);
    hone_scaling_finish(&scaling);
    data_fake_free(data);
}

static void median_of_an_even_count_lies_between(void **state) {
    const double x[] = {4, 1, NAN, 2, 10};
    const double y[] = {1, 2, 3, 4, 5};
    struct hone_dataset *data = data_fake(5, 1, x, NULL, 0, y);
    struct hone_scaling scaling = learn(data, first_rows, 5);

    (void)state;
    assert_true(scaling.fill[0] == 3.0);
    CHECK_NEAR(scaling.y_mean, 3.0, 1e-15);
    CHECK_NEAR(scaling.y_sd, sqrt(2.0), 1e-15);
    hone_scaling_finish(&scaling);
    data_fake_free(data);
}

/* u and v are two text columns side by side: their levels must not be mixed. */
static void text_is_filled_with_the_mode_and_the_first_of_ties(void **state) {
    struct hone_dataset *data =
        data_read_csv("u,v,y\nb,q,1.5\na,q,2\nb,p,3\na,q,4\n?,?,5\nc,p,6\nc,p,7\nc,p,8\n");
    struct hone_scaling six = learn(data, first_rows, 6);
    struct hone_scaling all = learn(data, first_rows, 8);
    hone_real row[5];
    const uint32_t missing[] = {4};

    (void)state;
    assert_int_equal(data->features, 5); /* a b c p q */
    assert_true(six.fill[0] == 1 && six.fill[1] == 0 && six.fill[2] == 0); /* a and b: twice */
    assert_true(six.fill[3] == 0 && six.fill[4] == 1);
    assert_true(all.fill[0] == 0 && all.fill[1] == 0 && all.fill[2] == 1);
    assert_true(all.fill[3] == 1 && all.fill[4] == 0);
    hone_gather(data, &six, missing, 1, row);
    assert_true(row[0] > 0 && row[1] < 0 && row[4] > 0);
    CHECK_NEAR(six.mean[0], 3.0 / 6, 1e-15); /* the filled row counts */
    hone_scaling_finish(&six);
    hone_scaling_finish(&all);
    hone_dataset_free(data);
}

static void constant_and_almost_constant_columns_become_zero(void **state) {
    static const double base[] = {0, 7, 0.1, 1e15, 1e200, -1e-200};
    enum { ROWS = 8, FEATURES = 7 };
    double x[ROWS * FEATURES];
    double y[ROWS];
    struct hone_dataset *data;
    struct hone_scaling scaling;
    hone_real out[ROWS * FEATURES];

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        y[i] = 3;
        for (size_t j = 0; j < 6; j++) {
            x[i * FEATURES + j] = base[j];
        }
        /* Differs in the last bit alone. */
        x[i * FEATURES + 6] = i % 2 == 0 ? 1e6 : nextafter(1e6, 2e6);
    }
    data = data_fake(ROWS, FEATURES, x, NULL, 0, y);
    scaling = learn(data, first_rows, ROWS);
    hone_gather(data, &scaling, first_rows, ROWS, out);
    for (size_t j = 0; j < FEATURES; j++) {
        assert_true(scaling.scale[j] == 0.0);
    }
    for (size_t i = 0; i < ROWS * FEATURES; i++) {
        assert_true(out[i] == 0);
    }
    assert_true(scaling.y_sd == 1.0 && scaling.y_mean == 3.0);
    hone_scaling_finish(&scaling);
    data_fake_free(data);
}

/* Sums of squares of these leave the range of double, or all precision. */
static void columns_of_any_size_are_standardised(void **state) {
    static const double unit[] = {1e299, 1e160, 1, 1e-160, 1e-290};
    static const double offset[] = {0, 0, 1e9, 0, 0};
    enum { ROWS = 8, FEATURES = 5 };
    double x[ROWS * FEATURES];
    double y[ROWS] = {0, 1};
    struct hone_dataset *data;
    struct hone_scaling scaling;

    (void)state;
    for (size_t i = 0; i < ROWS * FEATURES; i++) {
        x[i] = offset[i % FEATURES] + unit[i % FEATURES] * (double)(i / FEATURES);
    }
    data = data_fake(ROWS, FEATURES, x, NULL, 0, y);
    scaling = learn(data, first_rows, ROWS);
    for (size_t j = 0; j < FEATURES; j++) {
        CHECK_NEAR(scaling.mean[j], offset[j] + 3.5 * unit[j], 1e-14);
        CHECK_NEAR(scaling.scale[j], 1 / (sqrt(63.0 / 12) * unit[j]), 1e-14); /* (n^2-1)/12 */
    }
    hone_scaling_finish(&scaling);
    data_fake_free(data);
}

static void column_that_is_missing_in_training_teaches_nothing(void **state) {
    const double x[] = {NAN, NAN, NAN, 5};
    struct hone_dataset *data = data_fake(4, 1, x, NULL, 0, x);
    struct hone_scaling scaling;
    hone_real row[1];
    const uint32_t last[] = {3};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        data->y[i] = (double)i;
    }
    scaling = learn(data, first_rows, 3);
    hone_gather(data, &scaling, last, 1, row);
    assert_true(row[0] == 0);
    hone_scaling_finish(&scaling);
    data_fake_free(data);
}

/* Sparse data is the same data: sd as of the dense column, but no centring. */
static void sparse_rows_are_divided_and_stay_sparse(void **state) {
    struct hone_dataset *data =
        data_read_svmlight("1 1:2 3:1\n2 2:5\n1 1:-4 3:1\n2 3:1\n1 1:100\n2 3:100 4:9\n");
    const double dense[] = {2, 0, -4, 0};
    struct hone_scaling scaling = learn(data, first_rows, 4);
    hone_real out[2 * 4];
    const uint32_t asked[] = {2, 5};
    double mean = 0, square = 0, sd;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        mean += dense[i] / 4;
        square += dense[i] * dense[i] / 4;
    }
    sd = sqrt(square - mean * mean);
    CHECK_NEAR(scaling.scale[0], 1 / sd, 1e-14);
    assert_true(scaling.mean[0] == 0);
    assert_true(scaling.scale[3] == 0); /* only in a row that is not trained on */
    hone_gather(data, &scaling, asked, 2, out);
    CHECK_NEAR(out[0], -4 / sd, 1e-6);
    assert_true(out[1] == 0 && out[4] == 0 && out[7] == 0);
    assert_true(out[6] > 0);
    hone_scaling_finish(&scaling);
    hone_dataset_free(data);
}

static bool same_scaling(const struct hone_scaling *a, const struct hone_scaling *b,
    size_t features) {
    return memcmp(a->fill, b->fill, features * sizeof(double)) == 0 &&
        memcmp(a->mean, b->mean, features * sizeof(double)) == 0 &&
        memcmp(a->scale, b->scale, features * sizeof(double)) == 0 && a->y_mean == b->y_mean &&
        a->y_sd == b->y_sd;
}

/* The leak test: every cell and target of the test part is replaced by nonsense,
 * and nothing that the fold has learned may notice; while each training row, in
 * turn, must be noticed. */
static void test_rows_teach_nothing_and_training_rows_do(void **state) {
    enum { ROWS = 30, FEATURES = 9 };
    const struct hone_cv_config config = {.folds = 5, .repeats = 2, .shuffle = true};
    double x[ROWS * FEATURES];
    double y[ROWS];
    struct hone_dataset *data;
    struct hone_folds *folds = NULL;
    struct hone_err err;

    (void)state;
    for (size_t i = 0; i < ROWS * FEATURES; i++) {
        x[i] = i % 7 == 3 ? NAN : sin((double)(i * i));
    }
    for (size_t i = 0; i < ROWS; i++) {
        y[i] = cos((double)i);
    }
    data = data_fake(ROWS, FEATURES, x, NULL, 0, y);
    assert_int_equal(hone_folds_make(&config, data, 5, &folds, &err), HONE_OK);
    for (size_t i = 0; i < folds->count; i++) {
        const struct hone_split *split = &folds->split[i];
        struct hone_scaling again;

        for (size_t j = 0; j < split->test_count * FEATURES; j++) {
            data->x[split->test[j / FEATURES] * FEATURES + j % FEATURES] = j % 2 ? 1e12 : NAN;
            data->y[split->test[j / FEATURES]] = -1e12;
        }
        again = learn(data, split->train, split->train_count);
        assert_true(same_scaling(&again, &split->scaling, FEATURES));
        hone_scaling_finish(&again);
        memcpy(data->x, x, sizeof(x));
        memcpy(data->y, y, sizeof(y));
        for (size_t j = 0; j < split->train_count; j++) {
            double *cell = &data->x[split->train[j] * FEATURES + 2];
            double was = *cell;

            *cell = 1e3;
            again = learn(data, split->train, split->train_count);
            assert_false(same_scaling(&again, &split->scaling, FEATURES));
            hone_scaling_finish(&again);
            *cell = was;
        }
    }
    hone_folds_free(folds);
    data_fake_free(data);
}

static void training_part_has_mean_0_and_sd_1(void **state) {
    const struct hone_cv_config config = {.folds = 5, .repeats = 1, .shuffle = true};
    struct hone_data_config source = {.csv = HONE_TEST_DATA "/wine.csv"};
    struct hone_dataset *data = data_read(&source, NULL, NULL);
    struct hone_folds *folds = NULL;
    struct hone_err err;
    hone_real *x = calloc(data->rows * data->features, sizeof(*x));

    (void)state;
    assert_non_null(x);
    assert_int_equal(hone_folds_make(&config, data, 5, &folds, &err), HONE_OK);
    for (size_t i = 0; i < folds->count; i++) {
        const struct hone_split *split = &folds->split[i];

        hone_gather(data, &split->scaling, split->train, split->train_count, x);
        for (size_t j = 0; j < data->features; j++) {
            double sum = 0, squares = 0;

            for (size_t r = 0; r < split->train_count; r++) {
                sum += x[r * data->features + j];
                squares += (double)x[r * data->features + j] * x[r * data->features + j];
            }
            assert_true(fabs(sum) < 1e-4); /* in single precision */
            CHECK_NEAR(squares / (double)split->train_count, 1.0, 1e-5);
        }
    }
    free(x);
    hone_folds_free(folds);
    hone_dataset_free(data);
}

/* Rows in any order, far apart or not, longer than is fetched ahead or not. */
static void gathered_rows_are_the_standardised_rows(void **state) {
    static const size_t shape[][2] = {{300, 3}, {40, 1000}, {300, 50}, {1, 7}};

    (void)state;
    for (size_t s = 0; s < sizeof(shape) / sizeof(shape[0]); s++) {
        const size_t rows = shape[s][0], features = shape[s][1];
        double *x = calloc(rows * features, sizeof(*x));
        uint32_t *asked = calloc(rows, sizeof(*asked));
        hone_real *out = calloc(rows * features, sizeof(*out));
        struct hone_dataset *data;
        struct hone_scaling scaling;

        for (size_t i = 0; i < rows * features; i++) {
            x[i] = i % 17 == 5 ? NAN : sin((double)i) * (double)(i % features + 1);
        }
        for (size_t i = 0; i < rows; i++) {
            asked[i] = (uint32_t)((i * 7 + 3) % rows);
        }
        data = data_fake(rows, features, x, NULL, 0, x);
        scaling = learn(data, asked, rows);
        hone_gather(data, &scaling, asked, rows, out);
        for (size_t i = 0; i < rows * features; i++) {
            const size_t j = i % features;
            const double cell = x[asked[i / features] * features + j];
            const double filled = isnan(cell) ? scaling.fill[j] : cell;

            assert_true(out[i] == (hone_real)((filled - scaling.mean[j]) * scaling.scale[j]));
        }
        hone_scaling_finish(&scaling);
        data_fake_free(data);
        free(x);
        free(asked);
        free(out);
    }
}

/* Medians are for missing cells; the rest does not depend on them. */
static void without_missing_cells_no_median_is_needed(void **state) {
    const double x[] = {4, 1, 7, 2, 10, 3};
    struct hone_dataset *data = data_fake(3, 2, x, NULL, 0, x);
    struct hone_scaling with = learn(data, first_rows, 3);
    struct hone_scaling without = {0};
    struct hone_err err;

    (void)state;
    assert_int_equal(hone_scaling_learn(data, first_rows, 3, false, &without, &err), HONE_OK);
    assert_memory_equal(with.mean, without.mean, 2 * sizeof(double));
    assert_memory_equal(with.scale, without.scale, 2 * sizeof(double));
    assert_true(with.fill[0] == 7 && without.fill[0] == 0);
    hone_scaling_finish(&with);
    hone_scaling_finish(&without);
    data_fake_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_filled_with_the_median_then_standardised),
        cmocka_unit_test(median_of_an_even_count_lies_between),
        cmocka_unit_test(text_is_filled_with_the_mode_and_the_first_of_ties),
        cmocka_unit_test(constant_and_almost_constant_columns_become_zero),
        cmocka_unit_test(columns_of_any_size_are_standardised),
        cmocka_unit_test(column_that_is_missing_in_training_teaches_nothing),
        cmocka_unit_test(sparse_rows_are_divided_and_stay_sparse),
        cmocka_unit_test(test_rows_teach_nothing_and_training_rows_do),
        cmocka_unit_test(training_part_has_mean_0_and_sd_1),
        cmocka_unit_test(gathered_rows_are_the_standardised_rows),
        cmocka_unit_test(without_missing_cells_no_median_is_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
