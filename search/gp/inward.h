/* What a user's range says about where its best value lies: ranges are chosen with room to
 * spare, so that the best value is rather within than at an end.
 *
 * The model does not know that. Near an end it has neighbours on one side only, is the least
 * sure, and expects of the improvements that it can imagine the most there: with noise a
 * fifth of all unit values it proposed lay within 3 % of an end, where random ones have 6 %,
 * and were three times as bad as the others (Oh, Gavves, Welling 2018, "BOCK", on what that
 * costs in many dimensions). A prior of the best point multiplies the expected improvement
 * (Hvarfner et al. 2022, "piBO"); results outweigh it, for they move the logarithm of that
 * by much more. */
#ifndef HONE_SEARCH_GP_INWARD_H
#define HONE_SEARCH_GP_INWARD_H

#include "search/points/layout.h"

/* weight times the sum over active numbers of log(4 u (1 - u)), with a floor: 0 in the
 * middle of all ranges, less elsewhere. Adds its gradient by the unit values of the
 * scales, unless that is NULL. */
double gp_inward_log(const struct points_layout *layout, double weight, const double *row,
    double *gradient);

#endif
