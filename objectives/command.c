/* Objective `command`: a program, in any language, started once a fold. Its
 * parameters arrive as arguments, in the environment and in a file; its answer
 * is the last line that it writes. */
#include "engine/alloc.h"
#include "objectives/command/config.h"
#include "objectives/command/folder.h"
#include "objectives/command/path.h"
#include "objectives/command/run.h"
#include "objectives/objectives.h"

#include <math.h>
#include <string.h>

struct command {
    struct hone_objective base;
    struct hone_run_setup run;
    struct hone_folder folder;
    struct hone_buf about_data; /* for describe: the data is no longer there */
};

static const struct command *command_of(const struct hone_objective *base) {
    hone_assert(base->type == &hone_objective_command);
    return (const struct command *)base;
}

static void command_close(struct hone_objective *base) {
    struct command *self = (struct command *)base;

    hone_assert(base->type == &hone_objective_command);
    hone_slots_free(self->run.slots);
    hone_folder_close(&self->folder);
    hone_buf_finish(&self->about_data);
    hone_free(self);
}

/* A program knows its own defaults; we do not. */
static void presets(const struct hone_objective_setup *setup, double *ret_x_value) {
    for (size_t p = 0; p < setup->space->n; p++) {
        ret_x_value[p] = NAN;
    }
}

static void note_data(struct command *self, const struct hone_dataset *data,
    const struct hone_folds *folds) {
    const struct hone_command *command = self->run.command;

    self->base.folds = folds->count;
    self->base.race = (enum hone_race_wish)command->cv.race;
    memcpy(self->base.data_hash, data->hash, sizeof(self->base.data_hash));
    memcpy(self->base.fold_hash, folds->hash, sizeof(self->base.fold_hash));
    hone_buf_printf(&self->about_data, "data: %zu rows, %zu number and %zu text columns, "
        "%zu cells missing; target: %s\n",
        data->rows, data->columns_number, data->columns_text, data->cells_missing,
        data->target_name);
    hone_buf_printf(&self->about_data,
        "folds: %zu (%lld-fold, %lld times), training on %zu rows, as CSV files, %s\n",
        folds->count, (long long)command->cv.folds, (long long)command->cv.repeats,
        folds->split[0].train_count,
        command->prepare == HONE_PREPARE_NONE   ? "not prepared"
        : command->prepare == HONE_PREPARE_FILL ? "filled"
                                                : "standardised");
}

/* The data is needed no longer than until its folds are files. */
static enum hone_code write_folds(struct command *self, const struct hone_objective_setup *setup,
    struct hone_err *err) {
    const struct hone_command *command = self->run.command;
    struct hone_dataset *data = NULL;
    struct hone_folds *folds = NULL;
    enum hone_code code = hone_dataset_read(&command->data, setup->folder, command->cv.group,
        command->cv.time, &data, err);

    if (code == HONE_OK) {
        code = hone_folds_make(&command->cv, data, setup->seed, &folds, err);
    }
    if (code == HONE_OK) {
        code = hone_fold_files_write(data, folds, command->prepare, self->folder.path, err);
    }
    if (code == HONE_OK) {
        note_data(self, data, folds);
        code = hone_buf_ok(&self->about_data, err);
    }
    hone_folds_free(folds);
    hone_dataset_free(data);
    return code;
}

/* One that is chosen by a parameter is seen when it is started. */
static enum hone_code check_program(const struct command *self, struct hone_err *err) {
    const struct hone_argument *first = self->run.command->template.argument;
    const bool is_known = first->count == 1 && first->piece->kind == HONE_PIECE_TEXT;
    const int fault = is_known ? hone_program_fault(first->piece->text, self->run.folder) : 0;

    return fault == 0
               ? HONE_OK
               : hone_fail(err, HONE_E_INPUT,
                     "objective.command: '%.200s' cannot be started: %s; it should be a program in "
                     "PATH, or the path of one", first->piece->text, strerror(fault));
}

