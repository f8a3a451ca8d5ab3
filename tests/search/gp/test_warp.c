#include "search/gp/warp.h"
#include "tests/objectives/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 64 };

static void warp(enum gp_warp_kind kind, size_t n, const double *y, struct gp_warp *ret_warp,
    double *ret_z, double *ret_slope) {
    struct hone_err err;

    *ret_warp = (struct gp_warp){0};
    assert_int_equal(gp_warp_fit(ret_warp, kind, n, y, ret_z, ret_slope, &err), HONE_OK);
}

static void halfrank_matches_the_reference(void **unused) {
    struct golden gold = golden_read("halfrank.csv");
    size_t r = 0;

    (void)unused;
    while (r < gold.rows) {
        const char *name = golden_text(&gold, r, "case");
        double y[ROOM], z[ROOM], slope[ROOM];
        struct gp_warp fitted;
        size_t n = 0;

        while (r + n < gold.rows && strcmp(golden_text(&gold, r + n, "case"), name) == 0) {
            y[n] = golden_number(&gold, r + n, "y");
            n++;
        }
        warp(GP_WARP_HALFRANK, n, y, &fitted, z, slope);
        for (size_t i = 0; i < n; i++, r++) {
            /* A z near the mean of all is a difference of larger numbers. */
            check_near(z[i], golden_number(&gold, r, "z"), 1e-12, 1e-13, name);
            check_near(slope[i], golden_number(&gold, r, "slope"), 1e-12, 0, name);
            check_near(gp_warp_inverse(&fitted, z[i]), y[i], 1e-9, 1e-12, "inverse");
        }
        gp_warp_finish(&fitted);
    }
    golden_finish(&gold);
}

static void yeo_johnson_matches_the_reference(void **unused) {
    struct golden gold = golden_read("yeojohnson.csv");

    (void)unused;
    for (size_t r = 0; r < gold.rows; r++) {
        double slope;
        double t = gp_yeo_johnson(golden_number(&gold, r, "lambda"), golden_number(&gold, r, "y"),
            &slope);

        check_near(t, golden_number(&gold, r, "t"), 1e-12, 0, "t");
        check_near(slope, golden_number(&gold, r, "dt_dy"), 1e-12, 0, "dt_dy");
    }
    golden_finish(&gold);
}

static const double skewed[] = {0.31, 0.2, 7.5, 0.25, 1.1, 0.9, 22, 0.4, 0.33, 3};
enum { SKEWED = sizeof(skewed) / sizeof(skewed[0]) };

static void every_warp_gives_mean_0_and_variance_1_and_keeps_the_order(void **unused) {
    (void)unused;
    for (int kind = GP_WARP_HALFRANK; kind <= GP_WARP_NONE; kind++) {
        double z[SKEWED], slope[SKEWED], mean = 0, square = 0;
        struct gp_warp fitted;

        warp((enum gp_warp_kind)kind, SKEWED, skewed, &fitted, z, slope);
        for (size_t i = 0; i < SKEWED; i++) {
            mean += z[i] / SKEWED;
            square += z[i] * z[i] / SKEWED;
            assert_true(slope[i] > 0);
            for (size_t j = 0; j < SKEWED; j++) {
                assert_int_equal(skewed[i] < skewed[j], z[i] < z[j]);
            }
        }
        check_near(mean, 0, 0, 1e-14, "mean");
        check_near(square, 1, 1e-14, 0, "variance");
        gp_warp_finish(&fitted);
    }
}

static void a_shift_and_a_scale_leave_the_warped_losses(void **unused) {
    double moved[SKEWED], z[SKEWED], z_moved[SKEWED], slope[SKEWED];
    struct gp_warp fitted;

    (void)unused;
    for (size_t i = 0; i < SKEWED; i++) {
        moved[i] = 3 * skewed[i] + 7;
    }
    warp(GP_WARP_HALFRANK, SKEWED, skewed, &fitted, z, slope);
    gp_warp_finish(&fitted);
    warp(GP_WARP_HALFRANK, SKEWED, moved, &fitted, z_moved, slope);
    gp_warp_finish(&fitted);
    for (size_t i = 0; i < SKEWED; i++) {
        check_near(z_moved[i], z[i], 1e-12, 1e-12, "z");
    }
}

static void the_size_of_the_worst_loss_changes_nothing(void **unused) {
    double worse[SKEWED], z[SKEWED], z_worse[SKEWED], slope[SKEWED];
    struct gp_warp fitted;

    (void)unused;
    memcpy(worse, skewed, sizeof(worse));
    worse[6] = 1e30;
    warp(GP_WARP_HALFRANK, SKEWED, skewed, &fitted, z, slope);
    gp_warp_finish(&fitted);
    warp(GP_WARP_HALFRANK, SKEWED, worse, &fitted, z_worse, slope);
    gp_warp_finish(&fitted);
    assert_memory_equal(z, z_worse, sizeof(z));
}

/* Down to where a deviation is not 0, but its mean is. */
static void losses_whose_squares_vanish_stay_numbers(void **unused) {
    (void)unused;
    for (int power = -155; power >= -166; power--) {
        for (int kind = GP_WARP_HALFRANK; kind <= GP_WARP_NONE; kind++) {
            double y[SKEWED], z[SKEWED], slope[SKEWED];
            struct gp_warp fitted;

            for (size_t i = 0; i < SKEWED; i++) {
                y[i] = skewed[i] * pow(10, power);
            }
            warp((enum gp_warp_kind)kind, SKEWED, y, &fitted, z, slope);
            for (size_t i = 0; i < SKEWED; i++) {
                assert_true(isfinite(z[i]) && isfinite(slope[i]));
            }
            gp_warp_finish(&fitted);
        }
    }
}

static void equal_losses_become_0(void **unused) {
    static const double one[] = {4, 4, 4, 4};

    (void)unused;
    for (int kind = GP_WARP_HALFRANK; kind <= GP_WARP_NONE; kind++) {
        for (size_t n = 1; n <= 4; n++) {
            double z[4], slope[4];
            struct gp_warp fitted;

            warp((enum gp_warp_kind)kind, n, one, &fitted, z, slope);
            for (size_t i = 0; i < n; i++) {
                assert_true(z[i] == 0 && isfinite(slope[i]));
            }
            assert_true(gp_warp_inverse(&fitted, 0) == 4);
            gp_warp_finish(&fitted);
        }
    }
}

static void the_inverse_goes_on_beyond_the_best_loss(void **unused) {
    double z[SKEWED], slope[SKEWED];
    struct gp_warp fitted;

    (void)unused;
    warp(GP_WARP_HALFRANK, SKEWED, skewed, &fitted, z, slope);
    /* One unit of z below the best is 1 / slope of the better half. */
    check_near(gp_warp_inverse(&fitted, z[1] - 1), 0.2 - 1 / slope[1], 1e-9, 0, "inverse");
    gp_warp_finish(&fitted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halfrank_matches_the_reference),
        cmocka_unit_test(yeo_johnson_matches_the_reference),
        cmocka_unit_test(every_warp_gives_mean_0_and_variance_1_and_keeps_the_order),
        cmocka_unit_test(a_shift_and_a_scale_leave_the_warped_losses),
        cmocka_unit_test(the_size_of_the_worst_loss_changes_nothing),
        cmocka_unit_test(losses_whose_squares_vanish_stay_numbers),
        cmocka_unit_test(equal_losses_become_0),
        cmocka_unit_test(the_inverse_goes_on_beyond_the_best_loss),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
