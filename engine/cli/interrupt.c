/* Handlers, and not a thread in sigwait: OpenBLAS starts threads before main,
 * which block no signal and would take one meant for the process. */
#include "engine/cli/interrupt.h"

#include "engine/cli/status.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

enum { LAST_REQUEST = 3 };

/* A signal handler can be told nothing: where it counts must be global. */
static struct hone_stop *_Atomic watched;
static atomic_uint continued;

static void on_signal(int number) {
    struct hone_stop *stop = atomic_load(&watched);

    (void)number;
    if (atomic_fetch_add(&stop->requests, 1) + 1 >= LAST_REQUEST) {
        _exit(CLI_INTERRUPTED);
    }
}

static void on_continue(int number) {
    (void)number;
    atomic_fetch_add(&continued, 1);
}

unsigned cli_interrupt_continued(void) {
    return atomic_load(&continued);
}

static void on_failed_write(int number) {
    (void)number;
}

static void handle(int number, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(number, &action, NULL);
}

void cli_interrupt_watch(struct hone_stop *stop) {
    struct sigaction before;

    atomic_store(&watched, stop);
    handle(SIGINT, on_signal);
    handle(SIGTERM, on_signal);
    handle(SIGCONT, on_continue);
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
        handle(SIGHUP, on_signal);
    }
}

void cli_interrupt_forget(void) {
    struct sigaction before;

    handle(SIGINT, SIG_DFL);
    handle(SIGTERM, SIG_DFL);
    handle(SIGCONT, SIG_DFL);
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == on_signal) {
        handle(SIGHUP, SIG_DFL);
    }
}

void cli_interrupt_let_writes_fail(void) {
    /* A handler, not SIG_IGN: programs that a search starts would inherit that. */
    handle(SIGPIPE, on_failed_write);
    handle(SIGXFSZ, on_failed_write);
}
