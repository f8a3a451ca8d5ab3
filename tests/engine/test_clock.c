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

static void times_of_other_programs_are_read(void **state) {
    static const struct {
        const char *text;
        int64_t wall_ms;
    } good[] = {
        {"1970-01-01T00:00:00.000Z", 0},
        {"2024-02-29T23:59:59.007Z", INT64_C(1709251199007)},
        {"2000-02-29 00:00:00", INT64_C(951782400000)},
        {"2026-01-01 00:00:00", INT64_C(1767225600000)},
        {"2026-01-01 00:00:00.123456", INT64_C(1767225600123)},
        {"2026-01-01T00:00:00.5+00:00", INT64_C(1767225600500)},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
    };
    static const char *const bad[] = {"", "2026", "2026-01-01", "2026-13-01 00:00:00",
        "2026-01-01 24:00:00", "2026-01-01 00:00:00.", "2026-01-01 00:00:00 +02:00",
        "2026-01-01 00:00:00Zx", "1969-12-31 00:00:00", "2026-1-1 00:00:00",
        "2026-02-31 10:00:00", "2026-02-29 00:00:00", "2100-02-29 00:00:00",
        "2024-02-30 00:00:00", "2026-04-31 00:00:00", "2026-12-32 00:00:00"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        int64_t wall_ms = -1;

        assert_true(hone_clock_read(good[i].text, &wall_ms));
        assert_int_equal(wall_ms, good[i].wall_ms);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int64_t wall_ms;

        assert_false(hone_clock_read(bad[i], &wall_ms));
    }
}

static void waiting_takes_no_time_of_a_processor(void **state) {
    const double before = hone_clock_thread_seconds();
    double busy = 0;

    (void)state;
    hone_clock_sleep(0.05);
    assert_true(hone_clock_thread_seconds() - before < 0.05);
    while (busy < 0.01) {
        busy = hone_clock_thread_seconds() - before;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_of_other_programs_are_read),
        cmocka_unit_test(times_are_written_as_utc_with_milliseconds),
        cmocka_unit_test(frozen_clocks_stand_still_and_run_again),
        cmocka_unit_test(waiting_takes_no_time_of_a_processor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
