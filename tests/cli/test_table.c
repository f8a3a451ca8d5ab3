#include "engine/cli/table.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {"name", "n", "x"};

/* Two rows with every kind of cell that a table has. */
static void write_rows(struct cli_out *out, enum cli_format format) {
    struct cli_table table;
    struct hone_err err;

    cli_table_start(&table, out, format, 3, names);
    cli_table_text(&table, "a,\"b\"");
    cli_table_count(&table, 7);
    cli_table_real(&table, 0.1);
    cli_table_text(&table, "\033[31mred");
    cli_table_int(&table, -12);
    cli_table_real(&table, NAN);
    cli_table_json(&table, "[64, 64]");
    cli_table_none(&table);
    cli_table_bool(&table, true);
    assert_int_equal(cli_table_finish(&table, &err), HONE_OK);
}

static void assert_written(enum cli_format format, const char *expected) {
    struct cli_out out = {0};

    write_rows(&out, format);
    assert_string_equal(hone_buf_text(&out.text), expected);
    hone_buf_finish(&out.text);
}

static void a_table_is_aligned_and_shows_control_characters(void **state) {
    (void)state;
    assert_written(CLI_TABLE, "name           n     x\n"
                              "a,\"b\"          7   0.1\n"
                              "\\x1b[31mred  -12\n"
                              "[64, 64]          true\n");
}

static void csv_is_quoted_where_it_must_be(void **state) {
    (void)state;
    assert_written(CLI_CSV, "name,n,x\n"
                            "\"a,\"\"b\"\"\",7,0.1\n"
                            "\033[31mred,-12,\n"
                            "\"[64, 64]\",,true\n");
}

static void json_is_typed(void **state) {
    (void)state;
    assert_written(CLI_JSON, "[\n"
                             "{\"name\":\"a,\\\"b\\\"\",\"n\":7,\"x\":0.1},\n"
                             "{\"name\":\"\\u001b[31mred\",\"n\":-12,\"x\":null},\n"
                             "{\"name\":[64, 64],\"n\":null,\"x\":true}\n"
                             "]\n");
}

static void no_rows_leave_a_header_or_an_empty_array(void **state) {
    static const struct {
        enum cli_format format;
        const char *expected;
    } table[] = {{CLI_TABLE, "name  n  x\n"}, {CLI_CSV, "name,n,x\n"}, {CLI_JSON, "[]\n"}};

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct cli_out out = {0};
        struct cli_table rows;
        struct hone_err err;

        cli_table_start(&rows, &out, table[i].format, 3, names);
        assert_int_equal(cli_table_finish(&rows, &err), HONE_OK);
        assert_string_equal(hone_buf_text(&out.text), table[i].expected);
        hone_buf_finish(&out.text);
    }
}

static void long_cells_are_cut_in_a_table_alone(void **state) {
    char text[201];
    struct hone_err err;

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[200] = '\0';
    for (int format = CLI_TABLE; format <= CLI_JSON; format++) {
        struct cli_out out = {0};
        struct cli_table table;

        cli_table_start(&table, &out, (enum cli_format)format, 1, names);
        cli_table_text(&table, text);
        assert_int_equal(cli_table_finish(&table, &err), HONE_OK);
        assert_int_equal(strstr(out.text.text, text) != NULL, format != CLI_TABLE);
        hone_buf_finish(&out.text);
    }
}

static void accents_take_one_column(void **state) {
    struct cli_out out = {0};
    struct cli_table table;
    struct hone_err err;

    (void)state;
    cli_table_start(&table, &out, CLI_TABLE, 2, names);
    cli_table_text(&table, "h\u00f6her");
    cli_table_text(&table, "b");
    assert_int_equal(cli_table_finish(&table, &err), HONE_OK);
    assert_string_equal(out.text.text, "name   n\nh\u00f6her  b\n");
    hone_buf_finish(&out.text);
}

