/* The view named after a study: one row a trial, one column a parameter. */
#ifndef HONE_STORAGE_STUDY_VIEW_H
#define HONE_STORAGE_STUDY_VIEW_H

#include "engine/space.h"
#include "storage/sql.h"

#include <stdint.h>

/* Columns: number, state, value, stderr, the parameters in the order of the
 * spec, seconds, started, finished, error. A parameter that has the name of
 * another column, in any case, gets "_param" behind its own, again until it is
 * alone. SQLite has room for 2000 columns: parameters from the 1901st on are
 * left out (trial_param has them all). Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_study_view_create(struct hone_db *db, int64_t study,
    const char *name, const struct hone_space *space, struct hone_err *err);

HONE_MUST_CHECK enum hone_code hone_study_view_drop(struct hone_db *db, const char *name,
    struct hone_err *err);

#endif
