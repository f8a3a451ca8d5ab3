#include "tests/search/gp/gp_support.h"

#include "search/gp/descent.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const set_names[] = {"a", "b", "c", "d", "e"};
enum { SETS = sizeof(set_names) / sizeof(set_names[0]), THETA_ROOM = 32, POINTS = 64 };

static const double zeros[POINTS];
static const double ones[POINTS] = {[0] = 1};

/* The evidence of a reference set: all of its noise is `known`, so that rho is the
 * logarithm of a common factor. */
static struct gp_evidence evidence_of(const struct gold_set *set) {
    return (struct gp_evidence){.layout = &set->layout,
        .kernel = set->kernel,
        .n = set->n,
        .row = set->row,
        .z = set->z,
        .known = set->noise,
        .share = zeros,
        .is_known = true,
        .mean = scalar(&set->scalars, "mean")};
}

static void theta_of(const struct gold_set *set, double *ret_theta) {
    for (size_t p = 0; p < set->d; p++) {
        ret_theta[p] = -0.5 * log(set->model.weight[p]);
    }
    ret_theta[set->d + GP_AT_S2] = log(set->model.s2);
    ret_theta[set->d + GP_AT_NOISE] = 0;
    ret_theta[set->d + GP_AT_RHO] = 0;
}

static void likelihood_and_gradient_match_the_reference(void **unused) {
    (void)unused;
    for (size_t s = 0; s < SETS; s++) {
        struct gold_set set;
        struct gp_evidence evidence;
        struct gp_fit fit = {0};
        double theta[THETA_ROOM], gradient[THETA_ROOM], value;
        struct hone_err err;

        open_set(&set, set_names[s]);
        evidence = evidence_of(&set);
        theta_of(&set, theta);
        assert_int_equal(gp_fit_init(&fit, &evidence, &err), HONE_OK);
        value = gp_fit_likelihood(&fit, theta, gradient);
        check_near(-value - 0.5 * (double)set.n * log(2 * M_PI),
            scalar(&set.scalars, "log_marginal_likelihood"), 1e-9, 1e-9, "likelihood");
        for (size_t p = 0; p < set.d; p++) {
            char name[64];

            (void)snprintf(name, sizeof(name), "dlml_dlog_ell%zu", p);
            check_near(-gradient[p], scalar(&set.scalars, name), 1e-9, 1e-9, name);
        }
        check_near(-gradient[set.d + GP_AT_S2], scalar(&set.scalars, "dlml_dlog_outputscale"),
            1e-9, 1e-9, "outputscale");
        check_near(-gradient[set.d + GP_AT_RHO], scalar(&set.scalars, "dlml_dlog_noise_scale"),
            1e-9, 1e-9, "noise");
        gp_fit_finish(&fit);
        close_set(&set);
    }
}

/* ---- A mixed space ---- */

struct mixed {
    struct maker maker;
    struct points_layout layout;
    struct golden scalars;
    size_t n;
    double row[POINTS * 4], z[POINTS], known[POINTS], share[POINTS];
};

static void open_mixed(struct mixed *mixed) {
    struct golden points = golden_read("mixed_points.csv");

    *mixed = (struct mixed){.scalars = golden_read("mixed_scalars.csv")};
    add_float(&mixed->maker, 0, 1, false, 0);
    add_float(&mixed->maker, 0, 1, false, 0);
    add_choice(&mixed->maker, 3);
    add_choice(&mixed->maker, 5);
    mixed->layout = open_layout(&mixed->maker);
    while (strcmp(golden_text(&points, mixed->n, "role"), "train") == 0) {
        size_t i = mixed->n++;

        gold_row(&points, i, "u", 2, mixed->row + i * 4);
        gold_row(&points, i, "c", 2, mixed->row + i * 4 + 2);
        mixed->z[i] = golden_number(&points, i, "y");
        mixed->known[i] = 0.01 * (double)(1 + i % 3);
        mixed->share[i] = 1;
    }
    golden_finish(&points);
}

static void close_mixed(struct mixed *mixed) {
    points_layout_finish(&mixed->layout);
    golden_finish(&mixed->scalars);
    finish_space(&mixed->maker);
}

