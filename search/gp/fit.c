#include "search/gp/fit.h"

#include "engine/alloc.h"
#include "search/gp/descent.h"
#include "search/gp/lapack.h"
#include "search/gp/triangle.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <string.h>

/* ---- Priors, bounds, starting points ----
 *
 * Length scales: log-normal with median e^sqrt2 sqrt(d) and sd sqrt 3 of the
 * logarithm, the density taken in the length scale itself, which puts its mode at
 * 0.205 sqrt(d) (Hvarfner, Hellsten, Nardi 2024, "Vanilla Bayesian optimization
 * performs great in high dimensions"). For a category, two random levels differ
 * by 1 - 1/C where two random numbers differ by 1/6: the shift makes them equal.
 * Measured against Optuna's prior on held-out functions: -1.831 to -1.574 mean
 * log10 regret without noise, -0.875 to -0.783 with.
 *
 * Noise: uniform in the logarithm up to a centre, so that a loss without any is found
 * out, and normal above it. Against a log-normal prior about -3.5 with sd 1, on 16
 * functions, 60 trials: -1.89 to -1.74 without noise, -0.14 to -0.13 with; -1.93 where
 * it is told that there is none. With noise, an sd above the centre of 2 instead of 1
 * gave 0.04 to 0.06 after 30 trials and a tie after 60. */
static const double scale_variance = 3;
static const double s2_variance = 1;
static const double noise_centre = -4.5;
static const double noise_variance = 4;
static const double rho_variance = 0.25;

static const double scale_lowest = 0.02;
static const double scale_highest = 60; /* times sqrt(d) */
static const double s2_lowest = 0.05;
static const double s2_highest = 20;
static const double noise_lowest = 1e-6;
static const double noise_highest = 1;
static const double rho_highest = 2;

static const double start_scale = 0.5; /* times sqrt(d) */
static const double start_noise[2] = {0.01, 0.1};

enum { VECTORS = 5 };
static const double gradient_below = 1e-2;
static const double decrease_below = 1e-9;

size_t gp_theta_count(const struct points_layout *layout) {
    return layout->scales + GP_AT_COUNT;
}

static double scale_centre(const struct points_layout *layout, const struct points_scale *scale) {
    double centre = M_SQRT2 + 0.5 * log(layout->dimension);

    if (scale->category) {
        centre += 0.5 * log(6 * (1 - 1 / (double)scale->levels));
    }
    return centre;
}

static void set_bounds(struct gp_fit *fit) {
    const struct points_layout *layout = fit->evidence->layout;
    const size_t scales = layout->scales;
    double rho = fit->evidence->is_known ? rho_highest : 0;

    for (size_t p = 0; p < scales; p++) {
        fit->low[p] = log(scale_lowest);
        fit->high[p] = log(scale_highest * sqrt(layout->dimension));
        fit->centre[p] = scale_centre(layout, &layout->scale[p]);
    }
    fit->low[scales + GP_AT_S2] = log(s2_lowest);
    fit->high[scales + GP_AT_S2] = log(s2_highest);
    fit->low[scales + GP_AT_NOISE] = log(noise_lowest);
    fit->high[scales + GP_AT_NOISE] =
        fit->evidence->deterministic ? log(noise_lowest) : log(noise_highest);
    fit->low[scales + GP_AT_RHO] = -rho;
    fit->high[scales + GP_AT_RHO] = rho;
}

void gp_fit_start(const struct gp_fit *fit, int which, double *ret_theta) {
    const struct points_layout *layout = fit->evidence->layout;
    const size_t scales = layout->scales;

    for (size_t p = 0; p < scales; p++) {
        double other = p % 2 == 0 ? -1 : 1;

        ret_theta[p] = log(start_scale * sqrt(layout->dimension)) + (which == 0 ? 0 : other);
    }
    ret_theta[scales + GP_AT_S2] = 0;
    ret_theta[scales + GP_AT_NOISE] =
        fmin(log(start_noise[which]), fit->high[scales + GP_AT_NOISE]);
    ret_theta[scales + GP_AT_RHO] = 0;
}

/* ---- Room ---- */

