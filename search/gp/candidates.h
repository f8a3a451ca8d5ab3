/* Points to begin with: all over the space, and around the best trials. */
#ifndef HONE_SEARCH_GP_CANDIDATES_H
#define HONE_SEARCH_GP_CANDIDATES_H

#include "search/gp/probe.h"

/* How many there are. */
size_t gp_candidates_count(const struct points_layout *layout);

/* Judges them all. */
HONE_MUST_CHECK enum hone_code gp_candidates_judge(struct gp_probe *probe, struct hone_err *err);

#endif
