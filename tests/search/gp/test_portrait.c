#include "search/gp_portrait.h"

#include "engine/alloc.h"
#include "search/samplers.h"
#include "tests/search/gp/study.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { TRIALS = 60, PROBES = 60 };

static struct hone_sampler_setup setup_of(const struct study *study, const void *config) {
    return (struct hone_sampler_setup){.space = study->space, .seed = 1, .budget = TRIALS,
        .folds = STUDY_FOLDS, .config = config};
}

static struct hone_gp_portrait *draw(const struct study *study, const void *config) {
    const struct hone_sampler_setup setup = setup_of(study, config);
    struct hone_gp_portrait *portrait = NULL;
    struct hone_err err = {0};

    assert_int_equal(hone_gp_portrait_new(&setup, &study->history, &portrait, &err), HONE_OK);
    return portrait;
}

/* The loss at a random point of the space, and whether the portrait reaches it. */
static bool reaches(const struct study *study, const struct hone_gp_portrait *portrait, size_t i,
    double *ret_off) {
    double x_unit[STUDY_ROOM], x_value[STUDY_ROOM];
    struct hone_gp_guess guess;
    struct hone_rng rng;
    double loss;

    hone_rng_at(&rng, 7, i, 0, HONE_FOR_POINT);
    for (size_t p = 0; p < study->space->n; p++) {
        x_unit[p] = hone_rng_uniform(&rng);
    }
    hone_space_decode(study->space, x_unit, x_value);
    guess = hone_gp_portrait_guess(portrait, x_value);
    loss = study->problem->loss(x_value);
    assert_true(guess.low <= guess.mean && guess.mean <= guess.high);
    *ret_off = guess.mean - loss;
    return guess.low <= loss && loss <= guess.high;
}

static void a_portrait_knows_points_that_were_not_tried(void **state) {
    struct study study = {.noise = 0.01};
    struct hone_gp_portrait *portrait;
    size_t reached = 0;
    double off = 0;

    (void)state;
    open_study_of(&study, &hone_sampler_random, &problem_branin, 1);
    (void)play(&study, TRIALS);
    portrait = draw(&study, NULL);
    for (size_t i = 0; i < PROBES; i++) {
        reached += reaches(&study, portrait, i, &off);
    }
    assert_true(reached >= PROBES * 7 / 10);
    hone_gp_portrait_free(portrait);
    close_study(&study);
}

static void left_out_trials_are_foreseen(void **state) {
    struct study study = {.noise = 0.01};
    struct hone_gp_portrait *portrait;
    bool seen[STUDY_ROOM] = {false};
    size_t within = 0;

    (void)state;
    open_study_of(&study, &hone_sampler_random, &problem_branin, 2);
    (void)play(&study, TRIALS);
    portrait = draw(&study, NULL);
    assert_int_equal(hone_gp_portrait_count(portrait), TRIALS);
    for (size_t i = 0; i < TRIALS; i++) {
        uint64_t number = UINT64_MAX;
        const struct hone_gp_guess guess = hone_gp_portrait_left_out(portrait, i, &number);

        assert_true(number < TRIALS && !seen[number]);
        seen[number] = true;
        within += guess.low <= study.history.trial[number].loss &&
                  study.history.trial[number].loss <= guess.high;
    }
    assert_true(within >= TRIALS * 7 / 10);
    hone_gp_portrait_free(portrait);
    close_study(&study);
}

static void it_is_that_of_the_sampler_by_default(void **state) {
    struct study study = {.noise = 0.1};
    struct hone_gp_portrait *one, *other;

    (void)state;
    open_study_of(&study, &hone_sampler_random, &problem_conditional, 3);
    (void)play(&study, 30);
    one = draw(&study, NULL);
    other = draw(&study, preset_config(&hone_sampler_gp));
    for (size_t p = 0; p < study.space->n; p++) {
        const double a = hone_gp_portrait_length(one, p), b = hone_gp_portrait_length(other, p);

        assert_memory_equal(&a, &b, sizeof(a));
        assert_true(a > 0);
    }
    hone_gp_portrait_free(one);
    hone_gp_portrait_free(other);
    close_study(&study);
}

static void too_few_results_are_no_portrait(void **state) {
    struct study study = {.noise = 0.1};
    struct hone_sampler_setup setup;
    struct hone_gp_portrait *portrait = NULL;
    struct hone_err err = {0};

    (void)state;
    open_study_of(&study, &hone_sampler_random, &problem_branin, 4);
    setup = setup_of(&study, NULL);
    assert_int_equal(hone_gp_portrait_new(&setup, &study.history, &portrait, &err),
        HONE_E_MISSING);
    assert_non_null(strstr(err.text, "at least"));
    hone_gp_portrait_free(NULL);
    close_study(&study);
}

static void memory_may_run_out_anywhere(void **state) {
    struct study study = {.noise = 0.1};
    struct hone_sampler_setup setup;
    enum hone_code code = HONE_E_NOMEM;

    (void)state;
    open_study_of(&study, &hone_sampler_random, &problem_branin, 5);
    (void)play(&study, 8);
    setup = setup_of(&study, NULL);
    for (unsigned long n = 1; code == HONE_E_NOMEM && n < 20000; n += n < 60 ? 1 : n / 8) {
        struct hone_gp_portrait *portrait = NULL;
        struct hone_err err;

        hone_alloc_fail_at(n, 1);
        code = hone_gp_portrait_new(&setup, &study.history, &portrait, &err);
        hone_alloc_fail_at(0, 0);
        hone_gp_portrait_free(portrait);
    }
    assert_int_equal(code, HONE_OK);
    close_study(&study);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_portrait_knows_points_that_were_not_tried),
        cmocka_unit_test(left_out_trials_are_foreseen),
        cmocka_unit_test(it_is_that_of_the_sampler_by_default),
        cmocka_unit_test(too_few_results_are_no_portrait),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests_name("gp_portrait", tests, NULL, NULL);
}
