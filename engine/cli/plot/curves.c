/* Learning curves of the best trials, and of those that run, a line a fold. */
#include "engine/alloc.h"
#include "engine/cli/plot/frame.h"
#include "engine/cli/plot/plot.h"
#include "engine/cli/plot/svg.h"
#include "engine/cli/stats/findings.h"

#include <math.h>
#include <stdlib.h>

enum { LEFT = 90, TOP = 54, RIGHT = CLI_PLOT_WIDTH - 24, BOTTOM = CLI_PLOT_HEIGHT - 56 };
enum { BEST_TRIALS = 8, RUNNING_TRIALS = 8, FIRST_ROOM = 256 };

struct curves {
    size_t best;       /* trials that are complete, the best first; the others run */
    size_t trials;
    size_t number[BEST_TRIALS + RUNNING_TRIALS]; /* (trials) */
    bool valid;        /* losses of the inner validation part, or intermediate values */
    bool told;         /* the latter */
    size_t count, room;
    struct place {
        size_t rank;   /* of the trial, in `number` */
        size_t fold;
        int64_t epoch;
        double loss;
    } *place;          /* (count) owned; by rank, fold, epoch */
    size_t rank;       /* of the trial that is read */
    bool out_of_memory;
};

static void choose_trials(const struct cli_record *record, const struct cli_ties *ties,
    struct curves *c) {
    c->best = ties->count < BEST_TRIALS ? ties->count : (size_t)BEST_TRIALS;
    for (size_t i = 0; i < c->best; i++) {
        c->number[c->trials++] = ties->number[i];
    }
    for (size_t i = 0; i < record->count && c->trials < c->best + RUNNING_TRIALS; i++) {
        if (record->trial[i].state == HONE_RUNNING) {
            c->number[c->trials++] = i;
        }
    }
}

static bool take_point(void *self, const struct hone_curve_row *row) {
    struct curves *c = self;
    const double loss = c->valid ? row->point.valid_loss : row->point.train_loss;

    if (!isfinite(loss)) {
        return true;
    }
    if (c->count == c->room) {
        const size_t room = c->room == 0 ? FIRST_ROOM : 2 * c->room;
        struct place *place = hone_resize(c->place, room, sizeof(*place));

        c->out_of_memory = place == NULL;
        if (place == NULL) {
            return false;
        }
        c->place = place;
        c->room = room;
    }
    c->told = hone_curve_is_told(&row->point);
    c->place[c->count++] = (struct place){c->rank, row->fold, row->point.epoch, loss};
    return true;
}

static enum hone_code read_all(const struct cli_plot *plot, struct curves *c,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;

    c->count = 0;
    for (c->rank = 0; code == HONE_OK && c->rank < c->trials; c->rank++) {
        code = hone_db_curves(plot->db, plot->record->study.name, c->number[c->rank],
            take_point, c, err);
        if (c->out_of_memory) {
            code = hone_fail(err, HONE_E_NOMEM, "learning curves");
        }
    }
    return code;
}

/* The validation loss where there is one, else that of training. */
static enum hone_code read_curves(const struct cli_plot *plot, struct curves *c,
    struct hone_err *err) {
    enum hone_code code;

    c->valid = true;
    code = read_all(plot, c, err);
    if (code == HONE_OK && c->count == 0) {
        c->valid = false;
        code = read_all(plot, c, err);
    }
    return code == HONE_OK && c->count == 0
               ? hone_fail(err, HONE_E_MISSING, "the trials of study '%s' have no learning curves",
                     plot->record->study.name)
               : code;
}

static const char *name_of_values(const struct curves *c, const struct cli_plot *plot) {
    if (c->told) {
        return plot->record->study.metric;
    }
    return c->valid ? "validation loss" : "training loss";
}

static struct cli_frame frame_of(const struct curves *c, const struct cli_plot *plot) {
    double low = c->place[0].loss;
    double high = low;
    int64_t last = 1;

