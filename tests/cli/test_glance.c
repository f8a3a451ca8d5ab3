#include "engine/cli/live/glance.h"
#include "engine/cli/live/pace.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- Help ---- */

static const struct cli_glance_trial running[] = {
    {.number = 7, .folds_done = 3, .at_work = 1, .fold = 3, .newest = {.epoch = 12}, .seconds = 4},
    {.number = 8, .folds_done = 1, .at_work = 2, .fold = 1, .newest = {.epoch = 2}, .seconds = 70},
    {.number = 9, .folds_done = 0},
};

static struct cli_glance busy(void) {
    return (struct cli_glance){
        .study = "digits", .metric = "accuracy", .budget = 40, .finished = 10, .complete = 7,
        .pruned = 2, .failed = 1, .folds = 5, .has_best = true, .best_trial = 5,
        .best_value = 0.975, .best_sem = 0.002, .best_gain = 0.0123,
        .best_params = "optimizer adam\nlearning_rate 0.001\nweight_decay 1e-07\n"
                       "batch_size 32\nhidden [64, 64]\n",
        .failure = "trial 6: exit status 1", .running = 3, .trial = running, .elapsed = 75,
        .rate = 0.5, .remaining = 60,
    };
}

/* The block without its colours. */
static void write_plain(const struct cli_glance *glance, size_t columns, size_t rows,
    bool unicode, struct hone_buf *ret) {
    struct hone_buf block = {0};

    cli_glance_add_block(glance, columns, rows, unicode, &block);
    for (size_t i = 0; i < block.length; i++) {
        if (block.text[i] == '\033') {
            i += strcspn(block.text + i, "m");
        } else {
            hone_buf_add_bytes(ret, block.text + i, 1);
        }
    }
    hone_buf_finish(&block);
}

static size_t count_lines(const char *text) {
    size_t lines = 0;

    for (; *text != '\0'; text++) {
        lines += *text == '\n';
    }
    return lines;
}

static void assert_block(const struct cli_glance *glance, size_t columns, size_t rows,
    bool unicode, const char *expected) {
    struct hone_buf block = {0};

    write_plain(glance, columns, rows, unicode, &block);
    assert_string_equal(hone_buf_text(&block), expected);
    hone_buf_finish(&block);
}

static void assert_says(const struct cli_glance *glance, size_t columns, size_t rows,
    const char *expected) {
    struct hone_buf block = {0};

    write_plain(glance, columns, rows, false, &block);
    assert_non_null(strstr(hone_buf_text(&block), expected));
    hone_buf_finish(&block);
}

/* ---- The block ---- */

static void a_wide_terminal_shows_everything(void **state) {
    const struct cli_glance glance = busy();

    (void)state;
    assert_block(&glance, 80, 24, false,
        "digits  ##########------------------------------  10 of 40 trials\n"
        "best     0.975 \u00b1 0.002 in trial 5, 0.012 better than the defaults\n"
        "         optimizer adam  learning_rate 0.001  weight_decay 1e-07  batch_size 32\n"
        "         hidden [64, 64]\n"
        "running  trial 7  ###+.  fold 3, epoch 12, 4 s\n"
        "         trial 8  #++..  2 folds, epoch 2, 1 min 10 s\n"
        "         trial 9  .....  0 s\n"
        "trials   7 complete, 2 pruned, 1 failed\n"
        "failure  trial 6: exit status 1\n"
        "time     1 min 15 s, 30 trials/min, about 1 min 0 s left\n");
}

static void a_small_terminal_shows_what_matters_most(void **state) {
    const struct cli_glance glance = busy();

    (void)state;
    assert_block(&glance, 40, 10, true,
        "digits  \u2501\u2501\u2501\u2501\u2501\u2501\u2501"
        "\u2501\u2501\u2501\u2501\u2501\u2501\u2501  10 of 40 trials\n"
        "best     0.975 \u00b1 0.002 in trial 5, 0.012 better than the defaults\n"
        "         optimizer adam\n"
        "         learning_rate 0.001\n"
        "running  trial 7  \u25cf\u25cf\u25cf\u25d0\u25cb  fold 3, epoch 12, 4 s\n"
        "         and 2 more\n"
        "trials   7 complete, 2 pruned, 1 failed\n"
        "failure  trial 6: exit status 1\n"
        "time     1 min 15 s, 30 trials/min, about 1 min 0 s left\n");
}

static void no_terminal_is_too_small_and_a_row_stays_free(void **state) {
    struct cli_glance glance = busy();

    (void)state;
    for (size_t rows = 3; rows < 30; rows++) {
        for (size_t columns = 2; columns < 100; columns += 7) {
            struct hone_buf block = {0};

            write_plain(&glance, columns, rows, true, &block);
            assert_in_range(count_lines(hone_buf_text(&block)), 2, rows - 1);
            hone_buf_finish(&block);
        }
    }
}

