#include "objectives/data/narrow.h"

#include "engine/alloc.h"
#include "objectives/data/scaling.h"

/* Smaller tables stay in a cache, or are standardised once a trial (see train.c). */
static const size_t least_bytes = (size_t)4 * 1024 * 1024;

/* A fold may spread a column by so much more than all rows do: then 20 of a float's
 * 24 bits are left. */
static const double most_stretch = 16;

/* Standardised by what all rows teach. */
static void copy_rows(const struct hone_dataset *data, const struct hone_scaling *all, float *x) {
    const double *from = data->x;

    for (size_t i = 0; i < data->rows; i++) {
        for (size_t j = 0; j < data->features; j++) {
            *x++ = (float)((*from++ - all->mean[j]) * all->scale[j]);
        }
    }
}

/* (value - mean) scale = (x - shift) factor, where x = (value - all mean) all scale.
 * False: a factor is too large. */
static bool find_line(const struct hone_scaling *all, size_t features,
    struct hone_scaling *scaling) {
    struct hone_narrow *line = &scaling->narrow;

    for (size_t j = 0; j < features; j++) {
        const double unit = all->scale[j];

        if (unit == 0) {
            continue; /* all rows are alike: x is 0, and so are shift and factor */
        }
        if (scaling->scale[j] > most_stretch * unit) {
            return false;
        }
        line->fill[j] = (hone_real)((scaling->fill[j] - all->mean[j]) * unit);
        line->shift[j] = (hone_real)((scaling->mean[j] - all->mean[j]) * unit);
        line->factor[j] = (hone_real)(scaling->scale[j] / unit);
    }
    return true;
}

static enum hone_code give_line(const struct hone_scaling *all, size_t features, const float *x,
    struct hone_scaling *scaling, struct hone_err *err) {
    struct hone_narrow *line = &scaling->narrow;

    line->fill = hone_new_array(features, sizeof(*line->fill));
    line->shift = hone_new_array(features, sizeof(*line->shift));
    line->factor = hone_new_array(features, sizeof(*line->factor));
    if (line->fill == NULL || line->shift == NULL || line->factor == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the scaling of %zu features", features);
    }
    line->x = find_line(all, features, scaling) ? x : NULL;
    return HONE_OK;
}

static enum hone_code learn_all(const struct hone_dataset *data, struct hone_scaling *ret_all,
    struct hone_err *err) {
    uint32_t *row = hone_new_array(data->rows, sizeof(*row));
    enum hone_code code;

    if (row == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the scaling of %zu rows", data->rows);
    }
    for (size_t i = 0; i < data->rows; i++) {
        row[i] = (uint32_t)i;
    }
    code = hone_scaling_learn(data, row, data->rows, data->cells_missing > 0, ret_all, err);
    hone_free(row);
    return code;
}

enum hone_code hone_folds_narrow(struct hone_folds *folds, const struct hone_dataset *data,
    struct hone_err *err) {
    struct hone_scaling all = {0};
    enum hone_code code;

    if (sizeof(hone_real) > sizeof(float) || data->x == NULL ||
        data->rows * data->features * sizeof(*data->x) < least_bytes) {
        return HONE_OK;
    }
    code = learn_all(data, &all, err);
    if (code != HONE_OK) {
        return code;
    }
    folds->narrow = hone_new_array(data->rows * data->features, sizeof(*folds->narrow));
    if (folds->narrow == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "%zu rows in single precision", data->rows);
    } else {
        copy_rows(data, &all, folds->narrow);
    }
    for (size_t i = 0; code == HONE_OK && i < folds->count; i++) {
        code = give_line(&all, data->features, folds->narrow, &folds->split[i].scaling, err);
    }
    hone_scaling_finish(&all);
    return code;
}
