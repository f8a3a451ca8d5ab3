#include "search/tpe/parzen.h"

#include "engine/alloc.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>

/* Watanabe 2023 ("Bandwidth selection") recommends 0.03, Optuna has 0.01. Mean log10
 * regret as in search/tpe.c: -0.740 and -0.764 at narrowing 1; at narrowing 2, 0.02 had
 * -1.005 and 0.01 -0.990. */
static const double least_width = 0.01;

/* Slices of the unit interval, each as wide as the least width. */
enum { SLICES = 100 };

/* A value with more levels is continuous to the densities: even under the narrowest
 * kernel, its bin is a tenth of a standard deviation. */
enum { BINS_LIMIT = 1000 };

/* Beyond so many standard deviations the density in the middle of a bin stands for
 * the mass over it, whose logarithm would be that of 0. */
static const double far_away = 12;

/* exp(-40) is 4e-18: 20,000 kernels as far below the highest do not show. */
static const double too_low = 40;

static double cdf(double z) {
    return 0.5 * erfc(-z * M_SQRT1_2);
}

/* P(a < Z < b), from whichever tail keeps the digits. */
static double mass_between(double a, double b) {
    return a > 0 ? cdf(-a) - cdf(-b) : cdf(b) - cdf(a);
}

/* ---- Kernels ---- */

static struct tpe_kernel *kernel_at(const struct tpe_parzen *parzen, size_t row, size_t scale) {
    return &parzen->kernel[row * parzen->layout->scales + scale];
}

/* How many trials have this scale. */
static size_t count_active(const struct tpe_parzen *parzen, size_t scale) {
    size_t count = 0;

    for (size_t i = 0; i < parzen->n; i++) {
        count += isnan(kernel_at(parzen, i, scale)->centre) ? 0 : 1;
    }
    return count;
}

/* The lowest and the highest value within a slice of the unit interval, of equal ones
 * the first and the last. */
struct slice {
    bool used;
    double low, high;
    size_t low_row, high_row;
};

static size_t slice_of(double at) {
    return (size_t)fmin(at * SLICES, SLICES - 1);
}

static void fill_slices(const struct tpe_parzen *parzen, size_t scale, struct slice *slice) {
    for (size_t i = 0; i < parzen->n; i++) {
        double at = kernel_at(parzen, i, scale)->centre;
        struct slice *mine = isnan(at) ? NULL : &slice[slice_of(at)];

        if (mine == NULL) {
            continue;
        }
        if (!mine->used || at < mine->low) {
            mine->low = at;
            mine->low_row = i;
        }
        if (!mine->used || at >= mine->high) {
            mine->high = at;
            mine->high_row = i;
        }
        mine->used = true;
    }
}

/* Widths are the farther of the next values on either side (Bergstra 2011, section 4;
 * the ends of the interval are none, but for a lone value). Neighbours in the same
 * slice are nearer than the least width, so that nothing need be sorted. */
static void set_widths(struct tpe_parzen *parzen, size_t scale, const struct slice *slice) {
    const struct slice *before = NULL;

    for (size_t i = 0; i < SLICES; i++) {
        if (!slice[i].used) {
            continue;
        }
        if (before != NULL) {
            struct tpe_kernel *left = kernel_at(parzen, before->high_row, scale);
            struct tpe_kernel *right = kernel_at(parzen, slice[i].low_row, scale);
            double gap = slice[i].low - before->high;

            left->width = fmax(left->width, gap);
            right->width = fmax(right->width, gap);
        }
        before = &slice[i];
    }
}

/* The logarithm of the highest density of the normal distribution about `at`,
 * truncated to [0, 1]. */
static double log_peak_of(double at, double width) {
    double mass = fmin(at, 1 - at) > far_away * width
        ? 1
        : mass_between(-at / width, (1 - at) / width);

    return -log(sqrt(2 * M_PI) * width * mass);
}

