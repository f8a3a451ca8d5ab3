/* What a new search takes over from earlier ones: search.learn_from. */
#ifndef HONE_CLI_EXCHANGE_LEARN_H
#define HONE_CLI_EXCHANGE_LEARN_H

#include "engine/err.h"
#include "engine/objective.h"
#include "engine/plan.h"
#include "storage/db.h"

/* HONE_E_MISSING when one of the studies is not in the database. */
HONE_MUST_CHECK enum hone_code cli_learn_check(struct hone_db *db, const struct hone_plan *plan,
    struct hone_err *err);

/* Fills a study that has no trials, unless another process is first: trials of earlier
 * studies that evaluated the same (objective, data and folds) become its history, as
 * imported ones; of each other study the best three points are queued, as values of
 * another objective say where to look and not what to expect (Feurer, Springenberg, Hutter
 * 2015, "Initializing Bayesian hyperparameter optimization via meta-learning"). What is no
 * point of the space is left out. */
HONE_MUST_CHECK enum hone_code cli_learn(const char *db_path, const struct hone_plan *plan,
    const struct hone_objective *objective, struct hone_db *db, struct hone_err *err);

#endif
