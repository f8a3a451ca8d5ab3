/* hone watch STUDY: a running search seen through the database, by any process. */
#include "engine/clock.h"
#include "engine/cli/commands.h"
#include "engine/cli/defaults.h"
#include "engine/cli/interrupt.h"
#include "engine/cli/live/glance.h"
#include "engine/cli/live/hint.h"
#include "engine/cli/live/pace.h"
#include "engine/cli/live/screen.h"
#include "engine/cli/out.h"
#include "engine/cli/point.h"
#include "engine/cli/stored.h"
#include "engine/cli/study.h"
#include "storage/db.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { NS_PER_MS = 1000000, NAP_MS = 250 };

static const double redraw_seconds = 1;
static const double first_interval_seconds = 5, last_interval_seconds = 600;
static const double interval_growth = 1.5;

/* A process that was killed leaves no mark in the file: it is looked for. */
static const double look_anyway_seconds = 2;

/* After a look that took a processor so long, the next comes so many times later, but never
 * so late that what is shown is old: watching takes less than 1 % of a core until a look takes
 * 25 ms. Waiting for a processor is no work: on a busy machine the looks come as often. */
static const double rest_per_look = 200, longest_rest_seconds = 5;

struct watching {
    const struct cli_common *common;
    struct hone_db *db;
    struct hone_stop stop;
    struct cli_spec spec;    /* of the study */
    struct hone_arena arena; /* what one look found */
    struct hone_study_row study;
    double *x_value;         /* (space.n) room for a point; lives with spec */
    struct cli_glance glance;
    struct cli_glance_trial *running; /* (running_room) in arena */
    size_t running_room;
    bool *fold_done; /* (running_room, folds) in arena */
    struct cli_pace pace;
    double finished_at[CLI_PACE_ROOM]; /* seconds of wall time, the newest last */
    size_t finished_count;
    struct hone_buf params, failure;
    struct cli_defaults defaults;
    int64_t version;      /* of the file, at the last look */
    double look_after, look_again, show_at, interval; /* seconds of hone_clock_seconds */
    struct cli_screen screen;
    bool block; /* on a terminal */
    enum hone_code code; /* of a callback */
    struct hone_err *err;
};

static double wall_seconds(void) {
    return (double)hone_clock_wall_ms() / 1000;
}

/* ---- One look at the database ---- */

static bool take_best(void *self, const struct hone_trial_row *row) {
    struct watching *w = self;

    w->code = cli_stored_point(&w->spec, row, w->x_value, w->err);
    if (w->code == HONE_OK) {
        hone_buf_clear(&w->params);
        cli_add_point_lines(&w->params, &w->spec.plan.space, w->x_value);
    }
    return false;
}

/* A file from somebody else may name folds that the study has not got. */
static void note_done(struct watching *w, size_t fold) {
    if (fold < w->study.folds) {
        w->fold_done[w->glance.running * w->study.folds + fold] = true;
    }
}

static bool take_running(void *self, const struct hone_trial_row *row) {
    struct watching *w = self;
    struct cli_glance_trial *trial = &w->running[w->glance.running];

    if (w->glance.running == w->running_room) {
        return false; /* more have begun since they were counted */
    }
    *trial = (struct cli_glance_trial){
        .number = row->number, .seconds = wall_seconds() - (double)row->started_ms / 1000,
    };
    for (size_t f = 0; f < row->folds; f++) {
        trial->folds_done += row->fold[f].outcome == HONE_OUTCOME_VALUE;
        note_done(w, row->fold[f].fold);
    }
    w->glance.running++;
    return true;
}

/* The newest point of a running trial's folds that are not over. */
struct following {
    size_t folds;
    const bool *fold_done; /* (folds) */
    struct hone_curve_point newest;
};

static bool take_point(void *self, const struct hone_curve_row *row) {
    struct following *f = self;

    if (row->fold < f->folds && !f->fold_done[row->fold] &&
        row->point.epoch > f->newest.epoch) {
        f->newest = row->point;
    }
    return true;
}

