/* Checksums of rows: damage inside a page can leave a file that SQLite takes
 * for sound while a number in it is another. Every row that holds a result
 * keeps the sum of what it says. */
#ifndef HONE_STORAGE_SUM_H
#define HONE_STORAGE_SUM_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct hone_sum {
    uint64_t state;
};

/* The odd constant of splitmix64 (Steele, Lea and Flood 2014). */
#define HONE_SUM_MULTIPLIER UINT64_C(0xbf58476d1ce4e5b9)

/* Each step is a bijection of the state for a given word, and of the word for a
 * given state: two rows that differ in one word never meet before the final cut
 * to 32 bits. Inline: a listing takes half a million of these steps. */
static inline void hone_sum_word(struct hone_sum *sum, uint64_t word) {
    uint64_t s = (sum->state ^ word) * HONE_SUM_MULTIPLIER;

    sum->state = (s ^ (s >> 31)) + UINT64_C(0x9e3779b97f4a7c15);
}

/* By its bits; all NaN are one. */
static inline void hone_sum_real(struct hone_sum *sum, double value) {
    double plain = isnan(value) ? (double)NAN : value;
    uint64_t bits;

    memcpy(&bits, &plain, sizeof(bits));
    hone_sum_word(sum, bits);
}

void hone_sum_bytes(struct hone_sum *sum, const void *bytes, size_t length);
void hone_sum_text(struct hone_sum *sum, const char *text); /* NULL is not "" */

/* 32 bits. */
int64_t hone_sum_end(const struct hone_sum *sum);

#endif
