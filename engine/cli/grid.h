/* How large a whole grid is. */
#ifndef HONE_CLI_GRID_H
#define HONE_CLI_GRID_H

#include "engine/err.h"
#include "engine/space.h"

#include <stdint.h>

/* Points of a grid over the space; 0 when it is uncountable, UINT64_MAX when
 * there are that many or more. */
HONE_MUST_CHECK enum hone_code cli_grid_points(const struct hone_space *space,
    uint64_t *ret_count, struct hone_err *err);

#endif
