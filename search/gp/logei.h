/* The logarithm of the expected improvement, for minimisation, without
 * underflow or cancellation. */
#ifndef HONE_SEARCH_GP_LOGEI_H
#define HONE_SEARCH_GP_LOGEI_H

/* log h(z) with h(z) = phi(z) + z Phi(z): the expected improvement is
 * sigma h((threshold - mean) / sigma). ret_slope is d log h / dz = Phi / h. */
double gp_log_h(double z, double *ret_slope);

#endif
