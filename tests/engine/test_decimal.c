#include "engine/decimal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RANDOM_NUMBERS = 200000 };

static uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Unit interval, wide range, few digits, powers of two and their neighbours. */
static double choose(uint64_t random, size_t kind) {
    double unit = (double)(random >> 11) * 0x1p-53;

    switch (kind) {
    case 0: return unit;
    case 1: return -exp((unit - 0.7) * 120);
    case 2: return (double)(random % 1000000) / pow(10, (double)(random % 20));
    case 3: return ldexp(1, (int)(random % 175) - 122);
    case 4: return nextafter(ldexp(1, (int)(random % 175) - 122), unit < 0.5 ? 0 : 1e300);
    default: return (double)(random >> 11);
    }
}

/* The first of 15, 16, 17 digits that printf needs; it takes the nearest decimal
 * of so many digits, which at a power of two may not read back although another
 * does: then ours is shorter. */
static size_t length_by_printf(double value, char text[32]) {
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, 32, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    return strlen(text);
}

static void decimals_are_the_shortest_that_read_back(void **state) {
    uint64_t seed = 88172645463325252U;
    size_t shorter = 0;

    (void)state;
    for (size_t i = 0; i < RANDOM_NUMBERS; i++) {
        double value = choose(next_random(&seed), i % 6);
        char text[HONE_DECIMAL_TEXT];
        char expected[32];
        size_t length = hone_decimal_write(value, text);

        if (length == 0) {
            assert_true(value == 0 || fabs(value) < 1e-37 || fabs(value) >= 0x1p53);
            continue;
        }
        assert_int_equal(length, strlen(text));
        if (length_by_printf(value, expected) == length) {
            assert_string_equal(text, expected);
        } else {
            assert_true(length < strlen(expected));
            assert_true(strtod(text, NULL) == value);
            shorter++;
        }
    }
    assert_in_range(shorter, 1, RANDOM_NUMBERS / 100);
}

static void decimals_have_the_form_of_g(void **state) {
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"}, {-0.0, "-0"}, {1, "1"}, {-1, "-1"}, {0.1, "0.1"}, {0.1 + 0.2,
        "0.30000000000000004"}, {1.0 / 3, "0.3333333333333333"}, {100, "100"}, {1e-4, "0.0001"},
        {1e-5, "1e-05"}, {1.5e-5, "1.5e-05"}, {1e-37, "1e-37"}, {1e14, "100000000000000"},
        {1e15, "1e+15"}, {1234567890123456, "1234567890123456"}, {9007199254740991,
        "9007199254740991"}, {4503599627370495.5, "4503599627370495.5"}, {12.5, "12.5"},
        {0x1p-24, "5.960464477539063e-08"}, {9.5367431640625e-07, "9.5367431640625e-07"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[HONE_DECIMAL_TEXT];

        assert_int_equal(hone_decimal_write(cases[i].value, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

static void what_is_out_of_reach_is_said_so(void **state) {
    static const double out[] = {NAN, INFINITY, -INFINITY, 0x1p53, -1e300, 9e-38, 5e-324};

    (void)state;
    for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++) {
        char text[HONE_DECIMAL_TEXT] = "as it was";

        assert_int_equal(hone_decimal_write(out[i], text), 0);
        assert_string_equal(text, "as it was");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_the_shortest_that_read_back),
        cmocka_unit_test(decimals_have_the_form_of_g),
        cmocka_unit_test(what_is_out_of_reach_is_said_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
