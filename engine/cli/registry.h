/* The types this program offers. */
#ifndef HONE_CLI_REGISTRY_H
#define HONE_CLI_REGISTRY_H

#include "engine/registry.h"

const struct hone_registry *cli_registry(void);

/* The method of that name, or NULL. */
const struct hone_sampler_type *cli_sampler_find(const char *name);

#endif
