#include "engine/plan.h"

#include "engine/alloc.h"
#include "tests/engine/plan_parts.h"
#include "tests/engine/tree.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CASES(table) (sizeof(table) / sizeof((table)[0]))

enum { ALLOCATIONS = 100 }; /* more than any load here makes */

#define SPACE "space: {lr: {type: float, low: 0, high: 1}}"
#define OBJECTIVE "objective: {function: branin}"

/* A plan that must load; `words` holds the tree. */
static void load(struct hone_plan *plan, struct hone_arena *words, const char *text) {
    struct hone_problems problems;
    struct hone_err err;

    if (plan_parts_load(plan, tree_read(words, text), &problems, &err) != HONE_OK) {
        fail_msg("%s: %s", text, hone_buf_text(&problems.lines));
    }
}

static void a_short_spec_gets_the_defaults(void **state) {
    struct hone_arena words = {0};
    struct hone_plan plan;
    const struct plan_parts_walk *config;

    (void)state;
    load(&plan, &words, "{" OBJECTIVE ", " SPACE "}");
    config = plan.sampler_config;
    assert_string_equal(plan.name, "from-file");
    assert_int_equal(plan.seed, 0);
    assert_string_equal(plan.sampler->name, "walk");
    assert_int_equal(config->stride, 3);
    assert_string_equal(plan.objective->name, "function");
    assert_int_equal(plan.budget, HONE_DEFAULT_TRIALS);
    assert_int_equal(plan.parallel, 0);
    assert_true(isinf(plan.timeout_seconds));
    assert_false(plan.order_free);
    assert_int_equal(plan.space.n, 1);
    assert_string_equal(plan.folder, "/folder");
    assert_string_equal(plan.setup.folder, "/folder");
    assert_string_equal(plan.spec_text, "text");
    assert_non_null(strstr(plan.fingerprint, "space.lr.high = 1\n"));
    hone_plan_finish(&plan);
    hone_arena_finish(&words);
}

