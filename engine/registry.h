/* The types a program has to offer. engine/ knows no plug-in: the program
 * passes these tables in. All arrays are NULL-terminated. */
#ifndef HONE_ENGINE_REGISTRY_H
#define HONE_ENGINE_REGISTRY_H

#include "engine/objective.h"
#include "engine/sampler.h"

struct hone_registry {
    const struct hone_sampler_type *const *samplers;
    const struct hone_objective_type *const *objectives;
    const struct hone_sampler_type *default_sampler;
};

#endif
