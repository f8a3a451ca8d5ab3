#include "engine/rng.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct vector {
    uint32_t counter[4];
    uint32_t key[2];
    uint32_t word[4];
};

/* kat_vectors of the Random123 distribution, lines "philox4x32 10". */
static const struct vector published[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
        {0xffffffff, 0xffffffff},
        {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
        {0xa4093822, 0x299f31d0},
        {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void philox_gives_the_published_words(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
        uint32_t word[4];

        hone_philox(published[i].key, published[i].counter, word);
        assert_memory_equal(word, published[i].word, sizeof(word));
    }
}

/* Stored results rest on this layout: it must never change. */
static void stream_is_philox_at_its_address(void **state) {
    const uint64_t seed = UINT64_C(0x0123456789abcdef);
    const uint64_t trial = UINT64_C(0xabcdef0123);
    const uint32_t fold = 0x4567;
    const uint32_t key[2] = {0x89abcdef, 0x01234567};
    struct hone_rng rng;

    (void)state;
    hone_rng_at(&rng, seed, trial, fold, HONE_FOR_SHUFFLE);
    for (uint32_t block = 0; block < 3; block++) {
        const uint32_t counter[4] = {block, 0, 0x23456705, 0xabcdef01};
        uint32_t word[4];

        hone_philox(key, counter, word);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(gsl_rng_get(&rng.gsl), word[i]);
        }
    }
}

/* Of any count, from any place in a block. */
static void many_words_are_those_that_come_one_by_one(void **state) {
    struct hone_rng one, many;
    uint32_t word[9];

    (void)state;
    hone_rng_at(&one, 3, 1, 4, HONE_FOR_SHUFFLE);
    hone_rng_at(&many, 3, 1, 4, HONE_FOR_SHUFFLE);
    for (size_t count = 0; count <= 9; count++) {
        hone_rng_words(&many, count, word);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(word[i], gsl_rng_get(&one.gsl));
        }
    }
}

static void neighbouring_addresses_have_other_numbers(void **state) {
    struct hone_rng rng[5];
    unsigned long first[5];

    (void)state;
    hone_rng_at(&rng[0], 1, 7, 2, HONE_FOR_POINT);
    hone_rng_at(&rng[1], 2, 7, 2, HONE_FOR_POINT);
    hone_rng_at(&rng[2], 1, 8, 2, HONE_FOR_POINT);
    hone_rng_at(&rng[3], 1, 7, 3, HONE_FOR_POINT);
    hone_rng_at(&rng[4], 1, 7, 2, HONE_FOR_NOISE);
    for (int i = 0; i < 5; i++) {
        first[i] = gsl_rng_get(&rng[i].gsl);
        for (int k = 0; k < i; k++) {
            assert_int_not_equal(first[i], first[k]);
        }
    }
}

static void streams_do_not_touch_one_another(void **state) {
    struct hone_rng alone;
    struct hone_rng a;
    struct hone_rng b;

    (void)state;
    hone_rng_at(&alone, 3, 1, 0, HONE_FOR_WEIGHTS);
    hone_rng_at(&a, 3, 1, 0, HONE_FOR_WEIGHTS);
    hone_rng_at(&b, 3, 1, 0, HONE_FOR_DROPOUT);
    for (int i = 0; i < 100; i++) {
        (void)gsl_rng_get(&b.gsl);
        assert_int_equal(gsl_rng_get(&a.gsl), gsl_rng_get(&alone.gsl));
    }
}

/* 4,096 draws of 53 bits: the mean's standard error is 0.0045, the bounds are
 * five of them; every bit must be seen both ways. */
static void uniform_has_53_random_bits(void **state) {
    struct hone_rng rng;
    double sum = 0;
    uint64_t ones = 0;
    uint64_t zeros = 0;

    (void)state;
    hone_rng_at(&rng, 1, 0, 0, HONE_FOR_POINT);
    for (int i = 0; i < 4096; i++) {
        double u = hone_rng_uniform(&rng);
        uint64_t bits = (uint64_t)(u * 0x1p53);

        assert_true(u >= 0 && u < 1);
        assert_true((double)bits == u * 0x1p53);
        ones |= bits;
        zeros |= ~bits;
        sum += u;
    }
    assert_true(fabs(sum / 4096 - 0.5) <= 5 * 0.0045);
    assert_true(ones == (UINT64_C(1) << 53) - 1);
    assert_true((zeros & ((UINT64_C(1) << 53) - 1)) == (UINT64_C(1) << 53) - 1);
}

/* Mean and variance of 4,096 normal numbers, within five standard errors. */
static void gsl_distributions_run_on_a_stream(void **state) {
    struct hone_rng rng;
    double sum = 0;
    double squares = 0;

    (void)state;
    hone_rng_at(&rng, 1, 0, 0, HONE_FOR_NOISE);
    for (int i = 0; i < 4096; i++) {
        double z = gsl_ran_gaussian_ziggurat(&rng.gsl, 1);

        sum += z;
        squares += z * z;
    }
    assert_true(fabs(sum / 4096) <= 5 / 64.0);
    assert_true(fabs(squares / 4096 - 1) <= 5 * 1.42 / 64.0);
}

static void gsl_can_seed_and_clone_it(void **state) {
    const uint32_t key[2] = {42, 0};
    const uint32_t counter[4] = {0, 0, 0, 0};
    uint32_t word[4];
    struct hone_rng rng;
    gsl_rng *copy;

    (void)state;
    hone_rng_at(&rng, 1, 0, 0, HONE_FOR_NOISE);
    gsl_rng_set(&rng.gsl, 42);
    hone_philox(key, counter, word);
    copy = gsl_rng_clone(&rng.gsl);
    assert_int_equal(gsl_rng_get(&rng.gsl), word[0]);
    assert_int_equal(gsl_rng_get(copy), word[0]);
    assert_int_equal(gsl_rng_max(copy), UINT32_MAX);
    gsl_rng_free(copy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_words),
        cmocka_unit_test(stream_is_philox_at_its_address),
        cmocka_unit_test(many_words_are_those_that_come_one_by_one),
        cmocka_unit_test(neighbouring_addresses_have_other_numbers),
        cmocka_unit_test(streams_do_not_touch_one_another),
        cmocka_unit_test(uniform_has_53_random_bits),
        cmocka_unit_test(gsl_distributions_run_on_a_stream),
        cmocka_unit_test(gsl_can_seed_and_clone_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
