/* A spec on its way to a plan: the text, its tree and what is wrong with it. */
#ifndef HONE_CLI_SPEC_H
#define HONE_CLI_SPEC_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/err.h"
#include "engine/plan.h"
#include "engine/problems.h"
#include "engine/value.h"

/* Zero-initialise; cli_spec_finish in any case. The plan points into it. */
struct cli_spec {
    struct hone_arena arena;
    struct hone_buf text;
    struct hone_problems problems;
    const struct hone_value *root;
    const char *data_file; /* where its data has moved, absolute; set before loading, or NULL */
    bool stored;           /* in a database; set before loading */
    struct hone_plan plan;
};

/* Reads the file into a plan. The study is called as the file without .yaml
 * unless the spec names it; relative paths start in the file's folder.
 * HONE_E_INPUT when it cannot be used: the problems are on standard error
 * then, and err->text is empty. */
HONE_MUST_CHECK enum hone_code cli_spec_load_file(struct cli_spec *spec, const char *path,
    struct hone_err *err);

/* Reads spec->text; name, file and folder are copied. Problems that were noted
 * before join those that are found. */
HONE_MUST_CHECK enum hone_code cli_spec_load_text(struct cli_spec *spec, const char *name,
    const char *file, const char *folder, struct hone_err *err);

/* An error each line of which begins with a key of the spec, as "cv.folds: 9 folds need …",
 * becomes problems of the spec with their places: they are on standard error then, and
 * err->text is empty. Any other stays as it is. */
void cli_spec_say_error(const struct hone_plan *plan, struct hone_err *err);

/* The folder this process is in, absolute, in the spec's arena. */
HONE_MUST_CHECK enum hone_code cli_spec_here(struct cli_spec *spec, const char **ret_folder,
    struct hone_err *err);

/* Says that the data is in this file now; HONE_E_INPUT when there is none. NULL: it is
 * where the spec says. */
HONE_MUST_CHECK enum hone_code cli_spec_move_data(struct cli_spec *spec, const char *path,
    struct hone_err *err);

void cli_spec_finish(struct cli_spec *spec);

#endif
