#include "engine/cli/plot/svg.h"

#include <math.h>

/* The colours of the report. They are written out for both: many programs that show
 * SVG know neither variables nor media queries, and take the light ones. */
static const char style[] =
    "<style>\n"
    "text{font:12px system-ui,'Noto Sans','DejaVu Sans',sans-serif;paint-order:stroke;"
    "stroke-width:3px;stroke-linejoin:round}"
    ".strong{font-weight:600;font-size:15px}path{fill:none}.band{fill-opacity:.15}"
    ".dot,.pale{fill-opacity:.6}.line,.second{stroke-width:2;stroke-linejoin:round}"
    ".second{fill:none}.whisker{stroke-width:1.5}.dash{stroke-dasharray:5 4}"
    ".faint{stroke-opacity:.35}.thin{stroke-opacity:.6}"
    ".cell{shape-rendering:crispEdges}"
    ".spot{fill:#fff;fill-opacity:.8;stroke:#1c2126;stroke-width:.7}" "\n"
    "text{stroke:#fff}.back{fill:#fff}.text{fill:#1c2126}.muted{fill:#5f6875}.strong{fill:#1c2126}"
    ".dot{fill:#4a6a94}.pale{fill:#a9b2bd}.bad{fill:#b3261e}.best{fill:#0b5fc4}"
    ".band{fill:#0b5fc4}.bar{fill:#0b5fc4}.grid{stroke:#e3e3dd}.axis{stroke:#a9b2bd}"
    ".line{stroke:#0b5fc4}.second{stroke:#c2570c}.whisker{stroke:#1c2126}"
    ".dash{stroke:#c2570c}.faint{stroke:#a9b2bd}.thin{stroke:#0b5fc4}" "\n"
    "@media(prefers-color-scheme:dark){"
    "text{stroke:#181c22}.back{fill:#181c22}.text{fill:#e7eaee}.muted{fill:#9aa4b2}"
    ".strong{fill:#e7eaee}"
    ".dot{fill:#8fb0dd}.pale{fill:#5c6675}.bad{fill:#ff8a80}.best{fill:#78aefc}"
    ".band{fill:#78aefc}.bar{fill:#78aefc}.grid{stroke:#2b313a}.axis{stroke:#5c6675}"
    ".line{stroke:#78aefc}.second{stroke:#f2a35e}.whisker{stroke:#e7eaee}"
    ".dash{stroke:#f2a35e}.faint{stroke:#5c6675}.thin{stroke:#78aefc}" "}\n"
    "</style>\n";

static const char *const ink_name[] = {
    [CLI_INK_GRID] = "grid", [CLI_INK_AXIS] = "axis", [CLI_INK_TEXT] = "text",
    [CLI_INK_MUTED] = "muted", [CLI_INK_STRONG] = "strong", [CLI_INK_DOT] = "dot",
    [CLI_INK_PALE] = "pale", [CLI_INK_BAD] = "bad", [CLI_INK_BEST] = "best",
    [CLI_INK_LINE] = "line", [CLI_INK_BAND] = "band", [CLI_INK_BAR] = "bar",
    [CLI_INK_SECOND] = "second", [CLI_INK_WHISKER] = "whisker", [CLI_INK_DASH] = "dash",
    [CLI_INK_FAINT] = "faint", [CLI_INK_THIN] = "thin", [CLI_INK_SPOT] = "spot",
};

static const char *const anchor_name[] = {
    [CLI_ANCHOR_START] = "start", [CLI_ANCHOR_MIDDLE] = "middle", [CLI_ANCHOR_END] = "end",
};

/* The colours between good and bad: viridis at five places (Smith, van der Walt
 * 2015), dark where it is good, which those who confuse colours see as well. */
static const unsigned char colour[][3] = {
    {68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37},
};

enum { COLOURS = sizeof(colour) / sizeof(colour[0]) };

