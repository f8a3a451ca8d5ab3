#include "engine/cli/live/progress.h"

#include "engine/alloc.h"
#include "engine/clock.h"
#include "engine/cli/defaults.h"
#include "engine/cli/live/events.h"
#include "engine/cli/live/hint.h"
#include "engine/cli/out.h"
#include "engine/cli/point.h"
#include "engine/cli/study.h"
#include "engine/cli/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* Ten times a second is as often as an eye follows numbers; a draw takes some
 * 50 microseconds. */
static const double redraw_seconds = 0.1;
static const double first_interval_seconds = 5;
static const double last_interval_seconds = 600;
static const double interval_growth = 1.5;

static double to_value(const struct cli_progress *p, double loss) {
    return hone_objective_loss(p->session->objective, loss);
}

/* ---- Keeping count ---- */

static void note_best(struct cli_progress *p, const struct hone_trial *trial) {
    struct cli_glance *g = &p->glance;

    if (!g->has_best || trial->loss < p->best_loss) {
        g->has_best = true;
        g->best_trial = trial->number;
        g->best_value = to_value(p, trial->loss);
        g->best_sem = trial->sem;
        p->best_loss = trial->loss;
    }
    if (hone_part_is(trial->part, hone_first_part) &&
        cli_defaults_are_first(p->session->plan->setup.spec)) {
        p->default_loss = trial->loss;
    }
    g->best_gain = p->default_loss - p->best_loss;
}

static void note_finished(struct cli_progress *p, const struct hone_trial *trial) {
    struct cli_glance *g = &p->glance;

    g->finished++;
    g->complete += trial->state == HONE_COMPLETE;
    g->pruned += trial->state == HONE_PRUNED;
    g->failed += trial->state == HONE_FAILED;
    if (trial->state == HONE_COMPLETE) {
        note_best(p, trial);
    }
    if (trial->state == HONE_FAILED) {
        p->last_failed = trial->number;
    }
}

/* ---- Texts ---- */

static void write_params(struct cli_progress *p) {
    hone_buf_clear(&p->params);
    p->params_of = p->glance.best_trial;
    cli_add_point_lines(&p->params, &p->session->plan->space,
        p->session->history.trial[p->glance.best_trial].x_value);
}

static void write_failure(struct cli_progress *p) {
    const struct hone_trial *trial = &p->session->history.trial[p->last_failed];

    hone_buf_clear(&p->failure);
    cli_glance_add_failure(trial->number, trial->error, &p->failure);
}

static void look_at_time(struct cli_progress *p, double now) {
    struct cli_glance *g = &p->glance;
    double deadline = p->started + p->session->plan->timeout_seconds;

    g->elapsed = now - p->started;
    g->rate = cli_pace_rate(&p->pace, now);
    g->remaining = g->budget == UINT64_MAX
                       ? (double)NAN
                       : cli_pace_remaining(&p->pace, now, g->budget - g->finished);
    if (isfinite(deadline) && !(g->remaining < deadline - now)) {
        g->remaining = deadline > now ? deadline - now : 0;
    }
}

static void draw(struct cli_progress *p, double now) {
    struct hone_buf block = {0};

    look_at_time(p, now);
    if (p->glance.has_best && p->params_of != p->glance.best_trial) {
        write_params(p);
    }
    if (p->last_failed != UINT64_MAX) {
        write_failure(p);
    }
    p->glance.best_params = hone_buf_text(&p->params);
    p->glance.failure = p->last_failed == UINT64_MAX ? NULL : hone_buf_text(&p->failure);
    cli_screen_measure(&p->screen);
    cli_glance_add_block(&p->glance, p->screen.columns, p->screen.rows, cli_screen_has_unicode(),
        &block);
    cli_screen_draw(&p->screen, hone_buf_text(&block));
    hone_buf_finish(&block);
}

static void say_state(const struct cli_progress *p) {
    struct hone_buf line = {0};

    cli_glance_add_line(&p->glance, &line);
    cli_say("%s", hone_buf_text(&line));
    hone_buf_finish(&line);
}

/* ---- What the run tells ---- */

static void on_trial_begun(void *self, const struct hone_trial *trial) {
    struct cli_progress *p = self;

    cli_event_begun(p->session->plan, trial);
}

static void on_fold_done(void *self, const struct hone_trial *trial,
    const struct hone_result *result) {
    (void)self;
    (void)trial;
    cli_event_fold(result);
}

static void on_trial_finished(void *self, const struct hone_trial *trial) {
    struct cli_progress *p = self;

    note_finished(p, trial);
    cli_pace_note(&p->pace, hone_clock_seconds());
    if (p->voice == CLI_VOICE_EVENTS) {
        cli_event_trial(p->session->objective, trial,
            trial->state == HONE_COMPLETE && p->glance.best_trial == trial->number);
    }
}

