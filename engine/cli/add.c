/* hone add STUDY NAME=VALUE … */
#include "engine/cli/commands.h"
#include "engine/cli/live/hint.h"
#include "engine/cli/study.h"
#include "engine/cli/table.h"
#include "engine/cli/yaml.h"
#include "storage/db.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct adding {
    struct cli_spec spec;
    double *x_value, *presets; /* (space.n) */
    bool *given;               /* (space.n) */
    struct hone_problems problems;
};

/* A value as the spec would have it; [64, 64] and "a" are read as YAML. */
static enum hone_code read_value(struct adding *a, const char *text, struct hone_value *ret,
    struct hone_err *err) {
    const struct hone_value *root = NULL;
    enum hone_code code;

    if (strchr("[{\"'", text[0]) == NULL || text[0] == '\0') {
        *ret = hone_value_from_plain(text);
        return HONE_OK;
    }
    code = cli_yaml_read(text, strlen(text), &a->spec.arena, &a->problems, &root, err);
    if (code == HONE_OK && root != NULL) {
        *ret = *root;
    }
    return code;
}

static enum hone_code read_param(struct adding *a, const char *name, const char *text,
    struct hone_err *err) {
    const struct hone_space *space = &a->spec.plan.space;
    const struct hone_place nowhere = {0};
    size_t p = hone_space_find(space, name);
    size_t problems_before = a->problems.count;
    struct hone_value value = {0};
    struct hone_buf why = {0};
    enum hone_code code;

    if (p == space->n) {
        const char *near = hone_space_nearest(space, name);

        hone_problem(&a->problems, nowhere, name, "there is no such parameter; %s%s%s",
            near == NULL ? "'hone trials' lists them" : "did you mean '", near == NULL ? "" : near,
            near == NULL ? "" : "'?");
        return HONE_OK;
    }
    if (a->given[p]) {
        hone_problem(&a->problems, nowhere, name, "given twice; give one value");
        return HONE_OK;
    }
    a->given[p] = true;
    code = read_value(a, text, &value, err);
    if (code == HONE_OK && a->problems.count == problems_before &&
        !hone_param_parse(&space->param[p], &value, &a->x_value[p], &why)) {
        hone_problem(&a->problems, nowhere, name, "%s", hone_buf_text(&why));
    }
    hone_buf_finish(&why);
    return code;
}

static enum hone_code read_word(struct adding *a, const char *word, struct hone_err *err) {
    const char *equals = strchr(word, '=');
    char *name;

    if (equals == NULL || equals == word) {
        hone_problem(&a->problems, (struct hone_place){0}, word,
            "it should be NAME=VALUE, such as lr=0.1");
        return HONE_OK;
    }
    name = hone_arena_text(&a->spec.arena, word, (size_t)(equals - word));
    return name == NULL ? hone_fail(err, HONE_E_NOMEM, "the command line")
                        : read_param(a, name, equals + 1, err);
}

static void note_inactive(struct adding *a) {
    const struct hone_space *space = &a->spec.plan.space;

    for (size_t p = 0; p < space->n; p++) {
        if (a->given[p] && isnan(a->x_value[p])) {
            hone_problem(&a->problems, (struct hone_place){0}, space->param[p].name,
                "it is not active at this point (see its 'when'); leave it out");
        }
    }
}

static enum hone_code make_point(struct adding *a, const struct cli_texts *words,
    struct hone_err *err) {
    const struct hone_plan *plan = &a->spec.plan;
    size_t n = plan->space.n;
    enum hone_code code = HONE_OK;

    a->x_value = hone_arena_array(&a->spec.arena, n, sizeof(double));
    a->presets = hone_arena_array(&a->spec.arena, n, sizeof(double));
    a->given = hone_arena_array(&a->spec.arena, n, sizeof(bool));
    if (a->x_value == NULL || a->presets == NULL || a->given == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a point of %zu parameters", n);
    }
    for (size_t p = 0; p < n; p++) {
        a->x_value[p] = NAN;
        a->presets[p] = NAN;
    }
    for (size_t i = 1; code == HONE_OK && i < words->count; i++) {
        code = read_word(a, words->item[i], err);
    }
    if (code != HONE_OK || a->problems.count > 0) {
        return code;
    }
    if (plan->objective->presets != NULL) {
        plan->objective->presets(&plan->setup, a->presets);
    }
    hone_space_complete(&plan->space, a->presets, a->x_value);
    note_inactive(a);
    return HONE_OK;
}

