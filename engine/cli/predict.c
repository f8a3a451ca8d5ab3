/* hone predict MODEL DATA.csv */
#include "engine/cli/commands.h"
#include "engine/cli/replace.h"
#include "engine/cli/table.h"
#include "objectives/model/model_file.h"

struct predict_args {
    struct cli_common common;
    const char *file;
};

static const struct cli_flag predict_flags[] = {
    {.name = "output", .letter = 'o', .kind = CLI_TEXT,
     .offset = offsetof(struct predict_args, file), .shown = "FILE",
     .summary = "writes there instead of standard output; a file that is there is replaced"},
    CLI_FLAGS_END,
};

static const char *const predict_formats[] = {"table", "csv", NULL}; /* the same: see details */

static void add_header(const struct hone_dataset *like, struct cli_out *out) {
    struct hone_buf name = {0};

    hone_buf_add(&out->text, "prediction");
    for (size_t k = 0; k < like->classes; k++) {
        hone_buf_clear(&name);
        hone_buf_printf(&name, "p(%s)", like->class_name[k]);
        hone_buf_add(&out->text, ",");
        cli_add_csv(out, hone_buf_text(&name));
    }
    hone_buf_add(&out->text, "\n");
    out->text.failed = out->text.failed || name.failed;
    hone_buf_finish(&name);
}

static void add_row(const struct hone_dataset *like, const struct hone_scores *scores, size_t i,
    struct cli_out *out) {
    if (like->task == HONE_TASK_REGRESSION) {
        hone_buf_add_real(&out->text, scores->y_predicted[i]);
    } else {
        cli_add_csv(out, like->class_name[scores->predicted[i]]);
    }
    for (size_t k = 0; k < like->classes; k++) {
        hone_buf_add(&out->text, ",");
        hone_buf_add_real(&out->text, scores->probability[i * like->classes + k]);
    }
    hone_buf_add(&out->text, "\n");
}

static enum hone_code write_rows(const struct predict_args *a, const struct hone_dataset *like,
    const struct hone_scores *scores, struct cli_out *out, struct hone_err *err) {
    struct cli_out file = {0};
    struct cli_out *to = a->file != NULL ? &file : out;
    enum hone_code code = HONE_OK;

    add_header(like, to);
    for (size_t i = 0; i < scores->rows; i++) {
        add_row(like, scores, i, to);
        if (a->file == NULL) {
            cli_out_turn(out);
        }
    }
    if (a->file != NULL) {
        code = hone_buf_ok(&file.text, err);
    }
    if (code == HONE_OK && a->file != NULL) {
        code = cli_replace_file(a->common.db, a->file, &file.text, err);
    }
    hone_buf_finish(&file.text);
    return code;
}

static enum hone_code predict_data(const struct predict_args *a, struct hone_predictor *predictor,
    const struct hone_dataset *data, struct cli_out *out, struct hone_err *err) {
    struct hone_arena arena = {0};
    struct hone_scores scores;
    enum hone_code code = hone_predictor_run(predictor, data, &arena, &scores, err);

    if (code == HONE_OK && scores.finite_rows < scores.rows) {
        code = hone_fail(err, HONE_E_NUMERIC,
            "%s: the prediction of row %zu is not finite; a cell of it may be too far from what "
            "was learned", a->common.operand.item[1], scores.finite_rows + 1);
    }
    if (code == HONE_OK) {
        code = write_rows(a, &predictor->like, &scores, out, err);
    }
    hone_arena_finish(&arena);
    return code;
}

static enum hone_code predict_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct predict_args *a = args;
    struct hone_predictor predictor = {0};
    struct hone_dataset *data = NULL;
    enum hone_code code = hone_model_read(a->common.operand.item[0], &predictor, err);

    if (code == HONE_OK) {
        code = hone_dataset_read_like(&predictor.like, predictor.missing, NULL,
            a->common.operand.item[1], false, &data, err);
    }
    if (code == HONE_OK && data->cells_unknown > 0 && !a->common.quiet) {
        cli_say("%zu cell%s with a text that was not learned: they are of no level",
            data->cells_unknown, data->cells_unknown == 1 ? "" : "s");
    }
    if (code == HONE_OK) {
        code = predict_data(a, &predictor, data, out, err);
    }
    hone_dataset_free(data);
    hone_predictor_finish(&predictor);
    return code;
}

const struct cli_command cli_command_predict = {
    .name = "predict",
    .operands = "MODEL DATA.csv",
    .summary = "predictions and probabilities of a saved model",
    .details =
        "Columns are found by their names; others are left out. A missing cell is filled as in\n"
        "training. The output is CSV in any case, a line a row: prediction, and in classification\n"
        "the probability of each class, p(CLASS).\n",
    .flags = predict_flags,
    .formats = predict_formats,
    .args_size = sizeof(struct predict_args),
    .operands_low = 2,
    .operands_high = 2,
    .run = predict_run,
};
