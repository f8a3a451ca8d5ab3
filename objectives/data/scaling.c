#include "objectives/data/scaling.h"

#include "engine/alloc.h"

#include <float.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

enum { COLUMNS_AT_ONCE = 8 }; /* the doubles of one cache line of a row */

/* Beyond these sizes squares leave the range of double. */
static const double largest_plain = 1e100;
static const double smallest_plain = 1e-100;

struct moments {
    double mean;
    double sd; /* population; 0 when the values count as constant */
};

static double largest_size(const double *value, size_t count) {
    double largest = 0.0;

    for (size_t i = 0; i < count; i++) {
        const double size = fabs(value[i]);

        largest = size > largest ? size : largest;
    }
    return largest;
}

/* Two passes, in the order of the rows, of values that are divided by `unit`;
 * `zeros` more values are 0. The second sum corrects the rounding of the mean
 * (Chan, Golub, LeVeque 1983, "Algorithms for computing the sample variance",
 * eq. 1.7). Values that differ by no more than the rounding of their mean count
 * as constant, by the error bound of the same paper (scikit-learn does so too). */
static struct moments two_passes(const double *value, size_t count, size_t zeros, double unit) {
    double n = (double)(count + zeros);
    double sum = 0.0, mean, squares, rest, variance, tiny;

    for (size_t i = 0; i < count; i++) {
        sum += value[i] / unit;
    }
    mean = sum / n;
    squares = (double)zeros * mean * mean;
    rest = -(double)zeros * mean;
    for (size_t i = 0; i < count; i++) {
        double d = value[i] / unit - mean;

        squares += d * d;
        rest += d;
    }
    variance = fmax((squares - rest * rest / n) / n, 0.0);
    tiny = n * mean * DBL_EPSILON;
    if (variance <= n * DBL_EPSILON * variance + tiny * tiny) {
        variance = 0.0;
    }
    return (struct moments){.mean = mean * unit, .sd = sqrt(variance) * unit};
}

static struct moments learn_moments(const double *value, size_t count, size_t zeros) {
    double size = largest_size(value, count);
    bool plain = size == 0.0 || (size >= smallest_plain && size <= largest_plain);

    return two_passes(value, count, zeros, plain ? 1.0 : size);
}

static double inverse(double sd) {
    return sd > DBL_MIN ? 1.0 / sd : 0.0;
}

/* The median of the values that are not NaN, 0 when there is none. `scratch`
 * (count) is overwritten. */
static double learn_median(const double *value, size_t count, double *scratch) {
    size_t present = 0;

    for (size_t i = 0; i < count; i++) {
        if (!isnan(value[i])) {
            scratch[present++] = value[i];
        }
    }
    return present > 0 ? gsl_stats_median(scratch, 1, present) : 0.0;
}

static double sum_present(const double *value, size_t count) {
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += isnan(value[i]) ? 0.0 : value[i];
    }
    return sum;
}

/* Learning column after column; the levels of one text column stand together. */
struct learner {
    const struct hone_dataset *data;
    const uint32_t *rows;
    size_t count;
    bool fill;       /* learn what stands for missing cells */
    double *column;  /* (COLUMNS_AT_ONCE, count) values of the training rows */
    double *scratch; /* (count) */
    struct hone_scaling *scaling;
};

/* Reads up to COLUMNS_AT_ONCE features from `first` on; returns how many. */
static size_t read_columns(const struct learner *learner, size_t first) {
    size_t features = learner->data->features;
    size_t wide = features - first < COLUMNS_AT_ONCE ? features - first : COLUMNS_AT_ONCE;

    for (size_t i = 0; i < learner->count; i++) {
        const double *x = learner->data->x + learner->rows[i] * features + first;

        for (size_t j = 0; j < wide; j++) {
            learner->column[j * learner->count + i] = x[j];
        }
    }
    return wide;
}

/* First round: the median of numbers; of a level how often it occurs. */
static void learn_fill(const struct learner *learner) {
    const struct hone_dataset *data = learner->data;

    for (size_t first = 0; first < data->features; first += COLUMNS_AT_ONCE) {
        size_t wide = read_columns(learner, first);

        for (size_t j = 0; j < wide; j++) {
            const double *value = learner->column + j * learner->count;

            learner->scaling->fill[first + j] = data->feature[first + j].kind == HONE_FEATURE_LEVEL
                ? sum_present(value, learner->count)
                : learn_median(value, learner->count, learner->scratch);
        }
    }
}

/* From the counts of a column's levels to its mode: 1 for the most frequent,
 * the first of several, 0 for the others. */
static void counts_to_mode(const struct hone_dataset *data, double *fill) {
    size_t end;

    for (size_t first = 0; first < data->features; first = end) {
        size_t mode = first;

        end = first + 1;
        if (data->feature[first].kind != HONE_FEATURE_LEVEL) {
            continue;
        }
        for (; end < data->features && data->feature[end].kind == HONE_FEATURE_LEVEL &&
            data->feature[end].column == data->feature[first].column; end++) {
            mode = fill[end] > fill[mode] ? end : mode;
        }
        for (size_t i = first; i < end; i++) {
            fill[i] = i == mode ? 1.0 : 0.0;
        }
    }
}

