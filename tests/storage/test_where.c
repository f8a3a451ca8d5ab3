#include "engine/alloc.h"
#include "engine/buf.h"
#include "storage/where.h"
#include "tests/storage/rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { COMPLETE_TRIALS = 40 };

enum place { LR, UNITS, OPT, DEPTH };

/* One trial in a state of its own behind those that are complete. */
static void add_in_state(struct rig *rig, enum hone_state state, const char *error) {
    const double x_value[] = {0.5, 3, 1, 2};
    struct hone_trial *trial = NULL;
    struct hone_err err;

    assert_int_equal(hone_history_append(&rig->history, x_value, &trial, &err), HONE_OK);
    trial->part = "queue";
    trial->state = state;
    trial->started_ms = state == HONE_WAITING ? 0 : 86400000;
    assert_int_equal(hone_store_begin(rig->store, &err), HONE_OK);
    trial->error = error == NULL ? NULL : hone_strdup(error);
    assert_int_equal(hone_store_put_trial(rig->store, trial, &err), HONE_OK);
    assert_int_equal(hone_store_end(rig->store, &err), HONE_OK);
}

static void set_up(struct rig *rig) {
    rig_init(rig);
    rig_open(rig);
    rig_fill(rig, COMPLETE_TRIALS);
    add_in_state(rig, HONE_WAITING, NULL);
    add_in_state(rig, HONE_RUNNING, NULL);
    add_in_state(rig, HONE_PRUNED, NULL);
    add_in_state(rig, HONE_FAILED, "it's a \"mess\"");
}

static bool note_number(void *self, const struct hone_trial_row *row) {
    hone_buf_printf(self, "%llu ", (unsigned long long)row->number);
    return true;
}

static enum hone_code ask(struct rig *rig, const char *where, const char *sort,
    struct hone_buf *numbers, struct hone_err *err) {
    const struct hone_trial_query query = {.study = "trees", .where = where, .sort = sort};

    hone_buf_clear(numbers);
    return hone_db_trials(rig->db, &query, note_number, numbers, err);
}

/* ---- What conditions mean, beside the same said in C ---- */

typedef bool predicate(const struct hone_trial *t);

static bool small_rate(const struct hone_trial *t) {
    return t->x_value[LR] < 0.01;
}
static bool units_between(const struct hone_trial *t) {
    return t->x_value[UNITS] >= 10 && t->x_value[UNITS] <= 20;
}
static bool opt_a(const struct hone_trial *t) {
    return t->x_value[OPT] == 0;
}
static bool opt_not_a(const struct hone_trial *t) {
    return t->x_value[OPT] != 0;
}
static bool opt_list(const struct hone_trial *t) {
    return t->x_value[OPT] == 2;
}
static bool deep(const struct hone_trial *t) {
    return t->x_value[DEPTH] >= 2; /* not when it is NaN */
}
static bool not_deep(const struct hone_trial *t) {
    return t->x_value[DEPTH] < 2; /* what is not there is neither */
}
static bool no_depth(const struct hone_trial *t) {
    return isnan(t->x_value[DEPTH]);
}
static bool good(const struct hone_trial *t) {
    return t->state == HONE_COMPLETE && -t->loss > 0.7;
}
static bool complete(const struct hone_trial *t) {
    return t->state == HONE_COMPLETE;
}
static bool not_complete(const struct hone_trial *t) {
    return t->state != HONE_COMPLETE;
}
static bool open_state(const struct hone_trial *t) {
    return t->state == HONE_WAITING || t->state == HONE_RUNNING;
}
static bool failed(const struct hone_trial *t) {
    return t->state == HONE_FAILED;
}
static bool all(const struct hone_trial *t) {
    return t->number < UINT64_MAX;
}
static bool none(const struct hone_trial *t) {
    return t->number == UINT64_MAX;
}
static bool mixed(const struct hone_trial *t) {
    return small_rate(t) || (opt_a(t) && !units_between(t));
}
static bool mixed_otherwise(const struct hone_trial *t) {
    return (small_rate(t) || opt_a(t)) && !units_between(t);
}
static bool waiting(const struct hone_trial *t) {
    return t->state == HONE_WAITING;
}
static bool fourth(const struct hone_trial *t) {
    return t->number == 4;
}

