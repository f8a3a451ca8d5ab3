/* hone best STUDY */
#include "engine/cli/best.h"

#include "engine/cli/commands.h"
#include "engine/cli/final.h"
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
    const struct cli_final *final; /* NULL: no score on a test set */
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

/* To be pasted. */
static void add_arguments(const struct writing *w, const struct hone_trial_row *row) {
    struct hone_buf args = {0};

    cli_add_params_args(&args, row);
    if (args.length > 1) {
        args.text[--args.length] = '\0'; /* the line's end */
        hone_buf_add(w->buf, "arguments\n  ");
        hone_buf_add_printable(w->buf, args.text);
        hone_buf_add(w->buf, "\n");
    }
    hone_buf_finish(&args);
}

static void add_block(const struct writing *w, const struct hone_trial_row *row) {
    hone_buf_add(w->buf, "study   ");
    hone_buf_add_printable(w->buf, w->study->name);
    hone_buf_printf(w->buf, "\nbest    trial %" PRIu64 " (%s, %s)\nvalue   ", row->number,
        w->study->metric, w->study->maximize ? "maximized" : "minimized");
    cli_add_value(w->buf, row->value, row->sem);
    hone_buf_add(w->buf, "\n");
    add_gain(w, row);
    if (w->final != NULL) {
        hone_buf_add(w->buf, "test    ");
        cli_final_add_test(w->final, w->buf);
        hone_buf_add(w->buf, "\n");
    }
    add_list(w, row);
    hone_buf_add(w->buf, "parameters\n");
    cli_add_params_shown(w->buf, row);
    add_arguments(w, row);
}

static void add_test_json(const struct writing *w) {
    if (w->final == NULL) {
        return;
    }
    hone_buf_printf(w->buf, ",\"test\":{\"rows\":%zu,\"metrics\":{", w->final->test_rows);
    for (size_t m = 0; m < w->final->test.metric_count; m++) {
        hone_buf_add(w->buf, m == 0 ? "" : ",");
        hone_buf_add_json_text(w->buf, w->final->test.metric[m].name);
        hone_buf_add(w->buf, ":");
        hone_buf_add_real(w->buf, w->final->test.metric[m].value);
    }
    hone_buf_add(w->buf, "}}");
}

static bool write_trial(void *self, const struct hone_trial_row *row) {
    const struct writing *w = self;

    switch (w->format) {
    case CLI_TABLE:
        add_block(w, row);
        break;
    case CLI_JSON:
        cli_add_trial_json(w->buf, row);
        add_test_json(w);
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
    enum cli_format format, const struct cli_final *final, struct cli_out *out,
    struct hone_arena *arena, struct hone_err *err) {
    struct writing w = {.study = study, .format = format, .buf = &out->text,
        .default_value = NAN, .final = final};
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

/* Scores the best trial on the test set. What stands in the way is told, and takes
 * nothing away from the rest. */
static bool score_best(struct cli_final *final, struct hone_db *db,
    const struct hone_study_row *study) {
    struct hone_err err = {0};
    bool wanted = false;
    enum hone_code code = cli_final_load(final, study, &wanted, &err);

    if (code == HONE_OK && wanted) {
        code = cli_final_train(final, db, study, study->best_number, &err);
    }
    if (code != HONE_OK) {
        cli_say("no score on the test set: %s", err.text);
    }
    return code == HONE_OK && wanted;
}

enum hone_code cli_best_write(struct hone_db *db, const char *study, enum cli_format format,
    bool test, struct cli_out *out, struct hone_err *err) {
    struct hone_arena arena = {0};
    struct hone_study_row row = {0};
    struct cli_final final = {0};
    bool scored = false;
    enum hone_code code = cli_study_read(db, study, &arena, &row, err);

    if (code == HONE_OK && !row.has_best) {
        code = hone_fail(err, HONE_E_MISSING, "study '%s' has no complete trial", study);
    }
    if (code == HONE_OK && test && (format == CLI_TABLE || format == CLI_JSON)) {
        scored = score_best(&final, db, &row);
    }
    if (code == HONE_OK) {
        code = write_best(db, &row, format, scored ? &final : NULL, out, &arena, err);
    }
    cli_final_finish(&final);
    hone_arena_finish(&arena);
    return code;
}

static enum hone_code best_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(common->db, HONE_DB_READ, &db, err);

    if (code == HONE_OK) {
        code = cli_best_write(db, common->operand.item[0], (enum cli_format)common->format, true,
            out, err);
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
        "its row as in 'hone trials'. For a spec with data.test, table and json also have the\n"
        "score on that test set, of the trial's settings trained on all other rows.\n",
    .formats = cli_point_formats,
    .args_size = sizeof(struct cli_common),
    .operands_low = 1,
    .operands_high = 1,
    .run = best_run,
};
