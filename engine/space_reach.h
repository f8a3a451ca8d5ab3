/* Whether the conditions of a parameter can be met together with those above it. */
#ifndef HONE_ENGINE_SPACE_REACH_H
#define HONE_ENGINE_SPACE_REACH_H

#include "engine/err.h"
#include "engine/space.h"

/* Sets *ret to the index of a parameter of which p and the parameters that it depends on
 * ask values that none has in common, so that p is never active; to space->n when there
 * is none. The space's order is complete. HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_space_reach(const struct hone_space *space, size_t p,
    size_t *ret, struct hone_err *err);

#endif
