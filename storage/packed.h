/* Many numbers in one column, as bytes, little-endian: a row each would take three
 * times the room. The views trial_param and fold unpack them for other tools. */
#ifndef HONE_STORAGE_PACKED_H
#define HONE_STORAGE_PACKED_H

#include "storage/sql.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Points: doubles; NaN: inactive. ---- */

enum { HONE_POINT_BYTES = 8 };

void hone_point_pack(const double *x_value, size_t count, unsigned char *ret);
double hone_point_at(const unsigned char *point, size_t p);

/* Makes the SQL function point_at(point, p) known to a connection: the same, with
 * NULL for NaN. A condition on a parameter then needs no table but trial. */
HONE_MUST_CHECK enum hone_code hone_point_function(struct hone_db *db, struct hone_err *err);

/* ---- Folds: each the value (a double, NaN: it failed); when it started, in
 * milliseconds since 1970, plus 1 (6 bytes; all 0: it has not run); and how long it
 * took, in microseconds (6 bytes, the largest number for all beyond). ---- */

enum { HONE_FOLD_BYTES = 20 };

struct hone_packed_fold {
    bool has_run;
    double value; /* in the metric's direction */
    int64_t started_ms;
    double seconds;
};

void hone_fold_pack(const struct hone_packed_fold *fold, unsigned char *ret);
struct hone_packed_fold hone_fold_at(const unsigned char *folds, size_t fold);

#endif
