#include "engine/cli/registry.h"

#include "objectives/objectives.h"
#include "search/samplers.h"

#include <string.h>

const struct hone_registry *cli_registry(void) {
    static const struct hone_registry registry = {
        .samplers = hone_samplers,
        .objectives = hone_objectives,
        .default_sampler = &hone_sampler_random,
    };

    return &registry;
}

const struct hone_sampler_type *cli_sampler_find(const char *name) {
    for (size_t i = 0; hone_samplers[i] != NULL; i++) {
        if (strcmp(hone_samplers[i]->name, name) == 0) {
            return hone_samplers[i];
        }
    }
    return NULL;
}
