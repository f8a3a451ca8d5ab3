#include "storage/packed.h"

#include <math.h>
#include <string.h>

enum { TIME_BYTES = 6, VALUE_AT = 0, STARTED_AT = 8, MICROS_AT = 14 };

static const int64_t time_limit = ((int64_t)1 << (8 * TIME_BYTES)) - 1;
static const double micros_a_second = 1e6;

static void put(uint64_t bits, size_t bytes, unsigned char *ret) {
    for (size_t k = 0; k < bytes; k++) {
        ret[k] = (unsigned char)(bits >> (8 * k));
    }
}

static uint64_t get(const unsigned char *at, size_t bytes) {
    uint64_t bits = 0;

    for (size_t k = 0; k < bytes; k++) {
        bits |= (uint64_t)at[k] << (8 * k);
    }
    return bits;
}

/* All NaN are one. */
static void put_real(double value, unsigned char *ret) {
    double plain = isnan(value) ? (double)NAN : value;
    uint64_t bits;

    memcpy(&bits, &plain, sizeof(bits));
    put(bits, sizeof(bits), ret);
}

static double get_real(const unsigned char *at) {
    uint64_t bits = get(at, sizeof(bits));
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* ---- Points ---- */

void hone_point_pack(const double *x_value, size_t count, unsigned char *ret) {
    for (size_t p = 0; p < count; p++) {
        put_real(x_value[p], ret + p * HONE_POINT_BYTES);
    }
}

double hone_point_at(const unsigned char *point, size_t p) {
    return get_real(point + p * HONE_POINT_BYTES);
}

static void point_at(sqlite3_context *context, int count, sqlite3_value **value) {
    const unsigned char *point = sqlite3_value_blob(value[0]);
    int bytes = sqlite3_value_bytes(value[0]);
    sqlite3_int64 p = sqlite3_value_int64(value[1]);

    (void)count;
    if (point != NULL && p >= 0 && p < bytes / HONE_POINT_BYTES) {
        double x = hone_point_at(point, (size_t)p);

        if (!isnan(x)) {
            sqlite3_result_double(context, x);
        }
    }
}

enum hone_code hone_point_function(struct hone_db *db, struct hone_err *err) {
    int status = sqlite3_create_function_v2(db->sqlite, "point_at", 2,
        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, point_at, NULL, NULL, NULL);

    return status == SQLITE_OK ? HONE_OK : hone_sql_fail(db, err);
}

/* ---- Folds ---- */

static uint64_t within(int64_t time) {
    return (uint64_t)(time < 0 ? 0 : time < time_limit ? time : time_limit);
}

static int64_t micros_of(double seconds) {
    double micros = seconds * micros_a_second;

    return micros < (double)time_limit ? llround(micros) : time_limit;
}

void hone_fold_pack(const struct hone_packed_fold *fold, unsigned char *ret) {
    if (!fold->has_run) {
        memset(ret, 0, HONE_FOLD_BYTES);
        return;
    }
    put_real(fold->value, ret + VALUE_AT);
    put(within(fold->started_ms < 0 ? 1 : fold->started_ms + 1), TIME_BYTES, ret + STARTED_AT);
    put(within(micros_of(fold->seconds)), TIME_BYTES, ret + MICROS_AT);
}

struct hone_packed_fold hone_fold_at(const unsigned char *folds, size_t fold) {
    const unsigned char *at = folds + fold * HONE_FOLD_BYTES;
    int64_t started = (int64_t)get(at + STARTED_AT, TIME_BYTES);

    return (struct hone_packed_fold){
        .has_run = started > 0,
        .value = get_real(at + VALUE_AT),
        .started_ms = started - 1,
        .seconds = (double)get(at + MICROS_AT, TIME_BYTES) / micros_a_second,
    };
}
