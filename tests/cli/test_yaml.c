#include "engine/cli/yaml.h"

#include "engine/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    struct hone_arena arena;
    struct hone_problems problems;
    const struct hone_value *root;
    struct hone_err err;
    enum hone_code code;
};

static void read_bytes(struct reading *r, const char *text, size_t length) {
    *r = (struct reading){.problems = {.file = "spec.yaml"}};
    r->code = cli_yaml_read(text, length, &r->arena, &r->problems, &r->root, &r->err);
}

static void reading_finish(struct reading *r) {
    hone_problems_finish(&r->problems);
    hone_arena_finish(&r->arena);
}

static void assert_json(const char *yaml, const char *json) {
    struct reading r;
    struct hone_buf buf = {0};

    read_bytes(&r, yaml, strlen(yaml));
    assert_int_equal(r.code, HONE_OK);
    assert_string_equal(hone_buf_text(&r.problems.lines), "");
    assert_non_null(r.root);
    hone_value_write_json(r.root, &buf);
    assert_string_equal(hone_buf_text(&buf), json);
    hone_buf_finish(&buf);
    reading_finish(&r);
}

static void assert_problem(const char *yaml, size_t length, const char *begin) {
    struct reading r;

    read_bytes(&r, yaml, length);
    assert_int_equal(r.code, HONE_OK);
    assert_null(r.root);
    if (strncmp(hone_buf_text(&r.problems.lines), begin, strlen(begin)) != 0) {
        assert_string_equal(hone_buf_text(&r.problems.lines), begin);
    }
    reading_finish(&r);
}

static void plain_scalars_have_types_and_quoted_ones_are_text(void **state) {
    (void)state;
    assert_json("{a: 1, b: 1.5, c: true, d: ~, e: word, f: 1e-5, g: }",
        "{\"a\": 1, \"b\": 1.5, \"c\": true, \"d\": null, \"e\": \"word\", \"f\": 1e-05, \"g\": "
        "null}");
    assert_json("{a: '1', b: \"true\", c: ''}", "{\"a\": \"1\", \"b\": \"true\", \"c\": \"\"}");
    assert_json("a: |\n  1\n", "{\"a\": \"1\\n\"}");
    assert_json("[yes, no, on, 0o17, 1_000]", "[\"yes\", \"no\", \"on\", 15, \"1_000\"]");
}

static void an_alias_stands_for_its_anchor(void **state) {
    (void)state;
    assert_json("{a: &x [1, {b: 2}], c: *x}", "{\"a\": [1, {\"b\": 2}], \"c\": [1, {\"b\": 2}]}");
}

static void values_and_keys_know_their_places(void **state) {
    struct reading r;
    const char *text = "a: 1\nspace:\n  lr:   {low: 2}\n";
    const struct hone_value *space;

    (void)state;
    read_bytes(&r, text, strlen(text));
    space = hone_value_get(r.root, "space");
    assert_int_equal(r.root->entry[1].place.line, 2);
    assert_int_equal(r.root->entry[1].place.column, 1);
    assert_int_equal(space->entry[0].value->place.line, 3);
    assert_int_equal(space->entry[0].value->place.column, 9);
    reading_finish(&r);
}

