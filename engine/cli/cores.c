/* sched_getaffinity is no part of POSIX. This file alone knows of OpenBLAS's own
 * functions: its cblas.h contradicts gsl_cblas.h. */
#define _GNU_SOURCE /* NOLINT: the name is glibc's */
#include "engine/cli/cores.h"

#include <sched.h>

void openblas_set_num_threads(int count);

/* Ends the threads that OpenBLAS starts as it is loaded, as it does itself before a
 * fork. Not every variant of the library has it. */
__attribute__((weak)) void blas_thread_shutdown_(void);

size_t cli_cores(void) {
    cpu_set_t allowed;

    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) {
        return 1; /* more cores than cpu_set_t has bits: ask for --workers */
    }
    return (size_t)CPU_COUNT(&allowed);
}

void cli_cores_limit_blas(void) {
    openblas_set_num_threads(1);
    if (blas_thread_shutdown_ != NULL) {
        blas_thread_shutdown_(); /* while they wait for work they fill a core for 25 ms */
    }
}
