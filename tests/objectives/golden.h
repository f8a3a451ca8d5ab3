/* The reference vectors of tests/golden, and comparison with them. */
#ifndef HONE_TESTS_OBJECTIVES_GOLDEN_H
#define HONE_TESTS_OBJECTIVES_GOLDEN_H

#include <stddef.h>

struct golden {
    size_t rows, columns;
    char *text;
    const char **cell; /* (rows + 1, columns), row 0 the header */
};

/* Reads tests/golden/NAME; fails the test when it cannot. */
struct golden golden_read(const char *name);
void golden_finish(struct golden *golden);

/* The cell of row r (from 0, header not counted) under `column`; "" when empty. */
const char *golden_text(const struct golden *golden, size_t r, const char *column);
double golden_number(const struct golden *golden, size_t r, const char *column);

/* |actual - expected| <= relative * |expected| + absolute; NaN equals NaN. The
 * failing case is printed. */
void check_near(double actual, double expected, double relative, double absolute,
    const char *what);

#endif
