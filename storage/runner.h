/* Runners: which process works on a study, and whether it still lives. No
 * heartbeat: the kernel knows. Only of a process that cannot be seen from here
 * (another machine, another container) is silence taken for death. */
#ifndef HONE_STORAGE_RUNNER_H
#define HONE_STORAGE_RUNNER_H

#include "storage/sql.h"

#include <stdint.h>

enum { HONE_RUNNER_SILENCE_MS = 15 * 60 * 1000 };

/* The pid of the living runner of a study, 0 when there is none. */
HONE_MUST_CHECK enum hone_code hone_runner_pid(struct hone_db *db, int64_t study,
    int64_t *ret_pid, struct hone_err *err);

/* HONE_E_BUSY, with who and since when, while a living process runs the study. */
HONE_MUST_CHECK enum hone_code hone_runner_none(struct hone_db *db, int64_t study,
    const char *name, struct hone_err *err);

/* Makes this process the runner: HONE_E_BUSY as above; of dead ones the rows go
 * and the running trials wait again. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_become(struct hone_db *db, int64_t study,
    const char *name, int64_t *ret_runner, struct hone_err *err);

/* Gives up: the running trials wait again. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_runner_leave(struct hone_db *db, int64_t study,
    int64_t runner, struct hone_err *err);

#endif
