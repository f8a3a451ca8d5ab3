#include "engine/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void times_are_written_as_utc_with_milliseconds(void **state) {
    static const struct {
        int64_t wall_ms;
        const char *text;
    } table[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {INT64_C(1767225600000), "2026-01-01T00:00:00.000Z"},
        {INT64_C(1709251199007), "2024-02-29T23:59:59.007Z"},
        {INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
        {INT64_MAX, "9999-12-31T23:59:59.999Z"},
        {-1, "1970-01-01T00:00:00.000Z"},
        {INT64_MIN, "1970-01-01T00:00:00.000Z"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char text[HONE_CLOCK_TEXT];

        hone_clock_write(table[i].wall_ms, text);
        assert_string_equal(text, table[i].text);
    }
}

static void frozen_clocks_stand_still_and_run_again(void **state) {
    double before;

    (void)state;
    hone_clock_freeze(INT64_C(1767225600123));
    assert_int_equal(hone_clock_wall_ms(), INT64_C(1767225600123));
    assert_true(hone_clock_seconds() == 1767225600.123);
    hone_clock_freeze(-1);
    assert_true(hone_clock_wall_ms() != INT64_C(1767225600123));
    before = hone_clock_seconds();
    assert_true(hone_clock_seconds() >= before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_as_utc_with_milliseconds),
        cmocka_unit_test(frozen_clocks_stand_still_and_run_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
