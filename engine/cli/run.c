/* hone run */
#include "engine/cli/commands.h"
#include "engine/cli/inline.h"
#include "engine/cli/session.h"
#include "engine/cli/spec.h"

#include <inttypes.h>

struct run_args {
    struct cli_common common;
    struct cli_session_wish wish;
    struct cli_inline search; /* its command is common.command */
    const char *seed;
};

static const struct cli_flag run_flags[] = {
    {.name = "trials", .kind = CLI_COUNT, .offset = offsetof(struct run_args, search.trials),
     .shown = "N", .summary = "the budget, instead of the spec's", .low = 1,
     .high = UINT64_C(1000000000000)},
    {.name = "param", .letter = 'p', .kind = CLI_TEXTS,
     .offset = offsetof(struct run_args, search.param), .shown = "NAME=RANGE",
     .summary = "a parameter of a search without a file; again and again"},
    {.name = "study", .kind = CLI_TEXT, .offset = offsetof(struct run_args, search.study),
     .shown = "NAME", .summary = "with -p: its name (default: what is run)"},
    {.name = "method", .kind = CLI_TEXT, .offset = offsetof(struct run_args, search.method),
     .shown = "NAME", .summary = "with -p: how points are proposed; see 'hone help search'"},
    {.name = "seed", .kind = CLI_TEXT, .offset = offsetof(struct run_args, seed), .shown = "N",
     .summary = "with -p: the whole search follows from it"},
    {.name = "function", .kind = CLI_TEXT, .offset = offsetof(struct run_args, search.function),
     .shown = "NAME", .summary = "with -p: a test function instead of a command"},
    {.name = "direction", .kind = CLI_TEXT, .offset = offsetof(struct run_args, search.direction),
     .shown = "minimize|maximize", .summary = "with -p: which values are good (default: minimize)"},
    CLI_SESSION_FLAGS(struct run_args, wish),
    CLI_FLAGS_END,
};

/* What describes a search without a file has no place beside one. */
static enum hone_code check_file_alone(const struct run_args *a, struct hone_err *err) {
    const struct cli_inline *s = &a->search;
    const char *flag = s->param.count > 0     ? "-p"
                       : s->study != NULL     ? "--study"
                       : s->method != NULL    ? "--method"
                       : a->seed != NULL      ? "--seed"
                       : s->function != NULL  ? "--function"
                       : s->direction != NULL ? "--direction"
                                              : NULL;

    if (a->common.has_command) {
        return hone_fail(err, HONE_E_INPUT,
            "either a spec or '-- COMMAND', not both; 'objective: {command: [...]}' in the spec");
    }
    return flag == NULL ? HONE_OK
                        : hone_fail(err, HONE_E_INPUT,
                              "either a spec or %s, not both; the spec should say it", flag);
}

static enum hone_code load_file(const struct run_args *a, struct cli_spec *spec,
    struct hone_err *err) {
    enum hone_code code = check_file_alone(a, err);

    if (code == HONE_OK) {
        code = cli_spec_load_file(spec, a->common.operand.item[0], err);
    }
    if (code == HONE_OK && a->search.trials > 0) {
        spec->plan.budget = a->search.trials;
    }
    return code;
}

static enum hone_code check_inline(const struct run_args *a, struct hone_err *err) {
    bool function = a->search.function != NULL;

    if (a->search.param.count == 0) {
        return hone_fail(err, HONE_E_INPUT,
            "what should be run? a spec, or -p NAME=RANGE ... -- COMMAND; see 'hone run --help'");
    }
    if (function == (a->common.command.count > 0)) {
        return hone_fail(err, HONE_E_INPUT, function
            ? "either --function or '-- COMMAND', not both"
            : "what should be run with these parameters? '-- COMMAND ...' or --function NAME");
    }
    return HONE_OK;
}

static const char command_line[] = "command line"; /* instead of the name of a file */

static enum hone_code load_inline(const struct run_args *a, struct cli_spec *spec,
    struct hone_err *err) {
    struct cli_inline search = a->search;
    const char *folder = NULL;
    enum hone_code code = check_inline(a, err);

    spec->problems.file = command_line;
    search.command = a->common.command;
    search.has_seed = a->seed != NULL;
    if (code == HONE_OK && search.has_seed && !cli_count_parse(a->seed, &search.seed)) {
        code = hone_fail(err, HONE_E_INPUT, "--seed %s: it takes a whole number from 0 on",
            a->seed);
    }
    if (code == HONE_OK) {
        code = cli_inline_write(&search, &spec->text, &spec->problems, err);
    }
    if (code == HONE_OK) {
        code = cli_spec_here(spec, &folder, err);
    }
    return code == HONE_OK ? cli_spec_load_text(spec, "search", command_line, folder, err) : code;
}

static enum hone_code run_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct run_args *a = args;
    struct cli_spec spec = {0};
    enum hone_code code = a->common.operand.count > 0 ? load_file(a, &spec, err)
                                                      : load_inline(a, &spec, err);

    if (code == HONE_OK) {
        code = cli_session_run(&a->common, &a->wish, &spec, out, err);
    }
    cli_spec_finish(&spec);
    return code;
}

const struct cli_command cli_command_run = {
    .name = "run",
    .operands = "SPEC.yaml | -p NAME=RANGE ... -- COMMAND ...",
    .summary = "creates the study and searches, or goes on with it",
    .details = cli_inline_help,
    .flags = run_flags,
    .formats = cli_point_formats,
    .args_size = sizeof(struct run_args),
    .operands_high = 1,
    .takes_command = true,
    .run = run_run,
};
