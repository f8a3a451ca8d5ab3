/* Which trials are the better ones: of these a point shall be one, and of the
 * others not. */
#ifndef HONE_SEARCH_TPE_SPLIT_H
#define HONE_SEARCH_TPE_SPLIT_H

#include "engine/err.h"
#include "engine/trial.h"

#include <stddef.h>

/* Trials below view->asking, the better ones before the worse.
 *   results    complete trials by their loss, then pruned ones by the mean of their
 *              folds; equals in the order of their numbers
 *   failed     below all results: a place without a value is no place to go
 *   pending    last: what was proposed is not to be proposed again. Optuna does so
 *              (constant_liar of its TPESampler, on since version 5); Watanabe 2023
 *              has no trials at the same time. */
struct tpe_split {
    size_t count;   /* view->asking */
    size_t results; /* of these have a value */
    size_t better;  /* so many are the better ones, at most `results` */
    size_t *trial;  /* (count) */
};

/* Fills a zero-initialised split. The better ones are ceil(share * results), but at
 * most `limit`. */
HONE_MUST_CHECK enum hone_code tpe_split_read(struct tpe_split *split,
    const struct hone_view *view, double share, size_t limit, struct hone_err *err);
void tpe_split_finish(struct tpe_split *split); /* accepts zeroed */

#endif
