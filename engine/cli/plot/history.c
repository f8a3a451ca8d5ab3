/* Values by trial, and the best so far. */
#include "engine/cli/plot/frame.h"
#include "engine/cli/plot/plot.h"
#include "engine/cli/plot/svg.h"
#include "engine/cli/point.h"
#include "engine/cli/table.h"
#include "engine/cli/width.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { LEFT = 90, TOP = 54, RIGHT = CLI_PLOT_WIDTH - 24, BOTTOM = CLI_PLOT_HEIGHT - 56 };
enum { TITLED = 2000 /* dots beyond that have no text of their own */ };
enum { TEXT_ROWS = 14, TEXT_LABEL = 12, TEXT_LEAST = 16 };

static bool is_better(const struct cli_record *record, double value, double than) {
    return isnan(than) || cli_record_loss(record, value) < cli_record_loss(record, than);
}

static void draw_dot(const struct cli_plot *plot, const struct cli_frame *frame, size_t i) {
    const struct cli_record_trial *trial = &plot->record->trial[i];
    const double x = cli_scale_at(&frame->x, (double)i);
    struct hone_buf text = {0};

    if (plot->record->count <= TITLED) {
        cli_plot_add_trial(plot, i, &text);
        cli_svg_title(plot->buf, hone_buf_text(&text));
    }
    if (!cli_record_has_value(trial)) {
        cli_svg_circle(plot->buf, CLI_INK_BAD, x, frame->y.from, 2.5);
    } else {
        enum cli_ink ink = trial->state == HONE_COMPLETE ? CLI_INK_DOT : CLI_INK_PALE;

        cli_svg_circle(plot->buf, cli_scale_has(&frame->y, trial->value) ? ink : CLI_INK_PALE, x,
            cli_scale_at(&frame->y, trial->value), 3);
    }
    if (plot->record->count <= TITLED) {
        cli_svg_title_end(plot->buf);
    }
    hone_buf_finish(&text);
}

/* Steps; a ring where a trial became the best. */
static void draw_best(const struct cli_plot *plot, const struct cli_frame *frame) {
    const struct cli_record *record = plot->record;
    double best = NAN;
    size_t points = 0;

    cli_svg_path(plot->buf, CLI_INK_LINE);
    for (size_t i = 0; i < record->count; i++) {
        const double x = cli_scale_at(&frame->x, (double)i);
        const struct cli_record_trial *trial = &record->trial[i];

        if (trial->state == HONE_COMPLETE && is_better(record, trial->value, best)) {
            if (!isnan(best)) {
                cli_svg_point(plot->buf, points++, x, cli_scale_at(&frame->y, best));
            }
            best = trial->value;
            cli_svg_point(plot->buf, points++, x, cli_scale_at(&frame->y, best));
        }
    }
    if (points > 0) {
        cli_svg_point(plot->buf, points, frame->x.to, cli_scale_at(&frame->y, best));
    }
    cli_svg_path_end(plot->buf);
}

static void draw_default(const struct cli_plot *plot, const struct cli_frame *frame) {
    const size_t number = cli_record_default(plot->record);

    if (number < plot->record->count) {
        const double y = cli_scale_at(&frame->y, plot->record->trial[number].value);

        cli_svg_line(plot->buf, CLI_INK_DASH, frame->x.from, y, frame->x.to, y);
        cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_END, frame->x.to - 4, y - 5,
            "the defaults");
    }
}

static enum hone_code draw(struct cli_plot *plot, struct hone_err *err) {
    const struct cli_record *record = plot->record;
    struct cli_frame frame = {
        .x = cli_scale_of(0, record->count > 1 ? (double)record->count - 1 : 1, false, LEFT, RIGHT),
        .x_name = "trial", .y_name = record->study.metric, .x_ticks = 10, .y_ticks = 7,
    };
    enum hone_code code = cli_plot_value_scale(plot, BOTTOM, TOP, &frame.y, err);

    if (code != HONE_OK) {
        return code;
    }
    cli_plot_start(plot, CLI_PLOT_HEIGHT, "history");
    cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_END, RIGHT, 30,
        "line: the best so far; pale: pruned, or beyond the scale; red: failed");
    cli_frame_draw(&frame, plot->buf);
    draw_default(plot, &frame);
    for (size_t i = 0; i < record->count; i++) {
        if (hone_state_is_finished(record->trial[i].state)) {
            draw_dot(plot, &frame, i);
        }
    }
    draw_best(plot, &frame);
    cli_svg_end(plot->buf);
    return HONE_OK;
}