static struct gp_evidence evidence_of_mixed(const struct mixed *mixed) {
    return (struct gp_evidence){.layout = &mixed->layout,
        .kernel = &gp_kernel_matern52,
        .n = mixed->n,
        .row = mixed->row,
        .z = mixed->z,
        .known = mixed->known,
        .share = mixed->share,
        .is_known = true,
        .mean = NAN,
        .jitter = 1e-8};
}

static void gradient_of_a_mixed_space_matches_the_reference(void **unused) {
    static const char *const name[] = {"dlml_dlog_ell0", "dlml_dlog_ell1", "dlml_dlog_ell2",
        "dlml_dlog_ell3", "dlml_dlog_outputscale", "dlml_dlog_noise_var"};
    struct mixed mixed;
    struct gp_evidence evidence;
    struct gp_fit fit = {0};
    double theta[THETA_ROOM] = {0}, gradient[THETA_ROOM];
    struct hone_err err;

    (void)unused;
    open_mixed(&mixed);
    evidence = evidence_of_mixed(&mixed);
    evidence.known = zeros;
    evidence.jitter = 0;
    evidence.mean = scalar(&mixed.scalars, "mean");
    for (size_t p = 0; p < 4; p++) {
        char ell[32];

        (void)snprintf(ell, sizeof(ell), "ell%zu", p);
        theta[p] = log(scalar(&mixed.scalars, ell));
    }
    theta[4 + GP_AT_S2] = log(scalar(&mixed.scalars, "outputscale"));
    theta[4 + GP_AT_NOISE] = log(scalar(&mixed.scalars, "noise_var"));
    assert_int_equal(gp_fit_init(&fit, &evidence, &err), HONE_OK);
    check_near(-gp_fit_likelihood(&fit, theta, gradient) - 0.5 * (double)mixed.n * log(2 * M_PI),
        scalar(&mixed.scalars, "log_marginal_likelihood"), 1e-9, 1e-9, "likelihood");
    for (size_t p = 0; p < 6; p++) {
        check_near(-gradient[p], scalar(&mixed.scalars, name[p]), 1e-9, 1e-9, name[p]);
    }
    gp_fit_finish(&fit);
    close_mixed(&mixed);
}

/* Profiled mean, jitter, both kinds of noise and the penalties included. */
static void gradient_agrees_with_differences_at_random_points(void **unused) {
    struct mixed mixed;
    struct gp_evidence evidence;
    struct gp_fit fit = {0};
    uint64_t state = 5;
    struct hone_err err;

    (void)unused;
    open_mixed(&mixed);
    evidence = evidence_of_mixed(&mixed);
    assert_int_equal(gp_fit_init(&fit, &evidence, &err), HONE_OK);
    for (int point = 0; point < 50; point++) {
        double theta[THETA_ROOM], gradient[THETA_ROOM], unused_gradient[THETA_ROOM];
        size_t count = gp_theta_count(&mixed.layout);

        for (size_t p = 0; p < count; p++) {
            theta[p] = 2 * next_uniform(&state) - 1;
        }
        theta[4 + GP_AT_NOISE] -= 4;
        (void)gp_fit_value(&fit, theta, gradient);
        for (size_t p = 0; p < count; p++) {
            const double step = 1e-5;
            double at = theta[p];
            double up, down;

            theta[p] = at + step;
            up = gp_fit_value(&fit, theta, unused_gradient);
            theta[p] = at - step;
            down = gp_fit_value(&fit, theta, unused_gradient);
            theta[p] = at;
            check_near(gradient[p], (up - down) / (2 * step), 1e-5, 1e-5, "gradient");
        }
    }
    gp_fit_finish(&fit);
    close_mixed(&mixed);
}

/* Our penalty on a length scale is the log-normal density of the reference, the
 * median of which is that of d = 1, 3, 10; constants are left out. */
