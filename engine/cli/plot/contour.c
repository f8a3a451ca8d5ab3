/* What a Gaussian process expects over the two parameters that matter most, all
 * others as in the best trial, and where the trials lie. */
#include "engine/cli/plot/frame.h"
#include "engine/cli/plot/plot.h"
#include "engine/cli/plot/svg.h"
#include "engine/cli/stats/findings.h"
#include "engine/cli/stats/model.h"
#include "engine/cli/table.h"

#include <math.h>

enum { LEFT = 90, TOP = 54, RIGHT = CLI_PLOT_WIDTH - 120, BOTTOM = CLI_PLOT_HEIGHT - 56 };
enum { PLACES = 41, KEY_STEPS = 40, KEY_WIDTH = 16 };

struct field {
    struct cli_model model;
    size_t a, b; /* the parameters: across and up */
    size_t across, up;
    double low, high; /* of what is expected */
    double mean[PLACES * PLACES]; /* (across, up) NaN where it cannot be */
};

/* The first two in the order of importance that the model shows. */
static enum hone_code choose(struct cli_plot *plot, struct field *f, struct hone_err *err) {
    const size_t n = plot->record->spec.plan.space.n;
    size_t *param = hone_arena_array(plot->arena, n, sizeof(*param));
    size_t count = 0;
    size_t found = 0;
    enum hone_code code = param == NULL ? hone_fail(err, HONE_E_NOMEM, "a plot of %zu axes", n)
                                        : cli_plot_params(plot, param, &count, err);

    for (size_t i = 0; i < count && found < 2; i++) {
        if (cli_model_shows(&f->model, param[i], PLACES)) {
            *(found++ == 0 ? &f->a : &f->b) = param[i];
        }
    }
    return code == HONE_OK && found < 2
               ? hone_fail(err, HONE_E_MISSING,
                     "study '%s' has no two parameters to draw against each other",
                     plot->record->study.name)
               : code;
}

static void ask(struct field *f) {
    const struct hone_param *a = &f->model.space->param[f->a];
    const struct hone_param *b = &f->model.space->param[f->b];

    f->across = cli_model_places(a, PLACES);
    f->up = cli_model_places(b, PLACES);
    f->low = INFINITY;
    f->high = -INFINITY;
    for (size_t i = 0; i < f->across * f->up; i++) {
        const bool there = cli_model_move(&f->model, f->a,
            cli_model_place(a, PLACES, i / f->up), f->b, cli_model_place(b, PLACES, i % f->up));

        f->mean[i] = there ? cli_model_here(&f->model).mean : NAN;
        f->low = fmin(f->low, there ? f->mean[i] : f->low);
        f->high = fmax(f->high, there ? f->mean[i] : f->high);
    }
}

/* The ends of the i-th of `count` cells along a scale: half-way to the neighbours. */
static void ends(const struct cli_scale *scale, const struct hone_param *param, size_t count,
    size_t i, double *ret_from, double *ret_to) {
    const double here = cli_scale_at(scale, cli_model_place(param, PLACES, i));
    const double before =
        i > 0 ? cli_scale_at(scale, cli_model_place(param, PLACES, i - 1)) : NAN;
    const double after =
        i + 1 < count ? cli_scale_at(scale, cli_model_place(param, PLACES, i + 1)) : NAN;
    const double down = isnan(before) ? (isnan(after) ? 0 : here - after) : before - here;
    const double up = isnan(after) ? (isnan(before) ? 0 : here - before) : after - here;

    *ret_from = here + down / 2;
    *ret_to = here + up / 2;
}

static void draw_field(const struct cli_plot *plot, const struct field *f,
    const struct cli_frame *frame, const struct cli_scale *values) {
    const struct hone_param *a = &f->model.space->param[f->a];
    const struct hone_param *b = &f->model.space->param[f->b];

    for (size_t i = 0; i < f->across * f->up; i++) {
        double x1, x2, y1, y2;

        if (isnan(f->mean[i])) {
            continue;
        }
        ends(&frame->x, a, f->across, i / f->up, &x1, &x2);
        ends(&frame->y, b, f->up, i % f->up, &y1, &y2);
        /* A little larger, so that no background shines through between cells. */
        cli_svg_cell(plot->buf, cli_plot_share(plot, values, f->mean[i]), fmin(x1, x2),
            fmin(y1, y2), fabs(x2 - x1) + 0.3, fabs(y2 - y1) + 0.3);
    }
}

