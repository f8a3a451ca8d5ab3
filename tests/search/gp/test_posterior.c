#include "tests/search/gp/gp_support.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The tolerance that the reference vectors ask for. */
static const double gp_relative = 1e-9;
static const double gp_absolute = 1e-9;

static const char *const set_names[] = {"a", "b", "c", "d", "e"};
enum { SETS = sizeof(set_names) / sizeof(set_names[0]) };

static struct golden read_of_set(const char *set, const char *what) {
    char file[64];

    (void)snprintf(file, sizeof(file), "gp_%s_%s.csv", set, what);
    return golden_read(file);
}

static void leave_one_out_matches_the_reference(void **unused) {
    (void)unused;
    for (size_t s = 0; s < SETS; s++) {
        struct gold_set set;
        double sum = 0;

        open_set(&set, set_names[s]);
        for (size_t i = 0; i < set.n; i++) {
            double var;
            double mean = gp_model_loo(&set.model, i, &var);
            double off = set.z[i] - mean;
            double logpdf = -0.5 * (log(2 * M_PI * var) + off * off / var);

            sum += logpdf;
            check_near(mean, golden_number(&set.train, i, "loo_mean"), gp_relative, gp_absolute,
                "loo_mean");
            check_near(var, golden_number(&set.train, i, "loo_var"), gp_relative, gp_absolute,
                "loo_var");
            check_near(logpdf, golden_number(&set.train, i, "loo_logpdf"), gp_relative,
                gp_absolute, "loo_logpdf");
            check_near(set.model.alpha[i], golden_number(&set.train, i, "alpha"), gp_relative,
                gp_absolute, "alpha");
        }
        check_near(sum, scalar(&set.scalars, "loo_logpdf_sum"), gp_relative, gp_absolute, "sum");
        close_set(&set);
    }
}

static void mean_and_variance_match_the_reference(void **unused) {
    (void)unused;
    for (size_t s = 0; s < SETS; s++) {
        struct gold_set set;
        struct golden test = read_of_set(set_names[s], "test");

        open_set(&set, set_names[s]);
        for (size_t r = 0; r < test.rows; r++) {
            double row[COLUMNS_ROOM];
            double var;
            double mean;

            gold_row(&test, r, "x", set.d, row);
            mean = gp_model_predict(&set.model, row, &var);
            check_near(mean, golden_number(&test, r, "mean"), gp_relative, gp_absolute, "mean");
            check_near(var, golden_number(&test, r, "var"), gp_relative, gp_absolute, "var");
        }
        golden_finish(&test);
        close_set(&set);
    }
}

static void a_block_of_points_is_predicted_like_each(void **unused) {
    struct gold_set set;
    struct golden test = read_of_set("c", "test");
    double row[12 * COLUMNS_ROOM], mean[12], var[12];
    double *room;

    (void)unused;
    open_set(&set, "c");
    room = calloc(set.n * test.rows, sizeof(*room));
    assert_non_null(room);
    for (size_t r = 0; r < test.rows; r++) {
        gold_row(&test, r, "x", set.d, row + r * set.d);
    }
    gp_model_predict_block(&set.model, test.rows, row, room, NULL, mean, var);
    for (size_t r = 0; r < test.rows; r++) {
        check_near(mean[r], golden_number(&test, r, "mean"), gp_relative, gp_absolute, "mean");
        check_near(var[r], golden_number(&test, r, "var"), gp_relative, gp_absolute, "var");
    }
    free(room);
    golden_finish(&test);
    close_set(&set);
}

static void posterior_covariances_match_the_reference(void **unused) {
    (void)unused;
    for (size_t s = 0; s < SETS; s++) {
        struct gold_set set;
        struct golden test = read_of_set(set_names[s], "test");
        struct golden gold = read_of_set(set_names[s], "testcov");

        open_set(&set, set_names[s]);
        for (size_t r = 0; r < gold.rows; r++) {
            double a[COLUMNS_ROOM], b[COLUMNS_ROOM], r2, prior, h, cov;
            struct gp_points other = {.count = 1, .room = 1, .x = b};
            double *v = calloc(4 * set.n, sizeof(*v));

            assert_non_null(v);
            gold_row(&test, (size_t)golden_number(&gold, r, "i"), "x", set.d, a);
            gold_row(&test, (size_t)golden_number(&gold, r, "j"), "x", set.d, b);
            gp_model_covariances(&set.model, a, v, v + set.n);
            gp_model_solve(&set.model, v, v + set.n);
            gp_model_covariances(&set.model, b, v + 2 * set.n, v + 3 * set.n);
            gp_kernel_distances(&set.layout, set.model.weight, a, &other, 0, &r2);
            set.kernel->pass(1, set.model.s2, &r2, &prior, &h);
            cov = prior;
            for (size_t i = 0; i < set.n; i++) {
                cov -= v[set.n + i] * v[2 * set.n + i];
            }
            check_near(cov, golden_number(&gold, r, "cov"), gp_relative, gp_absolute, "cov");
            free(v);
        }
        golden_finish(&gold);
        golden_finish(&test);
        close_set(&set);
    }
}

