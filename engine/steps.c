#include "engine/steps.h"

#include <math.h>

bool hone_steps_takes(const struct hone_steps *steps, int64_t step) {
    return steps->count == 0 || step > steps->newest.epoch;
}

static bool is_kept(size_t number) {
    size_t stride = 1;

    while (number / stride >= HONE_CURVE_WHOLE) {
        stride *= 2;
    }
    return number % stride == 0;
}

enum hone_code hone_steps_add_point(struct hone_steps *steps, struct hone_curve_point point,
    struct hone_result *result, struct hone_err *err) {
    hone_assert(hone_steps_takes(steps, point.epoch));
    steps->newest = point;
    return is_kept(steps->count++) ? hone_result_add_point(result, point, err) : HONE_OK;
}

enum hone_code hone_steps_add(struct hone_steps *steps, int64_t step, double value,
    struct hone_result *result, struct hone_err *err) {
    const struct hone_curve_point point = {
        .epoch = step, .train_loss = (double)NAN, .valid_loss = value, .rate = (double)NAN,
    };

    return hone_steps_add_point(steps, point, result, err);
}

enum hone_code hone_steps_end(const struct hone_steps *steps, struct hone_result *result,
    struct hone_err *err) {
    if (steps->count == 0 || result->curve[result->curve_count - 1].epoch == steps->newest.epoch) {
        return HONE_OK;
    }
    return hone_result_add_point(result, steps->newest, err);
}
