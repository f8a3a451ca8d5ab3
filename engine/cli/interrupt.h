/* Ctrl-C, SIGTERM and SIGHUP become stop requests. */
#ifndef HONE_CLI_INTERRUPT_H
#define HONE_CLI_INTERRUPT_H

#include "engine/run.h"

/* From now on each of these signals adds one request; the third ends the
 * program at once, with status 130 (the database is sound at any moment).
 * SIGHUP stays ignored where it was, as nohup wants. stop must live until cli_interrupt_forget. */
void cli_interrupt_watch(struct hone_stop *stop);

/* The signals end the program again. */
void cli_interrupt_forget(void);

/* How often the program was stopped (Ctrl-Z) and went on while signals were
 * watched: what it drew on a terminal may be gone. */
unsigned cli_interrupt_continued(void);

/* Writing to a reader who has gone, or beyond the largest file that is allowed, becomes
 * an error instead of a death. */
void cli_interrupt_let_writes_fail(void);

#endif