/* A command has a direction too. */
static void objective_that_is_told_is_named_by_its_only_key(void **state) {
    static const struct {
        const char *spec, *objective;
    } cases[] = {
        {"{objective: {direction: maximize}, " SPACE "}", "direction"},
        {"{objective: {direction: maximize, function: branin}, " SPACE "}", "function"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hone_arena words = {0};
        struct hone_plan plan;

        load(&plan, &words, cases[i].spec);
        assert_string_equal(plan.objective->name, cases[i].objective);
        hone_plan_finish(&plan);
        hone_arena_finish(&words);
    }
}

static void a_full_spec_is_kept_in_the_plan(void **state) {
    struct hone_arena words = {0};
    struct hone_plan plan;
    const struct plan_parts_walk *walk;
    const struct plan_parts_model *model;

    (void)state;
    load(&plan, &words,
        "{study: My-1.x_y, seed: 9000000000000000001, data: {csv: a}, cv: {folds: 3},"
        " objective: {model: mlp, epochs: 7}, " SPACE ","
        " search: {method: walk, stride: 9, trials: 12, timeout: 30m, parallel: 4, order: free,"
        " stop: off, learn_from: []}}");
    walk = plan.sampler_config;
    model = plan.setup.config;
    assert_string_equal(plan.name, "My-1.x_y");
    assert_true(plan.seed == UINT64_C(9000000000000000001));
    assert_true(plan.setup.seed == plan.seed);
    assert_int_equal(walk->stride, 9);
    assert_int_equal(model->epochs, 7);
    assert_int_equal(plan.budget, 12);
    assert_true(plan.timeout_seconds == 1800);
    assert_int_equal(plan.parallel, 4);
    assert_true(plan.order_free);
    assert_ptr_equal(plan.setup.space, &plan.space);
    hone_plan_finish(&plan);
    hone_arena_finish(&words);
}

static void a_method_with_an_end_runs_to_it(void **state) {
    struct hone_arena words = {0};
    struct hone_plan whole;
    struct hone_plan part;

    (void)state;
    load(&whole, &words, "{" OBJECTIVE ", space: {a: [1, 2]}, search: {method: lattice}}");
    load(&part, &words, "{" OBJECTIVE ", space: {a: [1, 2]},"
                        " search: {method: lattice, trials: 1}}");
    assert_true(whole.budget == UINT64_MAX);
    assert_int_equal(part.budget, 1);
    hone_plan_finish(&whole);
    hone_plan_finish(&part);
    hone_arena_finish(&words);
}

static void each_mistake_is_one_located_line(void **state) {
    static const struct {
        const char *text, *line;
    } c[] = {
        {"[]", "s:1:1: a list stands here; a spec should be a mapping with data, objective, space"},
        {"hello", "s:1:1: a text stands here; a spec should be a mapping"},
        {"~", "s:1:1: nothing stands here; a spec should be a mapping"},
        {"{" OBJECTIVE "}", "s:1:1: space: it is missing; it should say what is searched"},
        {"{" SPACE "}",
            "s:1:1: objective: it does not say what is evaluated; it should have exactly one of:"
            " model, function; or, where values are told, nothing but direction\n"},
        {"{" SPACE ", objective: {modle: mlp}}", "s:1:58: objective: it does not say what is"},
        {"{" SPACE ", objective: {model: a, function: b}}",
            "objective: it says model and function; it should have exactly one of: model,"},
        {"{" SPACE ", objective: {modle: a, direction: maximize}}", "it does not say what is"},
        {"{" SPACE ", objective: [model]}", "objective: it does not say what is evaluated"},
        {"{" OBJECTIVE ", " SPACE ", serach: {}}",
            "s:1:78: serach: unknown key; did you mean 'search'?"},
        {"{" OBJECTIVE ", " SPACE ", study: \"a b\"}", "s:1:85: study: 'a b' cannot name a study"},
        {"{" OBJECTIVE ", " SPACE ", study: \"\"}", "study: '' cannot name a study"},
        {"{" OBJECTIVE ", " SPACE ", study: \"../x\"}", "study: '../x' cannot name a study"},
        {"{" OBJECTIVE ", " SPACE ", study: 2026}", "study: '2026' cannot be used; it should be a"},
        {"{" OBJECTIVE ", " SPACE ", seed: -1}", "seed: '-1' cannot be used; it should be an"},
        {"{" OBJECTIVE ", " SPACE ", seed: 1.5}", "seed: '1.5' cannot be used"},
        {"{" OBJECTIVE ", " SPACE ", data: {csv: a}}",
            "data: an objective of kind 'function' does not read it; it should be left out"},
        {"{" OBJECTIVE ", " SPACE ", cv: {folds: 2}}", "cv: an objective of kind 'function' does"},
        {"{" SPACE ", objective: {model: a, epohcs: 2}}", "objective.epohcs: unknown key; did you"},
        {"{" OBJECTIVE ", " SPACE ", search: 5}", "search: an integer stands here; it should be a"},
        {"{" OBJECTIVE ", " SPACE ", search: {method: wlak}}",
            "search.method: there is no method 'wlak'; it should be one of walk, lattice (did you"
            " mean 'walk'?)"},
        {"{" OBJECTIVE ", " SPACE ", search: {method: bayes}}",
            "search.method: there is no method 'bayes'; it should be one of walk, lattice\n"},
        {"{" OBJECTIVE ", " SPACE ", search: {method: [walk]}}",
            "search.method: '[\"walk\"]' cannot"},
        {"{" OBJECTIVE ", " SPACE ", search: {method: lattice}}",
            "lr: a lattice cannot visit it; it should have a step"},
        {"{" OBJECTIVE ", " SPACE ", search: {stride: 11}}",
            "search.stride: '11' cannot be used; it should be an integer from 1 to 10"},
        {"{" OBJECTIVE ", space: {a: [1, 2]}, search: {method: lattice, stride: 1}}",
            "search.stride: unknown key; known here: method, trials"},
        {"{" OBJECTIVE ", " SPACE ", search: {trails: 5}}", "search.trails: unknown key; did you"},
        {"{" OBJECTIVE ", " SPACE ", search: {trials: 0}}", "search.trials: '0' cannot be used"},
        {"{" OBJECTIVE ", " SPACE ", search: {timeout: soon}}", "search.timeout: 'soon' cannot be"},
        {"{" OBJECTIVE ", " SPACE ", search: {order: fre}}", "(did you mean 'free'?)"},
        {"{" OBJECTIVE ", " SPACE ", search: {parallel: 0}}",
            "search.parallel: it should be auto or an integer from 1 to 100000"},
        {"{" OBJECTIVE ", " SPACE ", search: {parallel: many}}",
            "search.parallel: it should be auto"},
        {"{" OBJECTIVE ", " SPACE ", search: {parallel: 2.5}}",
            "search.parallel: it should be auto"},
        {"{" OBJECTIVE ", " SPACE ", search: {learn_from: [5]}}",
            "search.learn_from: an integer stands here; it should be the name of a study"},
    };

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_arena words = {0};
        struct hone_plan plan;
        struct hone_problems problems;
        struct hone_err err;

        assert_int_equal(plan_parts_load(&plan, tree_read(&words, c[i].text), &problems, &err),
            HONE_E_INPUT);
        if (problems.count != 1 || strstr(hone_buf_text(&problems.lines), c[i].line) == NULL) {
            fail_msg("%s: %zu problems: %s", c[i].text, problems.count,
                hone_buf_text(&problems.lines));
        }
        hone_problems_finish(&problems);
        hone_plan_finish(&plan);
        hone_arena_finish(&words);
    }
}

