#include "engine/plan.h"

#include "engine/alloc.h"
#include "tests/engine/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 4000 };

#define CASES(table) (sizeof(table) / sizeof((table)[0]))

static const char *fingerprint(struct hone_arena *arena, const char *text) {
    const char *lines = NULL;
    struct hone_err err;

    assert_int_equal(hone_fingerprint(tree_read(arena, text), arena, &lines, &err), HONE_OK);
    return lines;
}

static void leaves_are_lines_in_one_order(void **state) {
    struct hone_arena arena = {0};

    (void)state;
    assert_string_equal(
        fingerprint(&arena,
            "{seed: 1, study: a, space: {lr: {low: 0.10, high: 1.0}, act: [relu, 2.0]}, cv: {},"
            " objective: {model: mlp, when: {b: ~, a: {y: 1, x: true}}}}"),
        "cv = {}\n"
        "objective.model = \"mlp\"\n"
        "objective.when.a.x = true\n"
        "objective.when.a.y = 1\n"
        "objective.when.b = null\n"
        "seed = 1\n"
        "space.lr.high = 1\n"
        "space.lr.low = 0.1\n"
        "space.act = [\"relu\", 2]\n");
    hone_arena_finish(&arena);
}

static void the_same_search_has_the_same_lines(void **state) {
    static const char *const pair[][2] = {
        {"{seed: 1, cv: {folds: 5, repeats: 1}}", "{cv: {repeats: 1, folds: 5}, seed: 1}"},
        {"{a: 1}", "{a: 1.0}"}, {"{a: 0x10}", "{a: 16}"}, {"{a: 1e3}", "{a: 1000}"},
        {"{a: [1, 100000000000000000]}", "{a: [1.0, 100000000000000000]}"},
        {"{a: [1000000000000000, 1]}", "{a: [1e15, 1.0]}"},
        {"{a: [{x: 1, y: 2}]}", "{a: [{y: 2.0, x: 1}]}"},
        {"{a: .5}", "{a: 5e-1}"}, {"{a: x}", "{a: \"x\"}"}, {"{a: ~}", "{a: null}"},
        {"{study: a, b: 1}", "{b: 1}"},
        {"{search: {trials: 5, timeout: 3m, method: gp}}", "{search: {method: gp}}"},
        {"{space: {x: {low: 1, high: 2}}}", "{space: {x: {high: 2, low: 1}}}"},
        {"{space: {x: {when: {a: 1, b: 2}}}}", "{space: {x: {when: {b: 2, a: 1}}}}"},
    };
    struct hone_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < CASES(pair); i++) {
        assert_string_equal(fingerprint(&arena, pair[i][0]), fingerprint(&arena, pair[i][1]));
    }
    hone_arena_finish(&arena);
}

static void another_search_has_other_lines(void **state) {
    static const char *const pair[][2] = {
        {"{a: 1}", "{a: \"1\"}"}, {"{a: 1}", "{a: true}"}, {"{a: 1}", "{a: [1]}"},
        {"{a: ~}", "{a: \"null\"}"}, {"{a: ~}", "{}"}, {"{a: 0.1}", "{a: 0.10000000000000002}"},
        {"{a: 9007199254740993}", "{a: 9007199254740992}"},
        {"{a: -9223372036854775808}", "{a: -9223372036854775807}"},
        {"{a: [x, y]}", "{a: [y, x]}"}, {"{a: [x, y]}", "{a: [\"x, y\"]}"},
        {"{space: {x: 1, y: 2}}", "{space: {y: 2, x: 1}}"},
        {"{space: {a: {value: 1}}}", "{space: {\"a.value\": 1}}"},
        {"{space: {a: {\"b\": 1}}}", "{space: {a: {\"b = 1\": 1}}}"},
        {"{a: \"x\\nb = 1\"}", "{a: x, b: 1}"}, {"{\"a\\nb\": 1}", "{a: 1, b: 1}"},
        {"{search: {method: gp}}", "{search: {method: random}}"},
        {"{objective: {timeout: 1}}", "{objective: {timeout: 2}}"},
        {"{space: {trials: 1}}", "{space: {trials: 2}}"},
    };
    struct hone_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < CASES(pair); i++) {
        const char *a = fingerprint(&arena, pair[i][0]);

        if (strcmp(a, fingerprint(&arena, pair[i][1])) == 0) {
            fail_msg("%s and %s are both %s", pair[i][0], pair[i][1], a);
        }
    }
    hone_arena_finish(&arena);
}

