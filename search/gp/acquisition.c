#include "search/gp/acquisition.h"

#include "engine/alloc.h"
#include "search/gp/inward.h"
#include "search/gp/lapack.h"
#include "search/gp/logei.h"
#include "search/gp/triangle.h"

#include <gsl/gsl_cblas.h>
#include <math.h>
#include <string.h>

/* Added to the covariance of the pending points, relative to s2. */
static const double pending_jitter = 1e-9;

enum { VECTORS = 4 };

/* How the value depends on what it was computed from: d value / d of each. */
struct sensitivity {
    double mean, var;
    double cov[GP_PENDING_LIMIT]; /* posterior covariances with the pending points */
};

/* ---- Life ---- */

static size_t at_least_one(size_t count) {
    return count == 0 ? 1 : count;
}

enum hone_code gp_acquisition_init(struct gp_acquisition *a, const struct gp_model *model,
    double threshold, struct hone_err *err) {
    a->model = model;
    a->draws = 1;
    a->threshold[0] = threshold;
    a->scratch = hone_new_array(model->n, VECTORS * sizeof(double));
    a->block = hone_new_array(model->n, 2 * GP_BLOCK * sizeof(double));
    if (a->scratch == NULL || a->block == NULL) {
        gp_acquisition_finish(a);
        return hone_fail(err, HONE_E_NOMEM, "no memory to judge points by a model of %zu",
            model->n);
    }
    return HONE_OK;
}

void gp_acquisition_finish(struct gp_acquisition *a) {
    hone_free(a->pending_x);
    hone_free(a->pending_solve);
    hone_free(a->pending_root);
    gp_feasibility_finish(&a->feasibility);
    hone_free(a->scratch);
    hone_free(a->block);
    *a = (struct gp_acquisition){0};
}

/* Column by column, as the kernel reads points. */
static double *new_transposed(size_t count, size_t columns, const double *row) {
    double *x = hone_new_array(at_least_one(count), columns * sizeof(*x));

    for (size_t i = 0; x != NULL && i < count; i++) {
        for (size_t c = 0; c < columns; c++) {
            x[c * count + i] = row[i * columns + c];
        }
    }
    return x;
}

/* ---- Pending points ---- */

/* k and h between a row and the pending points. */
static void pending_covariances(const struct gp_acquisition *a, const double *row, double *ret_k,
    double *ret_h) {
    const struct gp_model *model = a->model;
    const struct gp_points points = {.count = a->pending, .room = a->pending,
        .x = a->pending_x};
    double r2[GP_PENDING_LIMIT];

    gp_kernel_distances(model->layout, model->weight, row, &points, 0, r2);
    model->kernel->pass(a->pending, model->s2, r2, ret_k, ret_h);
}

/* c <- k(x, pending) - W' k(x, X), their posterior covariances with x. */
static void posterior_covariances(const struct gp_acquisition *a, const double *k, double *c) {
    const int n = (int)a->model->n;

    cblas_dgemv(CblasColMajor, CblasTrans, n, (int)a->pending, -1, a->pending_solve, n, k, 1, 1,
        c, 1);
}

/* Fills pending_solve and the lower triangle of the posterior covariance of the
 * pending points; ret_mean gets their means. */
static void fill_pending(struct gp_acquisition *a, const double *row, double *ret_mean) {
    const struct gp_model *model = a->model;
    const size_t n = model->n;
    const size_t columns = model->layout->columns;
    double *k = a->scratch;
    double h[GP_PENDING_LIMIT];

    for (size_t b = 0; b < a->pending; b++) {
        gp_model_covariances(model, row + b * columns, k, a->scratch + n);
        gp_model_solve(model, k, a->pending_solve + b * n);
        ret_mean[b] = model->mean + cblas_ddot((int)n, k, 1, model->alpha, 1);
    }
    for (size_t b = 0; b < a->pending; b++) {
        double *column = a->pending_root + b * a->pending;

        gp_model_covariances(model, row + b * columns, k, a->scratch + n);
        pending_covariances(a, row + b * columns, column, h);
        posterior_covariances(a, k, column);
        column[b] += pending_jitter * model->s2;
    }
}

