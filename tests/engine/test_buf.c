#include "engine/buf.h"

#include "engine/alloc.h"
#include "tests/engine/bits.h"

#include <fcntl.h>
#include <float.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_BYTES = 128, LIMIT = 100000 };

#define CASES(table) (sizeof(table) / sizeof((table)[0]))

static void texts_are_appended_and_terminated(void **state) {
    struct hone_buf buf = {0};
    struct hone_err err;

    (void)state;
    assert_string_equal(hone_buf_text(&buf), "");
    hone_buf_add_bytes(&buf, NULL, 0);
    hone_buf_add(&buf, "");
    hone_buf_add(&buf, "ab");
    hone_buf_add_bytes(&buf, "cdX", 2);
    hone_buf_printf(&buf, "%03d%s", 7, "!");
    assert_string_equal(hone_buf_text(&buf), "abcd007!");
    assert_int_equal(buf.length, 8);
    for (int i = 0; i < 10000; i++) {
        hone_buf_printf(&buf, "%d,", i);
    }
    assert_int_equal(buf.length, strlen(buf.text));
    assert_int_equal(hone_buf_ok(&buf, &err), HONE_OK);
    hone_buf_clear(&buf);
    assert_string_equal(hone_buf_text(&buf), "");
    hone_buf_finish(&buf);
    hone_buf_finish(&buf);
    assert_null(buf.text);
}

static void reals_are_written_as_people_would(void **state) {
    static const struct {
        double value;
        const char *text;
    } c[] = {
        {0, "0"}, {-0.0, "-0"}, {1, "1"}, {-3, "-3"}, {0.1, "0.1"}, {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"}, {1e-5, "1e-05"}, {0.0001, "0.0001"}, {1e22, "1e+22"},
        {1e23, "1e+23"}, {123456789012345.0, "123456789012345"},
        {9007199254740993.0, "9007199254740992"}, {DBL_MAX, "1.7976931348623157e+308"},
        {DBL_MIN, "2.2250738585072014e-308"}, {5e-324, "5e-324"}, {-1e-320, "-1e-320"},
        {1.0 / 3, "0.3333333333333333"}, {INFINITY, "inf"}, {-INFINITY, "-inf"}, {NAN, "nan"},
    };

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_buf buf = {0};

        hone_buf_add_real(&buf, c[i].value);
        assert_string_equal(hone_buf_text(&buf), c[i].text);
        hone_buf_finish(&buf);
    }
}

/* Bit patterns by a linear congruential generator (Knuth's MMIX), so that all
 * exponents and subnormals come up. */
static void reals_read_back_to_the_same_bits(void **state) {
    uint64_t bits = 20260101;
    struct hone_buf buf = {0};

    (void)state;
    for (int i = 0; i < 20000; i++) {
        double value;

        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        value = real_of(i % 4 == 0 ? bits >> 12 : bits ^ bits >> 29);
        if (!isfinite(value)) {
            continue;
        }
        hone_buf_clear(&buf);
        hone_buf_add_real(&buf, value);
        assert_int_equal(bits_of(strtod(buf.text, NULL)), bits_of(value));
    }
    hone_buf_finish(&buf);
}

static void json_reals_are_numbers_or_null(void **state) {
    static const struct {
        double value;
        const char *json;
    } c[] = {{0.1, "0.1"}, {-3, "-3"}, {NAN, "null"}, {INFINITY, "null"}, {-INFINITY, "null"}};

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_buf buf = {0};

        hone_buf_add_json_real(&buf, c[i].value);
        assert_string_equal(hone_buf_text(&buf), c[i].json);
        hone_buf_finish(&buf);
    }
}

