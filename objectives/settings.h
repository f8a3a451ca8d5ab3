/* Settings: what a trial is told by name. A name may stand in the space
 * (searched) or in `objective:` (the same for all trials), never in both; else
 * it has the default of the option table it is in. */
#ifndef HONE_OBJECTIVES_SETTINGS_H
#define HONE_OBJECTIVES_SETTINGS_H

#include "engine/arena.h"
#include "engine/err.h"
#include "engine/option.h"
#include "engine/problems.h"
#include "engine/space.h"

#include <stddef.h>

struct hone_settings {
    const struct hone_option *const *table; /* NULL-terminated; the first to know a name counts */
    const struct hone_value *constant;      /* a map */
    const struct hone_space *space;
};

/* The option of that name, or NULL. */
const struct hone_option *hone_settings_find(const struct hone_settings *settings,
    const char *name);

/* Checks every name of the space, its range and its choices, and every constant;
 * what is wrong goes to problems. `foreign` explains a name that stands in no
 * table ("model linear has no hidden layers …"), or returns NULL. */
void hone_settings_check(const struct hone_settings *settings,
    const char *(*foreign)(const char *name), struct hone_problems *problems);

/* Fills a config of one option table for a trial: from the space where the
 * parameter is active, else from the constants, else the default. */
HONE_MUST_CHECK enum hone_code hone_settings_read(const struct hone_settings *settings,
    const struct hone_option *options, const double *x_value, struct hone_arena *arena,
    void *ret_config, struct hone_err *err);

/* The defaults of all parameters of the space, as x_values; NaN where the
 * default is none of the choices. */
void hone_settings_preset(const struct hone_settings *settings, double *ret_x_value);

#endif