/* Adds a fold to the trials that run, which stand in the order of their numbers. */
static void add_at_work(struct cli_progress *p, const struct hone_at_work *fold) {
    struct cli_glance_trial *at = p->running + p->glance.running;

    while (at > p->running && at[-1].number > fold->trial) {
        at--;
    }
    if (at > p->running && at[-1].number == fold->trial) {
        at--;
        at->at_work++;
        at->newest = fold->newest.epoch > at->newest.epoch ? fold->newest : at->newest;
        at->seconds = fold->seconds > at->seconds ? fold->seconds : at->seconds;
        return;
    }
    memmove(at + 1, at, (size_t)(p->running + p->glance.running - at) * sizeof(*at));
    p->glance.running++;
    *at = (struct cli_glance_trial){
        .number = fold->trial, .at_work = 1, .fold = fold->fold, .newest = fold->newest,
        .seconds = fold->seconds,
        .folds_done = p->session->history.trial[fold->trial].folds_done,
    };
}

static void on_at_work(void *self, const struct hone_at_work *fold, size_t count) {
    struct cli_progress *p = self;

    p->glance.running = 0;
    for (size_t i = 0; p->running != NULL && i < count; i++) {
        add_at_work(p, &fold[i]);
    }
}

static void on_waiting(void *self, size_t elsewhere) {
    struct cli_progress *p = self;

    cli_screen_clear(&p->screen);
    cli_say("other processes run %zu trial%s of study '%s'; there is nothing to begin here until"
            " one is finished", elsewhere, elsewhere == 1 ? "" : "s", p->glance.study);
}

static void say_request(struct cli_progress *p, int requests) {
    p->requests_said = requests;
    if (p->voice == CLI_VOICE_EVENTS) {
        cli_event_stopping(requests);
        return;
    }
    cli_screen_clear(&p->screen);
    cli_say(requests == 1 ? "stopping: what runs now is finished first; once more stops at once"
                          : "stopping at once");
}

static void on_tick(void *self) {
    struct cli_progress *p = self;
    int requests = atomic_load(&p->session->stop.requests);
    double now = hone_clock_seconds();

    if (requests > p->requests_said) {
        say_request(p, requests);
    }
    if (now < p->next) {
        return;
    }
    if (p->voice == CLI_VOICE_BLOCK) {
        draw(p, now);
        p->next = now + redraw_seconds;
    } else if (p->voice == CLI_VOICE_LINES) {
        look_at_time(p, now);
        say_state(p);
        p->interval = fmin(p->interval * interval_growth, last_interval_seconds);
        p->next = now + p->interval;
    }
}

/* ---- Beginning ---- */

static void say_start(const struct cli_progress *p) {
    const struct cli_session *s = p->session;
    uint64_t size = hone_sampler_size(s->sampler);

    if (p->voice == CLI_VOICE_EVENTS) {
        cli_event_start(s->plan, s->objective, &p->glance, s->parallel, s->workers);
        return;
    }
    cli_say("study '%s': %s over %zu parameter%s, %zu fold%s a trial%s, %zu worker%s",
        s->plan->name, s->plan->sampler->name, s->plan->space.n,
        s->plan->space.n == 1 ? "" : "s", s->objective->folds,
        s->objective->folds == 1 ? "" : "s", s->race ? " in a race" : "", s->workers,
        s->workers == 1 ? "" : "s");
    if (size > 0 && s->history.count == 0) {
        cli_say(size == 1 ? "there is %" PRIu64 " point" : "there are %" PRIu64 " different points",
            size);
    }
    if (p->glance.finished > 0) {
        cli_say(p->glance.finished == 1 ? "%" PRIu64 " trial is done already"
                                        : "%" PRIu64 " trials are done already",
            p->glance.finished);
    }
}

static enum cli_voice choose_voice(const struct cli_session *session, bool events) {
    if (session->common->quiet) {
        return CLI_VOICE_QUIET;
    }
    if (events) {
        return CLI_VOICE_EVENTS;
    }
    return cli_screen_is_there() ? CLI_VOICE_BLOCK : CLI_VOICE_LINES;
}

/* Only what somebody will see is listened for. */
static void choose_observer(struct cli_progress *p) {
    p->observer = (struct hone_observer){.self = p, .trial_finished = on_trial_finished};
    if (p->voice != CLI_VOICE_QUIET) {
        p->observer.tick = on_tick;
        p->observer.tick_seconds = redraw_seconds;
    }
    if (p->voice == CLI_VOICE_BLOCK || p->voice == CLI_VOICE_LINES) {
        p->observer.waiting = on_waiting;
    }
    if (p->voice == CLI_VOICE_BLOCK) {
        p->running = hone_new_array(p->session->workers, sizeof(*p->running));
        p->glance.trial = p->running;
        p->observer.at_work = on_at_work;
    }
    if (p->voice == CLI_VOICE_EVENTS) {
        p->observer.trial_begun = on_trial_begun;
        p->observer.fold_done = on_fold_done;
    }
}