static void json_texts_are_escaped(void **state) {
    static const struct {
        const char *text, *json;
    } c[] = {
        {NULL, "null"},
        {"", "\"\""},
        {"a\"b\\c/", "\"a\\\"b\\\\c/\""},
        {"\n\t\r\b\x1b\x7f", "\"\\n\\t\\r\\u0008\\u001b\\u007f\""},
        {"é€😀", "\"é€😀\""},
        {"\x80", "\"\xEF\xBF\xBD\""},
        {"a\xC3", "\"a\xEF\xBF\xBD\""},                       /* cut short */
        {"\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},         /* overlong */
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""}, /* surrogate */
        {"\xE2\x82q", "\"\xEF\xBF\xBD\xEF\xBF\xBDq\""},
        {"\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xF0\x9F\x98", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xFF\xFE", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_buf buf = {0};

        hone_buf_add_json_text(&buf, c[i].text);
        assert_string_equal(hone_buf_text(&buf), c[i].json);
        hone_buf_finish(&buf);
    }
}

static void any_two_bytes_make_json_that_others_read(void **state) {
    struct hone_buf buf = {0};

    (void)state;
    for (unsigned a = 1; a < 256; a++) {
        for (unsigned b = 1; b < 256; b += 3) {
            const char text[] = {(char)a, (char)b, 'x', '\0'};
            json_t *read;

            hone_buf_clear(&buf);
            hone_buf_add_json_text(&buf, text);
            read = json_loads(hone_buf_text(&buf), JSON_DECODE_ANY, NULL);
            assert_non_null(read);
            json_decref(read);
        }
    }
    hone_buf_finish(&buf);
}

static void control_characters_do_not_reach_a_terminal(void **state) {
    static const struct {
        const char *text, *shown;
    } c[] = {
        {"plain é€😀 \\x1b", "plain é€😀 \\x1b"},
        {"\x1b[31mred\n", "\\x1b[31mred\\x0a"},
        {"\x7f", "\\x7f"},
        {"\xC2\x9B" "31m", "\\xc2\\x9b31m"}, /* a control sequence in one character */
        {"\xC2\xA0", "\xC2\xA0"},
        {"caf\xE9", "caf\\xe9"},
        {"\xE2\x82", "\\xe2\\x82"},
    };

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_buf buf = {0};

        hone_buf_add_printable(&buf, c[i].text);
        assert_string_equal(hone_buf_text(&buf), c[i].shown);
        hone_buf_finish(&buf);
    }
}

static void an_append_without_memory_marks_and_keeps(void **state) {
    struct hone_buf buf = {0};
    struct hone_err err;

    (void)state;
    hone_buf_add(&buf, "kept");
    hone_alloc_fail_at(1, 0);
    hone_buf_printf(&buf, "%0500d", 1);
    hone_alloc_fail_at(0, 0);
    assert_string_equal(hone_buf_text(&buf), "kept");
    hone_buf_add(&buf, "later");
    assert_string_equal(hone_buf_text(&buf), "kept");
    assert_int_equal(hone_buf_ok(&buf, &err), HONE_E_NOMEM);
    hone_buf_clear(&buf);
    assert_int_equal(hone_buf_ok(&buf, &err), HONE_OK);
    hone_buf_finish(&buf);
}

/* A folder for one test. */
static int make_folder(void **state) {
    static char path[] = "/tmp/hone-test-buf-XXXXXX";

    strcpy(path + strlen(path) - 6, "XXXXXX");
    *state = mkdtemp(path);
    return *state == NULL;
}

static int remove_folder(void **state) {
    char path[PATH_BYTES];

    (void)snprintf(path, sizeof(path), "%s/file", (const char *)*state);
    (void)unlink(path);
    return rmdir(*state);
}

static void write_file(const char *path, size_t size_bytes) {
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    for (size_t i = 0; i < size_bytes; i++) {
        assert_int_not_equal(fputc('a' + (int)(i % 26), file), EOF);
    }
    assert_int_equal(fclose(file), 0);
}

static void files_up_to_the_limit_are_read_whole(void **state) {
    static const size_t size_bytes[] = {0, 1, 65535, 65536, 65537, LIMIT};
    char path[PATH_BYTES];

    (void)snprintf(path, sizeof(path), "%s/file", (const char *)*state);
    for (size_t i = 0; i < CASES(size_bytes); i++) {
        struct hone_buf buf = {0};
        struct hone_err err;

        hone_buf_add(&buf, "before:");
        write_file(path, size_bytes[i]);
        assert_int_equal(hone_buf_read_file(&buf, path, LIMIT, &err), HONE_OK);
        assert_int_equal(buf.length, size_bytes[i] + 7);
        assert_int_equal(strlen(buf.text), buf.length);
        if (size_bytes[i] > 0) {
            assert_int_equal(buf.text[buf.length - 1], 'a' + (int)((size_bytes[i] - 1) % 26));
        }
        hone_buf_finish(&buf);
    }
}

