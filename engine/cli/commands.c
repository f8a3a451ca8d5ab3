#include "engine/cli/commands.h"

#include <string.h>

const struct cli_command *const cli_commands[] = {
    &cli_command_run,     &cli_command_resume, &cli_command_check, &cli_command_init,
    &cli_command_studies, &cli_command_trials, &cli_command_show,  &cli_command_best,
    &cli_command_report,
    &cli_command_fit,     &cli_command_predict, &cli_command_verify,
    &cli_command_export, &cli_command_import,  &cli_command_watch, &cli_command_compare,
    &cli_command_plot,
    &cli_command_pipe,    &cli_command_add,     &cli_command_delete, &cli_command_sql,
    &cli_command_db,
    &cli_command_help,    &cli_command_complete,
    NULL,
};

const struct cli_command *cli_command_find(const char *name) {
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (strcmp(cli_commands[i]->name, name) == 0) {
            return cli_commands[i];
        }
    }
    return NULL;
}

void cli_commands_help(struct hone_buf *buf) {
    hone_buf_add(buf,
        "hone searches hyperparameters: one YAML file in, one SQLite database out.\n\n"
        "usage: hone COMMAND [operands and flags]\n\nCommands:\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (!cli_commands[i]->hidden) {
            hone_buf_printf(buf, "  %-8s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
        }
    }
    hone_buf_add(buf, "\n");
    cli_args_help_common(buf);
    hone_buf_add(buf, "\nExit status: 0 done, 1 failed while running, 2 bad usage, spec or data,\n"
                      "3 the stored study was made from another spec, 130 interrupted.\n"
                      "'hone help COMMAND' and 'hone help TOPIC' say more.\n");
}
