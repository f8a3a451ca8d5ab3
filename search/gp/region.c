#include "search/gp/region.h"

#include <math.h>

/* Eriksson et al. 2019, section 4 and their code. */
static const double first_side = 0.8;
static const double longest_side = 1.6;
static const double shortest_side = 0.0078125; /* 2^-7 */
static const double least_gain = 1e-3;         /* relative to the best */
enum { SUCCESSES = 3, FAILURES_AT_LEAST = 4 };

double gp_region_side(const struct gp_data *data, size_t initial, double dimension) {
    const double patience = ceil(fmax(FAILURES_AT_LEAST, dimension));
    double side = first_side;
    double best = (double)INFINITY;
    int successes = 0;
    int failures = 0;

    for (size_t i = 0; i < data->n; i++) {
        bool better = data->y[i] < best - least_gain * fabs(best) || isinf(best);

        best = fmin(best, data->y[i]);
        if (data->trial[i] < initial) {
            continue;
        }
        successes = better ? successes + 1 : 0;
        failures = better ? 0 : failures + 1;
        if (successes == SUCCESSES) {
            side = fmin(2 * side, longest_side);
            successes = 0;
        }
        if (failures >= patience) {
            side = side / 2;
            failures = 0;
        }
        if (side < shortest_side) {
            side = first_side;
        }
    }
    return side;
}

void gp_region_bounds(const struct points_layout *layout, const double *weight,
    const double *centre, double side, double *ret_low, double *ret_high) {
    double log_sum = 0;
    double numbers = 0;

    for (size_t p = 0; p < layout->scales; p++) {
        if (!layout->scale[p].category) {
            log_sum -= 0.5 * log(weight[p]);
            numbers++;
        }
    }
    for (size_t p = 0; p < layout->scales; p++) {
        double scale = exp(-0.5 * log(weight[p]) - log_sum / fmax(numbers, 1));
        double u = centre[layout->scale[p].column];

        ret_low[p] = fmax(0, u - side * scale / 2);
        ret_high[p] = fmin(1, u + side * scale / 2);
    }
}
