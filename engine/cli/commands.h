/* The commands, one a file, listed in main.c. */
#ifndef HONE_CLI_COMMANDS_H
#define HONE_CLI_COMMANDS_H

#include "engine/cli/args.h"

extern const struct cli_command cli_command_run, cli_command_resume, cli_command_check,
    cli_command_init, cli_command_studies, cli_command_trials, cli_command_show, cli_command_best,
    cli_command_add, cli_command_delete, cli_command_export,
    cli_command_import, cli_command_sql, cli_command_help,
    cli_command_fit, cli_command_pipe, cli_command_predict, cli_command_verify, cli_command_db,
    cli_command_watch, cli_command_report, cli_command_compare, cli_command_plot,
    cli_command_complete;

/* All of them in the order of the help text, NULL-terminated. */
extern const struct cli_command *const cli_commands[];

/* The command of that name, or NULL. */
const struct cli_command *cli_command_find(const char *name);

/* Appends what `hone --help` says. */
void cli_commands_help(struct hone_buf *buf);

#endif
