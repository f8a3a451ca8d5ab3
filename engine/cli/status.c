#include "engine/cli/status.h"

enum cli_status cli_status_of(enum hone_code code) {
    switch (code) {
    case HONE_OK:
        return CLI_DONE;
    case HONE_E_INPUT:
    case HONE_E_MISSING:
    case HONE_E_CORRUPT: /* a file that is no database of ours was named */
        return CLI_MISUSED;
    case HONE_E_DIFFERS:
        return CLI_DIFFERS;
    case HONE_E_CANCELLED:
        return CLI_INTERRUPTED;
    case HONE_E_NOMEM:
    case HONE_E_IO:
    case HONE_E_BUSY:
    case HONE_E_NUMERIC:
        break;
    }
    return CLI_FAILED;
}
