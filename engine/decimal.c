/* Schubfach (Giulietti 2020, "The Schubfach way to render doubles"; names as in
 * the paper's figure 4). A double v = c 2^q owns the decimals between the middles
 * to its neighbours. With k such that 10^k is the largest power of ten that is
 * no longer than this interval, it holds one or two multiples of 10^k and at
 * most one of 10^(k+1): the answer is among four candidates.
 *
 * The paper's table of 617 powers is left out: for all numbers of daily life k
 * lies between -55 and 0, where 10^-k = 5^-k 2^-k is exact in 128 bits and one
 * multiplication makes it. */
#include "engine/decimal.h"

#include "engine/err.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    FRACTION_BITS = 52,
    EXPONENT_MASK = 0x7ff,
    EXPONENT_BIAS = 1075, /* of the integer c = 2^52 + fraction */
    FIVES = 28,           /* 5^27 is the last in 64 bits */
    DIGITS_LEAST = 15,    /* %g's precision, unless more digits are needed */
    DIGITS_MOST = 17,
    PLAIN_LOWEST = -4, /* exponent below which %g turns to 1e-05 */
};

__extension__ typedef unsigned __int128 uint128;

/* digits * 10^exponent */
struct decimal {
    uint64_t digits;
    int exponent;
};

static const uint64_t five_to[FIVES] = {1U, 5U, 25U, 125U, 625U, 3125U, 15625U, 78125U, 390625U,
    1953125U, 9765625U, 48828125U, 244140625U, 1220703125U, 6103515625U, 30517578125U,
    152587890625U, 762939453125U, 3814697265625U, 19073486328125U, 95367431640625U,
    476837158203125U, 2384185791015625U, 11920928955078125U, 59604644775390625U,
    298023223876953125U, 1490116119384765625U, 7450580596923828125U};

/* floor(log2(10^e)), floor(log10(2^q)) and floor(log10(3/4 2^q)) for the small
 * numbers here; the shift of a negative number rounds down in gcc and clang. */
static int log2_of_ten_to(int e) {
    return (e * 1741647) >> 19;
}

static int log10_of_two_to(int q, bool closer) {
    return (q * 1262611 - (closer ? 524031 : 0)) >> 22;
}

/* 5^e with its highest bit at the top, e from 0 to 54. */
static uint128 power_of_five(int e) {
    uint128 g = e < FIVES ? five_to[e] : (uint128)five_to[FIVES - 1] * five_to[e - FIVES + 1];
    uint64_t high = (uint64_t)(g >> 64);
    int zeros = high != 0 ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)g);

    return g << zeros;
}

/* floor(g x / 2^128), its lowest bit set when anything was cut off. */
static uint64_t round_to_odd(uint128 g, uint64_t x) {
    uint128 low = (uint128)(uint64_t)g * x;
    uint128 high = (uint128)(uint64_t)(g >> 64) * x + (uint64_t)(low >> 64);
    bool cut = (uint64_t)high != 0 || (uint64_t)low != 0;

    return (uint64_t)(high >> 64) | cut;
}

static struct decimal shortest(uint64_t c, int q, bool closer) {
    int k = log10_of_two_to(q, closer);
    int h = q + log2_of_ten_to(-k) + 1;
    uint128 g = power_of_five(-k);
    uint64_t odd = c & 1; /* an odd c does not own the ends of its interval */
    uint64_t lower = round_to_odd(g, (4 * c - 2 + closer) << h) + odd;
    uint64_t v = round_to_odd(g, (4 * c) << h);
    uint64_t upper = round_to_odd(g, (4 * c + 2) << h) - odd;
    uint64_t s = v / 4;
    uint64_t tens = s / 10;
    bool under = lower <= 40 * tens;
    bool over = 40 * tens + 40 <= upper;

