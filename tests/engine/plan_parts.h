/* A registry of stand-ins, for tests of plans: methods that propose nothing and
 * objectives that only read their part of the spec. */
#ifndef HONE_TESTS_ENGINE_PLAN_PARTS_H
#define HONE_TESTS_ENGINE_PLAN_PARTS_H

#include "engine/plan.h"

#include <stdint.h>

/* Config of the method "walk", the default; key `stride`, 3 unless told. */
struct plan_parts_walk {
    int64_t stride;
};

/* Config of the objective "model", which reads data and cv; key `epochs`, 30
 * unless told. Its preset for a parameter named lr is 0.25. The others are
 * "function", and "direction", which is told its values. The other method is
 * "lattice": it has a size and wants a space without continuous floats. */
struct plan_parts_model {
    int64_t epochs;
};

extern const struct hone_registry plan_parts;

/* Loads a plan from a tree's text, named "from-file" when the spec has no name. */
enum hone_code plan_parts_load(struct hone_plan *plan, const struct hone_value *root,
    struct hone_problems *problems, struct hone_err *err);

#endif
