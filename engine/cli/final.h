/* The final model of a study: one trial's settings trained on all rows, and its
 * score on the test set that the spec keeps from the search. */
#ifndef HONE_CLI_FINAL_H
#define HONE_CLI_FINAL_H

#include "engine/cli/spec.h"
#include "engine/err.h"
#include "engine/trial.h"
#include "objectives/model/predictor.h"
#include "storage/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise; cli_final_finish in any case. */
struct cli_final {
    struct cli_spec spec; /* of the study, loaded again */
    struct hone_objective *objective;
    double *x_value; /* (space.n) the trial's point */
    struct hone_predictor predictor; /* refers to the objective */
    size_t rows; /* trained on */
    bool has_test;
    size_t test_rows;
    struct hone_result test; /* value and metrics on the test set; FAILED: not defined */
};

/* Reads the spec that is kept with the study. ret_wanted: the study trains a
 * built-in model and keeps a test set. */
HONE_MUST_CHECK enum hone_code cli_final_load(struct cli_final *final,
    const struct hone_study_row *study, bool *ret_wanted, struct hone_err *err);

/* Trains trial `number` of the loaded study on all rows and scores it on the test
 * set, if there is one. HONE_E_INPUT when the study is of no built-in model,
 * HONE_E_MISSING without that trial, HONE_E_DIFFERS when the data has changed. */
HONE_MUST_CHECK enum hone_code cli_final_train(struct cli_final *final, struct hone_db *db,
    const struct hone_study_row *study, uint64_t number, struct hone_err *err);

/* Appends "accuracy 0.97 on 200 rows that the search never saw", or why not. */
void cli_final_add_test(const struct cli_final *final, struct hone_buf *buf);

void cli_final_finish(struct cli_final *final);

#endif
