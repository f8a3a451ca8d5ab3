#include "engine/cli/registry.h"

#include "objectives/objectives.h"
#include "search/samplers.h"

const struct hone_registry *cli_registry(void) {
    static const struct hone_registry registry = {
        .samplers = hone_samplers,
        .objectives = hone_objectives,
        .default_sampler = &hone_sampler_gp,
    };

    return &registry;
}
