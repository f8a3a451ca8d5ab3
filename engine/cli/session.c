#include "engine/cli/session.h"

#include "engine/cli/best.h"
#include "engine/cli/board/live.h"
#include "engine/cli/cores.h"
#include "engine/cli/exchange/learn.h"
#include "engine/cli/interrupt.h"
#include "engine/cli/live/progress.h"
#include "engine/cli/study.h"
#include "engine/race.h"
#include "engine/run.h"
#include "storage/db.h"

#include <inttypes.h>
#include <string.h>

enum { ERROR_SHOWN = 1900 }; /* what has room in a sentence */

struct running {
    struct cli_session *session;
    const struct cli_session_wish *wish;
    struct cli_out *out;
    struct cli_progress progress;
    struct cli_board_live board; /* when it is wished for */
};

enum hone_code cli_session_objective(const struct hone_plan *plan, struct hone_objective **ret,
    struct hone_err *err) {
    enum hone_code code = hone_objective_open(plan->objective, &plan->setup, ret, err);

    if (code == HONE_E_IO) {
        err->code = HONE_E_INPUT;
        code = HONE_E_INPUT;
    }
    if (code == HONE_E_INPUT) {
        cli_spec_say_error(plan, err);
    }
    return code;
}

/* A study goes on with the data it began with, or not at all. ret_begun: it has trials. */
static enum hone_code check_before(struct cli_session *s, bool *ret_begun,
    struct hone_err *err) {
    struct hone_arena arena = {0};
    struct hone_study_row row = {0};
    struct hone_err missing;
    enum hone_code code = cli_study_read(s->db, s->plan->name, &arena, &row, &missing);

    if (code == HONE_E_MISSING) {
        code = HONE_OK;
    } else if (code != HONE_OK) {
        *err = missing;
    } else if (strcmp(row.fingerprint, s->plan->fingerprint) == 0 &&
               strcmp(row.data_hash, s->objective->data_hash) != 0) {
        code = hone_fail(err, HONE_E_DIFFERS,
            "study '%s' was made from other data: its SHA-256 was %.12s, is %.12s; give the search "
            "another name, or put the old data back",
            s->plan->name, row.data_hash, s->objective->data_hash);
    }
    *ret_begun = cli_study_trials(&row) > 0;
    hone_arena_finish(&arena);
    return code;
}

static enum hone_code open_study(struct cli_session *s, struct hone_err *err) {
    const struct hone_plan *plan = s->plan;
    const struct hone_objective *objective = s->objective;
    struct hone_study study = {
        .name = plan->name, .spec_text = plan->spec_text, .spec_file = plan->spec_file,
        .folder = plan->folder, .fingerprint = plan->fingerprint, .space = &plan->space,
        .sampler = plan->sampler->name, .metric = objective->metric,
        .maximize = objective->maximize, .folds = objective->folds, .seed = plan->seed,
        .budget = plan->budget, .data_hash = objective->data_hash,
        .fold_hash = objective->fold_hash, .classes = objective->classes,
        .class_name = objective->class_name,
        .parallel = hone_plan_parallel(plan, s->workers, objective->folds, s->race),
    };
    enum hone_code code = hone_sqlite_store_new(s->db, &s->store, err);

    s->history.params = plan->space.n;
    s->history.folds = objective->folds;
    if (code == HONE_OK) {
        code = hone_store_open_study(s->store, &study, &s->history, &s->parallel, err);
    }
    return code;
}

/* What a study learns it takes over at its beginning: one that has trials asks for none. */
static enum hone_code check_sources(struct cli_session *s, bool has_begun,
    struct hone_err *err) {
    enum hone_code code = has_begun ? HONE_OK : cli_learn_check(s->db, s->plan, err);

    if (code != HONE_OK) {
        cli_spec_say_error(s->plan, err);
    }
    return code;
}

/* A new study that learns from earlier ones is filled before it is run. */
static enum hone_code open_taught(struct cli_session *s, struct hone_err *err) {
    enum hone_code code = open_study(s, err);

    if (code != HONE_OK || s->plan->learn_from == NULL || s->history.count > 0) {
        return code;
    }
    cli_session_give_up(s);
    code = cli_learn(s->common->db, s->plan, s->objective, s->db, err);
    return code == HONE_OK ? open_study(s, err) : code;
}

enum hone_code cli_session_open(struct cli_session *s, const struct cli_common *common,
    const struct hone_plan *plan, struct hone_err *err) {
    bool has_begun = false;
    enum hone_code code = cli_session_objective(plan, &s->objective, err);

    s->common = common;
    s->plan = plan;
    s->workers = common->workers > 0 ? (size_t)common->workers : cli_cores();

    /* Until here a signal may simply end the program. From the moment others can
     * see the study, it has to end politely. */
    if (code == HONE_OK) {
        s->race = hone_race_is_on(s->objective, s->plan->sampler);
        cli_interrupt_watch(&s->stop);
        code = hone_db_open(s->common->db, HONE_DB_CREATE, &s->db, err);
    }
    if (code == HONE_OK && hone_db_is_on_network(s->db) && !s->common->quiet) {
        cli_say("'%s' lies on a network file system: let one machine alone write it",
            s->common->db);
    }
    if (code == HONE_OK) {
        code = check_before(s, &has_begun, err);
    }
    if (code == HONE_OK) {
        code = check_sources(s, has_begun, err);
    }
    if (code == HONE_OK) {
        code = open_taught(s, err);
    }
    return code == HONE_OK ? hone_plan_make_sampler(plan, s->objective, &s->sampler, err) : code;
}

