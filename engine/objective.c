#include "engine/objective.h"

#include <math.h>

const char *const hone_race_wish_names[] = {"auto", "on", "off", NULL};

enum hone_code hone_objective_open(const struct hone_objective_type *type,
    const struct hone_objective_setup *setup, struct hone_objective **ret, struct hone_err *err) {
    struct hone_objective *objective = NULL;
    enum hone_code code;

    hone_assert(setup->space != NULL);
    code = type->open(setup, &objective, err);
    if (code != HONE_OK) {
        return code;
    }
    hone_assert(objective != NULL && objective->type == type);
    hone_assert(objective->folds >= 1);
    hone_assert(objective->metric != NULL);
    *ret = objective;
    return HONE_OK;
}

/* An objective may be somebody else's C function, so what it says is judged and
 * not believed: only a finite number is a value, and only who was told to leave
 * may leave. */
static void judge(const struct hone_job *job, struct hone_result *result) {
    if (result->outcome == HONE_OUTCOME_VALUE && !isfinite(result->value)) {
        hone_result_set_failed(result, "the value is %s, not a finite number",
            isnan(result->value) ? "NaN" : result->value > 0 ? "infinity" : "-infinity");
    }
    if (result->outcome == HONE_OUTCOME_CANCELLED && !atomic_load(job->cancel)) {
        hone_result_set_failed(result, "the objective left its work without being told to");
    }
}

enum hone_code hone_objective_evaluate(const struct hone_objective *objective,
    const struct hone_job *job, struct hone_result *ret_result, struct hone_err *err) {
    enum hone_code code;

    hone_assert(job->fold < objective->folds);
    hone_assert(job->cancel != NULL && job->arena != NULL);
    hone_assert(ret_result->trial == job->trial && ret_result->fold == job->fold);
    code = objective->type->evaluate(objective, job, ret_result, err);
    if (code != HONE_OK) {
        return code;
    }
    hone_assert(ret_result->trial == job->trial && ret_result->fold == job->fold);
    judge(job, ret_result);
    return HONE_OK;
}

void hone_objective_close(struct hone_objective *objective) {
    if (objective != NULL) {
        objective->type->close(objective);
    }
}

bool hone_objective_is_told(const struct hone_objective_type *type) {
    return type->evaluate == NULL;
}

double hone_objective_loss(const struct hone_objective *objective, double value) {
    return hone_turn_value(objective->maximize, value);
}
