#include "tests/search/gp/gp_support.h"

#include "search/gp/acquisition.h"
#include "search/gp/logei.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct golden read_of_set(const char *form, const char *set) {
    char file[64];

    (void)snprintf(file, sizeof(file), form, set);
    return golden_read(file);
}

static void log_h_matches_the_reference_down_to_the_far_tail(void **unused) {
    static const char *const files[] = {"logei.csv", "logei_extreme.csv"};

    (void)unused;
    for (size_t f = 0; f < 2; f++) {
        struct golden gold = golden_read(files[f]);

        for (size_t r = 0; r < gold.rows; r++) {
            double slope;
            double value = gp_log_h(golden_number(&gold, r, "z"), &slope);

            /* Near z = 1.2, log h passes through 0. */
            check_near(value, golden_number(&gold, r, "log_h"), 1e-12, 1e-15, "log_h");
            check_near(slope, golden_number(&gold, r, "dlog_h_dz"), 1e-12, 0, "slope");
            if (f == 0) {
                double sigma = golden_number(&gold, r, "sigma");

                check_near(value + log(sigma), golden_number(&gold, r, "log_ei"), 1e-12, 1e-14,
                    "log_ei");
            }
        }
        golden_finish(&gold);
    }
}

static void log_ei_and_its_gradient_match_the_reference(void **unused) {
    static const char *const set_names[] = {"a", "b", "c", "d", "e"};

    (void)unused;
    for (size_t s = 0; s < 5; s++) {
        struct gold_set set;
        struct golden test = read_of_set("gp_%s_test.csv", set_names[s]);
        struct gp_acquisition acquisition = {0};
        struct hone_err err;

        open_set(&set, set_names[s]);
        assert_int_equal(gp_acquisition_init(&acquisition, &set.model,
                             scalar(&set.scalars, "best_y"), &err),
            HONE_OK);
        for (size_t r = 0; r < test.rows; r++) {
            double row[COLUMNS_ROOM], gold[COLUMNS_ROOM], gradient[COLUMNS_ROOM], block;
            double value;

            gold_row(&test, r, "x", set.d, row);
            gold_row(&test, r, "dlog_ei_dx", set.d, gold);
            value = gp_acquisition_value(&acquisition, row, gradient);
            check_near(value, golden_number(&test, r, "log_ei"), 1e-9, 1e-9, "log_ei");
            for (size_t p = 0; p < set.d; p++) {
                check_near(gradient[p], gold[p], 1e-9, 1e-9, "gradient");
            }
            gp_acquisition_block(&acquisition, 1, row, &block);
            check_near(block, value, 1e-9, 1e-9, "block");
        }
        gp_acquisition_finish(&acquisition);
        golden_finish(&test);
        close_set(&set);
    }
}

static void check_pending(const char *name) {
    struct gold_set set;
    struct golden points = read_of_set("nei_%s_set.csv", name);
    struct golden fstar = read_of_set("nei_%s_fstar.csv", name);
    struct golden gold = read_of_set("nei_%s_test.csv", name);
    struct golden test = read_of_set("gp_%s_test.csv", name);
    double row[GP_PENDING_LIMIT * COLUMNS_ROOM], normal[GP_DRAWS_LIMIT][GP_PENDING_LIMIT];
    struct gp_acquisition acquisition = {0};
    struct hone_err err;

    open_set(&set, name);
    for (size_t b = 0; b < points.rows; b++) {
        bool train = strcmp(golden_text(&points, b, "role"), "train") == 0;
        double eps[GP_DRAWS_LIMIT];

        gold_row(train ? &set.train : &test, (size_t)golden_number(&points, b, "index"), "x",
            set.d, row + b * set.d);
        gold_row(&points, b, "eps", fstar.rows, eps);
        for (size_t s = 0; s < fstar.rows; s++) {
            normal[s][b] = eps[s];
        }
    }
    assert_int_equal(gp_acquisition_init(&acquisition, &set.model, INFINITY, &err), HONE_OK);
    assert_int_equal(
        gp_acquisition_pend(&acquisition, points.rows, row, fstar.rows, normal, &err), HONE_OK);
    for (size_t s = 0; s < fstar.rows; s++) {
        check_near(acquisition.threshold[s], golden_number(&fstar, s, "fstar"), 1e-6, 1e-9,
            "fstar");
    }
    for (size_t r = 0; r < gold.rows; r++) {
        double x[COLUMNS_ROOM], expected[COLUMNS_ROOM], gradient[COLUMNS_ROOM], value, block;

        gold_row(&test, (size_t)golden_number(&gold, r, "test_row"), "x", set.d, x);
        gold_row(&gold, r, "dlog_nei_dx", set.d, expected);
        value = gp_acquisition_value(&acquisition, x, gradient);
        check_near(value, golden_number(&gold, r, "log_nei"), 1e-6, 1e-9, "log_nei");
        for (size_t p = 0; p < set.d; p++) {
            check_near(gradient[p], expected[p], 1e-6, 1e-6, "gradient");
        }
        gp_acquisition_block(&acquisition, 1, x, &block);
        check_near(block, value, 1e-6, 1e-9, "block");
    }
    gp_acquisition_finish(&acquisition);
    golden_finish(&points);
    golden_finish(&fstar);
    golden_finish(&gold);
    golden_finish(&test);
    close_set(&set);
}

static void fantasies_of_pending_points_match_the_reference(void **unused) {
    (void)unused;
    check_pending("b");
    check_pending("d");
}

/* ---- Everything at once: pending, failed, noise, ends of ranges ---- */

enum { PENDING = 3, FAILED = 4, SUCCEEDED = 20 };

