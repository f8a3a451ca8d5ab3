#include "tests/objectives/rig.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct hone_value *convert(struct hone_arena *arena, json_t *json);

static void convert_list(struct hone_arena *arena, json_t *json, struct hone_value *value) {
    value->type = HONE_LIST;
    value->count = json_array_size(json);
    value->item = hone_arena_array(arena, value->count + 1, sizeof(*value->item));
    assert_non_null(value->item);
    for (size_t i = 0; i < value->count; i++) {
        value->item[i] = convert(arena, json_array_get(json, i));
    }
}

static void convert_map(struct hone_arena *arena, json_t *json, struct hone_value *value) {
    struct hone_entry *entry =
        hone_arena_array(arena, json_object_size(json) + 1, sizeof(*value->entry));

    assert_non_null(entry);
    value->type = HONE_MAP;
    for (void *at = json_object_iter(json); at != NULL; at = json_object_iter_next(json, at)) {
        const char *key = json_object_iter_key(at);

        entry[value->count++] = (struct hone_entry){
            .key = hone_arena_text(arena, key, strlen(key)),
            .value = convert(arena, json_object_iter_value(at)),
        };
    }
    value->entry = entry;
}

static const struct hone_value *convert(struct hone_arena *arena, json_t *json) {
    struct hone_value *value = hone_arena_new(arena, sizeof(*value));

    assert_non_null(value);
    if (json_is_array(json)) {
        convert_list(arena, json, value);
    } else if (json_is_object(json)) {
        convert_map(arena, json, value);
    } else if (json_is_string(json)) {
        value->type = HONE_TEXT;
        value->text = hone_arena_text(arena, json_string_value(json), json_string_length(json));
    } else if (json_is_boolean(json)) {
        value->type = HONE_BOOL;
        value->boolean = json_is_true(json);
    } else if (json_is_number(json)) {
        value->type = json_is_integer(json) ? HONE_INT : HONE_REAL;
        value->integer = json_integer_value(json);
        value->real = json_number_value(json);
    }
    return value;
}

void rig_configure(struct rig *rig, const struct hone_objective_type *type, const char *json) {
    json_error_t error;
    json_t *root = json_loads(json, JSON_REJECT_DUPLICATES, &error);

    *rig = (struct rig){.type = type};
    if (root == NULL) {
        fail_msg("the test's spec: %s", error.text);
    }
    rig->setup = (struct hone_objective_setup){
        .spec = convert(&rig->arena, root), .space = &rig->space, .folder = HONE_DATA, .seed = 1,
    };
    json_decref(root);
    assert_int_equal(hone_space_read(hone_value_get(rig->setup.spec, "space"), &rig->arena,
        &rig->space, &rig->problems, &rig->err), HONE_OK);
    assert_int_equal(rig->problems.count, 0);
    assert_int_equal(type->configure(&rig->setup, &rig->arena, &rig->setup.config, &rig->problems,
        &rig->err), HONE_OK);
}

enum hone_code rig_open(struct rig *rig, const struct hone_objective_type *type,
    const char *json) {
    rig_configure(rig, type, json);
    if (rig->problems.count > 0) {
        fail_msg("%s", hone_buf_text(&rig->problems.lines));
    }
    return hone_objective_open(type, &rig->setup, &rig->objective, &rig->err);
}

struct hone_result rig_evaluate(struct rig *rig, const double *x_value, uint64_t trial,
    size_t fold) {
    struct hone_result result = {.trial = trial, .fold = fold};
    const struct hone_job job = {
        .seed = rig->setup.seed, .trial = trial, .fold = fold, .space = &rig->space,
        .x_value = x_value, .cancel = &rig->cancel, .arena = &rig->scratch,
    };

    hone_arena_reset(&rig->scratch);
    assert_int_equal(hone_objective_evaluate(rig->objective, &job, &result, &rig->err), HONE_OK);
    return result;
}

double rig_metric(const struct hone_result *result, const char *metric) {
    for (size_t i = 0; i < result->metric_count; i++) {
        if (strcmp(result->metric[i].name, metric) == 0) {
            return result->metric[i].value;
        }
    }
    fail_msg("no metric '%s'", metric);
    return NAN;
}

double rig_mean(const struct hone_objective_type *type, const char *json, const char *metric) {
    struct rig rig;
    double sum = 0;
    size_t folds;

    if (rig_open(&rig, type, json) != HONE_OK) {
        fail_msg("%s", rig.err.text);
    }
    folds = rig.objective->folds;
    for (size_t fold = 0; fold < folds; fold++) {
        struct hone_result result = rig_evaluate(&rig, NULL, 0, fold);

        if (result.outcome != HONE_OUTCOME_VALUE) {
            fail_msg("%s: %s", json, result.error);
        }
        sum += rig_metric(&result, metric);
        hone_result_finish(&result);
    }
    rig_finish(&rig);
    return sum / (double)folds;
}

void rig_finish(struct rig *rig) {
    hone_objective_close(rig->objective);
    hone_problems_finish(&rig->problems);
    hone_arena_finish(&rig->arena);
    hone_arena_finish(&rig->scratch);
}
