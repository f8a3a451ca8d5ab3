#include "engine/cli/failure.h"

#include <ctype.h>
#include <string.h>

/* Behind it objectives/command puts the end of the error output. */
static const char output_follows[] = "; its error output ends:\n";

static void add_printable(struct hone_buf *buf, const char *text, size_t length) {
    struct hone_buf part = {0};

    hone_buf_add_bytes(&part, text, length);
    hone_buf_add_printable(buf, hone_buf_text(&part));
    hone_buf_finish(&part);
}

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
    add_printable(buf, text + from, end - from);
}

void cli_add_failure(struct hone_buf *buf, const char *error) {
    const char *text = error != NULL ? error : "no reason is known";
    const char *output = strstr(text, output_follows);

    add_printable(buf, text, output != NULL ? (size_t)(output - text) : strcspn(text, "\n"));
    if (output != NULL) {
        hone_buf_add(buf, ": ");
        add_last_line(buf, output + sizeof(output_follows) - 1);
    }
}
