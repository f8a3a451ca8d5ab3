#include "engine/cli/progress.h"

#include "engine/buf.h"
#include "engine/clock.h"
#include "engine/cli/out.h"
#include "engine/cli/table.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_LIMIT = 78, MINUTE = 60, HOUR = 3600 };

static const double redraw_seconds = 0.1;
static const double first_interval_seconds = 5;
static const double last_interval_seconds = 600;
static const double interval_growth = 1.5;
static const char clear_line[] = "\r\033[K";

/* A live line needs a terminal that can clear one, and nobody against it. */
static bool wants_live(void) {
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return isatty(STDERR_FILENO) == 1 && (no_color == NULL || no_color[0] == '\0') &&
           terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static void write_screen(const char *bytes, size_t length) {
    /* A closed terminal must not stop a search. */
    ssize_t ignored = write(STDERR_FILENO, bytes, length);

    (void)ignored;
}

void cli_progress_clear(struct cli_progress *progress) {
    if (progress->drawn) {
        write_screen(clear_line, sizeof(clear_line) - 1);
        progress->drawn = false;
    }
}

static void add_duration(struct hone_buf *buf, double seconds) {
    int64_t whole = (int64_t)(seconds + 0.5);

    if (whole >= HOUR) {
        hone_buf_printf(buf, "%" PRId64 " h %" PRId64 " min", whole / HOUR, whole % HOUR / MINUTE);
    } else if (whole >= MINUTE) {
        hone_buf_printf(buf, "%" PRId64 " min %" PRId64 " s", whole / MINUTE, whole % MINUTE);
    } else {
        hone_buf_printf(buf, "%" PRId64 " s", whole);
    }
}

static void add_remaining(const struct cli_progress *p, double elapsed, struct hone_buf *buf) {
    size_t done_now = p->finished - p->done_before;

    if (p->budget != UINT64_MAX && done_now > 0 && p->finished < p->budget) {
        hone_buf_add(buf, ", about ");
        add_duration(buf, elapsed / (double)done_now * (double)(p->budget - p->finished));
        hone_buf_add(buf, " left");
    }
}

static void add_state(const struct cli_progress *p, struct hone_buf *buf) {
    double elapsed = hone_clock_seconds() - p->started;

    hone_buf_printf(buf, "%zu", p->finished);
    if (p->budget != UINT64_MAX) {
        hone_buf_printf(buf, " of %" PRIu64, p->budget);
    }
    hone_buf_add(buf, " trials");
    if (p->complete > 0) {
        hone_buf_add(buf, ", best ");
        cli_add_short_real(buf, hone_objective_loss(p->objective, p->best_loss));
        hone_buf_printf(buf, " (trial %" PRIu64 ")", p->best_trial);
    }
    if (p->pruned > 0) {
        hone_buf_printf(buf, ", %zu pruned", p->pruned);
    }
    if (p->failed > 0) {
        hone_buf_printf(buf, ", %zu failed", p->failed);
    }
    hone_buf_add(buf, ", ");
    add_duration(buf, elapsed);
    add_remaining(p, elapsed, buf);
}

static void draw(struct cli_progress *p) {
    struct hone_buf line = {0};

    hone_buf_add(&line, clear_line);
    add_state(p, &line);
    if (line.length > LINE_LIMIT + sizeof(clear_line)) {
        line.length = LINE_LIMIT + sizeof(clear_line);
    }
    write_screen(hone_buf_text(&line), line.length);
    p->drawn = true;
    hone_buf_finish(&line);
}

static void say_state(struct cli_progress *p) {
    struct hone_buf line = {0};

    add_state(p, &line);
    cli_say("%s", hone_buf_text(&line));
    hone_buf_finish(&line);
}

static void note_finished(struct cli_progress *p, const struct hone_trial *trial) {
    p->finished++;
    p->failed += trial->state == HONE_FAILED;
    p->pruned += trial->state == HONE_PRUNED;
    if (trial->state == HONE_COMPLETE) {
        if (p->complete == 0 || trial->loss < p->best_loss) {
            p->best_loss = trial->loss;
            p->best_trial = trial->number;
        }
        p->complete++;
    }
}

static void on_trial_finished(void *self, const struct hone_trial *trial) {
    struct cli_progress *p = self;
    double now = hone_clock_seconds();

    note_finished(p, trial);
    if (!p->quiet && !p->live && now >= p->next_line) {
        say_state(p);
        p->interval *= interval_growth;
        p->interval = p->interval < last_interval_seconds ? p->interval : last_interval_seconds;
        p->next_line = now + p->interval;
    }
}

static void say_request(struct cli_progress *p, int requests) {
    cli_progress_clear(p);
    p->requests_said = requests;
    cli_say(requests == 1 ? "stopping: what runs now is finished first; once more stops at once"
                          : "stopping at once");
}

static void on_tick(void *self) {
    struct cli_progress *p = self;
    int requests = atomic_load(&p->stop->requests);
    double now = hone_clock_seconds();

    if (!p->quiet && requests > p->requests_said) {
        say_request(p, requests);
    }
    if (!p->quiet && p->live && now >= p->next_line) {
        draw(p);
        p->next_line = now + redraw_seconds;
    }
}

void cli_progress_start(struct cli_progress *progress, const struct hone_history *history,
    const struct hone_objective *objective, const struct hone_stop *stop, uint64_t budget,
    const char *study, const char *db, bool quiet) {
    *progress = (struct cli_progress){
        .observer = {.self = progress, .trial_finished = on_trial_finished, .tick = on_tick,
            .tick_seconds = redraw_seconds},
        .objective = objective, .stop = stop, .db = db, .study = study, .budget = budget,
        .quiet = quiet, .live = wants_live(), .started = hone_clock_seconds(),
        .interval = first_interval_seconds,
    };
    for (size_t i = 0; i < history->count; i++) {
        if (hone_state_is_finished(history->trial[i].state)) {
            note_finished(progress, &history->trial[i]);
        }
    }
    progress->done_before = progress->finished;
    progress->next_line = progress->started + (progress->live ? 0 : progress->interval);
}

static void say_how_to_resume(const struct cli_progress *p) {
    cli_say("everything is kept; 'hone resume %s --db %s' goes on", p->study, p->db);
}

void cli_progress_end(struct cli_progress *progress, enum hone_end end) {
    bool nothing_new = progress->finished == progress->done_before;

    cli_progress_clear(progress);
    if (progress->quiet) {
        return;
    }
    if (nothing_new && (end == HONE_END_BUDGET || end == HONE_END_EXHAUSTED)) {
        cli_say("study '%s' is finished: all %zu trials are done; nothing was run", progress->study,
            progress->finished);
        return;
    }
    say_state(progress);
    switch (end) {
    case HONE_END_BUDGET:
        cli_say("study '%s' is finished: all trials asked for are done", progress->study);
        break;
    case HONE_END_EXHAUSTED:
        cli_say("study '%s' is finished: the method has no further point", progress->study);
        break;
    case HONE_END_TIMEOUT:
        cli_say("study '%s' stopped: search.timeout has passed", progress->study);
        say_how_to_resume(progress);
        break;
    case HONE_END_INTERRUPTED:
        cli_say("study '%s' was interrupted", progress->study);
        say_how_to_resume(progress);
        break;
    }
}
