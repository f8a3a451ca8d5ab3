/* Who runs a study now. A runner is known by host, boot, pid and the start of
 * its process, so that a dead one is known dead at once, without heartbeats. */
#ifndef HONE_STORAGE_RUNNER_H
#define HONE_STORAGE_RUNNER_H

#include "storage/sql.h"

#include <stdint.h>

/* Makes this process the runner of the study: rows of dead runners go.
 * HONE_E_BUSY while another one lives. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_enter(struct hone_db *db, int64_t study,
    const char *name, int64_t *ret_runner, struct hone_err *err);

/* Gives it up. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_leave(struct hone_db *db, int64_t runner,
    struct hone_err *err);

/* Pid of the process that runs the study now, 0 when none does. */
HONE_MUST_CHECK enum hone_code hone_runner_pid(struct hone_db *db, int64_t study, int64_t *ret_pid,
    struct hone_err *err);

#endif
