/* A point on its way to a value, and what was said of it meanwhile. */
#ifndef HONE_ENGINE_LIB_POINT_H
#define HONE_ENGINE_LIB_POINT_H

#include "engine/err.h"
#include "engine/hone.h"
#include "engine/space.h"
#include "engine/steps.h"
#include "engine/trial.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Owned by whoever evaluates it. */
struct hone_point {
    const struct hone_space *space;
    uint64_t trial;
    const double *x_value;      /* (space->n), the history's */
    const atomic_bool *cancel;  /* NULL: nobody tells it to leave */
    bool told_to_leave;
    struct hone_result *result; /* not owned: value, metrics, curve, why it failed */
    struct hone_steps steps;
    enum hone_code code;        /* memory ran out on the way */
    struct hone_point *next, *previous; /* of those that a search has handed out */
};

/* The value is there: it, or why there is none, goes to the result.
 * HONE_E_NOMEM when something that was said of the point is lost. */
HONE_MUST_CHECK enum hone_code lib_point_settle(struct hone_point *point, double value,
    struct hone_err *err);

#endif
