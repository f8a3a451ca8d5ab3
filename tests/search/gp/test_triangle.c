/* Triangular matrices against their definition, in all orders around the width of the
 * strips and the blocks. */
#include "engine/rng.h"
#include "search/gp/triangle.h"
#include "tests/search/gp/gp_support.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ORDER_LIMIT = 133, GAP = 5, ROOM = ORDER_LIMIT + GAP };

/* Sums of up to 133 terms below 1, in another order. */
static const double tolerance = 1e-13;

static const size_t orders[] = {1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 34, 64, 65, 100, ORDER_LIMIT};
enum { ORDERS = sizeof(orders) / sizeof(orders[0]) };

/* Rows add up to less than their diagonal, so that the inverse is no larger. What is
 * not the triangle is NaN: it must not be looked at. */
static void fill(size_t n, double *a, double *v) {
    struct hone_rng rng;

    hone_rng_at(&rng, n, 0, 0, HONE_FOR_POINT);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < ROOM; i++) {
            a[j * ROOM + i] = i > j && i < n ? (hone_rng_uniform(&rng) - 0.5) / (double)n
                                             : (double)NAN;
        }
        a[j * ROOM + j] = 1 + hone_rng_uniform(&rng);
        v[j] = hone_rng_uniform(&rng) - 0.5;
    }
}

static void products_are_those_of_the_triangle(void **unused) {
    static double a[ORDER_LIMIT * ROOM], v[ORDER_LIMIT], down[ORDER_LIMIT], across[ORDER_LIMIT];

    (void)unused;
    for (size_t k = 0; k < ORDERS; k++) {
        const size_t n = orders[k];

        fill(n, a, v);
        memcpy(down, v, sizeof(down));
        memcpy(across, v, sizeof(across));
        gp_triangle_times(n, a, ROOM, down);
        gp_triangle_transposed_times(n, a, ROOM, across);
        for (size_t i = 0; i < n; i++) {
            double by_row = 0;
            double by_column = 0;

            for (size_t j = 0; j <= i; j++) {
                by_row += a[j * ROOM + i] * v[j];
            }
            for (size_t j = i; j < n; j++) {
                by_column += a[i * ROOM + j] * v[j];
            }
            check_near(down[i], by_row, tolerance, tolerance, "A v");
            check_near(across[i], by_column, tolerance, tolerance, "A' v");
        }
    }
}

static void a_matrix_times_its_inverse_is_the_identity(void **unused) {
    static double a[ORDER_LIMIT * ROOM], inverse[ORDER_LIMIT * ROOM], v[ORDER_LIMIT];

    (void)unused;
    for (size_t k = 0; k < ORDERS; k++) {
        const size_t n = orders[k];

        fill(n, a, v);
        memcpy(inverse, a, sizeof(inverse));
        gp_triangle_invert(n, inverse, ROOM);
        for (size_t j = 0; j < n; j++) {
            memset(v, 0, sizeof(v));
            memcpy(v + j, inverse + j * ROOM + j, (n - j) * sizeof(*v));
            gp_triangle_times(n, a, ROOM, v);
            for (size_t i = 0; i < n; i++) {
                check_near(v[i], i == j ? 1 : 0, tolerance, tolerance, "A A^-1");
            }
        }
    }
}

/* A vector at every offset from an aligned one. */
static void alignment_changes_no_bit(void **unused) {
    enum { OFFSETS = 8, ORDER = 100 };
    static double a[ORDER_LIMIT * ROOM], v[ORDER_LIMIT], first[ORDER];
    static double moved[ORDER + OFFSETS], moved_a[ORDER_LIMIT * ROOM + OFFSETS];

    (void)unused;
    fill(ORDER, a, v);
    for (size_t offset = 0; offset < OFFSETS; offset++) {
        memcpy(moved + offset, v, sizeof(first));
        memcpy(moved_a + offset, a, sizeof(a));
        gp_triangle_times(ORDER, moved_a + offset, ROOM, moved + offset);
        gp_triangle_transposed_times(ORDER, moved_a + offset, ROOM, moved + offset);
        if (offset == 0) {
            memcpy(first, moved, sizeof(first));
        }
        assert_memory_equal(first, moved + offset, sizeof(first));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_those_of_the_triangle),
        cmocka_unit_test(a_matrix_times_its_inverse_is_the_identity),
        cmocka_unit_test(alignment_changes_no_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
