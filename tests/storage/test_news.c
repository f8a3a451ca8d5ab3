/* What one engine hears of another on the same study. The other is a process of its
 * own, as engines are, and does what it is told through a pipe. */
#include "engine/clock.h"
#include "tests/storage/rig.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const double fold_value[RIG_FOLDS] = {0.5, 0.75, 0.625};

struct other {
    pid_t pid;
    int to, from;
};

/* ---- What the other one does ---- */

static void put_fold(struct rig *rig, struct hone_trial *trial) {
    const struct hone_result result = {.trial = trial->number, .fold = trial->folds_done,
        .value = fold_value[trial->folds_done], .seconds = 0.25, .started_ms = 1000};
    struct hone_err err;

    hone_trial_note_run(trial, result.fold, result.started_ms, result.seconds);
    hone_trial_note_fold(trial, RIG_FOLDS, result.fold, -result.value);
    assert_int_equal(hone_store_put_result(rig->store, &result, &err), HONE_OK);
    assert_int_equal(hone_store_put_trial(rig->store, trial, &err), HONE_OK);
}

static void put_end(struct rig *rig, struct hone_trial *trial, enum hone_state state) {
    struct hone_err err;

    trial->state = state;
    trial->finished_ms = state == HONE_WAITING ? 0 : 2000;
    trial->error = state == HONE_FAILED ? strdup("no luck") : NULL;
    assert_int_equal(hone_store_put_trial(rig->store, trial, &err), HONE_OK);
}

/* n: a new trial begins; k: a fold of it is done; c: the others too; w: it is given
 * back; f: it fails; l: the engine leaves. */
static void obey(struct rig *rig, char command) {
    struct hone_trial *trial = rig->history.count == 0
                                   ? NULL
                                   : &rig->history.trial[rig->history.count - 1];
    struct hone_err err;

    if (command == 'n') {
        (void)rig_begin(rig);
        return;
    }
    if (command == 'l') {
        rig_close(rig);
        return;
    }
    assert_int_equal(hone_store_begin(rig->store, &err), HONE_OK);
    if (command == 'k') {
        put_fold(rig, trial);
    } else if (command == 'c') {
        while (trial->folds_done < RIG_FOLDS) {
            put_fold(rig, trial);
        }
        put_end(rig, trial, HONE_COMPLETE);
    } else {
        put_end(rig, trial, command == 'w' ? HONE_WAITING : HONE_FAILED);
    }
    assert_int_equal(hone_store_end(rig->store, &err), HONE_OK);
}

static void serve(struct rig *rig, int from, int to) {
    char command;

    rig_open(rig);
    while (read(from, &command, 1) == 1) {
        obey(rig, command);
        if (write(to, &command, 1) != 1) {
            break;
        }
    }
    _exit(0);
}

/* ---- Telling it ---- */

