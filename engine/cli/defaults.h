/* The trial of the defaults, which tells what a search has gained: the first that the
 * search itself proposed, unless its spec lists points to try first. */
#ifndef HONE_CLI_DEFAULTS_H
#define HONE_CLI_DEFAULTS_H

#include "engine/err.h"
#include "engine/value.h"
#include "storage/db.h"

#include <stdbool.h>
#include <stdint.h>

struct cli_defaults {
    bool is_known; /* and complete */
    uint64_t number;
    double value; /* in the metric's direction; NaN unless known */
};

/* Whether the search of this spec tries the defaults first, if any point. */
bool cli_defaults_are_first(const struct hone_value *spec);

/* Whether the defaults may yet follow a trial of this part: it was imported, or put in
 * the queue by hand. part may be NULL. */
bool cli_defaults_may_follow(const char *part);

/* Asks the database. spec is the study's. */
HONE_MUST_CHECK enum hone_code cli_defaults_find(struct hone_db *db,
    const struct hone_study_row *study, const struct hone_value *spec, struct cli_defaults *ret,
    struct hone_err *err);

#endif
