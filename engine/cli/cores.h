/* How much this process may use. */
#ifndef HONE_CLI_CORES_H
#define HONE_CLI_CORES_H

#include <stddef.h>

/* Cores that this process may run on, at least 1. */
size_t cli_cores(void);

/* Keeps OpenBLAS to the calling thread: the workers are the parallelism. */
void cli_cores_limit_blas(void);

#endif
