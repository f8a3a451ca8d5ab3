/* A short study on a disk that fails, at every operation that changes something, in
 * every way: it ends with a clear sentence, no trial that was told of is lost, and
 * once the disk is well the study goes on to the same end.
 *
 * HONE_FAULT_SECONDS: as long as that, power cuts with ever new seeds. */
#include "engine/clock.h"
#include "engine/run.h"
#include "search/samplers.h"
#include "tests/storage/faulty_vfs.h"
#include "tests/storage/rig.h"

#include <linux/magic.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cmocka.h>

/* Two sessions, so that a file is made, closed, opened again and gone on with. */
enum { PART = 1, WHOLE = 3 };

/* What the user was told. */
struct told {
    size_t count;
    uint64_t number[WHOLE];
    double loss[WHOLE];
};

/* ---- The file system: on a network one there is no WAL ---- */

static unsigned long kind_of_file_system = EXT4_SUPER_MAGIC;

int __wrap_statfs(const char *path, struct statfs *ret);
int __wrap_statfs64(const char *path, struct statfs *ret);

int __wrap_statfs(const char *path, struct statfs *ret) {
    memset(ret, 0, sizeof(*ret));
    ret->f_type = (__fsword_t)kind_of_file_system;
    return access(path, F_OK);
}

int __wrap_statfs64(const char *path, struct statfs *ret) {
    return __wrap_statfs(path, ret);
}

/* ---- A study ---- */

static enum hone_code evaluate(const struct hone_objective *self, const struct hone_job *job,
    struct hone_result *ret_result, struct hone_err *err) {
    const struct hone_curve_point point = {
        .epoch = 1, .train_loss = 1, .valid_loss = NAN, .rate = 1};

    (void)self;
    ret_result->value = sin(job->x_value[0] * 100 + (double)job->fold);
    hone_result_add_metric(ret_result, "accuracy", ret_result->value);
    if (job->trial == 1 && job->fold == 1) {
        hone_result_set_failed(ret_result, "bad luck");
    }
    return hone_result_add_point(ret_result, point, err);
}

static const struct hone_objective_type objective_type = {.name = "sine", .evaluate = evaluate};

static void note_told(void *self, const struct hone_trial *trial) {
    struct told *told = self;

    told->number[told->count] = trial->number;
    told->loss[told->count++] = trial->loss;
}

/* The open study, run up to a budget. */
static enum hone_code run_to(struct rig *rig, uint64_t budget, struct told *told,
    struct hone_err *err) {
    const struct hone_sampler_setup setup = {.space = &rig->space, .seed = 1, .budget = WHOLE,
        .folds = RIG_FOLDS};
    struct hone_plan plan = {.space = rig->space, .seed = 1, .timeout_seconds = (double)INFINITY,
        .sampler = &hone_sampler_random};
    const struct hone_objective objective = {.type = &objective_type, .folds = RIG_FOLDS,
        .maximize = true, .metric = "accuracy"};
    const struct hone_observer observer = {.self = told, .trial_finished = note_told};
    struct hone_stop stop = {0};
    struct hone_run run = {.plan = &plan, .objective = &objective, .history = &rig->history,
        .store = rig->store, .budget = budget, .parallel = 2, .workers = 1, .stop = &stop,
        .observer = &observer};
    enum hone_end end;
    enum hone_code code;

    assert_int_equal(hone_sampler_create(plan.sampler, &setup, &run.sampler, err), HONE_OK);
    code = hone_run(&run, &end, err);
    hone_sampler_free(run.sampler);
    return code;
}

/* From opening to closing. */
static enum hone_code session(struct rig *rig, uint64_t budget, struct told *told,
    struct hone_err *err) {
    enum hone_code code = rig_try_open(rig, err);

    if (code == HONE_OK) {
        code = run_to(rig, budget, told, err);
    }
    rig_close(rig);
    return code;
}

static enum hone_code both_sessions(struct rig *rig, struct told *told, struct hone_err *err) {
    enum hone_code code = session(rig, PART, told, err);

    return code == HONE_OK ? session(rig, WHOLE, told, err) : code;
}

/* ---- What must hold ---- */

static void complain(void *self, const char *sentence) {
    (void)self;
    print_error("%s\n", sentence);
}

static void assert_sound(struct rig *rig) {
    struct hone_census census = {0};
    struct hone_err err = {0};

    assert_int_equal(hone_db_check(rig->db, complain, NULL, &census, &err), HONE_OK);
    assert_int_equal(census.complaints, 0);
}

static bool is_same(double a, double b) {
    return isnan(a) ? isnan(b) : a == b;
}

static void assert_kept(const struct rig *rig, const struct told *told) {
    for (size_t i = 0; i < told->count; i++) {
        const struct hone_trial *trial = &rig->history.trial[told->number[i]];

        assert_true(told->number[i] < rig->history.count);
        assert_true(hone_state_is_finished(trial->state));
        assert_true(is_same(trial->loss, told->loss[i]));
    }
}

static void assert_same_study(const struct hone_history *a, const struct hone_history *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->trial[i].state, b->trial[i].state);
        assert_true(is_same(a->trial[i].loss, b->trial[i].loss));
        for (size_t p = 0; p < a->params; p++) {
            assert_true(is_same(a->trial[i].x_value[p], b->trial[i].x_value[p]));
        }
    }
}

/* The sentence names the file and says what happened, in SQLite's words. */
static void assert_clear(const struct rig *rig, enum hone_code code, const struct hone_err *err) {
    static const char *const words[] = {"disk is full", "disk I/O error", "unable to open"};
    bool clear = false;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        clear = clear || strstr(err->text, words[i]) != NULL;
    }
    if (code != HONE_OK && (code != HONE_E_IO || strstr(err->text, rig->path) == NULL || !clear)) {
        fail_msg("code %d: %s", (int)code, err->text);
    }
}

