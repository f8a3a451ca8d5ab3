/* Values against each parameter alone, and what a Gaussian process expects there
 * while all others stay as in the best trial. */
#include "engine/cli/plot/frame.h"
#include "engine/cli/plot/plot.h"
#include "engine/cli/plot/svg.h"
#include "engine/cli/stats/findings.h"
#include "engine/cli/stats/model.h"

#include <math.h>

enum { COLUMNS = 3, LEFT = 84, TOP = 56, CELL_WIDTH = 270, CELL_HEIGHT = 210, SHOWN = 12 };
enum { PLACES = 33, GAP_X = 60, GAP_Y = 56 };

struct slices {
    size_t count;
    size_t *param; /* (count) */
    struct cli_model model;
    bool has_model;
};

static struct cli_frame frame_of(const struct cli_plot *plot, const struct cli_scale *values,
    const struct hone_param *param, size_t i) {
    const double left = LEFT + (double)(i % COLUMNS) * CELL_WIDTH;
    const double top = TOP + (double)(i / COLUMNS) * CELL_HEIGHT;
    struct cli_frame frame = {
        .x = cli_scale_of_param(param, left, left + CELL_WIDTH - GAP_X), .y = *values,
        .x_name = param->name, .y_name = i % COLUMNS == 0 ? plot->record->study.metric : "",
        .x_ticks = 4, .y_ticks = 5,
    };

    frame.y.from = top + CELL_HEIGHT - GAP_Y;
    frame.y.to = top;
    return frame;
}

/* ---- The model ---- */

static size_t ask(struct slices *slices, const struct hone_param *param, size_t p,
    double ret_x[PLACES], struct hone_gp_guess ret_guess[PLACES]) {
    const size_t count = cli_model_places(param, PLACES);

    for (size_t i = 0; i < count; i++) {
        ret_x[i] = cli_model_place(param, PLACES, i);
        (void)cli_model_move(&slices->model, p, ret_x[i], p, ret_x[i]);
        ret_guess[i] = cli_model_here(&slices->model);
    }
    return count;
}

static void draw_curve(const struct cli_plot *plot, const struct cli_frame *frame, size_t count,
    const double *x, const struct hone_gp_guess *guess) {
    cli_svg_path(plot->buf, CLI_INK_BAND);
    for (size_t i = 0; i < 2 * count; i++) {
        const size_t at = i < count ? i : 2 * count - 1 - i;

        cli_svg_point(plot->buf, i, cli_scale_at(&frame->x, x[at]),
            cli_scale_at(&frame->y, i < count ? guess[at].low : guess[at].high));
    }
    cli_svg_path_end(plot->buf);
    cli_svg_path(plot->buf, CLI_INK_LINE);
    for (size_t i = 0; i < count; i++) {
        cli_svg_point(plot->buf, i, cli_scale_at(&frame->x, x[i]),
            cli_scale_at(&frame->y, guess[i].mean));
    }
    cli_svg_path_end(plot->buf);
}

/* Choices have no between: a bar each. */
static void draw_choices(const struct cli_plot *plot, const struct cli_frame *frame, size_t count,
    const double *x, const struct hone_gp_guess *guess) {
    for (size_t i = 0; i < count; i++) {
        const double at = cli_scale_at(&frame->x, x[i]) + 8;
        const double mean = cli_scale_at(&frame->y, guess[i].mean);

        cli_svg_line(plot->buf, CLI_INK_LINE, at - 5, mean, at + 5, mean);
        cli_svg_line(plot->buf, CLI_INK_LINE, at, cli_scale_at(&frame->y, guess[i].low), at,
            cli_scale_at(&frame->y, guess[i].high));
    }
}

static void draw_model(const struct cli_plot *plot, struct slices *slices,
    const struct cli_frame *frame, size_t p) {
    const struct hone_param *param = &plot->record->spec.plan.space.param[p];
    double x[PLACES];
    struct hone_gp_guess guess[PLACES];

    if (slices->has_model && cli_model_shows(&slices->model, p, PLACES)) {
        const size_t count = ask(slices, param, p, x, guess);

        (param->type == HONE_PARAM_CATEGORICAL ? draw_choices : draw_curve)(plot, frame, count, x,
            guess);
    }
}

/* ---- The trials ---- */

static void draw_trials(const struct cli_plot *plot, const struct cli_frame *frame, size_t p) {
    const struct cli_record *record = plot->record;
    const size_t n = record->spec.plan.space.n;
    const size_t best = record->recommended;

    for (size_t i = 0; i <= record->count; i++) {
        const size_t number = i < record->count ? i : best; /* the best lies in front */
        const double x = number < record->count ? record->x_value[number * n + p] : NAN;

        if (!isnan(x) && cli_record_has_value(&record->trial[number])) {
            enum cli_ink ink = i == record->count                                  ? CLI_INK_SECOND
                               : record->trial[number].state == HONE_COMPLETE &&
                                       cli_scale_has(&frame->y, record->trial[number].value)
                                   ? CLI_INK_DOT
                                   : CLI_INK_PALE;

            cli_svg_circle(plot->buf, ink, cli_scale_at(&frame->x, x),
                cli_scale_at(&frame->y, record->trial[number].value),
                i == record->count ? 5 : 2.5);
        }
    }
}

static enum hone_code prepare(struct cli_plot *plot, struct slices *slices, struct hone_err *err) {
    struct cli_ties ties = {0};
    struct hone_err reason = {0};
    enum hone_code code;

    slices->param = hone_arena_array(plot->arena, plot->record->spec.plan.space.n,
        sizeof(*slices->param));
    if (slices->param == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "slices of the space");
    }
    code = cli_plot_params(plot, slices->param, &slices->count, err);
    if (code == HONE_OK) {
        code = cli_findings_ties(plot->record, plot->arena, &ties, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    slices->count = slices->count < SHOWN ? slices->count : SHOWN;
    code = cli_model_fit(&slices->model, plot->record, &ties, plot->arena, &reason);
    slices->has_model = code == HONE_OK;
    if (code != HONE_OK && code != HONE_E_MISSING) {
        *err = reason;
        return code;
    }
    return HONE_OK; /* without a model the trials speak for themselves */
}

static enum hone_code draw(struct cli_plot *plot, struct hone_err *err) {
    const struct hone_space *space = &plot->record->spec.plan.space;
    struct slices slices = {0};
    struct cli_scale values;
    enum hone_code code = cli_plot_value_scale(plot, 1, 0, &values, err);

    if (code == HONE_OK) {
        code = prepare(plot, &slices, err);
    }
    if (code == HONE_OK) {
        const size_t rows = (slices.count + COLUMNS - 1) / COLUMNS;

        cli_plot_start(plot, TOP + (double)(rows * CELL_HEIGHT), slices.has_model
            ? "each parameter alone, and what a model expects with the others as in the best"
            : "each parameter alone");
        for (size_t i = 0; i < slices.count; i++) {
            const size_t p = slices.param[i];
            const struct cli_frame frame = frame_of(plot, &values, &space->param[p], i);

            cli_frame_draw(&frame, plot->buf);
            draw_trials(plot, &frame, p);
            draw_model(plot, &slices, &frame, p);
        }
        cli_svg_end(plot->buf);
    }
    cli_model_finish(&slices.model);
    return code;
}

const struct cli_plot_kind cli_plot_slice = {
    .name = "slice", .summary = "values against each parameter, and what a model expects",
    .draw = draw,
};
