/* After a draw the cursor stands behind the last line, so that other output
 * begins there. Going back to the first line counts the rows that our lines take
 * now: a terminal that was made narrower has wrapped them. */
#include "engine/cli/live/screen.h"

#include "engine/buf.h"
#include "engine/cli/interrupt.h"
#include "engine/cli/width.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_COLUMNS = 80, USUAL_ROWS = 24, LEAST_COLUMNS = 2, LEAST_ROWS = 2 };

static const char clear_rest_of_line[] = "\033[K";
static const char clear_below[] = "\033[J";

bool cli_screen_is_there(void) {
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return isatty(STDERR_FILENO) == 1 && (no_color == NULL || no_color[0] == '\0') &&
           terminal != NULL && strcmp(terminal, "dumb") != 0;
}

bool cli_screen_has_unicode(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *locale = getenv(names[i]);

        if (locale != NULL && locale[0] != '\0') {
            const char *charset = strchr(locale, '.');

            return charset != NULL && (strncasecmp(charset, ".UTF-8", 6) == 0 ||
                                          strncasecmp(charset, ".utf8", 5) == 0);
        }
    }
    return false;
}

void cli_screen_measure(struct cli_screen *screen) {
    struct winsize size = {0};
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;

    screen->columns = known && size.ws_col > 0 ? size.ws_col : USUAL_COLUMNS;
    screen->rows = known && size.ws_row > 0 ? size.ws_row : USUAL_ROWS;
    screen->columns = screen->columns > LEAST_COLUMNS ? screen->columns : LEAST_COLUMNS;
    screen->rows = screen->rows > LEAST_ROWS ? screen->rows : LEAST_ROWS;
}

/* A terminal that was stopped by Ctrl-S would stop the search, and one that is
 * another job's now is not ours to draw on. */
static bool may_draw(void) {
    struct pollfd wait = {.fd = STDERR_FILENO, .events = POLLOUT};
    pid_t foreground = tcgetpgrp(STDERR_FILENO);

    return poll(&wait, 1, 0) == 1 && (wait.revents & POLLOUT) != 0 &&
           (foreground < 0 || foreground == getpgrp());
}

static void write_bytes(const struct hone_buf *buf) {
    if (!buf->failed) {
        /* A closed terminal must not stop a search. */
        ssize_t ignored = write(STDERR_FILENO, hone_buf_text(buf), buf->length);

        (void)ignored;
    }
}

/* To the start of the block's first line. */
static void go_back(const struct cli_screen *screen, struct hone_buf *buf) {
    size_t rows = 0;

    for (size_t i = 0; i < screen->count; i++) {
        size_t width = screen->width[i] > 0 ? screen->width[i] : 1;

        rows += (width + screen->columns - 1) / screen->columns;
    }
    hone_buf_add(buf, "\r");
    if (rows > 1) {
        hone_buf_printf(buf, "\033[%zuA", rows - 1);
    }
}

static void add_line(struct cli_screen *screen, const char *line, size_t length,
    struct hone_buf *buf) {
    size_t start;

    if (screen->count > 0) {
        hone_buf_add(buf, "\n");
    }
    start = buf->length;
    /* The last column stays free: what is written there, some terminals wrap. */
    cli_width_add_fitted(buf, line, length, screen->columns - 1,
        cli_screen_has_unicode() ? "\u2026" : ">");
    screen->width[screen->count++] =
        (uint16_t)cli_width(hone_buf_text(buf) + start, buf->length - start);
    hone_buf_add(buf, clear_rest_of_line);
}

/* After Ctrl-Z the shell has written below the block: all of it stays. */
static void forget_if_stopped(struct cli_screen *screen) {
    if (screen->continued != cli_interrupt_continued()) {
        screen->continued = cli_interrupt_continued();
        screen->count = 0;
    }
}

void cli_screen_draw(struct cli_screen *screen, const char *lines) {
    size_t most = screen->rows - 1 < CLI_SCREEN_LINES ? screen->rows - 1 : CLI_SCREEN_LINES;
    struct hone_buf buf = {0};

    if (!may_draw()) {
        return;
    }
    forget_if_stopped(screen);
    go_back(screen, &buf);
    screen->count = 0;
    while (*lines != '\0' && screen->count < most) {
        size_t length = strcspn(lines, "\n");

        add_line(screen, lines, length, &buf);
        lines += length + (lines[length] == '\n');
    }
    hone_buf_add(&buf, clear_below);
    write_bytes(&buf);
    hone_buf_finish(&buf);
}

void cli_screen_clear(struct cli_screen *screen) {
    struct hone_buf buf = {0};

    forget_if_stopped(screen);
    if (screen->count == 0) {
        return;
    }
    cli_screen_measure(screen);
    go_back(screen, &buf);
    hone_buf_add(&buf, clear_below);
    write_bytes(&buf);
    hone_buf_finish(&buf);
    screen->count = 0;
}