static void penalties_match_the_reference_densities(void **unused) {
    struct golden gold = golden_read("priors.csv");
    size_t checked = 0;

    (void)unused;
    for (size_t d = 1; d <= 10; d++) {
        struct maker maker = {0};
        struct points_layout layout = open_floats(&maker, d);
        double row[16] = {0}, z = 0, base = NAN;
        struct gp_evidence evidence = {.layout = &layout, .kernel = &gp_kernel_matern52, .n = 1,
            .row = row, .z = &z, .known = zeros, .share = ones, .mean = NAN};
        struct gp_fit fit = {0};
        struct hone_err err;

        assert_int_equal(gp_fit_init(&fit, &evidence, &err), HONE_OK);
        for (size_t r = 0; r < gold.rows; r++) {
            double theta[THETA_ROOM] = {0}, gradient[THETA_ROOM] = {0}, value;

            if (strcmp(golden_text(&gold, r, "family"), "lognormal") != 0 ||
                fabs(golden_number(&gold, r, "a") - fit.centre[0]) > 1e-14) {
                continue;
            }
            theta[0] = log(golden_number(&gold, r, "x"));
            value = gp_fit_penalty(&fit, theta, gradient) + golden_number(&gold, r, "logpdf");
            base = isnan(base) ? value : base;
            check_near(value, base, 1e-12, 1e-12, "penalty");
            check_near(-gradient[0], golden_number(&gold, r, "dlogpdf_dlogx"), 1e-12, 1e-12,
                "slope");
            checked++;
        }
        gp_fit_finish(&fit);
        points_layout_finish(&layout);
        finish_space(&maker);
    }
    assert_int_equal(checked, 30);
    golden_finish(&gold);
}

static void fitting_goes_down_to_where_the_gradient_ends(void **unused) {
    struct mixed mixed;
    struct gp_evidence evidence;
    struct gp_fit fit = {0};
    double theta[THETA_ROOM], gradient[THETA_ROOM], before, after;
    struct hone_err err;

    (void)unused;
    open_mixed(&mixed);
    evidence = evidence_of_mixed(&mixed);
    assert_int_equal(gp_fit_init(&fit, &evidence, &err), HONE_OK);
    gp_fit_start(&fit, 0, theta);
    before = gp_fit_value(&fit, theta, gradient);
    after = gp_fit_descend(&fit, GP_FIT_ITERATIONS, theta);
    assert_true(after < before - 1);
    check_near(gp_fit_value(&fit, theta, gradient), after, 1e-12, 0, "value");
    for (size_t p = 0; p < gp_theta_count(&mixed.layout); p++) {
        bool held = theta[p] <= fit.low[p] || theta[p] >= fit.high[p];

        assert_true(held || fabs(gradient[p]) < 1e-2);
        assert_true(theta[p] >= fit.low[p] && theta[p] <= fit.high[p]);
    }
    gp_fit_finish(&fit);
    close_mixed(&mixed);
}

/* ---- The minimiser ---- */

static double rosenbrock(void *self, const double *x, double *g) {
    int *evaluations = self;
    double a = 1 - x[0];
    double b = x[1] - x[0] * x[0];

    (*evaluations)++;
    g[0] = -2 * a - 400 * x[0] * b;
    g[1] = 200 * b;
    return a * a + 100 * b * b;
}

static void the_minimiser_keeps_to_its_bounds(void **unused) {
    static const struct {
        double low[2], high[2], x[2], value;
    } cases[] = {
        {{-2, -2}, {2, 2}, {1, 1}, 0},
        {{-2, -2}, {0.5, 2}, {0.5, 0.25}, 0.25},
        {{-2, -2}, {2, -1}, {0, -1}, 101}, /* along x1 = -1 the minimum is near x0 = 0 */
    };

    (void)unused;
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        double x[2] = {-1.2, -1.5};
        double room[64];
        int evaluations = 0;
        struct gp_descent descent = {.n = 2, .low = cases[c].low, .high = cases[c].high,
            .iterations = 200, .gradient_below = 1e-8, .decrease_below = 1e-15,
            .value = rosenbrock, .self = &evaluations};
        double value;

        assert_true(gp_descent_room(2) <= 64);
        value = gp_descend(&descent, x, room);
        assert_true(x[0] >= cases[c].low[0] && x[0] <= cases[c].high[0]);
        assert_true(x[1] >= cases[c].low[1] && x[1] <= cases[c].high[1]);
        check_near(value, cases[c].value, 1e-4, 1e-6, "value");
        check_near(x[0], cases[c].x[0], 1e-2, 1e-2, "x0");
        assert_true(evaluations < 120);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likelihood_and_gradient_match_the_reference),
        cmocka_unit_test(gradient_of_a_mixed_space_matches_the_reference),
        cmocka_unit_test(gradient_agrees_with_differences_at_random_points),
        cmocka_unit_test(penalties_match_the_reference_densities),
        cmocka_unit_test(fitting_goes_down_to_where_the_gradient_ends),
        cmocka_unit_test(the_minimiser_keeps_to_its_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
