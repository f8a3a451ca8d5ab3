/* Trials of elsewhere, mapped into a space. */
#include "engine/adopt.h"
#include "engine/alloc.h"
#include "tests/engine/tree.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FOLDS = 3, MOST = 8 };

static const char space_text[] =
    "{lr: {type: float, low: 0.001, high: 1, log: true}, units: {type: int, low: 1, high: 64},"
    " opt: [a, b, [1, 2], 16, true], depth: {type: int, low: 1, high: 3, when: {opt: b}},"
    " rate: {type: float, low: 0, high: 1, step: 0.1, default: 0.5}, fixed: relu}";

enum { LR, UNITS, OPT, DEPTH, RATE, FIXED };

struct rig {
    struct hone_arena arena;
    struct hone_space space;
    struct hone_adoption adoption;
};

static void rig_init(struct rig *rig) {
    struct hone_problems problems = {.file = "space"};
    struct hone_err err;

    *rig = (struct rig){0};
    assert_int_equal(hone_space_read(tree_read(&rig->arena, space_text), &rig->arena, &rig->space,
        &problems, &err), HONE_OK);
    assert_int_equal(hone_adoption_init(&rig->adoption, &rig->space, FOLDS, true, &err), HONE_OK);
}

static void rig_finish(struct rig *rig) {
    hone_adoption_finish(&rig->adoption);
    hone_arena_finish(&rig->arena);
}

/* The parameters of a mapping. */
static void name_params(struct rig *rig, const char *text, const char **name,
    struct hone_value *value, size_t *ret_count) {
    const struct hone_value *map = tree_read(&rig->arena, text);

    assert_true(map->count <= MOST);
    for (size_t i = 0; i < map->count; i++) {
        name[i] = map->entry[i].key;
        value[i] = *map->entry[i].value;
    }
    *ret_count = map->count;
}

static bool adopt_point(struct rig *rig, const char *text, double *x_value, bool *filled,
    size_t *param, struct hone_buf *why) {
    const char *name[MOST];
    struct hone_value value[MOST];
    size_t count;

    name_params(rig, text, name, value, &count);
    return hone_adopt_point(&rig->space, count, name, value, x_value, filled, param, why);
}

static void values_fit_however_they_are_written(void **state) {
    static const struct {
        const char *text;
        double x[6];
    } table[] = {
        {"{lr: 0.1, units: 3, opt: a, rate: 0.3}", {0.1, 3, 0, NAN, 0.3, 0}},
        {"{lr: \"0.1\", units: \"3.0\", opt: a, rate: \"0.3\"}", {0.1, 3, 0, NAN, 0.3, 0}},
        {"{lr: 1e-3, units: 64.0, opt: \"[1,2]\", rate: 0.30000000000000004}",
            {0.001, 64, 2, NAN, 0.3, 0}},
        {"{lr: 1, units: 1, opt: [1, 2], rate: 0}", {1, 1, 2, NAN, 0, 0}},
        {"{lr: 1, units: 1, opt: 16.0, rate: 1}", {1, 1, 3, NAN, 1, 0}},
        {"{lr: 1, units: 1, opt: \"16\", rate: 1}", {1, 1, 3, NAN, 1, 0}},
        {"{lr: 1, units: 1, opt: \"True\", rate: 1}", {1, 1, 4, NAN, 1, 0}},
        {"{lr: 1, units: 1, opt: b, depth: 2, rate: 1}", {1, 1, 1, 2, 1, 0}},
        {"{lr: 1, units: 1, opt: a, depth: 9, rate: 1}", {1, 1, 0, NAN, 1, 0}}, /* inactive */
        {"{lr: 1, units: 1, opt: a, fixed: relu, more: 1}", {1, 1, 0, NAN, 0.5, 0}},
    };
    struct rig rig;

    (void)state;
    rig_init(&rig);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct hone_buf why = {0};
        double x_value[6];
        size_t param;
        bool filled;

        if (!adopt_point(&rig, table[i].text, x_value, &filled, &param, &why)) {
            fail_msg("%s: %s", table[i].text, hone_buf_text(&why));
        }
        for (size_t p = 0; p < 6; p++) {
            bool same = isnan(table[i].x[p]) ? isnan(x_value[p])
                                             : fabs(x_value[p] - table[i].x[p]) < 1e-15;
            if (!same) {
                fail_msg("%s: parameter %zu is %g", table[i].text, p, x_value[p]);
            }
        }
        assert_int_equal(filled, strstr(table[i].text, "rate") == NULL);
        hone_buf_finish(&why);
    }
    rig_finish(&rig);
}

