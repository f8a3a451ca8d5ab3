/* Who runs a study now. A runner is known by host, boot, pid and the start of
 * its process, so that a dead one is known dead at once, without heartbeats.
 *
 * A process on another machine or in another pid namespace cannot be looked at,
 * and of it silence is taken for death. A run writes whenever a fold comes back:
 * where studies are shared so, a fold should take less than the lease. A run
 * that was given up wrongly is refused at its next turn and harms nothing. */
#ifndef HONE_STORAGE_RUNNER_H
#define HONE_STORAGE_RUNNER_H

#include "storage/sql.h"

#include <stdint.h>

enum { HONE_RUNNER_LEASE_MS = 15 * 60 * 1000 };

/* Makes this process the runner of the study: rows of dead runners go.
 * HONE_E_BUSY while another one lives. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_enter(struct hone_db *db, int64_t study,
    const char *name, int64_t *ret_runner, struct hone_err *err);

/* Says that the runner is still at work, at the beginning of a turn. HONE_E_BUSY
 * when another process has taken the study over. `seen` is from _prepare; the
 * caller finalizes it. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_prepare(struct hone_db *db, sqlite3_stmt **ret_seen,
    struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_runner_stay(struct hone_db *db, int64_t runner,
    sqlite3_stmt *seen, const char *name, struct hone_err *err);

/* Gives it up. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_leave(struct hone_db *db, int64_t runner,
    struct hone_err *err);

/* Pid of the process that runs the study now, 0 when none does. */
HONE_MUST_CHECK enum hone_code hone_runner_pid(struct hone_db *db, int64_t study, int64_t *ret_pid,
    struct hone_err *err);

#endif
