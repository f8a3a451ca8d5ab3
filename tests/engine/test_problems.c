#include "engine/problems.h"

#include "engine/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CASES(table) (sizeof(table) / sizeof((table)[0]))

static void a_line_has_file_place_key_and_sentence(void **state) {
    struct hone_problems problems = {.file = "a.yaml"};
    struct hone_problems nameless = {0};
    struct hone_err err;

    (void)state;
    assert_int_equal(hone_problems_verdict(&problems, &err), HONE_OK);
    hone_problem(&problems, (struct hone_place){3, 7}, "space.lr", "%d is odd; 2", 3);
    hone_problem(&problems, (struct hone_place){0, 0}, "", "nothing stands here");
    assert_string_equal(hone_buf_text(&problems.lines),
        "a.yaml:3:7: space.lr: 3 is odd; 2\na.yaml:1:1: nothing stands here\n");
    assert_int_equal(hone_problems_verdict(&problems, &err), HONE_E_INPUT);
    assert_string_equal(err.text, "2 problems in 'a.yaml'");
    hone_problem(&nameless, (struct hone_place){1, 1}, "k", "wrong");
    assert_string_equal(hone_buf_text(&nameless.lines), "spec:1:1: k: wrong\n");
    assert_int_equal(hone_problems_verdict(&nameless, &err), HONE_E_INPUT);
    assert_string_equal(err.text, "1 problem in 'spec'");
    hone_problems_finish(&problems);
    hone_problems_finish(&nameless);
    assert_int_equal(problems.count, 0);
}

static void a_line_stays_one_harmless_line(void **state) {
    struct hone_problems problems = {.file = "a\nb\x1b"};
    char much[5000];

    (void)state;
    hone_problem(&problems, (struct hone_place){1, 2}, "k\x1b[2J\n", "%s", "x\ny\x7f\xC2\x9B\xFF");
    assert_string_equal(hone_buf_text(&problems.lines),
        "a\\x0ab\\x1b:1:2: k\\x1b[2J\\x0a: x\\x0ay\\x7f\\xc2\\x9b\\xff\n");
    memset(much, 'z', sizeof(much) - 1);
    much[sizeof(much) - 1] = '\0';
    hone_buf_clear(&problems.lines);
    hone_problem(&problems, (struct hone_place){1, 2}, "k", "%s", much);
    assert_true(problems.lines.length < 1100);
    assert_int_equal(problems.lines.text[problems.lines.length - 1], '\n');
    hone_problems_finish(&problems);
}

static void later_problems_are_only_counted(void **state) {
    struct hone_problems problems = {.file = "a"};
    struct hone_err err;
    size_t lines = 0;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        hone_problem(&problems, (struct hone_place){i + 1, 1}, "k", "wrong");
    }
    for (const char *c = hone_buf_text(&problems.lines); *c != '\0'; c++) {
        lines += *c == '\n';
    }
    assert_int_equal(lines, HONE_PROBLEMS_SHOWN);
    assert_int_equal(problems.count, 5000);
    assert_int_equal(hone_problems_verdict(&problems, &err), HONE_E_INPUT);
    assert_string_equal(err.text, "5000 problems in 'a'");
    hone_problems_finish(&problems);
}

static void a_lost_line_is_no_silent_pass(void **state) {
    struct hone_problems problems = {.file = "a"};
    struct hone_err err;

    (void)state;
    hone_alloc_fail_at(1, 1);
    hone_problem(&problems, (struct hone_place){1, 1}, "k", "wrong");
    hone_alloc_fail_at(0, 0);
    assert_int_equal(hone_problems_verdict(&problems, &err), HONE_E_NOMEM);
    hone_problems_finish(&problems);
}

static void the_nearest_word_is_the_one_meant(void **state) {
    static const char *const word[] = {"learning_rate", "momentum", "optimizer", "low", "log", "lr",
        "x", "a_name_so_long_that_it_is_beyond_what_anybody_would_ever_type_by_hand"};
    static const struct {
        const char *typed, *meant;
    } c[] = {
        {"learning_rat", "learning_rate"}, {"learnign_rate", "learning_rate"},
        {"Learning_Rate", "learning_rate"}, {"learningrate", "learning_rate"},
        {"lerning_raet", "learning_rate"}, {"momentun", "momentum"}, {"momenutm", "momentum"},
        {"optimiser", "optimizer"}, {"lwo", "low"}, {"lob", "low"}, {"logg", "log"},
        {"LOG", "log"}, {"rl", "lr"}, {"X", "x"},
        {"y", NULL}, {"", NULL}, {"zz", NULL}, {"epochs", NULL}, {"rate", NULL},
        {"momentum_of_the_thing", NULL},
        {"a_name_so_long_that_it_is_beyond_what_anybody_would_ever_type_by_han", NULL},
    };

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        const char *near = hone_nearest(c[i].typed, word, CASES(word));

        if ((near == NULL) != (c[i].meant == NULL) ||
            (near != NULL && strcmp(near, c[i].meant) != 0)) {
            fail_msg("'%s' was taken for '%s'", c[i].typed, near != NULL ? near : "nothing");
        }
    }
    assert_null(hone_nearest("low", word, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_file_place_key_and_sentence),
        cmocka_unit_test(a_line_stays_one_harmless_line),
        cmocka_unit_test(later_problems_are_only_counted),
        cmocka_unit_test(a_lost_line_is_no_silent_pass),
        cmocka_unit_test(the_nearest_word_is_the_one_meant),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
