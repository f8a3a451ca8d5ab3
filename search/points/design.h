/* Points that owe nothing to a model: a Sobol sequence, and where it repeats a
 * point of a space without end or with one, others. */
#ifndef HONE_SEARCH_POINTS_DESIGN_H
#define HONE_SEARCH_POINTS_DESIGN_H

#include "engine/sampler.h"
#include "search/points/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct points_design {
    const struct points_layout *layout;
    uint64_t seed;
    struct hone_sampler *sobol;
    struct hone_param *param;  /* (space->n) of a finite space, with every level on the grid */
    struct hone_space levels;  /* of these */
    struct hone_sampler *grid; /* visits a finite space; NULL when it is not */
    bool *active;              /* (space->n) room */
    double *x_value;           /* (space->n) room */
    double *row;               /* (columns) room */
};

/* Fills a zero-initialised design whose first `count` points are well apart. */
HONE_MUST_CHECK enum hone_code points_design_init(struct points_design *design,
    const struct points_layout *layout, const struct hone_sampler_setup *setup, size_t count,
    struct hone_err *err);
void points_design_finish(struct points_design *design); /* accepts zeroed */

/* Point number view->asking, or another when a trial before has it already; sets
 * x_unit, or exhausted when every point of a finite space was tried. */
HONE_MUST_CHECK enum hone_code points_design_ask(struct points_design *design,
    const struct points_record *record, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err);

#endif
