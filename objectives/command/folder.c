#define _GNU_SOURCE /* NOLINT: nftw, mkdtemp, flock */
#include "objectives/command/folder.h"

#include "engine/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    OPEN_FOLDERS = 16, /* descriptors that removing a tree may use */
    SWEEP_AGE = 60,    /* seconds; a younger folder may not have locked its file yet */
};

static const char pattern[] = "hone-command-XXXXXX";
static const char lock_name[] = "lock";

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at) {
    (void)status;
    (void)kind;
    (void)at;
    (void)remove(path);
    return 0;
}

static int remove_but_lock(const char *path, const struct stat *status, int kind,
    struct FTW *at) {
    const bool is_lock = at->level == 1 && strcmp(path + at->base, lock_name) == 0;

    return is_lock ? 0 : remove_one(path, status, kind, at);
}

/* A folder that its maker may not write to cannot be emptied; one that may not be read
 * has not been walked over yet. */
static int open_up(const char *path, const struct stat *status, int kind, struct FTW *at) {
    const bool is_folder = kind == FTW_D || kind == FTW_DNR;

    (void)at;
    if (is_folder && (status->st_mode & S_IRWXU) != S_IRWXU && chmod(path, S_IRWXU) == 0 &&
        kind == FTW_DNR) {
        (void)nftw(path, open_up, OPEN_FOLDERS, FTW_PHYS | FTW_MOUNT);
    }
    return 0;
}

static void remove_tree(const char *path,
    int (*one)(const char *, const struct stat *, int, struct FTW *)) {
    (void)nftw(path, open_up, OPEN_FOLDERS, FTW_PHYS | FTW_MOUNT);
    (void)nftw(path, one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Most often nothing has to be opened up. */
void hone_folder_remove(const char *path) {
    (void)nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    if (access(path, F_OK) == 0) {
        remove_tree(path, remove_one);
    }
}

/* The lock goes last: whoever is killed in between leaves what the next engine knows to
 * be abandoned. */
static void remove_locked(const char *path) {
    remove_tree(path, remove_but_lock);
    hone_folder_remove(path);
}

enum hone_code hone_folder_create(const char *path, int *ret_file, struct hone_err *err) {
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
        S_IRUSR | S_IWUSR);

    if (file < 0) {
        return hone_fail(err, HONE_E_IO, "'%s': %s", path, strerror(errno));
    }
    *ret_file = file;
    return HONE_OK;
}

static const char *base_folder(void) {
    const char *base = getenv("TMPDIR");

    return base != NULL && base[0] == '/' ? base : "/tmp";
}

static void close_lock(int lock) {
    if (lock >= 0) {
        (void)close(lock);
    }
}

static bool is_ours_and_old(const struct stat *status) {
    return status->st_uid == geteuid() && status->st_mtime + SWEEP_AGE < time(NULL);
}

/* Whether the folder was an engine's that is gone. Then its lock, if it has one, is ours
 * until that descriptor, else -1, is closed. Without a lock it was killed between making
 * the folder and that, or between removing them. */
static bool is_abandoned(const char *path, int *ret_lock) {
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;
    bool abandoned;

    if (folder < 0) {
        return false;
    }
    *ret_lock = openat(folder, lock_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (*ret_lock >= 0) {
        abandoned = fstat(*ret_lock, &status) == 0 && S_ISREG(status.st_mode) &&
            is_ours_and_old(&status) && flock(*ret_lock, LOCK_EX | LOCK_NB) == 0;
    } else {
        abandoned = errno == ENOENT && fstat(folder, &status) == 0 && is_ours_and_old(&status);
    }
    (void)close(folder);
    if (!abandoned) {
        close_lock(*ret_lock);
    }
    return abandoned;
}

static bool is_named_as_ours(const char *name) {
    return strlen(name) == strlen(pattern) &&
        strncmp(name, pattern, strcspn(pattern, "X")) == 0;
}

/* An engine that was killed could not clean up: the next one does. */
static void sweep(const char *base) {
    DIR *folder = opendir(base);
    struct dirent *entry;
    struct hone_buf path = {0};
    int lock;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (!is_named_as_ours(entry->d_name)) {
            continue;
        }
        hone_buf_clear(&path);
        hone_buf_printf(&path, "%s/%s", base, entry->d_name);
        if (!path.failed && is_abandoned(path.text, &lock)) {
            remove_locked(path.text);
            close_lock(lock);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    hone_buf_finish(&path);
}

static enum hone_code take_lock(struct hone_folder *folder, struct hone_err *err) {
    struct hone_buf name = {0};
    enum hone_code code;

    hone_buf_printf(&name, "%s/%s", folder->path, lock_name);
    code = hone_buf_ok(&name, err);
    if (code == HONE_OK) {
        code = hone_folder_create(name.text, &folder->lock, err);
    }
    if (code == HONE_OK) {
        /* Without locks, as on some network file systems, nobody sweeps either. */
        (void)flock(folder->lock, LOCK_EX | LOCK_NB);
    }
    hone_buf_finish(&name);
    return code;
}

enum hone_code hone_folder_open(struct hone_folder *ret_folder, struct hone_err *err) {
    const char *base = base_folder();
    struct hone_buf path = {0};
    struct hone_folder folder = {.lock = -1};
    enum hone_code code;

    sweep(base);
    hone_buf_printf(&path, "%s/%s", base, pattern);
    code = hone_buf_ok(&path, err);
    if (code == HONE_OK && mkdtemp(path.text) == NULL) {
        code = hone_fail(err, HONE_E_IO, "a folder in '%s': %s", base, strerror(errno));
    }
    if (code == HONE_OK) {
        folder.path = hone_strdup(path.text);
        code = folder.path != NULL ? take_lock(&folder, err)
                                   : hone_fail(err, HONE_E_NOMEM, "a folder in '%s'", base);
    }
    hone_buf_finish(&path);
    if (code == HONE_OK) {
        *ret_folder = folder;
    } else {
        hone_folder_close(&folder);
    }
    return code;
}

void hone_folder_close(struct hone_folder *folder) {
    if (folder->path != NULL) {
        remove_locked(folder->path);
        close_lock(folder->lock);
        hone_free(folder->path);
    }
    *folder = (struct hone_folder){.lock = -1};
}
