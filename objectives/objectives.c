#include "objectives/objectives.h"

const struct hone_objective_type *const hone_objectives[] = {
    &hone_objective_model, &hone_objective_command, &hone_objective_function,
    &hone_objective_direction, NULL,
};
