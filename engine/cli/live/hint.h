/* A command for the user to go on with. */
#ifndef HONE_CLI_LIVE_HINT_H
#define HONE_CLI_LIVE_HINT_H

#include "engine/buf.h"

/* Appends 'hone COMMAND STUDY', in quotes, with --db where another database than
 * the usual one was named; in backquotes when quotes are part of it. */
void cli_add_hint(struct hone_buf *buf, const char *command, const char *study, const char *db);

#endif