/* Second round: mean and sd of the filled columns. */
static void learn_dense(const struct learner *learner) {
    const struct hone_dataset *data = learner->data;
    struct hone_scaling *scaling = learner->scaling;

    if (learner->fill) {
        learn_fill(learner);
        counts_to_mode(data, scaling->fill);
    }
    for (size_t first = 0; first < data->features; first += COLUMNS_AT_ONCE) {
        size_t wide = read_columns(learner, first);

        for (size_t j = 0; j < wide; j++) {
            double *value = learner->column + j * learner->count;
            struct moments moments;

            for (size_t i = 0; i < learner->count; i++) {
                value[i] = isnan(value[i]) ? scaling->fill[first + j] : value[i];
            }
            moments = learn_moments(value, learner->count, 0);
            scaling->mean[first + j] = moments.mean;
            scaling->scale[first + j] = inverse(moments.sd);
        }
    }
}

/* Sorts the training entries by feature (a counting sort: rows stay in order)
 * and learns each feature's sd. start is (features + 1) zeros. */
static void learn_sparse(const struct hone_dataset *data, const uint32_t *rows, size_t count,
    size_t *start, double *sorted, double *scale) {
    for (size_t i = 0; i < count; i++) {
        for (size_t e = data->row_start[rows[i]]; e < data->row_start[rows[i] + 1]; e++) {
            start[data->at[e] + 1]++;
        }
    }
    for (size_t j = 0; j < data->features; j++) {
        start[j + 1] += start[j];
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t e = data->row_start[rows[i]]; e < data->row_start[rows[i] + 1]; e++) {
            sorted[start[data->at[e]]++] = data->entry[e];
        }
    }
    for (size_t j = 0; j < data->features; j++) { /* start[j] is now the end of feature j */
        size_t begin = j > 0 ? start[j - 1] : 0;
        size_t present = start[j] - begin;

        scale[j] = inverse(learn_moments(sorted + begin, present, count - present).sd);
    }
}

static enum hone_code learn_features(const struct hone_dataset *data, const uint32_t *rows,
    size_t count, bool fill, struct hone_scaling *scaling, struct hone_err *err) {
    struct learner learner = {.data = data, .rows = rows, .count = count, .fill = fill,
        .scaling = scaling,
        .column = hone_new_array(count, COLUMNS_AT_ONCE * sizeof(double)),
        .scratch = hone_new_array(count, sizeof(double))};
    enum hone_code code = HONE_OK;

    if (learner.column == NULL || learner.scratch == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the scaling of %zu rows", count);
    } else {
        learn_dense(&learner);
    }
    hone_free(learner.column);
    hone_free(learner.scratch);
    return code;
}

static enum hone_code learn_entries(const struct hone_dataset *data, const uint32_t *rows,
    size_t count, struct hone_scaling *scaling, struct hone_err *err) {
    size_t *start = hone_new_array(data->features + 1, sizeof(*start));
    double *sorted = hone_new_array(data->row_start[data->rows], sizeof(*sorted));
    enum hone_code code = HONE_OK;

    if (start == NULL || sorted == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the scaling of %zu rows", count);
    } else {
        learn_sparse(data, rows, count, start, sorted, scaling->scale);
    }
    hone_free(start);
    hone_free(sorted);
    return code;
}

static enum hone_code learn_target(const struct hone_dataset *data, const uint32_t *rows,
    size_t count, struct hone_scaling *scaling, struct hone_err *err) {
    struct moments moments;
    double *y;

    scaling->y_sd = 1.0;
    if (data->y == NULL) {
        return HONE_OK;
    }
    y = hone_new_array(count, sizeof(*y));
    if (y == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the scaling of %zu rows", count);
    }
    for (size_t i = 0; i < count; i++) {
        y[i] = data->y[rows[i]];
    }
    moments = learn_moments(y, count, 0);
    scaling->y_mean = moments.mean;
    scaling->y_sd = moments.sd > DBL_MIN ? moments.sd : 1.0;
    hone_free(y);
    return HONE_OK;
}

enum hone_code hone_scaling_learn(const struct hone_dataset *data, const uint32_t *rows,
    size_t count, bool fill, struct hone_scaling *ret_scaling, struct hone_err *err) {
    struct hone_scaling scaling = {
        .fill = hone_new_array(data->features, sizeof(double)),
        .mean = hone_new_array(data->features, sizeof(double)),
        .scale = hone_new_array(data->features, sizeof(double)),
    };
    enum hone_code code;

    if (scaling.fill == NULL || scaling.mean == NULL || scaling.scale == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the scaling of %zu features", data->features);
        goto out;
    }
    code = data->x != NULL ? learn_features(data, rows, count, fill, &scaling, err)
                           : learn_entries(data, rows, count, &scaling, err);
    if (code == HONE_OK) {
        code = learn_target(data, rows, count, &scaling, err);
    }
    if (code != HONE_OK) {
        goto out;
    }
    *ret_scaling = scaling;
    return HONE_OK;
out:
    hone_scaling_finish(&scaling);
    return code;
}

void hone_scaling_finish(struct hone_scaling *scaling) {
    hone_free(scaling->fill);
    hone_free(scaling->mean);
    hone_free(scaling->scale);
    hone_free(scaling->narrow.fill);
    hone_free(scaling->narrow.shift);
    hone_free(scaling->narrow.factor);
    *scaling = (struct hone_scaling){0};
}
