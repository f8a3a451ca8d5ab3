/* hone fit STUDY -o MODEL */
#include "engine/cli/choice.h"
#include "engine/cli/commands.h"
#include "engine/cli/final.h"
#include "engine/cli/point.h"
#include "engine/cli/replace.h"
#include "engine/cli/study.h"
#include "objectives/data/hash.h"
#include "objectives/model/model_file.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct fit_args {
    struct cli_common common;
    const char *file;
    const char *trial, *data;
};

static const struct cli_flag fit_flags[] = {
    {.name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = offsetof(struct fit_args, file),
     .shown = "MODEL", .summary = "the file to write; one that is there is replaced"},
    {.name = "trial", .kind = CLI_TEXT, .offset = offsetof(struct fit_args, trial), .shown = "N",
     .summary = "the trial to train, instead of the best"},
    {.name = "data", .kind = CLI_TEXT, .offset = offsetof(struct fit_args, data), .shown = "FILE",
     .summary = "where the data file is now"},
    CLI_FLAGS_END,
};

struct fitting {
    struct hone_db *db;
    struct hone_study_row study;
    uint64_t best;   /* the trial that is recommended */
    uint64_t number; /* the one to train */
    struct cli_final final;
    double value, sem; /* of the trial */
};

static enum hone_code which_trial(const struct fit_args *a, struct fitting *f,
    struct hone_err *err) {
    if (a->file == NULL) {
        return hone_fail(err, HONE_E_INPUT, "where to? -o MODEL names the file");
    }
    f->number = f->best;
    if (a->trial != NULL) {
        return cli_count_parse(a->trial, &f->number)
                   ? HONE_OK
                   : hone_fail(err, HONE_E_INPUT,
                         "--trial %s: it takes the number of a trial; they are 0, 1, 2 ...",
                         a->trial);
    }
    return f->study.has_best
               ? HONE_OK
               : hone_fail(err, HONE_E_MISSING,
                     "study '%s' has no complete trial; --trial N trains any other",
                     f->study.name);
}

static bool take_value(void *self, const struct hone_trial_row *row) {
    struct fitting *f = self;

    f->value = row->value;
    f->sem = row->sem;
    return false;
}

static enum hone_code read_value(struct fitting *f, struct hone_err *err) {
    const struct hone_trial_query query = {
        .study = f->study.name, .one = true, .number = f->number};

    return hone_db_trials(f->db, &query, take_value, f, err);
}

static void write_parameters(const struct fitting *f, struct hone_buf *buf) {
    const struct hone_space *space = &f->final.spec.plan.space;
    const char *head = "{";

    for (size_t p = 0; p < space->n; p++) {
        if (!isnan(f->final.x_value[p])) {
            const struct hone_value value =
                hone_param_value(&space->param[p], f->final.x_value[p]);

            hone_buf_add(buf, head);
            hone_buf_add_json_text(buf, space->param[p].name);
            hone_buf_add(buf, ": ");
            hone_value_write_json(&value, buf);
            head = ", ";
        }
    }
    hone_buf_add(buf, *head == '{' ? "{}" : "}");
}

static enum hone_code save(const struct fitting *f, const char *db, const char *path,
    struct hone_err *err) {
    struct hone_buf parameters = {0};
    struct hone_buf text = {0};
    char spec_hash[HONE_HASH_HEX];
    struct hone_hash hash;
    struct hone_model_origin origin = {
        .study = f->study.name, .trial = f->number, .spec_hash = spec_hash,
        .data_hash = f->final.objective->data_hash, .rows = f->final.rows,
        .metric = f->study.metric, .value = f->value, .sem = f->sem,
        .test = f->final.has_test ? f->final.test.value : NAN,
    };
    enum hone_code code;

    hone_hash_begin(&hash);
    hone_hash_add(&hash, f->study.spec_text, strlen(f->study.spec_text));
    hone_hash_hex(&hash, spec_hash);
    write_parameters(f, &parameters);
    origin.parameters = hone_buf_text(&parameters);
    hone_model_write(&f->final.predictor, &origin, &text);
    code = hone_buf_ok(&parameters, err);
    if (code == HONE_OK) {
        code = hone_buf_ok(&text, err);
    }
    if (code == HONE_OK) {
        code = cli_replace_file(db, path, &text, err);
    }
    hone_buf_finish(&parameters);
    hone_buf_finish(&text);
    return code;
}

