#include "engine/cli/live/glance.h"

#include "engine/cli/failure.h"
#include "engine/cli/point.h"
#include "engine/cli/table.h"
#include "engine/cli/width.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    MINUTE = 60, HOUR = 3600, DAY = 86400,
    LABEL = 9,                /* columns of "running  " */
    BAR_MOST = 40, BAR_LEAST = 8,
    DOTS_MOST = 12,           /* more folds than that are a number */
    PARAM_LINES_MOST = 4,
};

static const char strong[] = "\033[1m", faint[] = "\033[2m", red[] = "\033[31m",
                  green[] = "\033[32m", yellow[] = "\033[33m", plain[] = "\033[0m";

struct drawing {
    const struct cli_glance *glance;
    size_t columns;
    bool unicode;
    struct hone_buf *buf;
};

static void add(const struct drawing *d, const char *text) {
    hone_buf_add(d->buf, text);
}

static void add_coloured(const struct drawing *d, const char *colour, const char *text) {
    add(d, colour);
    add(d, text);
    add(d, plain);
}

static void add_label(const struct drawing *d, const char *label) {
    size_t start = d->buf->length;

    if (label[0] != '\0') {
        add_coloured(d, faint, label);
    }
    cli_width_pad(d->buf, start, LABEL);
}

void cli_add_duration(struct hone_buf *buf, double seconds) {
    int64_t whole = seconds < 1e15 ? (int64_t)(seconds + 0.5) : (int64_t)1e15;

    if (whole >= DAY) {
        hone_buf_printf(buf, "%" PRId64 " d %" PRId64 " h", whole / DAY, whole % DAY / HOUR);
    } else if (whole >= HOUR) {
        hone_buf_printf(buf, "%" PRId64 " h %" PRId64 " min", whole / HOUR, whole % HOUR / MINUTE);
    } else if (whole >= MINUTE) {
        hone_buf_printf(buf, "%" PRId64 " min %" PRId64 " s", whole / MINUTE, whole % MINUTE);
    } else {
        hone_buf_printf(buf, "%" PRId64 " s", whole);
    }
}

/* ---- The head: name, bar, count ---- */

static void add_bar(const struct drawing *d, size_t width) {
    const struct cli_glance *g = d->glance;
    double share = g->budget == 0 ? 1 : (double)g->finished / (double)g->budget;
    size_t full = share < 1 ? (size_t)(share * (double)width) : width;

    add(d, green);
    for (size_t i = 0; i < width; i++) {
        if (i == full) {
            add(d, plain);
            add(d, faint);
        }
        add(d, d->unicode ? "\u2501" : i < full ? "#" : "-");
    }
    add(d, plain);
}

/* Points that were added are tried beyond the budget, which may have been made smaller, too. */
static void add_count(const struct cli_glance *g, struct hone_buf *buf) {
    hone_buf_printf(buf, "%" PRIu64, g->finished);
    if (g->budget != UINT64_MAX && g->finished <= g->budget) {
        hone_buf_printf(buf, " of %" PRIu64, g->budget);
    }
    hone_buf_add(buf, " trials");
}

static void add_head(const struct drawing *d) {
    const struct cli_glance *g = d->glance;
    struct hone_buf count = {0};
    size_t taken;

    add_count(g, &count);
    add_coloured(d, strong, g->study);
    add(d, "  ");
    taken = cli_width(g->study, strlen(g->study)) + count.length + 5;
    if (g->budget != UINT64_MAX && taken + BAR_LEAST <= d->columns) {
        add_bar(d, d->columns - taken < BAR_MOST ? d->columns - taken : BAR_MOST);
        add(d, "  ");
    }
    add(d, hone_buf_text(&count));
    add(d, "\n");
    hone_buf_finish(&count);
}

/* ---- The best ---- */

static void add_best(const struct drawing *d) {
    const struct cli_glance *g = d->glance;

    add_label(d, "best");
    if (!g->has_best) {
        add_coloured(d, faint, "none yet");
        add(d, "\n");
        return;
    }
    add(d, strong);
    cli_add_value(d->buf, g->best_value, g->best_sem);
    add(d, plain);
    hone_buf_printf(d->buf, " in trial %" PRIu64, g->best_trial);
    if (g->best_gain > 0) {
        add(d, ", ");
        hone_buf_printf(d->buf, "%.2g", g->best_gain);
        add(d, " better than the defaults");
    }
    add(d, "\n");
}