void cli_session_give_up(struct cli_session *s) {
    hone_store_close(s->store);
    s->store = NULL;
}

void cli_session_close(struct cli_session *s) {
    cli_session_give_up(s);
    hone_sampler_free(s->sampler);
    hone_db_close(s->db);
    hone_objective_close(s->objective);
    hone_history_finish(&s->history);
    cli_interrupt_forget();
}

/* ---- The run ---- */

/* As many trials as there are to be: a grid may end before its budget. */
static uint64_t expected_trials(const struct cli_session *s) {
    uint64_t size = hone_sampler_size(s->sampler);

    if (size > 0 && size < s->plan->budget) {
        return size;
    }
    return s->plan->budget == UINT64_MAX ? UINT64_MAX
                                         : s->plan->budget + s->history.imported;
}

/* Who hears what the run tells. */
static enum hone_code listen(struct running *r, const struct hone_observer **ret,
    struct hone_err *err) {
    *ret = &r->progress.observer;
    if (r->wish->tensorboard == NULL) {
        return HONE_OK;
    }
    *ret = &r->board.observer;
    return cli_board_live_start(&r->board, r->session, r->wish->tensorboard,
        &r->progress.observer, err);
}

static enum hone_code run_all(struct running *r, enum hone_end *ret_end, struct hone_err *err) {
    struct cli_session *s = r->session;
    struct hone_run run = {
        .plan = s->plan, .objective = s->objective, .sampler = s->sampler, .store = s->store,
        .history = &s->history, .budget = s->plan->budget, .parallel = s->parallel,
        .workers = s->workers, .race = s->race, .stop = &s->stop,
    };
    enum hone_code code;

    cli_progress_start(&r->progress, s, expected_trials(s), r->wish->json);
    code = listen(r, &run.observer, err);
    if (code == HONE_OK) {
        code = hone_run(&run, ret_end, err);
    }
    if (code == HONE_OK) {
        cli_progress_end(&r->progress, *ret_end);
    }
    cli_progress_finish(&r->progress);
    return code;
}

/* The latest failure tells most; the end of its error output is part of it. */
static enum hone_code fail_without_value(const struct cli_session *s, struct hone_err *err) {
    for (size_t i = s->history.count; i-- > 0;) {
        const struct hone_trial *trial = &s->history.trial[i];

        if (trial->state == HONE_FAILED && trial->error != NULL) {
            return hone_fail(err, HONE_E_NUMERIC, "no trial completed; trial %" PRIu64
                " failed: %.*s", trial->number, (int)ERROR_SHOWN, trial->error);
        }
    }
    return hone_fail(err, HONE_E_NUMERIC, "no trial completed");
}

static enum hone_code conclude(const struct running *r, enum hone_end end, struct hone_err *err) {
    const struct cli_session *s = r->session;
    const struct cli_best_wish wish = {
        .format = (enum cli_format)s->common->format, .test = end != HONE_END_INTERRUPTED,
    };
    bool any = hone_history_best(&s->history) != NULL;
    enum hone_code code = HONE_OK;

    if (any) {
        code = cli_best_write(s->db, s->plan->name, &wish, r->out, err);
    }
    if (code == HONE_OK && end == HONE_END_INTERRUPTED) {
        err->text[0] = '\0'; /* the progress has said it */
        return HONE_E_CANCELLED;
    }
    return code == HONE_OK && !any ? fail_without_value(s, err) : code;
}

static enum hone_code check_can_run(const struct hone_plan *plan, struct hone_err *err) {
    return hone_objective_is_told(plan->objective)
               ? hone_fail(err, HONE_E_INPUT, "this spec is for 'hone pipe': its values are told; "
                     "'hone help objective' says what a run can evaluate")
               : HONE_OK;
}

enum hone_code cli_session_run(const struct cli_common *common,
    const struct cli_session_wish *wish, const struct cli_spec *spec, struct cli_out *out,
    struct hone_err *err) {
    struct cli_session s = {0};
    struct running r = {.session = &s, .wish = wish, .out = out};
    enum hone_end end = HONE_END_BUDGET;
    enum hone_code code = check_can_run(&spec->plan, err);

    if (code == HONE_OK) {
        code = cli_session_open(&s, common, &spec->plan, err);
    }
    if (code == HONE_OK) {
        code = run_all(&r, &end, err);
    }
    cli_session_give_up(&s); /* before its trials are read */
    if (code == HONE_OK) {
        code = conclude(&r, end, err);
    }
    cli_session_close(&s);
    return code;
}
