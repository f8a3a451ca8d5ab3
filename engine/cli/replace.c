#include "engine/cli/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

enum hone_code cli_place_refuse(const char *db, const char *path, struct hone_err *err) {
    struct stat ours, theirs;

    if (stat(db, &ours) == 0 && stat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
        ours.st_ino == theirs.st_ino) {
        return hone_fail(err, HONE_E_INPUT, "'%s' is the database itself", path);
    }
    return HONE_OK;
}

static enum hone_code check_place(const char *db, const char *path, struct hone_err *err) {
    struct stat info;

    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        return hone_fail(err, HONE_E_INPUT, "'%s': it is there and no regular file", path);
    }
    return cli_place_refuse(db, path, err);
}

enum hone_code cli_place_begin(struct cli_place *place, const char *db, const char *path,
    struct hone_err *err) {
    enum hone_code code = check_place(db, path, err);

    place->path = path;
    hone_buf_printf(&place->name, "%s.XXXXXX", path);
    if (code == HONE_OK) {
        code = hone_buf_ok(&place->name, err);
    }
    if (code == HONE_OK) {
        place->file = mkstemp(place->name.text);
        if (place->file >= 0) {
            place->is_open = true;
        } else {
            code = hone_fail(err, HONE_E_INPUT, "'%s': %s", path, strerror(errno));
        }
    }
    return code;
}

/* Takes the name with an empty file, so that two that start together cannot both
 * find it free. */
static enum hone_code take_name(const char *path, struct hone_err *err) {
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (file < 0) {
        return hone_fail(err, HONE_E_INPUT, "'%s': %s", path, strerror(errno));
    }
    (void)close(file);
    return HONE_OK;
}

static enum hone_code move_there(const struct cli_place *place, bool may_replace,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;

    if (fsync(place->file) != 0 || as_usual(place->file) != 0) {
        return hone_fail(err, HONE_E_IO, "'%s': %s", place->path, strerror(errno));
    }
    if (!may_replace) {
        code = take_name(place->path, err);
    }
    if (code == HONE_OK && rename(place->name.text, place->path) != 0) {
        code = hone_fail(err, HONE_E_IO, "'%s': %s", place->path, strerror(errno));
        if (!may_replace) {
            (void)unlink(place->path);
        }
    }
    return code;
}

enum hone_code cli_place_end(struct cli_place *place, enum hone_code code, bool may_replace,
    struct hone_err *err) {
    if (place->is_open) {
        if (code == HONE_OK) {
            code = move_there(place, may_replace, err);
        }
        if (code != HONE_OK) {
            (void)unlink(place->name.text);
        } else if (sync_folder(place->path, &place->name) != 0) {
            code = hone_fail(err, HONE_E_IO, "the folder of '%s': %s", place->path,
                strerror(errno));
        }
        (void)close(place->file);
    }
    hone_buf_finish(&place->name);
    return code;
}

enum hone_code cli_replace_file(const char *db, const char *path, const struct hone_buf *text,
    struct hone_err *err) {
    struct cli_place place = {0};
    enum hone_code code = cli_place_begin(&place, db, path, err);

    if (code == HONE_OK) {
        code = hone_buf_write(text, place.file, path, err);
    }
    return cli_place_end(&place, code, true, err);
}
