/* hone export STUDY --to FORM [FILE | FOLDER] */
#include "engine/cli/exchange/export.h"

#include "engine/cli/commands.h"
#include "engine/cli/replace.h"
#include "engine/cli/study.h"
#include "engine/problems.h"

#include <string.h>
#include <sys/stat.h>

static enum hone_code write_optuna(const struct cli_exporting *e, struct hone_err *err) {
    return hone_db_export_optuna(e->db, e->study->name, e->space, e->path, err);
}

static const struct cli_export_form cli_export_optuna = {
    .name = "optuna", .kind = CLI_EXPORT_FILE, .write = write_optuna,
};

static const struct cli_export_form *const forms[] = {
    &cli_export_csv,
    &cli_export_json,
    &cli_export_cvresults,
    &cli_export_optuna,
    &cli_export_mlflow,
    &cli_export_tensorboard,
};

enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

struct export_args {
    struct cli_common common;
    const char *to, *file;
    bool force;
};

static const struct cli_flag export_flags[] = {
    {.name = "to", .kind = CLI_TEXT, .offset = offsetof(struct export_args, to), .shown = "FORM",
     .summary = "csv, json, cvresults, optuna, mlflow, tensorboard"},
    {.name = "output", .letter = 'o', .kind = CLI_TEXT,
     .offset = offsetof(struct export_args, file), .shown = "FILE",
     .summary = "the same as FILE behind the study"},
    {.name = "force", .letter = 'f', .kind = CLI_SWITCH,
     .offset = offsetof(struct export_args, force), .summary = "replace FILE when it is there"},
    CLI_FLAGS_END,
};

/* ---- What is asked for ---- */

static enum hone_code unknown_form(const char *word, struct hone_err *err) {
    const char *names[FORMS];
    struct hone_buf known = {0};
    const char *near;

