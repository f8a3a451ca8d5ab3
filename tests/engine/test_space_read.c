#include "engine/space.h"

#include "engine/alloc.h"
#include "tests/engine/tree.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MANY_CHOICES = 20000, CHAIN = 3000 };

#define CASES(table) (sizeof(table) / sizeof((table)[0]))

static struct hone_space read_space(struct hone_arena *arena, const struct hone_value *map,
    struct hone_problems *problems) {
    struct hone_space space = {0};
    struct hone_err err;

    *problems = (struct hone_problems){.file = "s"};
    assert_int_equal(hone_space_read(map, arena, &space, problems, &err), HONE_OK);
    return space;
}

static void parameters_are_read_as_written(void **state) {
    struct hone_arena arena = {0};
    struct hone_problems problems;
    struct hone_space space = read_space(&arena, tree_read(&arena,
        "{lr: {type: float, low: 1e-5, high: 1, log: true, points: 7, default: 0.1},\n"
        " units: {type: int, low: 4, high: 20, step: 8, default: 12},\n"
        " hidden: [[32], [64, 64]],\n"
        " opt: {choices: [sgd, adam], default: adam},\n"
        " act: {type: categorical, choices: [relu]},\n"
        " epochs: 30, name: {value: [1, x]}, nothing: ~}"), &problems);
    const struct hone_param *p = space.param;

    (void)state;
    assert_string_equal(hone_buf_text(&problems.lines), "");
    assert_int_equal(space.n, 8);
    assert_string_equal(p[0].name, "lr");
    assert_int_equal(p[0].type, HONE_PARAM_FLOAT);
    assert_true(p[0].low == 1e-5 && p[0].high == 1 && p[0].log && p[0].step == 0);
    assert_int_equal(p[0].points, 7);
    assert_true(p[0].preset->real == 0.1);
    assert_int_equal(p[1].type, HONE_PARAM_INT);
    assert_int_equal(p[1].place.line, 2);
    assert_int_equal(p[1].place.column, 2);
    assert_true(p[1].low == 4 && p[1].high == 20 && p[1].step == 8 && !p[1].log);
    assert_int_equal(p[2].choice_count, 2);
    assert_int_equal(p[2].choice[1]->count, 2);
    assert_string_equal(p[3].choice[0]->text, "sgd");
    assert_string_equal(p[3].preset->text, "adam");
    assert_int_equal(p[4].choice_count, 1);
    assert_int_equal(p[5].choice[0]->integer, 30);
    assert_int_equal(p[6].choice[0]->type, HONE_LIST);
    assert_int_equal(p[7].choice[0]->type, HONE_NULL);
    hone_arena_finish(&arena);
}

/* Optuna's rule. */
static void high_comes_down_to_the_last_step(void **state) {
    static const struct {
        const char *text;
        double high;
    } c[] = {
        {"{x: {type: int, low: 1, high: 10, step: 4}}", 9},
        {"{x: {type: int, low: 1, high: 10}}", 10},
        {"{x: {type: float, low: 0, high: 1, step: 0.3}}", 0.9},
        {"{x: {type: float, low: 0, high: 0.3, step: 0.1}}", 0.3},
        {"{x: {type: float, low: 0, high: 0.29999, step: 0.1}}", 0.2},
        {"{x: {type: float, low: -1, high: 1, step: 2}}", 1},
        {"{x: {type: float, low: 0, high: 10000000, step: 0.1}}", 1e7},
    };

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_arena arena = {0};
        struct hone_problems problems;
        struct hone_space space = read_space(&arena, tree_read(&arena, c[i].text), &problems);

        assert_int_equal(problems.count, 0);
        if (space.param[0].high != c[i].high) {
            fail_msg("%s: high is %.17g", c[i].text, space.param[0].high);
        }
        hone_arena_finish(&arena);
    }
}

static void an_empty_space_has_no_parameters(void **state) {
    struct hone_arena arena = {0};
    struct hone_problems problems;

    (void)state;
    assert_int_equal(read_space(&arena, NULL, &problems).n, 0);
    assert_int_equal(read_space(&arena, tree_read(&arena, "~"), &problems).n, 0);
    assert_int_equal(read_space(&arena, tree_read(&arena, "{}"), &problems).n, 0);
    assert_int_equal(problems.count, 0);
    hone_arena_finish(&arena);
}