static void what_does_not_fit_is_named(void **state) {
    static const struct {
        const char *text;
        size_t param;
        const char *why;
    } table[] = {
        {"{units: 3, opt: a}", LR, "it is not named"},
        {"{lr: 2, units: 3, opt: a}", LR, "2: it is outside the range"},
        {"{lr: x, units: 3, opt: a}", LR, "x: it is a text"},
        {"{lr: .nan, units: 3, opt: a}", LR, "\"nan\": it is outside the range"},
        {"{lr: \"1\", units: \"3.5\", opt: a}", UNITS, "3.5: it is outside the range"},
        {"{lr: 1, units: 3.5, opt: a}", UNITS, "3.5: it is outside the range or off its steps"},
        {"{lr: 1, units: 3, opt: c}", OPT, "c: it is none of the choices"},
        {"{lr: 1, units: 3, opt: b}", DEPTH, "it is not named"},
        {"{lr: 1, units: 3, opt: b, depth: 4}", DEPTH, "4: it is outside"},
        {"{lr: 1, units: 3, opt: a, rate: 0.25}", RATE, "0.25: it is outside"},
        {"{lr: 1, units: 3, opt: a, fixed: tanh}", FIXED, "tanh: it is none"},
    };
    struct rig rig;

    (void)state;
    rig_init(&rig);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct hone_buf why = {0};
        double x_value[6];
        size_t param = 99;
        bool filled;

        assert_false(adopt_point(&rig, table[i].text, x_value, &filled, &param, &why));
        if (param != table[i].param ||
            strncmp(hone_buf_text(&why), table[i].why, strlen(table[i].why)) != 0) {
            fail_msg("%s: parameter %zu: %s", table[i].text, param, hone_buf_text(&why));
        }
        hone_buf_finish(&why);
    }
    rig_finish(&rig);
}

static void adopt(struct rig *rig, struct hone_foreign foreign, const char *text) {
    const char *name[MOST];
    struct hone_value value[MOST];
    struct hone_err err;

    name_params(rig, text, name, value, &foreign.params);
    foreign.name = name;
    foreign.param = value;
    assert_int_equal(hone_adopt(&rig->adoption, &foreign, &err), HONE_OK);
}

static const char good[] = "{lr: 0.1, units: 3, opt: a, rate: 0.3}";

static void folds_are_kept_when_they_make_up_the_value(void **state) {
    static const double folds[] = {0.5, 0.75, 1}, cut[] = {0.5, NAN, 1}, two[] = {0.5, 1};
    struct rig rig;
    const struct hone_trial *trial;

    (void)state;
    rig_init(&rig);
    adopt(&rig, (struct hone_foreign){.state = HONE_COMPLETE, .value = 0.75, .sem = 9,
        .folds = 3, .fold = folds}, good);
    adopt(&rig, (struct hone_foreign){.state = HONE_COMPLETE, .value = 0.8, .sem = 0.1,
        .folds = 3, .fold = folds}, good); /* another mean: no folds of ours */
    adopt(&rig, (struct hone_foreign){.state = HONE_COMPLETE, .value = 0.75, .sem = NAN,
        .folds = 3, .fold = cut}, good);
    adopt(&rig, (struct hone_foreign){.state = HONE_COMPLETE, .value = 0.75, .sem = NAN,
        .folds = 2, .fold = two}, good);
    adopt(&rig, (struct hone_foreign){.state = HONE_PRUNED, .value = 0.75, .sem = NAN,
        .folds = 3, .fold = cut}, good);
    adopt(&rig, (struct hone_foreign){.state = HONE_PRUNED, .value = 0.7, .sem = NAN}, good);
    assert_int_equal(rig.adoption.history.count, 6);
    trial = rig.adoption.history.trial;
    assert_int_equal(trial[0].folds_done, 3);
    assert_true(trial[0].loss == -0.75 && trial[0].fold_loss[2] == -1 && trial[0].sem < 1);
    for (size_t i = 1; i < 4; i++) { /* the value stands where the first fold would */
        assert_int_equal(trial[i].folds_done, 0);
        assert_true(trial[i].fold_loss[0] == trial[i].loss && isnan(trial[i].fold_loss[1]));
    }
    assert_true(trial[1].loss == -0.8 && trial[1].sem == 0.1);
    assert_int_equal(trial[4].folds_done, 2);
    assert_true(trial[4].loss == -0.75 && isnan(trial[4].fold_loss[1]));
    assert_int_equal(trial[5].folds_done, 0); /* nobody can tell what a part of it is worth */
    assert_true(isnan(trial[5].fold_loss[0]));
    for (size_t i = 0; i < 6; i++) {
        assert_true(hone_trial_is_imported(&trial[i]));
    }
    rig_finish(&rig);
}

