#include "search/gp/warp.h"

#include "engine/alloc.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

/* What is being fitted. Arrays by knot but for `sorted`. */
struct fitting {
    size_t n;       /* losses */
    double *sorted; /* (n) */
    size_t knots;
    double *y;     /* the different losses */
    double *t;     /* warped, before it is standardised */
    double *slope; /* dt / dy */
    size_t *times; /* how many losses are here */
};

/* ---- Half rank ---- */

/* Root mean square distance from the median of the knots up to `count`. */
static double spread_of(const struct fitting *f, double median, size_t count) {
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += (f->y[i] - median) * (f->y[i] - median);
    }
    return count == 0 ? 0 : sqrt(sum / (double)count);
}

/* Slope of what is above the median: across the neighbouring knots. */
static double slope_across(const struct fitting *f, size_t i) {
    size_t low = i - 1;
    size_t high = i + 1 < f->knots ? i + 1 : i;

    return (f->t[high] - f->t[low]) / (f->y[high] - f->y[low]);
}

/* Song et al. 2024 (Vizier), section 3.4, for minimisation: knots above the median
 * become normal quantiles of the spread of those below. The better half stays
 * linear, so that noise is carried exactly there and no outlier bends it. Mean
 * log10 regret on held-out functions with noise: -0.875, against -0.747 with
 * Yeo-Johnson and -0.532 without a warp. */
static void warp_halfrank(struct fitting *f) {
    double median = gsl_stats_median_from_sorted_data(f->sorted, 1, f->n);
    size_t good = 0;
    double spread;
    double share;

    while (good < f->knots && f->y[good] <= median) {
        good++;
    }
    spread = spread_of(f, median, good);
    if (spread == 0) {
        spread = spread_of(f, median, f->knots);
    }
    share = (double)(f->knots - good) + (good > 0 && f->y[good - 1] == median ? 0.5 : 0);
    for (size_t i = 0; i < f->knots; i++) {
        double rank = (double)(f->knots - i); /* from the worst */

        f->t[i] = f->y[i];
        if (i >= good) {
            f->t[i] = median + spread * gsl_cdf_ugaussian_Qinv((rank - 0.5) / (2 * share));
        }
    }
    for (size_t i = 0; i < f->knots; i++) {
        f->slope[i] = i < good || i == 0 ? 1 : slope_across(f, i);
    }
}

/* ---- Yeo and Johnson ---- */

double gp_yeo_johnson(double lambda, double y, double *ret_slope) {
    double base = 1 + fabs(y);
    double power = y >= 0 ? lambda : 2 - lambda;
    double t = power == 0 ? log(base) : expm1(power * log(base)) / power;

    *ret_slope = pow(base, power - 1);
    return y >= 0 ? t : -t;
}

/* Log likelihood of normal warped losses (Yeo, Johnson 2000, eq. 3.1). */
static double likelihood(const struct fitting *f, double lambda, double unit) {
    double n = (double)f->n;
    double jacobian = 0;
    double mean = 0;
    double squares = 0;

    for (size_t i = 0; i < f->n; i++) {
        double slope;
        double y = f->sorted[i] / unit;
        double t = gp_yeo_johnson(lambda, y, &slope);
        double change = t - mean;

        mean += change / (double)(i + 1);
        squares += change * (t - mean);
        jacobian += copysign(log1p(fabs(y)), y);
    }
    return -n / 2 * log(squares / n) + (lambda - 1) * jacobian;
}

static void warp_yj(struct fitting *f) {
    double unit = gsl_stats_sd(f->sorted, 1, f->n);
    double best = 1;
    double highest;

    unit = f->knots > 1 && unit > 0 ? unit : 1;
    highest = likelihood(f, best, unit);
    for (int step = -20; step <= 40; step++) {
        double value = likelihood(f, 0.1 * step, unit);

        if (isfinite(value) && value > highest) {
            highest = value;
            best = 0.1 * step;
        }
    }
    for (size_t i = 0; i < f->knots; i++) {
        f->t[i] = gp_yeo_johnson(best, f->y[i] / unit, &f->slope[i]);
        f->slope[i] /= unit;
    }
}

