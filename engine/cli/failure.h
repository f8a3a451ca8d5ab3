/* Why a trial failed, in one line. */
#ifndef HONE_CLI_FAILURE_H
#define HONE_CLI_FAILURE_H

#include "engine/buf.h"

/* Appends what happened and, behind a colon, the last line of the program's error output,
 * printable: "fold 1: exit status 1: ValueError: negative". error: as it is stored; NULL: none. */
void cli_add_failure(struct hone_buf *buf, const char *error);

#endif