static void what_is_left_out_is_counted_by_its_reason(void **state) {
    struct rig rig;
    const struct hone_misfits *misfit;

    (void)state;
    rig_init(&rig);
    adopt(&rig, (struct hone_foreign){.number = 1, .state = HONE_RUNNING, .value = NAN}, good);
    adopt(&rig, (struct hone_foreign){.number = 2, .state = HONE_COMPLETE, .value = INFINITY},
        good);
    adopt(&rig, (struct hone_foreign){.number = 3, .state = HONE_COMPLETE, .value = 1},
        "{lr: 5, host: a}");
    adopt(&rig, (struct hone_foreign){.number = 4, .state = HONE_COMPLETE, .value = 1},
        "{lr: 6, host: a, gpu: 2}");
    adopt(&rig, (struct hone_foreign){.number = 5, .state = HONE_WAITING, .value = NAN}, good);
    adopt(&rig, (struct hone_foreign){.number = 6, .state = HONE_FAILED, .value = 3}, good);
    misfit = rig.adoption.misfit;
    assert_int_equal(rig.adoption.misfits, 3);
    assert_int_equal(misfit[0].why, HONE_MISFIT_UNFINISHED);
    assert_int_equal(misfit[0].count, 2);
    assert_int_equal(misfit[1].why, HONE_MISFIT_NO_VALUE);
    assert_int_equal(misfit[2].why, HONE_MISFIT_PARAM);
    assert_int_equal(misfit[2].count, 2);
    assert_int_equal(misfit[2].first, 3);
    assert_non_null(strstr(misfit[2].text, "5: "));
    assert_int_equal(rig.adoption.unknowns, 2);
    assert_string_equal(rig.adoption.unknown[1], "gpu");
    assert_int_equal(rig.adoption.history.count, 1);
    assert_non_null(rig.adoption.history.trial[0].error);
    assert_true(isnan(rig.adoption.history.trial[0].loss)); /* a failure has no value */
    rig_finish(&rig);
}

static void every_allocation_may_fail(void **state) {
    bool failed = true;

    (void)state;
    for (unsigned long n = 1; failed; n++) {
        static const double folds[] = {0.5, 0.75, 1};
        const struct hone_value value[] = {{.type = HONE_REAL, .real = 0.1},
            {.type = HONE_INT, .integer = 3, .real = 3}, {.type = HONE_TEXT, .text = "[1,2]"}};
        const char *const name[] = {"lr", "units", "opt", "lr"};
        struct hone_foreign foreign = {.state = HONE_COMPLETE, .value = 0.75, .params = 3,
            .name = name, .param = value, .folds = FOLDS, .fold = folds};
        struct hone_err err;
        struct rig rig;
        enum hone_code code;

        rig_init(&rig);
        hone_alloc_fail_at(n, 0);
        code = hone_adopt(&rig.adoption, &foreign, &err);
        if (code == HONE_OK) {
            foreign.name = name + 1; /* units, opt, lr: none fits */
            code = hone_adopt(&rig.adoption, &foreign, &err);
        }
        hone_alloc_fail_at(0, 0);
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
        /* A comparison without memory finds no choice: the trial is then left out. */
        failed = code != HONE_OK || rig.adoption.history.count != 1;
        rig_finish(&rig);
        assert_true(n < 100);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_fit_however_they_are_written),
        cmocka_unit_test(what_does_not_fit_is_named),
        cmocka_unit_test(folds_are_kept_when_they_make_up_the_value),
        cmocka_unit_test(what_is_left_out_is_counted_by_its_reason),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