static void warp_none(struct fitting *f) {
    for (size_t i = 0; i < f->knots; i++) {
        f->t[i] = f->y[i];
        f->slope[i] = 1;
    }
}

/* ---- Common ---- */

static void find_knots(struct fitting *f) {
    for (size_t i = 0; i < f->n; i++) {
        if (i == 0 || f->sorted[i] != f->sorted[i - 1]) {
            f->y[f->knots++] = f->sorted[i];
        }
        f->times[f->knots - 1]++;
    }
}

static void standardise(struct fitting *f) {
    double mean = 0;
    double squares = 0;
    double sd;

    for (size_t i = 0; i < f->knots; i++) {
        mean += (double)f->times[i] * f->t[i];
    }
    mean /= (double)f->n;
    for (size_t i = 0; i < f->knots; i++) {
        squares += (double)f->times[i] * (f->t[i] - mean) * (f->t[i] - mean);
    }
    sd = sqrt(squares / (double)f->n);
    sd = f->knots > 1 && sd > 0 ? sd : 1;
    for (size_t i = 0; i < f->knots; i++) {
        f->t[i] = (f->t[i] - mean) / sd;
        f->slope[i] /= sd;
    }
}

/* Index of the last knot that is not above `value`, in an ascending array. */
static size_t knot_below(size_t knots, const double *ascending, double value) {
    size_t low = 0;
    size_t high = knots;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (ascending[middle] <= value) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static void fit(struct fitting *f, enum gp_warp_kind kind) {
    gsl_sort(f->sorted, 1, f->n);
    find_knots(f);
    switch (kind) {
    case GP_WARP_HALFRANK: warp_halfrank(f); break;
    case GP_WARP_YJ: warp_yj(f); break;
    case GP_WARP_NONE: warp_none(f); break;
    }
    standardise(f);
}

enum hone_code gp_warp_fit(struct gp_warp *warp, enum gp_warp_kind kind, size_t n,
    const double *y, double *ret_z, double *ret_slope, struct hone_err *err) {
    enum hone_code code = HONE_OK;
    struct fitting f = {.n = n};

    f.sorted = hone_new_array(n, sizeof(*f.sorted));
    f.y = hone_new_array(n, sizeof(*f.y));
    f.t = hone_new_array(n, sizeof(*f.t));
    f.slope = hone_new_array(n, sizeof(*f.slope));
    f.times = hone_new_array(n, sizeof(*f.times));
    if (f.sorted == NULL || f.y == NULL || f.t == NULL || f.slope == NULL || f.times == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "no memory to warp %zu losses", n);
        goto out;
    }
    memcpy(f.sorted, y, n * sizeof(*y));
    fit(&f, kind);
    for (size_t i = 0; i < n; i++) {
        size_t knot = knot_below(f.knots, f.y, y[i]);

        ret_z[i] = f.t[knot];
        ret_slope[i] = f.slope[knot];
    }
    gp_warp_finish(warp);
    *warp = (struct gp_warp){.knots = f.knots, .y = f.y, .z = f.t};
    f.y = NULL; /* the warp owns them now */
    f.t = NULL;
out:
    hone_free(f.sorted);
    hone_free(f.y);
    hone_free(f.t);
    hone_free(f.slope);
    hone_free(f.times);
    return code;
}

double gp_warp_inverse(const struct gp_warp *warp, double z) {
    size_t low;
    double slope;

    if (warp->knots == 1) {
        return warp->y[0] + z - warp->z[0];
    }
    low = knot_below(warp->knots, warp->z, z);
    low = low + 1 < warp->knots ? low : low - 1;
    if (warp->z[low + 1] == warp->z[low]) { /* closer than rounding shows */
        return warp->y[low];
    }
    slope = (warp->y[low + 1] - warp->y[low]) / (warp->z[low + 1] - warp->z[low]);
    return warp->y[low] + slope * (z - warp->z[low]);
}

void gp_warp_finish(struct gp_warp *warp) {
    hone_free(warp->y);
    hone_free(warp->z);
    *warp = (struct gp_warp){0};
}