static void what_is_wrong_is_located(void **state) {
    static const struct {
        const char *yaml, *begin;
    } table[] = {
        {"", "spec.yaml:1:1: it is empty"},
        {"# nothing\n", "spec.yaml:1:1: it is empty"},
        {"a: 1\n\tb: 2\n",
            "spec.yaml:2:1: no YAML: found a tab character that violates indentation "
            "while scanning a plain scalar (from line 1 on); a tab"},
        {"a: [1, 2\n", "spec.yaml:1:4: no YAML: "},
        {"x: 1\na: \"b\n",
            "spec.yaml:2:4: no YAML: found unexpected end of stream while scanning a "
            "quoted scalar (from line 2 on); close the quote"},
        {"a: *b\n", "spec.yaml:1:4: no YAML: found undefined alias"},
        {"a: &a {b: *a}\n", "spec.yaml:1:4: a.b: the alias stands inside what it names"},
        {"a: {<<: 1}\n", "spec.yaml:1:5: a: merge keys"},
        {"a: !!int 3\n", "spec.yaml:1:4: a: it has a tag"},
        {"? [a]\n: 1\n", "spec.yaml:1:3: a list or mapping stands as a key"},
        {"{'': 1}\n", "spec.yaml:1:2: a key is missing"},
        {"a: \"x\\0y\"\n", "spec.yaml:1:4: a: it holds a NUL character"},
        {"a: 1\nb: \x01\n", "spec.yaml:2:4: no YAML: control characters"},
        {"a: 1\nb: \xff\n", "spec.yaml:2:4: no YAML: invalid leading UTF-8 octet"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        assert_problem(table[i].yaml, strlen(table[i].yaml), table[i].begin);
    }
}

/* The rest may have problems, too. */
static void duplicates_and_a_second_document_are_located_and_left_out(void **state) {
    static const struct {
        const char *yaml, *lines, *json;
    } table[] = {
        {"a: 1\nb: {c: 1, d: 2, c: 3}\n",
            "spec.yaml:2:17: b.c: given again, first in line 2; keep one of them\n",
            "{\"a\": 1, \"b\": {\"c\": 1, \"d\": 2}}"},
        {"a: 1\nb: 1\na: 2\nb: 2\na: 3\n",
            "spec.yaml:3:1: a: given again, first in line 1; keep one of them\n"
            "spec.yaml:5:1: a: given again, first in line 1; keep one of them\n"
            "spec.yaml:4:1: b: given again, first in line 2; keep one of them\n",
            "{\"a\": 1, \"b\": 1}"},
        {"a: 1\n---\nb: 1\n",
            "spec.yaml:3:1: a second document begins after '---'; a spec is one document\n",
            "{\"a\": 1}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct reading r;
        struct hone_buf buf = {0};

        read_bytes(&r, table[i].yaml, strlen(table[i].yaml));
        assert_string_equal(hone_buf_text(&r.problems.lines), table[i].lines);
        hone_value_write_json(r.root, &buf);
        assert_string_equal(hone_buf_text(&buf), table[i].json);
        hone_buf_finish(&buf);
        reading_finish(&r);
    }
}

/* `count` times `piece`, between `before` and `after`. */
static char *repeated(const char *before, const char *piece, size_t count, const char *after) {
    size_t room = strlen(before) + count * strlen(piece) + strlen(after) + 1;
    char *text = calloc(room, 1);
    char *at = text;

    assert_non_null(text);
    at += sprintf(at, "%s", before);
    for (size_t i = 0; i < count; i++) {
        at += sprintf(at, "%s", piece);
    }
    (void)sprintf(at, "%s", after);
    return text;
}

static void deep_texts_are_refused_at_once(void **state) {
    static const char *const piece[] = {"[", "{a: ", "- ", "? "};

    (void)state;
    for (size_t i = 0; i < sizeof(piece) / sizeof(piece[0]); i++) {
        char *text = repeated("", piece[i], 100000, "\n");

        assert_problem(text, strlen(text), "spec.yaml:1:");
        free(text);
    }
}

static void aliases_cannot_make_a_small_text_large(void **state) {
    char text[4096] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    size_t used = strlen(text);

    (void)state;
    for (int i = 1; i < 10; i++) {
        used += (size_t)snprintf(text + used, sizeof(text) - used, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++) {
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s*a%d", k > 0 ? ", " : "",
                i - 1);
        }
        used += (size_t)snprintf(text + used, sizeof(text) - used, "]\n");
    }
    assert_problem(text, strlen(text), "spec.yaml:1:1: with its aliases written out");
}

static void aliases_cannot_make_a_flat_text_deep(void **state) {
    char text[8192] = "a0: &a0 [x]\n";
    size_t used = strlen(text);

    (void)state;
    for (int i = 1; i < 100; i++) {
        used +=
            (size_t)snprintf(text + used, sizeof(text) - used, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    }
    assert_problem(text, strlen(text), "spec.yaml:1:1: it is nested");
}

static void every_failing_allocation_is_an_error(void **state) {
    const char *text = "a: [1, {b: c}]\nd: &x e\nf: *x\n";

    (void)state;
    for (unsigned long n = 1; n < 100; n++) {
        struct reading r = {.problems = {.file = "spec.yaml"}};

        hone_alloc_fail_at(n, 0);
        r.code = cli_yaml_read(text, strlen(text), &r.arena, &r.problems, &r.root, &r.err);
        hone_alloc_fail_at(0, 0);
        reading_finish(&r);
        if (r.code == HONE_OK) {
            assert_true(n > 2);
            return;
        }
        assert_int_equal(r.code, HONE_E_NOMEM);
    }
    fail_msg("it never succeeds");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_scalars_have_types_and_quoted_ones_are_text),
        cmocka_unit_test(an_alias_stands_for_its_anchor),
        cmocka_unit_test(values_and_keys_know_their_places),
        cmocka_unit_test(what_is_wrong_is_located),
        cmocka_unit_test(duplicates_and_a_second_document_are_located_and_left_out),
        cmocka_unit_test(deep_texts_are_refused_at_once),
        cmocka_unit_test(aliases_cannot_make_a_small_text_large),
        cmocka_unit_test(aliases_cannot_make_a_flat_text_deep),
        cmocka_unit_test(every_failing_allocation_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