/* Of the trials that are shown. */
static enum hone_code look_at_curves(struct watching *w) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < w->glance.running && i < CLI_GLANCE_TRIALS; i++) {
        struct following f = {
            .folds = w->study.folds, .fold_done = w->fold_done + i * w->study.folds};

        code = hone_db_curves(w->db, w->study.name, w->running[i].number, take_point, &f, w->err);
        w->running[i].newest = f.newest;
    }
    return code;
}

/* Of the newest trials: when they finished, and the last that failed. */
static bool take_recent(void *self, const struct hone_trial_row *row) {
    struct watching *w = self;

    if (row->state == HONE_FAILED && w->failure.length == 0) {
        cli_glance_add_failure(row->number, row->error, &w->failure);
    }
    if (hone_state_is_finished(row->state) && w->finished_count < CLI_PACE_ROOM) {
        w->finished_at[w->finished_count++] = (double)row->finished_ms / 1000;
    }
    return true;
}

static enum hone_code ask(struct watching *w, const struct hone_trial_query *query,
    hone_trial_visit *visit) {
    enum hone_code code = hone_db_trials(w->db, query, visit, w, w->err);

    return code == HONE_OK ? w->code : code;
}

static enum hone_code look_at_best(struct watching *w) {
    struct cli_glance *g = &w->glance;
    const struct hone_trial_query query = {
        .study = w->study.name, .one = true, .number = w->study.best_number,
    };
    bool same = g->has_best && g->best_trial == w->study.best_number;
    enum hone_code code = HONE_OK;

    if (!w->defaults.is_known) {
        code = cli_defaults_find(w->db, &w->study, w->spec.root, &w->defaults, w->err);
    }
    g->has_best = w->study.has_best;
    g->best_trial = w->study.best_number;
    g->best_value = w->study.best_value;
    g->best_sem = w->study.best_sem;
    g->best_gain = w->study.maximize ? g->best_value - w->defaults.value
                                     : w->defaults.value - g->best_value;
    if (code == HONE_OK && g->has_best && !same) {
        code = ask(w, &query, take_best);
    }
    g->best_params = hone_buf_text(&w->params);
    return code;
}

static enum hone_code look_at_running(struct watching *w) {
    const struct hone_trial_query query = {
        .study = w->study.name, .where = "state = running", .with_folds = true,
    };
    enum hone_code code;

    w->glance.running = 0;
    w->running_room = (size_t)w->study.count[HONE_RUNNING];
    w->running = hone_arena_array(&w->arena, w->running_room + 1, sizeof(*w->running));
    w->fold_done = hone_arena_array(&w->arena, w->running_room + 1, w->study.folds);
    if (w->running == NULL || w->fold_done == NULL) {
        return hone_fail(w->err, HONE_E_NOMEM, "watching %zu trials", w->running_room);
    }
    w->glance.trial = w->running;
    code = w->running_room == 0 ? HONE_OK : ask(w, &query, take_running);
    return code == HONE_OK ? look_at_curves(w) : code;
}