/* One mistake each, and nothing else is complained about. */
static const struct {
    const char *text, *line;
} mistake[] = {
    {"[a]", "s:1:1: space: a list stands here; it should be a mapping of parameter names to"},
    {"7", "s:1:1: space: an integer stands here; it should be a mapping"},
    {"{x: {low: 0, high: 1}}", "s:1:2: space.x: type is missing; it should be type: float"},
    {"{x: {}}", "s:1:2: space.x: type is missing"},
    {"{x: {typ: float, type: float, low: 0, high: 1}}",
        "s:1:6: space.x.typ: unknown key; did you mean 'type'?"},
    {"{x: {type: flaot, low: 0, high: 1}}",
        "s:1:12: space.x.type: 'flaot' cannot be used; it should be one of float, int, categorical"
        " (did you mean 'float'?)"},
    {"{x: {type: catgorical, choices: [a]}}", "(did you mean 'categorical'?)"},
    {"{x: {type: double, low: 0, high: 1}}", "space.x.type: 'double' cannot be used"},
    {"{x: {type: float}}", "s:1:2: space.x: low and high are needed; such as {type: float, low:"},
    {"{x: {type: int, low: 3}}", "s:1:2: space.x: low and high are needed; such as {type: int"},
    {"{x: {type: float, low: 3, default: 5}}", "s:1:2: space.x: low and high are needed"},
    {"{x: {type: float, low: a, high: 1}}",
        "s:1:24: space.x.low: 'a' cannot be used; it should be a number that is finite"},
    {"{x: {type: float, low: .nan, high: 1}}", "s:1:24: space.x.low: "},
    {"{x: {type: float, low: 0, high: .inf}}", "s:1:33: space.x.high: "},
    {"{x: {type: float, low: 2, high: 1}}",
        "s:1:24: space.x.low: 2 is above high, 1; low should be the smaller"},
    {"{x: {type: float, low: 0, high: 1, log: true}}",
        "s:1:24: space.x.low: 0 has no logarithm; with log: true it should be above 0"},
    {"{x: {type: int, low: -2, high: 1, log: true}}", "s:1:22: space.x.low: -2 has no logarithm"},
    {"{x: {type: int, low: 0.5, high: 3}}", "s:1:22: space.x.low: 0.5 is no whole number"},
    {"{x: {type: int, low: 0, high: 3.5}}", "s:1:31: space.x.high: 3.5 is no whole number"},
    {"{x: {type: int, low: 0, high: 9007199254740994}}", "s:1:31: space.x.high: 9.0072e+15 is no"},
    {"{x: {type: int, low: 0, high: 3, step: 1.5}}", "s:1:40: space.x.step: 1.5 is no whole"},
    {"{x: {type: float, low: 0, high: 1, step: 2}}",
        "s:1:42: space.x.step: 2 is wider than the range; it should be at most 1"},
    {"{x: {type: float, low: 0, high: 1, step: -1}}", "s:1:42: space.x.step: '-1' cannot be used"},
    {"{x: {type: float, low: 1, high: 9, step: 2, log: true}}",
        "s:1:42: space.x.step: 2 is too wide for a logarithmic scale from 1; it should be below 2"},
    {"{x: {type: float, low: 0, high: 1, step: 1e-17}}", "s:1:42: space.x.step: 1e-17 is too fine"},
    {"{x: {type: float, low: 1e16, high: 1.0000000000001e16, step: 0.1}}", ": 0.1 is too fine"},
    {"{x: {type: float, low: -1e308, high: 1e308, step: 1e307}}",
        "space.x.step: the range from -1e+308 to 1e+308 is too wide for steps"},
    {"{x: {type: float, low: 0, high: 1, log: maybe}}", "s:1:41: space.x.log: 'maybe' cannot"},
    {"{x: {type: float, low: 0, high: 1, points: 0}}", "s:1:44: space.x.points: '0' cannot"},
    {"{x: {type: float, low: 0, high: 1, choices: [a]}}",
        "s:1:36: space.x.choices: it has no meaning for float; it should be left out"},
    {"{x: {choices: [a, b], low: 1}}",
        "s:1:23: space.x.low: it has no meaning for a categorical; it should be left out"},
    {"{x: {value: 3, default: 3}}", "s:1:16: space.x.default: it has no meaning for a constant"},
    {"{x: {type: categorical}}", "s:1:2: space.x: choices are missing; such as"},
    {"{x: []}", "s:1:5: space.x: a categorical needs choices; it should be a list such as [a, b]"},
    {"{x: {choices: a}}", "s:1:15: space.x: a categorical needs choices"},
    {"{x: {choices: []}}", "s:1:15: space.x: a categorical needs choices"},
    {"{x: [a, b, a]}", "s:1:12: space.x: a choice stands twice; each should stand once"},
    {"{x: [1, 2, 1.0]}", "s:1:12: space.x: a choice stands twice"},
    {"{x: [[1], [2], [1]]}", "s:1:16: space.x: a choice stands twice"},
    {"{x: [{a: 1, b: 2}, {b: 2, a: 1}]}", "s:1:20: space.x: a choice stands twice"},
    {"{x: [1, .nan]}", "s:1:9: space.x: a choice is not finite"},
    {"{x: [[1, .inf]]}", "s:1:6: space.x: a choice is not finite"},
    {"{x: .inf}", "s:1:5: space.x: the value is not finite; it should be an ordinary number"},
    {"{x: {type: float, low: 0, high: 1, default: 2}}",
        "s:1:45: space.x.default: it is outside the range or off its steps; it should be a number"
        " from 0 to 1"},
    {"{x: {type: float, low: 0, high: 1, step: 0.1, default: 0.25}}",
        "s:1:56: space.x.default: it is outside the range or off its steps"},
    {"{x: {type: int, low: 0, high: 9, default: a}}", "s:1:43: space.x.default: it is a text"},
    {"{x: {choices: [a, b], default: c}}",
        "s:1:32: space.x.default: it is none of the choices; it should be one of a, b"},
    {"{\"\": 1}", "s:1:2: space.: this cannot name a parameter"},
    {"{\"a\\nb\": 1}", "s:1:2: space.a\\x0ab: this cannot name a parameter"},
    {"{p: [a, b], x: {type: float, low: 0, high: 1, when: {p: c}}}",
        "s:1:57: space.x.when: 'p' never has this value: it is none of the choices; it should be"
        " one of a, b"},
    {"{p: [a, b], x: {type: float, low: 0, high: 1, when: {p: [a, c]}}}",
        "s:1:61: space.x.when: 'p' never has this value"},
    {"{p: [a, b], x: {value: 1, when: {p: []}}}",
        "s:1:37: space.x.when: no value of 'p' is given; there should be at least one"},
    {"{p: [a, b], x: {value: 1, when: {p: ~}}}", "s:1:37: space.x.when: 'p' never has this value"},
    {"{param: [a, b], x: {value: 1, when: {parm: a}}}",
        "s:1:38: space.x.when: there is no parameter 'parm'; did you mean 'param'?"},
    {"{p: [a, b], x: {value: 1, when: {zebra: a}}}",
        "s:1:34: space.x.when: there is no parameter 'zebra'; it should be one of this space"},
    {"{x: {choices: [a, b], when: {x: a}}}", "s:1:30: space.x.when: it waits for itself"},
    {"{p: {type: float, low: 0, high: 1}, x: {value: 1, when: {p: 0.5}}}",
        "s:1:58: space.x.when: 'p' is a continuous float; a condition needs a categorical"},
    {"{p: {type: int, low: 0, high: 9}, x: {value: 1, when: {p: 10}}}",
        "s:1:59: space.x.when: 'p' never has this value: it is outside the range"},
    {"{x: {value: 1, when: p}}",
        "s:1:22: space.x.when: a text stands here; it should be a mapping"},
    {"{x: {value: 1, when: {}}}", "s:1:22: space.x.when: an empty mapping stands here"},
    {"{x: {value: 1, when: ~}}", "s:1:22: space.x.when: nothing stands here"},
    {"{x: {value: 1, when: [p]}}", "s:1:22: space.x.when: a list stands here"},
};

