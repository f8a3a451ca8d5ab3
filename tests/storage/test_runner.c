/* Who may run a study, and what becomes of a run that is no longer the one. */
#include "engine/clock.h"
#include "tests/storage/rig.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { LEASE_MINUTES = 5, MS_PER_MINUTE = 60000 };

/* Opens the study with another store than the rig's. ret_elsewhere: trials that
 * others run, as far as it can tell. */
static enum hone_code open_again(struct rig *rig, const char *name, size_t *ret_elsewhere,
    struct hone_err *err) {
    struct hone_study study = rig->study;
    struct hone_history history = {.params = rig->space.n, .folds = RIG_FOLDS};
    struct hone_store *store = NULL;
    struct hone_db *db = NULL;
    uint64_t parallel;
    enum hone_code code;

    study.name = name;
    assert_int_equal(hone_db_open(rig->path, HONE_DB_WRITE, &db, err), HONE_OK);
    assert_int_equal(hone_sqlite_store_new(db, &store, err), HONE_OK);
    code = hone_store_open_study(store, &study, &history, &parallel, err);
    for (size_t i = 0; i < history.count; i++) {
        *ret_elsewhere += history.trial[i].elsewhere;
    }
    hone_history_finish(&history);
    hone_store_close(store);
    hone_db_close(db);
    return code;
}

/* What a runner's row says decides, whoever wrote it. This process stands for
 * one that lives; `pid` 1 lives as well and started at another time. */
static void a_runner_lives_where_it_can_be_seen_or_is_heard_of(void **state) {
    static const struct {
        const char *sql; /* how the row differs from one of this process */
        int minutes;     /* since it last wrote */
        bool lives;
    } cases[] = {
        {"SELECT 1", 0, false}, /* this very process: a run that ended without closing */
        {"UPDATE runner SET host = 'elsewhere'", 100, true},
        {"UPDATE runner SET pid = 999999999", 0, false},
        {"UPDATE runner SET pid = 0", 0, false},
        {"UPDATE runner SET pid = -1, host = 'elsewhere', boot = 'b/1'", 0, false},
        {"UPDATE runner SET pid = 1", 0, false},
        {"UPDATE runner SET host = 'elsewhere', boot = 'b/1'", 4, true},
        {"UPDATE runner SET host = 'elsewhere', boot = 'b/1'", 5, false},
        {"UPDATE runner SET host = 'elsewhere', boot = 'b/1', pid = 999999999", 4, true},
        {"UPDATE runner SET boot = 'b/1'", 0, false},
        {"UPDATE runner SET boot = 'b' || substr(boot, instr(boot, '/'))", 0, false},
        {"UPDATE runner SET boot = substr(boot, 1, instr(boot, '/')) || '1'", 4, true},
        {"UPDATE runner SET boot = substr(boot, 1, instr(boot, '/')) || '1'", 5, false},
        {"UPDATE runner SET boot = substr(boot, 1, instr(boot, '/')) || '1', host = 'x'", 4, true},
        {"UPDATE runner SET boot = ''", 0, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char seen[96];
        struct hone_err err = {0};
        size_t elsewhere = 0;
        struct rig rig;

        rig_init(&rig);
        rig_open(&rig);
        rig_fill(&rig, 1);
        rig_begin(&rig);
        (void)snprintf(seen, sizeof(seen), "UPDATE runner SET seen_ms = %" PRId64,
            hone_clock_wall_ms() - (int64_t)cases[i].minutes * MS_PER_MINUTE);
        rig_sql(&rig, seen);
        rig_sql(&rig, cases[i].sql);
        assert_int_equal(open_again(&rig, "trees", &elsewhere, &err), HONE_OK);
        if (elsewhere != cases[i].lives) {
            fail_msg("%s, %d minutes: %zu trials elsewhere", cases[i].sql, cases[i].minutes,
                elsewhere);
        }
        rig_finish(&rig);
    }
}

static void a_run_that_was_buried_may_not_write(void **state) {
    struct rig rig;
    struct hone_err err = {0};
    size_t elsewhere = 0;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 1);
    assert_int_equal(open_again(&rig, "trees", &elsewhere, &err), HONE_OK);
    assert_int_equal(hone_store_begin(rig.store, &err), HONE_E_BUSY);
    assert_string_equal(err.text,
        "study 'trees': this engine was taken for dead, and others go on without it");
    rig_finish(&rig);
}

