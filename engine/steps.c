#include "engine/steps.h"

#include <math.h>

bool hone_steps_takes(const struct hone_steps *steps, int64_t step) {
    return steps->count == 0 || step > steps->newest.epoch;
}

/* The curve keeps the values number 0, k, 2k … with k the least power of two
 * that lets it stay within its limit. */
static size_t stride_of(size_t count) {
    size_t stride = 1;

    while (count / stride >= HONE_CURVE_LIMIT) {
        stride *= 2;
    }
    return stride;
}

static void keep_every_second(struct hone_result *result) {
    for (size_t i = 0; 2 * i < result->curve_count; i++) {
        result->curve[i] = result->curve[2 * i];
    }
    result->curve_count = (result->curve_count + 1) / 2;
}

enum hone_code hone_steps_add(struct hone_steps *steps, int64_t step, double value,
    struct hone_result *result, struct hone_err *err) {
    const struct hone_curve_point point = {
        .epoch = step, .train_loss = (double)NAN, .valid_loss = value, .rate = (double)NAN,
    };
    const size_t number = steps->count;

    hone_assert(hone_steps_takes(steps, step));
    if (number > 0 && stride_of(number) > stride_of(number - 1)) {
        keep_every_second(result);
    }
    steps->newest = point;
    steps->count++;
    return number % stride_of(number) == 0 ? hone_result_add_point(result, point, err) : HONE_OK;
}

enum hone_code hone_steps_end(const struct hone_steps *steps, struct hone_result *result,
    struct hone_err *err) {
    if (steps->count == 0 || result->curve[result->curve_count - 1].epoch == steps->newest.epoch) {
        return HONE_OK;
    }
    return hone_result_add_point(result, steps->newest, err);
}