static void make_numbers(struct tpe_parzen *parzen, size_t scale, double narrowing) {
    struct slice slice[SLICES] = {{.used = false}};
    size_t count = count_active(parzen, scale);
    double least = fmax(pow((double)count + 2, -narrowing), least_width);

    fill_slices(parzen, scale, slice);
    set_widths(parzen, scale, slice);
    for (size_t i = 0; i < parzen->n; i++) {
        struct tpe_kernel *kernel = kernel_at(parzen, i, scale);
        double at = kernel->centre;

        if (!isnan(at)) {
            double gap = count == 1 ? fmax(at, 1 - at) : kernel->width;

            kernel->width = fmin(fmax(gap, least), 1);
            kernel->log_peak = log_peak_of(at, kernel->width);
        }
    }
}

/* Each choice has a pseudo-count of 1 / (n + 1), the trial's own 1 more, as in Optuna:
 * the more trials, the less is left to the others. Watanabe's fixed 0.8 for the
 * trial's own ("Categorical parameters") was worse: -0.749 to -0.764. */
static void make_categories(struct tpe_parzen *parzen, size_t scale) {
    double levels = (double)parzen->layout->scale[scale].levels;
    double pseudo = 1 / ((double)count_active(parzen, scale) + 1);
    double hit = (1 + pseudo) / (1 + levels * pseudo);
    double log_peak = log(hit * levels);
    double miss = log(hit * (levels - 1) / (1 - hit));

    for (size_t i = 0; i < parzen->n; i++) {
        struct tpe_kernel *kernel = kernel_at(parzen, i, scale);

        if (!isnan(kernel->centre)) {
            kernel->hit = hit;
            kernel->miss = miss;
            kernel->log_peak = log_peak;
        }
    }
}

static void read_centres(struct tpe_parzen *parzen, const struct points_record *record,
    const size_t *trial) {
    const struct points_layout *layout = parzen->layout;

    for (size_t i = 0; i < parzen->n; i++) {
        const bool *active = record->active + trial[i] * layout->space->n;
        const double *row = record->row + trial[i] * layout->columns;

        for (size_t s = 0; s < layout->scales; s++) {
            const struct points_scale *scale = &layout->scale[s];

            kernel_at(parzen, i, s)->centre =
                active[scale->param] ? row[scale->column] : (double)NAN;
        }
    }
}

static void add_peaks(struct tpe_parzen *parzen) {
    for (size_t i = 0; i < parzen->n; i++) {
        for (size_t s = 0; s < parzen->layout->scales; s++) {
            parzen->log_peak[i] += kernel_at(parzen, i, s)->log_peak;
        }
    }
}

enum hone_code tpe_parzen_init(struct tpe_parzen *parzen, const struct points_record *record,
    const size_t *trial, size_t n, double narrowing, struct hone_err *err) {
    const struct points_layout *layout = record->layout;

    parzen->layout = layout;
    parzen->n = n;
    parzen->kernel = hone_new_array(n, layout->scales * sizeof(*parzen->kernel));
    parzen->log_peak = hone_new_array(n, sizeof(*parzen->log_peak));
    if (parzen->kernel == NULL || parzen->log_peak == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for the density of %zu trials", n);
    }
    read_centres(parzen, record, trial);
    for (size_t s = 0; s < layout->scales; s++) {
        if (layout->scale[s].category) {
            make_categories(parzen, s);
        } else {
            make_numbers(parzen, s, narrowing);
        }
    }
    add_peaks(parzen);
    return HONE_OK;
}

void tpe_parzen_finish(struct tpe_parzen *parzen) {
    hone_free(parzen->kernel);
    hone_free(parzen->log_peak);
    *parzen = (struct tpe_parzen){0};
}

/* ---- Drawing ---- */

/* By inversion: share is uniform in [0, 1). */
static double draw_number(const struct tpe_kernel *kernel, double share) {
    double low = cdf(-kernel->centre / kernel->width);
    double high = cdf((1 - kernel->centre) / kernel->width);
    double z = gsl_cdf_ugaussian_Pinv(low + share * (high - low));

    return fmin(fmax(kernel->centre + kernel->width * z, 0), 1);
}

