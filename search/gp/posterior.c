#include "search/gp/posterior.h"

#include "engine/alloc.h"
#include "search/gp/lapack.h"
#include "search/gp/triangle.h"

#include <gsl/gsl_cblas.h>
#include <math.h>
#include <string.h>

static const double first_jitter = 1e-8;
static const double last_jitter = 1e-4;
static const double smallest_pivot = 1e-10; /* of s2 */
static const double smallest_variance = 1e-10;

enum { SCRATCH_VECTORS = 4, FEW = 8 };

/* ---- Life ---- */

enum hone_code gp_model_init(struct gp_model *model, const struct points_layout *layout,
    const struct gp_kernel *kernel, size_t room, struct hone_err *err) {
    model->layout = layout;
    model->kernel = kernel;
    model->room = room;
    model->weight = hone_new_array(layout->scales, sizeof(double));
    model->x = hone_new_array(room, layout->columns * sizeof(double));
    model->noise = hone_new_array(room, sizeof(double));
    model->z = hone_new_array(room, sizeof(double));
    model->alpha = hone_new_array(room, sizeof(double));
    model->precision = hone_new_array(room, sizeof(double));
    model->root = hone_new_array(room, room * sizeof(double));
    model->scratch = hone_new_array(room, SCRATCH_VECTORS * sizeof(double));
    if (model->weight == NULL || model->x == NULL || model->noise == NULL || model->z == NULL ||
        model->alpha == NULL || model->precision == NULL || model->root == NULL ||
        model->scratch == NULL) {
        gp_model_finish(model);
        return hone_fail(err, HONE_E_NOMEM, "no memory for a Gaussian process of %zu points",
            room);
    }
    return HONE_OK;
}

void gp_model_finish(struct gp_model *model) {
    hone_free(model->weight);
    hone_free(model->x);
    hone_free(model->noise);
    hone_free(model->z);
    hone_free(model->alpha);
    hone_free(model->precision);
    hone_free(model->root);
    hone_free(model->scratch);
    *model = (struct gp_model){0};
}

/* Copies `columns` columns of n elements between matrices of different room. */
static void copy_columns(size_t columns, size_t n, const double *from, size_t from_room,
    double *to, size_t to_room) {
    for (size_t c = 0; c < columns; c++) {
        memcpy(to + c * to_room, from + c * from_room, n * sizeof(*to));
    }
}

enum hone_code gp_model_copy(const struct gp_model *model, size_t room, struct gp_model *ret_copy,
    struct hone_err *err) {
    const size_t n = model->n;
    size_t copy_room = room > n ? room : n;
    enum hone_code code = gp_model_init(ret_copy, model->layout, model->kernel, copy_room, err);

    if (code != HONE_OK) {
        return code;
    }
    ret_copy->n = n;
    ret_copy->s2 = model->s2;
    ret_copy->mean = model->mean;
    memcpy(ret_copy->weight, model->weight, model->layout->scales * sizeof(double));
    memcpy(ret_copy->noise, model->noise, n * sizeof(double));
    memcpy(ret_copy->z, model->z, n * sizeof(double));
    memcpy(ret_copy->alpha, model->alpha, n * sizeof(double));
    memcpy(ret_copy->precision, model->precision, n * sizeof(double));
    copy_columns(model->layout->columns, n, model->x, model->room, ret_copy->x, copy_room);
    copy_columns(n, n, model->root, model->room, ret_copy->root, copy_room);
    return HONE_OK;
}

/* ---- Factor ---- */

void gp_model_put(struct gp_model *model, const double *row, double noise) {
    hone_assert(model->n < model->room);
    for (size_t c = 0; c < model->layout->columns; c++) {
        model->x[c * model->room + model->n] = row[c];
    }
    model->noise[model->n++] = noise;
}

static void row_of(const struct gp_model *model, size_t i, double *ret_row) {
    for (size_t c = 0; c < model->layout->columns; c++) {
        ret_row[c] = model->x[c * model->room + i];
    }
}

/* The lower triangle of K + diag(noise + jitter) into root. */
static void build(struct gp_model *model, double jitter, double *row) {
    const struct gp_points points = {.count = model->n, .room = model->room, .x = model->x};
    double *r2 = model->scratch;
    double *h = model->scratch + model->room;

    for (size_t j = 0; j < model->n; j++) {
        double *column = model->root + j * model->room + j;

        row_of(model, j, row);
        gp_kernel_distances(model->layout, model->weight, row, &points, j, r2);
        model->kernel->pass(model->n - j, model->s2, r2, column, h);
        column[0] += model->noise[j] + jitter;
    }
}

/* C^-1 = R' R with R = L^-1, so its diagonal is the columns' sums of squares. */
static void set_precision(struct gp_model *model) {
    for (size_t j = 0; j < model->n; j++) {
        const double *column = model->root + j * model->room + j;
        int below = (int)(model->n - j);

        model->precision[j] = cblas_ddot(below, column, 1, column, 1);
    }
}

static int factor_once(struct gp_model *model, double jitter, double *row) {
    int n = (int)model->n;
    int room = (int)model->room;
    int info;

    build(model, jitter, row);
    dpotrf_("L", &n, model->root, &room, &info);
    if (info == 0) {
        gp_triangle_invert(model->n, model->root, model->room);
        set_precision(model);
    }
    return info;
}

enum hone_code gp_model_factor(struct gp_model *model, struct hone_err *err) {
    double *row = hone_new_array(model->layout->columns, sizeof(*row));
    double jitter = 0;
    int info = 0;

