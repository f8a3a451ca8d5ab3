/* Every trial a line over all parameters; the best ones in front. */
#include "engine/cli/plot/plot.h"
#include "engine/cli/plot/svg.h"
#include "engine/cli/stats/findings.h"
#include "engine/cli/width.h"

#include <math.h>
#include <string.h>

enum { LEFT = 90, TOP = 84, RIGHT = CLI_PLOT_WIDTH - 90, BOTTOM = CLI_PLOT_HEIGHT - 24 };
enum { AXES = 12, NAME_COLUMNS = 14, BEST_SHOWN = 10, OTHERS_SHOWN = 490, TICKS = 5 };

struct axes {
    size_t count; /* parameters, the value is one more */
    size_t *param;
    struct cli_scale scale[AXES + 1];
};

static double x_of(const struct axes *axes, size_t i) {
    return LEFT + (double)i * (RIGHT - LEFT) / (double)axes->count;
}

static void draw_axis(const struct cli_plot *plot, const struct axes *axes, size_t i,
    const char *name) {
    const struct cli_scale *scale = &axes->scale[i];
    const double x = x_of(axes, i);
    double tick[CLI_TICKS];
    size_t count = cli_scale_ticks(scale, TICKS, tick);
    struct hone_buf text = {0};

    cli_width_add_fitted(&text, name, strlen(name), NAME_COLUMNS, "\u2026");
    /* Neighbours stand at two heights, or long names would meet. */
    cli_svg_text(plot->buf, CLI_INK_TEXT, CLI_ANCHOR_MIDDLE, x, TOP - (i % 2 == 0 ? 26 : 10),
        hone_buf_text(&text));
    cli_svg_line(plot->buf, CLI_INK_AXIS, x, TOP, x, BOTTOM);
    for (size_t t = 0; t < count; t++) {
        const double y = cli_scale_at(scale, tick[t]);

        hone_buf_clear(&text);
        cli_scale_label(scale, tick[t], &text);
        cli_svg_line(plot->buf, CLI_INK_AXIS, x - 4, y, x, y);
        cli_svg_text(plot->buf, CLI_INK_MUTED, i == axes->count ? CLI_ANCHOR_START : CLI_ANCHOR_END,
            i == axes->count ? x + 8 : x - 8, y + 4, hone_buf_text(&text));
    }
    hone_buf_finish(&text);
}

/* A gap where a parameter is inactive. */
static void draw_trial(const struct cli_plot *plot, const struct axes *axes, size_t number,
    enum cli_ink ink) {
    const size_t n = plot->record->spec.plan.space.n;
    const double *x_value = plot->record->x_value + number * n;
    size_t points = 0;

    cli_svg_path(plot->buf, ink);
    for (size_t i = 0; i <= axes->count; i++) {
        const double value =
            i < axes->count ? x_value[axes->param[i]] : plot->record->trial[number].value;

        if (isnan(value)) {
            points = 0;
        } else {
            cli_svg_point(plot->buf, points++, x_of(axes, i),
                cli_scale_at(&axes->scale[i], value));
        }
    }
    cli_svg_path_end(plot->buf);
}

static void draw_trials(const struct cli_plot *plot, const struct axes *axes,
    const struct cli_ties *ties) {
    const size_t best = ties->count < BEST_SHOWN ? ties->count : BEST_SHOWN;
    const size_t others = ties->count - best;
    const size_t stride = others / OTHERS_SHOWN + 1;

    for (size_t i = ties->count; i > best; i -= i > stride ? stride : i) {
        draw_trial(plot, axes, ties->number[i - 1], CLI_INK_FAINT);
    }
    for (size_t i = best; i > 0; i--) {
        struct hone_buf text = {0};

        cli_plot_add_trial(plot, ties->number[i - 1], &text);
        cli_svg_title(plot->buf, hone_buf_text(&text));
        draw_trial(plot, axes, ties->number[i - 1], i == 1 ? CLI_INK_SECOND : CLI_INK_LINE);
        cli_svg_title_end(plot->buf);
        hone_buf_finish(&text);
    }
}

static enum hone_code draw(struct cli_plot *plot, struct hone_err *err) {
    const struct hone_space *space = &plot->record->spec.plan.space;
    struct axes axes = {.param = hone_arena_array(plot->arena, space->n, sizeof(*axes.param))};
    struct cli_ties ties = {0};
    enum hone_code code = axes.param == NULL
                              ? hone_fail(err, HONE_E_NOMEM, "a plot of %zu axes", space->n)
                              : cli_plot_params(plot, axes.param, &axes.count, err);

    axes.count = axes.count < AXES ? axes.count : AXES;
    if (code == HONE_OK) {
        code = cli_plot_value_scale(plot, BOTTOM, TOP, &axes.scale[axes.count], err);
    }
    if (code == HONE_OK) {
        code = cli_findings_ties(plot->record, plot->arena, &ties, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    cli_plot_start(plot, CLI_PLOT_HEIGHT, "the best trials among all");
    for (size_t i = 0; i < axes.count; i++) {
        axes.scale[i] = cli_scale_of_param(&space->param[axes.param[i]], BOTTOM, TOP);
    }
    draw_trials(plot, &axes, &ties);
    for (size_t i = 0; i < axes.count; i++) {
        draw_axis(plot, &axes, i, space->param[axes.param[i]].name);
    }
    draw_axis(plot, &axes, axes.count, plot->record->study.metric);
    cli_svg_end(plot->buf);
    return HONE_OK;
}

const struct cli_plot_kind cli_plot_parallel = {
    .name = "parallel", .summary = "every trial a line over all parameters", .draw = draw,
};
