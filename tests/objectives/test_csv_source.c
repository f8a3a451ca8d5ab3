/* CSV as people have it, and as it goes wrong (tests/data/odd). */
#include "objectives/data/dataset.h"
#include "tests/objectives/data_help.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct hone_dataset *read_file(const char *name) {
    char path[1024];

    (void)snprintf(path, sizeof(path), "%s/%s", HONE_TEST_DATA, name);
    return data_read(&(struct hone_data_config){.csv = path}, NULL, NULL);
}

/* What every good_* table of a, b, word, y is. */
static void check_common_table(const struct hone_dataset *data) {
    static const double x[4][5] = {
        {1, 2.5, 0, 0, 1}, {2, NAN, 1, 1, 0}, {3, 4.5, 0, 0, 1}, {4, 5.5, 0, NAN, NAN}};

    assert_int_equal(data->rows, 4);
    assert_int_equal(data->features, 5);
    for (size_t i = 0; i < 20; i++) {
        double expected = x[i / 5][i % 5];

        assert_true(isnan(expected) ? isnan(data->x[i]) : data->x[i] == expected);
    }
    assert_int_equal(data->feature[2].kind, HONE_FEATURE_INDICATOR);
    assert_int_equal(data->feature[3].kind, HONE_FEATURE_LEVEL);
    assert_string_equal(data->feature[3].name, "word");
    assert_string_equal(data->feature[3].level, "blue");
    assert_string_equal(data->feature[4].level, "red");
    assert_string_equal(data->target_name, "y");
    assert_int_equal(data->task, HONE_TASK_CLASSIFICATION);
    assert_int_equal(data->classes, 2);
    assert_int_equal(data->label[1], 1);
    assert_int_equal(data->columns_number, 2);
    assert_int_equal(data->columns_text, 1);
    assert_int_equal(data->cells_missing, 2);
}

static void same_table_in_every_dress(void **state) {
    static const char *const name[] = {"plain", "crlf", "old_mac", "bom", "no_last_newline",
        "blank_lines", "all_quoted", "spaces", "forms_of_numbers"};

    (void)state;
    for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
        char file[64];
        struct hone_dataset *data;

        (void)snprintf(file, sizeof(file), "odd/good_%s.csv", name[i]);
        data = read_file(file);
        check_common_table(data);
        hone_dataset_free(data);
    }
}

static void quoted_cells_keep_commas_quotes_and_newlines(void **state) {
    struct hone_dataset *data = read_file("odd/good_quotes.csv");

    (void)state;
    assert_int_equal(data->features, 5);
    assert_string_equal(data->feature[0].level, "5\" pipe");
    assert_string_equal(data->feature[1].level, "a, b");
    assert_string_equal(data->feature[2].level, "say \"hi\"");
    assert_string_equal(data->feature[3].level, "two\nlines");
    assert_string_equal(data->feature[4].name, "x, \"y\"");
    hone_dataset_free(data);
}