static int64_t seen_ms(const struct rig *rig) {
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *stmt = NULL;
    int64_t seen;

    assert_int_equal(sqlite3_open(rig->path, &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(sqlite, "SELECT seen_ms FROM runner", -1, &stmt, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    seen = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(sqlite);
    return seen;
}

static void turns_renew_what_says_that_a_run_is_at_work(void **state) {
    int64_t now_ms = INT64_C(1800000000000);
    struct hone_err err = {0};
    bool news = true;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    hone_clock_freeze(now_ms);
    rig_open(&rig);
    assert_int_equal(seen_ms(&rig), now_ms);
    hone_clock_freeze(now_ms + MS_PER_MINUTE / 2);
    rig_fill(&rig, 1);
    assert_int_equal(seen_ms(&rig), now_ms); /* not with every turn */
    now_ms += LEASE_MINUTES * MS_PER_MINUTE / 5;
    hone_clock_freeze(now_ms - 1);
    assert_int_equal(hone_store_has_news(rig.store, &news, &err), HONE_OK);
    assert_false(news);
    hone_clock_freeze(now_ms);
    assert_int_equal(hone_store_has_news(rig.store, &news, &err), HONE_OK);
    assert_true(news); /* though it has nothing to write */
    rig_fill(&rig, 1);
    assert_int_equal(seen_ms(&rig), now_ms);
    hone_clock_freeze(-1);
    rig_finish(&rig);
}

/* A child that ended and that its parent has not waited for keeps its pid. */
static void a_process_that_has_ended_but_is_not_waited_for_is_dead(void **state) {
    struct rig rig;
    struct hone_err err = {0};
    size_t elsewhere = 0;
    siginfo_t info;
    pid_t child;

    (void)state;
    rig_init(&rig);
    child = fork();
    if (child == 0) {
        rig_open(&rig);
        rig_fill(&rig, 1);
        rig_begin(&rig);
        _exit(0);
    }
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(open_again(&rig, "trees", &elsewhere, &err), HONE_OK);
    assert_int_equal(elsewhere, 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    rig_finish(&rig);
}

static void a_name_that_differs_only_in_case_is_refused(void **state) {
    struct rig rig;
    struct hone_err err = {0};
    size_t elsewhere = 0;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_close(&rig);
    assert_int_equal(open_again(&rig, "Trees", &elsewhere, &err), HONE_E_INPUT);
    assert_string_equal(err.text, "there is a study 'trees' whose name differs from 'Trees' only in"
        " case; use that name or quite another");
    assert_int_equal(open_again(&rig, "trees", &elsewhere, &err), HONE_OK);
    rig_finish(&rig);
}

static void a_failed_store_repeats_its_first_reason(void **state) {
    struct hone_result result = {.value = 1};
    struct hone_err first = {0};
    struct hone_err err = {0};
    bool changed;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 2);
    rig_sql(&rig, "DELETE FROM trial WHERE number = 1");
    assert_int_equal(hone_store_begin(rig.store, &err), HONE_OK);
    assert_int_equal(hone_store_put_trial(rig.store, &rig.history.trial[1], &first),
        HONE_E_CORRUPT);
    rig_sql(&rig, "DELETE FROM curve; DELETE FROM metric"); /* the turn holds no lock any more */
    assert_int_equal(hone_store_put_trial(rig.store, &rig.history.trial[0], &err), HONE_E_CORRUPT);
    assert_string_equal(err.text, first.text);
    assert_int_equal(hone_store_put_result(rig.store, &result, &err), HONE_E_CORRUPT);
    assert_int_equal(hone_store_news(rig.store, &rig.history, &changed, &err), HONE_E_CORRUPT);
    assert_int_equal(hone_store_end(rig.store, &err), HONE_E_CORRUPT);
    assert_int_equal(hone_store_begin(rig.store, &err), HONE_E_CORRUPT);
    assert_string_equal(err.text, first.text);
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_runner_lives_where_it_can_be_seen_or_is_heard_of),
        cmocka_unit_test(a_run_that_was_buried_may_not_write),
        cmocka_unit_test(turns_renew_what_says_that_a_run_is_at_work),
        cmocka_unit_test(a_process_that_has_ended_but_is_not_waited_for_is_dead),
        cmocka_unit_test(a_name_that_differs_only_in_case_is_refused),
        cmocka_unit_test(a_failed_store_repeats_its_first_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
