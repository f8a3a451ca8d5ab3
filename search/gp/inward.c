#include "search/gp/inward.h"

#include <math.h>

/* Added to 4 u (1 - u), that an end is not out of reach. */
static const double floor_share = 0.05;

static const double nearly_nothing = 1e-200;

double gp_inward_log(const struct points_layout *layout, double weight, const double *row,
    double *gradient) {
    double product = 1; /* one logarithm for all that a double holds */
    double sum = 0;

    for (size_t p = 0; p < layout->scales; p++) {
        if (!layout->scale[p].category) {
            double u = row[layout->scale[p].column];
            double share = (4 * u * (1 - u) + floor_share) / (1 + floor_share);

            product *= share;
            if (gradient != NULL) {
                gradient[p] += weight * 4 * (1 - 2 * u) / (share * (1 + floor_share));
            }
        }
        if (product < nearly_nothing) {
            sum += log(product);
            product = 1;
        }
    }
    return weight * (sum + log(product));
}