/* As many parameters as fit into so many lines. */
static void add_params(const struct drawing *d, size_t lines) {
    const char *at = d->glance->best_params;
    size_t used = 0;
    size_t width = d->columns; /* full: the first begins a line */

    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, "\n");
        size_t name = strcspn(at, " ");
        size_t more = cli_width(at, length);

        if (width + 2 + more >= d->columns) {
            if (used++ == lines) {
                break;
            }
            hone_buf_printf(d->buf, "%s%*s", used > 1 ? "\n" : "", LABEL, "");
            width = LABEL + more;
        } else {
            add(d, "  ");
            width += 2 + more;
        }
        add(d, faint);
        hone_buf_add_bytes(d->buf, at, name < length ? name : length);
        add(d, plain);
        hone_buf_add_bytes(d->buf, at + (name < length ? name : length),
            length - (name < length ? name : length));
        at += length + (at[length] == '\n');
    }
    add(d, used > 0 ? "\n" : "");
}

static size_t count_param_lines(const struct drawing *d) {
    struct hone_buf scratch = {0};
    struct drawing trial_run = *d;
    size_t lines = 0;

    trial_run.buf = &scratch;
    add_params(&trial_run, PARAM_LINES_MOST);
    for (size_t i = 0; i < scratch.length; i++) {
        lines += scratch.text[i] == '\n';
    }
    hone_buf_finish(&scratch);
    return lines;
}

/* ---- What runs ---- */

static void add_dots(const struct drawing *d, const struct cli_glance_trial *t) {
    const char *const done = d->unicode ? "\u25cf" : "#";
    const char *const now = d->unicode ? "\u25d0" : "+";
    const char *const open = d->unicode ? "\u25cb" : ".";

    add(d, green);
    for (size_t f = 0; f < d->glance->folds; f++) {
        bool works = f >= t->folds_done && f < t->folds_done + t->at_work;

        if (f == t->folds_done) {
            add(d, plain);
        }
        add(d, f < t->folds_done ? done : works ? now : open);
    }
    add(d, plain);
    add(d, "  ");
}

static void add_folds(const struct drawing *d, const struct cli_glance_trial *t) {
    const size_t folds = d->glance->folds;

    if (folds > 1 && folds <= DOTS_MOST) {
        add_dots(d, t);
    } else if (folds > 1) {
        hone_buf_printf(d->buf, "%zu of %zu folds  ", t->folds_done, folds);
    }
    if (folds > 1 && t->at_work == 1) {
        hone_buf_printf(d->buf, "fold %zu, ", t->fold);
    } else if (t->at_work > 1) {
        hone_buf_printf(d->buf, "%zu folds, ", t->at_work);
    }
    if (t->newest.epoch > 0) {
        hone_buf_printf(d->buf, "%s %" PRId64 ", ",
            hone_curve_is_told(&t->newest) ? "step" : "epoch", t->newest.epoch);
    }
}

static void add_trial(const struct drawing *d, const struct cli_glance_trial *t) {
    hone_buf_printf(d->buf, "trial %" PRIu64 "  ", t->number);
    add_folds(d, t);
    cli_add_duration(d->buf, t->seconds);
    add(d, "\n");
}

static void add_running(const struct drawing *d, size_t lines) {
    const struct cli_glance *g = d->glance;
    size_t shown = g->running <= lines ? g->running : lines - 1;

    for (size_t i = 0; i < shown; i++) {
        add_label(d, i == 0 ? "running" : "");
        add_trial(d, &g->trial[i]);
    }
    if (shown < g->running) {
        add_label(d, shown == 0 ? "running" : "");
        hone_buf_printf(d->buf, shown == 0 ? "%zu trials\n" : "and %zu more\n",
            g->running - shown);
    }
}

/* ---- What is over, and how long it takes ---- */