static void report(const struct fitting *f, const char *path, struct hone_buf *buf) {
    hone_buf_add(buf, "study   ");
    hone_buf_add_printable(buf, f->study.name);
    hone_buf_printf(buf, "\ntrial   %" PRIu64 "%s\nvalue   ", f->number,
        cli_choice_title(&f->study, f->best, f->number));
    cli_add_value(buf, f->value, f->sem);
    hone_buf_printf(buf, "  (%s, cross-validation)\n", f->study.metric);
    if (f->final.has_test) {
        hone_buf_add(buf, "test    ");
        cli_final_add_test(&f->final, buf);
        hone_buf_add(buf, "\n");
    }
    hone_buf_add(buf, "model   ");
    hone_buf_add_printable(buf, path);
    hone_buf_printf(buf, ": %s of %zu weights, trained on %zu rows\n", f->final.predictor.model,
        f->final.predictor.network.parameters, f->final.rows);
}

static enum hone_code fit_study(const struct fit_args *a, struct fitting *f, struct cli_out *out,
    struct hone_err *err) {
    bool has_test = false;
    enum hone_code code = cli_choice_number(f->db, &f->study, &f->best, err);

    if (code == HONE_OK) {
        code = which_trial(a, f, err);
    }
    if (code == HONE_OK) {
        code = cli_spec_move_data(&f->final.spec, a->data, err);
    }
    if (code == HONE_OK) {
        code = cli_final_load(&f->final, &f->study, &has_test, err);
    }
    if (code == HONE_OK) {
        code = cli_final_train(&f->final, f->db, &f->study, f->number, err);
    }
    if (code == HONE_OK) {
        code = read_value(f, err);
    }
    if (code == HONE_OK) {
        code = save(f, a->common.db, a->file, err);
    }
    if (code == HONE_OK && !a->common.quiet) {
        report(f, a->file, &out->text);
    }
    return code;
}

static enum hone_code fit_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct fit_args *a = args;
    struct fitting f = {.value = NAN, .sem = NAN};
    struct hone_arena arena = {0};
    enum hone_code code = hone_db_open(a->common.db, HONE_DB_READ, &f.db, err);

    if (code == HONE_OK) {
        code = cli_study_read(f.db, a->common.operand.item[0], &arena, &f.study, err);
    }
    if (code == HONE_OK) {
        code = fit_study(a, &f, out, err);
    }
    cli_final_finish(&f.final);
    hone_db_close(f.db);
    hone_arena_finish(&arena);
    return code;
}

const struct cli_command cli_command_fit = {
    .name = "fit",
    .operands = "STUDY -o MODEL",
    .summary = "trains the best trial on all the data and saves the model",
    .details =
        "The best is the trial that 'hone best' recommends.\n\n"
        "The model is one JSON file with all that predicting needs: how columns are called,\n"
        "filled and scaled, the layers with their weights, the classes, and where it comes from.\n"
        "Its random numbers are those of a fold behind the last one, so that the same study\n"
        "always makes the same model. 'hone predict' uses it.\n\n"
        "With early stopping it is trained twice: without the rows that early stopping keeps, to\n"
        "see after how many epochs to stop, and then for so many epochs on all rows.\n",
    .flags = fit_flags,
    .formats = cli_no_formats,
    .args_size = sizeof(struct fit_args),
    .operands_low = 1,
    .operands_high = 1,
    .run = fit_run,
};