    for (size_t i = 1; i < c->count; i++) {
        low = fmin(low, c->place[i].loss);
        high = fmax(high, c->place[i].loss);
        last = c->place[i].epoch > last ? c->place[i].epoch : last;
    }
    return (struct cli_frame){
        .x = cli_scale_of(0, (double)last, false, LEFT, RIGHT),
        .y = low > 0 && high > 20 * low
                 ? cli_scale_of(low / 1.1, high * 1.1, true, BOTTOM, TOP)
                 : cli_scale_of(low - 0.05 * (high - low), high + 0.05 * (high - low), false,
                       BOTTOM, TOP),
        .x_name = c->told ? "step" : "epoch", .y_name = name_of_values(c, plot),
        .x_ticks = 10, .y_ticks = 7,
    };
}

/* From the last trial to the best, which lies in front. Those that run are dashed. */
static void draw_curves(const struct cli_plot *plot, const struct curves *c,
    const struct cli_frame *frame) {
    size_t end = c->count;

    while (end > 0) {
        const size_t rank = c->place[end - 1].rank;
        const size_t fold = c->place[end - 1].fold;
        struct hone_buf text = {0};
        size_t start = end;

        while (start > 0 && c->place[start - 1].rank == rank && c->place[start - 1].fold == fold) {
            start--;
        }
        cli_plot_add_trial(plot, c->number[rank], &text);
        cli_svg_title(plot->buf, hone_buf_text(&text));
        cli_svg_path(plot->buf, rank >= c->best ? CLI_INK_DASH
                                : rank == 0     ? CLI_INK_SECOND
                                                : CLI_INK_THIN);
        for (size_t i = start; i < end; i++) {
            cli_svg_point(plot->buf, i - start, cli_scale_at(&frame->x, (double)c->place[i].epoch),
                cli_scale_at(&frame->y, c->place[i].loss));
        }
        cli_svg_path_end(plot->buf);
        cli_svg_title_end(plot->buf);
        hone_buf_finish(&text);
        end = start;
    }
}

/* Those that have a curve. */
static size_t count_running(const struct curves *c) {
    size_t count = 0;

    for (size_t i = 0; i < c->count; i++) {
        count += c->place[i].rank >= c->best &&
                 (i == 0 || c->place[i - 1].rank != c->place[i].rank);
    }
    return count;
}

/* "learning curves of the best 8 (trial 3 in front) and of 2 that run (dashed)" */
static void add_heading(const struct curves *c, struct hone_buf *buf) {
    const size_t running = count_running(c);

    hone_buf_add(buf, "learning curves of ");
    if (c->best > 0) {
        hone_buf_printf(buf, "the best %zu (trial %zu in front)", c->best, c->number[0]);
    }
    if (running > 0) {
        hone_buf_printf(buf, "%s%zu that run%s (dashed)", c->best > 0 ? " and of " : "", running,
            running == 1 ? "s" : "");
    }
}

static enum hone_code draw(struct cli_plot *plot, struct hone_err *err) {
    struct curves curves = {0};
    struct cli_ties ties = {0};
    enum hone_code code = cli_findings_ties(plot->record, plot->arena, &ties, err);

    if (code == HONE_OK) {
        choose_trials(plot->record, &ties, &curves);
        code = read_curves(plot, &curves, err);
    }
    if (code == HONE_OK) {
        const struct cli_frame frame = frame_of(&curves, plot);
        struct hone_buf what = {0};

        add_heading(&curves, &what);
        cli_plot_start(plot, CLI_PLOT_HEIGHT, hone_buf_text(&what));
        cli_frame_draw(&frame, plot->buf);
        draw_curves(plot, &curves, &frame);
        cli_svg_end(plot->buf);
        hone_buf_finish(&what);
    }
    hone_free(curves.place);
    return code;
}

const struct cli_plot_kind cli_plot_curves = {
    .name = "curves", .summary = "learning curves of the best trials and of those that run",
    .draw = draw,
};
