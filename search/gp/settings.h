/* How the sampler's options are read by its model. */
#ifndef HONE_SEARCH_GP_SETTINGS_H
#define HONE_SEARCH_GP_SETTINGS_H

#include "search/gp/belief.h"

/* From the config struct of hone_sampler_gp; defined beside it in search/gp.c. */
struct gp_settings gp_settings_of(const void *config);

#endif
