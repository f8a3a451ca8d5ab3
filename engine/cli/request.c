#include "engine/cli/request.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MEMBERS_LIMIT = 5 };

/* ---- Members ---- */

static bool read_finite(json_t *value, double *ret) {
    *ret = json_number_value(value);
    return json_is_number(value) && isfinite(*ret);
}

static bool read_trial(json_t *value, struct cli_request *request) {
    request->trial = (uint64_t)json_integer_value(value);
    return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool read_step(json_t *value, struct cli_request *request) {
    request->step = json_integer_value(value);
    return json_is_integer(value) && request->step >= 0;
}

static bool read_value(json_t *value, struct cli_request *request) {
    return read_finite(value, &request->value);
}

static bool read_stderr(json_t *value, struct cli_request *request) {
    return read_finite(value, &request->sem) && request->sem >= 0;
}

static bool read_error(json_t *value, struct cli_request *request) {
    request->reason = json_string_value(value);
    return request->reason != NULL;
}

static bool read_metrics(json_t *value, struct cli_request *request) {
    const char *name;
    json_t *member;

    if (!json_is_object(value) || json_object_size(value) > HONE_METRIC_LIMIT) {
        return false;
    }
    json_object_foreach(value, name, member) {
        struct hone_metric_value *metric = &request->metric[request->metric_count++];

        if (strlen(name) >= sizeof(metric->name) || !read_finite(member, &metric->value)) {
            return false;
        }
        (void)snprintf(metric->name, sizeof(metric->name), "%s", name);
    }
    return true;
}

struct member {
    const char *name;
    bool required;
    bool (*read)(json_t *value, struct cli_request *request);
    const char *right; /* what may stand there */
};

#define TRIAL {"trial", true, read_trial, "the number of a trial"}
#define VALUE {"value", true, read_value, "a finite number"}

static const struct operation {
    const char *name;
    enum cli_op op;
    struct member member[MEMBERS_LIMIT]; /* beside "op"; ended by one without a name */
} operations[] = {
    {"ask", CLI_OP_ASK, {{0}}},
    {"tell", CLI_OP_TELL, {TRIAL, VALUE,
        {"stderr", false, read_stderr, "a finite number from 0 on"},
        {"metrics", false, read_metrics,
            "an object of at most 32 finite numbers with names of less than 64 bytes"}}},
    {"report", CLI_OP_REPORT, {TRIAL, VALUE,
        {"step", true, read_step, "a whole number from 0 on"}}},
    {"fail", CLI_OP_FAIL, {TRIAL, {"error", true, read_error, "the reason, a string"}}},
    {"best", CLI_OP_BEST, {{0}}},
};

/* ---- The line ---- */

static const struct operation *find_operation(const char *name) {
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (name != NULL && strcmp(operations[i].name, name) == 0) {
            return &operations[i];
        }
    }
    return NULL;
}

static const struct member *find_member(const struct operation *operation, const char *name) {
    for (const struct member *m = operation->member; m->name != NULL; m++) {
        if (strcmp(m->name, name) == 0) {
            return m;
        }
    }
    return NULL;
}

static enum hone_code read_members(const struct operation *operation, struct cli_request *request,
    struct hone_err *err) {
    const char *name;
    json_t *value;

    json_object_foreach(request->root, name, value) {
        const struct member *member = find_member(operation, name);

        if (strcmp(name, "op") == 0) {
            continue;
        }
        if (member == NULL) {
            return hone_fail(err, HONE_E_INPUT, "%s: there is no member '%.60s'", operation->name,
                name);
        }
        if (!member->read(value, request)) {
            return hone_fail(err, HONE_E_INPUT, "%s: %s should be %s", operation->name, name,
                member->right);
        }
    }
    for (const struct member *m = operation->member; m->name != NULL; m++) {
        if (m->required && json_object_get(request->root, m->name) == NULL) {
            return hone_fail(err, HONE_E_INPUT, "%s: %s is missing; it should be %s",
                operation->name, m->name, m->right);
        }
    }
    return HONE_OK;
}

enum hone_code cli_request_read(const char *line, size_t length, struct cli_request *ret_request,
    struct hone_err *err) {
    const struct operation *operation;
    json_error_t error;

    *ret_request = (struct cli_request){.sem = (double)NAN};
    ret_request->root = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    if (ret_request->root == NULL) {
        return json_error_code(&error) == json_error_out_of_memory
                   ? hone_fail(err, HONE_E_NOMEM, "no memory for a line")
                   : hone_fail(err, HONE_E_INPUT, "this is no JSON: %s", error.text);
    }
    if (!json_is_object(ret_request->root)) {
        return hone_fail(err, HONE_E_INPUT, "a line should be an object such as {\"op\":\"ask\"}");
    }
    operation = find_operation(json_string_value(json_object_get(ret_request->root, "op")));
    if (operation == NULL) {
        return hone_fail(err, HONE_E_INPUT,
            "op should be one of ask, tell, report, fail, best");
    }
    ret_request->op = operation->op;
    return read_members(operation, ret_request, err);
}

void cli_request_finish(struct cli_request *request) {
    json_decref(request->root);
    *request = (struct cli_request){0};
}
