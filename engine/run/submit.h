/* Submitting: folds go to the pool. */
#ifndef HONE_ENGINE_RUN_SUBMIT_H
#define HONE_ENGINE_RUN_SUBMIT_H

#include "engine/run/session.h"

/* The next fold of this flight, whose trial is on disk; false when there is none now, or no
 * room. */
bool session_submit_next(struct session *s, struct hone_flight *flight);

/* All that have room. */
void session_submit_all(struct session *s);

#endif
