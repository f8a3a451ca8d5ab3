#include "tests/search/gp/degenerate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { TRIALS = 60 };

static void make_line(struct maker *maker) {
    add_float(maker, 0, 1, false, 0);
}

static void make_two_levels(struct maker *maker) {
    add_choice(maker, 2);
}

static void make_bare_branch(struct maker *maker) {
    size_t parent = add_choice(maker, 2);

    add_when(maker, add_float(maker, 0, 1, false, 0), parent, 1, (const double[]){1});
}

static void make_many_levels(struct maker *maker) {
    add_choice(maker, 500);
    add_int(maker, 1, 100000, true, 0);
    add_int(maker, 1, 900, false, 0);
}

/* One of 1000 random points is in the branch that has no end. */
static void make_rare_branch(struct maker *maker) {
    size_t parent = add_choice(maker, 10);
    size_t child = add_choice(maker, 10);
    size_t grandchild = add_choice(maker, 10);

    add_when(maker, child, parent, 1, (const double[]){3});
    add_when(maker, grandchild, child, 1, (const double[]){7});
    add_when(maker, add_float(maker, 0, 1, false, 0), grandchild, 1, (const double[]){2});
}

/* A grid would have three of these. */
static void make_points(struct maker *maker) {
    add_int(maker, 1, 20, false, 3);
}

static double always_1(const double *x) {
    (void)x;
    return 1;
}

static double always_fails(const double *x) {
    (void)x;
    return (double)NAN;
}

const struct problem problem_always_fails = {"all failed", make_line, always_fails, 0};

static double fails_but_once(const double *x) {
    return x[0] == 0.5 ? 1 : (double)NAN;
}

static double enormous(const double *x) {
    return (x[0] - 0.5) * 1e300;
}

static double one_is_enormous(const double *x) {
    return x[0] > 0.7 ? 1e300 : x[0];
}

static double first_value(const double *x) {
    return x[0];
}

static const struct {
    struct problem problem;
    size_t points;
} degenerate[] = {
    {{"equal", make_line, always_1, 0}, TRIALS},
    {{"all failed", make_line, always_fails, 0}, TRIALS},
    {{"one finite", make_line, fails_but_once, 0}, TRIALS},
    {{"1e300", make_line, enormous, 0}, TRIALS},
    {{"one 1e300", make_line, one_is_enormous, 0}, TRIALS},
    {{"two levels", make_two_levels, first_value, 0}, 2},
    /* A branch of one point, and it is the best: there are always others. */
    {{"bare branch", make_bare_branch, first_value, 0}, TRIALS},
    {{"bare branch, equal", make_bare_branch, always_1, 0}, TRIALS},
    {{"rare branch", make_rare_branch, first_value, 0}, TRIALS},
    {{"points", make_points, first_value, 0}, 20},
    {{"many levels", make_many_levels, first_value, 0}, TRIALS},
};

void check_no_point_twice(const struct study *study) {
    for (size_t t = 0; t < study->history.count; t++) {
        for (size_t s = 0; s < t; s++) {
            assert_false(hone_space_same(study->space, study->history.trial[t].x_value,
                study->history.trial[s].x_value));
        }
    }
}

void check_degenerate(const struct hone_sampler_type *type) {
    for (size_t i = 0; i < sizeof(degenerate) / sizeof(degenerate[0]); i++) {
        for (size_t parallel = 1; parallel <= 3; parallel += 2) {
            struct study study;

            open_study_of(&study, type, &degenerate[i].problem, 1);
            study.parallel = parallel;
            assert_int_equal(play(&study, TRIALS), degenerate[i].points);
            check_no_point_twice(&study);
            close_study(&study);
        }
    }
}
