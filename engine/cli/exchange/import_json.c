/* hone import FILE.json */
#include "engine/alloc.h"
#include "engine/buf.h"
#include "engine/cli/exchange/import.h"
#include "engine/clock.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { FILE_LIMIT_BYTES = 1024 * 1024 * 1024 };

/* One trial being read; its arrays are as long as the longest so far. */
struct reading {
    const struct cli_import *im;
    struct hone_arena arena; /* a trial's */
    size_t index;            /* in the array */
};

static enum hone_code bad(const struct reading *r, struct hone_err *err, const char *key,
    const char *right) {
    return hone_fail(err, HONE_E_INPUT, "%s: trial %zu of the array: \"%s\": it should be %s",
        r->im->path, r->index, key, right);
}

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "reading trials: out of memory");
}

/* ---- Values ---- */

static struct hone_value read_scalar(const json_t *json) {
    if (json_is_boolean(json)) {
        return (struct hone_value){.type = HONE_BOOL, .boolean = json_is_true(json)};
    }
    if (json_is_integer(json)) {
        return (struct hone_value){.type = HONE_INT, .integer = json_integer_value(json),
            .real = (double)json_integer_value(json)};
    }
    if (json_is_real(json)) {
        return (struct hone_value){.type = HONE_REAL, .real = json_real_value(json)};
    }
    if (json_is_string(json)) {
        return (struct hone_value){.type = HONE_TEXT, .text = json_string_value(json)};
    }
    return (struct hone_value){.type = HONE_NULL};
}

/* As the choices of a spec are written, whose texts it is compared with. The reader of the
 * file bounds the depth. */
static void write_nested(json_t *json, struct hone_buf *text) {
    const char *between = "";
    const char *key;
    json_t *item;
    size_t i;

    if (json_is_array(json)) {
        hone_buf_add(text, "[");
        json_array_foreach(json, i, item) {
            hone_buf_add(text, between);
            write_nested(item, text);
            between = ", ";
        }
        hone_buf_add(text, "]");
    } else if (json_is_object(json)) {
        hone_buf_add(text, "{");
        json_object_foreach(json, key, item) {
            hone_buf_add(text, between);
            hone_buf_add_json_text(text, key);
            hone_buf_add(text, ": ");
            write_nested(item, text);
            between = ", ";
        }
        hone_buf_add(text, "}");
    } else {
        const struct hone_value value = read_scalar(json);

        hone_value_write_json(&value, text);
    }
}

/* Lists and mappings as their text; false: out of memory. */
static bool read_value(struct reading *r, json_t *json, struct hone_value *ret) {
    struct hone_buf text = {0};

    *ret = read_scalar(json);
    if (!json_is_array(json) && !json_is_object(json)) {
        return true;
    }
    write_nested(json, &text);
    *ret = (struct hone_value){.type = HONE_TEXT};
    if (!text.failed) {
        ret->text = hone_arena_text(&r->arena, hone_buf_text(&text), text.length);
    }
    hone_buf_finish(&text);
    return ret->text != NULL;
}

static enum hone_code read_params(struct reading *r, json_t *params, struct hone_foreign *foreign,
    struct hone_err *err) {
    size_t count = json_object_size(params);
    const char **name = hone_arena_array(&r->arena, count, sizeof(*name));
    struct hone_value *value = hone_arena_array(&r->arena, count, sizeof(*value));
    const char *key;
    json_t *member;
    size_t at = 0;

    if (!json_is_object(params)) {
        return bad(r, err, "params", "an object such as {\"lr\": 0.1}");
    }
    if (name == NULL || value == NULL) {
        return no_memory(err);
    }
    json_object_foreach(params, key, member) {
        name[at] = key;
        if (!read_value(r, member, &value[at++])) {
            return no_memory(err);
        }
    }
    foreign->params = count;
    foreign->name = name;
    foreign->param = value;
    return HONE_OK;
}

/* ---- The rest of a trial ---- */

/* A number, or nothing: null and what is not there. */
static enum hone_code read_number(const struct reading *r, json_t *trial, const char *key,
    double *ret, struct hone_err *err) {
    json_t *json = json_object_get(trial, key);

    *ret = json_is_number(json) ? json_number_value(json) : (double)NAN;
    return json == NULL || json_is_null(json) || json_is_number(json)
               ? HONE_OK : bad(r, err, key, "a number or null");
}

static enum hone_code read_time(const struct reading *r, json_t *trial, const char *key,
    int64_t *ret, struct hone_err *err) {
    json_t *json = json_object_get(trial, key);

    *ret = 0;
    if (json == NULL || json_is_null(json)) {
        return HONE_OK;
    }
    return json_is_string(json) && hone_clock_read(json_string_value(json), ret)
               ? HONE_OK : bad(r, err, key, "a time such as \"2026-01-01T00:00:00.000Z\"");
}

