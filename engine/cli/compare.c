/* hone compare A B: two trials, or the best of two studies, paired over folds. */
#include "engine/cli/commands.h"
#include "engine/cli/point.h"
#include "engine/cli/stats/findings.h"
#include "engine/cli/stats/paired.h"
#include "engine/cli/stats/record.h"
#include "engine/cli/table.h"
#include "engine/cli/width.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SIDES = 2, LABEL = 12, INDENT = 2, COLUMN = 24 };

/* Numbers of trials after which two studies are compared: 1, 2, 5, 10, 20, 50 … */
static const size_t milestones[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};

enum { MILESTONES = sizeof(milestones) / sizeof(milestones[0]) };

struct side {
    struct hone_buf study; /* as it was asked for */
    bool whole;            /* a study: its best trial is taken */
    uint64_t number;
    struct cli_record record;
    const struct cli_record_trial *trial;
    const double *fold_value; /* (folds) */
};

struct comparing {
    struct side side[SIDES];
    struct cli_paired paired;
    struct hone_buf *buf;
    size_t label; /* columns of the labels */
};

static const char letter[SIDES] = {'A', 'B'};

/* ---- What is to be compared ---- */

/* STUDY or STUDY:N; an empty study is the one before. */
static enum hone_code read_operand(const char *operand, const struct side *before,
    struct side *ret, struct hone_err *err) {
    const char *colon = strchr(operand, ':');
    size_t length = colon == NULL ? strlen(operand) : (size_t)(colon - operand);

    ret->whole = colon == NULL;
    if (colon != NULL && !cli_count_parse(colon + 1, &ret->number)) {
        return hone_fail(err, HONE_E_INPUT, "'%s': after the colon stands a trial's number",
            operand);
    }
    if (length == 0 && before == NULL) {
        return hone_fail(err, HONE_E_INPUT, "'%s': of which study? STUDY:N", operand);
    }
    if (length == 0) {
        hone_buf_add(&ret->study, hone_buf_text(&before->study));
    } else {
        hone_buf_add_bytes(&ret->study, operand, length);
    }
    return hone_buf_ok(&ret->study, err);
}

static enum hone_code find_trial(struct side *side, struct hone_err *err) {
    const struct cli_record *record = &side->record;

    if (side->whole) {
        side->number = record->recommended;
    }
    if (side->number >= record->count) {
        return side->whole ? hone_fail(err, HONE_E_MISSING, "study '%s' has no complete trial",
                                 record->study.name)
                           : hone_fail(err, HONE_E_MISSING, "study '%s' has no trial %" PRIu64,
                                 record->study.name, side->number);
    }
    side->trial = &record->trial[side->number];
    side->fold_value = record->fold_value + side->number * record->folds;
    return HONE_OK;
}

/* Trials can be paired when their folds are the same rows, scored alike. */
static enum hone_code check_pair(const struct comparing *c, struct hone_err *err) {
    const struct hone_study_row *a = &c->side[0].record.study;
    const struct hone_study_row *b = &c->side[1].record.study;

    if (strcmp(a->metric, b->metric) != 0 || a->maximize != b->maximize) {
        return hone_fail(err, HONE_E_INPUT, "'%s' is scored by %s (%s), '%s' by %s (%s)", a->name,
            a->metric, a->maximize ? "maximized" : "minimized", b->name, b->metric,
            b->maximize ? "maximized" : "minimized");
    }
    if (a->folds != b->folds || strcmp(a->data_hash, b->data_hash) != 0 ||
        strcmp(a->fold_hash, b->fold_hash) != 0) {
        return hone_fail(err, HONE_E_INPUT, "'%s' and '%s' were scored on other folds: only the"
            " same data, cv and seed make trials that can be paired", a->name, b->name);
    }
    return HONE_OK;
}

static enum hone_code read_sides(const struct cli_common *common, struct hone_db *db,
    struct comparing *c, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < SIDES; i++) {
        struct side *side = &c->side[i];

        code = read_operand(common->operand.item[i], i == 0 ? NULL : &c->side[0], side, err);
        if (code == HONE_OK) {
            code = cli_record_read(db, hone_buf_text(&side->study), &side->record, err);
        }
        if (code == HONE_OK) {
            code = find_trial(side, err);
        }
    }
    return code == HONE_OK ? check_pair(c, err) : code;
}

