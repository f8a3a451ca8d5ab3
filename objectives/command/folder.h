/* The objective's private folder: fold files, and one folder a run. */
#ifndef HONE_OBJECTIVES_COMMAND_FOLDER_H
#define HONE_OBJECTIVES_COMMAND_FOLDER_H

#include "engine/buf.h"
#include "engine/err.h"

/* A folder below TMPDIR (else /tmp), readable by its owner alone, that a locked
 * file in it marks as being in use. */
struct hone_folder {
    char *path;
    int lock;
};

/* Makes it, and removes those that killed engines left. HONE_E_IO. */
HONE_MUST_CHECK enum hone_code hone_folder_open(struct hone_folder *ret_folder,
    struct hone_err *err);

/* Removes it with all that is in it; accepts zeroed. */
void hone_folder_close(struct hone_folder *folder);

/* Removes a folder with all that is in it, also what its maker may not write to or read;
 * links are removed, not followed. */
void hone_folder_remove(const char *path);

/* Creates a file that is not there yet, readable by its owner alone. HONE_E_IO;
 * ret_file is to be closed. */
HONE_MUST_CHECK enum hone_code hone_folder_create(const char *path, int *ret_file,
    struct hone_err *err);

#endif
