/* One study as the JSON that the report's page draws. */
#ifndef HONE_CLI_REPORT_STUDY_H
#define HONE_CLI_REPORT_STUDY_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/err.h"
#include "storage/db.h"

#include <stddef.h>

/* The best trial's folds, for comparing studies. */
struct cli_report_folds {
    size_t count;        /* 0: no trial is complete */
    const double *value; /* (count) */
    const char *hash;    /* which rows are in which fold; "" when none */
    double test_over_train;
};

/* Appends the study as a JSON object. Its members are described where they are
 * written: study.c (what it is), columns.c (its trials), details.c (the best, the
 * failed, the curves), findings.c (importance, ties, the model). HONE_E_MISSING
 * names the nearest study. ret_folds lives in the arena. */
HONE_MUST_CHECK enum hone_code cli_report_study(struct hone_db *db, const char *name,
    struct hone_arena *arena, struct hone_buf *ret, struct cli_report_folds *ret_folds,
    struct hone_err *err);

#endif
