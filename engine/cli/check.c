/* hone check SPEC.yaml */
#include "engine/cli/commands.h"
#include "engine/cli/grid.h"
#include "engine/cli/session.h"
#include "engine/cli/spec.h"
#include "engine/cli/table.h"
#include "engine/race.h"

#include <inttypes.h>
#include <math.h>

static const char *const space_columns[] = {"parameter", "type", "range", "scale", "when",
    "default"};

enum { SPACE_COLUMNS = sizeof(space_columns) / sizeof(space_columns[0]) };

static const char *type_of(const struct hone_param *param) {
    if (hone_param_is_constant(param)) {
        return "constant";
    }
    return param->type == HONE_PARAM_FLOAT ? "float"
         : param->type == HONE_PARAM_INT   ? "int"
                                           : "categorical";
}

static void add_range(struct hone_buf *buf, const struct hone_param *param) {
    bool stepped = param->step > 0 && (param->type == HONE_PARAM_FLOAT || param->step != 1);

    if (param->type != HONE_PARAM_CATEGORICAL) {
        hone_buf_add_real(buf, param->low);
        if (!hone_param_is_constant(param)) {
            hone_buf_add(buf, " .. ");
            hone_buf_add_real(buf, param->high);
        }
        if (stepped) {
            hone_buf_add(buf, " step ");
            hone_buf_add_real(buf, param->step);
        }
    }
    for (size_t c = 0; c < param->choice_count; c++) {
        hone_buf_add(buf, c == 0 ? "" : ", ");
        hone_value_write_plain(param->choice[c], buf);
    }
}

static void add_when(struct hone_buf *buf, const struct hone_space *space,
    const struct hone_param *param) {
    for (size_t i = 0; i < param->condition_count; i++) {
        const struct hone_condition *condition = &param->condition[i];
        const struct hone_param *parent = &space->param[condition->parent];

        hone_buf_printf(buf, "%s%s: ", i == 0 ? "" : "; ", parent->name);
        for (size_t v = 0; v < condition->count; v++) {
            struct hone_value value = hone_param_value(parent, condition->x_value[v]);

            hone_buf_add(buf, v == 0 ? "" : ", ");
            hone_value_write_plain(&value, buf);
        }
    }
}

/* A row's texts are made in one buffer, one after another. */
static void put_built(struct cli_table *table, struct hone_buf *buf) {
    cli_table_text(table, buf->length > 0 ? buf->text : NULL);
    hone_buf_clear(buf);
}

static void put_param(struct cli_table *table, const struct hone_plan *plan, size_t p,
    struct hone_buf *buf) {
    const struct hone_param *param = &plan->space.param[p];

    cli_table_text(table, param->name);
    cli_table_text(table, type_of(param));
    add_range(buf, param);
    put_built(table, buf);
    if (param->type == HONE_PARAM_CATEGORICAL || hone_param_is_constant(param)) {
        cli_table_none(table);
    } else {
        cli_table_text(table, param->log ? "log" : "linear");
    }
    add_when(buf, &plan->space, param);
    put_built(table, buf);
    if (!isnan(plan->x_default[p])) {
        struct hone_value value = hone_param_value(param, plan->x_default[p]);

        hone_value_write_plain(&value, buf);
    }
    put_built(table, buf);
}

static enum hone_code write_space(const struct hone_plan *plan, enum cli_format format,
    struct cli_out *out, struct hone_err *err) {
    struct cli_table table;
    struct hone_buf buf = {0};
    enum hone_code code;

    cli_table_start(&table, out, format, SPACE_COLUMNS, space_columns);
    for (size_t p = 0; p < plan->space.n; p++) {
        put_param(&table, plan, p, &buf);
    }
    code = cli_table_finish(&table, err);
    hone_buf_finish(&buf);
    return code;
}

static void add_budget(struct hone_buf *buf, const struct hone_plan *plan, uint64_t points) {
    hone_buf_printf(buf, "method    %s, ", plan->sampler->name);
    if (plan->budget == UINT64_MAX) {
        hone_buf_add(buf, "all points");
    } else {
        hone_buf_printf(buf, "%" PRIu64 " trials", plan->budget);
    }
    hone_buf_printf(buf, ", seed %" PRIu64, plan->seed);
    if (isfinite(plan->timeout_seconds)) {
        hone_buf_printf(buf, ", at most %.0f s", plan->timeout_seconds);
    }
    if (plan->first_count > 0) {
        hone_buf_printf(buf, ", %zu point%s tried first", plan->first_count,
            plan->first_count == 1 ? "" : "s");
    }
    hone_buf_add(buf, "\ngrid      ");
    if (points == UINT64_MAX) {
        hone_buf_add(buf, "more than 10^19 points");
    } else if (points > 0) {
        hone_buf_printf(buf, "%" PRIu64 " point%s", points, points == 1 ? "" : "s");
    } else {
        hone_buf_add(buf, "uncountable");
    }
    hone_buf_add(buf, "\n");
}

static const char racing[] =
    "race      on: a trial is left after two folds or more when it can hardly become the best\n";
static const char not_racing[] = "race      off: all folds of every trial are run\n";

static void add_head(struct hone_buf *buf, const struct hone_plan *plan,
    const struct hone_objective *objective, uint64_t points) {
    hone_buf_printf(buf, "study     %s\n", plan->name);
    add_budget(buf, plan, points);
    hone_buf_printf(buf, "value     %s, %s, %zu fold%s a trial\n", objective->metric,
        objective->maximize ? "maximized" : "minimized", objective->folds,
        objective->folds == 1 ? "" : "s");
    if (objective->folds > 1) {
        hone_buf_add(buf, hone_race_is_on(objective, plan->sampler) ? racing : not_racing);
    }
    if (objective->type->describe != NULL) {
        objective->type->describe(objective, buf);
    }
    hone_buf_add(buf, "\n");
}

static enum hone_code check_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;
    struct cli_spec spec = {0};
    struct hone_objective *objective = NULL;
    uint64_t points = 0;
    enum hone_code code = cli_spec_load_file(&spec, common->operand.item[0], err);

    if (code == HONE_OK) {
        code = cli_session_objective(&spec.plan, &objective, err);
    }
    if (code == HONE_OK) {
        code = cli_grid_points(&spec.plan.space, &points, err);
    }
    if (code == HONE_OK && common->format == CLI_TABLE) {
        add_head(&out->text, &spec.plan, objective, points);
    }
    if (code == HONE_OK) {
        code = write_space(&spec.plan, (enum cli_format)common->format, out, err);
    }
    hone_objective_close(objective);
    cli_spec_finish(&spec);
    return code;
}

const struct cli_command cli_command_check = {
    .name = "check",
    .operands = "SPEC.yaml",
    .summary = "says what the study would do: space, grid size, folds, data; runs nothing",
    .details = "With --format csv or json only the space is written.\n",
    .formats = cli_table_formats,
    .args_size = sizeof(struct cli_common),
    .operands_low = 1,
    .operands_high = 1,
    .run = check_run,
};
