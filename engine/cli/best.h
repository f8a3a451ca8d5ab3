/* The best trial on standard output: for `hone best`, and at the end of a run. */
#ifndef HONE_CLI_BEST_H
#define HONE_CLI_BEST_H

#include "engine/cli/args.h"
#include "engine/cli/out.h"
#include "storage/db.h"

/* HONE_E_MISSING when no trial is complete. With `test`, for a study that keeps a
 * test set, the best trial is trained on all rows and its score told too, by the
 * formats table and json. */
HONE_MUST_CHECK enum hone_code cli_best_write(struct hone_db *db, const char *study,
    enum cli_format format, bool test, struct cli_out *out, struct hone_err *err);

#endif
