/* Test functions with known minima, to try a search on. */
#ifndef HONE_OBJECTIVES_FUNCTION_H
#define HONE_OBJECTIVES_FUNCTION_H

#include "engine/option.h"

#include <stddef.h>

struct hone_function {
    const char *name;
    const char *space;      /* one to paste: the parameters and their usual ranges */
    size_t dimension;       /* 0: any number of coordinates */
    double (*value)(size_t n, const double *x);
    /* Where the smallest value over the usual ranges is; for any number of
     * coordinates it is stated for stated_for of them. */
    size_t stated_for;
    double minimum;
    const double *minimiser; /* (stated_for) NaN: inactive */
};

/* All of them and, in the same order, their names; names are NULL-terminated,
 * the table ends with a NULL name. */
extern const struct hone_function hone_functions[];
extern const char *const hone_function_names[];

/* What may stand in `objective:` of a function, for the help. */
extern const struct hone_option hone_function_options[];

#endif
