#include "engine/value.h"

#include "tests/engine/tree.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CASES(table) (sizeof(table) / sizeof((table)[0]))

static void plain_scalars_are_read_as_yaml_1_2_does(void **state) {
    static const struct {
        const char *text;
        enum hone_value_type type;
        int64_t integer;
        double real;
    } c[] = {
        {"", HONE_NULL, 0, 0}, {"~", HONE_NULL, 0, 0}, {"null", HONE_NULL, 0, 0},
        {"Null", HONE_NULL, 0, 0}, {"nUll", HONE_TEXT, 0, 0}, {"none", HONE_TEXT, 0, 0},
        {"true", HONE_BOOL, 0, 0}, {"FALSE", HONE_BOOL, 0, 0}, {"tRue", HONE_TEXT, 0, 0},
        {"yes", HONE_TEXT, 0, 0}, {"no", HONE_TEXT, 0, 0}, {"off", HONE_TEXT, 0, 0},
        {"y", HONE_TEXT, 0, 0},
        {"0", HONE_INT, 0, 0}, {"-0", HONE_INT, 0, 0}, {"+3", HONE_INT, 3, 3},
        {"-17", HONE_INT, -17, -17}, {"08", HONE_INT, 8, 8}, {"010", HONE_INT, 10, 10},
        {"0x1F", HONE_INT, 31, 31}, {"0xff", HONE_INT, 255, 255}, {"0o17", HONE_INT, 15, 15},
        {"0x", HONE_TEXT, 0, 0}, {"0xg", HONE_TEXT, 0, 0}, {"0x0x1F", HONE_TEXT, 0, 0},
        {"0x-1", HONE_TEXT, 0, 0}, {"0x 1", HONE_TEXT, 0, 0}, {"-0x1", HONE_TEXT, 0, 0},
        {"0X1F", HONE_TEXT, 0, 0}, {"0o8", HONE_TEXT, 0, 0}, {"0o", HONE_TEXT, 0, 0},
        {"0b101", HONE_TEXT, 0, 0}, {"0x1p3", HONE_TEXT, 0, 0},
        {"1_000", HONE_TEXT, 0, 0}, {"1,5", HONE_TEXT, 0, 0}, {"12abc", HONE_TEXT, 0, 0},
        {"1:30", HONE_TEXT, 0, 0}, {"1 000", HONE_TEXT, 0, 0}, {" 1", HONE_TEXT, 0, 0},
        {"--3", HONE_TEXT, 0, 0}, {"+-3", HONE_TEXT, 0, 0}, {"+", HONE_TEXT, 0, 0},
        {"-", HONE_TEXT, 0, 0},
        {"9223372036854775807", HONE_INT, INT64_MAX, 9223372036854775807.0},
        {"-9223372036854775808", HONE_INT, INT64_MIN, -9223372036854775808.0},
        {"9223372036854775808", HONE_REAL, 0, 9223372036854775808.0},
        {"0xFFFFFFFFFFFFFFFFFF", HONE_TEXT, 0, 0},
        {"1e-5", HONE_REAL, 0, 1e-5}, {"1E5", HONE_REAL, 0, 1e5}, {"1.e+2", HONE_REAL, 0, 100},
        {".5", HONE_REAL, 0, 0.5}, {"5.", HONE_REAL, 0, 5}, {"-.5e1", HONE_REAL, 0, -5},
        {"+0.1", HONE_REAL, 0, 0.1}, {"1e400", HONE_REAL, 0, INFINITY},
        {"5e-324", HONE_REAL, 0, 5e-324},
        {".", HONE_TEXT, 0, 0}, {"e5", HONE_TEXT, 0, 0}, {".e5", HONE_TEXT, 0, 0},
        {"1e", HONE_TEXT, 0, 0}, {"1e+", HONE_TEXT, 0, 0}, {"1.2.3", HONE_TEXT, 0, 0},
        {"1e5.0", HONE_TEXT, 0, 0}, {"0.1f", HONE_TEXT, 0, 0},
        {".inf", HONE_REAL, 0, INFINITY}, {"-.Inf", HONE_REAL, 0, -INFINITY},
        {"+.INF", HONE_REAL, 0, INFINITY}, {"inf", HONE_TEXT, 0, 0}, {"nan", HONE_TEXT, 0, 0},
        {"infinity", HONE_TEXT, 0, 0}, {"-.nan", HONE_TEXT, 0, 0}, {"2026-01-01", HONE_TEXT, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_value value = hone_value_from_plain(c[i].text);

        if (value.type != c[i].type) {
            fail_msg("'%s' is %s", c[i].text, hone_value_type_name(value.type));
        }
        assert_true(value.integer == c[i].integer);
        assert_true(value.real == c[i].real);
        assert_true(value.type != HONE_TEXT || strcmp(value.text, c[i].text) == 0);
    }
    assert_true(isnan(hone_value_from_plain(".NaN").real));
    assert_true(hone_value_from_plain("TRUE").boolean);
    assert_false(hone_value_from_plain("False").boolean);
}

/* Ascending; entries that belong together are equal. */
static const char *const ladder[][3] = {
    {"~", "null"}, {"false", "False"}, {"true"}, {"-9007199254740993"}, {"-1", "-1.0"},
    {"0", "-0.0", "0.0"}, {"0.1", "1e-1"}, {"1", "1.0", "0x1"}, {"9007199254740992"},
    {"9007199254740995"}, {".inf", "1e999"}, {"\"\""}, {"\"1\""}, {"A"}, {"a", "\"a\""},
    {"[]"}, {"[1]", "[1.0]"}, {"[a]"}, {"[[1]]"}, {"[1, 2]"}, {"[2, 1]"}, {"{}"},
    {"{a: 1}"}, {"{b: 0}"}, {"{a: 1, b: 2}", "{b: 2, a: 1}"}, {"{a: 2, b: 1}"},
};

static void values_have_one_order(void **state) {
    struct hone_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < CASES(ladder) * 3; i++) {
        for (size_t j = 0; j < CASES(ladder) * 3; j++) {
            const char *a = ladder[i / 3][i % 3];
            const char *b = ladder[j / 3][j % 3];
            int order;

            if (a == NULL || b == NULL) {
                continue;
            }
            order = hone_value_compare(tree_read(&arena, a), tree_read(&arena, b));
            if ((order > 0) != (i / 3 > j / 3) || (order < 0) != (i / 3 < j / 3)) {
                fail_msg("%s against %s: %d", a, b, order);
            }
            assert_int_equal(hone_value_equal(tree_read(&arena, a), tree_read(&arena, b)),
                i / 3 == j / 3);
            hone_arena_reset(&arena);
        }
    }
    hone_arena_finish(&arena);
}

