#include "search/samplers.h"

const struct hone_sampler_type *const hone_samplers[] = {
    &hone_sampler_gp,
    &hone_sampler_tpe,
    &hone_sampler_random,
    &hone_sampler_sobol,
    &hone_sampler_grid,
    NULL,
};