static const struct {
    const char *where;
    predicate *holds;
} meanings[] = {
    {"lr < 0.01", small_rate},
    {"lr<1e-2", small_rate},
    {"NOT lr >= .01", small_rate},
    {"not not lr < 0.01", small_rate},
    {"units >= 10 and units <= 20", units_between},
    {"units in (10,11,12, 13, 14, 15, 16, 17, 18, 19, 20)", units_between},
    {"not (units < 10 or units > 20)", units_between},
    {"opt = a", opt_a},
    {"opt == 'a'", opt_a},
    {"opt = \"a\"", opt_a},
    {"`opt` = a", opt_a},
    {"opt != a", opt_not_a},
    {"opt <> a", opt_not_a},
    {"opt not in (a)", opt_not_a},
    {"opt = '[1, 2]'", opt_list},
    {"opt like '[%'", opt_list},
    {"opt not like 'b' and opt not like a", opt_list},
    {"opt = 1", none},
    {"opt = c", none},
    {"opt = 'a'' or 1 = 1'", none},
    {"depth >= 2", deep},
    {"not depth >= 2", not_deep},
    {"depth is null", no_depth},
    {"not depth is not null", no_depth},
    {"value > 0.7", good},
    {"metrics.accuracy > 0.7", good},
    {"metrics.f1 > 0.35", good},
    {"`metrics.f1` > 0.35", good},
    {"state = complete", complete},
    {"state = 'Complete'", complete},
    {"stderr > 0", complete},
    {"folds = 3", complete},
    {"seconds > 0.5", complete},
    {"value is not null", complete},
    {"finished is not null", complete},
    {"finished = '1970-01-01T00:00:02.000Z'", complete},
    {"part = random", complete},
    {"metrics.f1 is null", not_complete},
    {"state != complete", not_complete},
    {"state in (waiting, running)", open_state},
    {"not state in (complete, pruned) and state not in (failed)", open_state},
    {"error = 'it''s a \"mess\"'", failed},
    {"error = \"it's a \"\"mess\"\"\"", failed},
    {"error like %MESS%", failed},
    {"error IS NOT NULL", failed},
    {"started is null", waiting},
    {"started < 1970-01-02 or started >= 1970-01-02", NULL},
    {"number >= 0", all},
    {"number = 4", fourth},
    {"number > 3 and number < 5", fourth},
    {"lr < 0.01 or opt = a and not (units >= 10 and units <= 20)", mixed},
    {"(lr < 0.01 or opt = a) and not (units >= 10 and units <= 20)", mixed_otherwise},
    {"((((((((((((number = 4))))))))))))", fourth},
};

static bool not_waiting(const struct hone_trial *t) {
    return t->state != HONE_WAITING;
}

static void conditions_hold_for_the_trials_they_mean(void **state) {
    struct rig rig;
    struct hone_buf numbers = {0};
    struct hone_buf expected = {0};

    (void)state;
    set_up(&rig);
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        predicate *holds = meanings[i].holds == NULL ? not_waiting : meanings[i].holds;
        struct hone_err err = {0};

        hone_buf_clear(&expected);
        for (size_t t = 0; t < rig.history.count; t++) {
            if (holds(&rig.history.trial[t])) {
                hone_buf_printf(&expected, "%zu ", t);
            }
        }
        if (ask(&rig, meanings[i].where, NULL, &numbers, &err) != HONE_OK
            || strcmp(hone_buf_text(&numbers), hone_buf_text(&expected)) != 0) {
            fail_msg("%s: %s\ngot %s\nnot %s", meanings[i].where, err.text,
                hone_buf_text(&numbers), hone_buf_text(&expected));
        }
    }
    hone_buf_finish(&numbers);
    hone_buf_finish(&expected);
    rig_finish(&rig);
}

/* ---- What cannot be read ---- */

