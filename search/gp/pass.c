#include "search/gp/pass.h"

#include "search/gp/wide.h"

#include <math.h>
#include <stdint.h>

/* Below it, exp(x) is taken for 0: nothing beside any noise. */
static const double lowest_exponent = -700;

/* exp(x) for x <= 0, relative error below 3e-16: x = n log 2 + r with
 * |r| <= log(2) / 2 (Cody, Waite 1980), then the Taylor series of exp(r) - 1 up
 * to r^13 / 13!. log 2 is split in two, so that n times the first part is exact;
 * adding `shift` rounds to an integer and leaves it in the low bits. */
static inline double exp_below_zero(double x) {
    const double shift = 0x1.8p52;
    const double per_log2 = 0x1.71547652b82fep+0;
    const double log2_high = 0x1.62e42fefa0000p-1;
    const double log2_low = 0x1.cf79abc9e3b3ap-40;
    union {
        double real;
        uint64_t bits;
    } power;
    double y = x < lowest_exponent ? lowest_exponent : x;
    double n;
    double r;
    double p = 1.0 / 6227020800;

    power.real = y * per_log2 + shift;
    n = power.real - shift;
    r = (y - n * log2_high) - n * log2_low;
    power.bits = (power.bits + 1023) << 52; /* 2^n */
    p = p * r + 1.0 / 479001600;
    p = p * r + 1.0 / 39916800;
    p = p * r + 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r * r + r;
    return x < lowest_exponent ? 0 : power.real + power.real * p;
}

GP_WIDE void gp_pass_square(size_t n, double weight, double x, const double *restrict column,
    double *restrict r2) {
    for (size_t i = 0; i < n; i++) {
        double difference = x - column[i];

        r2[i] += weight * (difference * difference);
    }
}

GP_WIDE void gp_pass_hamming(size_t n, double weight, double x, const double *restrict column,
    double *restrict r2) {
    for (size_t i = 0; i < n; i++) {
        r2[i] += x != column[i] ? weight : 0.0;
    }
}

/* k = s2 (1 + sqrt5 r + 5 r^2 / 3) exp(-sqrt5 r), h = -(5/6) s2 (1 + sqrt5 r) exp(-sqrt5 r)
 * (Rasmussen, Williams 2006, eq. 4.17). */
GP_WIDE void gp_pass_matern52(size_t n, double s2, const double *restrict r2,
    double *restrict ret_k, double *restrict ret_h) {
    for (size_t i = 0; i < n; i++) {
        double root = sqrt(5 * r2[i]);
        double e = s2 * exp_below_zero(-root);

        ret_k[i] = (1 + root + 5.0 / 3 * r2[i]) * e;
        ret_h[i] = -5.0 / 6 * (1 + root) * e;
    }
}

/* k = s2 exp(-r^2 / 2), h = -k / 2 */
GP_WIDE void gp_pass_rbf(size_t n, double s2, const double *restrict r2, double *restrict ret_k,
    double *restrict ret_h) {
    for (size_t i = 0; i < n; i++) {
        ret_k[i] = s2 * exp_below_zero(-0.5 * r2[i]);
        ret_h[i] = -0.5 * ret_k[i];
    }
}