static void mistakes_in_all_parts_come_in_one_go(void **state) {
    struct hone_arena words = {0};
    struct hone_plan plan;
    struct hone_problems problems;
    struct hone_err err;

    (void)state;
    assert_int_equal(plan_parts_load(&plan, tree_read(&words,
        "{sede: 1, data: {csv: a},\n"
        "objective: {model: a, epochs: many},\n"
        "space: {lr: {type: float, low: 0, high: 1}, a: [x, y]},\n"
        "search: {method: lattice, first: [{lr: 3}, {aa: x, a: z}], parallel: 1}}"), &problems,
        &err), HONE_E_INPUT);
    assert_string_equal(hone_buf_text(&problems.lines),
        "s:1:2: sede: unknown key; did you mean 'seed'?\n"
        "s:2:31: objective.epochs: 'many' cannot be used; it should be an integer from 1 to 1000\n"
        "s:3:9: lr: a lattice cannot visit it; it should have a step\n"
        "s:4:40: search.first[0]: lr: it is outside the range or off its steps; it should be a"
        " number from 0 to 1\n"
        "s:4:45: search.first[1]: there is no parameter 'aa'; did you mean 'a'?\n"
        "s:4:55: search.first[1]: a: it is none of the choices; it should be one of x, y\n");
    assert_string_equal(err.text, "6 problems in 's'");
    hone_problems_finish(&problems);
    hone_plan_finish(&plan);
    hone_arena_finish(&words);
}

static void a_stop_that_nobody_judges_is_a_mistake_until_a_study_has_it(void **state) {
    (void)state;
    for (int stored = 0; stored < 2; stored++) {
        struct hone_arena words = {0};
        const struct hone_spec spec = {.name = "n", .text = "", .file = "s", .folder = "/",
            .root = tree_read(&words, "{" OBJECTIVE ", " SPACE ", search: {stop: auto}}"),
            .stored = stored == 1};
        struct hone_plan plan = {0};
        struct hone_problems problems = {.file = "s"};
        struct hone_err err;

        assert_int_equal(hone_plan_load(&plan, &spec, &plan_parts, &problems, &err),
            stored == 1 ? HONE_OK : HONE_E_INPUT);
        assert_int_equal(problems.count, 1 - stored);
        hone_problems_finish(&problems);
        hone_plan_finish(&plan);
        hone_arena_finish(&words);
    }
}

static void keys_beside_an_unknown_method_are_those_of_any(void **state) {
    struct hone_arena words = {0};
    struct hone_plan plan;
    struct hone_problems problems;
    struct hone_err err;

    (void)state;
    assert_int_equal(plan_parts_load(&plan, tree_read(&words,
        "{" OBJECTIVE ", " SPACE ",\n"
        "search: {method: wlak, stride: 11, trial: 3, parallel: abc}}"), &problems, &err),
        HONE_E_INPUT);
    assert_string_equal(hone_buf_text(&problems.lines),
        "s:2:56: search.parallel: it should be auto or an integer from 1 to 100000\n"
        "s:2:18: search.method: there is no method 'wlak'; it should be one of walk, lattice (did"
        " you mean 'walk'?)\n"
        "s:2:36: search.trial: unknown key; did you mean 'trials'?\n");
    hone_problems_finish(&problems);
    hone_plan_finish(&plan);
    hone_arena_finish(&words);
}

