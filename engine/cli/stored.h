/* From a stored trial back to the point that was evaluated. */
#ifndef HONE_CLI_STORED_H
#define HONE_CLI_STORED_H

#include "engine/cli/spec.h"
#include "engine/err.h"
#include "storage/db.h"

/* The x_values (space.n) of a row's parameters in the space of the study's
 * loaded spec, to the bit; NaN where inactive. HONE_E_CORRUPT when a stored value
 * is none of its parameter. */
HONE_MUST_CHECK enum hone_code cli_stored_point(struct cli_spec *spec,
    const struct hone_trial_row *row, double *ret_x_value, struct hone_err *err);

/* HONE_E_DIFFERS when the objective was opened on other data than the study's. */
HONE_MUST_CHECK enum hone_code cli_stored_data_check(const struct hone_study_row *study,
    const struct hone_objective *objective, struct hone_err *err);

#endif