static void draw_trials(const struct cli_plot *plot, const struct field *f,
    const struct cli_frame *frame) {
    const struct cli_record *record = plot->record;
    const size_t n = record->spec.plan.space.n;
    const size_t best = record->recommended;

    for (size_t i = 0; i < record->count; i++) {
        const double x = record->x_value[i * n + f->a];
        const double y = record->x_value[i * n + f->b];

        if (!isnan(x) && !isnan(y) && cli_record_has_value(&record->trial[i])) {
            cli_svg_circle(plot->buf, CLI_INK_SPOT, cli_scale_at(&frame->x, x),
                cli_scale_at(&frame->y, y), 2.5);
        }
    }
    cli_svg_circle(plot->buf, CLI_INK_SECOND,
        cli_scale_at(&frame->x, record->x_value[best * n + f->a]),
        cli_scale_at(&frame->y, record->x_value[best * n + f->b]), 6);
}

static void draw_key(const struct cli_plot *plot, const struct cli_scale *values) {
    const double x = RIGHT + 24;
    const double step = (double)(BOTTOM - TOP) / KEY_STEPS;
    struct hone_buf text = {0};

    for (size_t i = 0; i < KEY_STEPS; i++) {
        const double value =
            values->low + ((double)i + 0.5) * (values->high - values->low) / KEY_STEPS;

        cli_svg_cell(plot->buf, cli_plot_share(plot, values, value), x,
            BOTTOM - ((double)i + 1) * step, KEY_WIDTH, step + 0.3);
    }
    cli_add_short_real(&text, values->high);
    cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_START, x + KEY_WIDTH + 6, TOP + 10,
        hone_buf_text(&text));
    hone_buf_clear(&text);
    cli_add_short_real(&text, values->low);
    cli_svg_text(plot->buf, CLI_INK_MUTED, CLI_ANCHOR_START, x + KEY_WIDTH + 6, BOTTOM,
        hone_buf_text(&text));
    hone_buf_finish(&text);
}

/* Of what is expected, as far as trials have such values: one far outside would
 * take all the colours. */
static struct cli_scale colours_of(const struct field *f, const struct cli_scale *trials) {
    const double low = fmax(f->low, trials->low);
    const double high = fmin(f->high, trials->high);

    return low < high ? cli_scale_of(low, high, false, BOTTOM, TOP)
                      : cli_scale_of(f->low, f->high, false, BOTTOM, TOP);
}

static void draw_all(struct cli_plot *plot, struct field *f, const struct cli_scale *trials) {
    const struct hone_space *space = f->model.space;
    const struct cli_frame frame = {
        .x = cli_scale_of_param(&space->param[f->a], LEFT, RIGHT),
        .y = cli_scale_of_param(&space->param[f->b], BOTTOM, TOP),
        .x_name = space->param[f->a].name, .y_name = space->param[f->b].name,
        .x_ticks = 8, .y_ticks = 8,
    };
    struct hone_buf what = {0};
    struct cli_scale values;

    ask(f);
    values = colours_of(f, trials);
    hone_buf_printf(&what, "expected %s, the others as in the best trial",
        plot->record->study.metric);
    cli_plot_start(plot, CLI_PLOT_HEIGHT, hone_buf_text(&what));
    cli_frame_draw(&frame, plot->buf);
    draw_field(plot, f, &frame, &values);
    draw_trials(plot, f, &frame);
    draw_key(plot, &values);
    cli_svg_end(plot->buf);
    hone_buf_finish(&what);
}

static enum hone_code draw(struct cli_plot *plot, struct hone_err *err) {
    struct field *f = hone_arena_new(plot->arena, sizeof(*f));
    struct cli_ties ties = {0};
    struct cli_scale trials;
    enum hone_code code;

    if (f == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a plot of two parameters");
    }
    code = cli_plot_value_scale(plot, BOTTOM, TOP, &trials, err);
    if (code == HONE_OK) {
        code = cli_findings_ties(plot->record, plot->arena, &ties, err);
    }
    if (code == HONE_OK) {
        code = cli_model_fit(&f->model, plot->record, &ties, plot->arena, err);
    }
    if (code == HONE_OK) {
        code = choose(plot, f, err);
    }
    if (code == HONE_OK) {
        draw_all(plot, f, &trials);
    }
    cli_model_finish(&f->model);
    return code;
}

const struct cli_plot_kind cli_plot_contour = {
    .name = "contour", .summary = "what a model expects over the two strongest parameters",
    .draw = draw,
};