static void add_counts(const struct drawing *d) {
    const struct cli_glance *g = d->glance;

    add_label(d, "trials");
    hone_buf_printf(d->buf, "%" PRIu64 " complete", g->complete);
    if (g->pruned > 0) {
        hone_buf_printf(d->buf, ", %s%" PRIu64 " pruned%s", yellow, g->pruned, plain);
    }
    if (g->failed > 0) {
        hone_buf_printf(d->buf, ", %s%" PRIu64 " failed%s", red, g->failed, plain);
    }
    add(d, "\n");
}

static void add_failure(const struct drawing *d) {
    add_label(d, "failure");
    add_coloured(d, red, d->glance->failure);
    add(d, "\n");
}

static void add_rate(const struct cli_glance *g, struct hone_buf *buf) {
    if (g->rate * MINUTE >= 100) {
        hone_buf_printf(buf, "%.3g trials/s", g->rate);
    } else if (g->rate * HOUR >= 100) {
        hone_buf_printf(buf, "%.3g trials/min", g->rate * MINUTE);
    } else {
        hone_buf_printf(buf, "%.3g trials/h", g->rate * HOUR);
    }
}

/* What is known of the times, with commas between; `before` begins it. */
static void add_times(const struct cli_glance *g, const char *before, struct hone_buf *buf) {
    if (isfinite(g->elapsed)) {
        hone_buf_add(buf, before);
        cli_add_duration(buf, g->elapsed);
        before = ", ";
    }
    if (isfinite(g->rate)) {
        hone_buf_add(buf, before);
        add_rate(g, buf);
        before = ", ";
    }
    if (isfinite(g->remaining) && g->finished < g->budget) {
        hone_buf_add(buf, before);
        hone_buf_add(buf, "about ");
        cli_add_duration(buf, g->remaining);
        hone_buf_add(buf, " left");
    }
}

static void add_time(const struct drawing *d) {
    size_t start;

    add_label(d, "time");
    start = d->buf->length;
    add_times(d->glance, "", d->buf);
    add(d, d->buf->length == start ? "not known yet\n" : "\n");
}

/* ---- The whole ---- */

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Head and time are always there; then, as far as there is room, the best, the
 * counts, why the last one failed, and what runs and the parameters share the
 * rest. */
void cli_glance_add_block(const struct cli_glance *glance, size_t columns, size_t rows,
    bool unicode, struct hone_buf *buf) {
    const struct drawing d = {
        .glance = glance, .columns = columns, .unicode = unicode, .buf = buf,
    };
    const bool best = rows > 3;
    const bool counts = rows > 5;
    const bool failure = rows > 7 && glance->failure != NULL;
    const size_t room = rows > 3 ? rows - 4 - counts - failure : 0; /* a row stays free */
    size_t running = least(least(glance->running, CLI_GLANCE_TRIALS), room - room / 2);
    const size_t params = least(count_param_lines(&d), room - running);

    running = least(least(glance->running, CLI_GLANCE_TRIALS), room - params);
    add_head(&d);
    if (best) {
        add_best(&d);
    }
    if (glance->has_best && params > 0) {
        add_params(&d, params);
    }
    if (running > 0) {
        add_running(&d, running);
    }
    if (counts) {
        add_counts(&d);
    }
    if (failure) {
        add_failure(&d);
    }
    add_time(&d);
}

void cli_glance_add_line(const struct cli_glance *g, struct hone_buf *buf) {
    add_count(g, buf);
    if (g->has_best) {
        hone_buf_add(buf, ", best ");
        cli_add_value(buf, g->best_value, g->best_sem);
        hone_buf_printf(buf, " (trial %" PRIu64 ")", g->best_trial);
    }
    if (g->pruned > 0) {
        hone_buf_printf(buf, ", %" PRIu64 " pruned", g->pruned);
    }
    if (g->failed > 0) {
        hone_buf_printf(buf, ", %" PRIu64 " failed", g->failed);
    }
    add_times(g, ", ", buf);
}

void cli_glance_add_failure(uint64_t trial, const char *error, struct hone_buf *buf) {
    hone_buf_printf(buf, "trial %" PRIu64 ": ", trial);
    cli_add_failure(buf, error);
}
