/* hone help [COMMAND | TOPIC]: the option tables, in words. */
#include "engine/cli/help.h"

#include "engine/cli/commands.h"
#include "engine/cli/live/events.h"
#include "engine/plan.h"
#include "engine/problems.h"
#include "objectives/command/config.h"
#include "objectives/crossval.h"
#include "objectives/function.h"
#include "objectives/model/activation.h"
#include "objectives/model/metric.h"
#include "objectives/model/model.h"
#include "objectives/model/optimizer.h"
#include "objectives/model/schedule.h"
#include "objectives/model/train.h"
#include "objectives/objectives.h"
#include "objectives/sections.h"
#include "search/samplers.h"

#include <inttypes.h>
#include <string.h>

enum { NAMES_LIMIT = 64 };

static void add_option(struct hone_buf *buf, const struct hone_option *option) {
    struct hone_buf preset = {0};

    hone_option_write_preset(option, &preset);
    hone_buf_printf(buf, "  %-18s %s\n%21s", option->name, option->summary, "");
    hone_option_write_range(option, buf);
    if (preset.length > 0) {
        hone_buf_printf(buf, "; default %s", hone_buf_text(&preset));
    }
    hone_buf_add(buf, "\n");
    hone_buf_finish(&preset);
}

static void add_options(struct hone_buf *buf, const struct hone_option *options) {
    for (; options != NULL && options->name != NULL; options++) {
        add_option(buf, options);
    }
}

/* But the one whose key makes the objective what it is: it has no default. */
static void add_options_beside(struct hone_buf *buf, const char *key,
    const struct hone_option *options) {
    hone_buf_printf(buf, "\nBeside '%s:'\n", key);
    for (; options->name != NULL; options++) {
        if (strcmp(options->name, key) != 0) {
            add_option(buf, options);
        }
    }
}

static void add_type(struct hone_buf *buf, const char *name, const char *summary,
    const struct hone_option *options) {
    hone_buf_printf(buf, "\n%s: %s\n", name, summary);
    add_options(buf, options);
}

static void write_spec(struct hone_buf *buf) {
    hone_buf_add(buf,
        "A spec is one YAML mapping:\n\n"
        "  study: digits-mlp    # its name; default: the file's, without .yaml\n"
        "  seed: 1              # the whole search follows from the spec, seed included\n"
        "  data: ...            # below\n"
        "  cv: ...              # below\n"
        "  objective: ...       # hone help objective\n"
        "  space:               # a parameter a line\n"
        "    learning_rate: {type: float, low: 1e-5, high: 1, log: true}\n"
        "    batch_size: {type: int, low: 8, high: 256, log: true}     # also step: 8\n"
        "    optimizer: [sgd, momentum, adam]                          # a list is a choice\n"
        "    hidden: [[32], [64, 64]]                                  # of lists, too\n"
        "    beta1: {type: float, low: 0.5, high: 1, default: 0.9, when: {optimizer: adam}}\n"
        "    activation: relu                                          # a scalar is a constant\n"
        "  search: ...          # hone help search\n\n"
        "data:\n");
    add_options(buf, hone_data_options);
    hone_buf_add(buf, "\ncv:\n");
    add_options(buf, hone_cv_options);
}

static void write_search(struct hone_buf *buf) {
    hone_buf_add(buf, "search:\n");
    add_options(buf, hone_search_options);
    hone_buf_add(buf, "\nmethods:\n");
    for (size_t i = 0; hone_samplers[i] != NULL; i++) {
        add_type(buf, hone_samplers[i]->name, hone_samplers[i]->summary,
            hone_samplers[i]->options);
    }
}

static void write_objective(struct hone_buf *buf) {
    hone_buf_add(buf, "objective: has one of these keys.\n");
    for (size_t i = 0; hone_objectives[i] != NULL; i++) {
        add_type(buf, hone_objectives[i]->name, hone_objectives[i]->summary, NULL);
    }
    hone_buf_add(buf, "\nBeside 'command:'\n");
    add_options(buf, hone_command_options);
    hone_buf_add(buf, "\nlimits, of a command:\n");
    add_options(buf, hone_limit_options);
    add_options_beside(buf, "function", hone_function_options);
    add_options_beside(buf, "model", hone_crossval_options);
    hone_buf_add(buf, "\nearly_stopping, of a model:\n");
    add_options(buf, hone_early_stopping_options);
    hone_buf_add(buf,
        "\nAlso beside 'model:'; each is the same for every trial, or stands in the space to be\n"
        "searched:\n");
    add_options(buf, hone_train_options);
    hone_buf_add(buf, "\nSee also: hone help models, optimizers, schedules, metrics, functions.\n");
}