static void every_bad_file_has_its_sentence(void **state) {
    static const struct {
        const char *file;
        const char *words;
    } bad[] = {
        {"ragged_short", "ragged_short.csv:4: 3 cells where the header has 5"},
        {"ragged_long", "ragged_long.csv:5: 4 cells where the header has 3"},
        {"ragged_after_quoted_newlines", ".csv:5: 2 cells where the header has 3"},
        {"ragged_by_stray_quote", ".csv:3: 2 cells where the header has 3; is the quote"},
        {"double_name", ".csv:1: two columns are named 'a'"},
        {"empty_name", ".csv:1: column 1 has no name"},
        {"empty", "empty.csv: the file is empty; a header line"},
        {"only_blank_lines", ".csv: the file is empty"},
        {"header_only", ".csv: 0 rows of data; at least 2"},
        {"one_row", ".csv: 1 row of data; at least 2"},
        {"one_column", ".csv:1: no column is left to learn from"},
        {"semicolons", ".csv:1: no column is left to learn from; the cells seem"},
        {"missing_target", ".csv:3: column 'y' (the target) is missing here"},
        {"latin1", ".csv:2: byte 0xE9 is not UTF-8"},
        {"utf16", ".csv:1: byte 0xFF is not UTF-8"},
        {"overlong_utf8", ".csv:3: byte 0xC0 is not UTF-8"},
        {"surrogate_utf8", ".csv:3: byte 0xED is not UTF-8"},
        {"cut_utf8", ".csv:3: byte 0xE2 is not UTF-8"},
        {"nul", ".csv:3: a NUL byte"},
        {"open_quote", ".csv:3: the quote that begins here is not closed"},
        {"open_second_quote", ".csv:3: the quote that begins here is not closed"},
        {"all_missing", ".csv: column 'b' is missing in every row"},
        {"infinite", ".csv:3: column 'a': '-inf' is infinite"},
        {"overflow", ".csv:4: column 'a': '1e999' is infinite or too large"},
        {"stray_word", ".csv:14: column 'a': 'oops' is not a number, but 13"},
        {"stray_word_in_target", ".csv:32: column 'y': '1,5' is not a number, but 30"},
        {"identifier", ".csv:2: column 'id' is text ('u0' is not a number) with 40 different"},
        {"too_many_classes", ".csv:2: column 'y' is text"},
        {"one_class", ".csv: the target 'y' has the same value in every row"},
        {"constant_target", ".csv: the target 'y' has the same value in every row"},
        {"control_characters", ".csv:3: column 'a': '\\x1b[31mred' is not a number"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char path[1024];
        const char *instead;

        (void)snprintf(path, sizeof(path), "%s/odd/%s.csv", HONE_TEST_DATA, bad[i].file);
        instead = data_refused(&(struct hone_data_config){.csv = path}, NULL, NULL, bad[i].words);
        if (*instead != '\0') {
            fail_msg("%s: expected '%s', but %s", bad[i].file, bad[i].words, instead);
        }
    }
}

static void only_regular_files_are_read(void **state) {
    char folder[] = "/tmp/hone-test-XXXXXX";
    char fifo[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_string_equal(data_refused(&(struct hone_data_config){.csv = fifo}, NULL, NULL,
                            "fifo: not a regular file"), "");
    assert_string_equal(data_refused(&(struct hone_data_config){.csv = "/dev/zero"}, NULL, NULL,
                            "/dev/zero: not a regular file"), "");
    assert_string_equal(data_refused(&(struct hone_data_config){.csv = folder}, NULL, NULL,
                            "not a regular file"), "");
    assert_string_equal(data_refused(&(struct hone_data_config){.csv = "/nowhere/x.csv"}, NULL,
                            NULL, "/nowhere/x.csv: No such file"), "");
    (void)unlink(fifo);
    (void)rmdir(folder);
}

/* The numbers before the first word are levels as they were written, which
 * takes a second reading. */
static void column_that_turns_to_text_late_keeps_its_first_cells(void **state) {
    struct hone_dataset *data =
        data_read_csv("size,y\n01,0\n1.0,1\n?,0\n4+,0\n4+,1\n01,1\n4+,1\n1.0,0\n");

    (void)state;
    assert_int_equal(data->features, 3);
    assert_string_equal(data->feature[0].level, "01");
    assert_string_equal(data->feature[1].level, "1.0");
    assert_string_equal(data->feature[2].level, "4+");
    assert_true(data->x[0] == 1 && data->x[1] == 0 && isnan(data->x[6]));
    assert_int_equal(data->cells_missing, 1);
    hone_dataset_free(data);
}

/* Lines longer than a block, rows over several blocks, lines on their edges. */
static void rows_across_blocks_are_whole(void **state) {
    enum { ROWS = 60000 };
    size_t room = (size_t)ROWS * 16 + 16;
    char *text = malloc(room);
    size_t length;
    char *path;
    struct hone_dataset *data;

    (void)state;
    assert_non_null(text);
    length = (size_t)sprintf(text, "a,y\r\n");
    for (int i = 0; i < ROWS; i++) {
        length += (size_t)sprintf(text + length, "%d,%d\r\n", i, i % 3);
    }
    path = data_file(text, length);
    data = data_read(&(struct hone_data_config){.csv = path}, NULL, NULL);
    assert_int_equal(data->rows, ROWS);
    for (int i = 0; i < ROWS; i++) {
        assert_true(data->x[i] == i && data->label[i] == i % 3);
    }
    hone_dataset_free(data);
    data_drop(path);
    free(text);
}

static void header_of_many_columns_is_one_line(void **state) {
    enum { COLUMNS = 60000 }; /* longer than the first block */
    char *text = malloc((size_t)COLUMNS * 32);
    size_t length = 0;
    struct hone_dataset *data;

    (void)state;
    assert_non_null(text);
    for (int i = 0; i < COLUMNS; i++) {
        length += (size_t)sprintf(text + length, "%scol%d", i > 0 ? "," : "", i);
    }
    for (int row = 0; row < 2; row++) {
        length += (size_t)sprintf(text + length, "\n");
        for (int i = 0; i < COLUMNS; i++) {
            length += (size_t)sprintf(text + length, "%s%d", i > 0 ? "," : "", i + row);
        }
    }
    data = data_read_csv(text);
    assert_int_equal(data->features, COLUMNS - 1);
    assert_true(data->x[COLUMNS - 1 + 5] == 6);
    hone_dataset_free(data);
    free(text);
}

static void quote_that_swallows_the_file_is_found_early(void **state) {
    size_t length = (size_t)3 << 20;
    char *text = malloc(length + 1);
    static const char begin[] = "a,y\n1,0\n\"2,1\n";

    (void)state;
    assert_non_null(text);
    memset(text, 'x', length);
    for (size_t i = 100; i < length; i += 100) {
        text[i] = '\n';
    }
    memcpy(text, begin, sizeof(begin) - 1);
    text[length] = '\0';
    data_csv_refused(text, ":3: the quote that begins here is not closed");
    free(text);
}

static void numbers_have_the_bits_of_strtod(void **state) {
    static const char *const number[] = {"0.1", "123456789.123456", "999999999999999",
        "9007199254740993", "1e-310", "2.2250738585072014e-308", "3.141592653589793238462643",
        "0.000000000000001", "1e22", "123456789012345.6", "-0.3", "1e23"};
    char text[1024] = "a,y\n";

    (void)state;
    for (size_t i = 0; i < sizeof(number) / sizeof(number[0]); i++) {
        (void)sprintf(text + strlen(text), "%s,%zu\n", number[i], i % 2);
    }
    struct hone_dataset *data = data_read_csv(text);
    for (size_t i = 0; i < data->rows; i++) {
        assert_true(data->x[i] == strtod(number[i], NULL));
    }
    hone_dataset_free(data);
}

static void what_only_looks_like_a_number_is_text(void **state) {
    static const char *const word[] = {"0x10", "1_000", "12abc", "1e", ".", "+", "1 2", "--1",
        "1,5"};

    (void)state;
    for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
        char text[128];
        struct hone_dataset *data;

        (void)sprintf(text, "a,y\n\"%s\",0\n\"%s\",1\n7,0\n7,1\n", word[i], word[i]);
        data = data_read_csv(text);
        assert_int_equal(data->feature[0].kind, HONE_FEATURE_LEVEL);
        assert_int_equal(data->features, 2);
        hone_dataset_free(data);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_table_in_every_dress),
        cmocka_unit_test(quoted_cells_keep_commas_quotes_and_newlines),
        cmocka_unit_test(every_bad_file_has_its_sentence),
        cmocka_unit_test(only_regular_files_are_read),
        cmocka_unit_test(column_that_turns_to_text_late_keeps_its_first_cells),
        cmocka_unit_test(rows_across_blocks_are_whole),
        cmocka_unit_test(header_of_many_columns_is_one_line),
        cmocka_unit_test(quote_that_swallows_the_file_is_found_early),
        cmocka_unit_test(numbers_have_the_bits_of_strtod),
        cmocka_unit_test(what_only_looks_like_a_number_is_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
