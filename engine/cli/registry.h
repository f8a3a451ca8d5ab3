/* The types this program offers. */
#ifndef HONE_CLI_REGISTRY_H
#define HONE_CLI_REGISTRY_H

#include "engine/registry.h"

const struct hone_registry *cli_registry(void);

#endif
