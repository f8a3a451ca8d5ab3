/* SVG, written a shape at a time. Everything that a user supplied goes through
 * cli_svg_text or cli_svg_title, which escape it. Lengths are in pixels, from the
 * upper left corner. */
#ifndef HONE_CLI_PLOT_SVG_H
#define HONE_CLI_PLOT_SVG_H

#include "engine/buf.h"

#include <stddef.h>

/* How a shape looks: the name of a class of the style sheet in svg.c. */
enum cli_ink {
    CLI_INK_GRID, CLI_INK_AXIS, CLI_INK_TEXT, CLI_INK_MUTED, CLI_INK_STRONG, CLI_INK_DOT,
    CLI_INK_PALE, CLI_INK_BAD, CLI_INK_BEST, CLI_INK_LINE, CLI_INK_BAND, CLI_INK_BAR,
    CLI_INK_SECOND, CLI_INK_WHISKER, CLI_INK_DASH, CLI_INK_FAINT, CLI_INK_THIN, CLI_INK_SPOT,
};

enum cli_anchor { CLI_ANCHOR_START, CLI_ANCHOR_MIDDLE, CLI_ANCHOR_END };

/* A picture of this size, with what it shows for those who cannot see it. */
void cli_svg_start(struct hone_buf *svg, double width, double height, const char *title);
void cli_svg_end(struct hone_buf *svg);

void cli_svg_line(struct hone_buf *svg, enum cli_ink ink, double x1, double y1, double x2,
    double y2);
void cli_svg_rect(struct hone_buf *svg, enum cli_ink ink, double x, double y, double width,
    double height);
void cli_svg_circle(struct hone_buf *svg, enum cli_ink ink, double x, double y, double radius);

/* A rectangle in one of the colours between good (0) and bad (1). */
void cli_svg_cell(struct hone_buf *svg, double share, double x, double y, double width,
    double height);

void cli_svg_text(struct hone_buf *svg, enum cli_ink ink, enum cli_anchor anchor, double x,
    double y, const char *text);

/* The same, turned to read upwards. */
void cli_svg_text_up(struct hone_buf *svg, enum cli_ink ink, double x, double y,
    const char *text);

/* A line through points: begin, points one after another, end. */
void cli_svg_path(struct hone_buf *svg, enum cli_ink ink);
void cli_svg_point(struct hone_buf *svg, size_t number, double x, double y);
void cli_svg_path_end(struct hone_buf *svg);

/* A group whose shapes show this text when they are pointed at. */
void cli_svg_title(struct hone_buf *svg, const char *text);
void cli_svg_title_end(struct hone_buf *svg);

/* Appends the text as it may stand in XML. */
void cli_svg_escape(struct hone_buf *svg, const char *text);

#endif
