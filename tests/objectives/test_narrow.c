/* The table in single precision gives the rows that the table itself gives. */
#include "engine/alloc.h"
#include "objectives/data/narrow.h"
#include "tests/objectives/data_help.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* More than 4 MiB of doubles. */
enum { ROWS = 90000, FEATURES = 6, FEW = 100 };

/* Columns of any mean and spread, a constant one, and one with missing cells. */
static double cell(size_t i, size_t j) {
    const double wave = sin((double)(i * 7919 % 100003) + (double)j);

    switch (j) {
    case 0: return wave;
    case 1: return 1e6 + wave;
    case 2: return 1e-9 * wave;
    case 3: return 3.5;
    case 4: return i % 11 == 4 ? NAN : 100 * wave;
    default: return i % 2 == 0;
    }
}

struct sample {
    struct hone_dataset *data;
    struct hone_folds *folds;
};

static const struct hone_cv_config plain = {
    .folds = 3, .repeats = 1, .stratify = HONE_STRATIFY_OFF,
};

static void sample_open(struct sample *sample, size_t rows, double last) {
    double *x = calloc(rows * FEATURES, sizeof(*x));
    struct hone_err err = {0};

    assert_non_null(x);
    for (size_t i = 0; i < rows * FEATURES; i++) {
        x[i] = cell(i / FEATURES, i % FEATURES);
    }
    x[(rows - 1) * FEATURES] += last;
    sample->data = data_fake(rows, FEATURES, x, NULL, 0, x);
    sample->folds = NULL;
    free(x);
    assert_int_equal(hone_folds_make(&plain, sample->data, 1, &sample->folds, &err), HONE_OK);
}

static void sample_close(struct sample *sample) {
    hone_folds_free(sample->folds);
    data_fake_free(sample->data);
}

/* The largest difference between what is gathered and the definition. */
static double largest_error(const struct sample *sample, const struct hone_split *split) {
    const struct hone_scaling *scaling = &split->scaling;
    uint32_t row[FEW];
    hone_real out[FEW * FEATURES];
    double largest = 0;

    for (size_t i = 0; i < FEW; i++) {
        row[i] = split->train[i * 523 % split->train_count];
    }
    hone_gather(sample->data, scaling, row, FEW, out);
    for (size_t i = 0; i < FEW * FEATURES; i++) {
        const size_t j = i % FEATURES;
        const double value = sample->data->x[row[i / FEATURES] * FEATURES + j];
        const double filled = isnan(value) ? scaling->fill[j] : value;

        largest = fmax(largest,
            fabs((double)out[i] - (filled - scaling->mean[j]) * scaling->scale[j]));
    }
    return largest;
}

/* Values of size 2 at most, so a float is off by 2^-24; three roundings. */
static void rows_are_those_of_the_table(void **state) {
    struct sample sample;
    struct hone_err err = {0};

    (void)state;
    sample_open(&sample, ROWS, 0);
    assert_int_equal(hone_folds_narrow(sample.folds, sample.data, &err), HONE_OK);
    assert_non_null(sample.folds->narrow);
    for (size_t fold = 0; fold < sample.folds->count; fold++) {
        assert_ptr_equal(sample.folds->split[fold].scaling.narrow.x, sample.folds->narrow);
        assert_true(largest_error(&sample, &sample.folds->split[fold]) < 1e-6);
    }
    sample_close(&sample);
}

/* A value far out in the last row makes the spread of all rows large. In the last
 * fold it is tested, and what is trained on varies little beside it. */
static void a_fold_of_little_spread_keeps_to_the_table(void **state) {
    struct sample sample;
    struct hone_err err = {0};

    (void)state;
    sample_open(&sample, ROWS, 1e7);
    assert_int_equal(hone_folds_narrow(sample.folds, sample.data, &err), HONE_OK);
    assert_non_null(sample.folds->split[0].scaling.narrow.x);
    assert_null(sample.folds->split[2].scaling.narrow.x);
    for (size_t fold = 0; fold < sample.folds->count; fold++) {
        assert_true(largest_error(&sample, &sample.folds->split[fold]) < 1e-6);
    }
    sample_close(&sample);
}

static void a_small_table_is_not_copied(void **state) {
    struct sample sample;
    struct hone_err err = {0};

    (void)state;
    sample_open(&sample, 3000, 0);
    assert_int_equal(hone_folds_narrow(sample.folds, sample.data, &err), HONE_OK);
    assert_null(sample.folds->narrow);
    assert_null(sample.folds->split[0].scaling.narrow.x);
    sample_close(&sample);
}

static void failing_memory_is_an_error_and_leaks_nothing(void **state) {
    enum hone_code code = HONE_E_NOMEM;
    unsigned long n = 0;

    (void)state;
    while (code != HONE_OK) {
        struct sample sample;
        struct hone_err err = {0};

        sample_open(&sample, ROWS, 0);
        hone_alloc_fail_at(++n, 0);
        code = hone_folds_narrow(sample.folds, sample.data, &err);
        hone_alloc_fail_at(0, 0);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
        sample_close(&sample);
    }
    assert_true(n > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_those_of_the_table),
        cmocka_unit_test(a_fold_of_little_spread_keeps_to_the_table),
        cmocka_unit_test(a_small_table_is_not_copied),
        cmocka_unit_test(failing_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests_name("narrow", tests, NULL, NULL);
}
