#include "engine/lib/function.h"

#include "engine/lib/point.h"

static const struct hone_objective_type function_type;

static const struct lib_function *self_of(const struct hone_objective *base) {
    hone_assert(base->type == &function_type);
    return (const struct lib_function *)base;
}

static enum hone_code evaluate(const struct hone_objective *base, const struct hone_job *job,
    struct hone_result *ret_result, struct hone_err *err) {
    const struct lib_function *self = self_of(base);
    struct hone_point point = {
        .space = job->space,
        .trial = job->trial,
        .x_value = job->x_value,
        .cancel = job->cancel,
        .result = ret_result,
    };

    return lib_point_settle(&point, self->function(&point, self->data), err);
}

/* It is neither read from a spec nor opened: a run is given the instance. */
static const struct hone_objective_type function_type = {
    .name = "C function", .summary = "a function of the program that holds the library",
    .evaluate = evaluate,
};

void lib_function_init(struct lib_function *objective, hone_function *function, void *data,
    bool maximize) {
    *objective = (struct lib_function){
        .base = {.type = &function_type, .folds = 1, .maximize = maximize, .metric = "value"},
        .function = function,
        .data = data,
    };
}
