#include "engine/cli/board/live.h"

#include "engine/clock.h"
#include "engine/cli/out.h"
#include "engine/cli/study.h"

#include <math.h>

enum { MS_PER_SECOND = 1000 };

static void note(struct cli_board_live *live, enum hone_code code, const struct hone_err *err) {
    if (code != HONE_OK && !live->broken) {
        live->broken = true;
        cli_say("no more is written for TensorBoard: %s", err->text);
    }
}

/* ---- A trial that is over, as the database has it ---- */

struct copying {
    struct cli_board_live *live;
    const double *x_value;
    enum hone_code code;
    struct hone_err *err;
};

static bool put_trial(void *self, const struct hone_trial_row *row) {
    struct copying *c = self;

    c->code = cli_board_trial(&c->live->board, c->live->session->db, row, c->x_value, c->err);
    return false;
}

static enum hone_code copy_trial(struct cli_board_live *live, const struct hone_trial *trial,
    struct hone_err *err) {
    struct copying c = {.live = live, .x_value = trial->x_value, .code = HONE_OK, .err = err};
    const struct hone_trial_query query = {.study = live->board.study, .one = true,
        .number = trial->number, .with_folds = true};
    enum hone_code code = hone_db_trials(live->session->db, &query, put_trial, &c, err);

    return code == HONE_OK ? c.code : code;
}

/* ---- What the run tells ---- */

static void on_trial_begun(void *self, const struct hone_trial *trial) {
    struct cli_board_live *live = self;
    struct hone_err err = {0};

    if (!live->broken) {
        note(live, cli_board_begin(&live->board, trial->number, trial->started_ms, trial->x_value,
                 &err), &err);
    }
    if (live->next->trial_begun != NULL) {
        live->next->trial_begun(live->next->self, trial);
    }
}

static void on_curve_grew(void *self, const struct hone_trial *trial, size_t fold,
    int64_t started_ms) {
    struct cli_board_live *live = self;
    const struct cli_board_fold running = {
        .fold = fold, .started_ms = started_ms, .value = (double)NAN,
        .seconds = (double)(hone_clock_wall_ms() - started_ms) / MS_PER_SECOND,
    };
    struct hone_err err = {0};

    if (!live->broken) {
        note(live, cli_board_curve(&live->board, live->session->db, trial->number,
                 trial->started_ms, &running, &err), &err);
    }
    if (live->next->curve_grew != NULL) {
        live->next->curve_grew(live->next->self, trial, fold, started_ms);
    }
}

static void on_fold_done(void *self, const struct hone_trial *trial,
    const struct hone_result *result) {
    struct cli_board_live *live = self;
    const struct cli_board_fold fold = {
        .fold = result->fold, .started_ms = result->started_ms, .seconds = result->seconds,
        .value = result->outcome == HONE_OUTCOME_VALUE ? result->value : (double)NAN,
        .points = result->curve_count, .point = result->curve,
    };
    struct hone_err err = {0};

    if (!live->broken) {
        note(live, cli_board_fold(&live->board, result->trial, trial->started_ms, &fold, &err),
            &err);
    }
    if (live->next->fold_done != NULL) {
        live->next->fold_done(live->next->self, trial, result);
    }
}

static void on_trial_finished(void *self, const struct hone_trial *trial) {
    struct cli_board_live *live = self;
    struct hone_err err = {0};

    if (!live->broken) {
        note(live, copy_trial(live, trial, &err), &err);
    }
    if (live->next->trial_finished != NULL) {
        live->next->trial_finished(live->next->self, trial);
    }
}

static void on_at_work(void *self, const struct hone_at_work *fold, size_t count) {
    struct cli_board_live *live = self;

    if (live->next->at_work != NULL) {
        live->next->at_work(live->next->self, fold, count);
    }
}

static void on_waiting(void *self, size_t elsewhere) {
    struct cli_board_live *live = self;

    if (live->next->waiting != NULL) {
        live->next->waiting(live->next->self, elsewhere);
    }
}

static void on_tick(void *self) {
    struct cli_board_live *live = self;

    if (live->next->tick != NULL) {
        live->next->tick(live->next->self);
    }
}

/* The experiment is as old as the study, so that each session writes the same. */
static enum hone_code open_board(const struct cli_board_live *live, struct hone_err *err) {
    struct hone_arena arena = {0};
    struct hone_study_row row = {0};
    enum hone_code code =
        cli_study_read(live->session->db, live->board.study, &arena, &row, err);

    hone_arena_finish(&arena);
    return code == HONE_OK ? cli_board_open(&live->board, row.created_ms, err) : code;
}

enum hone_code cli_board_live_start(struct cli_board_live *live,
    const struct cli_session *session, const char *folder, const struct hone_observer *next,
    struct hone_err *err) {
    const struct hone_history *history = &session->history;
    enum hone_code code;

    *live = (struct cli_board_live){
        .observer = {.self = live, .trial_begun = on_trial_begun,
            .curve_grew = on_curve_grew, .fold_done = on_fold_done,
            .trial_finished = on_trial_finished, .at_work = on_at_work, .waiting = on_waiting,
            .tick = on_tick, .tick_seconds = next->tick_seconds},
        .next = next, .session = session,
        .board = {.folder = folder, .study = session->plan->name,
            .metric = session->objective->metric, .space = &session->plan->space},
    };
    code = open_board(live, err);
    for (size_t i = 0; code == HONE_OK && i < history->count; i++) {
        const struct hone_trial *trial = &history->trial[i];

        if (hone_state_is_finished(trial->state) && !cli_board_has(&live->board, i)) {
            code = copy_trial(live, trial, err);
        }
    }
    return code;
}
