/* A folder for TensorBoard that is written while the search runs. */
#ifndef HONE_CLI_BOARD_LIVE_H
#define HONE_CLI_BOARD_LIVE_H

#include "engine/cli/board/board.h"
#include "engine/cli/session.h"
#include "engine/err.h"
#include "engine/run.h"

/* Hears what the run tells, writes it, and tells it on. */
struct cli_board_live {
    struct hone_observer observer; /* hand it to the run */
    const struct hone_observer *next;
    const struct cli_session *session;
    struct cli_board board;
    bool broken; /* something could not be written: that was said, and nothing follows */
};

/* Opens the folder and writes finished trials that are not there yet. `next` hears
 * everything too. What cannot be written later on is said once and does not stop
 * the search. session and next must stay. */
HONE_MUST_CHECK enum hone_code cli_board_live_start(struct cli_board_live *live,
    const struct cli_session *session, const char *folder, const struct hone_observer *next,
    struct hone_err *err);

#endif
