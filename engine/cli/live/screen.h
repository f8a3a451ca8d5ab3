/* A block of lines at the bottom of a terminal's text, drawn anew in its place
 * again and again. Standard error only. */
#ifndef HONE_CLI_LIVE_SCREEN_H
#define HONE_CLI_LIVE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLI_SCREEN_LINES = 64 };

/* Zero-initialise. */
struct cli_screen {
    size_t columns, rows; /* of the terminal, as cli_screen_measure found it */
    size_t count;         /* lines of ours that stand on it */
    unsigned continued;   /* as of the last draw, see interrupt.h */
    uint16_t width[CLI_SCREEN_LINES]; /* (count) their widths */
};

/* Whether standard error is a terminal that can do it, and nobody is against it
 * (NO_COLOR, TERM=dumb). */
bool cli_screen_is_there(void);

/* Whether the user's locale is of UTF-8. */
bool cli_screen_has_unicode(void);

/* Asks for the terminal's size: it may have changed. */
void cli_screen_measure(struct cli_screen *screen);

/* Puts these lines (each ended by \n; they may have colours) in the place of the
 * last ones. Lines too many or too long for the measured size are cut. Draws
 * nothing while the terminal takes no output, or belongs to another job. */
void cli_screen_draw(struct cli_screen *screen, const char *lines);

/* Takes the block off the screen. */
void cli_screen_clear(struct cli_screen *screen);

#endif