static enum hone_code open_all(struct command *self, const struct hone_objective_setup *setup,
    struct hone_err *err) {
    enum hone_code code = check_program(self, err);

    if (code == HONE_OK) {
        code = hone_slots_new(&self->run.command->slots, &self->run.slots, err);
    }
    if (code == HONE_OK) {
        code = hone_folder_open(&self->folder, err);
    }
    if (code == HONE_OK && self->run.command->has_data) {
        code = write_folds(self, setup, err);
    }
    self->run.private_folder = self->folder.path;
    return code;
}

static enum hone_code command_open(const struct hone_objective_setup *setup,
    struct hone_objective **ret, struct hone_err *err) {
    struct command *self = hone_new(sizeof(*self));
    enum hone_code code;

    if (self == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "opening the command");
    }
    self->run.command = setup->config;
    self->run.folder = setup->folder;
    self->base = (struct hone_objective){
        .type = &hone_objective_command, .folds = 1, .maximize = self->run.command->maximize,
        .metric = "value",
    };
    code = open_all(self, setup, err);
    if (code != HONE_OK) {
        command_close(&self->base);
        return code;
    }
    *ret = &self->base;
    return HONE_OK;
}

static void add_limits(struct hone_buf *buf, const struct hone_command *command) {
    const struct hone_limits *limits = &command->limits;

    if (isfinite(command->timeout_seconds)) {
        hone_buf_printf(buf, "timeout: %g s a run\n", command->timeout_seconds);
    }
    if (command->retries > 0) {
        hone_buf_printf(buf, "retries: %lld\n", (long long)command->retries);
    }
    if (limits->memory_bytes > 0) {
        hone_buf_printf(buf, "limits.memory: %llu bytes\n",
            (unsigned long long)limits->memory_bytes);
    }
    if (limits->cpu_seconds > 0) {
        hone_buf_printf(buf, "limits.cpu: %llu s\n", (unsigned long long)limits->cpu_seconds);
    }
    if (limits->files > 0) {
        hone_buf_printf(buf, "limits.files: %llu\n", (unsigned long long)limits->files);
    }
}

static void add_slots(struct hone_buf *buf, const struct hone_slots_config *slots) {
    for (size_t i = 0; i < slots->count; i++) {
        const struct hone_slot_list *list = &slots->list[i];

        hone_buf_add(buf, "slots.");
        hone_buf_add_printable(buf, list->name);
        hone_buf_add(buf, ":");
        for (size_t k = 0; k < list->count; k++) {
            hone_buf_add(buf, " ");
            hone_buf_add_printable(buf, list->label[k]);
        }
        hone_buf_add(buf, "\n");
    }
}

static void describe(const struct hone_objective *base, struct hone_buf *ret_lines) {
    const struct command *self = command_of(base);
    const struct hone_command *command = self->run.command;
    struct hone_buf written = {0};

    hone_buf_add(ret_lines, hone_buf_text(&self->about_data));
    hone_value_write_json(command->written, &written);
    hone_buf_add(ret_lines, "command: ");
    hone_buf_add_printable(ret_lines, hone_buf_text(&written));
    hone_buf_add(ret_lines, "\nfolder: ");
    hone_buf_add_printable(ret_lines, self->run.folder);
    hone_buf_add(ret_lines, "\n");
    add_limits(ret_lines, command);
    add_slots(ret_lines, &command->slots);
    hone_buf_finish(&written);
}

static enum hone_code evaluate(const struct hone_objective *base, const struct hone_job *job,
    struct hone_result *ret_result, struct hone_err *err) {
    return hone_command_run(&command_of(base)->run, job, ret_result, err);
}

static const char *const sections[] = {"data", "cv", NULL};

const struct hone_objective_type hone_objective_command = {
    .name = "command", .summary = "a program, started once a fold, never through a shell",
    .sections = sections, .configure = hone_command_configure, .presets = presets,
    .open = command_open, .describe = describe, .evaluate = evaluate, .close = command_close,
};