static void write_models(struct hone_buf *buf) {
    hone_buf_add(buf, "objective: {model: NAME}\n");
    for (size_t i = 0; hone_models[i] != NULL; i++) {
        add_type(buf, hone_models[i]->name, hone_models[i]->summary, hone_models[i]->options);
    }
    hone_buf_add(buf, "\nactivations:\n");
    for (size_t i = 0; hone_activations[i] != NULL; i++) {
        hone_buf_printf(buf, "  %-18s %s\n", hone_activations[i]->name,
            hone_activations[i]->summary);
    }
}

static void write_optimizers(struct hone_buf *buf) {
    hone_buf_add(buf, "optimizer: NAME, in the space or in objective:\n");
    for (size_t i = 0; hone_optimizers[i] != NULL; i++) {
        add_type(buf, hone_optimizers[i]->name, hone_optimizers[i]->summary,
            hone_optimizers[i]->options);
    }
}

static void write_schedules(struct hone_buf *buf) {
    hone_buf_add(buf,
        "schedule: NAME, in the space or in objective:; a linear warm-up may go before "
        "any of them\n");
    for (size_t i = 0; hone_schedules[i] != NULL; i++) {
        add_type(buf, hone_schedules[i]->name, hone_schedules[i]->summary,
            hone_schedules[i]->options);
    }
}

static void write_metrics(struct hone_buf *buf) {
    hone_buf_add(buf, "objective: {metric: NAME}\n"
                      "Those with a star are kept of every trial, whichever is asked for.\n\n");
    for (size_t i = 0; hone_metrics[i] != NULL; i++) {
        hone_buf_printf(buf, "%s %-18s %s (%s, %s)\n", hone_metrics[i]->on_request ? " " : "*",
            hone_metrics[i]->name, hone_metrics[i]->summary,
            hone_metrics[i]->task == HONE_TASK_CLASSIFICATION ? "classification" : "regression",
            hone_metrics[i]->maximize ? "maximized" : "minimized");
    }
}

static void write_functions(struct hone_buf *buf) {
    hone_buf_add(buf, "objective: {function: NAME}, to try a search; each with a space to paste\n");
    for (size_t i = 0; hone_functions[i].name != NULL; i++) {
        const struct hone_function *f = &hone_functions[i];

        hone_buf_printf(buf, "\n%s: smallest value ", f->name);
        hone_buf_add_real(buf, f->minimum);
        hone_buf_printf(buf, "\n  space: %s\n", f->space);
    }
}

static void write_events(struct hone_buf *buf) {
    hone_buf_add(buf, cli_events_help);
}

const struct cli_topic cli_topics[] = {
    {"spec", "the YAML file: data, folds, space", write_spec},
    {"search", "methods, budget, order", write_search},
    {"objective", "what is evaluated", write_objective},
    {"models", "built-in models and activations", write_models},
    {"optimizers", "how they are trained", write_optimizers},
    {"schedules", "how the learning rate changes", write_schedules},
    {"metrics", "what a value can be", write_metrics},
    {"functions", "test functions", write_functions},
    {"events", "what run --json tells", write_events},
    {"man", "all of this as a manual page, for man", cli_man_write},
    {NULL, NULL, NULL},
};

enum { TOPICS = sizeof(cli_topics) / sizeof(cli_topics[0]) - 1 };

static void write_overview(struct hone_buf *buf) {
    cli_commands_help(buf);
    hone_buf_add(buf, "\nTopics:\n");
    for (size_t i = 0; i < TOPICS; i++) {
        hone_buf_printf(buf, "  %-11s %s\n", cli_topics[i].name, cli_topics[i].summary);
    }
}

static enum hone_code fail_unknown(const char *word, struct hone_err *err) {
    const char *names[NAMES_LIMIT];
    size_t count = 0;
    const char *near;

    for (; count < TOPICS; count++) {
        names[count] = cli_topics[count].name;
    }
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        names[count++] = cli_commands[i]->name;
    }
    near = hone_nearest(word, names, count);
    return near == NULL
               ? hone_fail(
                     err, HONE_E_INPUT, "no help on '%s'; 'hone help' lists what there is", word)
               : hone_fail(err, HONE_E_INPUT, "no help on '%s'; did you mean '%s'?", word, near);
}

static enum hone_code help_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;
    const char *word = common->operand.count > 0 ? common->operand.item[0] : NULL;
    const struct cli_command *command = word == NULL ? NULL : cli_command_find(word);

    if (word == NULL) {
        write_overview(&out->text);
        return HONE_OK;
    }
    if (command != NULL) {
        cli_args_help(command, &out->text);
        return HONE_OK;
    }
    for (size_t i = 0; i < TOPICS; i++) {
        if (strcmp(cli_topics[i].name, word) == 0) {
            cli_topics[i].write(&out->text);
            return HONE_OK;
        }
    }
    return fail_unknown(word, err);
}

const struct cli_command cli_command_help = {
    .name = "help",
    .operands = "[COMMAND | TOPIC]",
    .summary = "a command, or one of the topics that 'hone help' lists",
    .formats = cli_no_formats,
    .args_size = sizeof(struct cli_common),
    .operands_high = 1,
    .run = help_run,
};
