#define _GNU_SOURCE /* NOLINT: vfork, close_range, wait4, NSIG */
#include "objectives/command/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CONTROL = 3,         /* where the socket is in the runner */
    FIRST_FREE = 4,
    ABOVE = 10,          /* descriptors are moved here before they take their places */
    KILL_POLL_MS = 5,
    KILL_ROUNDS = 2000,  /* 10 s: what lives then cannot be killed by this user */
    LIST_BYTES = 4096,
    DECIMAL = 10,
};

static void say(int32_t said, int32_t value, int64_t cpu_seconds) {
    const struct hone_runner_message message = {
        .said = said, .value = value, .cpu_seconds = cpu_seconds};

    (void)send(CONTROL, &message, sizeof(message), MSG_NOSIGNAL);
}

_Noreturn static void give_up(int32_t said) {
    say(said, errno, 0);
    _exit(1);
}

/* Standard streams on 0 to 2, the socket on 3, nothing else: no descriptor of the
 * engine, of whatever library, reaches a program. */
static bool take_descriptors(const struct hone_runner *r) {
    const int from[] = {r->null, r->out, r->err, r->control};
    int high[CONTROL + 1];

    for (int i = 0; i <= CONTROL; i++) {
        high[i] = fcntl(from[i], F_DUPFD, ABOVE);
        if (high[i] < 0) {
            return false;
        }
    }
    for (int i = 0; i < CONTROL; i++) {
        if (dup2(high[i], i) < 0) {
            return false;
        }
    }
    return dup3(high[CONTROL], CONTROL, O_CLOEXEC) >= 0 && close_range(FIRST_FREE, ~0U, 0) == 0;
}

/* What is ignored stays so over exec: Python's children would inherit our
 * parent's choice. */
static void reset_signals(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};

    (void)sigemptyset(&action.sa_mask);
    for (int number = 1; number < NSIG; number++) {
        (void)sigaction(number, &action, NULL); /* two of them refuse */
    }
}

static bool set_limit(int resource, uint64_t soft, uint64_t hard) {
    struct rlimit now;
    struct rlimit wanted = {.rlim_cur = soft, .rlim_max = hard};

    if (soft == 0) {
        return true;
    }
    if (getrlimit(resource, &now) != 0) {
        return false;
    }
    wanted.rlim_cur = wanted.rlim_cur < now.rlim_max ? wanted.rlim_cur : now.rlim_max;
    wanted.rlim_max = wanted.rlim_max < now.rlim_max ? wanted.rlim_max : now.rlim_max;
    return setrlimit(resource, &wanted) == 0;
}

/* Data and not address space: what is only reserved, as by CUDA, costs nothing.
 * After its time a process gets SIGXCPU, a second later SIGKILL. */
static bool set_limits(const struct hone_limits *limits) {
    return set_limit(RLIMIT_DATA, limits->memory_bytes, limits->memory_bytes) &&
           set_limit(RLIMIT_CPU, limits->cpu_seconds, limits->cpu_seconds + 1) &&
           set_limit(RLIMIT_NOFILE, limits->files, limits->files);
}

/* In the child of a vfork: it has the runner's memory until it calls execve. */
_Noreturn static void become_program(const struct hone_launch *launch, pid_t runner) {
    sigset_t none;

    if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != runner) {
        give_up(HONE_RUN_NOT_SET_UP);
    }
    if (chdir(launch->folder) != 0) {
        give_up(HONE_RUN_NO_FOLDER);
    }
    if (!set_limits(&launch->limits)) {
        give_up(HONE_RUN_NO_LIMIT);
    }
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)execve(launch->path, launch->argv, launch->envp);
    give_up(HONE_RUN_NO_PROGRAM);
}

static pid_t start_program(const struct hone_launch *launch) {
    const pid_t runner = getpid();
    const pid_t program = vfork(); /* NOLINT: a copy of the engine's page tables costs more */

    if (program == 0) {
        become_program(launch, runner);
    }
    return program;
}