static void many_trials_are_counted(void **state) {
    struct cli_glance_trial many[40];
    struct cli_glance glance = busy();

    (void)state;
    for (size_t i = 0; i < 40; i++) {
        many[i] = (struct cli_glance_trial){.number = i, .at_work = 1};
    }
    glance.running = 40;
    glance.trial = many;
    glance.folds = 1;
    assert_says(&glance, 80, 24, "trial 6  0 s\n         and 33 more\n");
    assert_says(&glance, 80, 7, "running  40 trials\n");
}

static void what_is_not_known_is_left_out(void **state) {
    const struct cli_glance glance = {
        .study = "new", .budget = UINT64_MAX, .folds = 1, .best_gain = NAN, .rate = NAN,
        .remaining = NAN, .elapsed = 3,
    };

    (void)state;
    assert_block(&glance, 80, 24, false,
        "new  0 trials\nbest     none yet\ntrials   0 complete\ntime     3 s\n");
}

static void many_folds_are_a_number(void **state) {
    struct cli_glance glance = busy();

    (void)state;
    glance.folds = 20;
    assert_says(&glance, 80, 24, "trial 7  3 of 20 folds  fold 3, epoch 12, 4 s\n");
}

static void what_a_program_tells_are_steps(void **state) {
    const struct cli_glance_trial trial = {.number = 3, .at_work = 1, .seconds = 4,
        .newest = {.epoch = 12, .train_loss = NAN, .valid_loss = 0.5, .rate = NAN}};
    struct cli_glance glance = busy();

    (void)state;
    glance.running = 1;
    glance.trial = &trial;
    glance.folds = 1;
    assert_says(&glance, 80, 24, "trial 3  step 12, 4 s\n");
}

static void one_line_says_it_too(void **state) {
    const struct cli_glance glance = busy();
    struct hone_buf line = {0};

    (void)state;
    cli_glance_add_line(&glance, &line);
    assert_string_equal(hone_buf_text(&line),
        "10 of 40 trials, best 0.975 \u00b1 0.002 (trial 5), 2 pruned, 1 failed, "
        "1 min 15 s, 30 trials/min, about 1 min 0 s left");
    hone_buf_finish(&line);
}

static void more_than_the_budget_is_the_count_alone(void **state) {
    struct cli_glance glance = {.budget = 6, .finished = 6, .elapsed = NAN, .rate = NAN};
    struct hone_buf line = {0};

    (void)state;
    cli_glance_add_line(&glance, &line);
    assert_string_equal(hone_buf_text(&line), "6 of 6 trials");
    hone_buf_clear(&line);
    glance.finished = 7;
    cli_glance_add_line(&glance, &line);
    assert_string_equal(hone_buf_text(&line), "7 trials");
    hone_buf_finish(&line);
}

static void durations_have_two_units(void **state) {
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{0.4, "0 s"}, {59.6, "1 min 0 s"}, {3599, "59 min 59 s"}, {7300, "2 h 1 min"},
        {90000, "1 d 1 h"}, {1e300, "11574074074 d 1 h"}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hone_buf buf = {0};

        cli_add_duration(&buf, cases[i].seconds);
        assert_string_equal(hone_buf_text(&buf), cases[i].text);
        hone_buf_finish(&buf);
    }
}

/* ---- Pace ---- */

static void pace_is_that_of_the_last_trials(void **state) {
    struct cli_pace pace = {0};

    (void)state;
    assert_true(isnan(cli_pace_rate(&pace, 0)));
    cli_pace_note(&pace, 0);
    assert_true(isnan(cli_pace_rate(&pace, 5)));
    for (int i = 1; i <= 100; i++) {
        cli_pace_note(&pace, i); /* slow … */
    }
    for (int i = 1; i <= CLI_PACE_ROOM; i++) {
        cli_pace_note(&pace, 100 + 0.125 * i); /* … then quick */
    }
    assert_float_equal(cli_pace_rate(&pace, 108), 8, 1e-12);
    assert_float_equal(cli_pace_remaining(&pace, 108, 40), 5, 1e-12);
}

static void pace_sinks_while_nothing_finishes(void **state) {
    struct cli_pace pace = {0};

    (void)state;
    for (int i = 0; i <= 4; i++) {
        cli_pace_note(&pace, i);
    }
    assert_float_equal(cli_pace_rate(&pace, 4.9), 1, 1e-12); /* the next is not late yet */
    assert_float_equal(cli_pace_rate(&pace, 10), 0.5, 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_terminal_shows_everything),
        cmocka_unit_test(a_small_terminal_shows_what_matters_most),
        cmocka_unit_test(no_terminal_is_too_small_and_a_row_stays_free),
        cmocka_unit_test(many_trials_are_counted),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(many_folds_are_a_number),
        cmocka_unit_test(what_a_program_tells_are_steps),
        cmocka_unit_test(one_line_says_it_too),
        cmocka_unit_test(more_than_the_budget_is_the_count_alone),
        cmocka_unit_test(durations_have_two_units),
        cmocka_unit_test(pace_is_that_of_the_last_trials),
        cmocka_unit_test(pace_sinks_while_nothing_finishes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
