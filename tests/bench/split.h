/* A made-up split of cross-validation: what each of its folds adds to the true loss of a
 * point. A part is the same for all points, a part changes smoothly with the point, as a
 * fold likes some settings more than others, and the rest is drawn anew for each trial. */
#ifndef HONE_TESTS_BENCH_SPLIT_H
#define HONE_TESTS_BENCH_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "tests/bench/problems.h"

enum { SPLIT_FOLDS_LIMIT = 10, SPLIT_WAVES = 24 };

/* A smooth random function: waves whose sum has variance 1 over all splits. */
struct split_fold {
    double effect;
    double frequency[SPLIT_WAVES][BENCH_PARAMS_LIMIT], phase[SPLIT_WAVES];
};

struct split {
    size_t folds, params;
    uint64_t seed;
    double noise;  /* sd of a fold's loss about the true one, effects left out */
    double smooth; /* the share of that variance that changes smoothly with the point */
    struct split_fold fold[SPLIT_FOLDS_LIMIT];
};

/* effect: sd of what is the same for all points. */
void split_draw(struct split *split, size_t folds, size_t params, uint64_t seed, double noise,
    double smooth, double effect);

/* What a fold adds for a point of the unit cube, in that trial. */
double split_add(const struct split *split, size_t fold, uint64_t trial, const double *x_unit);

#endif