/* Buries all that ended; tells when the program is among them. False: there is
 * no descendant left. */
static bool reap(pid_t program) {
    struct rusage used;
    int status;
    pid_t ended;

    while ((ended = wait4(-1, &status, WNOHANG, &used)) > 0) {
        if (ended == program) {
            say(HONE_RUN_ENDED, status, used.ru_utime.tv_sec + used.ru_stime.tv_sec);
        }
    }
    return ended == 0;
}

/* Kills the processes of a list of numbers, "12 345 6". */
static void kill_listed(const char *list, size_t length) {
    pid_t number = 0;

    for (size_t i = 0; i < length; i++) {
        if (list[i] >= '0' && list[i] <= '9') {
            number = number * DECIMAL + (list[i] - '0');
        } else if (number > 0) {
            (void)kill(number, SIGKILL);
            number = 0;
        }
    }
}

/* Kills all children. Theirs become ours, and are killed the next time. A list
 * longer than the buffer is cut within a number at worst: only whole numbers
 * with something behind them are taken. */
static void kill_children(pid_t program) {
    char list[LIST_BYTES];
    const int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    const ssize_t got = file < 0 ? -1 : read(file, list, sizeof(list));

    if (got > 0) {
        kill_listed(list, (size_t)got);
    } else if (file < 0) {
        (void)kill(-program, SIGKILL); /* without /proc at least its group */
    }
    if (file >= 0) {
        (void)close(file);
    }
}

static void kill_all(pid_t program, int signals) {
    struct pollfd wait = {.fd = signals, .events = POLLIN};
    struct signalfd_siginfo info;

    for (int round = 0; round < KILL_ROUNDS && reap(program); round++) {
        kill_children(program);
        (void)poll(&wait, 1, KILL_POLL_MS);
        while (read(signals, &info, sizeof(info)) > 0) {
        }
    }
}

/* What the engine wants. False: it is gone, or wants all to be over. */
static bool heed(pid_t program) {
    char byte;

    if (recv(CONTROL, &byte, sizeof(byte), MSG_DONTWAIT) <= 0) {
        return errno == EAGAIN;
    }
    (void)kill(-program, SIGTERM);
    (void)kill(-program, SIGCONT); /* a stopped one hears nothing */
    return true;
}

static bool program_lives(pid_t program) {
    siginfo_t info = {.si_pid = 0};

    /* Leaves it unburied: reap tells of it. */
    return waitid(P_PID, (id_t)program, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
}

/* Until the program has ended or the engine wants it to end. */
static void watch(pid_t program, int signals) {
    struct pollfd wait[] = {{.fd = CONTROL, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    struct signalfd_siginfo info;
    bool wanted = true;

    while (wanted && program_lives(program)) {
        (void)poll(wait, sizeof(wait) / sizeof(wait[0]), -1);
        if ((wait[1].revents & POLLIN) != 0 && read(signals, &info, sizeof(info)) > 0) {
            wanted = info.ssi_signo == SIGCHLD;
        }
        if (wait[0].revents != 0) {
            errno = 0;
            wanted = heed(program) && wanted;
        }
        if (wanted && program_lives(program)) {
            (void)reap(program);
        }
    }
}

_Noreturn void hone_runner_main(const struct hone_runner *r) {
    sigset_t heard;
    int signals;
    pid_t program;

    if (!take_descriptors(r)) {
        _exit(1);
    }
    reset_signals();
    (void)sigemptyset(&heard);
    (void)sigaddset(&heard, SIGCHLD);
    (void)sigaddset(&heard, SIGTERM);
    signals = signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0 || setsid() < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 ||
        prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != r->parent) {
        give_up(HONE_RUN_NOT_SET_UP);
    }
    program = start_program(r->launch);
    if (program < 0) {
        give_up(HONE_RUN_NOT_SET_UP);
    }
    watch(program, signals);
    kill_all(program, signals);
    _exit(0);
}
