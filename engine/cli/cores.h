/* How much this process may use. */
#ifndef HONE_CLI_CORES_H
#define HONE_CLI_CORES_H

#include "engine/err.h"

#include <stddef.h>

/* Cores that this process may run on, at least 1. */
size_t cli_cores(void);

/* Keeps OpenBLAS to the calling thread: the workers are the parallelism. HONE_E_NOMEM where
 * the process may have too little address space for it: OpenBLAS then waits for more for
 * ever, in exit too, so that only _exit ends the process. */
HONE_MUST_CHECK enum hone_code cli_cores_limit_blas(struct hone_err *err);

#endif
