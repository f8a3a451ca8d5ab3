/* Random numbers that are addressed, not drawn from a shared stream.
 *
 * Philox 4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as
 * easy as 1, 2, 3", SC'11): a bijection of a 128-bit counter under a 64-bit
 * key. The key is the study's seed; the counter's upper half is made of trial,
 * fold and purpose; the lower half counts the draws. Same address, same
 * numbers, whoever asks and whenever. It is a gsl_rng_type, so that GSL's
 * distributions can be used on it. */
#ifndef HONE_ENGINE_RNG_H
#define HONE_ENGINE_RNG_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

/* What the numbers are for. Never renumber: stored results depend on it. */
enum hone_purpose {
    HONE_FOR_FOLDS = 1,     /* which row is in which fold; trial 0 always */
    HONE_FOR_POINT = 2,     /* a sampler's proposal */
    HONE_FOR_SHIFT = 3,     /* the shift of a Sobol sequence; trial 0 */
    HONE_FOR_WEIGHTS = 4,   /* initial weights */
    HONE_FOR_SHUFFLE = 5,   /* order of samples */
    HONE_FOR_DROPOUT = 6,
    HONE_FOR_VALIDATION = 7, /* inner split of early stopping */
    HONE_FOR_NOISE = 8,      /* of test functions */
    HONE_FOR_MODEL = 9,      /* a model-based sampler's inner draws */
    HONE_FOR_RACE = 10,      /* in which order the folds of a trial are run */
};

/* Room for one stream on the caller's stack: no allocation, nothing to free. */
struct hone_rng {
    gsl_rng gsl; /* pass &rng.gsl to gsl_ran_* */
    uint64_t state[6];
};

/* Sets ret_rng to the beginning of the stream at this address. Not to be
 * copied afterwards. trial < 2^40, fold < 2^16. */
void hone_rng_at(struct hone_rng *ret_rng, uint64_t seed, uint64_t trial, uint32_t fold,
    enum hone_purpose purpose);

/* Uniform in [0, 1) with 53 random bits; gsl_rng_uniform on the stream has 32. */
double hone_rng_uniform(struct hone_rng *rng);

/* The next `count` words of the stream, as gsl_rng_get would give them one by one. */
void hone_rng_words(struct hone_rng *rng, size_t count, uint32_t *ret_word);

/* One block of Philox 4x32-10, for tests against the published vectors. */
void hone_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t ret_word[4]);

#endif
