#include "engine/cli/live/hint.h"

#include "engine/cli/args.h"
#include "engine/cli/point.h"

#include <string.h>

void cli_add_hint(struct hone_buf *buf, const char *command, const char *study, const char *db) {
    hone_buf_printf(buf, "'hone %s %s", command, study);
    if (strcmp(db, cli_default_db()) != 0) {
        hone_buf_add(buf, " --db ");
        cli_add_shell_word(buf, db);
    }
    hone_buf_add(buf, "'");
}
