/* hone show STUDY [N] */
#include "engine/clock.h"
#include "engine/cli/choice.h"
#include "engine/cli/commands.h"
#include "engine/cli/learnt.h"
#include "engine/cli/point.h"
#include "engine/cli/study.h"
#include "engine/cli/trials.h"
#include "storage/db.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct showing {
    struct hone_db *db;
    const struct hone_study_row *study;
    uint64_t best; /* the trial that is recommended */
    struct cli_out *out;
    size_t curves;
    struct hone_curve_row last; /* of the fold that is being read */
    struct cli_learnt learnt;   /* what the sampler knew when it proposed the trial */
};

static void add_epoch_json(struct hone_buf *buf, const struct hone_curve_point *point) {
    hone_buf_printf(buf, ",\"epoch\":%" PRId64 ",\"train_loss\":", point->epoch);
    hone_buf_add_json_real(buf, point->train_loss);
    hone_buf_add(buf, ",\"valid_loss\":");
    hone_buf_add_json_real(buf, point->valid_loss);
    hone_buf_add(buf, ",\"rate\":");
    hone_buf_add_json_real(buf, point->rate);
}

/* What a program tells is no loss, and its steps are what it makes of them. */
static void add_told_json(struct hone_buf *buf, const struct hone_curve_point *point) {
    hone_buf_printf(buf, ",\"step\":%" PRId64 ",\"value\":", point->epoch);
    hone_buf_add_json_real(buf, point->valid_loss);
}

static bool put_curve_json(void *self, const struct hone_curve_row *row) {
    struct showing *s = self;
    struct hone_buf *buf = &s->out->text;

    hone_buf_printf(buf, "%s{\"fold\":%zu", s->curves++ == 0 ? "" : ",", row->fold);
    if (hone_curve_is_told(&row->point)) {
        add_told_json(buf, &row->point);
    } else {
        add_epoch_json(buf, &row->point);
    }
    hone_buf_add(buf, "}");
    cli_out_turn(s->out);
    return !s->out->closed;
}

/* Training without a validation part has no loss of it. */
static void add_known(struct hone_buf *buf, const char *label, double number) {
    if (isfinite(number)) {
        hone_buf_add(buf, label);
        cli_add_short_real(buf, number);
    }
}

static void add_last_point(struct showing *s) {
    const struct hone_curve_point *last = &s->last.point;
    struct hone_buf *buf = &s->out->text;

    if (hone_curve_is_told(last)) {
        hone_buf_printf(buf, "  fold %zu: step %" PRId64, s->last.fold, last->epoch);
        add_known(buf, ", value ", last->valid_loss);
    } else {
        hone_buf_printf(buf, "  fold %zu: %" PRId64 " epochs", s->last.fold, last->epoch);
        add_known(buf, ", train loss ", last->train_loss);
        add_known(buf, ", validation loss ", last->valid_loss);
        add_known(buf, ", rate ", last->rate);
    }
    hone_buf_add(buf, "\n");
}

/* For people: where each fold's curve ends. */
static bool put_curve_end(void *self, const struct hone_curve_row *row) {
    struct showing *s = self;

    if (s->curves++ == 0) {
        hone_buf_add(&s->out->text, "curves\n");
    } else if (row->fold != s->last.fold) {
        add_last_point(s);
    }
    s->last = *row;
    return true;
}

static void add_folds(struct hone_buf *buf, const struct hone_trial_row *row) {
    if (row->folds > 0) {
        hone_buf_add(buf, "folds\n");
    }
    for (size_t f = 0; f < row->folds; f++) {
        hone_buf_printf(buf, "  %zu  ", row->fold[f].fold);
        cli_add_value(buf, row->fold[f].value, NAN);
        hone_buf_printf(buf, "  (%.3g s)", row->fold[f].seconds);
        if (row->fold[f].error != NULL) {
            hone_buf_add(buf, "  ");
            cli_add_first_line(buf, row->fold[f].error); /* the whole is the trial's */
        }
        hone_buf_add(buf, "\n");
    }
}

static void add_labelled(struct hone_buf *buf, const char *label, const char *text) {
    if (text != NULL && text[0] != '\0') {
        hone_buf_add(buf, label);
        hone_buf_add_printable(buf, text);
        hone_buf_add(buf, "\n");
    }
}

/* A program's error output has lines; each stays one. */
static void add_error(struct hone_buf *buf, const char *error) {
    const char *label = "error     ";

    while (error != NULL && *error != '\0') {
        const size_t length = strcspn(error, "\n");
        struct hone_buf line = {0};

        hone_buf_add_bytes(&line, error, length);
        hone_buf_add(buf, label);
        hone_buf_add_printable(buf, hone_buf_text(&line));
        hone_buf_add(buf, "\n");
        hone_buf_finish(&line);
        error += length + (error[length] == '\n');
        label = "          ";
    }
}

static void add_when(struct hone_buf *buf, const char *label, int64_t wall_ms) {
    char text[HONE_CLOCK_TEXT];

    if (wall_ms != 0) {
        hone_clock_write(wall_ms, text);
        add_labelled(buf, label, text);
    }
}

