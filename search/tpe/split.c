#include "search/tpe/split.h"

#include "engine/alloc.h"

#include <math.h>
#include <stdlib.h>

enum standing { STANDING_COMPLETE, STANDING_PRUNED, STANDING_FAILED, STANDING_PENDING };

struct entry {
    enum standing standing;
    double loss; /* 0 without a result */
    size_t trial;
};

/* A trial without a single finite fold has no value, whatever its state. Its folds
 * may be huge: they are scaled before they are summed. */
static double mean_of_folds(const struct hone_trial *trial, size_t folds) {
    double count = 0;
    double mean = 0;

    for (size_t f = 0; f < folds; f++) {
        count += isfinite(trial->fold_loss[f]) ? 1 : 0;
    }
    for (size_t f = 0; f < folds; f++) {
        mean += isfinite(trial->fold_loss[f]) ? trial->fold_loss[f] / count : 0;
    }
    return count > 0 ? mean : (double)NAN;
}

static struct entry entry_of(const struct hone_view *view, size_t t) {
    const struct hone_trial *trial = &view->history->trial[t];
    struct entry entry = {.standing = STANDING_PENDING, .trial = t};

    if (t >= view->settled || !hone_state_is_finished(trial->state)) {
        return entry;
    }
    entry.standing = STANDING_FAILED;
    if (trial->state == HONE_COMPLETE || trial->state == HONE_PRUNED) {
        double mean = mean_of_folds(trial, view->history->folds);

        if (isfinite(mean)) {
            entry.standing =
                trial->state == HONE_COMPLETE ? STANDING_COMPLETE : STANDING_PRUNED;
            entry.loss = mean;
        }
    }
    return entry;
}

static int compare(const void *left, const void *right) {
    const struct entry *a = left;
    const struct entry *b = right;

    if (a->standing != b->standing) {
        return a->standing < b->standing ? -1 : 1;
    }
    if (a->loss != b->loss) {
        return a->loss < b->loss ? -1 : 1;
    }
    return a->trial < b->trial ? -1 : a->trial > b->trial;
}

enum hone_code tpe_split_read(struct tpe_split *split, const struct hone_view *view,
    double share, size_t limit, struct hone_err *err) {
    const size_t count = view->asking;
    struct entry *entry = hone_new_array(count, sizeof(*entry));
    double wanted;

    split->trial = hone_new_array(count, sizeof(*split->trial));
    if (entry == NULL || split->trial == NULL) {
        hone_free(entry);
        return hone_fail(err, HONE_E_NOMEM, "no memory to rank %zu trials", count);
    }
    split->count = count;
    for (size_t t = 0; t < count; t++) {
        entry[t] = entry_of(view, t);
        split->results += entry[t].standing <= STANDING_PRUNED ? 1 : 0;
    }
    qsort(entry, count, sizeof(*entry), compare);
    for (size_t i = 0; i < count; i++) {
        split->trial[i] = entry[i].trial;
    }
    hone_free(entry);
    wanted = ceil(share * (double)split->results);
    split->better = wanted < (double)limit ? (size_t)wanted : limit;
    return HONE_OK;
}

void tpe_split_finish(struct tpe_split *split) {
    hone_free(split->trial);
    *split = (struct tpe_split){0};
}
