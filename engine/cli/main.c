/* hone: finds the command, runs it, and tells the shell how it went. */
#include "engine/alloc.h"
#include "engine/cli/args.h"
#include "engine/cli/commands.h"
#include "engine/cli/cores.h"
#include "engine/cli/interrupt.h"
#include "engine/cli/out.h"
#include "engine/cli/status.h"
#include "engine/problems.h"

#include <gsl/gsl_errno.h>
#include <string.h>
#include <unistd.h>

enum { COMMANDS_LIMIT = 64 };

static enum hone_code fail_unknown(const char *word, struct hone_err *err) {
    const char *names[COMMANDS_LIMIT];
    size_t count = 0;
    const char *near;

    for (; cli_commands[count] != NULL; count++) {
        names[count] = cli_commands[count]->name;
    }
    near = hone_nearest(word, names, count);
    return near == NULL
               ? hone_fail(err, HONE_E_INPUT, "unknown command '%s'; 'hone help' lists them", word)
               : hone_fail(
                     err, HONE_E_INPUT, "unknown command '%s'; did you mean '%s'?", word, near);
}

static enum hone_code run_command(const struct cli_command *command, void *args,
    struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;

    if (common->help) {
        cli_args_help(command, &out->text);
        return HONE_OK;
    }
    if (common->version) {
        hone_buf_add(&out->text, "hone " HONE_VERSION "\n");
        return HONE_OK;
    }
    return command->run(args, out, err);
}

static enum hone_code read_and_run(const struct cli_command *command, int argc, char **argv,
    int at, const struct cli_common *common, struct cli_out *out, struct hone_err *err) {
    struct hone_arena arena = {0};
    void *args = hone_arena_new(&arena, command->args_size);
    enum hone_code code;

    if (args == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the command line");
        goto out;
    }
    memcpy(args, common, sizeof(*common));
    code = cli_args_read(command, argc, argv, at, &arena, args, err);
    if (code == HONE_OK) {
        code = run_command(command, args, out, err);
    }
out:
    hone_arena_finish(&arena);
    return code;
}

static enum hone_code dispatch(int argc, char **argv, struct cli_out *out, struct hone_err *err) {
    struct cli_common common;
    const struct cli_command *command;
    int at = argc;
    enum hone_code code = cli_args_find_command(argc, argv, &common, &at, err);

    if (code != HONE_OK) {
        return code;
    }
    if (common.version) {
        hone_buf_add(&out->text, "hone " HONE_VERSION "\n");
        return HONE_OK;
    }
    if (common.help) {
        cli_commands_help(&out->text);
        return HONE_OK;
    }
    if (at >= argc) {
        return hone_fail(err, HONE_E_INPUT, "which command? 'hone help' lists them");
    }
    command = cli_command_find(argv[at]);
    if (command == NULL) {
        return fail_unknown(argv[at], err);
    }
    return read_and_run(command, argc, argv, at, &common, out, err);
}

/* What a command gathered is written even when it failed afterwards. */
int main(int argc, char **argv) {
    struct cli_out out;
    struct hone_err err = {0};
    struct hone_err out_err = {0};
    enum hone_code code;
    enum hone_code out_code;

    (void)gsl_set_error_handler_off();
    code = cli_cores_limit_blas(&err);
    if (code != HONE_OK) {
        cli_say("%s", err.text);
        _exit((int)cli_status_of(code));
    }
    cli_interrupt_let_writes_fail();
    cli_out_start(&out);
    code = dispatch(argc, argv, &out, &err);
    out_code = cli_out_finish(&out, &out_err);
    if (code != HONE_OK && err.text[0] != '\0') {
        cli_say("%s", err.text);
    }
    if (out_code != HONE_OK) {
        cli_say("%s", out_err.text);
    }
    return (int)cli_status_of(code != HONE_OK ? code : out_code);
}
