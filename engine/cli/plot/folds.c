/* The best trials fold by fold: what the mean hides, and who is tied. */
#include "engine/cli/plot/plot.h"
#include "engine/cli/plot/frame.h"
#include "engine/cli/plot/svg.h"
#include "engine/cli/stats/findings.h"

#include <math.h>

enum { LEFT = 90, TOP = 54, RIGHT = CLI_PLOT_WIDTH - 24, BOTTOM = CLI_PLOT_HEIGHT - 72 };
enum { TRIALS = 15 };

static double x_of(size_t i, size_t count) {
    return LEFT + ((double)i + 0.5) * (RIGHT - LEFT) / (double)count;
}

static struct cli_scale scale_of(const struct cli_plot *plot, const struct cli_ties *ties,
    size_t count) {
    const size_t folds = plot->record->folds;
    double low = INFINITY;
    double high = -INFINITY;

    for (size_t i = 0; i < count; i++) {
        for (size_t f = 0; f < folds; f++) {
            const double value = plot->record->fold_value[ties->number[i] * folds + f];

            low = fmin(low, isfinite(value) ? value : low);
            high = fmax(high, isfinite(value) ? value : high);
        }
    }
    return cli_scale_of(low - 0.06 * (high - low), high + 0.06 * (high - low), false, BOTTOM, TOP);
}

static void draw_trial(const struct cli_plot *plot, const struct cli_ties *ties, size_t i,
    double x, const struct cli_scale *y) {
    const struct cli_record_trial *trial = &plot->record->trial[ties->number[i]];
    const double *fold = plot->record->fold_value + ties->number[i] * plot->record->folds;
    const double mean = cli_scale_at(y, trial->value);
    struct hone_buf text = {0};

    cli_plot_add_trial(plot, ties->number[i], &text);
    cli_svg_title(plot->buf, hone_buf_text(&text));
    if (isfinite(trial->sem)) {
        cli_svg_line(plot->buf, CLI_INK_WHISKER, x, cli_scale_at(y, trial->value - trial->sem), x,
            cli_scale_at(y, trial->value + trial->sem));
    }
    cli_svg_line(plot->buf, CLI_INK_WHISKER, x - 9, mean, x + 9, mean);
    for (size_t f = 0; f < plot->record->folds; f++) {
        if (isfinite(fold[f])) {
            cli_svg_circle(plot->buf, ties->tied[i] ? CLI_INK_BEST : CLI_INK_PALE, x,
                cli_scale_at(y, fold[f]), 4);
        }
    }
    hone_buf_clear(&text);
    hone_buf_printf(&text, "%zu", ties->number[i]);
    cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_MIDDLE, x, BOTTOM + 16,
        hone_buf_text(&text));
    cli_svg_title_end(plot->buf);
    hone_buf_finish(&text);
}

static void draw_axes(const struct cli_plot *plot, const struct cli_scale *y) {
    double tick[CLI_TICKS];
    size_t count = cli_scale_ticks(y, 7, tick);

    for (size_t i = 0; i < count; i++) {
        const double at = cli_scale_at(y, tick[i]);
        struct hone_buf label = {0};

        cli_svg_line(plot->buf, CLI_INK_GRID, LEFT, at, RIGHT, at);
        cli_scale_label(y, tick[i], &label);
        cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_END, LEFT - 6, at + 4,
            hone_buf_text(&label));
        hone_buf_finish(&label);
    }
    cli_svg_text_up(plot->buf, CLI_INK_TEXT, LEFT - 58, (TOP + BOTTOM) / 2.0,
        plot->record->study.metric);
    cli_svg_text(plot->buf, CLI_INK_TEXT, CLI_ANCHOR_MIDDLE, (LEFT + RIGHT) / 2.0, BOTTOM + 36,
        "trial, the best first");
    cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_MIDDLE, (LEFT + RIGHT) / 2.0, BOTTOM + 58,
        "dots: folds; bar: mean and standard error; strong: tied with the best (paired test)");
}

static enum hone_code draw(struct cli_plot *plot, struct hone_err *err) {
    struct cli_ties ties = {0};
    struct cli_scale y;
    enum hone_code code = cli_findings_ties(plot->record, plot->arena, &ties, err);
    size_t count = ties.count < TRIALS ? ties.count : TRIALS;

    if (code == HONE_OK && plot->record->folds < 2) {
        code = hone_fail(err, HONE_E_MISSING, "the trials of study '%s' have one fold each",
            plot->record->study.name);
    } else if (code == HONE_OK && count == 0) {
        code = hone_fail(err, HONE_E_MISSING, "study '%s' has no complete trial",
            plot->record->study.name);
    }
    if (code != HONE_OK) {
        return code;
    }
    y = scale_of(plot, &ties, count);
    cli_plot_start(plot, CLI_PLOT_HEIGHT, "the best trials, fold by fold");
    draw_axes(plot, &y);
    for (size_t i = 0; i < count; i++) {
        draw_trial(plot, &ties, i, x_of(i, count), &y);
    }
    cli_svg_end(plot->buf);
    return HONE_OK;
}

const struct cli_plot_kind cli_plot_folds = {
    .name = "folds", .summary = "the best trials fold by fold, and who is tied", .draw = draw,
};
