#include "objectives/data/hash.h"

void hone_hash_begin(struct hone_hash *hash) {
    SHA256Init(&hash->sha);
}

void hone_hash_add(struct hone_hash *hash, const void *bytes, size_t size_bytes) {
    SHA256Update(&hash->sha, bytes, size_bytes);
}

void hone_hash_add_number(struct hone_hash *hash, uint64_t number) {
    uint8_t bytes[8];

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(number >> (8 * i));
    }
    SHA256Update(&hash->sha, bytes, sizeof(bytes));
}

void hone_hash_hex(struct hone_hash *hash, char ret_hex[HONE_HASH_HEX]) {
    (void)SHA256End(&hash->sha, ret_hex);
}
