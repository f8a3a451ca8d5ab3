/* sched_getaffinity is no part of POSIX. This file alone knows of OpenBLAS's own
 * functions: its cblas.h contradicts gsl_cblas.h. */
#define _GNU_SOURCE /* NOLINT: the name is glibc's */
#include "engine/cli/cores.h"

#include <sched.h>
#include <sys/resource.h>

/* Of address space: OpenBLAS maps 128 MiB for each of its threads. */
enum { MIB = 1 << 20, LEAST_MIB = 256 };

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

enum hone_code cli_cores_limit_blas(struct hone_err *err) {
    struct rlimit space;

    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur / MIB < LEAST_MIB) {
        return hone_fail(err, HONE_E_NOMEM,
            "this process may have %llu MiB of address space (ulimit -v); it needs %d",
            (unsigned long long)(space.rlim_cur / MIB), (int)LEAST_MIB);
    }
    openblas_set_num_threads(1);
    if (blas_thread_shutdown_ != NULL) {
        blas_thread_shutdown_(); /* while they wait for work they fill a core for 25 ms */
    }
    return HONE_OK;
}
