/* One run of a program as the engine sees it: a runner (runner.h), what the
 * program writes, and how it ended. Used by one worker. */
#ifndef HONE_OBJECTIVES_COMMAND_PROCESS_H
#define HONE_OBJECTIVES_COMMAND_PROCESS_H

#include "engine/err.h"
#include "objectives/command/runner.h"

#include <stdbool.h>
#include <sys/types.h>

struct hone_process {
    pid_t runner;
    int control;
    int out, err; /* read ends, non-blocking; -1: the program closed it */
};

/* Starts it. The launch is not needed afterwards. HONE_E_IO: descriptors or
 * processes ran out. Finish with hone_process_finish. */
HONE_MUST_CHECK enum hone_code hone_process_start(const struct hone_launch *launch,
    struct hone_process *ret_process, struct hone_err *err);

/* Asks the program and its group to leave. */
void hone_process_ask(const struct hone_process *process);

/* A program may stop its runner, which then tells of nothing and ends nothing. */
void hone_process_wake(const struct hone_process *process);

/* Ends the program and all its descendants. */
void hone_process_kill(const struct hone_process *process);

/* What the runner has to say, without waiting. False: nothing. When the runner
 * is gone without a word, said is 0. */
bool hone_process_hear(const struct hone_process *process,
    struct hone_runner_message *ret_message);

/* Waits until no process of the run is left; what was written can be read
 * afterwards, to its end. */
void hone_process_wait(struct hone_process *process);

/* Closes what is open. The process must have been waited for. */
void hone_process_finish(struct hone_process *process);

#endif
