/* When each fold was evaluated, and beside which others. Time in which nothing
 * ran, between sessions, is left out. */
#include "engine/cli/plot/frame.h"
#include "engine/cli/plot/plot.h"
#include "engine/cli/plot/svg.h"

#include <math.h>
#include <stdlib.h>

enum { LEFT = 60, TOP = 54, RIGHT = CLI_PLOT_WIDTH - 24, LANE = 20, LANES = 64, BAR = 16 };
enum { TITLED = 2000 };

/* A pause is left out when it is longer than this share of all the work. */
static const double pause_share = 0.02;

struct piece {
    size_t trial, fold;
    double start, end; /* seconds since the first, pauses included */
    size_t lane;
};

static int compare(const void *a, const void *b) {
    const struct piece *x = a;
    const struct piece *y = b;

    return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
                                : (x->trial > y->trial) - (x->trial < y->trial);
}

/* Folds that were evaluated, by when they began. */
static size_t gather(const struct cli_record *record, struct piece *ret) {
    int64_t first = INT64_MAX;
    size_t count = 0;

    for (size_t i = 0; i < record->count * record->folds; i++) {
        if (record->fold_started_ms[i] > 0 && isfinite(record->fold_seconds[i])) {
            first = record->fold_started_ms[i] < first ? record->fold_started_ms[i] : first;
        }
    }
    for (size_t i = 0; i < record->count * record->folds; i++) {
        if (record->fold_started_ms[i] > 0 && isfinite(record->fold_seconds[i])) {
            const double start = (double)(record->fold_started_ms[i] - first) / 1000;

            ret[count++] = (struct piece){.trial = i / record->folds, .fold = i % record->folds,
                .start = start, .end = start + record->fold_seconds[i]};
        }
    }
    qsort(ret, count, sizeof(*ret), compare);
    return count;
}

/* Takes long pauses out; returns the whole length. */
static double close_up(struct piece *piece, size_t count) {
    double busy = 0;
    double end = 0; /* before pauses are taken out */
    double cut = 0;
    double last = 0;

    for (size_t i = 0; i < count; i++) {
        busy += fmax(piece[i].end - fmax(piece[i].start, last), 0);
        last = fmax(last, piece[i].end);
    }
    for (size_t i = 0; i < count; i++) {
        const double pause = piece[i].start - end;

        end = fmax(end, piece[i].end);
        cut += pause > pause_share * busy ? pause : 0;
        piece[i].start -= cut;
        piece[i].end -= cut;
    }
    return end - cut;
}

/* Each in the first lane that is free; times are of milliseconds. */
static size_t assign_lanes(struct piece *piece, size_t count) {
    double free_at[LANES] = {0};
    size_t lanes = 0;

    for (size_t i = 0; i < count; i++) {
        size_t lane = 0;

        while (lane + 1 < LANES && free_at[lane] > piece[i].start + 0.002) {
            lane++;
        }
        piece[i].lane = lane;
        free_at[lane] = piece[i].end;
        lanes = lane + 1 > lanes ? lane + 1 : lanes;
    }
    return lanes;
}

static void draw_piece(const struct cli_plot *plot, const struct cli_scale *x,
    const struct cli_scale *values, const struct piece *piece, bool titled) {
    const struct cli_record_trial *trial = &plot->record->trial[piece->trial];
    const double from = cli_scale_at(x, piece->start);
    const double width = fmax(cli_scale_at(x, piece->end) - from, 0.5);
    const double y = TOP + LANE * (double)piece->lane;
    struct hone_buf text = {0};

    if (titled) {
        hone_buf_printf(&text, "fold %zu, %.3g s, of ", piece->fold, piece->end - piece->start);
        cli_plot_add_trial(plot, piece->trial, &text);
        cli_svg_title(plot->buf, hone_buf_text(&text));
    }
    if (cli_record_has_value(trial)) {
        cli_svg_cell(plot->buf, cli_plot_share(plot, values, trial->value), from, y, width, BAR);
    } else {
        cli_svg_rect(plot->buf, trial->state == HONE_FAILED ? CLI_INK_BAD : CLI_INK_PALE, from, y,
            width, BAR);
    }
    if (titled) {
        cli_svg_title_end(plot->buf);
    }
    hone_buf_finish(&text);
}

static void draw_time(const struct cli_plot *plot, const struct cli_scale *x, double bottom) {
    double tick[CLI_TICKS];
    size_t count = cli_scale_ticks(x, 10, tick);

    for (size_t i = 0; i < count; i++) {
        const double at = cli_scale_at(x, tick[i]);
        struct hone_buf label = {0};

        cli_svg_line(plot->buf, CLI_INK_GRID, at, TOP - 4, at, bottom);
        cli_scale_label(x, tick[i], &label);
        cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_MIDDLE, at, bottom + 16,
            hone_buf_text(&label));
        hone_buf_finish(&label);
    }
    cli_svg_text(plot->buf, CLI_INK_TEXT, CLI_ANCHOR_MIDDLE, (LEFT + RIGHT) / 2.0, bottom + 34,
        "seconds of work, long pauses left out");
    cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_MIDDLE, (LEFT + RIGHT) / 2.0, bottom + 54,
        "dark: good values; light: bad ones; red: failed");
}

/* Colours; where all trials failed there is no value to be had, and none to colour. */
static enum hone_code scale_values(const struct cli_plot *plot, struct cli_scale *ret,
    struct hone_err *err) {
    const struct cli_record *record = plot->record;

    for (size_t i = 0; i < record->count; i++) {
        if (cli_record_has_value(&record->trial[i])) {
            return cli_plot_value_scale(plot, 0, 1, ret, err);
        }
    }
    *ret = (struct cli_scale){0};
    return HONE_OK;
}

static enum hone_code draw(struct cli_plot *plot, struct hone_err *err) {
    const struct cli_record *record = plot->record;
    struct piece *piece =
        hone_arena_array(plot->arena, record->count * record->folds + 1, sizeof(*piece));
    struct cli_scale x, values;
    size_t count, lanes;
    double bottom;
    enum hone_code code = scale_values(plot, &values, err);

    if (code == HONE_OK && piece == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the timeline of %zu trials", record->count);
    }
    if (code != HONE_OK) {
        return code;
    }
    count = gather(record, piece);
    if (count == 0) {
        return hone_fail(err, HONE_E_MISSING, "study '%s' has no fold whose times are known",
            record->study.name);
    }
    x = cli_scale_of(0, close_up(piece, count), false, LEFT, RIGHT);
    lanes = assign_lanes(piece, count);
    bottom = TOP + LANE * (double)lanes;
    cli_plot_start(plot, bottom + 70, "when each fold was evaluated");
    draw_time(plot, &x, bottom);
    cli_svg_text_up(plot->buf, CLI_INK_TEXT, LEFT - 24, (TOP + bottom) / 2, "at once");
    for (size_t i = 0; i < count; i++) {
        draw_piece(plot, &x, &values, &piece[i], count <= TITLED);
    }
    cli_svg_end(plot->buf);
    return HONE_OK;
}

const struct cli_plot_kind cli_plot_timeline = {
    .name = "timeline", .summary = "when each fold was evaluated, and beside which others",
    .draw = draw,
};
