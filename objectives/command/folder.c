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

static const char prefix[] = "hone-command-";
static const char pattern[] = "hone-command-XXXXXX";
static const char lock_name[] = "lock";

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at) {
    (void)status;
    (void)kind;
    (void)at;
    (void)remove(path);
    return 0;
}

void hone_folder_remove(const char *path) {
    (void)nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
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

/* Whether the folder was an engine's that is gone. Then its lock is ours until
 * the descriptor is closed. */
static bool is_abandoned(const char *path, int *ret_lock) {
    struct hone_buf name = {0};
    struct stat status;
    int lock;
    bool abandoned;

    hone_buf_printf(&name, "%s/%s", path, lock_name);
    lock = name.failed ? -1 : open(name.text, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    abandoned = lock >= 0 && fstat(lock, &status) == 0 && S_ISREG(status.st_mode) &&
                status.st_uid == geteuid() && status.st_mtime + SWEEP_AGE < time(NULL) &&
                flock(lock, LOCK_EX | LOCK_NB) == 0;
    hone_buf_finish(&name);
    if (!abandoned && lock >= 0) {
        (void)close(lock);
    }
    *ret_lock = lock;
    return abandoned;
}

/* An engine that was killed could not clean up: the next one does. */
static void sweep(const char *base) {
    DIR *folder = opendir(base);
    struct dirent *entry;
    struct hone_buf path = {0};
    int lock;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strncmp(entry->d_name, prefix, sizeof(prefix) - 1) != 0) {
            continue;
        }
        hone_buf_clear(&path);
        hone_buf_printf(&path, "%s/%s", base, entry->d_name);
        if (!path.failed && is_abandoned(path.text, &lock)) {
            hone_folder_remove(path.text);
            (void)close(lock);
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
        hone_folder_remove(folder->path);
        if (folder->lock >= 0) {
            (void)close(folder->lock);
        }
        hone_free(folder->path);
    }
    *folder = (struct hone_folder){.lock = -1};
}
