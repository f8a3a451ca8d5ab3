#include "engine/rng.h"

#include "engine/err.h"

#include <stddef.h>

/* The 128-bit counter of a stream:
 *
 *     bits 127..88   trial    40 bits
 *     bits  87..72   fold     16 bits
 *     bits  71..64   purpose   8 bits, never 0
 *     bits  63..0    block    the how-manieth four words of this stream
 *
 * Two addresses differ in the upper half, so their blocks can never meet.
 * Purpose 0 is what gsl_rng_set leads to, which nobody's address is. */
enum { TRIAL_BITS = 40, FOLD_BITS = 16, PURPOSE_BITS = 8, WORD_BITS = 32, WORDS = 4 };

/* Where things are in struct hone_rng's state. The current block's four words
 * are packed two and two, the first of each pair in the lower half. */
enum { AT_KEY, AT_ADDRESS, AT_BLOCK, AT_WORDS, AT_TAKEN = AT_WORDS + WORDS / 2, STATE_SIZE };

/* Salmon et al. 2011, section 3.3 and table 2: multipliers, and Weyl constants
 * of the key schedule (golden ratio, square root of 3 minus 1). */
static const uint32_t multiplier_0 = 0xD2511F53u;
static const uint32_t multiplier_1 = 0xCD9E8D57u;
static const uint32_t weyl_0 = 0x9E3779B9u;
static const uint32_t weyl_1 = 0xBB67AE85u;
enum { ROUNDS = 10 };

static uint32_t high(uint64_t pair) {
    return (uint32_t)(pair >> WORD_BITS);
}

static uint32_t low(uint64_t pair) {
    return (uint32_t)(pair & UINT32_MAX);
}

void hone_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t ret_word[4]) {
    uint32_t k0 = key[0];
    uint32_t k1 = key[1];
    uint32_t c[WORDS] = {counter[0], counter[1], counter[2], counter[3]};

    for (int round = 0; round < ROUNDS; round++) {
        uint64_t p0 = (uint64_t)multiplier_0 * c[0];
        uint64_t p1 = (uint64_t)multiplier_1 * c[2];

        c[0] = high(p1) ^ c[1] ^ k0;
        c[1] = low(p1);
        c[2] = high(p0) ^ c[3] ^ k1;
        c[3] = low(p0);
        k0 += weyl_0;
        k1 += weyl_1;
    }
    for (int i = 0; i < WORDS; i++) {
        ret_word[i] = c[i];
    }
}

/* Computes the block the stream has come to. */
static void stream_refill(uint64_t *state) {
    const uint32_t key[2] = {low(state[AT_KEY]), high(state[AT_KEY])};
    const uint32_t counter[WORDS] = {low(state[AT_BLOCK]), high(state[AT_BLOCK]),
        low(state[AT_ADDRESS]), high(state[AT_ADDRESS])};
    uint32_t word[WORDS];

    hone_philox(key, counter, word);
    for (int i = 0; i < WORDS / 2; i++) {
        state[AT_WORDS + i] = word[2 * i] | (uint64_t)word[2 * i + 1] << WORD_BITS;
    }
    state[AT_BLOCK]++;
    state[AT_TAKEN] = 0;
}

static void stream_start(uint64_t *state, uint64_t seed, uint64_t address) {
    state[AT_KEY] = seed;
    state[AT_ADDRESS] = address;
    state[AT_BLOCK] = 0;
    state[AT_TAKEN] = WORDS;
}

static uint32_t stream_next(uint64_t *state) {
    uint64_t pair;
    uint64_t taken;

    if (state[AT_TAKEN] == WORDS) {
        stream_refill(state);
    }
    taken = state[AT_TAKEN]++;
    pair = state[AT_WORDS + taken / 2];
    return taken % 2 == 0 ? low(pair) : high(pair);
}

static void philox_set(void *state, unsigned long seed) {
    stream_start(state, seed, 0);
}

static unsigned long philox_get(void *state) {
    return stream_next(state);
}

static double philox_get_double(void *state) {
    return stream_next(state) * 0x1p-32;
}

static const gsl_rng_type philox_type = {
    .name = "philox4x32-10",
    .max = UINT32_MAX,
    .min = 0,
    .size = STATE_SIZE * sizeof(uint64_t),
    .set = philox_set,
    .get = philox_get,
    .get_double = philox_get_double,
};

void hone_rng_at(struct hone_rng *ret_rng, uint64_t seed, uint64_t trial, uint32_t fold,
    enum hone_purpose purpose) {
    _Static_assert(sizeof(ret_rng->state) == STATE_SIZE * sizeof(uint64_t), "room for the state");
    hone_assert(trial < UINT64_C(1) << TRIAL_BITS);
    hone_assert(fold < UINT32_C(1) << FOLD_BITS);
    hone_assert(purpose > 0 && purpose < 1 << PURPOSE_BITS);
    ret_rng->gsl = (gsl_rng){.type = &philox_type, .state = ret_rng->state};
    stream_start(ret_rng->state, seed,
        trial << (FOLD_BITS + PURPOSE_BITS) | (uint64_t)fold << PURPOSE_BITS | (uint64_t)purpose);
}

double hone_rng_uniform(struct hone_rng *rng) {
    uint64_t upper = stream_next(rng->state);
    uint64_t lower = stream_next(rng->state);

    return (double)((upper << WORD_BITS | lower) >> 11) * 0x1p-53;
}

void hone_rng_words(struct hone_rng *rng, size_t count, uint32_t *ret_word) {
    for (size_t i = 0; i < count; i++) {
        ret_word[i] = stream_next(rng->state);
    }
}
