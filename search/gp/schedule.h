/* When the hyperparameters are fitted anew: a function of how many trials are
 * settled, and of nothing else.
 *
 * A fit starts from the one before (warm), which depends on the fit before that,
 * and so on. Every fifth fit depends on the data alone (cold). So whoever begins
 * in the middle of a search replays at most five fits, from the last cold one,
 * and has the same bits as who was there all along. */
#ifndef HONE_SEARCH_GP_SCHEDULE_H
#define HONE_SEARCH_GP_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether there is a fit when `settled` trials are settled, and whether it is cold. */
bool gp_schedule_is_due(size_t settled, bool *ret_cold);

/* The last cold fit with at most that many settled trials; settled >= 1. */
size_t gp_schedule_restart(size_t settled);

#endif
