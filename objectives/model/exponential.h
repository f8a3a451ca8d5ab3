/* The exponential function of the training's number type, without a branch or a
 * call, so that the compiler turns loops over it into vectors. */
#ifndef HONE_OBJECTIVES_MODEL_EXPONENTIAL_H
#define HONE_OBJECTIVES_MODEL_EXPONENTIAL_H

#include "objectives/real.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef HONE_REAL_IS_DOUBLE
static inline double hone_exp(double x) {
    return exp(x);
}
#else
/* e^x = 2^n e^r with n = round(x / log 2) and |r| <= log 2 / 2, n log 2 taken off
 * in two parts (Cody and Waite 1980, "Software manual for the elementary
 * functions", ch. 6), and e^r - 1 - r from the minimax polynomial of Moshier's
 * Cephes (expf). Within 2 units in the last place where the result is a normal
 * number; below that the smallest normal number, above FLT_MAX about FLT_MAX,
 * and NaN stays NaN. */
static inline float hone_exp(float x) {
    const float least = -87.33654f, most = 88.37626f; /* n from -126 to 127 */
    const float rounder = 12582912.0f;   /* 1.5 * 2^23: n stands in its lowest bits */
    const float held = x < least ? least : x > most ? most : x;
    const float shifted = held * 1.44269504f + rounder;
    const float n = shifted - rounder;
    const float r = held - n * 0.693359375f - n * -2.12194440e-4f;
    const float tail = ((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r +
        4.1665795894e-2f) * r + 1.6666665459e-1f) * r + 5.0000001201e-1f;
    uint32_t bits;
    float power; /* 2^n */

    memcpy(&bits, &shifted, sizeof(bits));
    bits = (bits + 127) << 23;
    memcpy(&power, &bits, sizeof(power));
    return (tail * r * r + r + 1) * power;
}
#endif

#endif
