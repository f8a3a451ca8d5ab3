/* From what a program describes to a plan, by way of a spec: what is checked,
 * stored and compared is the same as for a file. */
#ifndef HONE_ENGINE_LIB_SPEC_H
#define HONE_ENGINE_LIB_SPEC_H

#include "engine/err.h"
#include "engine/hone.h"
#include "engine/plan.h"

/* Zero-initialise; must stay where it is; finish in any case. */
struct lib_spec {
    struct hone_arena arena;
    struct hone_buf text; /* as YAML */
    struct hone_plan plan;
};

/* HONE_E_INPUT with all that is wrong, a line each. */
HONE_MUST_CHECK enum hone_code lib_spec_load(struct lib_spec *spec,
    const struct hone_params *params, const struct hone_options *options, struct hone_err *err);

void lib_spec_finish(struct lib_spec *spec);

#endif
