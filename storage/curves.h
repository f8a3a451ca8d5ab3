/* The curves of trials, one trial at a time. */
#ifndef HONE_STORAGE_CURVES_H
#define HONE_STORAGE_CURVES_H

#include "storage/sql.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A reader with its statements; zero-initialise, finish in any case. */
struct hone_curves {
    struct hone_db *db;
    sqlite3_stmt *expecting, *details, *points;
    /* of the trial in hand */
    int64_t trial;
    bool point; /* there is a row in `points` that no fold has taken */
    int64_t expected, found; /* trial.detail_checksum, and of the rows */
    size_t count, room;
    struct hone_curve_row *row; /* (room) */
};

HONE_MUST_CHECK enum hone_code hone_curves_init(struct hone_curves *curves, struct hone_db *db,
    struct hone_err *err);
void hone_curves_finish(struct hone_curves *curves);

/* Shows the curves of the trial of that id, by fold and epoch, once all of them
 * were found to be as they were written; HONE_E_CORRUPT else. */
HONE_MUST_CHECK enum hone_code hone_curves_visit(struct hone_curves *curves, int64_t trial,
    hone_curve_visit *visit, void *self, struct hone_err *err);

#endif
