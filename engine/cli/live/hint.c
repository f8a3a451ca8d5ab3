#include "engine/cli/live/hint.h"

#include "engine/cli/args.h"
#include "engine/cli/point.h"

#include <string.h>

void cli_add_hint(struct hone_buf *buf, const char *command, const char *study, const char *db) {
    struct hone_buf text = {0};
    const char *quote;

    hone_buf_printf(&text, "hone %s %s", command, study);
    if (strcmp(db, cli_default_db()) != 0) {
        hone_buf_add(&text, " --db ");
        cli_add_shell_word(&text, db);
    }
    quote = strchr(hone_buf_text(&text), '\'') == NULL ? "'" : "`";
    hone_buf_printf(buf, "%s%s%s", quote, hone_buf_text(&text), quote);
    buf->failed = buf->failed || text.failed;
    hone_buf_finish(&text);
}