static void each_mistake_is_one_located_line(void **state) {
    (void)state;
    for (size_t i = 0; i < CASES(mistake); i++) {
        struct hone_arena arena = {0};
        struct hone_problems problems;

        (void)read_space(&arena, tree_read(&arena, mistake[i].text), &problems);
        if (problems.count != 1 ||
            strstr(hone_buf_text(&problems.lines), mistake[i].line) == NULL) {
            fail_msg("%s: %zu problems: %s", mistake[i].text, problems.count,
                hone_buf_text(&problems.lines));
        }
        hone_problems_finish(&problems);
        hone_arena_finish(&arena);
    }
}

static void all_mistakes_come_in_one_go(void **state) {
    struct hone_arena arena = {0};
    struct hone_problems problems;
    struct hone_space space;

    (void)state;
    space = read_space(&arena, tree_read(&arena,
        "{lr: {type: float, low: 1, high: 0.1, defualt: 3},\n"
        " opt: [sgd, adam, sgd],\n"
        " units: {type: int, low: 1.5, high: 8},\n"
        " act: [relu, tanh],\n"
        " beta: {type: float, low: 0, high: 1, default: 7, when: {act: [gelu, tanh]}},\n"
        " gamma: {type: float, low: 0, high: 1, when: {lr: 0.1, akt: relu}},\n"
        " delta: {value: 1, when: {opt: nonsense}},\n"
        " a: {choices: [1, 2], when: {b: 1}},\n"
        " b: {choices: [1, 2], when: {a: 1}}}"), &problems);
    assert_string_equal(hone_buf_text(&problems.lines),
        "s:1:39: space.lr.defualt: unknown key; did you mean 'default'?\n"
        "s:1:25: space.lr.low: 1 is above high, 0.1; low should be the smaller\n"
        "s:2:19: space.opt: a choice stands twice; each should stand once\n"
        "s:3:26: space.units.low: 1.5 is no whole number (of at most 2^53); an int needs one\n"
        "s:5:48: space.beta.default: it is outside the range or off its steps; it should be a"
        " number from 0 to 1\n"
        "s:5:64: space.beta.when: 'act' never has this value: it is none of the choices; it should"
        " be one of relu, tanh\n"
        "s:6:56: space.gamma.when: there is no parameter 'akt'; did you mean 'act'?\n"
        "s:8:2: space.a.when: the conditions go in a circle; one of them should be left out\n"
        "s:9:2: space.b.when: the conditions go in a circle; one of them should be left out\n");
    for (size_t p = 0; p < space.n; p++) { /* lr, opt and units cannot be judged further */
        assert_int_equal(space.param[p].broken, p < 3);
    }
    hone_problems_finish(&problems);
    hone_arena_finish(&arena);
}