    for (size_t i = 0; i < FORMS; i++) {
        names[i] = forms[i]->name;
        hone_buf_printf(&known, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    near = word == NULL ? NULL : hone_nearest(word, names, FORMS);
    if (word == NULL) {
        (void)hone_fail(err, HONE_E_INPUT, "in which form? --to is one of %s",
            hone_buf_text(&known));
    } else {
        (void)hone_fail(err, HONE_E_INPUT, "--to %s: it is one of %s%s%s%s", word,
            hone_buf_text(&known), near == NULL ? "" : "; did you mean ",
            near == NULL ? "" : near, near == NULL ? "" : "?");
    }
    hone_buf_finish(&known);
    return err->code;
}

static enum hone_code find_form(const char *word, const struct cli_export_form **ret,
    struct hone_err *err) {
    for (size_t i = 0; word != NULL && i < FORMS; i++) {
        if (strcmp(forms[i]->name, word) == 0) {
            *ret = forms[i];
            return HONE_OK;
        }
    }
    return unknown_form(word, err);
}

static enum hone_code find_path(const struct export_args *a, const struct cli_export_form *form,
    const char **ret, struct hone_err *err) {
    const char *operand = a->common.operand.count > 1 ? a->common.operand.item[1] : NULL;

    if (operand != NULL && a->file != NULL) {
        return hone_fail(err, HONE_E_INPUT, "both '%s' and '%s' are named as the file", operand,
            a->file);
    }
    *ret = operand != NULL ? operand : a->file;
    if (*ret == NULL && form->kind != CLI_EXPORT_TEXT) {
        return hone_fail(err, HONE_E_INPUT, "where to? usage: hone export STUDY --to %s %s",
            form->name, form->kind == CLI_EXPORT_FOLDER ? "FOLDER" : "FILE");
    }
    return HONE_OK;
}

/* ---- Writing ---- */

/* Refused before the work, and once more after it. */
static enum hone_code check_place(const char *path, bool force, struct hone_err *err) {
    struct stat info;

    return !force && lstat(path, &info) == 0
               ? hone_fail(err, HONE_E_INPUT, "'%s' is there already; --force replaces it", path)
               : HONE_OK;
}

static enum hone_code fill(const struct cli_export_form *form, struct cli_exporting *e,
    const struct cli_place *place, struct hone_err *err) {
    struct cli_out out;
    enum hone_code code;

    if (form->kind == CLI_EXPORT_FILE) {
        e->path = hone_buf_text(&place->name);
        return form->write(e, err);
    }
    cli_out_start_file(&out, place->file, place->path);
    e->out = &out;
    code = form->write(e, err);
    if (code == HONE_OK) {
        return cli_out_finish(&out, err);
    }
    hone_buf_finish(&out.text);
    return code;
}

static enum hone_code write_file(const struct cli_export_form *form, struct cli_exporting *e,
    const char *path, struct hone_err *err) {
    struct cli_place place = {0};
    enum hone_code code = check_place(path, e->force, err);

    if (code == HONE_OK) {
        code = cli_place_begin(&place, e->db_path, path, err);
    }
    if (code == HONE_OK) {
        code = fill(form, e, &place, err);
    }
    return cli_place_end(&place, code, e->force, err);
}

static enum hone_code write_form(const struct cli_export_form *form, struct cli_exporting *e,
    const char *path, struct hone_err *err) {
    if (form->kind == CLI_EXPORT_FOLDER) {
        e->path = path;
    }
    if (form->kind == CLI_EXPORT_FOLDER || path == NULL) {
        return form->write(e, err);
    }
    return write_file(form, e, path, err);
}

static enum hone_code export_study(const struct export_args *a, struct cli_exporting *e,
    struct hone_err *err) {
    const char *name = a->common.operand.item[0];
    const struct cli_export_form *form = NULL;
    struct hone_study_row study = {0};
    struct hone_space space = {0};
    const char *path = NULL;
    enum hone_code code = find_form(a->to, &form, err);

    if (code == HONE_OK) {
        code = find_path(a, form, &path, err);
    }
    if (code == HONE_OK) {
        code = hone_db_open(a->common.db, HONE_DB_READ, &e->db, err);
    }
    if (code == HONE_OK) {
        code = cli_study_read(e->db, name, e->arena, &study, err);
    }
    if (code == HONE_OK) {
        code = cli_study_space(&study, e->arena, &space, err);
    }
    e->study = &study;
    e->space = &space;
    return code == HONE_OK ? write_form(form, e, path, err) : code;
}

static enum hone_code export_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct export_args *a = args;
    struct hone_arena arena = {0};
    struct cli_exporting e = {.db_path = a->common.db, .arena = &arena, .out = out,
        .force = a->force, .quiet = a->common.quiet};
    enum hone_code code = export_study(a, &e, err);

    hone_db_close(e.db);
    hone_arena_finish(&arena);
    return code;
}

const struct cli_command cli_command_export = {
    .name = "export",
    .operands = "STUDY --to FORM [FILE]",
    .summary = "writes the trials for other programs",
    .details =
        "csv        a row a trial: parameters, value, folds, metrics, times\n"
        "json       an array of trials as in 'hone trials --format json', and what proposed each\n"
        "cvresults  JSON with the keys of scikit-learn's cv_results_; scores as there: larger is\n"
        "           better, so that a value that is minimized has its sign changed\n"
        "optuna     an SQLite file with Optuna's own tables, which Optuna can go on with; trials\n"
        "           that run or wait here wait there. (The database itself can be read by Optuna\n"
        "           without an export: optuna.load_study, optuna-dashboard.)\n"
        "mlflow     a folder in MLflow's form, a run a trial; the command that takes it into a\n"
        "           database of MLflow is written\n"
        "tensorboard  FOLDER/STUDY with the parameters (HParams), value and metrics of each trial\n"
        "           and the loss and rate of each fold by epoch, or the values that a program\n"
        "           tells by its steps; 'tensorboard --logdir FOLDER'\n"
        "Texts go to standard output without FILE. FILE is there as a whole or not at all; one\n"
        "that is there is replaced with --force alone.\n",
    .flags = export_flags,
    .formats = cli_no_formats,
    .args_size = sizeof(struct export_args),
    .operands_low = 1,
    .operands_high = 2,
    .run = export_run,
};
