/* What the tests of the Gaussian process share: layouts, and models from the
 * reference vectors. */
#ifndef HONE_TESTS_SEARCH_GP_GP_SUPPORT_H
#define HONE_TESTS_SEARCH_GP_GP_SUPPORT_H

#include "search/gp/fit.h"
#include "search/gp/posterior.h"
#include "tests/objectives/golden.h"
#include "tests/search/support.h"

enum { COLUMNS_ROOM = 16 };

/* A layout of the space that was made. */
struct points_layout open_layout(struct maker *maker);

/* d floats in [0, 1]. */
struct points_layout open_floats(struct maker *maker, size_t d);

/* The value of a file of names and values. */
double scalar(const struct golden *golden, const char *name);

/* A set gp_<set>_*.csv: its training points, and the model made from them. */
struct gold_set {
    struct maker maker;
    struct points_layout layout;
    const struct gp_kernel *kernel;
    struct golden train, scalars;
    size_t n, d;
    double *row;   /* (n, d) */
    double *z;     /* (n) */
    double *noise; /* (n) */
    struct gp_model model;
};

void open_set(struct gold_set *set, const char *name);
void close_set(struct gold_set *set);

/* Columns `prefix`0 … of row r. */
void gold_row(const struct golden *golden, size_t r, const char *prefix, size_t count,
    double *ret_row);

/* Uniform in [0, 1), the same in every run. */
double next_uniform(uint64_t *state);

#endif
