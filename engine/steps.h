/* Epochs or intermediate values of one fold, kept as its curve with bounded memory: all of
 * its beginning, where it bends most, then fewer and fewer. A value that is kept
 * stays, so that it can be stored at once. */
#ifndef HONE_ENGINE_STEPS_H
#define HONE_ENGINE_STEPS_H

#include "engine/err.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many are all kept; of the next so many every second, of the next twice as many
 * every fourth …: half of it more for each time the curve gets twice as long. */
enum { HONE_CURVE_WHOLE = 1024 };

struct hone_steps {
    size_t count; /* values seen */
    struct hone_curve_point newest;
};

/* Whether this step is above all before it: a curve has one value a step. */
bool hone_steps_takes(const struct hone_steps *steps, int64_t step);

/* Adds the value of a step that it takes to the result's curve, as valid_loss. */
HONE_MUST_CHECK enum hone_code hone_steps_add(struct hone_steps *steps, int64_t step, double value,
    struct hone_result *result, struct hone_err *err);

/* The same for an epoch of a training, with all that is known of it. */
HONE_MUST_CHECK enum hone_code hone_steps_add_point(struct hone_steps *steps,
    struct hone_curve_point point, struct hone_result *result, struct hone_err *err);

/* No step is to come: the curve ends with the newest. */
HONE_MUST_CHECK enum hone_code hone_steps_end(const struct hone_steps *steps,
    struct hone_result *result, struct hone_err *err);

#endif