static const struct {
    const char *where;
    const char *says;
} mistakes[] = {
    {"", "where: column 1: expected a name, not the end"},
    {"lr", "column 3: expected a comparison of 'lr'"},
    {"lr <", "column 5: expected a value to compare 'lr' with, not the end"},
    {"lr < abc", "column 6: 'lr' is a number; it cannot be compared with 'abc'"},
    {"lr = null", "column 6: nothing equals null; write lr is null"},
    {"lr < 1 and", "column 11: expected a name, not the end"},
    {"lr < 1 units = 2", "column 8: expected and, or or the end, not units"},
    {"lr < 1; drop table trial", "column 7: ';' has no meaning here"},
    {"(lr < 1", "column 8: expected and, or or ), not the end"},
    {"lr < 1)", "column 7: expected and, or or the end, not )"},
    {"lr ! 1", "column 4: '!' has no meaning here"},
    {"unist = 3", "column 1: there is no 'unist'; did you mean 'units'?"},
    {"valeu > 3", "did you mean 'value'?"},
    {"zzzzzzzzzz = 3", "column 1: there is no 'zzzzzzzzzz'; names are those of the parameters"},
    {"metrics.acuracy > 0", "no trial has a metric 'acuracy'; did you mean 'metrics.accuracy'?"},
    {"metrics.zzzzz > 0", "column 1: no trial has a metric 'zzzzz'"},
    {"state = complet", "column 9: there is no state 'complet' (did you mean 'complete'?); states"
        " are waiting, running, complete, pruned and failed"},
    {"state < complete", "column 7: states have no order"},
    {"opt = 'a", "column 7: the text that begins here has no end; add a '"},
    {"opt in a", "column 8: expected ( after in, not a"},
    {"opt in (a b)", "column 11: expected , or ) in the list, not b"},
    {"opt in ()", "column 9: expected a value"},
    {"opt is a", "column 8: expected null or not null after is, not a"},
    {"'opt' = a", "column 1: expected a name, not a quoted text; write it in backquotes: opt"},
    {"error = 'ü' and x = 3", "column 17: there is no 'x'"},
    {"(((((((((((((lr = 1)))))))))))))", "column 13: more than 12 levels"},
};

static void mistakes_are_told_with_their_place(void **state) {
    struct rig rig;
    struct hone_buf numbers = {0};

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 1);
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        struct hone_err err = {0};

        if (ask(&rig, mistakes[i].where, NULL, &numbers, &err) != HONE_E_INPUT
            || strstr(err.text, mistakes[i].says) == NULL) {
            fail_msg("%s: '%s', not '%s'", mistakes[i].where, err.text, mistakes[i].says);
        }
    }
    hone_buf_finish(&numbers);
    rig_finish(&rig);
}

/* ---- Limits ---- */

static void repeat(struct hone_buf *text, const char *piece, int count) {
    for (int i = 0; i < count; i++) {
        hone_buf_add(text, piece);
    }
}

/* SQLite's parser has a stack of its own, and it must hold all we let through. */
static void the_deepest_and_the_longest_are_taken(void **state) {
    struct rig rig;
    struct hone_buf text = {0};
    struct hone_buf numbers = {0};
    struct hone_err err = {0};

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 3);
    repeat(&text, "number < 0 or number >= 0 and (", 12);
    hone_buf_add(&text, "number < 0 or number >= 0 and metrics.f1 < 9 and opt in (a, b, '[1, 2]')");
    repeat(&text, ")", 12);
    assert_int_equal(ask(&rig, hone_buf_text(&text), NULL, &numbers, &err), HONE_OK);
    assert_string_equal(hone_buf_text(&numbers), "0 1 2 ");
    hone_buf_clear(&text);
    repeat(&text, "number < 0 or not (", 6);
    hone_buf_add(&text, "opt = a or opt = b or depth = 1 or number = 1");
    repeat(&text, ")", 6);
    assert_int_equal(ask(&rig, hone_buf_text(&text), NULL, &numbers, &err), HONE_OK);
    hone_buf_clear(&text);
    repeat(&text, "number = 7 or ", 499);
    hone_buf_add(&text, "opt = zz");
    assert_int_equal(ask(&rig, hone_buf_text(&text), NULL, &numbers, &err), HONE_OK);
    hone_buf_add(&text, " or number = 1");
    assert_int_equal(ask(&rig, hone_buf_text(&text), NULL, &numbers, &err), HONE_E_INPUT);
    assert_non_null(strstr(err.text, "more than 500 comparisons"));
    hone_buf_clear(&text);
    hone_buf_add(&text, "number in (2");
    repeat(&text, ",9", 9999);
    assert_int_equal(ask(&rig, hone_buf_text(&text), NULL, &numbers, &err), HONE_E_INPUT);
    hone_buf_add(&text, ")");
    assert_int_equal(ask(&rig, hone_buf_text(&text), NULL, &numbers, &err), HONE_OK);
    assert_string_equal(hone_buf_text(&numbers), "2 ");
    hone_buf_add(&text, "and number = 2");
    assert_int_equal(ask(&rig, hone_buf_text(&text), NULL, &numbers, &err), HONE_E_INPUT);
    hone_buf_finish(&text);
    hone_buf_finish(&numbers);
    rig_finish(&rig);
}

