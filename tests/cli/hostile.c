/* A program that a search has to survive: hostile WHAT [FILE]. */
#define _GNU_SOURCE /* NOLINT */
#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONG = 300, MANY = 1000 };

/* The process stays in the file's list while anybody asks whether it lives. */
static void sign(const char *file) {
    FILE *list = fopen(file, "a");

    if (list != NULL) {
        (void)fprintf(list, "%ld\n", (long)getpid());
        (void)fclose(list);
    }
}

static int segfault(const char *file) {
    (void)file;
    (void)signal(SIGSEGV, SIG_DFL);
    (void)raise(SIGSEGV);
    return 0;
}

static int deaf(const char *file) {
    for (int number = 1; number < NSIG; number++) {
        (void)signal(number, SIG_IGN);
    }
    sign(file);
    while (sleep(LONG) <= LONG) {
    }
    return 0;
}

static bool is_signed(const char *file) {
    struct stat status;

    return stat(file, &status) == 0 && status.st_size > 0;
}

/* Twice forked, a session of its own, deaf, and it keeps the pipes open. */
static void leave_daemon(const char *file) {
    if (fork() == 0) {
        (void)setsid();
        if (fork() == 0) {
            (void)deaf(file);
        }
        _exit(0);
    }
    while (!is_signed(file)) {
        (void)usleep(MANY);
    }
}

static int make_daemon(const char *file) {
    leave_daemon(file);
    (void)puts("1");
    return 0;
}

/* Daemons while it goes on itself. */
static int brood(const char *file) {
    leave_daemon(file);
    leave_daemon(file);
    return deaf(file);
}

/* Stopped, with a child in the same state. */
static int stopped(const char *file) {
    (void)fork();
    sign(file);
    (void)raise(SIGSTOP);
    return 0;
}

/* Stops whoever watches it, then ends or goes on. */
static int blind(const char *file) {
    (void)file;
    (void)kill(getppid(), SIGSTOP);
    (void)puts("1");
    return 0;
}

static int blind_and_deaf(const char *file) {
    (void)kill(getppid(), SIGSTOP);
    return deaf(file);
}

static int close_outputs(const char *file) {
    (void)file;
    (void)close(STDOUT_FILENO);
    (void)close(STDERR_FILENO);
    (void)usleep(50 * MANY);
    return 0;
}

static int memory(const char *file) {
    size_t taken = 0;
    char *block;

    (void)file;
    while (taken < 1024 && (block = malloc(1 << 20)) != NULL) {
        memset(block, 1, 1 << 20);
        taken++;
    }
    (void)printf("%zu\n", taken);
    return 0;
}

static int spin(const char *file) {
    (void)file;
    for (volatile unsigned long i = 0; i < LONG_MAX; i++) {
    }
    return 0;
}

/* Goes on when its time is over. */
static int spin_on(const char *file) {
    (void)signal(SIGXCPU, SIG_IGN);
    return spin(file);
}

/* 100 MB in lines, then in one line, on both outputs. */
static int babble(const char *file) {
    static char block[1 << 20];

    (void)file;
    memset(block, 'x', sizeof(block));
    for (int i = 0; i < 100; i++) {
        (void)fwrite(block, 1, sizeof(block), stdout);
        (void)fwrite(block, 1, sizeof(block), stderr);
        (void)putchar(i < 50 ? '\n' : 'y');
    }
    (void)puts("\n0.25");
    return 0;
}

/* How many descriptors are open, how many signals ignored or blocked. */
static int inherited(const char *file) {
    DIR *folder = opendir("/proc/self/fd");
    int open_files = -3; /* . and .. and the folder itself */
    int signals = 0;

    (void)file;
    while (folder != NULL && readdir(folder) != NULL) {
        open_files++;
    }
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        sigset_t blocked;

        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL) {
            signals++;
        }
        (void)sigprocmask(SIG_SETMASK, NULL, &blocked);
        signals += sigismember(&blocked, number) == 1;
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    (void)printf("{\"value\": %d, \"signals\": %d, \"input\": %d, \"leader\": %d}\n", open_files,
        signals, getchar() == EOF, getsid(0) == getpid());
    return 0;
}

/* Every argument behind WHAT, byte for byte, into the file that WORDS_FILE names. */
static int words(int count, char **word) {
    FILE *file = fopen(getenv("WORDS_FILE"), "a");

    for (int i = 0; file != NULL && i < count; i++) {
        (void)fprintf(file, "%s%c", word[i], '\0');
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    (void)puts("1");
    return 0;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*run)(const char *file);
    } what[] = {
        {"segfault", segfault}, {"deaf", deaf}, {"daemon", make_daemon}, {"brood", brood},
        {"stopped", stopped}, {"close", close_outputs}, {"memory", memory}, {"spin", spin},
        {"spin_on", spin_on}, {"blind", blind}, {"blind_and_deaf", blind_and_deaf},
        {"babble", babble}, {"inherited", inherited},
    };

    if (argc > 1 && strcmp(argv[1], "words") == 0) {
        return words(argc - 2, argv + 2);
    }
    for (size_t i = 0; argc > 2 && i < sizeof(what) / sizeof(what[0]); i++) {
        if (strcmp(argv[1], what[i].name) == 0) {
            return what[i].run(argv[2]);
        }
    }
    return 99;
}