static void fill_points(struct gp_fit *fit) {
    const struct gp_evidence *e = fit->evidence;
    const size_t columns = e->layout->columns;

    for (size_t c = 0; c < columns; c++) {
        if (e->layout->column[c].kind == POINTS_SQUARE) {
            fit->square[fit->squares++] = c;
        }
        for (size_t i = 0; i < e->n; i++) {
            fit->x[c * e->n + i] = e->row[i * columns + c];
        }
    }
    for (size_t i = 0; i < e->n; i++) {
        for (size_t f = 0; f < fit->squares; f++) {
            fit->number[f * e->n + i] = fit->x[fit->square[f] * e->n + i] - 0.5;
        }
        fit->number[fit->squares * e->n + i] = 1;
    }
}

enum hone_code gp_fit_init(struct gp_fit *fit, const struct gp_evidence *evidence,
    struct hone_err *err) {
    const size_t n = evidence->n;
    const size_t columns = evidence->layout->columns;
    const size_t count = gp_theta_count(evidence->layout);

    fit->evidence = evidence;
    fit->square = hone_new_array(columns, sizeof(*fit->square));
    fit->x = hone_new_array(n, columns * sizeof(double));
    fit->number = hone_new_array(n, (columns + 1) * sizeof(double));
    fit->product = hone_new_array(n, (columns + 1) * sizeof(double));
    fit->low = hone_new_array(count, sizeof(double));
    fit->high = hone_new_array(count, sizeof(double));
    fit->centre = hone_new_array(count, sizeof(double));
    fit->weight = hone_new_array(count, sizeof(double));
    fit->k = hone_new_array(n, n * sizeof(double));
    fit->h = hone_new_array(n, n * sizeof(double));
    fit->work = hone_new_array(n, n * sizeof(double));
    fit->vectors = hone_new_array(n, VECTORS * sizeof(double));
    fit->descent = hone_new_array(gp_descent_room(count), sizeof(double));
    if (fit->square == NULL || fit->x == NULL || fit->number == NULL || fit->product == NULL ||
        fit->low == NULL || fit->high == NULL || fit->centre == NULL || fit->weight == NULL ||
        fit->k == NULL || fit->h == NULL || fit->work == NULL || fit->vectors == NULL ||
        fit->descent == NULL) {
        gp_fit_finish(fit);
        return hone_fail(err, HONE_E_NOMEM, "no memory to fit a model to %zu points", n);
    }
    fill_points(fit);
    set_bounds(fit);
    return HONE_OK;
}

void gp_fit_finish(struct gp_fit *fit) {
    hone_free(fit->square);
    hone_free(fit->x);
    hone_free(fit->number);
    hone_free(fit->product);
    hone_free(fit->low);
    hone_free(fit->high);
    hone_free(fit->centre);
    hone_free(fit->weight);
    hone_free(fit->k);
    hone_free(fit->h);
    hone_free(fit->work);
    hone_free(fit->vectors);
    hone_free(fit->descent);
    *fit = (struct gp_fit){0};
}

/* ---- Likelihood ---- */

/* Lower triangles of K and of dK / d(r2). */
static void build(struct gp_fit *fit, const double *theta) {
    const struct gp_evidence *e = fit->evidence;
    const struct gp_points points = {.count = e->n, .room = e->n, .x = fit->x};
    const double s2 = exp(theta[e->layout->scales + GP_AT_S2]);
    double *r2 = fit->vectors;

    for (size_t p = 0; p < e->layout->scales; p++) {
        fit->weight[p] = exp(-2 * theta[p]);
    }
    for (size_t j = 0; j < e->n; j++) {
        gp_kernel_distances(e->layout, fit->weight, e->row + j * e->layout->columns, &points, j,
            r2);
        e->kernel->pass(e->n - j, s2, r2, fit->k + j * e->n + j, fit->h + j * e->n + j);
    }
}

