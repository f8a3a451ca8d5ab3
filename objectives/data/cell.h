/* One cell of a table as text: missing, a number, or words. */
#ifndef HONE_OBJECTIVES_DATA_CELL_H
#define HONE_OBJECTIVES_DATA_CELL_H

#include "engine/err.h"
#include "engine/value.h"

#include <stdbool.h>
#include <stddef.h>

enum hone_cell_kind {
    HONE_CELL_NUMBER,
    HONE_CELL_HUGE, /* infinite, or of a size that no computation survives */
    HONE_CELL_TEXT,
};

/* The words that stand for a missing cell. */
struct hone_missing {
    const char *const *word; /* (count) */
    size_t count;
    bool begins[256];   /* whether a word begins with this byte */
    char **own;         /* words written for the spec's list, or NULL */
    double *number;     /* (count) those that are numbers, else NaN; NULL for the usual words */
};

/* From the spec's list (a scalar or a list of scalars), or the usual words when
 * it is NULL. Finish with hone_missing_finish. HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_missing_init(struct hone_missing *missing,
    const struct hone_value *list, struct hone_err *err);
void hone_missing_finish(struct hone_missing *missing); /* accepts zeroed */
bool hone_missing_is(const struct hone_missing *missing, const char *text);

/* Whether the number stands for a missing cell: -999.0 does where the list has -999. */
bool hone_missing_is_number(const struct hone_missing *missing, double number);

/* Reads a decimal number with blanks around it allowed and nothing else: no
 * hexadecimal, no "nan". ret_number is set for HONE_CELL_NUMBER alone. */
enum hone_cell_kind hone_cell_read(const char *text, double *ret_number);

/* HONE_CELL_NUMBER or HONE_CELL_HUGE. */
enum hone_cell_kind hone_cell_size(double number);

/* A cell as an error shows it: one line, control characters as \x1b, shortened. */
enum { HONE_CELL_SHOWN = 64 };
struct hone_cell_shown {
    char text[HONE_CELL_SHOWN];
};
struct hone_cell_shown hone_cell_show(const char *text);

#endif
