/* The forms in which `hone export` writes the trials of a study. */
#ifndef HONE_CLI_EXCHANGE_EXPORT_H
#define HONE_CLI_EXCHANGE_EXPORT_H

#include "engine/arena.h"
#include "engine/cli/out.h"
#include "engine/err.h"
#include "engine/space.h"
#include "storage/db.h"

#include <stdbool.h>
#include <stddef.h>

/* What a form has to work with; all of it outlives the call. */
struct cli_exporting {
    struct hone_db *db;
    const char *db_path;
    const struct hone_study_row *study;
    const struct hone_space *space;
    struct hone_arena *arena; /* for what is needed until the end */
    struct cli_out *out;      /* CLI_EXPORT_TEXT: where it goes */
    const char *path;         /* FILE: an empty file to fill; FOLDER: as the user named it */
    bool force;               /* what is there may be replaced */
    bool quiet;
};

enum cli_export_kind {
    CLI_EXPORT_TEXT,   /* to standard output, or to a file */
    CLI_EXPORT_FILE,   /* needs a file: it is no text */
    CLI_EXPORT_FOLDER, /* needs a folder, and looks after it itself */
};

/* A form. Adding one is one file and one line in export.c. */
struct cli_export_form {
    const char *name;
    enum cli_export_kind kind;
    enum hone_code (*write)(const struct cli_exporting *e, struct hone_err *err);
};

extern const struct cli_export_form cli_export_csv, cli_export_json, cli_export_cvresults,
    cli_export_mlflow, cli_export_tensorboard;

#endif
