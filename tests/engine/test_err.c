#include "engine/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void context_comes_before_the_sentence(void **state) {
    struct hone_err err;

    (void)state;
    assert_int_equal(hone_fail(&err, HONE_E_IO, "line %d is short", 7), HONE_E_IO);
    assert_int_equal(hone_while(&err, "reading '%s'", "a.csv"), HONE_E_IO);
    assert_int_equal(hone_while(&err, "opening"), HONE_E_IO);
    assert_string_equal(err.text, "opening: reading 'a.csv': line 7 is short");
    assert_int_equal(err.code, HONE_E_IO);
}

static void long_texts_are_cut_not_overrun(void **state) {
    struct hone_err err;
    char text[3 * sizeof(err.text)];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(hone_fail(&err, HONE_E_INPUT, "%s", text), HONE_E_INPUT);
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(hone_while(&err, "%s", text), HONE_E_INPUT);
        assert_true(strlen(err.text) < sizeof(err.text));
        assert_non_null(strstr(err.text, ": "));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(context_comes_before_the_sentence),
        cmocka_unit_test(long_texts_are_cut_not_overrun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