static int compare_seconds(const void *a, const void *b) {
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

static enum hone_code look_at_recent(struct watching *w) {
    const struct hone_trial_query query = {
        .study = w->study.name, .where = "part != import", .sort = "-number",
        .limit = CLI_PACE_ROOM + w->study.count[HONE_RUNNING] + w->study.count[HONE_WAITING],
    };
    enum hone_code code;

    hone_buf_clear(&w->failure);
    w->finished_count = 0;
    code = ask(w, &query, take_recent);
    qsort(w->finished_at, w->finished_count, sizeof(w->finished_at[0]), compare_seconds);
    w->pace = (struct cli_pace){0};
    for (size_t i = 0; i < w->finished_count; i++) {
        cli_pace_note(&w->pace, w->finished_at[i]);
    }
    w->glance.failure = w->failure.length == 0 ? NULL : hone_buf_text(&w->failure);
    return code;
}

static void take_counts(struct watching *w) {
    struct cli_glance *g = &w->glance;

    g->study = w->study.name;
    g->metric = w->study.metric;
    g->folds = w->study.folds;
    g->budget = cli_study_budget(&w->study);
    g->finished = cli_study_finished(&w->study);
    g->complete = w->study.count[HONE_COMPLETE];
    g->pruned = w->study.count[HONE_PRUNED];
    g->failed = w->study.count[HONE_FAILED];
}

static void rest(struct watching *w, double used_seconds) {
    const double now = hone_clock_seconds();

    w->look_after = now + fmin(rest_per_look * used_seconds, longest_rest_seconds);
    w->look_again = now + look_anyway_seconds;
}

static enum hone_code look(struct watching *w) {
    const double used = hone_clock_thread_seconds();
    enum hone_code code;

    hone_arena_reset(&w->arena);
    code = cli_study_read(w->db, w->common->operand.item[0], &w->arena, &w->study, w->err);
    if (code != HONE_OK) {
        return code;
    }
    take_counts(w);
    code = look_at_best(w);
    if (code == HONE_OK) {
        code = look_at_running(w);
    }
    if (code == HONE_OK) {
        code = look_at_recent(w);
    }
    rest(w, hone_clock_thread_seconds() - used);
    w->show_at = w->block ? 0 : w->show_at; /* news is shown at once */
    return code;
}

static enum hone_code look_if_changed(struct watching *w) {
    double now = hone_clock_seconds();
    int64_t version = w->version;
    enum hone_code code;

    if (now < w->look_after) {
        return HONE_OK;
    }
    code = hone_db_version(w->db, &version, w->err);
    if (code != HONE_OK || (version == w->version && now < w->look_again)) {
        return code;
    }
    w->version = version;
    return look(w);
}

/* ---- Showing it ---- */

/* Once nobody runs it, time passes without news. */
static void look_at_time(struct watching *w) {
    const bool runs = w->study.runner_pid != 0 || w->finished_count == 0;
    const double now = runs ? wall_seconds() : w->finished_at[w->finished_count - 1];
    struct cli_glance *g = &w->glance;

    g->rate = cli_pace_rate(&w->pace, now);
    g->remaining = g->budget == UINT64_MAX || g->finished >= g->budget
                       ? (double)NAN
                       : cli_pace_remaining(&w->pace, now, g->budget - g->finished);
}

static void draw(struct watching *w) {
    struct hone_buf block = {0};

    cli_screen_measure(&w->screen);
    cli_glance_add_block(&w->glance, w->screen.columns, w->screen.rows, cli_screen_has_unicode(),
        &block);
    cli_screen_draw(&w->screen, hone_buf_text(&block));
    hone_buf_finish(&block);
}

static void say(const struct watching *w) {
    struct hone_buf line = {0};

    cli_glance_add_line(&w->glance, &line);
    cli_say("%s", hone_buf_text(&line));
    hone_buf_finish(&line);
}

static void show(struct watching *w) {
    double now = hone_clock_seconds();

    if (w->common->quiet || now < w->show_at) {
        return;
    }
    look_at_time(w);
    if (w->block) {
        draw(w);
        w->show_at = now + redraw_seconds;
    } else {
        say(w);
        w->show_at = now + w->interval;
        w->interval = fmin(w->interval * interval_growth, last_interval_seconds);
    }
}

/* ---- Watching ---- */

static bool is_over(const struct watching *w) {
    return w->study.runner_pid == 0 || atomic_load(&w->stop.requests) > 0;
}

/* What is told at the end is of the present, whenever the look before was. */
static enum hone_code watch(struct watching *w) {
    const struct timespec nap = {.tv_nsec = (long)NAP_MS * NS_PER_MS};
    enum hone_code code = HONE_OK;

    while (code == HONE_OK && !is_over(w)) {
        show(w);
        (void)nanosleep(&nap, NULL);
        code = look_if_changed(w);
    }
    return code == HONE_OK ? look(w) : code;
}

static void say_how_to_go_on(const struct watching *w) {
    const bool finished = w->glance.finished >= w->glance.budget ||
                          cli_study_has_enough(w->db, &w->study);
    struct hone_buf hint = {0};

    if (!finished && hone_objective_is_told(w->spec.plan.objective)) {
        cli_say("nobody asks for trials of study '%s' now; 'hone pipe' with its spec, or the"
                " program that began it, goes on", w->study.name);
        return;
    }
    cli_add_hint(&hint, !finished ? "resume" : w->study.has_best ? "best" : "trials",
        w->study.name, w->common->db);
    if (finished) {
        cli_say("study '%s' is finished; %s shows what was %s", w->study.name,
            hone_buf_text(&hint), w->study.has_best ? "found" : "tried");
    } else {
        cli_say("nobody runs study '%s' now; %s goes on", w->study.name, hone_buf_text(&hint));
    }
    hone_buf_finish(&hint);
}

/* The last state stays on the screen. */
static enum hone_code conclude(struct watching *w) {
    w->show_at = 0;
    show(w);
    cli_say_bytes("\n", w->screen.count > 0 ? 1 : 0);
    if (atomic_load(&w->stop.requests) > 0) {
        w->err->text[0] = '\0'; /* that the watching ends is no news */
        return HONE_E_CANCELLED;
    }
    if (!w->common->quiet) {
        say_how_to_go_on(w);
    }
    return HONE_OK;
}

static enum hone_code start(struct watching *w) {
    enum hone_code code = hone_db_open(w->common->db, HONE_DB_READ, &w->db, w->err);

    if (code == HONE_OK) {
        code = hone_db_version(w->db, &w->version, w->err);
    }
    if (code == HONE_OK) {
        code = cli_study_read(w->db, w->common->operand.item[0], &w->arena, &w->study, w->err);
    }
    if (code == HONE_OK) {
        code = cli_study_plan(&w->study, &w->spec, w->err);
    }
    if (code != HONE_OK) {
        return code;
    }
    w->x_value = hone_arena_array(&w->spec.arena, w->spec.plan.space.n, sizeof(*w->x_value));
    return w->x_value != NULL ? look(w) : hone_fail(w->err, HONE_E_NOMEM, "watching a study");
}

static enum hone_code watch_run(const void *args, struct cli_out *out, struct hone_err *err) {
    struct watching w = {
        .common = args, .err = err, .interval = first_interval_seconds,
        .glance = {.elapsed = NAN}, .block = cli_screen_is_there(),
    };
    enum hone_code code = start(&w);

    (void)out;
    if (code == HONE_OK) {
        cli_interrupt_watch(&w.stop);
        code = watch(&w);
        cli_interrupt_forget();
    }
    if (code == HONE_OK) {
        code = conclude(&w);
    } else {
        cli_screen_clear(&w.screen);
    }
    hone_db_close(w.db);
    cli_spec_finish(&w.spec);
    hone_arena_finish(&w.arena);
    hone_buf_finish(&w.params);
    hone_buf_finish(&w.failure);
    return code;
}

const struct cli_command cli_command_watch = {
    .name = "watch",
    .operands = "STUDY",
    .summary = "follows a running search from another terminal",
    .details =
        "Shows on standard error what the terminal of 'hone run' shows, as far as it is in the\n"
        "database: a block that is drawn anew in its place, without a terminal a line at ever\n"
        "longer intervals; with --quiet nothing. Ends when nobody runs the study any more.\n",
    .formats = cli_no_formats,
    .args_size = sizeof(struct cli_common),
    .operands_low = 1,
    .operands_high = 1,
    .run = watch_run,
};