/* Wide letters take two columns, marks that combine none; so do those of names. */
static void cells_are_as_wide_as_on_a_screen(void **state) {
    static const char *const wide_names[] = {"\u6f22\u5b57\u6f22", "n"};
    struct cli_out out = {0};
    struct cli_table table;
    struct hone_err err;

    (void)state;
    cli_table_start(&table, &out, CLI_TABLE, 2, wide_names);
    cli_table_text(&table, "\u6f22\u5b57");
    cli_table_text(&table, "b");
    cli_table_text(&table, "e\u0301");
    cli_table_text(&table, "d");
    assert_int_equal(cli_table_finish(&table, &err), HONE_OK);
    assert_string_equal(out.text.text, "\u6f22\u5b57\u6f22  n\n"
                                       "\u6f22\u5b57    b\n"
                                       "e\u0301       d\n");
    hone_buf_finish(&out.text);
}

/* A cell of that text and one behind it. */
static void assert_cut(const char *text, const char *expected) {
    struct cli_out out = {0};
    struct cli_table table;
    struct hone_err err;

    cli_table_start(&table, &out, CLI_TABLE, 2, names);
    cli_table_text(&table, text);
    cli_table_text(&table, "b");
    assert_int_equal(cli_table_finish(&table, &err), HONE_OK);
    assert_string_equal(strchr(out.text.text, '\n') + 1, expected);
    hone_buf_finish(&out.text);
}

static void cells_are_cut_between_characters(void **state) {
    char text[700] = "";
    char expected[700] = "";

    (void)state;
    for (int i = 0; i < 40; i++) { /* 80 columns: 29 and the mark are 59 */
        strcat(text, "\u6f22");
        strcat(expected, i < 29 ? "\u6f22" : "");
    }
    strcat(expected, "\u2026  b\n");
    assert_cut(text, expected);
    strcpy(text, "e");
    strcpy(expected, "e");
    for (int i = 0; i < 300; i++) { /* one column of 600 bytes: 1 + 2 * 118 and the mark are 240 */
        strcat(text, "\u0301");
        strcat(expected, i < 118 ? "\u0301" : "");
    }
    strcat(expected, "\u2026    b\n");
    assert_cut(text, expected);
}

/* The fast way agrees with printf, but for ties, which these numbers are not. */
static void short_reals_are_those_of_printf(void **state) {
    double number = 1.2345678e-13;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct hone_buf buf = {0};
        char expected[40];

        number *= i % 2 == 0 ? -1.0173 : 1.0211;
        (void)snprintf(expected, sizeof(expected), "%.6g", number);
        cli_add_short_real(&buf, number);
        assert_string_equal(hone_buf_text(&buf), expected);
        hone_buf_finish(&buf);
    }
}

static void short_reals_at_the_edges(void **state) {
    static const struct {
        double number;
        const char *text;
    } table[] = {
        {0, "0"}, {1, "1"}, {-1, "-1"}, {10, "10"}, {0.5, "0.5"}, {100000, "100000"},
        {999999, "999999"}, {1e6, "1e+06"}, {0.001, "0.001"}, {0.0001, "0.0001"},
        {1e-5, "1e-05"}, {9.9999996, "10"}, {99999.97, "100000"}, {0.00999999999, "0.01"},
        {123456.7, "123457"}, {3.5e-6, "3.5e-06"}, {1e-12, "1e-12"}, {9.9999996e-5, "0.0001"},
        {-2.5e-13, "-2.5e-13"}, {0.1 + 0.2, "0.3"}, {1e300, "1e+300"}, {INFINITY, "inf"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct hone_buf buf = {0};

        cli_add_short_real(&buf, table[i].number);
        assert_string_equal(hone_buf_text(&buf), table[i].text);
        hone_buf_finish(&buf);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_aligned_and_shows_control_characters),
        cmocka_unit_test(csv_is_quoted_where_it_must_be),
        cmocka_unit_test(json_is_typed),
        cmocka_unit_test(no_rows_leave_a_header_or_an_empty_array),
        cmocka_unit_test(long_cells_are_cut_in_a_table_alone),
        cmocka_unit_test(accents_take_one_column),
        cmocka_unit_test(cells_are_as_wide_as_on_a_screen),
        cmocka_unit_test(cells_are_cut_between_characters),
        cmocka_unit_test(short_reals_are_those_of_printf),
        cmocka_unit_test(short_reals_at_the_edges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
