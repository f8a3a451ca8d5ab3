#include "engine/cli/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum hone_code write_all(int file, const struct hone_buf *text) {
    size_t done = 0;

    while (done < text->length) {
        ssize_t written = write(file, text->text + done, text->length - done);

        if (written < 0 && errno != EINTR) {
            return HONE_E_IO;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    return fsync(file) == 0 ? HONE_OK : HONE_E_IO;
}

/* A file is new to its folder only when the folder is on disk too. */
static int sync_folder(const char *path, struct hone_buf *folder) {
    const char *slash = strrchr(path, '/');
    int file, failed;

    hone_buf_clear(folder);
    hone_buf_add_bytes(folder, slash == NULL ? "." : path,
        slash == NULL ? 1 : (size_t)(slash - path) + 1);
    if (folder->failed) {
        return -1;
    }
    file = open(folder->text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) {
        return -1;
    }
    failed = fsync(file);
    (void)close(file);
    return failed;
}

/* Permissions as of a file that open would make. */
static int as_usual(int file) {
    const mode_t mask = umask(0);

    (void)umask(mask);
    return fchmod(file, 0666 & ~mask);
}

static enum hone_code check_place(const char *path, struct hone_err *err) {
    struct stat info;

    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        return hone_fail(err, HONE_E_INPUT, "'%s': it is there and no regular file", path);
    }
    return HONE_OK;
}

enum hone_code cli_replace_file(const char *path, const struct hone_buf *text,
    struct hone_err *err) {
    struct hone_buf name = {0};
    enum hone_code code = check_place(path, err);
    int file;

    hone_buf_printf(&name, "%s.XXXXXX", path);
    if (code == HONE_OK) {
        code = hone_buf_ok(&name, err);
    }
    if (code != HONE_OK) {
        goto out;
    }
    file = mkstemp(name.text);
    if (file < 0) {
        code = hone_fail(err, HONE_E_INPUT, "'%s': %s", path, strerror(errno));
        goto out;
    }
    code = write_all(file, text);
    if (code == HONE_OK && (as_usual(file) != 0 || rename(name.text, path) != 0)) {
        code = HONE_E_IO;
    }
    if (code != HONE_OK) {
        (void)hone_fail(err, code, "'%s': %s", path, strerror(errno));
        (void)unlink(name.text);
    } else if (sync_folder(path, &name) != 0) {
        code = hone_fail(err, HONE_E_IO, "the folder of '%s': %s", path, strerror(errno));
    }
    (void)close(file);
out:
    hone_buf_finish(&name);
    return code;
}