static void add_head(const struct showing *s, const struct hone_trial_row *row) {
    struct hone_buf *buf = &s->out->text;

    hone_buf_add(buf, "study     ");
    hone_buf_add_printable(buf, s->study->name);
    hone_buf_printf(buf, "\ntrial     %" PRIu64 "%s\n", row->number,
        cli_choice_title(s->study, s->best, row->number));
    add_labelled(buf, "state     ", hone_state_name(row->state));
    if (row->state == HONE_PRUNED) {
        hone_buf_printf(buf, "race      lost after %zu of %zu folds\n", row->folds,
            s->study->folds);
    }
    add_error(buf, row->error);
    hone_buf_add(buf, "value     ");
    cli_add_value(buf, row->value, row->sem);
    hone_buf_printf(buf, "  (%s, %s)\n", s->study->metric,
        s->study->maximize ? "maximized" : "minimized");
    add_labelled(buf, "proposed  ", row->part);
    add_labelled(buf, "why       ", row->why);
    if (s->learnt.is_known) {
        hone_buf_add(buf, "model     ");
        cli_learnt_add_model(&s->learnt, row, buf);
        hone_buf_add(buf, "\n");
    }
    add_when(buf, "started   ", row->started_ms);
    add_when(buf, "finished  ", row->finished_ms);
}

static bool show_block(void *self, const struct hone_trial_row *row) {
    struct showing *s = self;
    struct hone_buf *buf = &s->out->text;

    add_head(s, row);
    hone_buf_add(buf, "parameters\n");
    cli_add_params_shown(buf, row);
    add_folds(buf, row);
    for (size_t m = 0; m < row->metrics; m++) {
        hone_buf_add(buf, m == 0 ? "metrics\n  " : "  ");
        hone_buf_add_printable(buf, row->metric[m].name);
        hone_buf_add(buf, "  ");
        cli_add_value(buf, row->metric[m].value, NAN);
        hone_buf_add(buf, "\n");
    }
    return false;
}

static bool show_json(void *self, const struct hone_trial_row *row) {
    struct showing *s = self;
    struct hone_buf *buf = &s->out->text;

    cli_add_trial_json(buf, row);
    hone_buf_add(buf, ",\"part\":");
    hone_buf_add_json_text(buf, row->part);
    hone_buf_add(buf, ",\"why\":");
    hone_buf_add_json_text(buf, row->why == NULL ? "" : row->why);
    hone_buf_add(buf, ",\"curves\":[");
    return false;
}

static enum hone_code show_json_trial(struct showing *s, const struct hone_trial_query *query,
    struct hone_err *err) {
    enum hone_code code = hone_db_trials(s->db, query, show_json, s, err);

    if (code == HONE_OK) {
        code = hone_db_curves(s->db, query->study, query->number, put_curve_json, s, err);
    }
    if (code == HONE_OK) {
        hone_buf_add(&s->out->text, "]}\n");
    }
    return code;
}

static enum hone_code show_trial(struct showing *s, const struct hone_trial_query *query,
    struct hone_err *err) {
    enum hone_code code = hone_db_trials(s->db, query, show_block, s, err);

    if (code == HONE_OK) {
        code = hone_db_curves(s->db, query->study, query->number, put_curve_end, s, err);
    }
    if (code == HONE_OK && s->curves > 0) {
        add_last_point(s);
    }
    return code;
}

static enum hone_code which_trial(const struct cli_common *common, const struct showing *s,
    uint64_t *ret_number, struct hone_err *err) {
    const struct hone_study_row *study = s->study;

    if (common->operand.count > 1) {
        return cli_count_parse(common->operand.item[1], ret_number)
                   ? HONE_OK
                   : hone_fail(err, HONE_E_INPUT,
                         "'%s' is no number of a trial; they are 0, 1, 2 ...",
                         common->operand.item[1]);
    }
    if (!study->has_best) {
        return hone_fail(err, HONE_E_MISSING,
            "study '%s' has no complete trial; 'hone show %s N' shows any other", study->name,
            study->name);
    }
    *ret_number = s->best;
    return HONE_OK;
}

static enum hone_code show_one(struct hone_db *db, const struct cli_common *common,
    struct hone_arena *arena, struct cli_out *out, struct hone_err *err) {
    struct hone_study_row study = {0};
    struct showing s = {.db = db, .study = &study, .out = out};
    struct hone_trial_query query = {.study = common->operand.item[0], .one = true,
        .with_folds = true};
    enum hone_code code = cli_study_read(db, query.study, arena, &study, err);

    if (code == HONE_OK) {
        code = cli_choice_number(db, &study, &s.best, err);
    }
    if (code == HONE_OK) {
        code = which_trial(common, &s, &query.number, err);
    }
    if (code == HONE_OK) {
        code = cli_learnt_read(db, study.name, query.number, arena, &s.learnt, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    if (common->format == CLI_CSV) {
        return cli_trials_write(db, &query, NULL, CLI_CSV, out, err);
    }
    return common->format == CLI_JSON ? show_json_trial(&s, &query, err)
                                      : show_trial(&s, &query, err);
}

static enum hone_code show_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;
    struct hone_arena arena = {0};
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(common->db, HONE_DB_READ, &db, err);

    if (code == HONE_OK) {
        code = show_one(db, common, &arena, out, err);
    }
    hone_db_close(db);
    hone_arena_finish(&arena);
    return code;
}

const struct cli_command cli_command_show = {
    .name = "show",
    .operands = "STUDY [N]",
    .summary = "one trial: parameters, folds, curves, error; N defaults to the best",
    .details =
        "The best is the trial that 'hone best' recommends.\n\n"
        "json is the trial as in 'hone trials' with part, why and the curves, a point an epoch\n"
        "and fold; what a program told is {\"fold\":0,\"step\":3,\"value\":0.41}. A fold's first\n"
        "1024 points are all kept, then every second, of twice as many every fourth ..., and the\n"
        "last one. csv is its row as in 'hone trials'.\n",
    .formats = cli_table_formats,
    .args_size = sizeof(struct cli_common),
    .operands_low = 1,
    .operands_high = 2,
    .run = show_run,
};
