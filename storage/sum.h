/* Checksums of rows: damage inside a page can leave a file that SQLite takes
 * for sound while a number in it is another. Every row that holds a result
 * keeps the sum of what it says. */
#ifndef HONE_STORAGE_SUM_H
#define HONE_STORAGE_SUM_H

#include <stddef.h>
#include <stdint.h>

struct hone_sum {
    uint64_t state;
};

void hone_sum_word(struct hone_sum *sum, uint64_t word);
void hone_sum_real(struct hone_sum *sum, double value); /* by its bits; all NaN are one */
void hone_sum_bytes(struct hone_sum *sum, const void *bytes, size_t length);
void hone_sum_text(struct hone_sum *sum, const char *text); /* NULL is not "" */

/* 32 bits. */
int64_t hone_sum_end(const struct hone_sum *sum);

#endif
