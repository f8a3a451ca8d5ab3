/* Which trial of a study is recommended, and which ones are as good. */
#ifndef HONE_CLI_CHOICE_H
#define HONE_CLI_CHOICE_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/cli/learnt.h"
#include "engine/cli/stats/findings.h"
#include "engine/cli/stats/record.h"
#include "engine/err.h"
#include "storage/db.h"

#include <stdint.h>

/* In the order of cli_choice_rules. */
enum cli_choice_rule {
    CLI_RULE_MODEL,  /* what the method's model expects to be the best; else the best value */
    CLI_RULE_BEST,
    CLI_RULE_ONE_SE,
};

/* Their names, NULL-terminated. */
extern const char *const cli_choice_rules[];

/* Zero-initialise; cli_choice_finish in any case. */
struct cli_choice {
    uint64_t number;      /* of the recommended trial */
    struct hone_buf why;  /* in words; empty for the best one */
    struct cli_record record;
    struct hone_arena arena;
    struct cli_ties ties; /* count 0: folds cannot tell */
    struct cli_learnt learnt; /* by CLI_RULE_MODEL */
};

/* Chooses by the model or the best value, which needs no other trials. */
HONE_MUST_CHECK enum hone_code cli_choice_by_model(struct hone_db *db,
    const struct hone_study_row *study, struct cli_choice *choice, struct hone_err *err);

/* The number it chooses, which is the best trial to every command that is told none.
 * Nothing, 0, where no trial is complete. */
HONE_MUST_CHECK enum hone_code cli_choice_number(struct hone_db *db,
    const struct hone_study_row *study, uint64_t *ret_number, struct hone_err *err);

/* What stands behind a trial's number, where `best` is the chosen one: " (the best)",
 * " (the best value)" or "". */
const char *cli_choice_title(const struct hone_study_row *study, uint64_t best, uint64_t number);

/* Reads the study and chooses. simpler: see stats/simplest.h; NULL: the usual
 * order. HONE_E_MISSING when no trial is complete. */
HONE_MUST_CHECK enum hone_code cli_choice_make(struct hone_db *db, const char *study,
    enum cli_choice_rule rule, const char *simpler, struct cli_choice *choice,
    struct hone_err *err);
void cli_choice_finish(struct cli_choice *choice);

/* Append who is tied with the chosen trial or, where that has a better value, with the
 * best: a line for people, or a JSON array, first the one that the others are tied with. */
void cli_choice_add_tied(const struct cli_choice *choice, struct hone_buf *buf);
void cli_choice_add_tied_json(const struct cli_choice *choice, struct hone_buf *buf);

#endif
