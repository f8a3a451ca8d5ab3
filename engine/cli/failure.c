#include "engine/cli/failure.h"

#include "engine/cli/point.h"

#include <ctype.h>
#include <string.h>

/* Behind it objectives/command puts the end of the error output. */
static const char output_follows[] = "; its error output ends:\n";

/* The last line that is not empty. */
static void add_last_line(struct hone_buf *buf, const char *text) {
    size_t end = strlen(text);
    size_t from;

    while (end > 0 && isspace((unsigned char)text[end - 1]) != 0) {
        end--;
    }
    from = end;
    while (from > 0 && text[from - 1] != '\n') {
        from--;
    }
    cli_add_printable_part(buf, text + from, end - from);
}

void cli_add_failure(struct hone_buf *buf, const char *error) {
    const char *text = error != NULL ? error : "no reason is known";
    const char *output = strstr(text, output_follows);

    if (output == NULL) {
        cli_add_first_line(buf, text);
        return;
    }
    cli_add_printable_part(buf, text, (size_t)(output - text));
    hone_buf_add(buf, ": ");
    add_last_line(buf, output + sizeof(output_follows) - 1);
}
