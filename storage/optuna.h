/* Studies in an SQLite file of Optuna's, which is only read. It may come from
 * anybody: what is asked of it are plain tables, so that nothing of it runs. */
#ifndef HONE_STORAGE_OPTUNA_H
#define HONE_STORAGE_OPTUNA_H

#include "engine/adopt.h"
#include "engine/buf.h"
#include "engine/err.h"

#include <stdbool.h>

struct hone_optuna;

/* HONE_E_CORRUPT when it is no file of Optuna's, HONE_E_MISSING when it is not there. */
HONE_MUST_CHECK enum hone_code hone_optuna_open(const char *path, struct hone_optuna **ret,
    struct hone_err *err);
void hone_optuna_close(struct hone_optuna *optuna); /* accepts NULL */

/* Chooses the study `name`; NULL: the only one, else the one that is called
 * `likely` (NULL: none). HONE_E_MISSING lists what there is, HONE_E_INPUT when it
 * has more than one objective. ret_maximize: its direction. */
HONE_MUST_CHECK enum hone_code hone_optuna_choose(struct hone_optuna *optuna, const char *name,
    const char *likely, bool *ret_maximize, struct hone_err *err);

/* Returns false to end the walk. The trial lives until it returns. */
typedef bool hone_foreign_visit(void *self, const struct hone_foreign *foreign);

/* The trials of the chosen study in their order. Intermediate values of steps
 * 0, 1, 2 … are told as folds. */
HONE_MUST_CHECK enum hone_code hone_optuna_trials(struct hone_optuna *optuna,
    hone_foreign_visit *visit, void *self, struct hone_err *err);

/* Appends the `space:` of a spec, a line a parameter, from the latest distributions
 * in the chosen study. */
HONE_MUST_CHECK enum hone_code hone_optuna_write_space(struct hone_optuna *optuna,
    struct hone_buf *buf, struct hone_err *err);

#endif