void cli_svg_escape(struct hone_buf *svg, const char *text) {
    struct hone_buf shown = {0};

    hone_buf_add_printable(&shown, text); /* XML has no control characters at all */
    for (const char *at = hone_buf_text(&shown); *at != '\0'; at++) {
        switch (*at) {
        case '&':
            hone_buf_add(svg, "&amp;");
            break;
        case '<':
            hone_buf_add(svg, "&lt;");
            break;
        case '>':
            hone_buf_add(svg, "&gt;");
            break;
        case '"':
            hone_buf_add(svg, "&quot;");
            break;
        default:
            hone_buf_add_bytes(svg, at, 1);
        }
    }
    svg->failed = svg->failed || shown.failed;
    hone_buf_finish(&shown);
}

void cli_svg_start(struct hone_buf *svg, double width, double height, const char *title) {
    hone_buf_printf(svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\""
        " height=\"%g\" role=\"img\">\n<title>", width, height, width, height);
    cli_svg_escape(svg, title);
    hone_buf_add(svg, "</title>\n");
    hone_buf_add(svg, style);
    hone_buf_add(svg, "<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n");
}

void cli_svg_end(struct hone_buf *svg) {
    hone_buf_add(svg, "</svg>\n");
}

void cli_svg_line(struct hone_buf *svg, enum cli_ink ink, double x1, double y1, double x2,
    double y2) {
    hone_buf_printf(svg, "<path class=\"%s\" d=\"M%.2f %.2fL%.2f %.2f\"/>\n", ink_name[ink], x1,
        y1, x2, y2);
}

void cli_svg_rect(struct hone_buf *svg, enum cli_ink ink, double x, double y, double width,
    double height) {
    hone_buf_printf(svg,
        "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>\n",
        ink_name[ink], x, y, width, height);
}

void cli_svg_circle(struct hone_buf *svg, enum cli_ink ink, double x, double y, double radius) {
    hone_buf_printf(svg, "<circle class=\"%s\" cx=\"%.2f\" cy=\"%.2f\" r=\"%g\"/>\n",
        ink_name[ink], x, y, radius);
}

void cli_svg_cell(struct hone_buf *svg, double share, double x, double y, double width,
    double height) {
    double at = fmin(fmax(share, 0), 1) * (COLOURS - 1);
    size_t low = at < COLOURS - 1 ? (size_t)at : COLOURS - 2;
    double part = at - (double)low;
    int mixed[3];

    for (size_t i = 0; i < 3; i++) {
        mixed[i] = (int)(colour[low][i] + part * (colour[low + 1][i] - colour[low][i]) + 0.5);
    }
    hone_buf_printf(svg,
        "<rect class=\"cell\" fill=\"#%02x%02x%02x\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\""
        " height=\"%.2f\"/>\n",
        (unsigned)mixed[0], (unsigned)mixed[1], (unsigned)mixed[2], x, y, width, height);
}

void cli_svg_text(struct hone_buf *svg, enum cli_ink ink, enum cli_anchor anchor, double x,
    double y, const char *text) {
    hone_buf_printf(svg, "<text class=\"%s\" x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\">",
        ink_name[ink], x, y, anchor_name[anchor]);
    cli_svg_escape(svg, text);
    hone_buf_add(svg, "</text>\n");
}

void cli_svg_text_up(struct hone_buf *svg, enum cli_ink ink, double x, double y,
    const char *text) {
    hone_buf_printf(svg, "<text class=\"%s\" transform=\"translate(%.2f %.2f) rotate(-90)\""
        " text-anchor=\"middle\">", ink_name[ink], x, y);
    cli_svg_escape(svg, text);
    hone_buf_add(svg, "</text>\n");
}

void cli_svg_path(struct hone_buf *svg, enum cli_ink ink) {
    hone_buf_printf(svg, "<path class=\"%s\" d=\"", ink_name[ink]);
}

void cli_svg_point(struct hone_buf *svg, size_t number, double x, double y) {
    hone_buf_printf(svg, "%c%.2f %.2f", number == 0 ? 'M' : 'L', x, y);
}

void cli_svg_path_end(struct hone_buf *svg) {
    hone_buf_add(svg, "\"/>\n");
}

void cli_svg_title(struct hone_buf *svg, const char *text) {
    hone_buf_add(svg, "<g><title>");
    cli_svg_escape(svg, text);
    hone_buf_add(svg, "</title>\n");
}

void cli_svg_title_end(struct hone_buf *svg) {
    hone_buf_add(svg, "</g>\n");
}