static void long_circles_are_found(void **state) {
    struct hone_arena arena = {0};
    struct hone_problems problems;

    (void)state;
    (void)read_space(&arena, tree_read(&arena,
        "{a: {choices: [1, 2], when: {c: 1}}, b: {choices: [1, 2], when: {a: 1}},"
        " c: {choices: [1, 2], when: {b: 1}}, d: [1, 2]}"), &problems);
    assert_int_equal(problems.count, 3);
    assert_non_null(strstr(hone_buf_text(&problems.lines), "space.c.when: the conditions go in a"));
    assert_null(strstr(hone_buf_text(&problems.lines), "space.d"));
    hone_problems_finish(&problems);
    hone_arena_finish(&arena);
}

/* A map {p0: {choices: [1, 2], when: {p1: 1}}, p1: … } of CHAIN parameters, the
 * last without a condition; children stand before their parents. */
static const struct hone_value *make_chain(struct hone_arena *arena, struct hone_buf *text) {
    hone_buf_add(text, "{");
    for (int i = 0; i + 1 < CHAIN; i++) {
        hone_buf_printf(text, "p%d: {choices: [1, 2], when: {p%d: 1}},\n", i, i + 1);
    }
    hone_buf_printf(text, "p%d: [1, 2]}", CHAIN - 1);
    return tree_read(arena, hone_buf_text(text));
}

