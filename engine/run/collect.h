/* Collecting: results come from the pool, and news from other engines. */
#ifndef HONE_ENGINE_RUN_COLLECT_H
#define HONE_ENGINE_RUN_COLLECT_H

#include "engine/run/session.h"

/* Waits until there is something to write or to learn (ret_any), or for a moment. The values
 * that came are in `taken`, the failed folds in their flights. */
HONE_MUST_CHECK enum hone_code session_wait(struct session *s, bool *ret_any,
    struct hone_err *err);

#endif
