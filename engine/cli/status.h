/* What the shell is told. */
#ifndef HONE_CLI_STATUS_H
#define HONE_CLI_STATUS_H

#include "engine/err.h"

enum cli_status {
    CLI_DONE = 0,
    CLI_FAILED = 1,        /* while running: no trial completed, disk full … */
    CLI_MISUSED = 2,       /* bad usage, spec, data; what was named is not there */
    CLI_DIFFERS = 3,       /* the stored study was made from another spec */
    CLI_INTERRUPTED = 130, /* everything is kept */
};

enum cli_status cli_status_of(enum hone_code code);

#endif
