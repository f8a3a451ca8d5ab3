/* What is packed comes back to the bit, in C and through the views. */
#include "storage/packed.h"
#include "tests/engine/bits.h"
#include "tests/storage/rig.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

enum { PARAMS = 40, BEYOND = PARAMS - 8, SAMPLES = 2000 };

/* Edges first, then numbers of any bits. */
static double sample(size_t i) {
    static const double edges[] = {0.0, -0.0, 1, -1, 0.1, DBL_MAX, -DBL_MAX, DBL_MIN, -DBL_MIN,
        4.9406564584124654e-324, -4.9406564584124654e-324, 2.2250738585072009e-308,
        9007199254740993.0, 1e-300, 3e300, 2, 0.5, 4294967296.0, 1.8446744073709552e19};
    static uint64_t state = 7;
    double value;

    if (i < sizeof(edges) / sizeof(edges[0])) {
        return edges[i];
    }
    do {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        value = real_of(state ^ (state >> 29));
    } while (!isfinite(value));
    return value;
}

static struct hone_packed_fold round_trip(struct hone_packed_fold fold) {
    unsigned char bytes[2 * HONE_FOLD_BYTES];

    hone_fold_pack(&fold, bytes + HONE_FOLD_BYTES);
    return hone_fold_at(bytes, 1);
}

static void folds_come_back(void **state) {
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        double value = sample(i);
        struct hone_packed_fold fold = round_trip((struct hone_packed_fold){.has_run = true,
            .value = value, .started_ms = (int64_t)i * 1000003, .seconds = (double)i / 64});

        assert_true(fold.has_run);
        assert_int_equal(bits_of(fold.value), bits_of(value));
        assert_int_equal(fold.started_ms, (int64_t)i * 1000003);
        assert_true(fabs(fold.seconds - (double)i / 64) <= 5e-7);
    }
}

static void what_cannot_be_told_is_brought_within(void **state) {
    struct hone_packed_fold fold = round_trip((struct hone_packed_fold){
        .has_run = true, .value = NAN, .started_ms = -5, .seconds = -1});

    (void)state;
    assert_true(fold.has_run && isnan(fold.value));
    assert_int_equal(fold.started_ms, 0);
    assert_true(fold.seconds == 0);
    fold = round_trip((struct hone_packed_fold){
        .has_run = true, .started_ms = INT64_MAX - 1, .seconds = INFINITY});
    assert_true(fold.has_run && fold.started_ms > 0 && fold.seconds > 1e8);
    assert_false(round_trip((struct hone_packed_fold){.value = 3, .seconds = 2}).has_run);
}

/* ---- Through SQL ---- */

static sqlite3_stmt *prepare(sqlite3 *sqlite, const char *sql) {
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(sqlite, sql, -1, &stmt, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(sqlite));
    }
    return stmt;
}

/* A study of 40 floats with one trial, of which every column beyond is NULL. */
static void insert(sqlite3 *sqlite, const double *x_value, const double *value, size_t folds) {
    unsigned char more[BEYOND * HONE_POINT_BYTES];
    unsigned char packed[PARAMS * HONE_FOLD_BYTES];
    sqlite3_stmt *stmt = prepare(sqlite,
        "INSERT OR REPLACE INTO trial(id, study, number, state, folds_done, x0, x1, x2, x3, x4, x5,"
        " x6, x7, more, folds, checksum, detail_checksum)"
        " VALUES (9, 9, 0, 2, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)");

    hone_point_pack(x_value + 8, BEYOND, more);
    for (size_t f = 0; f < folds; f++) {
        const struct hone_packed_fold fold = {.has_run = f != 1, .value = value[f],
            .started_ms = 1795608660682 + (int64_t)f, .seconds = 0.25 * (double)f};

        hone_fold_pack(&fold, packed + f * HONE_FOLD_BYTES);
    }
    for (int p = 0; p < 8; p++) {
        assert_int_equal(sqlite3_bind_double(stmt, p + 1, x_value[p]), SQLITE_OK);
    }
    assert_int_equal(sqlite3_bind_blob(stmt, 9, more, sizeof(more), SQLITE_STATIC), SQLITE_OK);
    assert_int_equal(sqlite3_bind_blob(stmt, 10, packed, (int)(folds * HONE_FOLD_BYTES),
                         SQLITE_STATIC), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
}

static void check_params(sqlite3 *sqlite, const double *x_value) {
    sqlite3_stmt *stmt = prepare(sqlite,
        "SELECT param, x FROM trial_param WHERE trial = 9 ORDER BY param");

    for (size_t p = 0; p < PARAMS; p++) {
        if (isnan(x_value[p])) {
            continue;
        }
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int(stmt, 0), p);
        assert_int_equal(bits_of(sqlite3_column_double(stmt, 1)), bits_of(x_value[p]));
    }
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
}

static void check_folds(sqlite3 *sqlite, const double *value, size_t folds) {
    sqlite3_stmt *stmt = prepare(sqlite,
        "SELECT fold, outcome, value, seconds, started_ms FROM fold WHERE trial = 9 ORDER BY fold");

    for (size_t f = 0; f < folds; f++) {
        if (f == 1) {
            continue; /* it has not run */
        }
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int(stmt, 0), f);
        assert_int_equal(sqlite3_column_int(stmt, 1), isnan(value[f]));
        assert_int_equal(sqlite3_column_type(stmt, 2) == SQLITE_NULL, isnan(value[f]));
        assert_true(isnan(value[f]) ||
                    bits_of(sqlite3_column_double(stmt, 2)) == bits_of(value[f]));
        assert_true(sqlite3_column_double(stmt, 3) == 0.25 * (double)f);
        assert_int_equal(sqlite3_column_int64(stmt, 4), 1795608660682 + (int64_t)f);
    }
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
}

static void views_show_every_bit(void **state) {
    double x_value[PARAMS];
    double value[PARAMS];
    sqlite3 *sqlite = NULL;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_close(&rig);
    assert_int_equal(sqlite3_open(rig.path, &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite,
        "UPDATE study SET folds = 40;"
        "WITH RECURSIVE n(p) AS (SELECT 0 UNION ALL SELECT p + 1 FROM n WHERE p < 39)"
        " INSERT INTO param SELECT 9, p, 'p' || p, 0, '' FROM n", NULL, NULL, NULL), SQLITE_OK);
    for (size_t i = 0; i < SAMPLES; i += PARAMS) {
        for (size_t k = 0; k < PARAMS; k++) {
            x_value[k] = k % 13 == 12 ? (double)NAN : sample(i + k);
            value[k] = k % 11 == 10 ? (double)NAN : sample(i + k);
        }
        insert(sqlite, x_value, value, PARAMS);
        check_params(sqlite, x_value);
        check_folds(sqlite, value, PARAMS);
    }
    insert(sqlite, x_value, value, 3); /* trailing folds are not stored */
    check_folds(sqlite, value, 3);
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_come_back),
        cmocka_unit_test(what_cannot_be_told_is_brought_within),
        cmocka_unit_test(views_show_every_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
