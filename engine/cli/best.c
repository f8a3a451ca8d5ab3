/* hone best STUDY */
#include "engine/cli/best.h"

#include "engine/cli/commands.h"
#include "engine/cli/point.h"
#include "engine/cli/study.h"
#include "engine/cli/trials.h"
#include "engine/cli/yaml.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct writing {
    const struct hone_study_row *study;
    enum cli_format format;
    struct hone_buf *buf;
    double default_value; /* of trial 0 when that was the defaults; else NaN */
};

static bool take_default(void *self, const struct hone_trial_row *row) {
    double *value = self;

    if (row->part != NULL && strcmp(row->part, "first") == 0 && row->state == HONE_COMPLETE) {
        *value = row->value;
    }
    return false;
}

/* Trial 0 is the defaults unless the spec lists points to try first. */
static bool defaults_came_first(const struct hone_study_row *study, struct hone_arena *arena) {
    struct hone_problems problems = {.file = study->spec_file};
    const struct hone_value *root = NULL;
    const struct hone_value *first;
    struct hone_err err;
    enum hone_code code = cli_yaml_read(study->spec_text, strlen(study->spec_text), arena,
        &problems, &root, &err);

    hone_problems_finish(&problems);
    first = hone_value_get(hone_value_get(root, "search"), "first");
    return code == HONE_OK && (first == NULL || first->type != HONE_LIST);
}

static void add_gain(const struct writing *w, const struct hone_trial_row *row) {
    double gain =
        w->study->maximize ? row->value - w->default_value : w->default_value - row->value;

    if (!isfinite(gain)) {
        return;
    }
    hone_buf_add(w->buf, "gain    ");
    cli_add_short_real(w->buf, gain);
    hone_buf_add(w->buf, row->number == 0 ? ": these are the defaults (trial 0)\n"
                                          : " better than the defaults (trial 0: ");
    if (row->number != 0) {
        cli_add_short_real(w->buf, w->default_value);
        hone_buf_add(w->buf, ")\n");
    }
}

static void add_list(const struct writing *w, const struct hone_trial_row *row) {
    for (size_t f = 0; row->folds > 1 && f < row->folds; f++) {
        hone_buf_add(w->buf, f == 0 ? "folds   " : "  ");
        cli_add_short_real(w->buf, row->fold[f].value);
        hone_buf_add(w->buf, f + 1 == row->folds ? "\n" : "");
    }
    for (size_t m = 0; m < row->metrics; m++) {
        hone_buf_add(w->buf, m == 0 ? "metrics " : "  ");
        hone_buf_add_printable(w->buf, row->metric[m].name);
        hone_buf_add(w->buf, " ");
        cli_add_short_real(w->buf, row->metric[m].value);
        hone_buf_add(w->buf, m + 1 == row->metrics ? "\n" : "");
    }
}

static void add_block(const struct writing *w, const struct hone_trial_row *row) {
    hone_buf_add(w->buf, "study   ");
    hone_buf_add_printable(w->buf, w->study->name);
    hone_buf_printf(w->buf, "\nbest    trial %" PRIu64 " (%s, %s)\nvalue   ", row->number,
        w->study->metric, w->study->maximize ? "maximized" : "minimized");
    cli_add_value(w->buf, row->value, row->sem);
    hone_buf_add(w->buf, "\n");
    add_gain(w, row);
    add_list(w, row);
    hone_buf_add(w->buf, "parameters\n");
    cli_add_params_shown(w->buf, row);
}

static bool write_trial(void *self, const struct hone_trial_row *row) {
    const struct writing *w = self;

    switch (w->format) {
    case CLI_TABLE:
        add_block(w, row);
        break;
    case CLI_JSON:
        cli_add_trial_json(w->buf, row);
        hone_buf_add(w->buf, "}\n");
        break;
    case CLI_YAML:
        cli_add_params_yaml(w->buf, row);
        break;
    case CLI_ARGS:
        cli_add_params_args(w->buf, row);
        break;
    case CLI_CSV:
        break;
    }
    return false;
}

static enum hone_code write_best(struct hone_db *db, const struct hone_study_row *study,
    enum cli_format format, struct cli_out *out, struct hone_arena *arena, struct hone_err *err) {
    struct writing w = {.study = study, .format = format, .buf = &out->text, .default_value = NAN};
    struct hone_trial_query query = {.study = study->name, .one = true, .with_folds = true};
    enum hone_code code = HONE_OK;

    if (format == CLI_TABLE && defaults_came_first(study, arena)) {
        code = hone_db_trials(db, &query, take_default, &w.default_value, err);
    }
    query.number = study->best_number;
    if (code == HONE_OK && format == CLI_CSV) {
        return cli_trials_write(db, &query, NULL, format, out, err);
    }
    return code == HONE_OK ? hone_db_trials(db, &query, write_trial, &w, err) : code;
}

enum hone_code cli_best_write(struct hone_db *db, const char *study, enum cli_format format,
    struct cli_out *out, struct hone_err *err) {
    struct hone_arena arena = {0};
    struct hone_study_row row = {0};
    enum hone_code code = cli_study_read(db, study, &arena, &row, err);

    if (code == HONE_OK && !row.has_best) {
        code = hone_fail(err, HONE_E_MISSING, "study '%s' has no complete trial", study);
    }
    if (code == HONE_OK) {
        code = write_best(db, &row, format, out, &arena, err);
    }
    hone_arena_finish(&arena);
    return code;
}

static enum hone_code best_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(common->db, HONE_DB_READ, &db, err);

    if (code == HONE_OK) {
        code = cli_best_write(db, common->operand.item[0], (enum cli_format)common->format, out,
            err);
    }
    hone_db_close(db);
    return code;
}

const struct cli_command cli_command_best = {
    .name = "best",
    .operands = "STUDY",
    .summary = "the best trial",
    .details =
        "json is the trial as in 'hone trials'; yaml is its parameters, a line each, as they\n"
        "would stand in a spec; args is its parameters for a shell: --lr 0.1 --units 32; csv is\n"
        "its row as in 'hone trials'.\n",
    .formats = cli_point_formats,
    .args_size = sizeof(struct cli_common),
    .operands_low = 1,
    .operands_high = 1,
    .run = best_run,
};