static void start(struct rig *rig, struct other *ret_other) {
    int to[2];
    int from[2];

    assert_int_equal(pipe(to), 0);
    assert_int_equal(pipe(from), 0);
    ret_other->pid = fork();
    if (ret_other->pid == 0) {
        (void)close(to[1]);
        serve(rig, to[0], from[1]);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    ret_other->to = to[1];
    ret_other->from = from[0];
}

static void tell(struct other *other, const char *commands) {
    char answer;

    for (; *commands != '\0'; commands++) {
        assert_int_equal(write(other->to, commands, 1), 1);
        assert_int_equal(read(other->from, &answer, 1), 1);
    }
}

static void end(struct other *other, bool by_force) {
    if (by_force) {
        assert_int_equal(kill(other->pid, SIGKILL), 0);
    }
    (void)close(other->to);
    (void)close(other->from);
    assert_int_equal(waitpid(other->pid, NULL, 0), other->pid);
}

/* ---- Hearing of it ---- */

static bool hear(struct rig *rig) {
    struct hone_err err;
    bool changed = false;

    assert_int_equal(hone_store_begin(rig->store, &err), HONE_OK);
    assert_int_equal(hone_store_news(rig->store, &rig->history, &changed, &err), HONE_OK);
    assert_int_equal(hone_store_end(rig->store, &err), HONE_OK);
    return changed;
}

static bool has_news(struct rig *rig) {
    struct hone_err err;
    bool news = false;

    assert_int_equal(hone_store_has_news(rig->store, &news, &err), HONE_OK);
    return news;
}

static void an_engine_hears_what_another_does_with_a_trial(void **state) {
    static const struct {
        const char *commands;
        enum hone_state state;
        bool elsewhere;
        size_t folds_done;
        double loss; /* NaN: none */
    } cases[] = {
        {"n", HONE_RUNNING, true, 0, NAN},
        {"nk", HONE_RUNNING, true, 1, NAN},
        {"nkw", HONE_WAITING, false, 1, NAN},
        {"nkc", HONE_COMPLETE, true, 3, -0.625},
        {"nkf", HONE_FAILED, true, 1, NAN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct hone_trial *trial;
        struct other other;
        struct rig rig;

        rig_init(&rig);
        start(&rig, &other);
        tell(&other, "n");
        rig_open(&rig);
        assert_int_equal(rig.history.count, 1);
        assert_true(rig.history.trial[0].elsewhere);
        tell(&other, "c");
        tell(&other, cases[i].commands);
        assert_true(has_news(&rig));
        assert_true(hear(&rig));
        assert_int_equal(rig.history.count, 2);
        assert_int_equal(rig.history.trial[0].state, HONE_COMPLETE);
        trial = &rig.history.trial[1];
        assert_int_equal(trial->state, cases[i].state);
        assert_int_equal(trial->elsewhere, cases[i].elsewhere);
        assert_int_equal(trial->folds_done, cases[i].folds_done);
        assert_true(isnan(cases[i].loss) ? isnan(trial->loss) : trial->loss == cases[i].loss);
        assert_false(has_news(&rig));
        assert_false(hear(&rig));
        end(&other, false);
        rig_finish(&rig);
    }
}

static void a_trial_is_heard_of_at_every_step(void **state) {
    struct other other;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    start(&rig, &other);
    rig_open(&rig);
    tell(&other, "n");
    assert_true(hear(&rig));
    assert_int_equal(rig.history.trial[0].state, HONE_RUNNING);
    tell(&other, "kw");
    assert_true(hear(&rig));
    assert_int_equal(rig.history.trial[0].state, HONE_WAITING);
    assert_int_equal(rig.history.trial[0].folds_done, 1);
    tell(&other, "c");
    assert_true(hear(&rig));
    assert_int_equal(rig.history.trial[0].state, HONE_COMPLETE);
    assert_string_equal(rig.history.trial[0].part, "random");
    assert_true(rig.history.trial[0].seconds == 0.75);
    end(&other, false);
    rig_finish(&rig);
}

static void wait_for_news(struct rig *rig) {
    double began = hone_clock_seconds();

    while (!has_news(rig)) {
        assert_true(hone_clock_seconds() - began < 1);
        hone_clock_sleep(0.01);
    }
}

static void the_trial_of_a_dead_engine_waits_again_within_a_second(void **state) {
    struct other other;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    start(&rig, &other);
    rig_open(&rig);
    tell(&other, "nk");
    assert_true(hear(&rig));
    end(&other, true);
    wait_for_news(&rig);
    assert_true(hear(&rig));
    assert_int_equal(rig.history.trial[0].state, HONE_WAITING);
    assert_false(rig.history.trial[0].elsewhere);
    assert_int_equal(rig.history.trial[0].folds_done, 1);
    assert_false(hear(&rig));
    rig_close(&rig);
    rig_open(&rig); /* it stands so in the file */
    assert_int_equal(rig.history.trial[0].state, HONE_WAITING);
    assert_int_equal(rig.history.trial[0].folds_done, 1);
    rig_finish(&rig);
}

/* A run that fails for other reasons than its store gives nothing back itself. */
static void what_an_engine_leaves_running_waits_again(void **state) {
    struct other other;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    start(&rig, &other);
    rig_open(&rig);
    tell(&other, "ncnkl");
    assert_true(hear(&rig));
    assert_int_equal(rig.history.count, 2);
    assert_int_equal(rig.history.trial[1].state, HONE_WAITING);
    assert_int_equal(rig.history.trial[1].folds_done, 1);
    end(&other, false);
    rig_finish(&rig);
}

static void an_engine_that_left_is_not_missed(void **state) {
    struct other other;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    start(&rig, &other);
    rig_open(&rig);
    tell(&other, "ncl");
    assert_true(hear(&rig));
    end(&other, false);
    hone_clock_sleep(0.3);
    assert_false(has_news(&rig));
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_engine_hears_what_another_does_with_a_trial),
        cmocka_unit_test(a_trial_is_heard_of_at_every_step),
        cmocka_unit_test(the_trial_of_a_dead_engine_waits_again_within_a_second),
        cmocka_unit_test(what_an_engine_leaves_running_waits_again),
        cmocka_unit_test(an_engine_that_left_is_not_missed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