void cli_progress_start(struct cli_progress *progress, const struct cli_session *session,
    uint64_t budget, bool events) {
    const struct hone_history *history = &session->history;

    *progress = (struct cli_progress){
        .session = session, .voice = choose_voice(session, events),
        .glance = {.study = session->plan->name, .metric = session->objective->metric,
            .budget = budget, .folds = session->objective->folds, .best_gain = NAN},
        .started = hone_clock_seconds(), .interval = first_interval_seconds,
        .default_loss = NAN, .params_of = UINT64_MAX, .last_failed = UINT64_MAX,
    };
    choose_observer(progress);
    for (size_t i = 0; i < history->count; i++) {
        if (hone_state_is_finished(history->trial[i].state)) {
            note_finished(progress, &history->trial[i]);
        }
    }
    progress->finished_before = progress->glance.finished;
    progress->last_failed = UINT64_MAX; /* what failed in an earlier session is no news */
    cli_pace_note(&progress->pace, progress->started);
    progress->next =
        progress->started + (progress->voice == CLI_VOICE_BLOCK ? 0 : progress->interval);
    if (progress->voice != CLI_VOICE_QUIET) {
        say_start(progress);
    }
}

/* ---- Ending ---- */

static void say_how_to_resume(const struct cli_progress *p) {
    struct hone_buf hint = {0};

    cli_add_hint(&hint, "resume", p->glance.study, p->session->common->db);
    cli_say("everything is kept; %s goes on", hone_buf_text(&hint));
    hone_buf_finish(&hint);
}

static void say_how_to_extend(const struct cli_progress *p) {
    const uint64_t budget = p->session->plan->budget;
    struct hone_buf command = {0};
    struct hone_buf hint = {0};

    if (budget < UINT64_MAX) {
        hone_buf_printf(&command, "resume --trials +%" PRIu64, budget);
        cli_add_hint(&hint, hone_buf_text(&command), p->glance.study, p->session->common->db);
        cli_say("%s extends it", hone_buf_text(&hint));
    }
    hone_buf_finish(&command);
    hone_buf_finish(&hint);
}

/* A session may have been asked for fewer trials than the study is to have. */
static bool is_part(const struct cli_progress *p) {
    struct hone_arena arena = {0};
    struct hone_study_row row = {0};
    struct hone_err unused;
    const bool part =
        cli_study_read(p->session->db, p->glance.study, &arena, &row, &unused) == HONE_OK &&
        p->glance.finished < cli_study_budget(&row);

    hone_arena_finish(&arena);
    return part;
}

static void say_part(const struct cli_progress *p) {
    cli_say("study '%s' stopped: all trials asked for are done, and its budget is larger",
        p->glance.study);
    say_how_to_resume(p);
}

static void say_nothing_new(const struct cli_progress *p, enum hone_end end) {
    cli_say("study '%s' is finished: all %" PRIu64 " trials are done; nothing was run",
        p->glance.study, p->glance.finished);
    if (end == HONE_END_BUDGET) {
        say_how_to_extend(p);
    }
}

static void say_end(const struct cli_progress *p, enum hone_end end) {
    const char *study = p->glance.study;

    switch (end) {
    case HONE_END_BUDGET:
        cli_say("study '%s' is finished: all trials asked for are done", study);
        say_how_to_extend(p);
        break;
    case HONE_END_EXHAUSTED:
        cli_say("study '%s' is finished: the method has no further point", study);
        break;
    case HONE_END_ENOUGH:
        cli_say("study '%s' is finished: what may yet be gained is below the noise of a trial",
            study);
        break;
    case HONE_END_TIMEOUT:
        cli_say("study '%s' stopped: search.timeout has passed", study);
        say_how_to_resume(p);
        break;
    case HONE_END_FAILURES:
        cli_say("study '%s' stopped: all trials fail (search.max_failures: %" PRIu64 ")", study,
            p->session->plan->max_failures);
        say_how_to_resume(p);
        break;
    case HONE_END_INTERRUPTED:
        cli_say("study '%s' was interrupted", study);
        say_how_to_resume(p);
        break;
    }
}

static bool is_finished(enum hone_end end) {
    return end == HONE_END_BUDGET || end == HONE_END_EXHAUSTED || end == HONE_END_ENOUGH;
}

void cli_progress_end(struct cli_progress *progress, enum hone_end end) {
    const bool nothing_new =
        progress->glance.finished == progress->finished_before && is_finished(end);

    if (progress->voice == CLI_VOICE_QUIET) {
        return;
    }
    look_at_time(progress, hone_clock_seconds());
    progress->glance.remaining = NAN;
    if (progress->voice == CLI_VOICE_EVENTS) {
        cli_event_end(&progress->glance, end);
        return;
    }
    cli_screen_clear(&progress->screen);
    if (!nothing_new) {
        say_state(progress);
    }
    if (end == HONE_END_BUDGET && is_part(progress)) {
        say_part(progress);
    } else if (nothing_new) {
        say_nothing_new(progress, end);
    } else {
        say_end(progress, end);
    }
}

void cli_progress_finish(struct cli_progress *progress) {
    cli_screen_clear(&progress->screen);
    hone_free(progress->running);
    hone_buf_finish(&progress->params);
    hone_buf_finish(&progress->failure);
}
