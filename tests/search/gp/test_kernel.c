#include "tests/search/gp/gp_support.h"

#include "search/gp/pass.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The tolerance that the reference vectors ask for; the second is for zeros. */
static const double kernel_relative = 1e-12;
static const double kernel_absolute = 1e-300;

enum { PAIR_COLUMNS = 8 };

static void check_pair(const struct golden *gold, size_t r) {
    struct maker maker = {0};
    size_t d = (size_t)golden_number(gold, r, "d");
    struct points_layout layout = open_floats(&maker, d);
    const struct gp_kernel *kernel = strcmp(golden_text(gold, r, "kernel"), "rbf") == 0
                                         ? &gp_kernel_rbf
                                         : &gp_kernel_matern52;
    double x[PAIR_COLUMNS], z[PAIR_COLUMNS], ell[PAIR_COLUMNS], weight[PAIR_COLUMNS];
    double dell[PAIR_COLUMNS], dx[PAIR_COLUMNS];
    struct gp_points points = {.count = 1, .room = 1, .x = z};
    double r2, k, h;

    gold_row(gold, r, "x", PAIR_COLUMNS, x);
    gold_row(gold, r, "z", PAIR_COLUMNS, z);
    gold_row(gold, r, "ell", PAIR_COLUMNS, ell);
    gold_row(gold, r, "dk_dlog_ell", PAIR_COLUMNS, dell);
    gold_row(gold, r, "dk_dx", PAIR_COLUMNS, dx);
    for (size_t p = 0; p < d; p++) {
        weight[p] = 1 / (ell[p] * ell[p]);
    }
    gp_kernel_distances(&layout, weight, x, &points, 0, &r2);
    kernel->pass(1, golden_number(gold, r, "outputscale"), &r2, &k, &h);
    check_near(k, golden_number(gold, r, "k"), kernel_relative, kernel_absolute, "k");
    for (size_t p = 0; p < d; p++) {
        double difference = x[p] - z[p];

        check_near(-2 * h * difference * difference * weight[p], dell[p], kernel_relative,
            kernel_absolute, "dk/dlog ell");
        check_near(2 * h * difference * weight[p], dx[p], kernel_relative, kernel_absolute,
            "dk/dx");
    }
    points_layout_finish(&layout);
    finish_space(&maker);
}

static void kernels_and_their_slopes_match_the_reference(void **unused) {
    struct golden gold = golden_read("kernel_pairs.csv");

    (void)unused;
    for (size_t r = 0; r < gold.rows; r++) {
        check_pair(&gold, r);
    }
    golden_finish(&gold);
}

/* Two numbers and two categories. */
static struct points_layout open_mixed(struct maker *maker) {
    add_float(maker, 0, 1, false, 0);
    add_float(maker, 0, 1, false, 0);
    add_choice(maker, 3);
    add_choice(maker, 5);
    return open_layout(maker);
}

static void mixed_row(const struct golden *points, size_t i, double *row) {
    gold_row(points, i, "u", 2, row);
    gold_row(points, i, "c", 2, row + 2);
}

static void categories_add_to_the_distance_when_they_differ(void **unused) {
    struct maker maker = {0};
    struct points_layout layout = open_mixed(&maker);
    struct golden points = golden_read("mixed_points.csv");
    struct golden scalars = golden_read("mixed_scalars.csv");
    struct golden gold = golden_read("mixed_kernel.csv");
    double weight[4];

    (void)unused;
    for (size_t p = 0; p < 4; p++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "ell%zu", p);
        weight[p] = pow(scalar(&scalars, name), -2);
    }
    for (size_t r = 0; r < gold.rows; r++) {
        double a[4], b[4], r2, k, h, dell[4];
        struct gp_points other = {.count = 1, .room = 1, .x = b};

        mixed_row(&points, (size_t)golden_number(&gold, r, "i"), a);
        mixed_row(&points, (size_t)golden_number(&gold, r, "j"), b);
        gold_row(&gold, r, "dk_joint_dlog_ell", 4, dell);
        gp_kernel_distances(&layout, weight, a, &other, 0, &r2);
        gp_pass_matern52(1, scalar(&scalars, "outputscale"), &r2, &k, &h);
        check_near(k, golden_number(&gold, r, "k_joint"), 1e-12, 0, "k_joint");
        for (size_t p = 0; p < 4; p++) {
            double difference = p < 2 ? a[p] - b[p] : a[p] != b[p];

            check_near(-2 * h * weight[p] * difference * difference, dell[p], 1e-12, 1e-300,
                "dk_joint");
        }
    }
    golden_finish(&points);
    golden_finish(&scalars);
    golden_finish(&gold);
    points_layout_finish(&layout);
    finish_space(&maker);
}

