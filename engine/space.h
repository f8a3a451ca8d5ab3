/* The space of a search: its parameters, when each is active, and the two ways
 * between the unit cube, in which samplers think, and values. Nobody else
 * converts.
 *
 * Three frames:
 *   x_unit  in [0, 1], one a parameter, inactive ones at 0.5. Integers and
 *           stepped floats have bins that meet half-way between grid values
 *           and decode to the bin's grid value; categories have equal shares.
 *   x_value one double a parameter: the number itself for float and int, the
 *           index of the choice for categorical, NaN when inactive. This is
 *           what histories and databases hold.
 *   value   a struct hone_value, as the user wrote it or would.
 *
 * Scales: u = (T(x) - T(low - s/2)) / (T(high + s/2) - T(low - s/2)), with T
 * the identity or log and s the step (0 for a plain float). */
#ifndef HONE_ENGINE_SPACE_H
#define HONE_ENGINE_SPACE_H

#include "engine/arena.h"
#include "engine/problems.h"
#include "engine/value.h"

#include <stdbool.h>
#include <stddef.h>

enum hone_param_type { HONE_PARAM_FLOAT, HONE_PARAM_INT, HONE_PARAM_CATEGORICAL };

/* Holds when the parent is active and has one of these values. */
struct hone_condition {
    size_t parent;        /* index of the parameter */
    size_t count;
    const double *x_value; /* (count) */
};

struct hone_param {
    const char *name;
    struct hone_place place;
    enum hone_param_type type;
    double low, high; /* float, int: both reachable */
    double step;      /* 0: continuous; ints have at least 1 */
    bool log;
    size_t points;    /* float: how many a grid takes; 0: not said */
    size_t choice_count;
    const struct hone_value *const *choice;
    const struct hone_value *preset; /* `default:`, or NULL */
    size_t condition_count;          /* all must hold */
    const struct hone_condition *condition;
    bool broken; /* its spec has problems, noted already: judge it no further */
};

struct hone_space {
    size_t n;
    const struct hone_param *param; /* in the order of the spec */
    const size_t *order;            /* (n) indices, parents before their children */
};

enum { HONE_SPACE_LIMIT = 10000, HONE_CHOICE_LIMIT = 100000 };

/* Reads the `space:` mapping. Everything lives in `arena`. Returns HONE_E_NOMEM
 * or HONE_OK; what is wrong with the spec goes to `problems` (the space is then
 * not to be used). map may be NULL: an empty space. */
HONE_MUST_CHECK enum hone_code hone_space_read(const struct hone_value *map,
    struct hone_arena *arena, struct hone_space *ret_space, struct hone_problems *problems,
    struct hone_err *err);

/* Index of the parameter, or n when there is none of that name. */
size_t hone_space_find(const struct hone_space *space, const char *name);

/* The name that a mistyped word most likely means, or NULL. */
const char *hone_space_nearest(const struct hone_space *space, const char *word);

/* A constant: exactly one value. It counts as no dimension for a sampler. */
bool hone_param_is_constant(const struct hone_param *param);

/* How many different values, 0 when uncountable. */
size_t hone_param_levels(const struct hone_param *param);

/* The k-th of its levels, k < levels, ascending (choices in order). */
double hone_param_level(const struct hone_param *param, size_t k);

/* The last value up to high that steps from low reach; for a step > 0. */
double hone_param_last_level(const struct hone_param *param);

/* One parameter between the frames. Unit values outside [0, 1] are clamped. */
double hone_param_decode(const struct hone_param *param, double x_unit);
double hone_param_encode(const struct hone_param *param, double x_value);

/* Whether parameter p is active, given the x_values of its ancestors. */
bool hone_space_active(const struct hone_space *space, size_t p, const double *x_value);

/* A whole point, activity applied. Arrays have n elements. The fact is always
 * x_value: for a continuous float, and for integers where they are denser than
 * doubles in the unit interval, decode(encode(x)) may differ from x by a
 * rounding error. */
void hone_space_decode(const struct hone_space *space, const double *x_unit, double *ret_x_value);
void hone_space_encode(const struct hone_space *space, const double *x_value, double *ret_x_unit);

/* Same active parameters with the same values. */
bool hone_space_same(const struct hone_space *space, const double *x_value, const double *y_value);

/* The x_value as a value to show or to hand to an objective; no allocation. Not
 * for an inactive one. */
struct hone_value hone_param_value(const struct hone_param *param, double x_value);

/* The x_value of what a user wrote, exactly or not at all. Returns false when
 * it is no value of the parameter; the sentence (wrong; right) goes to `why`. */
bool hone_param_parse(const struct hone_param *param, const struct hone_value *value,
    double *ret_x_value, struct hone_buf *why);

/* Completes a point: entries of x_value that are NaN though active get
 * `default:`, else presets[p] when that is a number (clamped into the range;
 * presets may be NULL), else the centre (first choice). Entries of inactive
 * parameters become NaN. */
void hone_space_complete(const struct hone_space *space, const double *presets, double *x_value);

#endif
