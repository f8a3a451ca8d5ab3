#include "engine/cli/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void width_counts_columns_not_bytes(void **state) {
    static const struct {
        const char *text;
        size_t width;
    } cases[] = {{"", 0}, {"abc", 3}, {"\u00b1", 1}, {"\u6f22\u5b57", 4}, {"e\u0301", 1},
        {"\033[31mred\033[0m", 3}, {"\U0001F600", 2}, {"\u25cf\u25cb", 2}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(cli_width(cases[i].text, strlen(cases[i].text)), cases[i].width);
    }
}

static void what_does_not_fit_is_cut_between_characters(void **state) {
    static const struct {
        const char *text;
        size_t columns;
        const char *cut;
    } cases[] = {{"abcd", 4, "abcd"}, {"abcde", 4, "abc>"},
        {"\u6f22\u5b57\u6f22", 4, "\u6f22>"}, {"\033[31mabc\033[0m", 2, "\033[31ma\033[0m>"},
        {"abc", 1, ">"}, {"abc", 0, ""}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hone_buf buf = {0};

        cli_width_add_fitted(&buf, cases[i].text, strlen(cases[i].text), cases[i].columns, ">");
        assert_string_equal(hone_buf_text(&buf), cases[i].cut);
        hone_buf_finish(&buf);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(width_counts_columns_not_bytes),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
