/* Beginning: which trials a run takes on, and when. */
#ifndef HONE_ENGINE_RUN_BEGIN_H
#define HONE_ENGINE_RUN_BEGIN_H

#include "engine/run/session.h"

/* Begins all trials that may begin now; each is on disk with the transaction that is open. */
HONE_MUST_CHECK enum hone_code session_begin_trials(struct session *s, struct hone_err *err);

#endif
