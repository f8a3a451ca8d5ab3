/* svmlight files: sparse rows, both ways of counting, located errors. */
#include "objectives/data/dataset.h"
#include "tests/objectives/data_help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void rows_stay_sparse_and_zeros_are_not_kept(void **state) {
    struct hone_dataset *data = data_read_svmlight(
        "# a comment\n+1 1:0.5 4:2 # another\n\n-1 2:0 3:1e-3\r\n-1\n1\t1:7");

    (void)state;
    assert_null(data->x);
    assert_int_equal(data->rows, 4);
    assert_int_equal(data->features, 4);
    assert_int_equal(data->row_start[1], 2);
    assert_int_equal(data->row_start[2], 3);
    assert_int_equal(data->row_start[3], 3);
    assert_int_equal(data->row_start[4], 4);
    assert_int_equal(data->at[1], 3);
    assert_true(data->entry[1] == 2.0 && data->entry[2] == 1e-3);
    assert_string_equal(data->feature[3].name, "4");
    assert_int_equal(data->task, HONE_TASK_CLASSIFICATION);
    assert_string_equal(data->class_name[0], "-1");
    assert_int_equal(data->label[0], 1);
    hone_dataset_free(data);
}

static void index_zero_makes_the_file_count_from_zero(void **state) {
    struct hone_dataset *data = data_read_svmlight("1.5 1:1 3:2\n2.5 0:4\n3.25 3:1\n");

    (void)state;
    assert_int_equal(data->features, 4);
    assert_int_equal(data->at[0], 1);
    assert_int_equal(data->at[2], 0);
    assert_string_equal(data->feature[0].name, "0");
    assert_int_equal(data->task, HONE_TASK_REGRESSION);
    assert_true(data->y[2] == 3.25);
    hone_dataset_free(data);
}

static void qid_is_a_group_when_asked_for_and_never_a_feature(void **state) {
    static const char text[] = "1 qid:7 1:1\n2 qid:7 1:2\n1 qid:3 1:3\n2 qid:3 2:1\n";
    char *path = data_file(text, strlen(text));
    struct hone_data_config config = {.svmlight = path};
    struct hone_dataset *data = data_read(&config, NULL, NULL);

    (void)state;
    assert_null(data->group);
    assert_int_equal(data->features, 2);
    hone_dataset_free(data);
    data = data_read(&config, "qid", NULL);
    assert_int_equal(data->groups, 2);
    assert_int_equal(data->group[1], 0);
    assert_int_equal(data->group[2], 1);
    hone_dataset_free(data);
    data_drop(path);
}

static void errors_name_line_and_column(void **state) {
    static const struct {
        const char *text;
        const char *words;
    } bad[] = {
        {"1 1:1\n2 2\n", ":2:3: '2' is not index:value"},
        {"1 1:1\n2  a:2\n", ":2:4: 'a:2' is not index:value"},
        {"1 1:1\n2 -1:2\n", ":2:3: '-1:2' is not index:value"},
        {"1 1:1\n2 99999999999:2\n", ":2:3: '99999999999:2' is not index:value"},
        {"1 1:1 2:\n2 1:2\n", ":1:7: '2:' has no finite number"},
        {"1 1:nan\n2 1:2\n", ":1:3: '1:nan' has no finite number"},
        {"1 1:1e999\n2 1:2\n", ":1:3: '1:1e999' has no finite number"},
        {"1 1:0x1\n2 1:2\n", ":1:3: '1:0x1' has no finite number"},
        {"1 3:1 2:1\n2 1:2\n", ":1:7: '2:1' does not ascend"},
        {"1 2:1 2:1\n2 1:2\n", ":1:7: '2:1' does not ascend"},
        {"x 1:1\n2 1:2\n", ":1:1: 'x' is not a label"},
        {"1,2 1:1\n2 1:2\n", ":1:1: '1,2' is not a label"},
        {"1:1\n2 1:2\n", ":1:1: '1:1' is not a label"},
        {"1 qid:x 1:1\n2 1:2\n", ":1:3: 'qid:x' is not qid:NUMBER"},
        {"1 1:1 qid:3\n2 1:2\n", ":1:7: 'qid:3' is not index:value"},
        {"", ": 0 rows of data"},
        {"1 1:1\n", ": 1 row of data"},
        {"1\n2\n", ": no feature that is not 0"},
        {"1 1:1\n1 1:2\n", ": the target 'label' has the same value in every row"},
        {"1 1:1\n\x01\n", ":2:1: '\\x01' is not a label"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        data_svmlight_refused(bad[i].text, bad[i].words);
    }
}

static void keys_about_columns_are_refused(void **state) {
    static const char text[] = "1 1:1\n2 1:2\n";
    char *path = data_file(text, strlen(text));
    struct hone_data_config config = {.svmlight = path, .target = "y"};

    (void)state;
    assert_string_equal(data_refused(&config, NULL, NULL, "data.target: it has no meaning"), "");
    config.target = NULL;
    assert_string_equal(data_refused(&config, NULL, "t", "cv.time: it has no meaning"), "");
    assert_string_equal(data_refused(&config, "g", NULL, "rows can be grouped by qid"), "");
    assert_string_equal(data_refused(&config, "qid", NULL, ":1: no qid; it needs one"), "");
    data_drop(path);
}

static void failing_memory_is_an_error_and_leaks_nothing(void **state) {
    static const char text[] = "1 qid:1 1:1\n2 qid:2 1:2\n";
    char *path = data_file(text, strlen(text));

    (void)state;
    data_survives_failing_memory(&(struct hone_data_config){.svmlight = path}, "qid", NULL);
    data_drop(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_stay_sparse_and_zeros_are_not_kept),
        cmocka_unit_test(index_zero_makes_the_file_count_from_zero),
        cmocka_unit_test(qid_is_a_group_when_asked_for_and_never_a_feature),
        cmocka_unit_test(errors_name_line_and_column),
        cmocka_unit_test(keys_about_columns_are_refused),
        cmocka_unit_test(failing_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
