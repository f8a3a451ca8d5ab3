#include "search/gp/logei.h"

#include <gsl/gsl_math.h>
#include <math.h>

static const double log_sqrt_2pi = 0.91893853320467274178;

/* Below it phi(z) and z Phi(z) cancel. */
static const double direct_from = -2;

/* For z < 0 with x = -z: h = phi rho_0 rho_1, where rho_n = J_n / J_(n-1) are the
 * ratios of repeated integrals of the normal tail, rho_n = 1 / (x + (n+1) rho_(n+1)).
 * The recurrence is stable downwards (Gautschi 1967, "Computational aspects of
 * three-term recurrence relations"); 12 + 200 / x^2 steps give 15 digits, measured
 * against 50-digit arithmetic for z from -2 to -2e8. As a fraction above / below each
 * step multiplies where the ratio would divide: a third of the time. */
static double log_h_by_ratios(double x, double *ret_slope) {
    int steps = (int)(12 + 200 / (x * x));
    double above = 2;
    double below = x + sqrt(x * x + 4 * (steps + 1.0));
    double r;

    for (int n = steps; n >= 2; n--) {
        double next = x * below + n * above;

        above = below;
        below = next;
    }
    r = above / below;
    *ret_slope = 1 / r;
    return -0.5 * x * x - log_sqrt_2pi + log(r / (x + r));
}

double gp_log_h(double z, double *ret_slope) {
    double cdf;
    double h;

    if (z <= direct_from) {
        return log_h_by_ratios(-z, ret_slope);
    }
    cdf = 0.5 * erfc(-z * M_SQRT1_2);
    h = exp(-0.5 * z * z - log_sqrt_2pi) + z * cdf;
    *ret_slope = cdf / h;
    return log(h);
}
