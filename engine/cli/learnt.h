/* What the sampler of a study had learnt, for people and programs. */
#ifndef HONE_CLI_LEARNT_H
#define HONE_CLI_LEARNT_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/err.h"
#include "storage/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialised: nothing is known. */
struct cli_learnt {
    bool is_known;
    struct hone_insight_row row; /* its lengths live in the arena */
};

/* The latest insight into the first `trials` trials of the study. */
HONE_MUST_CHECK enum hone_code cli_learnt_read(struct hone_db *db, const char *study,
    uint64_t trials, struct hone_arena *arena, struct cli_learnt *learnt, struct hone_err *err);

/* The latest one when it is of all trials that the study has, else none. */
HONE_MUST_CHECK enum hone_code cli_learnt_of_all(struct hone_db *db,
    const struct hone_study_row *study, struct hone_arena *arena, struct cli_learnt *learnt,
    struct hone_err *err);

/* Appends the lines "expected" and "to gain" of a block. */
void cli_learnt_add_outlook(const struct cli_learnt *learnt, struct hone_buf *buf);

/* Appends the members "expected" and "outlook" of a JSON object, each after a comma. */
void cli_learnt_add_outlook_json(const struct cli_learnt *learnt, struct hone_buf *buf);

/* Appends in a line what the model was like: noise, skill, length scales by name. */
void cli_learnt_add_model(const struct cli_learnt *learnt, const struct hone_trial_row *named,
    struct hone_buf *buf);

#endif
