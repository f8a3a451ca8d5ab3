/* How much of the variance each parameter explains by itself. */
#include "engine/cli/plot/plot.h"
#include "engine/cli/plot/svg.h"
#include "engine/cli/stats/findings.h"
#include "engine/cli/width.h"

#include <string.h>

enum { LEFT = 190, TOP = 54, RIGHT = CLI_PLOT_WIDTH - 80, ROW = 30, BAR = 18, SHOWN = 40 };
enum { NAME_COLUMNS = 24, TEXT_NAME = 20, TEXT_NUMBER = 16, TEXT_LEAST = 10 };

struct shares {
    struct cli_importances importances;
    size_t count;
    size_t *param; /* (count) the largest first */
};

static enum hone_code find(struct cli_plot *plot, struct shares *ret, struct hone_err *err) {
    enum hone_code code =
        cli_findings_importance(plot->record, plot->arena, &ret->importances, err);

    ret->param = hone_arena_array(plot->arena, plot->record->spec.plan.space.n,
        sizeof(*ret->param));
    if (code == HONE_OK && ret->param == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the importance of the parameters");
    }
    if (code == HONE_OK) {
        code = cli_plot_params(plot, ret->param, &ret->count, err);
        ret->count = ret->count < SHOWN ? ret->count : SHOWN;
    }
    return code;
}

static void draw_bar(const struct cli_plot *plot, const struct shares *shares, size_t i) {
    const struct cli_importance *share = &shares->importances.param[shares->param[i]];
    const char *name = plot->record->spec.plan.space.param[shares->param[i]].name;
    const double y = TOP + ROW * (double)i;
    const double middle = y + BAR / 2.0;
    const double scale = RIGHT - LEFT;
    struct hone_buf text = {0};

    cli_width_add_fitted(&text, name, strlen(name), NAME_COLUMNS, "\u2026");
    cli_svg_text(plot->buf, CLI_INK_TEXT, CLI_ANCHOR_END, LEFT - 8, middle + 4,
        hone_buf_text(&text));
    hone_buf_clear(&text);
    cli_svg_rect(plot->buf, CLI_INK_BAR, LEFT, y, share->share * scale, BAR);
    cli_svg_line(plot->buf, CLI_INK_WHISKER, LEFT + share->low * scale, middle,
        LEFT + share->high * scale, middle);
    hone_buf_printf(&text, "%.1f %%", 100 * share->share);
    cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_START, LEFT + share->high * scale + 8,
        middle + 4, hone_buf_text(&text));
    hone_buf_finish(&text);
}

static enum hone_code draw(struct cli_plot *plot, struct hone_err *err) {
    struct shares shares = {0};
    struct hone_buf note = {0};
    enum hone_code code = find(plot, &shares, err);
    double bottom;

    if (code != HONE_OK) {
        return code;
    }
    bottom = TOP + ROW * (double)shares.count;
    cli_plot_start(plot, bottom + 52, "importance of the parameters");
    cli_svg_line(plot->buf, CLI_INK_AXIS, LEFT, TOP - 6, LEFT, bottom);
    for (size_t i = 0; i < shares.count; i++) {
        draw_bar(plot, &shares, i);
    }
    hone_buf_printf(&note, "share of the variance of %s (functional ANOVA over %zu trials, 90 %%"
        " intervals); interactions: %.1f %%; the forest explains %.0f %%",
        plot->record->study.metric, shares.importances.trials, 100 * shares.importances.rest,
        100 * shares.importances.explained);
    cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_START, 24, bottom + 30,
        hone_buf_text(&note));
    hone_buf_finish(&note);
    cli_svg_end(plot->buf);
    return HONE_OK;
}

static enum hone_code text(struct cli_plot *plot, size_t columns, struct hone_err *err) {
    struct shares shares = {0};
    const size_t taken = TEXT_NAME + TEXT_NUMBER;
    const size_t width = columns > taken + TEXT_LEAST ? columns - taken - 1 : TEXT_LEAST;
    enum hone_code code = find(plot, &shares, err);

    for (size_t i = 0; code == HONE_OK && i < shares.count; i++) {
        const struct cli_importance *share = &shares.importances.param[shares.param[i]];
        const char *name = plot->record->spec.plan.space.param[shares.param[i]].name;
        const size_t full = (size_t)(share->share * (double)width + 0.5);
        struct hone_buf shown = {0};
        size_t start = plot->buf->length;

        hone_buf_add_printable(&shown, name);
        cli_width_add_fitted(plot->buf, hone_buf_text(&shown), shown.length, TEXT_NAME - 1, ">");
        cli_width_pad(plot->buf, start, TEXT_NAME);
        hone_buf_printf(plot->buf, "%5.1f %% \u00b1 %-4.1f ", 100 * share->share,
            50 * (share->high - share->low));
        for (size_t c = 0; c < full; c++) {
            hone_buf_add(plot->buf, "#");
        }
        hone_buf_add(plot->buf, "\n");
        hone_buf_finish(&shown);
    }
    return code;
}

const struct cli_plot_kind cli_plot_importance = {
    .name = "importance", .summary = "how much of the variance each parameter explains",
    .draw = draw, .text = text,
};
