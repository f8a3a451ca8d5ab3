/* Writing: one turn, one transaction. */
#ifndef HONE_ENGINE_RUN_WRITE_H
#define HONE_ENGINE_RUN_WRITE_H

#include "engine/run/session.h"

/* Everything that a turn has to write, and what other engines wrote. */
HONE_MUST_CHECK enum hone_code session_write(struct session *s, struct hone_err *err);

#endif