/* ---- In a terminal ---- */

/* What lies beyond the scale stands at its edge, as a mark that points there. */
static void put(const struct cli_scale *y, double value, size_t columns, size_t column, char mark,
    char *cell) {
    char *at = &cell[(size_t)(cli_scale_at(y, value) + 0.5) * columns + column];

    *at = cli_scale_has(y, value) ? mark : value > y->high ? '^' : 'v';
}

/* A grid of characters: dots for trials, a line for the best so far. */
static void fill(const struct cli_plot *plot, const struct cli_scale *x,
    const struct cli_scale *y, size_t columns, char *cell) {
    const struct cli_record *record = plot->record;
    double best = NAN;
    size_t from = 0; /* the line has come so far */

    memset(cell, ' ', TEXT_ROWS * columns);
    for (size_t i = 0; i < record->count; i++) {
        if (cli_record_has_value(&record->trial[i])) {
            put(y, record->trial[i].value, columns, (size_t)cli_scale_at(x, (double)i), '.', cell);
        }
    }
    for (size_t i = 0; i < record->count; i++) {
        const struct cli_record_trial *trial = &record->trial[i];
        const size_t column = (size_t)cli_scale_at(x, (double)i);

        for (; !isnan(best) && from < column; from++) {
            put(y, best, columns, from, '-', cell);
        }
        if (trial->state == HONE_COMPLETE && is_better(record, trial->value, best)) {
            best = trial->value;
            put(y, best, columns, column, '*', cell);
            from = column + 1;
        }
    }
    for (; !isnan(best) && from < columns; from++) {
        put(y, best, columns, from, '-', cell);
    }
}

static void add_row(const struct cli_plot *plot, const struct cli_scale *y, size_t row,
    const char *cell, size_t columns) {
    const double share = (double)row / (TEXT_ROWS - 1);
    const size_t start = plot->buf->length;
    size_t used = columns;

    if (row % 4 == 0) {
        cli_add_short_real(plot->buf, y->high + share * (y->low - y->high));
    }
    cli_width_pad(plot->buf, start, TEXT_LABEL);
    hone_buf_add(plot->buf, "|");
    while (used > 0 && cell[used - 1] == ' ') {
        used--;
    }
    hone_buf_add_bytes(plot->buf, cell, used);
    hone_buf_add(plot->buf, "\n");
}

static enum hone_code text(struct cli_plot *plot, size_t columns, struct hone_err *err) {
    const struct cli_record *record = plot->record;
    const size_t width = columns > TEXT_LABEL + TEXT_LEAST ? columns - TEXT_LABEL - 2 : TEXT_LEAST;
    char *cell = hone_arena_array(plot->arena, TEXT_ROWS, width);
    const double last = record->count > 1 ? (double)record->count - 1 : 1;
    const struct cli_scale x = cli_scale_of(0, last, false, 0, (double)width - 1);
    struct cli_scale y;
    enum hone_code code = cli_plot_value_scale(plot, TEXT_ROWS - 1, 0, &y, err);

    if (code != HONE_OK) {
        return code;
    }
    if (cell == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a plot of %zu columns", columns);
    }
    fill(plot, &x, &y, width, cell);
    hone_buf_add_printable(plot->buf, record->study.metric);
    hone_buf_add(plot->buf, " by trial: . each, - the best so far, * a new best");
    if (memchr(cell, '^', TEXT_ROWS * width) != NULL ||
        memchr(cell, 'v', TEXT_ROWS * width) != NULL) {
        hone_buf_add(plot->buf, ", ^ v beyond the scale");
    }
    if (record->study.count[HONE_FAILED] > 0) {
        hone_buf_printf(plot->buf, "; %" PRIu64 " failed", record->study.count[HONE_FAILED]);
    }
    hone_buf_add(plot->buf, "\n");
    for (size_t row = 0; row < TEXT_ROWS; row++) {
        add_row(plot, &y, row, cell + row * width, width);
    }
    hone_buf_printf(plot->buf, "%*s0%*zu\n", TEXT_LABEL + 1, "", (int)width - 1, record->count - 1);
    return HONE_OK;
}

const struct cli_plot_kind cli_plot_history = {
    .name = "history", .summary = "values by trial, and the best so far", .draw = draw,
    .text = text,
};
