/* From named columns to features, target, group and time. */
#include "objectives/data/dataset.h"
#include "tests/objectives/data_help.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char table[] = "id,when,who,a,b,y\n"
                            "u1,2024-03-01,ann,1,x,0.5\n"
                            "u2,2024-01-15,bob,2,y,1.5\n"
                            "u3,2024-01-15T08:00,ann,-1,x,2.5\n"
                            "u4,2023-12-31,cat,4,y,3.5\n";

struct text_list {
    struct hone_value list, item[8];
    const struct hone_value *at[8];
};

static const struct hone_value *make_list(struct text_list *list, size_t count,
    const char *const *text) {
    for (size_t i = 0; i < count; i++) {
        list->item[i] = (struct hone_value){.type = HONE_TEXT, .text = text[i]};
        list->at[i] = &list->item[i];
    }
    list->list = (struct hone_value){.type = HONE_LIST, .count = count, .item = list->at};
    return &list->list;
}

static void columns_go_where_the_spec_says(void **state) {
    char *path = data_file(table, strlen(table));
    struct text_list ignore;
    struct hone_data_config config = {.csv = path, .target = "a",
        .ignore = make_list(&ignore, 2, (const char *[]){"id", "b"})};
    struct hone_dataset *data = data_read(&config, "who", "when");

    (void)state;
    assert_int_equal(data->features, 1);
    assert_string_equal(data->feature[0].name, "y");
    assert_int_equal(data->feature[0].column, 5);
    assert_string_equal(data->target_name, "a");
    assert_int_equal(data->task, HONE_TASK_REGRESSION); /* 4 different in 4 rows */
    assert_true(data->y[2] == -1);
    assert_int_equal(data->groups, 3);
    assert_true(data->group[0] == data->group[2] && data->group[0] != data->group[1]);
    assert_true(data->time[3] < data->time[1] && data->time[1] < data->time[2] &&
        data->time[2] < data->time[0]);
    hone_dataset_free(data);
    data_drop(path);
}

static void unknown_and_clashing_columns_are_refused(void **state) {
    char *path = data_file(table, strlen(table));
    struct text_list list;
    struct hone_data_config config = {.csv = path, .target = "whn"};

    (void)state;
    assert_string_equal(data_refused(&config, NULL, NULL,
        ":1: no column 'whn' in the header; did you mean 'when'?"), "");
    config.target = "temperature";
    assert_string_equal(data_refused(&config, NULL, NULL,
        "'temperature' in the header; it has id, when, who, a, b, y"), "");
    config.target = NULL;
    config.ignore = make_list(&list, 1, (const char *[]){"ids"});
    assert_string_equal(data_refused(&config, NULL, NULL,
        "no column 'ids' in the header; did you mean 'id'?"), "");
    config.ignore = make_list(&list, 1, (const char *[]){"y"});
    assert_string_equal(data_refused(&config, NULL, NULL,
        "column 'y' is the target and cannot be ignored"), "");
    config.ignore = NULL;
    assert_string_equal(data_refused(&config, "y", NULL,
        "column 'y' is the target; another is needed here"), "");
    assert_string_equal(data_refused(&config, NULL, "tim", "no column 'tim' in"), "");
    assert_string_equal(data_refused(&config, NULL, "who",
        "column 'who' has 'ann'; numbers or dates"), "");
    data_drop(path);
}

