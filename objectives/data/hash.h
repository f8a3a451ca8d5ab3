/* SHA-256 of what was read or decided, as hex: two studies with the same hash
 * had the same data, or the same folds. */
#ifndef HONE_OBJECTIVES_DATA_HASH_H
#define HONE_OBJECTIVES_DATA_HASH_H

#include <sha2.h>
#include <stddef.h>
#include <stdint.h>

enum { HONE_HASH_HEX = 65 }; /* 64 digits and the final NUL */

struct hone_hash {
    SHA2_CTX sha;
};

void hone_hash_begin(struct hone_hash *hash);
void hone_hash_add(struct hone_hash *hash, const void *bytes, size_t size_bytes);

/* Adds a number as 8 bytes, least significant first, on every machine. */
void hone_hash_add_number(struct hone_hash *hash, uint64_t number);

/* Ends the hash and writes its hex digits. */
void hone_hash_hex(struct hone_hash *hash, char ret_hex[HONE_HASH_HEX]);

#endif