    if (s >= 10 && under != over) {
        return (struct decimal){tens + over, k + 1};
    }
    under = lower <= 4 * s;
    over = 4 * s + 4 <= upper;
    if (under != over) {
        return (struct decimal){s + over, k};
    }
    over = v > 4 * s + 2 || (v == 4 * s + 2 && (s & 1) != 0);
    return (struct decimal){s + over, k};
}

/* Digits without zeros at the end, most significant first. Returns how many.
 * Two at a time: each division waits for the one before. */
static int split(struct decimal *d, char ret_digits[DIGITS_MOST]) {
    char text[DIGITS_MOST + 3]; /* 2^64 has 20 digits */
    size_t at = sizeof(text);
    size_t count;

    while (d->digits % 100 == 0) {
        d->digits /= 100;
        d->exponent += 2;
    }
    if (d->digits % 10 == 0) {
        d->digits /= 10;
        d->exponent++;
    }
    for (; d->digits > 0; d->digits /= 100) {
        unsigned pair = (unsigned)(d->digits % 100);

        text[--at] = (char)('0' + pair % 10);
        text[--at] = (char)('0' + pair / 10);
    }
    at += text[at] == '0';
    count = sizeof(text) - at;
    hone_assert(count > 0 && count <= DIGITS_MOST);
    memcpy(ret_digits, text + at, count);
    return (int)count;
}

static char *put(char *to, const char *digits, int count) {
    memcpy(to, digits, (size_t)count);
    return to + count;
}

static char *put_zeros(char *to, int count) {
    memset(to, '0', (size_t)count);
    return to + count;
}

/* d.ddde-05 */
static char *put_scientific(char *to, const char *digits, int count, int exponent) {
    int size = exponent < 0 ? -exponent : exponent;

    *to++ = digits[0];
    if (count > 1) {
        *to++ = '.';
        to = put(to, digits + 1, count - 1);
    }
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    *to++ = (char)('0' + size / 10);
    *to++ = (char)('0' + size % 10);
    return to;
}

static char *put_plain(char *to, const char *digits, int count, int exponent) {
    if (exponent < 0) {
        *to++ = '0';
        *to++ = '.';
        to = put_zeros(to, -exponent - 1);
        return put(to, digits, count);
    }
    if (exponent + 1 >= count) {
        to = put(to, digits, count);
        return put_zeros(to, exponent + 1 - count);
    }
    to = put(to, digits, exponent + 1);
    *to++ = '.';
    return put(to, digits + exponent + 1, count - exponent - 1);
}

static char *put_decimal(char *to, struct decimal d) {
    char digits[DIGITS_MOST] = {0};
    int count = split(&d, digits);
    int exponent = d.exponent + count - 1; /* of the first digit */
    int precision = count > DIGITS_LEAST ? count : DIGITS_LEAST;

    if (exponent < PLAIN_LOWEST || exponent >= precision) {
        return put_scientific(to, digits, count, exponent);
    }
    return put_plain(to, digits, count, exponent);
}

size_t hone_decimal_write(double value, char ret_text[HONE_DECIMAL_TEXT]) {
    const double lowest = 1e-37;
    const double limit = 0x1p53;
    double size = fabs(value);
    char *to = ret_text;
    uint64_t bits;
    uint64_t fraction;
    int q;

    if (value != 0 && !(size >= lowest && size < limit)) {
        return 0;
    }
    if (signbit(value)) {
        *to++ = '-';
    }
    memcpy(&bits, &value, sizeof(bits));
    fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
    q = (int)(bits >> FRACTION_BITS & EXPONENT_MASK) - EXPONENT_BIAS;
    if (value == 0) {
        *to++ = '0';
    } else if (size == floor(size)) {
        to = put_decimal(to, (struct decimal){(uint64_t)size, 0});
    } else {
        to = put_decimal(to, shortest(UINT64_C(1) << FRACTION_BITS | fraction, q, fraction == 0));
    }
    *to = '\0';
    return (size_t)(to - ret_text);
}
