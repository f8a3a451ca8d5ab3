/* The sections `data:` and `cv:` of a spec, read by their option tables. */
#ifndef HONE_OBJECTIVES_SECTIONS_H
#define HONE_OBJECTIVES_SECTIONS_H

#include "engine/objective.h"
#include "engine/option.h"
#include "engine/problems.h"
#include "engine/value.h"
#include "objectives/data/dataset.h"
#include "objectives/data/fold.h"

extern const struct hone_option hone_data_options[];
extern const struct hone_option hone_cv_options[];

/* Reads `data:`; a spec without one is a problem. The setup's data_file takes the
 * place of the file that is named. */
void hone_data_section_read(const struct hone_objective_setup *setup,
    struct hone_data_config *ret_config, struct hone_problems *problems);

/* Reads `cv:`; all is default without one. */
void hone_cv_section_read(const struct hone_value *spec, struct hone_cv_config *ret_config,
    struct hone_problems *problems);

#endif
