/* What a proposal is to improve upon, where folds disagree. */
#include "search/gp/threshold.h"

#include "search/gp/propose.h"
#include "search/points/points.h"
#include "tests/search/support.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FOLDS = 4, SIDE = 5, TRIALS = SIDE * SIDE + 1 };

/* A bowl on a grid of the square with the side `width`; the folds disagree by `quarrel` about
 * the first parameter, which leaves the means as they are. */
struct scene {
    struct maker maker;
    struct points points;
    struct hone_history history;
    struct gp_belief belief;
};

static void tell(struct hone_history *history, double x, double y, double quarrel) {
    static const double favours[FOLDS] = {1, -1, 0.5, -0.5};
    const double x_value[] = {x, y};
    struct hone_trial *trial;
    struct hone_err err;

    assert_int_equal(hone_history_append(history, x_value, &trial, &err), HONE_OK);
    for (size_t f = 0; f < history->folds; f++) {
        double loss = (x - 0.4) * (x - 0.4) + (y - 0.6) * (y - 0.6);

        hone_trial_note_fold(trial, history->folds, f, loss + quarrel * favours[f] * x);
    }
    trial->state = HONE_COMPLETE;
}

/* Imported, with the least loss and no folds. */
static void tell_without_folds(struct hone_history *history) {
    const double x_value[] = {1, 1};
    struct hone_trial *trial;
    struct hone_err err;

    assert_int_equal(hone_history_append(history, x_value, &trial, &err), HONE_OK);
    trial->part = hone_import_part;
    trial->state = HONE_COMPLETE;
    trial->loss = -0.1;
    hone_trial_stand_in(trial);
}

static void open_scene(struct scene *scene, size_t folds, double width, double quarrel,
    bool imports) {
    const struct gp_settings settings = {.kernel = &gp_kernel_matern52};
    struct hone_err err;

    *scene = (struct scene){.history = {.params = 2, .folds = folds}};
    add_float(&scene->maker, 0, 1, false, 0);
    add_float(&scene->maker, 0, 1, false, 0);
    assert_int_equal(points_init(&scene->points, make_space(&scene->maker), &err), HONE_OK);
    for (size_t i = 0; i < (size_t)SIDE * SIDE; i++) {
        tell(&scene->history, width * (double)(i / SIDE) / SIDE,
            width * (double)(i % SIDE) / SIDE, quarrel);
    }
    if (imports) {
        tell_without_folds(&scene->history);
    }
    assert_int_equal(
        points_read(&scene->points, &scene->history, scene->history.count, &err), HONE_OK);
    assert_int_equal(
        gp_belief_init(&scene->belief, &scene->points.layout, &settings, &err), HONE_OK);
    assert_int_equal(gp_belief_reach(&scene->belief, &scene->points.record, &scene->history,
                         scene->history.count, &err), HONE_OK);
    assert_true(scene->belief.is_ready);
}

static void close_scene(struct scene *scene) {
    gp_belief_finish(&scene->belief);
    points_finish(&scene->points);
    hone_history_finish(&scene->history);
    finish_space(&scene->maker);
}

/* How far the threshold is below the lowest mean, without a margin. */
static double gain_for(size_t folds, double width, double quarrel, bool imports,
    bool beyond_doubt) {
    double room[TRIALS], mean[TRIALS];
    size_t order[TRIALS], trial[TRIALS];
    struct scene scene;
    double ret;

    open_scene(&scene, folds, width, quarrel, imports);
    gp_order_by_mean(&scene.belief, mean, order, trial);
    ret = mean[order[0]] - gp_threshold(&(struct gp_ranking){.belief = &scene.belief,
              .record = &scene.points.record, .order = order},
        0, beyond_doubt, room);
    close_scene(&scene);
    return ret;
}

static double gain_of(size_t folds, double width, double quarrel) {
    return gain_for(folds, width, quarrel, false, true);
}

static void folds_that_agree_leave_no_doubt(void **unused) {
    (void)unused;
    assert_true(fabs(gain_of(FOLDS, 1, 0)) <= 1e-9);
}

static void a_gain_that_folds_disagree_about_is_none(void **unused) {
    double small = gain_of(FOLDS, 1, 0.01);

    (void)unused;
    assert_true(small > 0);
    assert_true(fabs(gain_of(FOLDS, 1, 0.02) - 2 * small) <= 1e-6 * small);
}

static void within_doubt_any_gain_is_one(void **unused) {
    (void)unused;
    assert_true(fabs(gain_for(FOLDS, 1, 0.01, false, false)) <= 1e-9);
}

static void neighbours_are_no_rivals(void **unused) {
    (void)unused;
    assert_true(fabs(gain_of(FOLDS, 0.1, 0.01)) <= 1e-9);
}

static void two_folds_say_nothing_of_doubt(void **unused) {
    (void)unused;
    assert_true(fabs(gain_of(2, 1, 0.01)) <= 1e-9);
    assert_true(fabs(gain_of(1, 1, 0.01)) <= 1e-9);
}

static void a_best_trial_without_folds_hides_no_doubt(void **unused) {
    (void)unused;
    assert_true(gain_for(FOLDS, 1, 0.01, true, true) > 1e-3);
}

static void losses_without_a_square_leave_a_threshold(void **unused) {
    (void)unused;
    assert_true(isfinite(gain_of(FOLDS, 1, 1e200)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_that_agree_leave_no_doubt),
        cmocka_unit_test(a_gain_that_folds_disagree_about_is_none),
        cmocka_unit_test(within_doubt_any_gain_is_one),
        cmocka_unit_test(neighbours_are_no_rivals),
        cmocka_unit_test(two_folds_say_nothing_of_doubt),
        cmocka_unit_test(a_best_trial_without_folds_hides_no_doubt),
        cmocka_unit_test(losses_without_a_square_leave_a_threshold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