static void open_everything(struct gold_set *set, struct gp_acquisition *ret_acquisition) {
    double row[FAILED * COLUMNS_ROOM], normal[GP_DRAWS_LIMIT][GP_PENDING_LIMIT];
    uint64_t state = 2;
    struct hone_err err;

    open_set(set, "d");
    *ret_acquisition = (struct gp_acquisition){0};
    for (size_t i = 0; i < FAILED * set->d; i++) {
        row[i] = next_uniform(&state);
    }
    for (size_t s = 0; s < GP_DRAWS_LIMIT; s++) {
        for (size_t b = 0; b < GP_PENDING_LIMIT; b++) {
            normal[s][b] = 2 * next_uniform(&state) - 1;
        }
    }
    assert_int_equal(gp_acquisition_init(ret_acquisition, &set->model, -1.5, &err), HONE_OK);
    assert_int_equal(
        gp_acquisition_pend(ret_acquisition, PENDING, row, GP_DRAWS_LIMIT, normal, &err),
        HONE_OK);
    assert_int_equal(gp_acquisition_fail(ret_acquisition, FAILED, row, SUCCEEDED, &err), HONE_OK);
    ret_acquisition->inward = 0.7;
}

static void gradient_agrees_with_differences_at_random_points(void **unused) {
    struct gold_set set;
    struct gp_acquisition acquisition;
    uint64_t state = 8;

    (void)unused;
    open_everything(&set, &acquisition);
    for (int point = 0; point < 50; point++) {
        double x[COLUMNS_ROOM], gradient[COLUMNS_ROOM], unused_gradient[COLUMNS_ROOM];

        for (size_t p = 0; p < set.d; p++) {
            x[p] = next_uniform(&state);
        }
        (void)gp_acquisition_value(&acquisition, x, gradient);
        for (size_t p = 0; p < set.d; p++) {
            const double step = 1e-6;
            double at = x[p];
            double up, down;

            x[p] = at + step;
            up = gp_acquisition_value(&acquisition, x, unused_gradient);
            x[p] = at - step;
            down = gp_acquisition_value(&acquisition, x, unused_gradient);
            x[p] = at;
            check_near(gradient[p], (up - down) / (2 * step), 1e-5, 1e-4, "gradient");
        }
    }
    gp_acquisition_finish(&acquisition);
    close_set(&set);
}

static void a_point_next_to_a_failed_one_promises_less(void **unused) {
    struct gold_set set;
    struct gp_acquisition acquisition = {0};
    double x[] = {0.31, 0.62, 0.17}, gradient[3], before, after;
    struct hone_err err;

    (void)unused;
    open_set(&set, "b");
    assert_int_equal(gp_acquisition_init(&acquisition, &set.model, -1, &err), HONE_OK);
    before = gp_acquisition_value(&acquisition, x, gradient);
    x[0] -= 0.01;
    assert_int_equal(gp_acquisition_fail(&acquisition, 1, x, set.n, &err), HONE_OK);
    x[0] += 0.01;
    after = gp_acquisition_value(&acquisition, x, gradient);
    assert_true(after < before - 0.05);
    gp_acquisition_finish(&acquisition);
    close_set(&set);
}

/* By the weight times log((4 u (1 - u) + 0.05) / 1.05), and nothing in the middle. */
static void a_point_at_an_end_of_a_range_promises_less(void **unused) {
    struct gold_set set;
    struct gp_acquisition acquisition = {0};
    double x[2][3] = {{0.5, 0, 0.5}, {0.5, 0.5, 0.5}}, gradient[3], plain[2], block[2];
    struct hone_err err;

    (void)unused;
    open_set(&set, "b");
    assert_int_equal(gp_acquisition_init(&acquisition, &set.model, -1, &err), HONE_OK);
    for (size_t i = 0; i < 2; i++) {
        plain[i] = gp_acquisition_value(&acquisition, x[i], gradient);
    }
    acquisition.inward = 2;
    for (size_t i = 0; i < 2; i++) {
        double less = i == 0 ? 2 * log(0.05 / 1.05) : 0;

        check_near(gp_acquisition_value(&acquisition, x[i], gradient), plain[i] + less, 1e-12,
            1e-12, "value");
        gp_acquisition_block(&acquisition, 1, x[i], &block[i]);
        check_near(block[i], plain[i] + less, 1e-9, 1e-9, "block");
    }
    gp_acquisition_finish(&acquisition);
    close_set(&set);
}

static void a_point_that_is_running_promises_little(void **unused) {
    struct gold_set set;
    struct gp_acquisition acquisition = {0};
    double x[] = {0.31, 0.62, 0.17}, gradient[3], before, after;
    double normal[GP_DRAWS_LIMIT][GP_PENDING_LIMIT] = {{1}, {-1}};
    struct hone_err err;

    (void)unused;
    open_set(&set, "b");
    assert_int_equal(gp_acquisition_init(&acquisition, &set.model, -1, &err), HONE_OK);
    before = gp_acquisition_value(&acquisition, x, gradient);
    assert_int_equal(gp_acquisition_pend(&acquisition, 1, x, 2, normal, &err), HONE_OK);
    after = gp_acquisition_value(&acquisition, x, gradient);
    assert_true(after < before - 2);
    gp_acquisition_finish(&acquisition);
    close_set(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_h_matches_the_reference_down_to_the_far_tail),
        cmocka_unit_test(log_ei_and_its_gradient_match_the_reference),
        cmocka_unit_test(fantasies_of_pending_points_match_the_reference),
        cmocka_unit_test(gradient_agrees_with_differences_at_random_points),
        cmocka_unit_test(a_point_next_to_a_failed_one_promises_less),
        cmocka_unit_test(a_point_at_an_end_of_a_range_promises_less),
        cmocka_unit_test(a_point_that_is_running_promises_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
