/* hone export STUDY --to tensorboard DIR */
#include "engine/cli/board/board.h"
#include "engine/cli/exchange/export.h"
#include "engine/cli/stored.h"
#include "engine/cli/study.h"

struct writing {
    const struct cli_exporting *exporting;
    const struct cli_board *board;
    struct cli_spec spec; /* of the study */
    double *x_value;      /* (space.n) room */
    enum hone_code code;
    struct hone_err *err;
};

/* A trial that waits has nothing to show. */
static bool put_trial(void *self, const struct hone_trial_row *row) {
    struct writing *w = self;

    if (row->state == HONE_WAITING) {
        return true;
    }
    w->code = cli_stored_point(&w->spec, row, w->x_value, w->err);
    if (w->code == HONE_OK) {
        w->code = cli_board_trial(w->board, w->exporting->db, row, w->x_value, w->err);
    }
    return w->code == HONE_OK;
}

static enum hone_code write_trials(struct writing *w, struct hone_err *err) {
    const struct cli_exporting *e = w->exporting;
    const struct hone_trial_query query = {.study = e->study->name, .with_folds = true};
    enum hone_code code;

    w->x_value = hone_arena_array(e->arena, w->spec.plan.space.n, sizeof(*w->x_value));
    if (w->x_value == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a point of study '%s'", e->study->name);
    }
    code = cli_board_open(w->board, e->study->created_ms, err);
    if (code == HONE_OK) {
        code = hone_db_trials(e->db, &query, put_trial, w, err);
    }
    return code == HONE_OK ? w->code : code;
}

static enum hone_code write_board(const struct cli_exporting *e, struct hone_err *err) {
    const struct cli_board board = {.folder = e->path, .study = e->study->name,
        .metric = e->study->metric, .space = e->space};
    struct writing w = {.exporting = e, .board = &board, .code = HONE_OK, .err = err};
    enum hone_code code = HONE_OK;

    if (!e->force && cli_board_is_there(&board)) {
        code = hone_fail(err, HONE_E_INPUT, "'%s' holds study '%s' already; --force writes over it",
            e->path, e->study->name);
    }
    if (code == HONE_OK) {
        code = cli_study_plan(e->study, &w.spec, err);
    }
    if (code == HONE_OK) {
        code = write_trials(&w, err);
    }
    cli_spec_finish(&w.spec);
    return code;
}

const struct cli_export_form cli_export_tensorboard = {
    .name = "tensorboard", .kind = CLI_EXPORT_FOLDER, .write = write_board,
};
