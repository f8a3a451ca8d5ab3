#include "engine/cli/plot/frame.h"

#include "engine/cli/plot/svg.h"
#include "engine/cli/width.h"

#include <math.h>

static const double label_gap = 16, name_gap = 34, y_label_gap = 6, y_name_gap = 58;
static const double line_height = 13;
static const double letter_width = 6.8; /* on average, of the 12 pixels' font */

/* Labels of choices are as long as the user likes. Those that would meet stand at two
 * heights, and what is too long even so is cut. */
static bool is_tight(const struct cli_frame *f, const double *tick, size_t count) {
    const double room = fabs(f->x.to - f->x.from) / (double)count;
    double widest = 0;

    for (size_t i = 0; i < count; i++) {
        struct hone_buf label = {0};

        cli_scale_label(&f->x, tick[i], &label);
        widest = fmax(widest, (double)cli_width(hone_buf_text(&label), label.length));
        hone_buf_finish(&label);
    }
    return letter_width * widest > room;
}

static void draw_x_label(const struct cli_frame *f, double tick, double room, double drop,
    struct hone_buf *svg) {
    struct hone_buf label = {0};
    struct hone_buf cut = {0};

    cli_scale_label(&f->x, tick, &label);
    cli_width_add_fitted(&cut, hone_buf_text(&label), label.length,
        (size_t)fmax(room / letter_width, 1), "\u2026");
    cli_svg_text(svg, CLI_INK_MUTED, CLI_ANCHOR_MIDDLE, cli_scale_at(&f->x, tick),
        f->y.from + label_gap + drop, hone_buf_text(&cut));
    hone_buf_finish(&label);
    hone_buf_finish(&cut);
}

static void draw_x(const struct cli_frame *f, struct hone_buf *svg) {
    double tick[CLI_TICKS];
    size_t count = cli_scale_ticks(&f->x, f->x_ticks, tick);
    const bool tight = f->x.choices != NULL && is_tight(f, tick, count);
    const double room = fabs(f->x.to - f->x.from) / (double)count * (tight ? 2 : 1);

    for (size_t i = 0; i < count; i++) {
        const double x = cli_scale_at(&f->x, tick[i]);

        cli_svg_line(svg, CLI_INK_GRID, x, f->y.from, x, f->y.to);
        draw_x_label(f, tick[i], f->x.choices != NULL ? room : 1000,
            tight && i % 2 == 1 ? line_height : 0, svg);
    }
    cli_svg_text(svg, CLI_INK_TEXT, CLI_ANCHOR_MIDDLE, (f->x.from + f->x.to) / 2,
        f->y.from + name_gap + (tight ? line_height : 0), f->x_name);
}

static void draw_y(const struct cli_frame *f, struct hone_buf *svg) {
    double tick[CLI_TICKS];
    size_t count = cli_scale_ticks(&f->y, f->y_ticks, tick);

    for (size_t i = 0; i < count; i++) {
        const double y = cli_scale_at(&f->y, tick[i]);
        struct hone_buf label = {0};

        cli_svg_line(svg, CLI_INK_GRID, f->x.from, y, f->x.to, y);
        cli_scale_label(&f->y, tick[i], &label);
        cli_svg_text(svg, CLI_INK_MUTED, CLI_ANCHOR_END, f->x.from - y_label_gap, y + 4,
            hone_buf_text(&label));
        hone_buf_finish(&label);
    }
    cli_svg_text_up(svg, CLI_INK_TEXT, f->x.from - y_name_gap, (f->y.from + f->y.to) / 2,
        f->y_name);
}

void cli_frame_draw(const struct cli_frame *frame, struct hone_buf *svg) {
    draw_x(frame, svg);
    draw_y(frame, svg);
    cli_svg_line(svg, CLI_INK_AXIS, frame->x.from, frame->y.from, frame->x.to, frame->y.from);
    cli_svg_line(svg, CLI_INK_AXIS, frame->x.from, frame->y.from, frame->x.from, frame->y.to);
}
