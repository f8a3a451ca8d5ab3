/* hone best STUDY */
#include "engine/cli/best.h"

#include "engine/cli/choice.h"
#include "engine/cli/commands.h"
#include "engine/cli/defaults.h"
#include "engine/cli/final.h"
#include "engine/cli/point.h"
#include "engine/cli/study.h"
#include "engine/cli/table.h"
#include "engine/cli/trials.h"
#include "engine/cli/yaml.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct best_args {
    struct cli_common common;
    int rule; /* enum cli_choice_rule */
    const char *simpler;
};

static const struct cli_flag best_flags[] = {
    {.name = "rule", .kind = CLI_CHOICE, .offset = offsetof(struct best_args, rule),
     .summary = "which trial is recommended", .choices = cli_choice_rules},
    {.name = "simpler", .kind = CLI_TEXT, .offset = offsetof(struct best_args, simpler),
     .shown = "NAME,-NAME", .summary = "one-se: what is simpler, smaller NAME or larger -NAME"},
    CLI_FLAGS_END,
};

struct writing {
    const struct hone_study_row *study;
    enum cli_format format;
    struct hone_buf *buf;
    struct cli_defaults defaults;
    const struct cli_final *final; /* NULL: no score on a test set */
    const struct cli_choice *choice;
};

/* Of the stored spec, which was checked when it was stored. */
static enum hone_code find_defaults(struct hone_db *db, const struct hone_study_row *study,
    struct hone_arena *arena, struct cli_defaults *ret, struct hone_err *err) {
    struct hone_problems problems = {.file = study->spec_file};
    const struct hone_value *root = NULL;
    enum hone_code code = cli_yaml_read(study->spec_text, strlen(study->spec_text), arena,
        &problems, &root, err);

    hone_problems_finish(&problems);
    return code == HONE_OK ? cli_defaults_find(db, study, root, ret, err) : code;
}

static void add_gain(const struct writing *w, const struct hone_trial_row *row) {
    const double before = w->defaults.value;
    const double gain = w->study->maximize ? row->value - before : before - row->value;

    if (!isfinite(gain)) {
        return;
    }
    hone_buf_add(w->buf, "gain    ");
    cli_add_short_real(w->buf, fabs(gain));
    if (row->number == w->defaults.number) {
        hone_buf_printf(w->buf, ": these are the defaults (trial %" PRIu64 ")\n", row->number);
        return;
    }
    hone_buf_printf(w->buf, " %s than the defaults (trial %" PRIu64 ": ",
        gain < 0 ? "worse" : "better", w->defaults.number);
    cli_add_short_real(w->buf, before);
    hone_buf_add(w->buf, ")\n");
}

static void add_list(const struct writing *w, const struct hone_trial_row *row) {
    for (size_t f = 0; row->folds > 1 && f < row->folds; f++) {
        hone_buf_add(w->buf, f == 0 ? "folds   " : "  ");
        cli_add_short_real(w->buf, row->fold[f].value);
        hone_buf_add(w->buf, f + 1 == row->folds ? "\n" : "");
    }
    for (size_t m = 0; m < row->metrics; m++) {
        hone_buf_add(w->buf, m == 0 ? "metrics " : "  ");
        hone_buf_add_printable(w->buf, row->metric[m].name);
        hone_buf_add(w->buf, " ");
        cli_add_short_real(w->buf, row->metric[m].value);
        hone_buf_add(w->buf, m + 1 == row->metrics ? "\n" : "");
    }
}

static void add_choice(const struct writing *w) {
    if (w->choice->why.length > 0) {
        hone_buf_printf(w->buf, "rule    %s\n", hone_buf_text(&w->choice->why));
    }
    if (w->choice->ties.count > 1) {
        hone_buf_add(w->buf, "tied    ");
        cli_choice_add_tied(w->choice, w->buf);
        hone_buf_add(w->buf, "\n");
    }
}

static void add_tied_json(const struct writing *w) {
    if (w->choice->ties.count > 0) {
        hone_buf_add(w->buf, ",\"tied\":");
        cli_choice_add_tied_json(w->choice, w->buf);
    }
}

/* To be pasted. */
static void add_arguments(const struct writing *w, const struct hone_trial_row *row) {
    struct hone_buf args = {0};

    cli_add_params_args(&args, row);
    if (args.length > 1) {
        args.text[--args.length] = '\0'; /* the line's end */
        hone_buf_add(w->buf, "arguments\n  ");
        hone_buf_add_printable(w->buf, args.text);
        hone_buf_add(w->buf, "\n");
    }
    hone_buf_finish(&args);
}