/* Without a state the value decides. */
static enum hone_code read_state(const struct reading *r, json_t *trial,
    struct hone_foreign *foreign, struct hone_err *err) {
    json_t *json = json_object_get(trial, "state");

    foreign->state = isnan(foreign->value) ? HONE_FAILED : HONE_COMPLETE;
    if (json == NULL) {
        return HONE_OK;
    }
    return json_is_string(json) && cli_import_state(json_string_value(json), &foreign->state)
               ? HONE_OK : bad(r, err, "state", "complete, pruned, failed, waiting or running");
}

/* [{"fold": 0, "value": 0.1}, …]; a fold that is not there was not run. */
static enum hone_code read_folds(struct reading *r, json_t *trial, struct hone_foreign *foreign,
    struct hone_err *err) {
    json_t *list = json_object_get(trial, "folds");
    size_t count = json_array_size(list);
    double *fold = hone_arena_array(&r->arena, count, sizeof(*fold));
    size_t i;
    json_t *entry;

    if (list != NULL && !json_is_array(list)) {
        return bad(r, err, "folds", "an array of {\"fold\": 0, \"value\": 0.1}");
    }
    if (fold == NULL) {
        return no_memory(err);
    }
    json_array_foreach(list, i, entry) {
        json_t *value = json_is_object(entry) ? json_object_get(entry, "value") : entry;
        json_t *number = json_object_get(entry, "fold");

        fold[i] = json_is_number(value) ? json_number_value(value) : (double)NAN;
        if (number != NULL && (!json_is_integer(number) ||
                               json_integer_value(number) != (json_int_t)i)) {
            count = 0; /* some are missing: no value could be checked against them */
        }
    }
    foreign->folds = count;
    foreign->fold = fold;
    return HONE_OK;
}

static enum hone_code read_numbers(const struct reading *r, json_t *trial,
    struct hone_foreign *foreign, struct hone_err *err) {
    json_t *number = json_object_get(trial, "number");
    enum hone_code code = read_number(r, trial, "value", &foreign->value, err);

    if (json_is_integer(number) && json_integer_value(number) >= 0) {
        foreign->number = (uint64_t)json_integer_value(number);
    }
    if (code == HONE_OK) {
        code = read_number(r, trial, "stderr", &foreign->sem, err);
    }
    if (code == HONE_OK) {
        code = read_number(r, trial, "seconds", &foreign->seconds, err);
    }
    if (code == HONE_OK) {
        code = read_time(r, trial, "started", &foreign->started_ms, err);
    }
    return code == HONE_OK ? read_time(r, trial, "finished", &foreign->finished_ms, err) : code;
}

static enum hone_code read_trial(struct reading *r, json_t *trial, struct hone_foreign *ret,
    struct hone_err *err) {
    struct hone_foreign foreign = {.number = r->index};
    enum hone_code code;

    if (!json_is_object(trial)) {
        return hone_fail(err, HONE_E_INPUT, "%s: trial %zu of the array: it should be an object",
            r->im->path, r->index);
    }
    code = read_params(r, json_object_get(trial, "params"), &foreign, err);
    if (code == HONE_OK) {
        code = read_numbers(r, trial, &foreign, err);
    }
    if (code == HONE_OK) {
        code = read_state(r, trial, &foreign, err);
    }
    if (code == HONE_OK) {
        code = read_folds(r, trial, &foreign, err);
    }
    foreign.error = json_string_value(json_object_get(trial, "error"));
    *ret = foreign;
    return code;
}

/* ---- The file ---- */

static enum hone_code read_trials(struct reading *r, json_t *root, struct hone_err *err) {
    json_t *list = json_is_object(root) ? json_object_get(root, "trials") : root;
    enum hone_code code = HONE_OK;
    json_t *trial;

    if (!json_is_array(list)) {
        return hone_fail(err, HONE_E_INPUT,
            "%s: it should be an array of trials, as 'hone trials --format json' writes it",
            r->im->path);
    }
    json_array_foreach(list, r->index, trial) {
        struct hone_foreign foreign;

        hone_arena_reset(&r->arena);
        code = read_trial(r, trial, &foreign, err);
        if (code != HONE_OK || !r->im->visit(r->im->self, &foreign)) {
            break;
        }
    }
    return code;
}

enum hone_code cli_import_json(const struct cli_import *im, struct hone_err *err) {
    struct reading r = {.im = im};
    struct hone_buf text = {0};
    json_error_t error = {0};
    json_t *root = NULL;
    enum hone_code code = hone_buf_read_file(&text, im->path, FILE_LIMIT_BYTES, err);

    if (code == HONE_OK) {
        root = json_loadb(hone_buf_text(&text), text.length, JSON_REJECT_DUPLICATES, &error);
        if (root == NULL) {
            code = hone_fail(err, HONE_E_INPUT, "%s:%d:%d: %s", im->path, error.line, error.column,
                error.text);
        }
    }
    hone_buf_finish(&text);
    if (code == HONE_OK) {
        code = read_trials(&r, root, err);
    }
    json_decref(root);
    hone_arena_finish(&r.arena);
    return code;
}
