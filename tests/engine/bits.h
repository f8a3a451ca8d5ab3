/* Reals by their bits, for tests of what has to come back exactly. */
#ifndef HONE_TESTS_ENGINE_BITS_H
#define HONE_TESTS_ENGINE_BITS_H

#include <stdint.h>
#include <string.h>

static inline uint64_t bits_of(double value) {
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static inline double real_of(uint64_t bits) {
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

#endif
