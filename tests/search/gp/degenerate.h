/* Results that say nothing, or too much, and spaces with hardly a point. */
#ifndef HONE_TESTS_SEARCH_GP_DEGENERATE_H
#define HONE_TESTS_SEARCH_GP_DEGENERATE_H

#include "tests/search/gp/study.h"

extern const struct problem problem_always_fails;

void check_no_point_twice(const struct study *study);

/* Such searches go on as long as there are points, and no point comes twice. */
void check_degenerate(const struct hone_sampler_type *type);

#endif
