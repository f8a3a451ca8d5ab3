/* What there is to read about beside the commands. */
#ifndef HONE_CLI_HELP_H
#define HONE_CLI_HELP_H

#include "engine/buf.h"

struct cli_topic {
    const char *name;
    const char *summary;
    void (*write)(struct hone_buf *buf);
};

/* In the order of the help text; a name of NULL ends them. */
extern const struct cli_topic cli_topics[];

/* Appends the manual page: commands, flags and topics, from the tables that the
 * program itself reads. */
void cli_man_write(struct hone_buf *buf);

#endif