/* ---- For people ---- */

/* Room for the longest label and two columns between. */
static size_t label_width(const struct comparing *c) {
    size_t width = LABEL;

    for (size_t i = 0; i < SIDES; i++) {
        const struct hone_space *space = &c->side[i].record.spec.plan.space;

        for (size_t p = 0; p < space->n; p++) {
            size_t name = cli_width(space->param[p].name, strlen(space->param[p].name));

            width = name + 2 * INDENT > width ? name + 2 * INDENT : width;
        }
    }
    return width;
}

static void add_label(const struct comparing *c, const char *label) {
    size_t start = c->buf->length;

    hone_buf_add_printable(c->buf, label);
    cli_width_pad(c->buf, start, c->label);
}

/* One line: a label, then a text a side; the texts are released. */
static void add_row(const struct comparing *c, const char *label, struct hone_buf *text) {
    add_label(c, label);
    for (size_t i = 0; i < SIDES; i++) {
        size_t start = c->buf->length;
        hone_buf_add(c->buf, hone_buf_text(&text[i]));
        if (i + 1 < SIDES) {
            cli_width_pad(c->buf, start, COLUMN);
            hone_buf_add(c->buf, "  ");
        }
        hone_buf_finish(&text[i]);
    }
    hone_buf_add(c->buf, "\n");
}

static void add_head(const struct comparing *c) {
    struct hone_buf text[SIDES] = {{0}};

    for (size_t i = 0; i < SIDES; i++) {
        hone_buf_printf(&text[i], "%c ", letter[i]);
        hone_buf_add_printable(&text[i], c->side[i].record.study.name);
        hone_buf_printf(&text[i], ":%" PRIu64, c->side[i].number);
    }
    add_row(c, "", text);
}

static void add_values(const struct comparing *c) {
    struct hone_buf text[SIDES] = {{0}};

    for (size_t i = 0; i < SIDES; i++) {
        cli_add_value(&text[i], c->side[i].trial->value, c->side[i].trial->sem);
        if (c->side[i].trial->state != HONE_COMPLETE) {
            hone_buf_printf(&text[i], " (%s)", hone_state_name(c->side[i].trial->state));
        }
    }
    add_row(c, c->side[0].record.study.metric, text);
}

static void add_folds(const struct comparing *c) {
    const size_t folds = c->side[0].record.folds;

    for (size_t f = 0; folds > 1 && f < folds; f++) {
        struct hone_buf text[SIDES] = {{0}};
        char label[48];

        for (size_t i = 0; i < SIDES; i++) {
            cli_add_value(&text[i], c->side[i].fold_value[f], NAN);
        }
        (void)snprintf(label, sizeof(label), "  fold %zu", f);
        add_row(c, label, text);
    }
}

/* The parameter as a person reads it and to its last digit; "-" where it is inactive. */
static void add_param(const struct side *side, const char *name, struct hone_buf *shown,
    struct hone_buf *exact) {
    const struct hone_space *space = &side->record.spec.plan.space;
    const size_t p = hone_space_find(space, name);
    const double *x_value = side->record.x_value + side->number * space->n;

    if (p < space->n && !isnan(x_value[p])) {
        const struct hone_value value = hone_param_value(&space->param[p], x_value[p]);

        cli_add_param_value_shown(shown, &space->param[p], x_value[p]);
        hone_value_write_json(&value, exact);
    } else {
        hone_buf_add(shown, "-");
        hone_buf_add(exact, "-");
    }
}

static void add_param_row(const struct comparing *c, const char *name) {
    struct hone_buf shown[SIDES] = {{0}};
    struct hone_buf exact[SIDES] = {{0}};
    struct hone_buf label = {0};

    for (size_t i = 0; i < SIDES; i++) {
        add_param(&c->side[i], name, &shown[i], &exact[i]);
    }
    if (strcmp(hone_buf_text(&exact[0]), hone_buf_text(&exact[1])) != 0) {
        bool tells = strcmp(hone_buf_text(&shown[0]), hone_buf_text(&shown[1])) != 0;

        hone_buf_printf(&label, "%*s%s", INDENT, "", name);
        add_row(c, hone_buf_text(&label), tells ? shown : exact);
    }
    hone_buf_finish(&label);
    for (size_t i = 0; i < SIDES; i++) {
        hone_buf_finish(&shown[i]);
        hone_buf_finish(&exact[i]);
    }
}

