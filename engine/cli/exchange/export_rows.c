/* hone export --to csv, --to json: a row or an object a trial. */
#include "engine/cli/exchange/export.h"
#include "engine/cli/point.h"
#include "engine/cli/table.h"

#include <stdio.h>
#include <string.h>

/* ---- csv ---- */

static const char *const before[] = {"number", "state", "value", "stderr"};
static const char *const after[] = {"seconds", "started", "finished", "part", "error"};

enum {
    BEFORE = sizeof(before) / sizeof(before[0]),
    AFTER = sizeof(after) / sizeof(after[0]),
    NAME_ROOM = HONE_METRIC_NAME + 16,
};

struct sheet {
    const struct cli_exporting *e;
    size_t folds;   /* columns of folds: none where a trial has one */
    size_t metrics; /* names there are */
    const char *metric[HONE_METRIC_LIMIT];
    bool failed; /* memory */
    const char **name;
    struct cli_table table;
};

static size_t find_metric(const struct sheet *s, const char *name) {
    size_t m = 0;

    while (m < s->metrics && strcmp(s->metric[m], name) != 0) {
        m++;
    }
    return m;
}

/* The names of metrics are known once all trials were seen. */
static bool see_metrics(void *self, const struct hone_trial_row *row) {
    struct sheet *s = self;

    for (size_t m = 0; m < row->metrics && s->metrics < HONE_METRIC_LIMIT; m++) {
        const char *name = row->metric[m].name;

        if (find_metric(s, name) == s->metrics) {
            s->metric[s->metrics] = hone_arena_text(s->e->arena, name, strlen(name));
            s->failed = s->failed || s->metric[s->metrics++] == NULL;
        }
    }
    return !s->failed;
}

static bool is_taken(const char *name) {
    for (size_t i = 0; i < BEFORE + AFTER; i++) {
        if (strcmp(i < BEFORE ? before[i] : after[i - BEFORE], name) == 0) {
            return true;
        }
    }
    return false;
}

static const char *add_name(struct sheet *s, const char *head, const char *name,
    const char *tail) {
    struct hone_buf text = {0};
    const char *copy;

    hone_buf_add(&text, head);
    hone_buf_add(&text, name);
    hone_buf_add(&text, tail);
    copy = hone_arena_text(s->e->arena, hone_buf_text(&text), text.length);
    s->failed = s->failed || text.failed || copy == NULL;
    hone_buf_finish(&text);
    return copy;
}

static void name_columns(struct sheet *s) {
    const struct hone_space *space = s->e->space;
    char number[NAME_ROOM];
    size_t at = 0;

    for (size_t i = 0; i < BEFORE; i++) {
        s->name[at++] = before[i];
    }
    for (size_t p = 0; p < space->n; p++) {
        const char *name = space->param[p].name;

        s->name[at++] = add_name(s, "", name, is_taken(name) ? "_param" : "");
    }
    for (size_t f = 0; f < s->folds; f++) {
        (void)snprintf(number, sizeof(number), "%zu", f);
        s->name[at++] = add_name(s, "fold_", number, "");
    }
    for (size_t m = 0; m < s->metrics; m++) {
        s->name[at++] = add_name(s, "metrics.", s->metric[m], "");
    }
    for (size_t i = 0; i < AFTER; i++) {
        s->name[at++] = after[i];
    }
}

/* Folds have their numbers; some of a trial may be missing. */
static void put_folds(struct sheet *s, const struct hone_trial_row *row) {
    size_t at = 0;

    for (size_t f = 0; f < s->folds; f++) {
        if (at < row->folds && row->fold[at].fold == f) {
            cli_table_real(&s->table, row->fold[at++].value);
        } else {
            cli_table_none(&s->table);
        }
    }
}

static void put_metrics(struct sheet *s, const struct hone_trial_row *row) {
    for (size_t m = 0; m < s->metrics; m++) {
        size_t at = 0;

        while (at < row->metrics && strcmp(row->metric[at].name, s->metric[m]) != 0) {
            at++;
        }
        if (at < row->metrics) {
            cli_table_real(&s->table, row->metric[at].value);
        } else {
            cli_table_none(&s->table);
        }
    }
}

static bool put_row(void *self, const struct hone_trial_row *row) {
    struct sheet *s = self;

    cli_table_count(&s->table, row->number);
    cli_table_text(&s->table, hone_state_name(row->state));
    cli_table_real(&s->table, row->value);
    cli_table_real(&s->table, row->sem);
    for (size_t p = 0; p < row->params; p++) {
        cli_table_cell(&s->table, &row->param[p]);
    }
    put_folds(s, row);
    put_metrics(s, row);
    cli_table_real(&s->table, row->seconds);
    cli_table_time(&s->table, row->started_ms);
    cli_table_time(&s->table, row->finished_ms);
    cli_table_text(&s->table, row->part);
    cli_table_text(&s->table, row->error);
    return !s->table.out->closed;
}

static enum hone_code write_csv(const struct cli_exporting *e, struct hone_err *err) {
    const struct hone_trial_query query = {.study = e->study->name, .with_folds = true};
    struct sheet s = {.e = e, .folds = e->study->folds > 1 ? e->study->folds : 0};
    size_t columns;
    enum hone_code code = hone_db_trials(e->db, &query, see_metrics, &s, err);

    columns = BEFORE + e->space->n + s.folds + s.metrics + AFTER;
    s.name = hone_arena_array(e->arena, columns, sizeof(*s.name));
    if (code == HONE_OK && s.name != NULL) {
        name_columns(&s);
    }
    if (code == HONE_OK && (s.failed || s.name == NULL)) {
        code = hone_fail(err, HONE_E_NOMEM, "the columns");
    }
    if (code != HONE_OK) {
        return code;
    }
    cli_table_start(&s.table, e->out, CLI_CSV, columns, s.name);
    code = hone_db_trials(e->db, &query, put_row, &s, err);
    if (code != HONE_OK) {
        cli_table_drop(&s.table);
        return code;
    }
    return cli_table_finish(&s.table, err);
}

const struct cli_export_form cli_export_csv = {
    .name = "csv", .kind = CLI_EXPORT_TEXT, .write = write_csv,
};

/* ---- json ---- */

struct list {
    struct cli_out *out;
    size_t count;
};

static bool put_object(void *self, const struct hone_trial_row *row) {
    struct list *list = self;
    struct hone_buf *buf = &list->out->text;

    hone_buf_add(buf, list->count++ == 0 ? "\n" : ",\n");
    cli_add_trial_json(buf, row);
    hone_buf_add(buf, ",\"part\":");
    hone_buf_add_json_text(buf, row->part);
    hone_buf_add(buf, "}");
    cli_out_turn(list->out);
    return !list->out->closed;
}

static enum hone_code write_json(const struct cli_exporting *e, struct hone_err *err) {
    const struct hone_trial_query query = {.study = e->study->name, .with_folds = true};
    struct list list = {.out = e->out};
    enum hone_code code;

    hone_buf_add(&e->out->text, "[");
    code = hone_db_trials(e->db, &query, put_object, &list, err);
    if (code == HONE_OK) {
        hone_buf_add(&e->out->text, list.count == 0 ? "]\n" : "\n]\n");
    }
    return code;
}

const struct cli_export_form cli_export_json = {
    .name = "json", .kind = CLI_EXPORT_TEXT,
    .write = write_json,
};
