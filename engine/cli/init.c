#define _XOPEN_SOURCE 700 /* realpath */
/* hone init */
#include "engine/cli/columns.h"
#include "engine/cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct init_args {
    struct cli_common common;
    const char *data;
    const char *file;
};

static const struct cli_flag init_flags[] = {
    {.name = "data", .kind = CLI_TEXT, .offset = offsetof(struct init_args, data),
     .shown = "FILE.csv", .summary = "looks at its columns first"},
    {.name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = offsetof(struct init_args, file),
     .shown = "FILE", .summary = "writes there, unless it exists, instead of standard output"},
    CLI_FLAGS_END,
};

/* ---- The spec, part by part. ---- */

static const char head_part[] =
    "# A search for hone. 'hone check FILE' says what it would do, 'hone run FILE' does it,\n"
    "# 'hone help spec' explains every key. The study is called as this file, without .yaml.\n"
    "seed: 1                       # the whole search follows from this file, seed included\n"
    "\n"
    "data:\n";

enum { LEAST_FOLDS = 2, USUAL_FOLDS = 5 };

static const char space_part[] =
    "\n"
    "space:                        # a list is a choice, a mapping a range, a scalar a constant\n"
    "  optimizer: [sgd, momentum, adam, adamw]\n"
    "  learning_rate: {type: float, low: 1e-4, high: 1e-1, log: true}\n"
    "  momentum: {type: float, low: 0.5, high: 0.99, when: {optimizer: momentum}}\n"
    "  weight_decay: {type: float, low: 1e-6, high: 1e-2, log: true}\n"
    "  batch_size: {type: int, low: 16, high: 128, log: true}\n"
    "  hidden: [[32], [64], [64, 64]]  # sizes of the hidden layers\n"
    "  activation: [relu, tanh]\n"
    "\n"
    "search:\n"
    "  method: gp                  # a Gaussian process; 'hone help search' lists the methods\n"
    "  trials: 40\n"
    "  first: default              # trial 0 is the defaults: every result says what it gained\n";

static void add_task(struct hone_buf *buf, const struct cli_columns *columns) {
    if (columns->classification) {
        hone_buf_printf(buf, "  task: classification        # %zu classes in %zu rows\n",
            columns->classes, columns->rows);
    } else {
        hone_buf_printf(buf, "  task: regression            # %zu rows\n", columns->rows);
    }
}

static void add_ignore(struct hone_buf *buf, const struct cli_columns *columns) {
    hone_buf_add(buf, columns->ignored == 0
                          ? "  ignore: []                  # columns to leave out\n"
                          : "  ignore:                     # columns to leave out\n");
    for (size_t i = 0; i < columns->ignored; i++) {
        hone_buf_add(buf, "    - ");
        hone_buf_add_json_text(buf, columns->ignore[i].name);
        hone_buf_printf(buf, "  # %s\n", columns->ignore[i].why);
    }
}

static void add_data(struct hone_buf *buf, const char *path, const struct cli_columns *columns) {
    hone_buf_add(buf, "  csv: ");
    hone_buf_add_json_text(buf, path == NULL ? "data.csv" : path);
    hone_buf_add(buf, "\n");
    if (path == NULL) {
        hone_buf_add(buf, "  # target: COLUMN            # default: the last column\n"
                          "  # ignore: [id]              # columns to leave out\n");
        return;
    }
    hone_buf_add(buf, "  target: ");
    hone_buf_add_json_text(buf, columns->target);
    if (columns->features == 1) {
        hone_buf_add(buf, "  # learned from the other column\n");
    } else {
        hone_buf_printf(buf, "  # learned from the other %zu columns\n", columns->features);
    }
    add_task(buf, columns);
    add_ignore(buf, columns);
}

/* As many as the data has rows for. */
static void add_cv(struct hone_buf *buf, const char *path, const struct cli_columns *columns) {
    size_t folds = USUAL_FOLDS;

    if (path != NULL && columns->most_folds < USUAL_FOLDS) {
        folds = columns->most_folds > LEAST_FOLDS ? columns->most_folds : LEAST_FOLDS;
    }
    hone_buf_printf(buf,
        "\n"
        "cv: {folds: %zu, shuffle: true} # every trial is scored on every fold\n"
        "\n", folds);
}

static void add_objective(struct hone_buf *buf, const char *path,
    const struct cli_columns *columns) {
    hone_buf_add(buf,
        "objective:\n"
        "  model: mlp                  # linear, logistic or mlp; see 'hone help models'\n");
    if (path == NULL) {
        hone_buf_add(
            buf, "  # metric: accuracy          # default: by the task; see 'hone help metrics'\n");
    } else if (columns->classification) {
        hone_buf_add(
            buf, "  metric: accuracy            # or log_loss, auc ...; see 'hone help metrics'\n");
    } else {
        hone_buf_add(buf, "  metric: rmse                # or mae, r2; see 'hone help metrics'\n");
    }
    hone_buf_add(buf, "  epochs: 30\n");
}

/* ---- The command. ---- */

/* A relative path holds from the spec's folder, which -o may put elsewhere. */
static const char *path_for_spec(const char *data, const char *file, char resolved[PATH_MAX]) {
    bool elsewhere = file != NULL && strchr(file, '/') != NULL;

    return data != NULL && elsewhere && realpath(data, resolved) != NULL ? resolved : data;
}

static enum hone_code write_file(const char *path, const struct hone_buf *text,
    struct hone_err *err) {
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    enum hone_code code;

    if (file < 0) {
        return hone_fail(err, HONE_E_INPUT, "'%s': %s", path,
            errno == EEXIST ? "it exists already and is left as it is" : strerror(errno));
    }
    code = hone_buf_write(text, file, path, err);
    if (close(file) != 0 && code == HONE_OK) {
        code = hone_fail(err, HONE_E_IO, "'%s': %s", path, strerror(errno));
    }
    if (code != HONE_OK) {
        (void)unlink(path); /* half a spec helps nobody */
    }
    return code;
}

static enum hone_code init_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct init_args *a = args;
    struct hone_arena arena = {0};
    struct cli_columns columns = {0};
    struct hone_buf text = {0};
    char resolved[PATH_MAX];
    enum hone_code code = HONE_OK;

    if (a->data != NULL) {
        code = cli_columns_look(a->data, &arena, &columns, err);
    }
    if (code != HONE_OK) {
        goto out;
    }
    hone_buf_add(&text, head_part);
    add_data(&text, path_for_spec(a->data, a->file, resolved), &columns);
    add_cv(&text, a->data, &columns);
    add_objective(&text, a->data, &columns);
    hone_buf_add(&text, space_part);
    code = hone_buf_ok(&text, err);
    if (code == HONE_OK && a->file != NULL) {
        code = write_file(a->file, &text, err);
    } else if (code == HONE_OK) {
        hone_buf_add_bytes(&out->text, text.text, text.length);
    }
out:
    hone_buf_finish(&text);
    hone_arena_finish(&arena);
    return code;
}

const struct cli_command cli_command_init = {
    .name = "init",
    .operands = "",
    .summary = "writes a commented spec to start from",
    .details =
        "With --data the target is the last column, and the task follows from it. Columns that\n"
        "only number or name the rows, and those that cannot be learned from as they are, stand\n"
        "under 'ignore:', each with the reason.\n",
    .flags = init_flags,
    .formats = cli_no_formats,
    .args_size = sizeof(struct init_args),
    .run = init_run,
};
