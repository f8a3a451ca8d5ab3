/* The objectives this folder has to offer. */
#ifndef HONE_OBJECTIVES_OBJECTIVES_H
#define HONE_OBJECTIVES_OBJECTIVES_H

#include "engine/objective.h"

extern const struct hone_objective_type hone_objective_model, hone_objective_command,
    hone_objective_function, hone_objective_direction;

/* All of them, NULL-terminated. */
extern const struct hone_objective_type *const hone_objectives[];

#endif