static void a_long_chain_is_ordered(void **state) {
    struct hone_arena arena = {0};
    struct hone_buf text = {0};
    struct hone_problems problems;
    struct hone_space space = read_space(&arena, make_chain(&arena, &text), &problems);

    (void)state;
    assert_int_equal(problems.count, 0);
    for (size_t i = 0; i < CHAIN; i++) {
        assert_int_equal(space.order[i], CHAIN - 1 - i);
    }
    hone_buf_finish(&text);
    hone_arena_finish(&arena);
}

static void twins_are_found_among_many_choices(void **state) {
    struct hone_arena arena = {0};
    struct hone_buf text = {0};
    struct hone_problems problems;

    (void)state;
    hone_buf_add(&text, "{x: [");
    for (int i = 0; i < MANY_CHOICES; i++) {
        hone_buf_printf(&text, "%d, ", i);
    }
    hone_buf_add(&text, "\n17]}");
    (void)read_space(&arena, tree_read(&arena, hone_buf_text(&text)), &problems);
    assert_string_equal(hone_buf_text(&problems.lines),
        "s:2:1: space.x: a choice stands twice; each should stand once\n");
    hone_problems_finish(&problems);
    hone_buf_finish(&text);
    hone_arena_finish(&arena);
}

static void too_many_are_refused(void **state) {
    struct hone_arena arena = {0};
    struct hone_buf text = {0};
    struct hone_problems problems;

    (void)state;
    hone_buf_add(&text, "{");
    for (int i = 0; i <= HONE_SPACE_LIMIT; i++) {
        hone_buf_printf(&text, "p%d: 1,\n", i);
    }
    hone_buf_add(&text, "}");
    assert_int_equal(
        read_space(&arena, tree_read(&arena, hone_buf_text(&text)), &problems).n, 0);
    assert_int_equal(problems.count, 1);
    hone_problems_finish(&problems);
    hone_arena_reset(&arena);
    hone_buf_clear(&text);
    hone_buf_add(&text, "{x: [");
    for (int i = 0; i <= HONE_CHOICE_LIMIT; i++) {
        hone_buf_printf(&text, "%d,", i);
    }
    hone_buf_add(&text, "]}");
    (void)read_space(&arena, tree_read(&arena, hone_buf_text(&text)), &problems);
    assert_string_equal(hone_buf_text(&problems.lines),
        "s:1:5: space.x: 100001 choices; at most 100000 can be used\n");
    hone_problems_finish(&problems);
    hone_buf_finish(&text);
    hone_arena_finish(&arena);
}

static void no_memory_is_an_error_at_every_allocation(void **state) {
    enum hone_code code = HONE_E_NOMEM;
    struct hone_arena words = {0};
    const struct hone_value *map = tree_read(&words,
        "{p: [a, b], x: {type: float, low: 0, high: 1, default: 0.5, when: {p: a}}, c: 1,"
        " d: {choices: [1, [2]], when: {p: [a, b]}}}");

    (void)state;
    for (unsigned long n = 1; code == HONE_E_NOMEM; n++) {
        struct hone_arena arena = {0};
        struct hone_space space = {.n = 77};
        struct hone_problems problems = {0};
        struct hone_err err;

        assert_in_range(n, 1, 200);
        hone_alloc_fail_at(n, 1);
        code = hone_space_read(map, &arena, &space, &problems, &err);
        hone_alloc_fail_at(0, 0);
        assert_int_equal(space.n, code == HONE_OK ? 4 : 77);
        assert_int_equal(problems.count, 0);
        hone_problems_finish(&problems);
        hone_arena_finish(&arena);
    }
    assert_int_equal(code, HONE_OK);
    hone_arena_finish(&words);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_read_as_written),
        cmocka_unit_test(high_comes_down_to_the_last_step),
        cmocka_unit_test(an_empty_space_has_no_parameters),
        cmocka_unit_test(each_mistake_is_one_located_line),
        cmocka_unit_test(all_mistakes_come_in_one_go),
        cmocka_unit_test(long_circles_are_found),
        cmocka_unit_test(a_long_chain_is_ordered),
        cmocka_unit_test(twins_are_found_among_many_choices),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(no_memory_is_an_error_at_every_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
