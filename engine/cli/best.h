/* The best trial on standard output: for `hone best`, and at the end of a run. */
#ifndef HONE_CLI_BEST_H
#define HONE_CLI_BEST_H

#include "engine/cli/args.h"
#include "engine/cli/out.h"
#include "storage/db.h"

/* HONE_E_MISSING when no trial is complete. */
HONE_MUST_CHECK enum hone_code cli_best_write(struct hone_db *db, const char *study,
    enum cli_format format, struct cli_out *out, struct hone_err *err);

#endif
