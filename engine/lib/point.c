#include "engine/lib/point.h"

#include "engine/buf.h"

#include <math.h>
#include <string.h>

uint64_t hone_point_trial(const struct hone_point *point) {
    return point->trial;
}

const double *hone_point_values(const struct hone_point *point) {
    return point->x_value;
}

/* ---- Values by name ---- */

static void fail_name(struct hone_point *point, const char *name) {
    const char *near = hone_space_nearest(point->space, name);
    struct hone_buf why = {0};

    hone_buf_printf(&why, "there is no parameter '%.100s'%s%s%s", name,
        near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
        near != NULL ? "'?" : "");
    hone_point_fail(point, hone_buf_text(&why));
    hone_buf_finish(&why);
}

static void fail_type(struct hone_point *point, const char *name, const char *wanted) {
    struct hone_buf why = {0};

    hone_buf_printf(&why, "parameter '%.100s' was read as %s, which it is not", name, wanted);
    hone_point_fail(point, hone_buf_text(&why));
    hone_buf_finish(&why);
}

/* Its x_value when it is of another type than `unlike`, else NaN. */
static double read(struct hone_point *point, const char *name, enum hone_param_type unlike,
    const char *wanted, const struct hone_param **ret_param) {
    size_t p = hone_space_find(point->space, name);

    if (p == point->space->n) {
        fail_name(point, name);
        return NAN;
    }
    *ret_param = &point->space->param[p];
    if ((*ret_param)->type == unlike) {
        fail_type(point, name, wanted);
        return NAN;
    }
    return point->x_value[p];
}

double hone_point_float(struct hone_point *point, const char *name) {
    const struct hone_param *param;

    return read(point, name, HONE_PARAM_CATEGORICAL, "a number", &param);
}

int64_t hone_point_int(struct hone_point *point, const char *name) {
    const struct hone_param *param;
    double x_value = read(point, name, HONE_PARAM_FLOAT, "a whole number", &param);

    return isnan(x_value) ? INT64_MIN : (int64_t)x_value;
}

const char *hone_point_text(struct hone_point *point, const char *name) {
    const struct hone_param *param = NULL;
    double x_value = read(point, name, HONE_PARAM_FLOAT, "a choice", &param);

    if (param != NULL && param->type == HONE_PARAM_INT) {
        fail_type(point, name, "a choice");
        return NULL;
    }
    return isnan(x_value) ? NULL : param->choice[(size_t)x_value]->text;
}

/* ---- What is said of it ---- */

void hone_point_stderr(struct hone_point *point, double stderr_of_value) {
    if (isfinite(stderr_of_value) && stderr_of_value >= 0) {
        point->result->sem = stderr_of_value;
    }
}

void hone_point_metric(struct hone_point *point, const char *name, double value) {
    struct hone_metric_value *metric;
    struct hone_buf shown = {0};

    if (!isfinite(value)) {
        return;
    }
    hone_buf_add_printable(&shown, name);
    metric = hone_result_find_metric(point->result, hone_buf_text(&shown));
    if (metric != NULL) {
        metric->value = value;
    } else {
        hone_result_add_metric(point->result, hone_buf_text(&shown), value);
    }
    hone_buf_finish(&shown);
}

/* A value that is no number, and a step that does not go up, are left out: a
 * curve has one number a step. */
int hone_point_report(struct hone_point *point, int64_t step, double value) {
    struct hone_err err;

    if (point->code == HONE_OK && isfinite(value) && step >= 0 &&
        hone_steps_takes(&point->steps, step)) {
        point->code = hone_steps_add(&point->steps, step, value, point->result, &err);
    }
    point->told_to_leave = point->cancel != NULL && atomic_load(point->cancel);
    return point->told_to_leave;
}

/* The first reason is the one to know. */
void hone_point_fail(struct hone_point *point, const char *reason) {
    struct hone_buf shown = {0};

    if (point->result->outcome != HONE_OUTCOME_FAILED) {
        hone_buf_add_printable(&shown, reason);
        hone_result_set_failed(point->result, "%s", hone_buf_text(&shown));
    }
    hone_buf_finish(&shown);
}

static void take_value(struct hone_point *point, double value) {
    if (isfinite(value)) {
        point->result->value = value;
        return;
    }
    hone_point_fail(point, isnan(value) ? "the value is NaN, not a finite number"
                           : value > 0  ? "the value is infinity, not a finite number"
                                        : "the value is -infinity, not a finite number");
}

enum hone_code lib_point_settle(struct hone_point *point, double value, struct hone_err *err) {
    if (point->told_to_leave) {
        point->result->outcome = HONE_OUTCOME_CANCELLED;
        return HONE_OK;
    }
    if (point->code != HONE_OK) {
        return hone_fail(err, point->code, "no memory for the values of trial %llu",
            (unsigned long long)point->trial);
    }
    if (point->result->outcome != HONE_OUTCOME_FAILED) {
        take_value(point, value);
    }
    return hone_steps_end(&point->steps, point->result, err);
}
