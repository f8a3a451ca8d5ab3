/* The engines of a study: any number of processes run it together. One is known by
 * host, boot, pid and the start of its process, so that a dead one is known dead
 * at once, without heartbeats.
 *
 * A process on another machine or in another pid namespace cannot be looked at,
 * and of it silence is taken for death: it holds a lease, which it renews. An
 * engine that was given up wrongly is refused at its next turn and harms nothing. */
#ifndef HONE_STORAGE_RUNNER_H
#define HONE_STORAGE_RUNNER_H

#include "storage/sql.h"

#include <stdbool.h>
#include <stdint.h>

/* Five renewals in a lease: a turn that comes late must not cost the engine. */
enum { HONE_RUNNER_LEASE_MS = 5 * 60 * 1000, HONE_RUNNER_RENEW_MS = HONE_RUNNER_LEASE_MS / 5 };

/* Makes this process an engine of the study. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_enter(struct hone_db *db, int64_t study,
    int64_t *ret_runner, struct hone_err *err);

/* An engine of the study that is dead, 0 when all others than `runner` live. */
HONE_MUST_CHECK enum hone_code hone_runner_find_dead(struct hone_db *db, int64_t study,
    int64_t runner, int64_t *ret_dead, struct hone_err *err);

/* Forgets them all; ret_any becomes true when there was one. What they ran is then
 * nobody's. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_bury(struct hone_db *db, int64_t study, int64_t runner,
    bool *ret_any, struct hone_err *err);

/* Says that the engine is still at work, at the beginning of a turn; ret_seen_ms is
 * when it last did so in writing. HONE_E_BUSY when others have buried it. `seen` is
 * from _prepare; the caller finalizes it. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_prepare(struct hone_db *db, sqlite3_stmt **ret_seen,
    struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_runner_stay(struct hone_db *db, int64_t runner,
    sqlite3_stmt *seen, const char *name, int64_t *ret_seen_ms, struct hone_err *err);

/* Leaves the study; trials that it still runs are then nobody's. Inside a
 * transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_leave(struct hone_db *db, int64_t runner,
    struct hone_err *err);

/* Pid of a process that runs the study now, this one only when no other does; 0 when
 * none does. */
HONE_MUST_CHECK enum hone_code hone_runner_pid(struct hone_db *db, int64_t study, int64_t *ret_pid,
    struct hone_err *err);

#endif