/* The space of cond_points.csv: c; u0; u1, u2, u3 and g under c. */
static void make_conditional(struct maker *maker) {
    size_t c = add_choice(maker, 3);

    add_float(maker, 0, 1, false, 0);
    for (size_t k = 0; k < 3; k++) {
        size_t u = add_float(maker, 0, 1, false, 0);

        add_when(maker, u, c, 1, (const double[]){(double)k});
    }
    add_when(maker, add_choice(maker, 4), c, 1, (const double[]){2});
}

/* x_unit and activity of a point of cond_points.csv. */
static void conditional_point(const struct golden *points, size_t i, double x_unit[6],
    bool active[6]) {
    double a[4];
    double g = golden_number(points, i, "g");

    gold_row(points, i, "u", 4, x_unit + 1);
    gold_row(points, i, "a", 4, a);
    x_unit[0] = (golden_number(points, i, "c") + 0.5) / 3;
    x_unit[5] = (g + 0.5) / 4;
    active[0] = true;
    active[5] = g >= 0;
    for (size_t k = 0; k < 4; k++) {
        active[k + 1] = a[k] != 0;
    }
}

static void conditional_distances_match_the_reference(void **unused) {
    static const char *const ell_name[] = {"ell_c", "ell_u0", "ell_u1", "ell_u2", "ell_u3",
        "ell_g"};
    struct maker maker = {0};
    struct points_layout layout;
    struct golden points = golden_read("cond_points.csv");
    struct golden scalars = golden_read("cond_scalars.csv");
    struct golden gold = golden_read("cond_kernel.csv");
    double weight[6];

    (void)unused;
    make_conditional(&maker);
    layout = open_layout(&maker);
    for (size_t p = 0; p < 6; p++) {
        weight[p] = pow(scalar(&scalars, ell_name[p]), -2);
    }
    for (size_t r = 0; r < gold.rows; r++) {
        double u[6], a[COLUMNS_ROOM], b[COLUMNS_ROOM], r2, k, h;
        bool active[6];
        struct gp_points other = {.count = 1, .room = 1, .x = b};

        conditional_point(&points, (size_t)golden_number(&gold, r, "i"), u, active);
        points_layout_row(&layout, u, active, a);
        conditional_point(&points, (size_t)golden_number(&gold, r, "j"), u, active);
        points_layout_row(&layout, u, active, b);
        gp_kernel_distances(&layout, weight, a, &other, 0, &r2);
        gp_pass_matern52(1, scalar(&scalars, "outputscale"), &r2, &k, &h);
        check_near(r2, golden_number(&gold, r, "dist2"), 1e-12, 1e-300, "dist2");
        check_near(k, golden_number(&gold, r, "k"), 1e-12, 0, "k");
    }
    golden_finish(&points);
    golden_finish(&scalars);
    golden_finish(&gold);
    points_layout_finish(&layout);
    finish_space(&maker);
}