/* Those that differ, each once. */
static void add_params(const struct comparing *c) {
    const struct hone_space *a = &c->side[0].record.spec.plan.space;
    const struct hone_space *b = &c->side[1].record.spec.plan.space;
    const size_t start = c->buf->length;

    for (size_t p = 0; p < a->n; p++) {
        add_param_row(c, a->param[p].name);
    }
    for (size_t p = 0; p < b->n; p++) {
        if (hone_space_find(a, b->param[p].name) == a->n) {
            add_param_row(c, b->param[p].name);
        }
    }
    if (c->buf->length == start) {
        hone_buf_printf(c->buf, "%*snone\n", INDENT, "");
    }
}

/* The best value of the first `trials` that are complete or over; NaN: none. */
static double best_after(const struct cli_record *record, size_t trials) {
    double best = NAN;

    for (size_t i = 0; i < trials && i < record->count; i++) {
        double loss = cli_record_loss(record, record->trial[i].value);

        if (record->trial[i].state == HONE_COMPLETE && !(loss >= best)) {
            best = loss;
        }
    }
    return cli_record_loss(record, best);
}

static void add_course(const struct comparing *c) {
    for (size_t m = 0; m < MILESTONES; m++) {
        struct hone_buf text[SIDES] = {{0}};
        char label[48];

        if (milestones[m] > c->side[0].record.count || milestones[m] > c->side[1].record.count) {
            return;
        }
        for (size_t i = 0; i < SIDES; i++) {
            cli_add_value(&text[i], best_after(&c->side[i].record, milestones[m]), NAN);
        }
        (void)snprintf(label, sizeof(label), "  after %zu", milestones[m]);
        add_row(c, label, text);
    }
}

static char better_side(const struct comparing *c) {
    double loss = cli_record_loss(&c->side[0].record, c->paired.difference);

    return loss < 0 ? 'A' : 'B';
}

static void add_verdict(const struct comparing *c) {
    const struct cli_paired *p = &c->paired;

    add_label(c, "difference");
    cli_add_value(c->buf, p->difference, p->sem);
    hone_buf_printf(c->buf, " (A - B, over %zu fold%s)\n", p->folds, p->folds == 1 ? "" : "s");
    if (isfinite(p->p)) {
        add_label(c, "test");
        hone_buf_printf(c->buf, "t = %.3g, %zu degree%s of freedom, p = %.2g\n", p->t,
            p->folds - 1, p->folds == 2 ? "" : "s", p->p);
    }
    add_label(c, "verdict");
    if (!isfinite(p->difference)) {
        hone_buf_add(c->buf, "no fold has a value for both\n");
    } else if (p->difference == 0) {
        hone_buf_add(c->buf, "as good as each other\n");
    } else if (!isfinite(p->p)) {
        hone_buf_printf(c->buf, "%c is better; %s\n", better_side(c),
            p->folds < 2 ? "one fold cannot tell whether by chance" : "in all folds by as much");
    } else {
        hone_buf_printf(c->buf, p->p < cli_tied_level ? "%c is better\n"
            : "%c is better, but they cannot be told apart: p is not below %g\n", better_side(c),
            cli_tied_level);
    }
}

static void add_text(struct comparing *c) {
    c->label = label_width(c);
    add_head(c);
    add_values(c);
    add_folds(c);
    add_verdict(c);
    hone_buf_add(c->buf, "parameters that differ\n");
    add_params(c);
    if (c->side[0].whole && c->side[1].whole) {
        hone_buf_add(c->buf, "best so far, by trials\n");
        add_course(c);
    }
}

/* ---- For programs ---- */

static void add_real(struct hone_buf *buf, const char *key, double number) {
    hone_buf_printf(buf, ",\"%s\":", key);
    hone_buf_add_json_real(buf, number);
}