/* The trial with the best value, where the model expects another one to be better. */
static void add_luckiest(const struct writing *w, const struct hone_trial_row *row) {
    if (w->choice->learnt.is_known && !cli_looks_same(w->study->best_value, row->value)) {
        hone_buf_printf(w->buf, "luckier trial %" PRIu64 ": ", w->study->best_number);
        cli_add_value(w->buf, w->study->best_value, w->study->best_sem);
        hone_buf_add(w->buf, ", which the model takes for chance\n");
    }
}

static void add_block(const struct writing *w, const struct hone_trial_row *row) {
    hone_buf_add(w->buf, "study   ");
    hone_buf_add_printable(w->buf, w->study->name);
    hone_buf_printf(w->buf, "\n%s  trial %" PRIu64 " (%s, %s%s)\nvalue   ",
        w->choice->why.length > 0 ? "chosen" : "best  ", row->number,
        w->study->metric, w->study->maximize ? "maximized" : "minimized",
        hone_part_is(row->part, hone_import_part) ? ", imported" : "");
    cli_add_value(w->buf, row->value, row->sem);
    hone_buf_add(w->buf, "\n");
    cli_learnt_add_outlook(&w->choice->learnt, w->buf);
    add_luckiest(w, row);
    add_gain(w, row);
    if (w->final != NULL) {
        hone_buf_add(w->buf, "test    ");
        cli_final_add_test(w->final, w->buf);
        hone_buf_add(w->buf, "\n");
    }
    add_list(w, row);
    add_choice(w);
    hone_buf_add(w->buf, "parameters\n");
    cli_add_params_shown(w->buf, row);
    add_arguments(w, row);
}

static void add_test_json(const struct writing *w) {
    if (w->final == NULL) {
        return;
    }
    hone_buf_printf(w->buf, ",\"test\":{\"rows\":%zu,\"metrics\":{", w->final->test_rows);
    for (size_t m = 0; m < w->final->test.metric_count; m++) {
        hone_buf_add(w->buf, m == 0 ? "" : ",");
        hone_buf_add_json_text(w->buf, w->final->test.metric[m].name);
        hone_buf_add(w->buf, ":");
        hone_buf_add_real(w->buf, w->final->test.metric[m].value);
    }
    hone_buf_add(w->buf, "}}");
}

static bool write_trial(void *self, const struct hone_trial_row *row) {
    const struct writing *w = self;

    switch (w->format) {
    case CLI_TABLE:
        add_block(w, row);
        break;
    case CLI_JSON:
        cli_add_trial_json(w->buf, row);
        cli_learnt_add_outlook_json(&w->choice->learnt, w->buf);
        add_tied_json(w);
        add_test_json(w);
        hone_buf_add(w->buf, "}\n");
        break;
    case CLI_YAML:
        cli_add_params_yaml(w->buf, row);
        break;
    case CLI_ARGS:
        cli_add_params_args(w->buf, row);
        break;
    case CLI_CSV:
        break;
    }
    return false;
}

static enum hone_code write_trial_of(struct hone_db *db, const struct hone_study_row *study,
    uint64_t number, struct writing *w, struct cli_out *out, struct hone_arena *arena,
    struct hone_err *err) {
    struct hone_trial_query query = {.study = study->name, .one = true, .with_folds = true};
    enum hone_code code = HONE_OK;

    if (w->format == CLI_TABLE) {
        code = find_defaults(db, study, arena, &w->defaults, err);
    }
    query.number = number;
    if (code == HONE_OK && w->format == CLI_CSV) {
        return cli_trials_write(db, &query, NULL, w->format, out, err);
    }
    return code == HONE_OK ? hone_db_trials(db, &query, write_trial, w, err) : code;
}

/* Scores the trial on the test set. What stands in the way is told, and takes
 * nothing away from the rest. */
static bool score(struct cli_final *final, struct hone_db *db, const struct hone_study_row *study,
    uint64_t number) {
    struct hone_err err = {0};
    bool wanted = false;
    enum hone_code code = cli_final_load(final, study, &wanted, &err);

    if (code == HONE_OK && wanted) {
        code = cli_final_train(final, db, study, number, &err);
    }
    if (code != HONE_OK) {
        cli_say("no score on the test set: %s", err.text);
    }
    return code == HONE_OK && wanted;
}

