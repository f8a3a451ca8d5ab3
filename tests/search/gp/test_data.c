/* What a history shows to the model. */
#include "search/gp/data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { FOLDS = 3, TRIALS = 6 };

static struct hone_trial *add_trial(struct hone_history *history) {
    struct hone_trial *trial;
    struct hone_err err;

    assert_int_equal(hone_history_append(history, NULL, &trial, &err), HONE_OK);
    trial->state = HONE_COMPLETE;
    return trial;
}

/* Fold f adds 10 (f - 1) to every trial. */
static void tell_folds(struct hone_history *history, double loss) {
    struct hone_trial *trial = add_trial(history);

    for (size_t f = 0; f < FOLDS; f++) {
        hone_trial_note_fold(trial, FOLDS, f, loss + 10 * ((double)f - 1));
    }
}

static void an_imported_mean_has_no_effect_of_a_fold_in_it(void **unused) {
    const struct gp_reading reading = {.warp = GP_WARP_HALFRANK};
    struct hone_history history = {.folds = FOLDS};
    struct gp_data data = {0};
    struct hone_trial *imported;
    struct hone_err err;

    (void)unused;
    for (int i = 0; i < TRIALS; i++) {
        tell_folds(&history, i);
    }
    imported = add_trial(&history);
    imported->part = hone_import_part;
    imported->loss = 2.5;
    hone_trial_stand_in(imported);
    assert_int_equal(gp_data_read(&data, &reading, &history, history.count, &err), HONE_OK);
    assert_int_equal(data.n, TRIALS + 1);
    for (int i = 0; i < TRIALS; i++) {
        assert_true(fabs(data.y[i] - i) < 1e-12);
    }
    assert_true(data.y[TRIALS] == 2.5);
    gp_data_finish(&data);
    hone_history_finish(&history);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_imported_mean_has_no_effect_of_a_fold_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
