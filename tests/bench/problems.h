/* Problems with known minima for measuring how well a sampler searches. */
#ifndef HONE_TESTS_BENCH_PROBLEMS_H
#define HONE_TESTS_BENCH_PROBLEMS_H

#include <stddef.h>

enum { BENCH_PARAMS_LIMIT = 32 };

/* x holds x_values in the order of the space: numbers as they are, choices by index,
 * NaN when inactive. */
struct bench_problem {
    const char *name;  /* without a value: of a function that hone has */
    const char *space; /* as in a spec */
    size_t times;      /* how often the space's one parameter stands; else 1 */
    double minimum;
    double (*value)(size_t n, const double *x);
};

extern const struct bench_problem bench_problems[]; /* ends with a NULL name */

#endif
