/* The parts of a study in the report, each a few members of one JSON object. */
#ifndef HONE_CLI_REPORT_MEMBERS_H
#define HONE_CLI_REPORT_MEMBERS_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/cli/stats/findings.h"
#include "engine/cli/stats/record.h"
#include "engine/err.h"
#include "storage/db.h"

/* What all of them read. */
struct cli_report_source {
    struct hone_db *db;
    const struct cli_record *record;
    const struct cli_ties *ties;
    struct hone_arena *arena;
};

/* `trials`: a list a column, in the order of the numbers. */
void cli_report_columns(const struct cli_report_source *source, struct hone_buf *buf);

/* `best`: the parameters of the best trial, ready to be used, and its metrics. */
HONE_MUST_CHECK enum hone_code cli_report_best(const struct cli_report_source *source,
    struct hone_buf *buf, struct hone_err *err);

/* `failures`: reasons with how many trials each has ended. */
HONE_MUST_CHECK enum hone_code cli_report_failures(const struct cli_report_source *source,
    struct hone_buf *buf, struct hone_err *err);

/* `curves`: of the first trials by rank, as many as there is room for. */
HONE_MUST_CHECK enum hone_code cli_report_curves(const struct cli_report_source *source,
    struct hone_buf *buf, struct hone_err *err);

/* `ties`, `importance` and, by the next, `model`. */
HONE_MUST_CHECK enum hone_code cli_report_findings(const struct cli_report_source *source,
    struct hone_buf *buf, struct hone_err *err);

/* `model`: what a Gaussian process says of the space. importance (space.n), or NULL,
 * tells which two parameters are shown together. */
HONE_MUST_CHECK enum hone_code cli_report_model(const struct cli_report_source *source,
    const struct cli_importance *importance, struct hone_buf *buf, struct hone_err *err);

#endif