/* ---- The voyages ---- */

/* The one under way, for whoever reads why an assertion failed. */
static char where[128];

/* What all must come to. */
static struct hone_history reference;

/* Without a fault; how many operations, or syncs alone, that takes. */
static uint64_t count_operations(enum fault_kind kind, struct rig *rig) {
    struct told told = {0};
    struct hone_err err = {0};

    rig_init(rig);
    faulty_vfs_begin((struct fault){.kind = FAULT_NONE});
    assert_int_equal(both_sessions(rig, &told, &err), HONE_OK);
    assert_int_equal(told.count, WHOLE);
    return kind == FAULT_SYNC ? faulty_vfs_syncs() : faulty_vfs_count();
}

static int set_up(void **state) {
    struct rig rig;

    (void)state;
    faulty_vfs_install();
    (void)count_operations(FAULT_NONE, &rig);
    rig_open(&rig);
    reference = rig.history;
    rig.history = (struct hone_history){0};
    rig_finish(&rig);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    hone_history_finish(&reference);
    faulty_vfs_uninstall();
    return 0;
}

static void voyage(struct fault fault, enum fault_survival survival, uint64_t seed) {
    struct rig rig;
    struct told told = {0};
    struct hone_err err = {0};
    enum hone_code code;

    rig_init(&rig);
    faulty_vfs_begin(fault);
    code = both_sessions(&rig, &told, &err);
    assert_clear(&rig, code, &err);
    assert_true(code != HONE_OK || told.count == WHOLE);
    if (fault.kind == FAULT_POWER) {
        faulty_vfs_cut_power(survival, seed);
    }
    faulty_vfs_cure();
    rig_open(&rig); /* whatever is left can be opened, or made anew */
    assert_sound(&rig);
    assert_kept(&rig, &told);
    told.count = 0;
    if (run_to(&rig, WHOLE, &told, &err) != HONE_OK) {
        fail_msg("it does not go on: %s", err.text);
    }
    rig_close(&rig);
    rig_open(&rig);
    assert_sound(&rig);
    assert_same_study(&rig.history, &reference);
    rig_finish(&rig);
}

/* At every operation; says at which when one goes wrong. Returns how many there were. */
static uint64_t voyages(enum fault_kind kind, enum fault_survival survival, uint64_t seed) {
    struct rig rig;
    uint64_t last = count_operations(kind, &rig);

    rig_finish(&rig);
    for (uint64_t at = 1; at <= last; at++) {
        (void)snprintf(where, sizeof(where),
            "fault %d at operation %d of %d, survival %d, seed %llu", (int)kind, (int)at,
            (int)last, (int)survival, (unsigned long long)seed);
        voyage((struct fault){.kind = kind, .at = at}, survival, seed);
    }
    where[0] = '\0';
    return last;
}

static int say_where(void **state) {
    (void)state;
    if (where[0] != '\0') {
        print_error("%s\n", where);
    }
    return 0;
}

static void an_operation_that_fails_loses_nothing(void **state) {
    (void)state;
    (void)voyages(FAULT_ERROR, SURVIVE_ALL, 0);
}

static void a_full_disk_loses_nothing(void **state) {
    (void)state;
    (void)voyages(FAULT_FULL, SURVIVE_ALL, 0);
}

static void a_sync_that_fails_loses_nothing(void **state) {
    (void)state;
    (void)voyages(FAULT_SYNC, SURVIVE_ALL, 0);
}

static void a_power_cut_loses_nothing(void **state) {
    (void)state;
    (void)voyages(FAULT_POWER, SURVIVE_NOTHING, 1);
    (void)voyages(FAULT_POWER, SURVIVE_SECTORS, 1);
}

static void a_power_cut_without_a_wal_loses_nothing(void **state) {
    (void)state;
    kind_of_file_system = NFS_SUPER_MAGIC;
    (void)voyages(FAULT_POWER, SURVIVE_NOTHING, 1);
    kind_of_file_system = EXT4_SUPER_MAGIC;
}

static void no_power_cut_of_many_loses_anything(void **state) {
    const char *seconds = getenv("HONE_FAULT_SECONDS");
    double end = hone_clock_seconds() + (seconds == NULL ? 0 : strtod(seconds, NULL));
    uint64_t seed = (uint64_t)hone_clock_wall_ms();
    uint64_t rounds = 0;
    uint64_t cuts = 0;

    (void)state;
    while (hone_clock_seconds() < end) {
        kind_of_file_system = rounds / SURVIVALS % 2 == 0 ? EXT4_SUPER_MAGIC : NFS_SUPER_MAGIC;
        cuts += voyages(FAULT_POWER, (enum fault_survival)(rounds % SURVIVALS), seed + rounds);
        rounds++;
    }
    if (cuts > 0) {
        print_message("%llu power cuts\n", (unsigned long long)cuts);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(an_operation_that_fails_loses_nothing, say_where),
        cmocka_unit_test_teardown(a_full_disk_loses_nothing, say_where),
        cmocka_unit_test_teardown(a_sync_that_fails_loses_nothing, say_where),
        cmocka_unit_test_teardown(a_power_cut_loses_nothing, say_where),
        cmocka_unit_test_teardown(a_power_cut_without_a_wal_loses_nothing, say_where),
        cmocka_unit_test_teardown(no_power_cut_of_many_loses_anything, say_where),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
