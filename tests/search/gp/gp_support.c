#include "tests/search/gp/gp_support.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct points_layout open_layout(struct maker *maker) {
    struct points_layout layout = {0};
    struct hone_err err;

    assert_int_equal(points_layout_init(&layout, make_space(maker), &err), HONE_OK);
    assert_true(layout.columns <= COLUMNS_ROOM);
    return layout;
}

struct points_layout open_floats(struct maker *maker, size_t d) {
    for (size_t i = 0; i < d; i++) {
        add_float(maker, 0, 1, false, 0);
    }
    return open_layout(maker);
}

double scalar(const struct golden *golden, const char *name) {
    for (size_t r = 0; r < golden->rows; r++) {
        if (strcmp(golden_text(golden, r, "name"), name) == 0) {
            return golden_number(golden, r, "value");
        }
    }
    fail_msg("no value named '%s'", name);
    return 0;
}

void gold_row(const struct golden *golden, size_t r, const char *prefix, size_t count,
    double *ret_row) {
    for (size_t c = 0; c < count; c++) {
        char column[64];

        (void)snprintf(column, sizeof(column), "%s%zu", prefix, c);
        ret_row[c] = golden_number(golden, r, column);
    }
}

static void set_scales(struct gold_set *set) {
    for (size_t p = 0; p < set->d; p++) {
        char name[32];
        double ell;

        (void)snprintf(name, sizeof(name), "ell%zu", p);
        ell = scalar(&set->scalars, name);
        set->model.weight[p] = 1 / (ell * ell);
    }
}

static void read_points(struct gold_set *set) {
    set->row = calloc(set->n * set->d, sizeof(double));
    set->z = calloc(set->n, sizeof(double));
    set->noise = calloc(set->n, sizeof(double));
    assert_true(set->row != NULL && set->z != NULL && set->noise != NULL);
    for (size_t i = 0; i < set->n; i++) {
        gold_row(&set->train, i, "x", set->d, set->row + i * set->d);
        set->z[i] = golden_number(&set->train, i, "y");
        set->noise[i] = golden_number(&set->train, i, "noise_var");
    }
}

void open_set(struct gold_set *set, const char *name) {
    char file[64];
    bool rbf;
    struct hone_err err;

    *set = (struct gold_set){0};
    (void)snprintf(file, sizeof(file), "gp_%s_train.csv", name);
    set->train = golden_read(file);
    (void)snprintf(file, sizeof(file), "gp_%s_scalars.csv", name);
    set->scalars = golden_read(file);
    set->n = set->train.rows;
    set->d = (size_t)scalar(&set->scalars, "d");
    rbf = strcmp(golden_text(&set->scalars, 2, "value"), "rbf") == 0;
    set->kernel = rbf ? &gp_kernel_rbf : &gp_kernel_matern52;
    set->layout = open_floats(&set->maker, set->d);
    read_points(set);
    assert_int_equal(
        gp_model_init(&set->model, &set->layout, set->kernel, set->n + 8, &err), HONE_OK);
    set_scales(set);
    set->model.s2 = scalar(&set->scalars, "outputscale");
    for (size_t i = 0; i < set->n; i++) {
        gp_model_put(&set->model, set->row + i * set->d, set->noise[i]);
    }
    assert_int_equal(gp_model_factor(&set->model, &err), HONE_OK);
    gp_model_observe(&set->model, set->z, scalar(&set->scalars, "mean"));
}

void close_set(struct gold_set *set) {
    gp_model_finish(&set->model);
    points_layout_finish(&set->layout);
    finish_space(&set->maker);
    golden_finish(&set->train);
    golden_finish(&set->scalars);
    free(set->row);
    free(set->z);
    free(set->noise);
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
double next_uniform(uint64_t *state) {
    uint64_t x = *state += UINT64_C(0x9E3779B97F4A7C15);

    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
}
