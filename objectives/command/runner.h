/* The runner: a small process between the engine and one run of a program. It
 * sees that nothing of the run outlives it, and that it does not outlive the
 * engine:
 *
 *     engine --fork--> runner --vfork--> program --> its children …
 *        \__ socket __/
 *
 * The runner is a subreaper, so that whoever loses its parent among the
 * program's descendants becomes its child. Over the socket it tells how the
 * program ended; a byte from the engine asks the program's group to leave
 * (SIGTERM); the end of the socket, by whatever ended the engine, and also the
 * end of the program, is answered by killing all descendants. */
#ifndef HONE_OBJECTIVES_COMMAND_RUNNER_H
#define HONE_OBJECTIVES_COMMAND_RUNNER_H

#include <stdint.h>
#include <sys/types.h>

/* What a run may use; 0: as much as the engine. */
struct hone_limits {
    uint64_t memory_bytes; /* of private memory, each process */
    uint64_t cpu_seconds;  /* each process */
    uint64_t files;        /* open at once, each process */
};

struct hone_launch {
    const char *path;   /* of the program; absolute, or beginning at folder */
    char *const *argv;
    char *const *envp;
    const char *folder; /* where it starts */
    struct hone_limits limits;
};

enum hone_runner_said {
    HONE_RUN_ENDED = 1,  /* value: as from waitpid */
    HONE_RUN_NOT_SET_UP, /* value: errno of preparing the process */
    HONE_RUN_NO_FOLDER,  /* value: errno of entering the folder */
    HONE_RUN_NO_LIMIT,   /* value: errno of setting a limit */
    HONE_RUN_NO_PROGRAM, /* value: errno of starting the program */
};

/* One packet over the socket. */
struct hone_runner_message {
    int32_t said; /* enum hone_runner_said */
    int32_t value;
    int64_t cpu_seconds; /* with HONE_RUN_ENDED: processor time of the program and of
                          * the children it waited for */
};

/* The descriptors the runner begins with, and who forked it. */
struct hone_runner {
    const struct hone_launch *launch;
    int null, out, err, control;
    pid_t parent;
};

/* Never returns. Called in the child of a fork from a process with threads:
 * makes nothing but async-signal-safe calls. All signals are blocked. */
_Noreturn void hone_runner_main(const struct hone_runner *runner);

#endif