static void expect_refused(const char *path, enum hone_code code) {
    struct hone_buf buf = {0};
    struct hone_err err = {.code = HONE_OK};

    hone_buf_add(&buf, "before");
    assert_int_equal(hone_buf_read_file(&buf, path, LIMIT, &err), code);
    assert_int_equal(err.code, code);
    assert_non_null(strstr(err.text, path));
    assert_string_equal(hone_buf_text(&buf), "before");
    assert_int_equal(buf.length, 6);
    hone_buf_finish(&buf);
}

static void what_is_no_file_of_fit_size_is_refused(void **state) {
    char path[PATH_BYTES];

    (void)snprintf(path, sizeof(path), "%s/file", (const char *)*state);
    expect_refused(path, HONE_E_IO); /* not there */
    expect_refused(*state, HONE_E_INPUT); /* a folder */
    expect_refused("/dev/zero", HONE_E_INPUT);
    write_file(path, LIMIT + 1);
    expect_refused(path, HONE_E_INPUT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0); /* nobody will ever write into it */
    expect_refused(path, HONE_E_INPUT);
}

static void reading_without_memory_fails_cleanly(void **state) {
    char path[PATH_BYTES];
    enum hone_code code = HONE_E_NOMEM;

    (void)snprintf(path, sizeof(path), "%s/file", (const char *)*state);
    write_file(path, LIMIT);
    for (unsigned long n = 1; code == HONE_E_NOMEM; n++) {
        struct hone_buf buf = {0};
        struct hone_err err;

        assert_in_range(n, 1, 20);
        hone_alloc_fail_at(n, 0);
        code = hone_buf_read_file(&buf, path, LIMIT, &err);
        hone_alloc_fail_at(0, 0);
        hone_buf_finish(&buf);
    }
    assert_int_equal(code, HONE_OK);
}

static void all_of_a_text_is_written_or_it_is_said_why_not(void **state) {
    struct hone_buf buf = {0};
    struct hone_buf back = {0};
    char path[PATH_BYTES];
    struct hone_err err;
    int file;

    (void)snprintf(path, sizeof(path), "%s/file", (const char *)*state);
    file = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(hone_buf_write(&buf, file, path, &err), HONE_OK); /* nothing */
    while (buf.length < LIMIT) {
        hone_buf_add(&buf, "a line\n");
    }
    assert_int_equal(hone_buf_write(&buf, file, path, &err), HONE_OK);
    assert_int_equal(close(file), 0);
    assert_int_equal(hone_buf_read_file(&back, path, 2 * LIMIT, &err), HONE_OK);
    assert_string_equal(hone_buf_text(&back), hone_buf_text(&buf));
    file = open("/dev/full", O_WRONLY);
    assert_int_equal(hone_buf_write(&buf, file, "/dev/full", &err), HONE_E_IO);
    assert_string_equal(err.text, "'/dev/full': No space left on device");
    assert_int_equal(close(file), 0);
    hone_buf_finish(&back);
    hone_buf_finish(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_appended_and_terminated),
        cmocka_unit_test(reals_are_written_as_people_would),
        cmocka_unit_test(reals_read_back_to_the_same_bits),
        cmocka_unit_test(json_reals_are_numbers_or_null),
        cmocka_unit_test(json_texts_are_escaped),
        cmocka_unit_test(any_two_bytes_make_json_that_others_read),
        cmocka_unit_test(control_characters_do_not_reach_a_terminal),
        cmocka_unit_test(an_append_without_memory_marks_and_keeps),
        cmocka_unit_test_setup_teardown(files_up_to_the_limit_are_read_whole, make_folder,
            remove_folder),
        cmocka_unit_test_setup_teardown(what_is_no_file_of_fit_size_is_refused, make_folder,
            remove_folder),
        cmocka_unit_test_setup_teardown(reading_without_memory_fails_cleanly, make_folder,
            remove_folder),
        cmocka_unit_test_setup_teardown(all_of_a_text_is_written_or_it_is_said_why_not, make_folder,
            remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