static enum hone_code show_problems(const struct hone_problems *problems, struct hone_err *err) {
    enum hone_code code = hone_problems_verdict(problems, err);

    if (code == HONE_E_INPUT) {
        cli_say_lines(hone_buf_text(&problems->lines));
        err->text[0] = '\0';
    }
    return code;
}

static void say_how_to_go_on(const struct adding *a, const char *study, const char *db) {
    struct hone_buf hint = {0};

    if (hone_objective_is_told(a->spec.plan.objective)) {
        cli_say("'hone pipe' hands it out, to be told its value");
        return;
    }
    cli_add_hint(&hint, "resume", study, db);
    cli_say("%s tries it", hone_buf_text(&hint));
    hone_buf_finish(&hint);
}

static enum hone_code write_number(uint64_t number, enum cli_format format, struct cli_out *out,
    struct hone_err *err) {
    static const char *const columns[] = {"trial"};
    struct cli_table table;

    if (format == CLI_TABLE) {
        hone_buf_printf(&out->text, "trial %" PRIu64 " is waiting\n", number);
        return HONE_OK;
    }
    if (format == CLI_JSON) {
        hone_buf_printf(&out->text, "{\"trial\":%" PRIu64 "}\n", number);
        return HONE_OK;
    }
    cli_table_start(&table, out, format, 1, columns);
    cli_table_count(&table, number);
    return cli_table_finish(&table, err);
}

static enum hone_code add_point(struct adding *a, struct hone_db *db,
    const struct cli_common *common, struct cli_out *out, struct hone_err *err) {
    struct hone_study_row row = {0};
    const char *study = common->operand.item[0];
    uint64_t number = 0;
    enum hone_code code = cli_study_read(db, study, &a->spec.arena, &row, err);

    if (code == HONE_OK) {
        code = cli_study_plan(&row, &a->spec, err);
    }
    if (code == HONE_OK) {
        code = make_point(a, &common->operand, err);
    }
    if (code == HONE_OK) {
        code = show_problems(&a->problems, err);
    }
    if (code == HONE_OK) {
        code = hone_db_queue(db, study, &a->spec.plan.space, a->x_value, &number, err);
    }
    if (code == HONE_OK) {
        code = write_number(number, (enum cli_format)common->format, out, err);
    }
    if (code == HONE_OK && row.runner_pid == 0 && !common->quiet) {
        say_how_to_go_on(a, study, common->db);
    }
    return code;
}

static enum hone_code add_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;
    struct adding a = {.problems = {.file = "command line"}};
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(common->db, HONE_DB_WRITE, &db, err);

    if (code == HONE_OK) {
        code = add_point(&a, db, common, out, err);
    }
    hone_db_close(db);
    hone_problems_finish(&a.problems);
    cli_spec_finish(&a.spec);
    return code;
}

const struct cli_command cli_command_add = {
    .name = "add",
    .operands = "STUDY NAME=VALUE ...",
    .summary = "puts a point in the queue, to be tried next",
    .details =
        "Parameters that are not named take their defaults. A value is written as in a spec:\n"
        "  hone add digits-mlp learning_rate=0.01 optimizer=adam 'hidden=[64, 64]'\n"
        "json is {\"trial\":7}, csv a column trial.\n",
    .formats = cli_table_formats,
    .args_size = sizeof(struct cli_common),
    .operands_low = 1,
    .operands_high = SIZE_MAX,
    .run = add_run,
};
