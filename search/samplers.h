/* The samplers there are. Adding one is one file and one line in samplers.c. */
#ifndef HONE_SEARCH_SAMPLERS_H
#define HONE_SEARCH_SAMPLERS_H

#include "engine/sampler.h"

/* All of them, NULL-terminated. */
extern const struct hone_sampler_type *const hone_samplers[];

extern const struct hone_sampler_type hone_sampler_gp;
extern const struct hone_sampler_type hone_sampler_grid;
extern const struct hone_sampler_type hone_sampler_random;
extern const struct hone_sampler_type hone_sampler_sobol;
extern const struct hone_sampler_type hone_sampler_tpe;

#endif