static void the_profiled_mean_matches_the_reference(void **unused) {
    (void)unused;
    for (size_t s = 0; s < SETS; s++) {
        struct gold_set set;

        open_set(&set, set_names[s]);
        gp_model_observe(&set.model, set.z, NAN);
        check_near(set.model.mean, scalar(&set.scalars, "gls_mean"), gp_relative, gp_absolute,
            "gls_mean");
        close_set(&set);
    }
}

static void a_mixed_space_matches_the_reference(void **unused) {
    struct maker maker = {0};
    struct points_layout layout;
    struct gp_model model = {0};
    struct golden points = golden_read("mixed_points.csv");
    struct golden scalars = golden_read("mixed_scalars.csv");
    double z[64];
    struct hone_err err;

    (void)unused;
    add_float(&maker, 0, 1, false, 0);
    add_float(&maker, 0, 1, false, 0);
    add_choice(&maker, 3);
    add_choice(&maker, 5);
    layout = open_layout(&maker);
    assert_int_equal(gp_model_init(&model, &layout, &gp_kernel_matern52, 64, &err), HONE_OK);
    for (size_t p = 0; p < 4; p++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "ell%zu", p);
        model.weight[p] = pow(scalar(&scalars, name), -2);
    }
    model.s2 = scalar(&scalars, "outputscale");
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t r = 0; r < points.rows; r++) {
            bool train = strcmp(golden_text(&points, r, "role"), "train") == 0;
            double row[4], var, mean;

            gold_row(&points, r, "u", 2, row);
            gold_row(&points, r, "c", 2, row + 2);
            if (pass == 0 && train) {
                z[model.n] = golden_number(&points, r, "y");
                gp_model_put(&model, row, scalar(&scalars, "noise_var"));
            } else if (pass == 1) {
                mean = gp_model_predict(&model, row, &var);
                check_near(mean, golden_number(&points, r, "mean"), 1e-9, 1e-9, "mean");
                check_near(var, golden_number(&points, r, "var"), 1e-9, 1e-9, "var");
            }
            if (pass == 1 && train) {
                mean = gp_model_loo(&model, r, &var);
                check_near(mean, golden_number(&points, r, "loo_mean"), 1e-9, 1e-9, "loo_mean");
                check_near(var, golden_number(&points, r, "loo_var"), 1e-9, 1e-9, "loo_var");
            }
        }
        if (pass == 0) {
            assert_int_equal(gp_model_factor(&model, &err), HONE_OK);
            gp_model_observe(&model, z, scalar(&scalars, "mean"));
        }
    }
    gp_model_finish(&model);
    points_layout_finish(&layout);
    golden_finish(&points);
    golden_finish(&scalars);
    finish_space(&maker);
}

/* ---- Properties ---- */

enum { BASE = 30, APPENDED = 200, DIMENSIONS = 4 };

static void open_random(struct gp_model *model, const struct points_layout *layout, size_t room) {
    struct hone_err err;

    *model = (struct gp_model){0};
    assert_int_equal(gp_model_init(model, layout, &gp_kernel_matern52, room, &err), HONE_OK);
    for (size_t p = 0; p < layout->scales; p++) {
        model->weight[p] = 1 / (0.3 + 0.2 * (double)p);
    }
    model->s2 = 1.3;
}

static void appending_200_points_is_as_good_as_factoring_anew(void **unused) {
    struct maker maker = {0};
    struct points_layout layout = open_floats(&maker, DIMENSIONS);
    struct gp_model grown, fresh;
    double z[BASE + APPENDED];
    uint64_t state = 3;
    struct hone_err err;

    (void)unused;
    open_random(&grown, &layout, BASE + APPENDED);
    open_random(&fresh, &layout, BASE + APPENDED);
    for (size_t i = 0; i < BASE + APPENDED; i++) {
        double row[DIMENSIONS];

        for (size_t p = 0; p < DIMENSIONS; p++) {
            row[p] = next_uniform(&state);
        }
        z[i] = sin(5 * row[0]) + row[1] * row[2];
        gp_model_put(&fresh, row, 1e-3);
        if (i < BASE) {
            gp_model_put(&grown, row, 1e-3);
        }
        if (i + 1 == BASE) {
            assert_int_equal(gp_model_factor(&grown, &err), HONE_OK);
        }
        if (i >= BASE) {
            assert_int_equal(gp_model_append(&grown, row, 1e-3, &err), HONE_OK);
        }
    }
    assert_int_equal(gp_model_factor(&fresh, &err), HONE_OK);
    gp_model_observe(&fresh, z, NAN);
    gp_model_observe(&grown, z, NAN);
    check_near(grown.mean, fresh.mean, 1e-9, 1e-9, "mean");
    for (size_t i = 0; i < 50; i++) {
        double row[DIMENSIONS], var, other;

        for (size_t p = 0; p < DIMENSIONS; p++) {
            row[p] = next_uniform(&state);
        }
        check_near(gp_model_predict(&grown, row, &var), gp_model_predict(&fresh, row, &other),
            1e-9, 1e-9, "mean");
        check_near(var, other, 1e-9, 1e-9, "variance");
    }
    gp_model_finish(&grown);
    gp_model_finish(&fresh);
    points_layout_finish(&layout);
    finish_space(&maker);
}