static double smallest_eigenvalue(const gsl_matrix *matrix) {
    gsl_matrix *copy = gsl_matrix_alloc(matrix->size1, matrix->size2);
    gsl_vector *value = gsl_vector_alloc(matrix->size1);
    gsl_eigen_symm_workspace *room = gsl_eigen_symm_alloc(matrix->size1);
    double smallest;

    gsl_matrix_memcpy(copy, matrix);
    assert_int_equal(gsl_eigen_symm(copy, value, room), 0);
    smallest = gsl_vector_min(value);
    gsl_eigen_symm_free(room);
    gsl_vector_free(value);
    gsl_matrix_free(copy);
    return smallest;
}

enum { DESIGNS = 1000, DESIGN_POINTS = 12 };

/* Random points of the conditional space under random length scales. */
static void random_covariances(const struct points_layout *layout, uint64_t *state, gsl_matrix *k) {
    double row[DESIGN_POINTS][COLUMNS_ROOM];
    double weight[6];

    for (size_t p = 0; p < layout->scales; p++) {
        weight[p] = exp(-2 * (4 * next_uniform(state) - 2));
    }
    for (size_t i = 0; i < DESIGN_POINTS; i++) {
        double x_unit[6], x_value[6];
        bool active[6];

        for (size_t p = 0; p < 6; p++) {
            x_unit[p] = next_uniform(state);
        }
        points_layout_snap(layout, NULL, NULL, x_unit, active, x_value, row[i]);
        for (size_t j = 0; j <= i; j++) {
            struct gp_points other = {.count = 1, .room = 1, .x = row[j]};
            double r2, value, h;

            gp_kernel_distances(layout, weight, row[i], &other, 0, &r2);
            gp_pass_matern52(1, 1, &r2, &value, &h);
            gsl_matrix_set(k, i, j, value);
            gsl_matrix_set(k, j, i, value);
        }
    }
}

static void conditional_covariances_are_positive_semidefinite(void **unused) {
    struct maker maker = {0};
    struct points_layout layout;
    gsl_matrix *k = gsl_matrix_alloc(DESIGN_POINTS, DESIGN_POINTS);
    uint64_t state = 1;

    (void)unused;
    make_conditional(&maker);
    layout = open_layout(&maker);
    for (int i = 0; i < DESIGNS; i++) {
        random_covariances(&layout, &state, k);
        assert_true(smallest_eigenvalue(k) > -1e-12);
    }
    gsl_matrix_free(k);
    points_layout_finish(&layout);
    finish_space(&maker);
}

/* What makes proposals the same bits everywhere. */
static void an_element_has_the_same_bits_at_every_place(void **unused) {
    enum { N = 37 };
    double r2[N], k[N], h[N];

    (void)unused;
    for (size_t i = 0; i < N; i++) {
        r2[i] = 0.37 * (double)(i * i);
    }
    gp_pass_matern52(N, 1.7, r2, k, h);
    for (size_t i = 0; i < N; i++) {
        double one_k, one_h;

        gp_pass_matern52(1, 1.7, &r2[i], &one_k, &one_h);
        assert_memory_equal(&one_k, &k[i], sizeof(double));
        assert_memory_equal(&one_h, &h[i], sizeof(double));
    }
}

static void far_points_have_no_covariance_and_no_nan(void **unused) {
    double r2[] = {1e6, 1e30, 1e300}, k[3], h[3];

    (void)unused;
    gp_pass_matern52(3, 1, r2, k, h);
    for (size_t i = 0; i < 3; i++) {
        assert_true(k[i] >= 0 && k[i] < 1e-100);
        assert_true(h[i] <= 0 && h[i] > -1e-100);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_and_their_slopes_match_the_reference),
        cmocka_unit_test(categories_add_to_the_distance_when_they_differ),
        cmocka_unit_test(conditional_distances_match_the_reference),
        cmocka_unit_test(conditional_covariances_are_positive_semidefinite),
        cmocka_unit_test(an_element_has_the_same_bits_at_every_place),
        cmocka_unit_test(far_points_have_no_covariance_and_no_nan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
