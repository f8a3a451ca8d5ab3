/* Data that is read into the features of other data. */
#include "engine/alloc.h"
#include "objectives/data/dataset.h"
#include "tests/objectives/data_help.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Features: a, whether a is missing, color=blue, color=red, b. */
static const char learned[] = "a,color,b,y\n1,red,5,no\n,blue,6,yes\n3,red,7,no\n4,blue,8,yes\n";

static enum hone_code read_like(const struct hone_dataset *like, const char *text,
    bool with_target, struct hone_dataset **ret, struct hone_err *err) {
    char *path = data_file(text, strlen(text));
    enum hone_code code = hone_dataset_read_like(like, NULL, NULL, path, with_target, ret, err);

    data_drop(path);
    return code;
}

static void check_row(const struct hone_dataset *data, size_t row, const double *expected) {
    for (size_t j = 0; j < data->features; j++) {
        const double x = data->x[row * data->features + j];

        if (!(isnan(expected[j]) ? isnan(x) : x == expected[j])) {
            fail_msg("row %zu, feature %zu: %g, expected %g", row, j, x, expected[j]);
        }
    }
}

static void columns_are_found_by_name_and_encoded_as_learned(void **state) {
    struct hone_dataset *like = data_read_csv(learned);
    struct hone_dataset *data = NULL;
    struct hone_err err;

    (void)state;
    assert_int_equal(like->features, 5);
    assert_int_equal(read_like(like,
        "b,id,y,color,a\n9,u1,yes,blue,2\n10,u2,no,green,\n,u3,no,,7\n", true, &data, &err),
        HONE_OK);
    assert_int_equal(data->rows, 3);
    check_row(data, 0, (const double[]){2, 0, 1, 0, 9});
    check_row(data, 1, (const double[]){NAN, 1, 0, 0, 10}); /* green was never seen */
    check_row(data, 2, (const double[]){7, 0, NAN, NAN, NAN});
    assert_int_equal(data->cells_unknown, 1);
    assert_int_equal(data->cells_missing, 3);
    assert_int_equal(data->label[0], 1);
    assert_int_equal(data->label[1], 0);
    hone_dataset_free(data);
    hone_dataset_free(like);
}

static void without_the_target_its_column_is_not_needed(void **state) {
    struct hone_dataset *like = data_read_csv(learned);
    struct hone_dataset *data = NULL;
    struct hone_err err;

    (void)state;
    assert_int_equal(read_like(like, "a,color,b\n1,red,2\n", false, &data, &err), HONE_OK);
    assert_int_equal(data->rows, 1);
    assert_null(data->label);
    hone_dataset_free(data);
    hone_dataset_free(like);
}

static void classes_that_are_numbers_are_compared_as_numbers(void **state) {
    struct hone_dataset *like = data_read_csv("x,y\n1,0\n2,1\n3,0\n4,1\n");
    struct hone_dataset *data = NULL;
    struct hone_err err;

    (void)state;
    assert_int_equal(read_like(like, "y,x\n1.0,5\n0e0,6\n", true, &data, &err), HONE_OK);
    assert_int_equal(data->label[0], 1);
    assert_int_equal(data->label[1], 0);
    hone_dataset_free(data);
    hone_dataset_free(like);
}

static void minus_zero_is_class_zero(void **state) {
    struct hone_dataset *like = data_read_csv("x,y\n1,-0\n2,1\n3,-0\n4,1\n");
    struct hone_dataset *data = NULL;
    struct hone_err err;

    (void)state;
    assert_string_equal(like->class_name[0], "0");
    assert_int_equal(read_like(like, "y,x\n1,5\n-0.0,6\n0,7\n", true, &data, &err), HONE_OK);
    assert_int_equal(data->label[1], 0);
    assert_int_equal(data->label[2], 0);
    hone_dataset_free(data);
    hone_dataset_free(like);
}

static void what_does_not_fit_is_refused_with_its_place(void **state) {
    static const char *const bad[][2] = {
        {"a,colour,b,y\n1,red,2,no\n", ":1: no column 'color' (a feature) in the header; did you"},
        {"a,color,b\n1,red,2\n", "no column 'y' (the target) in the header"},
        {"a,color,b,y\n1,red,2,no\n1,red,two,no\n", ":3: column 'b' has 'two' here; numbers were"},
        {"a,color,b,y\n1,red,1e999,no\n", ":2: column 'b': '1e999' is infinite"},
        {"a,color,b,y\n1,red,2,maybe\n", "row 1 is of class 'maybe'"},
        {"a,color,b,y\n1,red,2,\n", ":2: column 'y' (the target) is missing here"},
        {"a,color,b,y\n", "no rows of data"},
    };
    struct hone_dataset *like = data_read_csv(learned);

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hone_dataset *data = NULL;
        struct hone_err err;

        assert_int_equal(read_like(like, bad[i][0], true, &data, &err), HONE_E_INPUT);
        if (strstr(err.text, bad[i][1]) == NULL) {
            fail_msg("'%s' not in: %s", bad[i][1], err.text);
        }
    }
    hone_dataset_free(like);
}

static void memory_running_out_is_an_error(void **state) {
    static const char text[] = "b,y,color,a\n9,yes,blue,2\n10,no,green,\n";
    struct hone_dataset *like = data_read_csv(learned);
    struct hone_dataset *data = NULL;
    char *path = data_file(text, strlen(text));
    struct hone_err err;
    unsigned long n = 1;
    enum hone_code code;

    (void)state;
    for (;; n++) {
        hone_alloc_fail_at(n, 1);
        code = hone_dataset_read_like(like, NULL, NULL, path, true, &data, &err);
        hone_alloc_fail_at(0, 0);
        if (code == HONE_OK) {
            break;
        }
        if (code != HONE_E_NOMEM) {
            fail_msg("allocation %lu: %s", n, err.text);
        }
        assert_null(data);
    }
    assert_true(n > 10);
    hone_dataset_free(data);
    hone_dataset_free(like);
    data_drop(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_found_by_name_and_encoded_as_learned),
        cmocka_unit_test(without_the_target_its_column_is_not_needed),
        cmocka_unit_test(classes_that_are_numbers_are_compared_as_numbers),
        cmocka_unit_test(minus_zero_is_class_zero),
        cmocka_unit_test(what_does_not_fit_is_refused_with_its_place),
        cmocka_unit_test(memory_running_out_is_an_error),
    };

    return cmocka_run_group_tests_name("encode_like", tests, NULL, NULL);
}