/* C into `work`. */
static void add_noise(struct gp_fit *fit, const double *theta) {
    const struct gp_evidence *e = fit->evidence;
    const double *rest = theta + e->layout->scales;

    for (size_t j = 0; j < e->n; j++) {
        size_t at = j * e->n + j;

        memcpy(fit->work + at, fit->k + at, (e->n - j) * sizeof(double));
        fit->work[at] += exp(rest[GP_AT_RHO]) * e->known[j] +
                         exp(rest[GP_AT_NOISE]) * e->share[j] + e->jitter * exp(rest[GP_AT_S2]);
    }
}

/* C^-1 v by L^-1, which `work` holds. */
static void solve(const struct gp_fit *fit, double *v) {
    const size_t n = fit->evidence->n;

    gp_triangle_times(n, fit->work, n, v);
    gp_triangle_transposed_times(n, fit->work, n, v);
}

/* alpha = C^-1 (z - m); returns (z-m)' alpha / 2 + m^2 / 2. A mean that is given
 * has no prior. */
static double set_alpha(struct gp_fit *fit, double *alpha) {
    const struct gp_evidence *e = fit->evidence;
    double *ones = fit->vectors + 2 * e->n;
    double z_sum = 0;
    double one_sum = 0;
    double mean;
    double half = 0;

    for (size_t i = 0; i < e->n; i++) {
        ones[i] = 1;
        alpha[i] = e->z[i];
    }
    solve(fit, ones);
    solve(fit, alpha);
    for (size_t i = 0; i < e->n; i++) {
        z_sum += alpha[i];
        one_sum += ones[i];
    }
    mean = isnan(e->mean) ? z_sum / (one_sum + 1) : e->mean;
    for (size_t i = 0; i < e->n; i++) {
        alpha[i] -= mean * ones[i];
        half += 0.5 * (e->z[i] - mean) * alpha[i];
    }
    return half + (isnan(e->mean) ? 0.5 * mean * mean : 0);
}

/* ---- Its gradient: dF/dtheta = -1/2 sum_ab A_ab dC_ab/dtheta with
 * A = alpha alpha' - C^-1 (Rasmussen, Williams 2006, eq. 5.9) ---- */

/* h_ab <- G_ab = A_ab h_ab; returns sum_ab A_ab K_ab. `work` is C^-1. */
static double weigh_slopes(struct gp_fit *fit, const double *alpha) {
    const size_t n = fit->evidence->n;
    double sum = 0;

    for (size_t j = 0; j < n; j++) {
        const double *inverse = fit->work + j * n;
        const double *k = fit->k + j * n;
        double *h = fit->h + j * n;
        double below = 0;

        for (size_t i = j + 1; i < n; i++) {
            double a = alpha[i] * alpha[j] - inverse[i];

            below += a * k[i];
            h[i] *= a;
        }
        h[j] = 0; /* a point is at distance 0 from itself */
        sum += 2 * below + (alpha[j] * alpha[j] - inverse[j]) * k[j];
    }
    return sum;
}

/* sum_ab G_ab (u_a - u_b)^2 = 2 sum_a u_a^2 (G 1)_a - 2 u'G u, for all columns of
 * numbers with one matrix product. */
static void add_number_parts(struct gp_fit *fit, double *gradient) {
    const struct points_layout *layout = fit->evidence->layout;
    const size_t n = fit->evidence->n;
    const double *row_sum = fit->product + fit->squares * n;

    cblas_dsymm(CblasColMajor, CblasLeft, CblasLower, (int)n, (int)fit->squares + 1, 1, fit->h,
        (int)n, fit->number, (int)n, 0, fit->product, (int)n);
    for (size_t f = 0; f < fit->squares; f++) {
        size_t p = layout->column[fit->square[f]].scale;
        const double *u = fit->number + f * n;
        const double *gu = fit->product + f * n;
        double sum = 0;

        for (size_t i = 0; i < n; i++) {
            sum += u[i] * (u[i] * row_sum[i] - gu[i]);
        }
        gradient[p] += 2 * fit->weight[p] * sum;
    }
}

/* sum_ab G_ab [c_a != c_b] */
static void add_category_part(struct gp_fit *fit, size_t c, double *gradient) {
    const size_t n = fit->evidence->n;
    const size_t p = fit->evidence->layout->column[c].scale;
    const double *level = fit->x + c * n;
    double sum = 0;

    for (size_t j = 0; j < n; j++) {
        const double *g = fit->h + j * n;

        for (size_t i = j + 1; i < n; i++) {
            sum += level[i] != level[j] ? g[i] : 0;
        }
    }
    gradient[p] += 2 * fit->weight[p] * sum;
}