/* ---- Names that are also ours, literals that look like SQL ---- */

static const char *const odd_names[] = {"value", "my rate", "order"};

static void backquotes_tell_a_parameter_from_our_names(void **state) {
    const struct hone_param_row param[] = {{.name = "value"}, {.name = "my rate"},
        {.name = "order"}};
    struct hone_space_rows space = {.count = 3, .param = param,
        .name = (const char *[]){odd_names[0], odd_names[1], odd_names[2]}};
    const struct hone_names names = {.space = &space};
    struct hone_clause clause = {0};
    struct hone_err err;

    (void)state;
    assert_int_equal(hone_where_compile("value < 1", &names, &clause, &err), HONE_OK);
    assert_string_equal(hone_buf_text(&clause.sql), "t.value < ?");
    hone_clause_finish(&clause);
    assert_int_equal(hone_where_compile("`value` < 1", &names, &clause, &err), HONE_OK);
    assert_non_null(strstr(hone_buf_text(&clause.sql), "t.x0"));
    hone_clause_finish(&clause);
    assert_int_equal(hone_sort_compile("-`my rate`", &names, &clause, &err), HONE_OK);
    assert_non_null(strstr(hone_buf_text(&clause.sql), "t.x1 DESC NULLS LAST"));
    hone_clause_finish(&clause);
    assert_int_equal(hone_where_compile("order = 2", &names, &clause, &err), HONE_OK);
    assert_int_equal(clause.count, 1);
    assert_int_equal(clause.literal[0].integer, 2);
    hone_clause_finish(&clause);
}

static void no_literal_gets_into_the_sql(void **state) {
    struct hone_space_rows space = {0};
    const struct hone_names names = {.space = &space};
    struct hone_clause clause = {0};
    struct hone_err err;

    (void)state;
    assert_int_equal(hone_where_compile("error = 'x'') or (1=1' and value < 77 and part in (zz)"
        " and error like qq%", &names, &clause, &err), HONE_OK);
    assert_string_equal(hone_buf_text(&clause.sql),
        "t.error = ? AND t.value < ? AND t.part IN (?) AND t.error LIKE ?");
    assert_int_equal(clause.count, 4);
    assert_string_equal(clause.literal[0].text, "x') or (1=1");
    hone_clause_finish(&clause);
}

/* ---- Sorting ---- */

static void sorting_puts_what_has_no_value_last(void **state) {
    struct rig rig;
    struct hone_buf numbers = {0};
    struct hone_err err = {0};
    static const struct {
        const char *sort;
        const char *numbers;
    } cases[] = {
        /* middles 0.5 + 0.4 sin(i): i = 0 .. 3 are 0.5, 0.84, 0.86, 0.56 */
        {"value", "0 3 1 2 4 5 "},
        {"-value", "2 1 3 0 4 5 "},
        {"-metrics.f1", "2 1 3 0 4 5 "},
        {"number", "0 1 2 3 4 5 "},
        {"-number", "5 4 3 2 1 0 "},
        {"state", "4 0 1 2 3 5 "},
        {"-state", "5 0 1 2 3 4 "},
        {"error", "5 0 1 2 3 4 "},
        {"-error", "5 0 1 2 3 4 "},
    };

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 4);
    add_in_state(&rig, HONE_WAITING, NULL);
    add_in_state(&rig, HONE_FAILED, "broke");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ask(&rig, NULL, cases[i].sort, &numbers, &err), HONE_OK);
        assert_string_equal(hone_buf_text(&numbers), cases[i].numbers);
    }
    assert_int_equal(ask(&rig, NULL, "-lrr", &numbers, &err), HONE_E_INPUT);
    assert_string_equal(err.text, "sort: column 2: there is no 'lrr'; did you mean 'lr'?");
    assert_int_equal(ask(&rig, NULL, "lr, value", &numbers, &err), HONE_E_INPUT);
    assert_int_equal(ask(&rig, NULL, "", &numbers, &err), HONE_E_INPUT);
    hone_buf_finish(&numbers);
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_hold_for_the_trials_they_mean),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(the_deepest_and_the_longest_are_taken),
        cmocka_unit_test(backquotes_tell_a_parameter_from_our_names),
        cmocka_unit_test(no_literal_gets_into_the_sql),
        cmocka_unit_test(sorting_puts_what_has_no_value_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
