#include "engine/cli/report/study.h"

#include "engine/cli/report/json.h"
#include "engine/cli/report/members.h"
#include "engine/value.h"

#include <math.h>
#include <string.h>

static const char *const type_names[] = {"float", "int", "choice"};

/* "optimizer = momentum or nesterov", all conditions joined by "and". */
static void add_condition(const struct hone_space *space, const struct hone_param *param,
    struct hone_buf *buf) {
    struct hone_buf text = {0};

    for (size_t c = 0; c < param->condition_count; c++) {
        const struct hone_condition *condition = &param->condition[c];
        const struct hone_param *parent = &space->param[condition->parent];

        hone_buf_printf(&text, "%s%s = ", c == 0 ? "" : " and ", parent->name);
        for (size_t i = 0; i < condition->count; i++) {
            const struct hone_value value = hone_param_value(parent, condition->x_value[i]);

            hone_buf_add(&text, i == 0 ? "" : " or ");
            hone_value_write_plain(&value, &text);
        }
    }
    cli_json_add_text(buf, "when", hone_buf_text(&text));
    buf->failed = buf->failed || text.failed;
    hone_buf_finish(&text);
}

static void add_choices(const struct hone_param *param, struct hone_buf *buf) {
    cli_json_key(buf, "choices");
    hone_buf_add(buf, "[");
    for (size_t k = 0; k < param->choice_count; k++) {
        struct hone_buf text = {0};

        hone_value_write_plain(param->choice[k], &text);
        cli_json_next(buf);
        hone_buf_add_json_text(buf, hone_buf_text(&text));
        buf->failed = buf->failed || text.failed;
        hone_buf_finish(&text);
    }
    hone_buf_add(buf, "]");
}

/* name, type, and low, high, log or choices; when: its condition. */
static void add_param(const struct hone_space *space, size_t p, struct hone_buf *buf) {
    const struct hone_param *param = &space->param[p];

    cli_json_next(buf);
    hone_buf_add(buf, "{");
    cli_json_add_text(buf, "name", param->name);
    cli_json_add_text(buf, "type", type_names[param->type]);
    cli_json_add_bool(buf, "constant", hone_param_is_constant(param));
    if (param->type == HONE_PARAM_CATEGORICAL) {
        add_choices(param, buf);
    } else {
        cli_json_add_real(buf, "low", param->low, CLI_JSON_EXACT);
        cli_json_add_real(buf, "high", param->high, CLI_JSON_EXACT);
        cli_json_add_bool(buf, "log", param->log);
    }
    if (param->condition_count > 0) {
        add_condition(space, param, buf);
    }
    hone_buf_add(buf, "}");
}

static void add_params(const struct hone_space *space, struct hone_buf *buf) {
    cli_json_key(buf, "params");
    hone_buf_add(buf, "[");
    for (size_t p = 0; p < space->n; p++) {
        add_param(space, p, buf);
    }
    hone_buf_add(buf, "]");
}

/* null where it is open. */
static void add_limit(struct hone_buf *buf, const char *key, uint64_t limit, uint64_t open) {
    cli_json_add_real(buf, key, limit == open ? (double)NAN : (double)limit, CLI_JSON_EXACT);
}

/* What the study is and where it comes from. defaults: number of the trial of the
 * defaults, null without one. */
static void add_study(const struct cli_record *record, struct hone_buf *buf) {
    const struct hone_study_row *study = &record->study;
    const size_t defaults = cli_record_default(record);

    cli_json_add_text(buf, "name", study->name);
    cli_json_add_text(buf, "metric", study->metric);
    cli_json_add_bool(buf, "maximize", study->maximize);
    cli_json_add_text(buf, "sampler", study->sampler);
    cli_json_add_text(buf, "objective", record->spec.plan.objective->name);
    cli_json_add_bool(buf, "told", hone_objective_is_told(record->spec.plan.objective));
    cli_json_add_count(buf, "seed", study->seed);
    add_limit(buf, "parallel", study->parallel, HONE_PARALLEL_OPEN);
    cli_json_add_count(buf, "folds", study->folds);
    cli_json_add_real(buf, "testOverTrain", record->test_over_train, CLI_JSON_EXACT);
    add_limit(buf, "budget", study->budget, UINT64_MAX);
    cli_json_add_real(buf, "created", (double)study->created_ms, CLI_JSON_EXACT);
    cli_json_add_bool(buf, "running", study->runner_pid != 0);
    cli_json_add_text(buf, "dataHash", study->data_hash);
    cli_json_add_text(buf, "foldHash", study->fold_hash);
    cli_json_add_text(buf, "specFile", study->spec_file);
    cli_json_add_text(buf, "folder", study->folder);
    cli_json_add_text(buf, "spec", study->spec_text);
    cli_json_add_real(buf, "defaults",
        defaults == record->count ? (double)NAN : (double)defaults, CLI_JSON_EXACT);
    add_params(&record->spec.plan.space, buf);
}

static enum hone_code add_members(const struct cli_report_source *source, struct hone_buf *buf,
    struct hone_err *err) {
    enum hone_code code;

    add_study(source->record, buf);
    cli_report_columns(source, buf);
    code = cli_report_best(source, buf, err);
    if (code == HONE_OK) {
        code = cli_report_failures(source, buf, err);
    }
    if (code == HONE_OK) {
        code = cli_report_curves(source, buf, err);
    }
    return code == HONE_OK ? cli_report_findings(source, buf, err) : code;
}

static enum hone_code keep_folds(const struct cli_record *record, struct hone_arena *arena,
    struct cli_report_folds *ret, struct hone_err *err) {
    const size_t best = record->recommended;
    double *value = hone_arena_array(arena, record->folds, sizeof(*value));
    const char *hash =
        hone_arena_text(arena, record->study.fold_hash, strlen(record->study.fold_hash));

    if (value == NULL || hash == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the folds of study '%s'", record->study.name);
    }
    if (best < record->count) {
        memcpy(value, record->fold_value + best * record->folds, record->folds * sizeof(*value));
    }
    *ret = (struct cli_report_folds){
        .count = best < record->count ? record->folds : 0, .value = value, .hash = hash,
        .test_over_train = record->test_over_train,
    };
    return HONE_OK;
}

enum hone_code cli_report_study(struct hone_db *db, const char *name, struct hone_arena *arena,
    struct hone_buf *ret, struct cli_report_folds *ret_folds, struct hone_err *err) {
    struct cli_record record = {0};
    struct cli_ties ties = {0};
    struct hone_arena own = {0};
    const struct cli_report_source source = {
        .db = db, .record = &record, .ties = &ties, .arena = &own};
    enum hone_code code = cli_record_read(db, name, &record, err);

    if (code == HONE_OK) {
        code = cli_findings_ties(&record, &own, &ties, err);
    }
    if (code == HONE_OK) {
        cli_json_next(ret);
        hone_buf_add(ret, "{");
        code = add_members(&source, ret, err);
        hone_buf_add(ret, "}");
    }
    if (code == HONE_OK) {
        code = keep_folds(&record, arena, ret_folds, err);
    }
    cli_record_finish(&record);
    hone_arena_finish(&own);
    return code == HONE_OK ? hone_buf_ok(ret, err) : code;
}