/* Draws the pending results with the Cholesky root that pending_root is now. */
static void set_thresholds(struct gp_acquisition *a, const double *mean) {
    const double threshold = a->threshold[0];

    for (size_t s = 0; s < a->draws; s++) {
        double f[GP_PENDING_LIMIT];

        memcpy(f, a->normal[s], sizeof(f));
        gp_triangle_times(a->pending, a->pending_root, a->pending, f);
        a->threshold[s] = threshold;
        for (size_t b = 0; b < a->pending; b++) {
            a->threshold[s] = fmin(a->threshold[s], mean[b] + f[b]);
        }
    }
}

enum hone_code gp_acquisition_pend(struct gp_acquisition *a, size_t count, const double *row,
    size_t draws, double normal[GP_DRAWS_LIMIT][GP_PENDING_LIMIT], struct hone_err *err) {
    const size_t n = a->model->n;
    int order = (int)count;
    int info = 0;
    double mean[GP_PENDING_LIMIT];

    hone_assert(a->pending == 0 && count <= GP_PENDING_LIMIT && draws <= GP_DRAWS_LIMIT);
    a->pending_x = new_transposed(count, a->model->layout->columns, row);
    a->pending_solve = hone_new_array(n, at_least_one(count) * sizeof(double));
    a->pending_root = hone_new_array(at_least_one(count * count), sizeof(double));
    if (a->pending_x == NULL || a->pending_solve == NULL || a->pending_root == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu running trials", count);
    }
    if (count == 0) {
        return HONE_OK;
    }
    a->pending = count;
    a->draws = draws;
    memcpy(a->normal, normal, sizeof(a->normal));
    fill_pending(a, row, mean);
    dpotrf_("L", &order, a->pending_root, &order, &info);
    if (info != 0) {
        a->pending = 0;
        a->draws = 1;
        return hone_fail(err, HONE_E_NUMERIC, "the running trials coincide");
    }
    set_thresholds(a, mean);
    gp_triangle_invert(count, a->pending_root, count);
    return HONE_OK;
}

enum hone_code gp_acquisition_fail(struct gp_acquisition *a, size_t count, const double *row,
    size_t succeeded, struct hone_err *err) {
    gp_feasibility_finish(&a->feasibility);
    return gp_feasibility_init(&a->feasibility, a->model, count, row, succeeded, err);
}

/* ---- Value ---- */

/* What is not expected improvement: no failure, and no end of a range. */
static double prior_value(const struct gp_acquisition *a, const double *row, double *gradient) {
    double value = gp_feasibility_log(&a->feasibility, row, gradient);

    if (a->inward > 0) {
        value += gp_inward_log(a->model->layout, a->inward, row, gradient);
    }
    return value;
}

/* log mean exp of log h under all draws, each with its share of the sum. */
static double average(size_t draws, const double *log_h, double *ret_share) {
    double highest = log_h[0];
    double sum = 0;

    for (size_t s = 1; s < draws; s++) {
        highest = fmax(highest, log_h[s]);
    }
    for (size_t s = 0; s < draws; s++) {
        ret_share[s] = exp(log_h[s] - highest);
        sum += ret_share[s];
    }
    for (size_t s = 0; s < draws; s++) {
        ret_share[s] /= sum;
    }
    return highest + log(sum / (double)draws);
}

/* Minus the lower confidence bound (Srinivas et al. 2010). */
static double bound(const struct gp_acquisition *a, double mean, double var,
    struct sensitivity *ret) {
    double sd = sqrt(var);

    *ret = (struct sensitivity){.mean = -1, .var = a->confidence / (2 * sd)};
    return a->confidence * sd - mean;
}

/* The improvement's part of the value, from the posterior mean, variance and
 * covariances with the pending points: given the draw s of their results, x has mean
 * m_s = mean + u'normal_s and variance v = var - u'u, u = L^-1 cov (Ament et al. 2023
 * for the logarithm; Wilson, Hutter, Deisenroth 2018 for pending points). */