static void add_side_json(const struct comparing *c, size_t i) {
    const struct side *side = &c->side[i];
    const struct hone_space *space = &side->record.spec.plan.space;

    hone_buf_printf(c->buf, "\"%c\":{\"study\":", i == 0 ? 'a' : 'b');
    hone_buf_add_json_text(c->buf, side->record.study.name);
    hone_buf_printf(c->buf, ",\"trial\":%" PRIu64, side->number);
    add_real(c->buf, "value", side->trial->value);
    add_real(c->buf, "stderr", side->trial->sem);
    hone_buf_add(c->buf, ",\"folds\":[");
    for (size_t f = 0; f < side->record.folds; f++) {
        hone_buf_add(c->buf, f == 0 ? "" : ",");
        hone_buf_add_json_real(c->buf, side->fold_value[f]);
    }
    hone_buf_add(c->buf, "],\"params\":");
    cli_add_point_json(c->buf, space, side->record.x_value + side->number * space->n);
    hone_buf_add(c->buf, "},");
}

static void add_json(const struct comparing *c) {
    hone_buf_add(c->buf, "{");
    add_side_json(c, 0);
    add_side_json(c, 1);
    hone_buf_add(c->buf, "\"metric\":");
    hone_buf_add_json_text(c->buf, c->side[0].record.study.metric);
    hone_buf_printf(c->buf, ",\"maximize\":%s,\"folds\":%zu",
        c->side[0].record.study.maximize ? "true" : "false", c->paired.folds);
    add_real(c->buf, "difference", c->paired.difference);
    add_real(c->buf, "stderr", c->paired.sem);
    add_real(c->buf, "t", c->paired.t);
    add_real(c->buf, "p", c->paired.p);
    hone_buf_add(c->buf, "}\n");
}

static enum hone_code add_csv(const struct comparing *c, struct cli_out *out,
    struct hone_err *err) {
    static const char *const columns[] = {"fold", "a", "b", "difference"};
    struct cli_table table;

    cli_table_start(&table, out, CLI_CSV, 4, columns);
    for (size_t f = 0; f < c->side[0].record.folds; f++) {
        const double a = c->side[0].fold_value[f];
        const double b = c->side[1].fold_value[f];

        cli_table_count(&table, f);
        cli_table_real(&table, a);
        cli_table_real(&table, b);
        cli_table_real(&table, a - b);
    }
    return cli_table_finish(&table, err);
}

/* ---- The command ---- */

static enum hone_code compare_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;
    struct comparing c = {.buf = &out->text};
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(common->db, HONE_DB_READ, &db, err);

    if (code == HONE_OK) {
        code = read_sides(common, db, &c, err);
    }
    if (code == HONE_OK) {
        c.paired = cli_paired_test(c.side[0].record.folds, c.side[0].fold_value,
            c.side[1].fold_value, c.side[0].record.test_over_train);
        if (common->format == CLI_CSV) {
            code = add_csv(&c, out, err);
        } else if (common->format == CLI_JSON) {
            add_json(&c);
        } else {
            add_text(&c);
        }
    }
    for (size_t i = 0; i < SIDES; i++) {
        cli_record_finish(&c.side[i].record);
        hone_buf_finish(&c.side[i].study);
    }
    hone_db_close(db);
    return code;
}

const struct cli_command cli_command_compare = {
    .name = "compare",
    .operands = "A B",
    .summary = "two trials, or the best of two studies, paired over their folds",
    .details =
        "A and B are STUDY:N, a trial, or STUDY, its best trial; ':N' is a trial of A's study.\n"
        "Both must have been scored on the same folds: the same data, cv and seed. The test is a\n"
        "paired t-test over the folds, its variance corrected for the rows that the training\n"
        "parts share (Nadeau, Bengio 2003). A best trial was chosen by these values: of two\n"
        "studies the difference is therefore a little too favourable to the larger one.\n",
    .formats = cli_table_formats,
    .args_size = sizeof(struct cli_common),
    .operands_low = 2,
    .operands_high = 2,
    .run = compare_run,
};
