#include "engine/cli/final.h"

#include "engine/cli/point.h"
#include "engine/cli/session.h"
#include "engine/cli/stored.h"
#include "engine/cli/study.h"
#include "objectives/crossval.h"
#include "objectives/objectives.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>

static bool is_model(const struct cli_final *final) {
    return final->spec.plan.objective == &hone_objective_model;
}

enum hone_code cli_final_load(struct cli_final *final, const struct hone_study_row *study,
    bool *ret_wanted, struct hone_err *err) {
    enum hone_code code = cli_study_plan(study, &final->spec, err);

    if (code == HONE_OK) {
        const struct hone_crossval_config *config = final->spec.plan.setup.config;

        *ret_wanted = is_model(final) && config->data.test != NULL;
    }
    return code;
}

/* ---- The point of a stored trial ---- */

struct pointing {
    struct cli_final *final;
    bool found;
    enum hone_code code;
    struct hone_err *err;
};

static bool take_point(void *self, const struct hone_trial_row *row) {
    struct pointing *p = self;

    p->found = true;
    p->code = cli_stored_point(&p->final->spec, row, p->final->x_value, p->err);
    return false;
}

static enum hone_code read_point(struct cli_final *final, struct hone_db *db,
    const struct hone_study_row *study, uint64_t number, struct hone_err *err) {
    const struct hone_trial_query query = {.study = study->name, .one = true, .number = number};
    struct pointing pointing = {.final = final, .code = HONE_OK, .err = err};
    const size_t n = final->spec.plan.space.n;
    enum hone_code code;

    final->x_value = hone_arena_array(&final->spec.arena, n, sizeof(*final->x_value));
    if (final->x_value == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a point of %zu parameters", n);
    }
    code = hone_db_trials(db, &query, take_point, &pointing, err);
    if (code == HONE_OK && !pointing.found) {
        code = hone_fail(err, HONE_E_MISSING, "study '%s' has no trial %" PRIu64, study->name,
            number);
    }
    return code == HONE_OK ? pointing.code : code;
}

/* ---- Training and testing ---- */

static enum hone_code open_objective(struct cli_final *final, const struct hone_study_row *study,
    struct hone_err *err) {
    enum hone_code code;

    if (!is_model(final)) {
        return hone_fail(err, HONE_E_INPUT,
            "study '%s' searches no built-in model, so there is none to train", study->name);
    }
    code = cli_session_objective(&final->spec.plan, &final->objective, err);
    return code == HONE_OK ? cli_stored_data_check(study, final->objective, err) : code;
}

enum hone_code cli_final_train(struct cli_final *final, struct hone_db *db,
    const struct hone_study_row *study, uint64_t number, struct hone_err *err) {
    const struct hone_plan *plan = &final->spec.plan;
    const atomic_bool never = false;
    struct hone_job job = {
        .seed = plan->seed, .trial = number, .space = &plan->space, .cancel = &never,
    };
    enum hone_code code = open_objective(final, study, err);

    if (code == HONE_OK) {
        code = read_point(final, db, study, number, err);
    }
    job.x_value = final->x_value;
    if (code == HONE_OK) {
        final->rows = hone_crossval_rows(final->objective);
        code = hone_crossval_fit(final->objective, &job, &final->predictor, err);
    }
    if (code == HONE_OK && hone_crossval_has_test(final->objective)) {
        final->has_test = true;
        code = hone_crossval_test(final->objective, &final->predictor, &final->test,
            &final->test_rows, err);
    }
    return code;
}

void cli_final_add_test(const struct cli_final *final, struct hone_buf *buf) {
    if (final->test.outcome == HONE_OUTCOME_FAILED) {
        hone_buf_add_printable(buf, final->test.error);
        return;
    }
    hone_buf_add(buf, final->objective->metric);
    hone_buf_add(buf, " ");
    cli_add_value(buf, final->test.value, NAN);
    hone_buf_printf(buf, " on %zu row%s that the search never saw", final->test_rows,
        final->test_rows == 1 ? "" : "s");
}

void cli_final_finish(struct cli_final *final) {
    hone_result_finish(&final->test);
    hone_predictor_finish(&final->predictor);
    hone_objective_close(final->objective);
    cli_spec_finish(&final->spec);
}