static double improvement(const struct gp_acquisition *a, double mean, double var,
    const double *cov, struct sensitivity *ret) {
    const int b = (int)a->pending;
    double u[GP_PENDING_LIMIT] = {0};
    double log_h[GP_DRAWS_LIMIT] = {0}, slope[GP_DRAWS_LIMIT], z[GP_DRAWS_LIMIT];
    double share[GP_DRAWS_LIMIT];
    double v, sd, value;

    if (a->confidence > 0) {
        return bound(a, mean, var, ret);
    }
    memcpy(u, cov, a->pending * sizeof(*u));
    gp_triangle_times(a->pending, a->pending_root, a->pending, u);
    v = gp_model_floor(a->model, var - cblas_ddot(b, u, 1, u, 1));
    sd = sqrt(v);
    for (size_t s = 0; s < a->draws; s++) {
        double m = mean + cblas_ddot(b, u, 1, a->normal[s], 1);

        z[s] = (a->threshold[s] - m) / sd;
        log_h[s] = gp_log_h(z[s], &slope[s]);
    }
    value = average(a->draws, log_h, share) + log(sd);
    *ret = (struct sensitivity){.var = 0.5 / v};
    for (size_t s = 0; s < a->draws; s++) {
        double by_mean = -share[s] * slope[s] / sd;

        ret->mean += by_mean;
        ret->var += by_mean * z[s] / (2 * sd);
        cblas_daxpy(b, by_mean, a->normal[s], 1, ret->cov, 1);
    }
    cblas_daxpy(b, -2 * ret->var, u, 1, ret->cov, 1);
    gp_triangle_transposed_times(a->pending, a->pending_root, a->pending, ret->cov);
    return value;
}

double gp_acquisition_value(struct gp_acquisition *a, const double *row, double *ret_gradient) {
    const struct gp_model *model = a->model;
    const size_t n = model->n;
    const int b = (int)a->pending;
    const struct gp_points points = {.count = n, .room = model->room, .x = model->x};
    const struct gp_points others = {.count = a->pending, .room = a->pending,
        .x = a->pending_x};
    double *k = a->scratch;
    double *h = k + n;
    double *w = h + n;
    double *t = w + n;
    double cov[GP_PENDING_LIMIT] = {0}, pending_h[GP_PENDING_LIMIT], pending_t[GP_PENDING_LIMIT];
    struct sensitivity by;
    double mean, var, value;

    gp_model_covariances(model, row, k, h);
    gp_model_solve(model, k, w);
    mean = model->mean + cblas_ddot((int)n, k, 1, model->alpha, 1);
    var = gp_model_floor(model, model->s2 - cblas_ddot((int)n, k, 1, w, 1));
    if (b > 0) {
        pending_covariances(a, row, cov, pending_h);
        posterior_covariances(a, k, cov);
    }
    value = improvement(a, mean, var, cov, &by);
    /* d value / dk = by.mean alpha - 2 by.var w - W by.cov */
    for (size_t i = 0; i < n; i++) {
        t[i] = by.mean * model->alpha[i] - 2 * by.var * w[i];
    }
    if (b > 0) {
        cblas_dgemv(CblasColMajor, CblasNoTrans, (int)n, b, -1, a->pending_solve, (int)n, by.cov,
            1, 1, t, 1);
    }
    for (size_t i = 0; i < n; i++) {
        t[i] *= 2 * h[i];
    }
    for (size_t i = 0; i < a->pending; i++) {
        pending_t[i] = 2 * pending_h[i] * by.cov[i];
    }
    memset(ret_gradient, 0, model->layout->scales * sizeof(*ret_gradient));
    gp_kernel_slopes(model->layout, model->weight, row, &points, t, ret_gradient);
    gp_kernel_slopes(model->layout, model->weight, row, &others, pending_t, ret_gradient);
    return value + prior_value(a, row, ret_gradient);
}

void gp_acquisition_block(struct gp_acquisition *a, size_t count, const double *row,
    double *ret_value) {
    const struct gp_model *model = a->model;
    const size_t n = model->n;
    double *k = a->block + n * GP_BLOCK;
    double mean[GP_BLOCK], var[GP_BLOCK];

    hone_assert(count <= GP_BLOCK);
    gp_model_predict_block(model, count, row, a->block, k, mean, var);
    for (size_t i = 0; i < count; i++) {
        const double *point = row + i * model->layout->columns;
        double cov[GP_PENDING_LIMIT] = {0}, h[GP_PENDING_LIMIT];
        struct sensitivity by;

        if (a->pending > 0) {
            pending_covariances(a, point, cov, h);
            posterior_covariances(a, k + i * n, cov);
        }
        ret_value[i] = improvement(a, mean[i], var[i], cov, &by) + prior_value(a, point, NULL);
    }
}