static void entries_are_found_by_key(void **state) {
    struct hone_arena arena = {0};
    const struct hone_value *map = tree_read(&arena, "{a: 1,\n  bc: [x, {}]}");
    const struct hone_value *list = hone_value_get(map, "bc");

    (void)state;
    assert_int_equal(hone_value_get(map, "a")->integer, 1);
    assert_int_equal(list->place.line, 2);
    assert_int_equal(list->place.column, 7);
    assert_null(hone_value_get(map, "b"));
    assert_null(hone_value_get(list, "a"));
    assert_null(hone_value_get(NULL, "a"));
    hone_arena_finish(&arena);
}

static void values_are_written_as_json(void **state) {
    static const struct {
        const char *text, *json, *plain;
    } c[] = {
        {"~", "null", "null"}, {"true", "true", "true"}, {"0x10", "16", "16"},
        {"-9223372036854775808", "-9223372036854775808", "-9223372036854775808"},
        {"1e-5", "1e-05", "1e-05"}, {".inf", "\"inf\"", "\"inf\""}, {".nan", "\"nan\"", "\"nan\""},
        {"adam w", "\"adam w\"", "adam w"}, {"\"1\"", "\"1\"", "1"},
        {"[[32], [64, 64], x, []]", "[[32], [64, 64], \"x\", []]", "[[32], [64, 64], \"x\", []]"},
        {"{b: 1, a: {\"c\\n\": ~}}", "{\"b\": 1, \"a\": {\"c\\n\": null}}",
            "{\"b\": 1, \"a\": {\"c\\n\": null}}"},
    };
    struct hone_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        const struct hone_value *value = tree_read(&arena, c[i].text);
        struct hone_buf buf = {0};

        hone_value_write_json(value, &buf);
        assert_string_equal(hone_buf_text(&buf), c[i].json);
        hone_buf_clear(&buf);
        hone_value_write_plain(value, &buf);
        assert_string_equal(hone_buf_text(&buf), c[i].plain);
        hone_buf_finish(&buf);
    }
    hone_arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_scalars_are_read_as_yaml_1_2_does),
        cmocka_unit_test(values_have_one_order),
        cmocka_unit_test(entries_are_found_by_key),
        cmocka_unit_test(values_are_written_as_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
