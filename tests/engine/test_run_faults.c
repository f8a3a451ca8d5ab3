/* A run whose surroundings fail, one call after the other. After each failure
 * the search is loaded again as a new process would, goes on, and must come to
 * the answer of one that nothing happened to. */
#include "tests/engine/fake.h"

#include "engine/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { FOLDS = 2, PARALLEL = 2, BUDGET = 6, WORKERS = 2, QUIET_ROUNDS = 20 };

static struct fake fake;
static struct fake expected;

static enum hone_outcome fail_in_trial_2(struct fake *self, const struct hone_job *job) {
    (void)self;
    return job->trial == 2 && job->fold == 1 ? HONE_OUTCOME_FAILED : HONE_OUTCOME_VALUE;
}

static void prepare(struct fake *search, fake_during *during) {
    fake_init(search, FOLDS, PARALLEL, BUDGET);
    search->objective.during = during;
}

static void run_expected(fake_during *during) {
    enum hone_end end;

    prepare(&expected, during);
    assert_int_equal(fake_run(&expected, 1, &end), HONE_OK);
    fake_finish(&expected);
}

static void go_on_and_compare(fake_during *during) {
    enum hone_end end;

    fake_reload(&fake);
    fake.objective.during = during;
    assert_int_equal(fake_run(&fake, WORKERS, &end), HONE_OK);
    assert_int_equal(end, HONE_END_BUDGET);
    fake_assert_same(&fake.store.durable, &expected.store.durable);
}

static void store_may_fail_at_any_call(void **state) {
    enum hone_code code = HONE_E_IO;

    (void)state;
    run_expected(fail_in_trial_2);
    for (unsigned long n = 1; code != HONE_OK; n++) {
        enum hone_end end = HONE_END_TIMEOUT;

        prepare(&fake, fail_in_trial_2);
        fake.store.fail_at = n;
        code = fake_run(&fake, WORKERS, &end);
        if (code != HONE_OK) {
            assert_int_equal(code, HONE_E_IO);
            assert_string_equal(fake.err.text, "the disk is full");
            assert_int_equal(end, HONE_END_TIMEOUT); /* untouched */
            go_on_and_compare(fail_in_trial_2);
        }
        fake_finish(&fake);
    }
}

/* Without memory for its sentence a failed fold is still a failed fold, so the
 * round in which that is hit ends well: a few quiet rounds end the test. */
static void memory_may_run_out_at_any_allocation(void **state) {
    int quiet = 0;

    (void)state;
    run_expected(NULL);
    for (unsigned long n = 1; quiet < QUIET_ROUNDS; n++) {
        enum hone_end end = HONE_END_TIMEOUT;
        enum hone_code code;

        prepare(&fake, NULL);
        hone_alloc_fail_at(n, 0);
        code = fake_run(&fake, WORKERS, &end);
        hone_alloc_fail_at(0, 0);
        quiet = code == HONE_OK ? quiet + 1 : 0;
        if (code != HONE_OK) {
            assert_int_equal(code, HONE_E_NOMEM);
            go_on_and_compare(NULL);
        }
        fake_finish(&fake);
    }
}

/* The same with a failing fold and a queued point; what its error says then depends on which
 * allocation was hit, so the records are not compared. */
static void memory_may_run_out_while_a_fold_fails(void **state) {
    int quiet = 0;

    (void)state;
    for (unsigned long n = 1; quiet < QUIET_ROUNDS; n++) {
        enum hone_end end;
        enum hone_code code;

        prepare(&fake, fail_in_trial_2);
        fake.store.queue_at = 2;
        fake.store.queue_count = 1;
        hone_alloc_fail_at(n, 0);
        code = fake_run(&fake, WORKERS, &end);
        hone_alloc_fail_at(0, 0);
        quiet = code == HONE_OK ? quiet + 1 : 0;
        assert_true(code == HONE_OK || code == HONE_E_NOMEM);
        assert_int_equal(code == HONE_OK, fake.finished == BUDGET);
        fake_finish(&fake);
    }
}

static void no_memory_at_all_is_one_clean_error(void **state) {
    enum hone_end end;
    enum hone_code code;

    (void)state;
    prepare(&fake, NULL);
    hone_alloc_fail_at(1, 1);
    code = fake_run(&fake, WORKERS, &end);
    hone_alloc_fail_at(0, 0);
    assert_int_equal(code, HONE_E_NOMEM);
    assert_int_equal(fake.store.calls, 0);
    fake_finish(&fake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_may_fail_at_any_call),
        cmocka_unit_test(memory_may_run_out_at_any_allocation),
        cmocka_unit_test(memory_may_run_out_while_a_fold_fails),
        cmocka_unit_test(no_memory_at_all_is_one_clean_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
