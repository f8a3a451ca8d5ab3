#include "engine/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void memory_arrives_zeroed(void **state) {
    unsigned char *bytes = hone_new_array(1000, 3);

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < 3000; i++) {
        assert_int_equal(bytes[i], 0);
    }
    hone_free(bytes);
}

static void sizes_that_overflow_give_nothing(void **state) {
    char *block = hone_strdup("kept");

    (void)state;
    assert_null(hone_new_array(SIZE_MAX / 2, 3));
    assert_null(hone_resize(block, SIZE_MAX / 2, 3));
    assert_string_equal(block, "kept");
    hone_free(block);
}

static void nothing_is_a_valid_amount(void **state) {
    void *none = hone_new_array(0, 8);

    (void)state;
    assert_non_null(none);
    none = hone_resize(none, 0, 8);
    assert_non_null(none);
    hone_free(none);
    hone_free(NULL);
}

static void resize_keeps_what_was_there(void **state) {
    char *text = hone_strdup("0123456789");

    (void)state;
    text = hone_resize(text, 100000, 1);
    assert_non_null(text);
    assert_string_equal(text, "0123456789");
    hone_free(text);
}

static void nth_allocation_fails_once(void **state) {
    void *block[4];

    (void)state;
    hone_alloc_fail_at(3, 0);
    block[0] = hone_new(1);
    block[1] = hone_strdup("a");
    block[2] = hone_new(1);
    block[3] = hone_new(1);
    hone_alloc_fail_at(0, 0);
    assert_non_null(block[0]);
    assert_non_null(block[1]);
    assert_null(block[2]);
    assert_non_null(block[3]);
    for (int i = 0; i < 4; i++) {
        hone_free(block[i]);
    }
}

static void all_from_the_nth_fail_until_told_otherwise(void **state) {
    void *block;

    (void)state;
    hone_alloc_fail_at(1, 1);
    for (int i = 0; i < 5; i++) {
        assert_null(hone_new(1));
    }
    hone_alloc_fail_at(0, 0);
    block = hone_new(1);
    assert_non_null(block);
    hone_free(block);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_arrives_zeroed),
        cmocka_unit_test(sizes_that_overflow_give_nothing),
        cmocka_unit_test(nothing_is_a_valid_amount),
        cmocka_unit_test(resize_keeps_what_was_there),
        cmocka_unit_test(nth_allocation_fails_once),
        cmocka_unit_test(all_from_the_nth_fail_until_told_otherwise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