/* When the times of a column are not refused, the rows are told apart in this order. */
static void times_are_refused_where_bytes_do_not_tell_which_was_first(void **state) {
    static const struct { const char *early, *late, *refused; } cases[] = {
        {"2024-01-31", "2024-02-01", NULL},
        {"2024-01-31", "2024-01-31T00:00", NULL},
        {"2024-01-31T12:30", "2024-01-31T12:30:01", NULL},
        {"2024-01-31 12:30:59", "2024-01-31 12:30:59.5", NULL},
        {"2024-01-31T12:30:00.25", "2024-01-31T12:30:00.5", NULL},
        {"2024-01-31T12:30:00.250Z", "2024-01-31T12:30:00.500Z", NULL},
        {"2024-01-30", "2024-01-31T12:30Z", NULL},
        {"2024-01-31T9:30", "2024-01-31T10:30", "has '2024-01-31T9:30'; numbers or dates"},
        {"2024-12-31", "2024-99-99", "has '2024-99-99'; numbers or dates"},
        {"2024-12-31", "2024-12-32", "has '2024-12-32'; numbers or dates"},
        {"2024-12-31T12:00", "2024-12-31T24:00", "has '2024-12-31T24:00'; numbers or dates"},
        {"2024-01-31T12:30:00", "2024-01-31T12:30:00.", "has '2024-01-31T12:30:00.'; numbers"},
        {"2024-01-31", "2024-01-31T", "has '2024-01-31T'; numbers or dates"},
        {"2024-01-31Z", "2024-02-01Z", "has '2024-01-31Z'; numbers or dates"},
        {"2024-01-31T12:30+01:00", "2024-01-31T12:30", "has '2024-01-31T12:30+01:00'; numbers"},
        {"2024-01-31T10:00", "2024-01-31 11:00",
            "has '2024-01-31T10:00' and '2024-01-31 11:00'; times need the same"},
        {"2024-01-31T12:30:00Z", "2024-01-31T12:30:00.5Z",
            "has '2024-01-31T12:30:00Z' and '2024-01-31T12:30:00.5Z'; times need"},
        {"2024-01-31T12:30:00", "2024-01-31T12:30:01Z",
            "has '2024-01-31T12:30:00' and '2024-01-31T12:30:01Z'; times need"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[200];
        const int length = snprintf(text, sizeof(text), "t,a,y\n2023-01-01,1,p\n%s,2,q\n%s,3,p\n",
            cases[i].early, cases[i].late);
        char *path = data_file(text, (size_t)length);
        const struct hone_data_config config = {.csv = path};

        if (cases[i].refused != NULL) {
            assert_string_equal(data_refused(&config, NULL, "t", cases[i].refused), "");
        } else {
            struct hone_dataset *data = data_read(&config, NULL, "t");

            assert_true(data->time[0] < data->time[1] && data->time[1] < data->time[2]);
            hone_dataset_free(data);
        }
        data_drop(path);
    }
}

static void group_and_time_may_not_be_missing(void **state) {
    static const char text[] = "g,t,a,y\n1,1,1,0\n,2,2,1\n3,,3,0\n";
    char *path = data_file(text, strlen(text));
    struct hone_data_config config = {.csv = path};

    (void)state;
    assert_string_equal(data_refused(&config, "g", NULL,
        ":3: column 'g' (cv.group) is missing here"), "");
    assert_string_equal(data_refused(&config, NULL, "t",
        ":4: column 't' (cv.time) is missing here"), "");
    data_drop(path);
}

static void missing_words_are_those_of_the_spec(void **state) {
    static const char text[] = "a,b,y\n-999.0,-,1\n2,NA,0\n3,q,1\n4,NA,0\n";
    char *path = data_file(text, strlen(text));
    struct text_list list;
    struct hone_data_config config = {.csv = path,
        .missing = make_list(&list, 2, (const char *[]){"-", "-999"})};
    struct hone_dataset *data = data_read(&config, NULL, NULL);

    (void)state;
    assert_int_equal(data->cells_missing, 2);
    assert_int_equal(data->features, 4);
    assert_true(isnan(data->x[0]) && data->x[1] == 1.0);
    assert_string_equal(data->feature[2].level, "NA"); /* no longer a missing word */
    hone_dataset_free(data);
    data_drop(path);
}

static void task_follows_the_target(void **state) {
    static const struct {
        const char *target;
        enum hone_task asked, task;
        size_t classes;
    } cases[] = {
        {"1 2 1 2", HONE_TASK_AUTO, HONE_TASK_CLASSIFICATION, 2},
        {"1 2 3 1", HONE_TASK_AUTO, HONE_TASK_REGRESSION, 0},
        {"1.5 2 1.5 2", HONE_TASK_AUTO, HONE_TASK_REGRESSION, 0},
        {"a b a c", HONE_TASK_AUTO, HONE_TASK_CLASSIFICATION, 3},
        {"1 2 1 2", HONE_TASK_REGRESSION, HONE_TASK_REGRESSION, 0},
        {"1 2 3 1", HONE_TASK_CLASSIFICATION, HONE_TASK_CLASSIFICATION, 3},
        {"1.5 2 1.5 2", HONE_TASK_CLASSIFICATION, HONE_TASK_CLASSIFICATION, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[128] = "x,y\n";
        char target[64];
        char *path;
        struct hone_dataset *data;

        (void)strcpy(target, cases[i].target);
        for (char *word = strtok(target, " "); word != NULL; word = strtok(NULL, " ")) {
            (void)sprintf(text + strlen(text), "%zu,%s\n", strlen(text), word);
        }
        path = data_file(text, strlen(text));
        data = data_read(&(struct hone_data_config){.csv = path, .task = (int)cases[i].asked},
            NULL, NULL);
        assert_int_equal(data->task, cases[i].task);
        assert_int_equal(data->classes, cases[i].classes);
        assert_true((data->y != NULL) == (cases[i].classes == 0));
        assert_true((data->label != NULL) == (cases[i].classes > 0));
        hone_dataset_free(data);
        data_drop(path);
    }
}

static void text_target_cannot_be_regressed(void **state) {
    static const char text[] = "a,y\n1,2\n2,low\n3,high\n4,low\n";
    char *path = data_file(text, strlen(text));
    struct hone_data_config config = {.csv = path, .task = HONE_TASK_REGRESSION};

    (void)state;
    assert_string_equal(data_refused(&config, NULL, NULL,
        ":3: the target 'y' has 'low' here; data.task: regression needs numbers"), "");
    data_drop(path);
}

static void classes_are_sorted_numbers_by_value_else_by_bytes(void **state) {
    struct hone_dataset *number = data_read_csv("a,y\n1,10\n2,9\n3,-1\n4,10\n5,9\n6,-1\n");
    struct hone_dataset *text = data_read_csv("a,y\n1,b\n2,B\n3,\xC3\xA4\n4,10\n5,b\n");

    (void)state;
    assert_string_equal(number->class_name[0], "-1");
    assert_string_equal(number->class_name[1], "9");
    assert_string_equal(number->class_name[2], "10");
    assert_int_equal(number->label[0], 2);
    assert_string_equal(text->class_name[0], "10");
    assert_string_equal(text->class_name[1], "B");
    assert_string_equal(text->class_name[2], "b");
    assert_string_equal(text->class_name[3], "\xC3\xA4");
    assert_int_equal(text->label[3], 0);
    hone_dataset_free(number);
    hone_dataset_free(text);
}

static void hash_is_sha256_of_the_bytes(void **state) {
    struct hone_dataset *data = data_read_csv("a,y\n1,0\n2,1\n");
    struct hone_dataset *other = data_read_csv("a,y\n1,0\n2,1\n\n");

    (void)state;
    /* printf 'a,y\n1,0\n2,1\n' | sha256sum */
    assert_string_equal(data->hash, "2e3781e3c32f67fc45f7b528a7c0d9a9"
                                    "95a0f1956970d89c473fd199e7ce85f1");
    assert_string_not_equal(data->hash, other->hash);
    hone_dataset_free(data);
    hone_dataset_free(other);
}

static void real_sets_have_their_documented_shape(void **state) {
    static const struct {
        const char *file;
        size_t rows, features, classes;
    } sets[] = {{"digits", 1797, 64, 10}, {"breast_cancer", 569, 30, 2}, {"iris", 150, 4, 3},
        {"wine", 178, 13, 3}, {"diabetes", 442, 10, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        char path[64];
        struct hone_dataset *data = NULL;
        struct hone_err err;

        (void)sprintf(path, "%s.csv", sets[i].file);
        assert_int_equal(hone_dataset_read(&(struct hone_data_config){.csv = path},
            HONE_TEST_DATA, NULL, NULL, &data, &err), HONE_OK);
        assert_int_equal(data->rows, sets[i].rows);
        assert_int_equal(data->features, sets[i].features);
        assert_int_equal(data->classes, sets[i].classes);
        assert_int_equal(data->cells_missing, 0);
        hone_dataset_free(data);
    }
}

static void exactly_one_source_is_needed(void **state) {
    struct hone_data_config config = {0};

    (void)state;
    assert_string_equal(data_refused(&config, NULL, NULL, "none of csv, svmlight and sqlite"), "");
    config = (struct hone_data_config){.csv = "a", .sqlite = "b"};
    assert_string_equal(data_refused(&config, NULL, NULL, "more than one of csv"), "");
    config = (struct hone_data_config){.csv = "a", .query = "SELECT 1"};
    assert_string_equal(data_refused(&config, NULL, NULL, "data.query: it has a meaning"), "");
}

static void failing_memory_is_an_error_and_leaks_nothing(void **state) {
    static const char text[] = "g,t,a,w,late,y\n1,2024-01-01,,x,1,p\n2,2024-01-02,2,y,1,q\n"
                               "1,2024-01-03,3,x,b,p\n2,2024-01-04,4,,b,q\n";
    char *path = data_file(text, strlen(text));
    struct text_list list;
    struct hone_data_config config = {.csv = path,
        .missing = make_list(&list, 2, (const char *[]){"", "?"})};

    (void)state;
    data_survives_failing_memory(&config, "g", "t");
    data_drop(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_go_where_the_spec_says),
        cmocka_unit_test(unknown_and_clashing_columns_are_refused),
        cmocka_unit_test(times_are_refused_where_bytes_do_not_tell_which_was_first),
        cmocka_unit_test(group_and_time_may_not_be_missing),
        cmocka_unit_test(missing_words_are_those_of_the_spec),
        cmocka_unit_test(task_follows_the_target),
        cmocka_unit_test(text_target_cannot_be_regressed),
        cmocka_unit_test(classes_are_sorted_numbers_by_value_else_by_bytes),
        cmocka_unit_test(hash_is_sha256_of_the_bytes),
        cmocka_unit_test(real_sets_have_their_documented_shape),
        cmocka_unit_test(exactly_one_source_is_needed),
        cmocka_unit_test(failing_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