/* The middle of the share that a choice has of the unit interval. */
static double draw_choice(const struct tpe_kernel *kernel, double levels, double share) {
    double choice = kernel->centre;

    if (share >= kernel->hit) {
        double other = floor((share - kernel->hit) / (1 - kernel->hit) * (levels - 1));

        other = fmin(other, levels - 2);
        choice = other < kernel->centre ? other : other + 1;
    }
    return (choice + 0.5) / levels;
}

size_t tpe_parzen_draw(const struct tpe_parzen *parzen, struct hone_rng *rng,
    double *ret_x_unit) {
    const struct points_layout *layout = parzen->layout;
    size_t row = (size_t)(hone_rng_uniform(rng) * (double)(parzen->n + 1));

    for (size_t p = 0; p < layout->space->n; p++) {
        ret_x_unit[p] = 0.5; /* constants */
    }
    for (size_t s = 0; s < layout->scales; s++) {
        const struct points_scale *scale = &layout->scale[s];
        double share = hone_rng_uniform(rng);
        const struct tpe_kernel *kernel = row < parzen->n ? kernel_at(parzen, row, s) : NULL;

        if (kernel != NULL && !isnan(kernel->centre)) {
            share = scale->category ? draw_choice(kernel, (double)scale->levels, share)
                                    : draw_number(kernel, share);
        }
        ret_x_unit[scale->param] = share;
    }
    return row;
}

/* ---- Density ---- */

void tpe_place_set(const struct points_layout *layout, const double *x_unit, const bool *active,
    struct tpe_place *ret_place) {
    for (size_t s = 0; s < layout->scales; s++) {
        const struct points_scale *scale = &layout->scale[s];
        const struct hone_param *param = &layout->space->param[scale->param];
        double u = x_unit[scale->param];
        struct tpe_place place = {.at = u, .low = u, .high = u};

        if (!active[scale->param]) {
            place.at = (double)NAN;
        } else if (scale->category) {
            place.at = hone_param_decode(param, u);
        } else if (scale->levels > 0 && scale->levels <= BINS_LIMIT) {
            double value = hone_param_decode(param, u);

            place.low = hone_param_encode(param, value - param->step / 2);
            place.high = hone_param_encode(param, value + param->step / 2);
        }
        ret_place[s] = place;
    }
}

/* How far below its peak a kernel's log density is in one scale; never negative but
 * for rounding, because a density's mean over a bin is at most its peak. */
static double drop(const struct tpe_kernel *kernel, const struct tpe_place *place,
    const struct points_scale *scale) {
    double z, low, high;

    if (isnan(kernel->centre)) {
        return 0;
    }
    if (isnan(place->at)) {
        return kernel->log_peak;
    }
    if (scale->category) {
        return kernel->centre == place->at ? 0 : kernel->miss;
    }
    z = (place->at - kernel->centre) / kernel->width;
    if (place->low == place->high || fabs(z) > far_away) {
        return z * z / 2;
    }
    low = (place->low - kernel->centre) / kernel->width;
    high = (place->high - kernel->centre) / kernel->width;
    return log((high - low) / (sqrt(2 * M_PI) * mass_between(low, high)));
}

/* The log density of one kernel, or anything below `enough` when it is below. */
static double log_kernel(const struct tpe_parzen *parzen, size_t row,
    const struct tpe_place *place, double enough) {
    double value = parzen->log_peak[row];

    for (size_t s = 0; s < parzen->layout->scales && value > enough; s++) {
        value -= drop(kernel_at(parzen, row, s), &place[s], &parzen->layout->scale[s]);
    }
    return value;
}

double tpe_parzen_log_density(const struct tpe_parzen *parzen, const struct tpe_place *place) {
    double highest = 0; /* the prior's */
    double sum = 1;     /* in units of the highest */

    for (size_t i = 0; i < parzen->n; i++) {
        double value = log_kernel(parzen, i, place, highest - too_low);

        if (value > highest) {
            sum = sum * exp(highest - value) + 1;
            highest = value;
        } else if (value > highest - too_low) {
            sum += exp(value - highest);
        }
    }
    return highest + log(sum / (double)(parzen->n + 1));
}
