/* The best trial on standard output: for `hone best`, and at the end of a run. */
#ifndef HONE_CLI_BEST_H
#define HONE_CLI_BEST_H

#include "engine/cli/args.h"
#include "engine/cli/choice.h"
#include "engine/cli/out.h"
#include "storage/db.h"

struct cli_best_wish {
    enum cli_format format;
    bool test; /* for a study that keeps a test set, train it on all rows and tell its score,
                * by the formats table and json */
    enum cli_choice_rule rule;
    const char *simpler; /* see stats/simplest.h; NULL: the usual order */
};

/* HONE_E_MISSING when no trial is complete. */
HONE_MUST_CHECK enum hone_code cli_best_write(struct hone_db *db, const char *study,
    const struct cli_best_wish *wish, struct cli_out *out, struct hone_err *err);

#endif
