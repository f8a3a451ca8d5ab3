/* Points that owe nothing to a model: a Sobol sequence, and where it repeats a
 * point of a space without end or with one, others. */
#ifndef HONE_SEARCH_GP_DESIGN_H
#define HONE_SEARCH_GP_DESIGN_H

#include "engine/sampler.h"
#include "search/gp/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gp_design {
    const struct gp_layout *layout;
    uint64_t seed;
    struct hone_sampler *sobol;
    struct hone_sampler *grid; /* visits a finite space; NULL when it is not */
    bool *active;              /* (space->n) room */
    double *x_value;           /* (space->n) room */
    double *row;               /* (columns) room */
};

/* Fills a zero-initialised design whose first `count` points are well apart. */
HONE_MUST_CHECK enum hone_code gp_design_init(struct gp_design *design,
    const struct gp_layout *layout, const struct hone_sampler_setup *setup, size_t count,
    struct hone_err *err);
void gp_design_finish(struct gp_design *design); /* accepts zeroed */

/* Point number view->asking, or another when a trial before has it already; sets
 * x_unit, or exhausted when every point of a finite space was tried. */
HONE_MUST_CHECK enum hone_code gp_design_ask(struct gp_design *design,
    const struct gp_record *record, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err);

#endif