static void the_order_of_the_points_does_not_matter(void **unused) {
    struct gold_set set;
    struct gp_model turned = {0};
    double z[64], row[COLUMNS_ROOM] = {0.3, 0.4, 0.5}, var, other;
    struct hone_err err;

    (void)unused;
    open_set(&set, "d");
    assert_int_equal(gp_model_init(&turned, &set.layout, set.kernel, set.n, &err), HONE_OK);
    memcpy(turned.weight, set.model.weight, set.d * sizeof(double));
    turned.s2 = set.model.s2;
    for (size_t i = 0; i < set.n; i++) {
        size_t j = (i * 7 + 3) % set.n; /* 7 and 20 share no factor */

        z[i] = set.z[j];
        gp_model_put(&turned, set.row + j * set.d, set.noise[j]);
    }
    assert_int_equal(gp_model_factor(&turned, &err), HONE_OK);
    gp_model_observe(&turned, z, set.model.mean);
    check_near(gp_model_predict(&turned, row, &var), gp_model_predict(&set.model, row, &other),
        1e-8, 1e-8, "mean");
    check_near(var, other, 1e-8, 1e-8, "variance");
    gp_model_finish(&turned);
    close_set(&set);
}

/* The same points in a space with other labels, and with a parameter that is
 * never active. */
static void labels_and_inactive_parameters_do_not_matter(void **unused) {
    static const size_t relabelled[3] = {2, 0, 1};
    struct maker maker[2];
    struct points_layout layout[2];
    struct gp_model model[2];
    double z[24], mean[2], var[2];
    struct hone_err err;

    (void)unused;
    memset(maker, 0, sizeof(maker));
    for (size_t which = 0; which < 2; which++) {
        uint64_t state = 9;
        size_t parent;

        add_float(&maker[which], 0, 1, false, 0);
        parent = add_choice(&maker[which], 3);
        if (which == 1) {
            /* no choice of the parent has the index 5 */
            add_when(&maker[which], add_float(&maker[which], 0, 1, false, 0), parent, 1,
                (const double[]){5});
        }
        layout[which] = open_layout(&maker[which]);
        assert_true(layout[which].dimension == 2);
        open_random(&model[which], &layout[which], 25);
        for (size_t i = 0; i < 25; i++) {
            double x_unit[3], x_value[3], row[COLUMNS_ROOM];
            bool active[3];
            size_t level;

            x_unit[0] = next_uniform(&state);
            level = (size_t)(3 * next_uniform(&state));
            x_unit[1] = ((double)(which == 1 ? relabelled[level] : level) + 0.5) / 3;
            x_unit[2] = 0.9;
            points_layout_snap(&layout[which], NULL, NULL, x_unit, active, x_value, row);
            if (i < 24) {
                z[i] = x_unit[0] + (double)level;
                gp_model_put(&model[which], row, 1e-3);
                continue;
            }
            assert_int_equal(gp_model_factor(&model[which], &err), HONE_OK);
            gp_model_observe(&model[which], z, NAN);
            mean[which] = gp_model_predict(&model[which], row, &var[which]);
        }
        gp_model_finish(&model[which]);
        points_layout_finish(&layout[which]);
        finish_space(&maker[which]);
    }
    check_near(mean[1], mean[0], 1e-8, 1e-8, "mean");
    check_near(var[1], var[0], 1e-8, 1e-8, "variance");
}

static void repeated_points_without_noise_are_factored_with_jitter(void **unused) {
    struct maker maker = {0};
    struct points_layout layout = open_floats(&maker, 1);
    struct gp_model model;
    double z[6] = {1, 1, 1, 1, 1, 1}, row = 0.5, var;
    struct hone_err err;

    (void)unused;
    open_random(&model, &layout, 7);
    for (size_t i = 0; i < 6; i++) {
        gp_model_put(&model, &row, 0);
    }
    assert_int_equal(gp_model_factor(&model, &err), HONE_OK);
    gp_model_observe(&model, z, NAN);
    assert_true(isfinite(gp_model_predict(&model, &row, &var)));
    assert_true(var > 0);
    model.noise[0] = -2; /* beyond what jitter can mend */
    assert_int_equal(gp_model_factor(&model, &err), HONE_E_NUMERIC);
    gp_model_finish(&model);
    points_layout_finish(&layout);
    finish_space(&maker);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leave_one_out_matches_the_reference),
        cmocka_unit_test(mean_and_variance_match_the_reference),
        cmocka_unit_test(a_block_of_points_is_predicted_like_each),
        cmocka_unit_test(posterior_covariances_match_the_reference),
        cmocka_unit_test(the_profiled_mean_matches_the_reference),
        cmocka_unit_test(a_mixed_space_matches_the_reference),
        cmocka_unit_test(appending_200_points_is_as_good_as_factoring_anew),
        cmocka_unit_test(the_order_of_the_points_does_not_matter),
        cmocka_unit_test(labels_and_inactive_parameters_do_not_matter),
        cmocka_unit_test(repeated_points_without_noise_are_factored_with_jitter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