/* Only what is shown is worked out: parameters alone need no other trials. */
static enum hone_code choose(struct hone_db *db, const struct hone_study_row *study,
    const struct cli_best_wish *wish, bool full, struct cli_choice *choice,
    struct hone_err *err) {
    const bool alone = !(full && study->folds > 1);

    if (wish->rule == CLI_RULE_MODEL && alone) {
        return cli_choice_by_model(db, study, choice, err);
    }
    if (wish->rule == CLI_RULE_BEST && alone) {
        choice->number = study->best_number;
        return HONE_OK;
    }
    return cli_choice_make(db, study->name, wish->rule, wish->simpler, choice, err);
}

enum hone_code cli_best_write(struct hone_db *db, const char *study,
    const struct cli_best_wish *wish, struct cli_out *out, struct hone_err *err) {
    const bool full = wish->format == CLI_TABLE || wish->format == CLI_JSON;
    struct hone_arena arena = {0};
    struct hone_study_row row = {0};
    struct cli_final final = {0};
    struct cli_choice choice = {0};
    struct writing w = {.study = &row, .format = wish->format, .buf = &out->text,
        .defaults = {.value = NAN}, .choice = &choice};
    enum hone_code code = cli_study_read(db, study, &arena, &row, err);

    if (code == HONE_OK && !row.has_best) {
        code = hone_fail(err, HONE_E_MISSING, "study '%s' has no complete trial", study);
    }
    if (code == HONE_OK) {
        code = choose(db, &row, wish, full, &choice, err);
    }
    if (code == HONE_OK && wish->test && full && score(&final, db, &row, choice.number)) {
        w.final = &final;
    }
    if (code == HONE_OK) {
        code = write_trial_of(db, &row, choice.number, &w, out, &arena, err);
    }
    cli_choice_finish(&choice);
    cli_final_finish(&final);
    hone_arena_finish(&arena);
    return code;
}

static enum hone_code best_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct best_args *a = args;
    const struct cli_best_wish wish = {
        .format = (enum cli_format)a->common.format, .test = true,
        .rule = (enum cli_choice_rule)a->rule, .simpler = a->simpler,
    };
    struct hone_db *db = NULL;
    enum hone_code code;

    if (a->simpler != NULL && a->rule != CLI_RULE_ONE_SE) {
        return hone_fail(err, HONE_E_INPUT, "--simpler is for --rule one-se");
    }
    code = hone_db_open(a->common.db, HONE_DB_READ, &db, err);
    if (code == HONE_OK) {
        code = cli_best_write(db, a->common.operand.item[0], &wish, out, err);
    }
    hone_db_close(db);
    return code;
}

const struct cli_command cli_command_best = {
    .name = "best",
    .operands = "STUDY",
    .summary = "the best trial",
    .details =
        "json is the trial as in 'hone trials'; yaml is its parameters, a line each, as they\n"
        "would stand in a spec; args is its parameters for a shell: --lr 0.1 --units 32; csv is\n"
        "its row as in 'hone trials'. For a spec with data.test, table and json also have the\n"
        "score on that test set, of the trial's settings trained on all other rows.\n\n"
        "With two folds and more they name the trials that are tied with it, or with the one of\n"
        "the best value where that is a better one: a paired t-test over the folds, corrected\n"
        "for the rows that folds share (Nadeau, Bengio 2003), cannot tell them apart at 5 %.\n"
        "They are looked for among the 1,000 best.\n\n"
        "With method gp it is the trial that the model of all trials expects to be the best,\n"
        "which is less often one that was merely lucky; without noise that is the one with the\n"
        "best value, which --rule best always takes. The model also says what it expects there\n"
        "and how much may yet be gained by going on; stop: auto ends a search by that.\n\n"
        "--rule one-se takes the simplest trial whose value is within one standard error of the\n"
        "best. Simpler is what --simpler says; without it: a smaller network (the sum of\n"
        "hidden), then a stronger weight_decay, more dropout, fewer epochs. The first in which\n"
        "two trials differ decides; lists go by their sum, other choices by their place in the\n"
        "spec, and what is inactive counts as 0.\n",
    .flags = best_flags,
    .formats = cli_point_formats,
    .args_size = sizeof(struct best_args),
    .operands_low = 1,
    .operands_high = 1,
    .run = best_run,
};