static void parallel_spreads_workers_over_folds(void **state) {
    static const struct {
        uint64_t wanted;
        size_t workers, folds;
        bool blind, race;
        uint64_t parallel;
    } c[] = {{0, 1, 1, false, false, 2}, {0, 8, 5, false, false, 3}, {0, 5, 5, false, false, 2},
        {0, 6, 5, false, false, 3}, {0, 1, 5, false, false, 2}, {0, 8, 1, false, false, 9},
        {1, 8, 5, false, false, 1}, {7, 1, 1, false, false, 7}, {0, 2, 5, false, true, 3},
        {0, 2, 5, true, false, HONE_PARALLEL_OPEN}, {0, 2, 5, true, true, 3},
        {4, 2, 5, true, false, 4}};

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        const struct hone_sampler_type sampler = {.blind = c[i].blind};
        const struct hone_plan plan = {.parallel = c[i].wanted, .sampler = &sampler};

        assert_int_equal(hone_plan_parallel(&plan, c[i].workers, c[i].folds, c[i].race),
            c[i].parallel);
        assert_int_equal(hone_plan_is_ordered(&plan, c[i].race), !c[i].blind || c[i].race);
    }
}

static void names_are_plain(void **state) {
    char long_name[HONE_NAME_LIMIT + 2];

    (void)state;
    memset(long_name, 'a', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    assert_false(hone_plan_name_is_good(long_name));
    assert_true(hone_plan_name_is_good(long_name + 1));
    assert_true(hone_plan_name_is_good("a-B_9.x"));
    assert_false(hone_plan_name_is_good(""));
    assert_false(hone_plan_name_is_good("a/b"));
    assert_false(hone_plan_name_is_good("a b"));
    assert_false(hone_plan_name_is_good("\xC3\xA4"));
    assert_false(hone_plan_name_is_good("a\n"));
}

/* Good and bad specs: no allocation that fails may crash, leak, or pass for a
 * mistake of the user's. */
static void no_memory_is_an_error_at_every_allocation(void **state) {
    static const struct {
        const char *text;
        enum hone_code code;
    } c[] = {
        {"{data: {csv: a}, objective: {model: a, epochs: 3},"
         " space: {a: [1, 2], lr: {type: float, low: 0, high: 1, default: 0.5, when: {a: 1}}},"
         " search: {stride: 2, first: [{a: 2}, {a: 1, lr: 0}]}}", HONE_OK},
        {"{dat: 1, objective: {model: a, epochs: x}, space: {a: [1, 1]}, search: {first: 3}}",
            HONE_E_INPUT},
    };

    (void)state;
    for (size_t i = 0; i < 2 * CASES(c); i++) {
        struct hone_arena words = {0};
        const struct hone_value *root = tree_read(&words, c[i / 2].text);
        enum hone_code code = HONE_OK;

        for (unsigned long n = 1; n <= ALLOCATIONS; n++) {
            struct hone_plan plan;
            struct hone_problems problems;
            struct hone_err err;

            hone_alloc_fail_at(n, i % 2 == 1);
            code = plan_parts_load(&plan, root, &problems, &err);
            hone_alloc_fail_at(0, 0);
            assert_true(code == HONE_E_NOMEM || code == c[i / 2].code);
            hone_problems_finish(&problems);
            hone_plan_finish(&plan);
        }
        assert_int_equal(code, c[i / 2].code); /* nothing failed any more */
        hone_arena_finish(&words);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objective_that_is_told_is_named_by_its_only_key),
        cmocka_unit_test(a_short_spec_gets_the_defaults),
        cmocka_unit_test(a_full_spec_is_kept_in_the_plan),
        cmocka_unit_test(a_method_with_an_end_runs_to_it),
        cmocka_unit_test(each_mistake_is_one_located_line),
        cmocka_unit_test(mistakes_in_all_parts_come_in_one_go),
        cmocka_unit_test(a_stop_that_nobody_judges_is_a_mistake_until_a_study_has_it),
        cmocka_unit_test(keys_beside_an_unknown_method_are_those_of_any),
        cmocka_unit_test(parallel_spreads_workers_over_folds),
        cmocka_unit_test(names_are_plain),
        cmocka_unit_test(no_memory_is_an_error_at_every_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
