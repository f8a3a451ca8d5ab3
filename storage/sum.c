#include "storage/sum.h"

#include <string.h>

enum { WORD_BYTES = 8 };

/* Little-endian on every machine; gcc and clang make one load of it. */
static uint64_t word_at(const unsigned char *at) {
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
           (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
           (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

void hone_sum_bytes(struct hone_sum *sum, const void *bytes, size_t length) {
    const unsigned char *at = bytes;
    size_t left = length;

    hone_sum_word(sum, length);
    for (; left >= WORD_BYTES; left -= WORD_BYTES, at += WORD_BYTES) {
        hone_sum_word(sum, word_at(at));
    }
    if (left > 0) {
        unsigned char last[WORD_BYTES] = {0};

        memcpy(last, at, left);
        hone_sum_word(sum, word_at(last));
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
    uint64_t s = sum->state * HONE_SUM_MULTIPLIER;

    return (int64_t)(s >> 32);
}