static void set_gradient(struct gp_fit *fit, const double *theta, const double *alpha,
    double *gradient) {
    const struct gp_evidence *e = fit->evidence;
    const size_t scales = e->layout->scales;
    const double *rest = theta + scales;
    double *ret = gradient + scales;
    double s2_sum = weigh_slopes(fit, alpha);

    memset(gradient, 0, gp_theta_count(e->layout) * sizeof(*gradient));
    for (size_t i = 0; i < e->n; i++) {
        double a = alpha[i] * alpha[i] - fit->work[i * e->n + i];

        s2_sum += a * e->jitter * exp(rest[GP_AT_S2]);
        ret[GP_AT_NOISE] -= 0.5 * a * exp(rest[GP_AT_NOISE]) * e->share[i];
        ret[GP_AT_RHO] -= 0.5 * a * exp(rest[GP_AT_RHO]) * e->known[i];
    }
    ret[GP_AT_S2] = -0.5 * s2_sum;
    add_number_parts(fit, gradient);
    for (size_t c = 0; c < e->layout->columns; c++) {
        if (e->layout->column[c].kind == POINTS_HAMMING) {
            add_category_part(fit, c, gradient);
        }
    }
}

double gp_fit_likelihood(struct gp_fit *fit, const double *theta, double *ret_gradient) {
    const size_t n = fit->evidence->n;
    int order = (int)n;
    int info;
    double *alpha = fit->vectors + n;
    double value = 0;

    build(fit, theta);
    add_noise(fit, theta);
    dpotrf_("L", &order, fit->work, &order, &info);
    if (info != 0) {
        return (double)INFINITY;
    }
    for (size_t i = 0; i < n; i++) {
        value += log(fit->work[i * n + i]);
    }
    gp_triangle_invert(n, fit->work, n);
    value += set_alpha(fit, alpha);
    dlauum_("L", &order, fit->work, &order, &info);
    set_gradient(fit, theta, alpha, ret_gradient);
    return value;
}

/* ---- Penalties ---- */

/* Of a normal density, by how far it is from its centre. */
static void add_normal(double off, double variance, double *value, double *slope) {
    *value += off * off / (2 * variance);
    *slope += off / variance;
}

double gp_fit_penalty(const struct gp_fit *fit, const double *theta, double *gradient) {
    const size_t scales = fit->evidence->layout->scales;
    const double *rest = theta + scales;
    double value = 0;

    for (size_t p = 0; p < scales; p++) {
        value += theta[p];
        gradient[p] += 1;
        add_normal(theta[p] - fit->centre[p], scale_variance, &value, &gradient[p]);
    }
    add_normal(rest[GP_AT_S2], s2_variance, &value, &gradient[scales + GP_AT_S2]);
    add_normal(fmax(rest[GP_AT_NOISE] - noise_centre, 0), noise_variance, &value,
        &gradient[scales + GP_AT_NOISE]);
    add_normal(rest[GP_AT_RHO], rho_variance, &value, &gradient[scales + GP_AT_RHO]);
    return value;
}

double gp_fit_value(struct gp_fit *fit, const double *theta, double *ret_gradient) {
    double value = gp_fit_likelihood(fit, theta, ret_gradient);

    return isfinite(value) ? value + gp_fit_penalty(fit, theta, ret_gradient) : value;
}

static double value_for_descent(void *self, const double *theta, double *ret_gradient) {
    return gp_fit_value(self, theta, ret_gradient);
}

double gp_fit_descend(struct gp_fit *fit, int iterations, double *theta) {
    struct gp_descent descent = {
        .n = gp_theta_count(fit->evidence->layout),
        .low = fit->low,
        .high = fit->high,
        .iterations = iterations,
        .gradient_below = gradient_below,
        .decrease_below = decrease_below,
        .value = value_for_descent,
        .self = fit,
    };

    return gp_descend(&descent, theta, fit->descent);
}
