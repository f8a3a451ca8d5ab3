#define _GNU_SOURCE /* NOLINT: _Fork, pipe2 */
#include "objectives/command/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Both ends of everything. */
struct ends {
    int out[2], err[2], control[2]; /* ours, the runner's */
    int null;
};

static void close_one(int *file) {
    if (*file >= 0) {
        (void)close(*file);
        *file = -1;
    }
}

static void close_theirs(struct ends *ends) {
    close_one(&ends->out[1]);
    close_one(&ends->err[1]);
    close_one(&ends->control[1]);
    close_one(&ends->null);
}

static void close_ours(struct ends *ends) {
    close_one(&ends->out[0]);
    close_one(&ends->err[0]);
    close_one(&ends->control[0]);
}

static bool open_ends(struct ends *ends) {
    return pipe2(ends->out, O_CLOEXEC) == 0 && pipe2(ends->err, O_CLOEXEC) == 0 &&
           socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends->control) == 0 &&
           fcntl(ends->out[0], F_SETFL, O_NONBLOCK) == 0 &&
           fcntl(ends->err[0], F_SETFL, O_NONBLOCK) == 0 &&
           (ends->null = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;
}

/* _Fork and not fork: handlers that libraries registered for a fork, OpenBLAS
 * among them, would stop threads that other workers are using. */
static pid_t fork_runner(const struct hone_launch *launch, const struct ends *ends) {
    const struct hone_runner runner = {
        .launch = launch, .null = ends->null, .out = ends->out[1], .err = ends->err[1],
        .control = ends->control[1], .parent = getpid(),
    };
    sigset_t all;
    sigset_t before;
    pid_t pid;

    (void)sigfillset(&all);
    hone_assert(pthread_sigmask(SIG_BLOCK, &all, &before) == 0);
    pid = _Fork();
    if (pid == 0) {
        hone_runner_main(&runner);
    }
    hone_assert(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    return pid;
}

enum hone_code hone_process_start(const struct hone_launch *launch,
    struct hone_process *ret_process, struct hone_err *err) {
    struct ends ends = {{-1, -1}, {-1, -1}, {-1, -1}, -1};
    pid_t runner = -1;
    int cause;

    if (open_ends(&ends)) {
        runner = fork_runner(launch, &ends);
    }
    cause = errno;
    close_theirs(&ends);
    if (runner < 0) {
        close_ours(&ends);
        return hone_fail(err, HONE_E_IO, "cannot start a process: %s", strerror(cause));
    }
    *ret_process = (struct hone_process){
        .runner = runner, .control = ends.control[0], .out = ends.out[0], .err = ends.err[0],
    };
    return HONE_OK;
}

void hone_process_ask(const struct hone_process *process) {
    const char byte = 'T';

    (void)send(process->control, &byte, sizeof(byte), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void hone_process_wake(const struct hone_process *process) {
    if (process->runner > 0) {
        (void)kill(process->runner, SIGCONT);
    }
}

void hone_process_kill(const struct hone_process *process) {
    (void)shutdown(process->control, SHUT_WR);
    hone_process_wake(process);
}

bool hone_process_hear(const struct hone_process *process,
    struct hone_runner_message *ret_message) {
    struct hone_runner_message message = {0};
    const ssize_t got = recv(process->control, &message, sizeof(message), MSG_DONTWAIT);

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return false;
    }
    if (got != (ssize_t)sizeof(message)) {
        message = (struct hone_runner_message){0};
    }
    *ret_message = message;
    return true;
}

void hone_process_wait(struct hone_process *process) {
    /* Where the program that uses us ignores SIGCHLD, this waits all the same and
     * then knows no child. */
    while (process->runner > 0 && waitpid(process->runner, NULL, 0) < 0 && errno == EINTR) {
    }
    process->runner = -1;
}

void hone_process_finish(struct hone_process *process) {
    hone_assert(process->runner <= 0);
    close_one(&process->out);
    close_one(&process->err);
    close_one(&process->control);
}
