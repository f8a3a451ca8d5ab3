#include "engine/cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_BYTES = 64 * 1024, SAY_BYTES = 4096 };

void cli_out_start(struct cli_out *out) {
    *out = (struct cli_out){.file = STDOUT_FILENO, .name = "standard output",
        .terminal = isatty(STDOUT_FILENO) == 1};
}

void cli_out_start_file(struct cli_out *out, int file, const char *name) {
    *out = (struct cli_out){.file = file, .name = name};
}

/* Writes all of it; returns 0 or errno. */
static int write_all(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);

        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return errno;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

static void out_flush(struct cli_out *out) {
    if (!out->closed && out->failure == 0) {
        int failure = write_all(out->file, hone_buf_text(&out->text), out->text.length);

        out->closed = failure == EPIPE;
        out->failure = out->closed ? 0 : failure;
    }
    hone_buf_clear(&out->text);
}

void cli_out_turn(struct cli_out *out) {
    if (out->text.length >= PIECE_BYTES && !out->text.failed) {
        out_flush(out);
    }
}

enum hone_code cli_out_finish(struct cli_out *out, struct hone_err *err) {
    enum hone_code code = hone_buf_ok(&out->text, err);

    if (code == HONE_OK) {
        out_flush(out);
        if (out->failure != 0) {
            code = hone_fail(err, HONE_E_IO, "%s: %s", out->name, strerror(out->failure));
        }
    }
    hone_buf_finish(&out->text);
    return code;
}

void cli_say_bytes(const char *bytes, size_t length) {
    /* Nobody is left to tell when standard error itself fails. */
    (void)write_all(STDERR_FILENO, bytes, length);
}

void cli_say_lines(const char *lines) {
    struct hone_buf shown = {0};
    struct hone_buf line = {0};

    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");

        hone_buf_clear(&line);
        hone_buf_add_bytes(&line, lines, length);
        hone_buf_add_printable(&shown, hone_buf_text(&line));
        hone_buf_add(&shown, "\n");
        lines += length + (lines[length] == '\n');
    }
    cli_say_bytes(hone_buf_text(&shown), shown.length);
    hone_buf_finish(&line);
    hone_buf_finish(&shown);
}

void cli_say(const char *format, ...) {
    char sentence[SAY_BYTES];
    struct hone_buf line = {0};
    va_list args;

    va_start(args, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    hone_buf_add(&line, "hone: ");
    hone_buf_add(&line, sentence);
    hone_buf_add(&line, "\n");
    cli_say_lines(hone_buf_text(&line));
    hone_buf_finish(&line);
}
