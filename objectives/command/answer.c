#define _GNU_SOURCE /* NOLINT: memmem */
#include "objectives/command/answer.h"

#include "engine/buf.h"
#include "engine/value.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum {
    NUMBER_BYTES = 400, /* the longest decimal of a double that anybody writes */
    SHOWN_BYTES = 80,   /* of what stands where a number should */
};

static const double last_step = 9007199254740992.0; /* 2^53: doubles count no further */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The beginning of the text, fit for a sentence. */
static const char *shown(const char *text, size_t length, struct hone_buf *buf) {
    char start[SHOWN_BYTES + 1];
    const size_t kept = length < SHOWN_BYTES ? length : SHOWN_BYTES;

    memcpy(start, text, kept);
    start[kept] = '\0';
    hone_buf_add_printable(buf, start);
    hone_buf_add(buf, kept < length ? "..." : "");
    return hone_buf_text(buf);
}

/* A decimal number as C and JSON write it, and nothing else; infinite when it is
 * too large. Programs print no 0x10 and no 1_000. */
static bool read_number(const char *text, size_t length, double *ret) {
    char copy[NUMBER_BYTES + 1];
    struct hone_value value;

    if (length == 0 || length > NUMBER_BYTES || memchr(text, '\0', length) != NULL) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (copy[strspn(copy, "0123456789+-.eE")] != '\0') {
        return false;
    }
    value = hone_value_from_plain(copy);
    *ret = value.real;
    return hone_value_is_number(&value);
}

static enum hone_answer fail_number(const char *text, size_t length, struct hone_result *result) {
    struct hone_buf buf = {0};

    hone_result_set_failed(result, "the answer is '%s'; it should be a finite number or a JSON "
        "object", shown(text, length, &buf));
    hone_buf_finish(&buf);
    return HONE_ANSWER_NONE;
}

static void add_metrics(json_t *object, const json_t *answer, struct hone_result *result) {
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value) {
        if (json_is_number(value) && value != answer && strcmp(name, "step") != 0 &&
            hone_result_find_metric(result, name) == NULL) {
            hone_result_add_metric(result, name, json_number_value(value));
        }
    }
}

/* With one run a trial nobody else knows how sure the value is. */
static void read_sem(const json_t *object, struct hone_result *result) {
    const json_t *sem = json_object_get(object, "stderr");

    if (json_is_number(sem) && json_number_value(sem) >= 0) {
        result->sem = json_number_value(sem);
    }
}

static enum hone_answer fail_infeasible(json_t *object, struct hone_result *result) {
    const char *reason = json_string_value(json_object_get(object, "reason"));
    struct hone_buf buf = {0};

    hone_result_set_failed(result, "infeasible%s%s", reason != NULL ? ": " : "",
        reason != NULL ? shown(reason, strlen(reason), &buf) : "");
    result->infeasible = true;
    hone_buf_finish(&buf);
    return HONE_ANSWER_INFEASIBLE;
}

static enum hone_answer read_object(json_t *object, struct hone_result *result) {
    const json_t *value = json_object_get(object, "value");
    struct hone_buf buf = {0};
    char text[2 * SHOWN_BYTES];
    size_t length;

    if (json_is_true(json_object_get(object, "infeasible"))) {
        return fail_infeasible(object, result);
    }
    value = value != NULL ? value : json_object_get(object, "loss");
    if (value != NULL && json_is_number(value)) {
        result->value = json_number_value(value);
        read_sem(object, result);
        add_metrics(object, value, result);
        return HONE_ANSWER_VALUE;
    }
    if (value == NULL) {
        hone_result_set_failed(result, "the answer is a JSON object without 'value' or 'loss'");
        return HONE_ANSWER_NONE;
    }
    length = json_dumpb(value, text, sizeof(text), JSON_ENCODE_ANY | JSON_COMPACT);
    hone_result_set_failed(result, "the answer's value is %s; it should be a finite number",
        shown(text, length < sizeof(text) ? length : sizeof(text), &buf));
    hone_buf_finish(&buf);
    return HONE_ANSWER_NONE;
}

enum hone_answer hone_answer_read(const char *text, size_t length,
    struct hone_result *ret_result) {
    json_error_t error;
    json_t *root;
    double number = NAN;
    enum hone_answer answer;

    while (length > 0 && is_blank(text[length - 1])) {
        length--;
    }
    for (; length > 0 && is_blank(*text); length--) {
        text++;
    }
    if (length == 0 || *text != '{') {
        if (!read_number(text, length, &number) || !isfinite(number)) {
            return fail_number(text, length, ret_result);
        }
        ret_result->value = number;
        return HONE_ANSWER_VALUE;
    }
    root = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    if (root == NULL) {
        struct hone_buf buf = {0};

        hone_result_set_failed(ret_result, "the answer is no JSON object: %s",
            shown(error.text, strlen(error.text), &buf));
        hone_buf_finish(&buf);
        return HONE_ANSWER_NONE;
    }
    answer = read_object(root, ret_result);
    json_decref(root);
    return answer;
}

bool hone_answer_is_step(const char *line, size_t length, int64_t *ret_step, double *ret_value) {
    static const char member[] = "\"step\"";
    json_t *root;
    const json_t *step;
    const json_t *value;
    bool good;

    /* Most lines are none: they are not parsed. */
    if (length == 0 || *line != '{' || memmem(line, length, member, sizeof(member) - 1) == NULL) {
        return false;
    }
    root = json_loadb(line, length, JSON_DECODE_INT_AS_REAL, NULL);
    step = json_object_get(root, "step");
    value = json_object_get(root, "value");
    value = value != NULL ? value : json_object_get(root, "loss");
    good = json_is_number(step) && json_is_number(value) && json_number_value(step) >= 0 &&
           json_number_value(step) <= last_step &&
           floor(json_number_value(step)) == json_number_value(step);
    if (good) {
        *ret_step = (int64_t)json_number_value(step);
        *ret_value = json_number_value(value);
    }
    json_decref(root);
    return good;
}