    if (row == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a row of the model");
    }
    if (model->n > 0) {
        info = factor_once(model, 0, row);
    }
    for (double j = first_jitter; info != 0 && j < 2 * last_jitter; j *= 10) {
        jitter = j * model->s2;
        info = factor_once(model, jitter, row);
    }
    hone_free(row);
    if (info != 0) {
        return hone_fail(err, HONE_E_NUMERIC,
            "the covariance of %zu points is not positive definite", model->n);
    }
    for (size_t i = 0; i < model->n; i++) {
        model->noise[i] += jitter;
    }
    return HONE_OK;
}

/* With w = C^-1 k and pivot^2 = k(x,x) + noise - k'w, the new row of L^-1 is
 * (-w, 1) / pivot (Golub, Van Loan 2013, section 6.5.4, for the inverse). */
enum hone_code gp_model_append(struct gp_model *model, const double *row, double noise,
    struct hone_err *err) {
    const size_t n = model->n;
    double *k = model->scratch + 2 * model->room;
    double *w = model->scratch + 3 * model->room;
    double pivot2;

    hone_assert(n < model->room);
    gp_model_covariances(model, row, k, model->scratch + model->room);
    gp_model_solve(model, k, w);
    pivot2 = model->s2 + noise - cblas_ddot((int)n, k, 1, w, 1);
    if (!(pivot2 > smallest_pivot * model->s2)) {
        return hone_fail(err, HONE_E_NUMERIC, "point %zu adds nothing to the model", n);
    }
    gp_model_put(model, row, noise);
    w[n] = -1;
    for (size_t j = 0; j <= n; j++) {
        model->root[j * model->room + n] = -w[j] / sqrt(pivot2);
        model->precision[j] = (j < n ? model->precision[j] : 0) + w[j] * w[j] / pivot2;
    }
    return HONE_OK;
}

/* ---- What was observed ---- */

void gp_model_solve(const struct gp_model *model, const double *v, double *ret_w) {
    memcpy(ret_w, v, model->n * sizeof(*v));
    gp_triangle_times(model->n, model->root, model->room, ret_w);
    gp_triangle_transposed_times(model->n, model->root, model->room, ret_w);
}

void gp_model_observe(struct gp_model *model, const double *z, double mean) {
    const size_t n = model->n;
    double *ones = model->scratch;
    double *solved = model->scratch + model->room;
    double z_sum = 0;
    double one_sum = 0;

    memmove(model->z, z, n * sizeof(*z)); /* z may be model->z */
    for (size_t i = 0; i < n; i++) {
        ones[i] = 1;
    }
    gp_model_solve(model, ones, solved);
    gp_model_solve(model, z, model->alpha);
    for (size_t i = 0; i < n; i++) {
        z_sum += model->alpha[i];
        one_sum += solved[i];
    }
    model->mean = isnan(mean) ? z_sum / (one_sum + 1) : mean;
    cblas_daxpy((int)n, -model->mean, solved, 1, model->alpha, 1);
}

/* C alpha = z - m, so K alpha = z - m - noise alpha. */
double gp_model_mean_at(const struct gp_model *model, size_t i) {
    return model->z[i] - model->noise[i] * model->alpha[i];
}

/* K C^-1 K = K - N + N C^-1 N, so the variance is N_i - N_i^2 (C^-1)_ii. */
double gp_model_sd_at(const struct gp_model *model, size_t i) {
    double noise = model->noise[i];

    return sqrt(gp_model_floor(model, noise - noise * noise * model->precision[i]));
}

double gp_model_loo(const struct gp_model *model, size_t i, double *ret_var) {
    *ret_var = 1 / model->precision[i];
    return model->z[i] - model->alpha[i] / model->precision[i];
}

/* ---- Prediction ---- */

void gp_model_covariances(const struct gp_model *model, const double *row, double *ret_k,
    double *ret_h) {
    const struct gp_points points = {.count = model->n, .room = model->room, .x = model->x};
    double *r2 = model->scratch;

    gp_kernel_distances(model->layout, model->weight, row, &points, 0, r2);
    model->kernel->pass(model->n, model->s2, r2, ret_k, ret_h);
}

double gp_model_floor(const struct gp_model *model, double var) {
    return fmax(var, smallest_variance * model->s2);
}

double gp_model_predict(const struct gp_model *model, const double *row, double *ret_var) {
    double *k = model->scratch + 2 * model->room;
    double *w = model->scratch + 3 * model->room;
    int n = (int)model->n;

    gp_model_covariances(model, row, k, w);
    gp_model_solve(model, k, w);
    *ret_var = gp_model_floor(model, model->s2 - cblas_ddot(n, k, 1, w, 1));
    return model->mean + cblas_ddot(n, k, 1, model->alpha, 1);
}

/* v (n, count) <- R v. For a few columns dtrmm would spend its time on copying R. */
static void times_root(const struct gp_model *model, size_t count, double *v) {
    const size_t n = model->n;

    if (count > FEW) {
        cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, (int)n,
            (int)count, 1, model->root, (int)model->room, v, (int)n);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        gp_triangle_times(n, model->root, model->room, v + i * n);
    }
}

void gp_model_predict_block(const struct gp_model *model, size_t count, const double *row,
    double *room, double *ret_k, double *ret_mean, double *ret_var) {
    const size_t n = model->n;

    for (size_t i = 0; i < count; i++) {
        double *k = room + i * n;

        gp_model_covariances(model, row + i * model->layout->columns, k,
            model->scratch + model->room);
        ret_mean[i] = model->mean + cblas_ddot((int)n, k, 1, model->alpha, 1);
    }
    if (ret_k != NULL) {
        memcpy(ret_k, room, n * count * sizeof(*room));
    }
    times_root(model, count, room);
    for (size_t i = 0; i < count; i++) {
        double explained = cblas_ddot((int)n, room + i * n, 1, room + i * n, 1);

        ret_var[i] = gp_model_floor(model, model->s2 - explained);
    }
}
