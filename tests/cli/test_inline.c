#include "engine/cli/inline.h"

#include "engine/cli/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The spec that is written for one -p, read back: its `space` as JSON. */
static void assert_space(const char *param, const char *json) {
    const char *item[] = {param};
    struct cli_inline search = {.param = {.count = 1, .item = item}, .function = "branin"};
    struct hone_buf text = {0};
    struct hone_buf space = {0};
    struct hone_arena arena = {0};
    struct hone_problems problems = {.file = "command line"};
    const struct hone_value *root = NULL;
    struct hone_err err;

    assert_int_equal(cli_inline_write(&search, &text, &problems, &err), HONE_OK);
    assert_string_equal(hone_buf_text(&problems.lines), "");
    assert_int_equal(
        cli_yaml_read(text.text, text.length, &arena, &problems, &root, &err), HONE_OK);
    assert_non_null(root);
    hone_value_write_json(hone_value_get(root, "space"), &space);
    assert_string_equal(hone_buf_text(&space), json);
    hone_buf_finish(&text);
    hone_buf_finish(&space);
    hone_problems_finish(&problems);
    hone_arena_finish(&arena);
}

static void every_form_becomes_a_parameter(void **state) {
    (void)state;
    assert_space("lr=log:1e-5:1e-1",
        "{\"lr\": {\"type\": \"float\", \"low\": 1e-05, \"high\": 0.1, \"log\": true}}");
    assert_space("x=0:1", "{\"x\": {\"type\": \"float\", \"low\": 0, \"high\": 1}}");
    assert_space("x=float:-1:1", "{\"x\": {\"type\": \"float\", \"low\": -1, \"high\": 1}}");
    assert_space("x=float:1:10:log",
        "{\"x\": {\"type\": \"float\", \"low\": 1, \"high\": 10, \"log\": true}}");
    assert_space("units=int:4:256:log",
        "{\"units\": {\"type\": \"int\", \"low\": 4, \"high\": 256, \"log\": true}}");
    assert_space("units=int:4:256", "{\"units\": {\"type\": \"int\", \"low\": 4, \"high\": 256}}");
    assert_space("opt=sgd,adam", "{\"opt\": [\"sgd\", \"adam\"]}");
    assert_space("n=1,2.5,true", "{\"n\": [1, 2.5, true]}");
    assert_space("hidden=[32],[64,64]", "{\"hidden\": [[32], [64, 64]]}");
    assert_space("hidden=[64, [1,2]],x", "{\"hidden\": [[64, [1, 2]], \"x\"]}");
    assert_space("hidden=[64,64]", "{\"hidden\": [[64, 64]]}");
    assert_space("odd=[1][2],[3]", "{\"odd\": [\"[1][2]\", [3]]}");
    assert_space("mask=a[0,1],b", "{\"mask\": [\"a[0,1]\", \"b\"]}");
    assert_space("k=3", "{\"k\": 3}");
    assert_space("k=word", "{\"k\": \"word\"}");
    assert_space("url=http://x/y", "{\"url\": \"http://x/y\"}");
    assert_space("quote=a\"b,c'd", "{\"quote\": [\"a\\\"b\", \"c'd\"]}");
    assert_space("odd name=#1", "{\"odd name\": \"#1\"}");
}

static void what_is_no_range_is_told(void **state) {
    static const char *const table[] = {
        "lr", "=1", "lr=", "lr=log:1", "lr=int:1:2:3", "lr=0:1:2:3:4:5", "lr=int:a:b", "lr=1:",
        "h=[32],[64", "h=32],[64", "h=[32]],[64"};

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct cli_inline search = {.param = {.count = 1, .item = (const char *[]){table[i]}}};
        struct hone_problems problems = {.file = "command line"};
        struct hone_buf text = {0};
        struct hone_err err;

        assert_int_equal(cli_inline_write(&search, &text, &problems, &err), HONE_OK);
        assert_int_equal(problems.count, 1);
        hone_problems_finish(&problems);
        hone_buf_finish(&text);
    }
}

static void a_search_is_named_after_what_is_run(void **state) {
    static const struct {
        const char *words[3];
        const char *study;
    } table[] = {
        {{"python3", "dir/train.py", "--x=1.5"}, "study: \"train\""},
        {{"/usr/bin/prog", "-v", "x"}, "study: \"prog\""},
        {{"./my prog", "a", "b"}, "study: \"my-prog\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const char *words[] = {table[i].words[0], table[i].words[1], table[i].words[2]};
        struct cli_inline search = {.command = {.count = 3, .item = words}};
        struct hone_problems problems = {0};
        struct hone_buf text = {0};
        struct hone_err err;

        assert_int_equal(cli_inline_write(&search, &text, &problems, &err), HONE_OK);
        assert_non_null(strstr(text.text, table[i].study));
        hone_buf_finish(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_becomes_a_parameter),
        cmocka_unit_test(what_is_no_range_is_told),
        cmocka_unit_test(a_search_is_named_after_what_is_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