static void differences_are_said_key_by_key(void **state) {
    static const struct {
        const char *before, *now, *lines;
    } c[] = {
        {"{a: 1, b: 2}", "{b: 2.0, a: 1}", ""},
        {"{space: {lr: {high: 0.1}}}", "{space: {lr: {high: 1}}}",
            "space.lr.high was 0.1, is 1\n"},
        {"{a: 1}", "{a: 1, cv: {folds: 5}}", "cv.folds is new: 5\n"},
        {"{a: 1, cv: {folds: 5}}", "{a: 1}", "cv.folds is gone: it was 5\n"},
        {"{space: {x: 1, y: 2}}", "{space: {y: 2, x: 1}}",
            "the parameters stand in another order\n"},
        {"{a: 1, b: x}", "{a: [1], c: x}",
            "a was 1, is [1]\nc is new: \"x\"\nb is gone: it was \"x\"\n"},
        {"{a: 1, b: 1, c: 1, d: 1, e: 1}", "{a: 2, b: 2, c: 2, d: 2, f: 2}",
            "a was 1, is 2\nb was 1, is 2\nc was 1, is 2\nand 3 more\n"},
        {"{a: \"x = y\\nz = 1\"}", "{a: \"x = z\"}",
            "a was \"x = y\\nz = 1\", is \"x = z\"\n"},
        {"{space: {\"p = \\\"q\": 1, \"p = r\": 1}}", "{space: {\"p = \\\"q\": 1, \"p = r\": 2}}",
            "space.\"p = r\" was 1, is 2\n"},
        {"{ab: 1, a: 1}", "{ab: 1, a: 2}", "a was 1, is 2\n"},
    };
    struct hone_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_buf lines = {0};

        hone_plan_write_difference(fingerprint(&arena, c[i].before), fingerprint(&arena, c[i].now),
            3, &lines);
        assert_string_equal(hone_buf_text(&lines), c[i].lines);
        hone_buf_finish(&lines);
    }
    hone_arena_finish(&arena);
}

static void large_specs_are_compared_quickly(void **state) {
    struct hone_arena arena = {0};
    struct hone_buf before = {0};
    struct hone_buf now = {0};
    struct hone_buf lines = {0};

    (void)state;
    for (int i = 0; i < MANY; i++) {
        hone_buf_printf(&before, "space.parameter_%d.low = 1\n", i);
        hone_buf_printf(&now, "space.parameter_%d.low = %d\n", i, i == MANY - 1 ? 2 : 1);
    }
    hone_plan_write_difference(hone_buf_text(&before), hone_buf_text(&now), 5, &lines);
    assert_string_equal(hone_buf_text(&lines), "space.parameter_3999.low was 1, is 2\n");
    hone_buf_finish(&before);
    hone_buf_finish(&now);
    hone_buf_finish(&lines);
    hone_arena_finish(&arena);
}

static void no_memory_is_an_error_at_every_allocation(void **state) {
    struct hone_arena words = {0};
    const struct hone_value *root = tree_read(&words,
        "{space: {x: {low: 1, high: 2}, y: [{b: 1, a: 2}]}, search: {first: [{x: 1}]}}");
    enum hone_code code = HONE_E_NOMEM;

    (void)state;
    for (unsigned long n = 1; code == HONE_E_NOMEM; n++) {
        for (int forever = 0; forever <= 1; forever++) {
            struct hone_arena arena = {0};
            const char *text = NULL;
            struct hone_err err;

            assert_in_range(n, 1, 100);
            hone_alloc_fail_at(n, forever);
            code = hone_fingerprint(root, &arena, &text, &err);
            hone_alloc_fail_at(0, 0);
            assert_int_equal(text != NULL, code == HONE_OK);
            hone_arena_finish(&arena);
        }
    }
    assert_int_equal(code, HONE_OK);
    hone_arena_finish(&words);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_are_lines_in_one_order),
        cmocka_unit_test(the_same_search_has_the_same_lines),
        cmocka_unit_test(another_search_has_other_lines),
        cmocka_unit_test(differences_are_said_key_by_key),
        cmocka_unit_test(large_specs_are_compared_quickly),
        cmocka_unit_test(no_memory_is_an_error_at_every_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
