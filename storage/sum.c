#include "storage/sum.h"

#include <math.h>
#include <string.h>

/* Each step is a bijection of the state for a given word, and of the word for a
 * given state: two rows that differ in one word never meet before the final cut
 * to 32 bits. The multiplier is the odd constant of splitmix64 (Steele, Lea and
 * Flood 2014). */
static const uint64_t multiplier = 0xbf58476d1ce4e5b9U;

void hone_sum_word(struct hone_sum *sum, uint64_t word) {
    uint64_t s = (sum->state ^ word) * multiplier;

    sum->state = (s ^ (s >> 31)) + 0x9e3779b97f4a7c15U;
}

void hone_sum_real(struct hone_sum *sum, double value) {
    double plain = isnan(value) ? (double)NAN : value;
    uint64_t bits;

    memcpy(&bits, &plain, sizeof(bits));
    hone_sum_word(sum, bits);
}

void hone_sum_bytes(struct hone_sum *sum, const void *bytes, size_t length) {
    const unsigned char *at = bytes;

    hone_sum_word(sum, length);
    for (size_t i = 0; i < length; i += 8) {
        uint64_t word = 0;
        size_t part = length - i < 8 ? length - i : 8;

        for (size_t k = 0; k < part; k++) {
            word |= (uint64_t)at[i + k] << (8 * k);
        }
        hone_sum_word(sum, word);
    }
}

void hone_sum_text(struct hone_sum *sum, const char *text) {
    if (text == NULL) {
        hone_sum_word(sum, UINT64_MAX);
    } else {
        hone_sum_bytes(sum, text, strlen(text));
    }
}

int64_t hone_sum_end(const struct hone_sum *sum) {
    uint64_t s = sum->state * multiplier;

    return (int64_t)(s >> 32);
}
