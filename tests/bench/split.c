#include "tests/bench/split.h"

#include "engine/rng.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>

static const double length_scale = 0.3; /* of the unit cube */

void split_draw(struct split *split, size_t folds, size_t params, uint64_t seed, double noise,
    double smooth, double effect) {
    struct hone_rng rng;

    *split = (struct split){.folds = folds, .params = params, .seed = seed, .noise = noise,
        .smooth = smooth};
    for (size_t f = 0; f < folds; f++) {
        struct split_fold *fold = &split->fold[f];

        hone_rng_at(&rng, seed, 0, (uint32_t)f, HONE_FOR_MODEL);
        fold->effect = effect * gsl_ran_gaussian(&rng.gsl, 1);
        for (size_t w = 0; w < SPLIT_WAVES; w++) {
            fold->phase[w] = 2 * M_PI * hone_rng_uniform(&rng);
            for (size_t p = 0; p < params; p++) {
                fold->frequency[w][p] = gsl_ran_gaussian(&rng.gsl, 1 / length_scale);
            }
        }
    }
}

static double wave_sum(const struct split *split, size_t f, const double *x_unit) {
    const struct split_fold *fold = &split->fold[f];
    double sum = 0;

    for (size_t w = 0; w < SPLIT_WAVES; w++) {
        double angle = fold->phase[w];

        for (size_t p = 0; p < split->params; p++) {
            angle += fold->frequency[w][p] * x_unit[p];
        }
        sum += cos(angle);
    }
    return sum * sqrt(2.0 / SPLIT_WAVES);
}

double split_add(const struct split *split, size_t fold, uint64_t trial, const double *x_unit) {
    struct hone_rng rng;
    double own;

    hone_rng_at(&rng, split->seed, trial, (uint32_t)fold, HONE_FOR_NOISE);
    own = gsl_ran_gaussian(&rng.gsl, 1);
    return split->fold[fold].effect +
           split->noise * (sqrt(1 - split->smooth) * own +
                              sqrt(split->smooth) * wave_sum(split, fold, x_unit));
}
