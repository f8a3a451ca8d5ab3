#include "objectives/command/path.h"

#include "engine/buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usual_path[] = "/usr/local/bin:/usr/bin:/bin";

static int fault_of(const char *path) {
    struct stat status;

    if (stat(path, &status) != 0) {
        return errno;
    }
    return S_ISREG(status.st_mode) && access(path, X_OK) == 0 ? 0 : EACCES;
}

/* FOLDER/ENTRY/NAME, without FOLDER when the entry is absolute. */
static void join(struct hone_buf *buf, const char *folder, const char *entry, size_t length,
    const char *name) {
    hone_buf_clear(buf);
    if (length == 0 || *entry != '/') {
        hone_buf_printf(buf, "%s/", folder);
    }
    hone_buf_add_bytes(buf, entry, length);
    hone_buf_printf(buf, "%s%s", length > 0 ? "/" : "", name);
}

const char *hone_program_find(const char *name, const char *folder, struct hone_arena *arena) {
    const char *path = getenv("PATH");
    struct hone_buf buf = {0};
    const char *found = name;

    if (name[0] == '\0' || strchr(name, '/') != NULL) {
        return name;
    }
    for (const char *entry = path != NULL ? path : usual_path; entry != NULL;) {
        const size_t length = strcspn(entry, ":");

        join(&buf, folder, entry, length, name);
        if (buf.failed || fault_of(buf.text) == 0) {
            found = buf.failed ? NULL : hone_arena_text(arena, buf.text, buf.length);
            break;
        }
        entry = entry[length] == ':' ? entry + length + 1 : NULL;
    }
    hone_buf_finish(&buf);
    return found;
}

int hone_program_fault(const char *name, const char *folder) {
    struct hone_arena arena = {0};
    struct hone_buf path = {0};
    const char *found = hone_program_find(name, folder, &arena);
    int fault = ENOENT;

    if (found == NULL) {
        fault = ENOMEM;
    } else if (strchr(found, '/') != NULL) {
        hone_buf_printf(&path, "%s%s%s", *found == '/' ? "" : folder, *found == '/' ? "" : "/",
            found);
        fault = path.failed ? ENOMEM : fault_of(path.text);
    }
    hone_buf_finish(&path);
    hone_arena_finish(&arena);
    return fault;
}
