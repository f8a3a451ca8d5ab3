/* Folds: who is trained on and who is scored, and what preprocessing learned
 * from each training part. Made once when the objective opens, read-only
 * afterwards, shared by all trials and workers. */
#ifndef HONE_OBJECTIVES_DATA_FOLD_H
#define HONE_OBJECTIVES_DATA_FOLD_H

#include "engine/err.h"
#include "objectives/data/dataset.h"
#include "objectives/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hone_cv_config {
    int64_t folds;   /* >= 2 */
    int64_t repeats; /* each with another shuffle */
    int stratify;    /* enum hone_stratify: auto = classification without group or time */
    bool shuffle;
    const char *group; /* column: a group is never in both parts */
    const char *time;  /* column: train on the past, test on the future */
    int64_t gap;       /* by time: rows left out between the two */
    int64_t max_train_size; /* by time: the latest so many rows of the past alone; 0: all */
    int64_t test_size; /* by time: rows tested in a fold; 0: rows / (folds + 1) */
    int race;          /* enum hone_race_wish */
};

enum hone_stratify { HONE_STRATIFY_AUTO, HONE_STRATIFY_ON, HONE_STRATIFY_OFF };

/* The same as a line upon the table in single precision, see narrow.h. */
struct hone_narrow {
    const float *x;     /* (rows, features) of the folds; NULL: read the table itself */
    hone_real *fill;    /* (features) instead of NaN */
    hone_real *shift;   /* (features) */
    hone_real *factor;  /* (features) */
};

/* What one training part teaches, one entry a feature. */
struct hone_scaling {
    double *fill;  /* (features) instead of NaN: median of a number, mode of a text column */
    double *mean;  /* (features) after filling; 0 in sparse data, which is not centred */
    double *scale; /* (features) 1 / population sd; 0 where the training part is constant */
    double y_mean, y_sd; /* regression target of the training part; sd 1 when constant */
    struct hone_narrow narrow; /* for the data set that the folds are of, and no other */
};

struct hone_split {
    size_t train_count, test_count;
    uint32_t *train; /* (train_count) rows, ascending */
    uint32_t *test;  /* (test_count) rows, ascending */
    struct hone_scaling scaling;
};

struct hone_folds {
    size_t count; /* folds * repeats; repeat r is splits r*folds … */
    struct hone_split *split;
    float *narrow; /* (rows, features), or NULL; see narrow.h */
    char hash[65]; /* SHA-256 of the assignment, hex */
};

/* Assigns rows to folds as config says, from the study's seed alone, and learns
 * the scaling of each training part. HONE_E_INPUT when that cannot be done
 * (more folds than rows, than members of a class, than groups …). */
HONE_MUST_CHECK enum hone_code hone_folds_make(const struct hone_cv_config *config,
    const struct hone_dataset *data, uint64_t seed, struct hone_folds **ret, struct hone_err *err);

void hone_folds_free(struct hone_folds *folds); /* accepts NULL */

/* Writes `count` rows, filled and standardised, to ret_x (count, features)
 * row-major. No allocation; any thread. */
void hone_gather(const struct hone_dataset *data, const struct hone_scaling *scaling,
    const uint32_t *rows, size_t count, hone_real *ret_x);

#endif
