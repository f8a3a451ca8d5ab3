#include "engine/cli/trials.h"

#include "engine/cli/commands.h"
#include "engine/cli/failure.h"
#include "engine/cli/point.h"
#include "engine/cli/study.h"
#include "engine/cli/table.h"
#include "engine/problems.h"

#include <string.h>

enum column_kind {
    COLUMN_NUMBER,
    COLUMN_STATE,
    COLUMN_VALUE,
    COLUMN_STDERR,
    COLUMN_PART,
    COLUMN_WHY,
    COLUMN_MEAN,
    COLUMN_SD,
    COLUMN_ACQUISITION,
    COLUMN_SECONDS,
    COLUMN_STARTED,
    COLUMN_FINISHED,
    COLUMN_ERROR,
    COLUMN_KINDS, /* how many there are; no column */
    COLUMN_PARAM,
};

static const char *const column_names[COLUMN_KINDS] = {"number", "state", "value", "stderr", "part",
    "why", "mean", "sd", "acquisition", "seconds", "started", "finished", "error"};

/* Parameters of these names are called otherwise, as in the view of a study. */
static const struct {
    const char *name, *column;
} param_columns[] = {
    {"number", "number_param"}, {"state", "state_param"}, {"value", "value_param"},
    {"stderr", "stderr_param"}, {"seconds", "seconds_param"}, {"started", "started_param"},
    {"finished", "finished_param"}, {"error", "error_param"},
};

struct column {
    enum column_kind kind;
    size_t param;
};

struct listing {
    struct hone_arena arena;
    struct hone_space space;
    size_t count;
    struct column *column;
    const char **name;
    struct cli_table table;
    struct cli_out *out; /* whole trials as JSON: no table */
    size_t rows;
};

static const char *param_column(const char *name) {
    for (size_t i = 0; i < sizeof(param_columns) / sizeof(param_columns[0]); i++) {
        if (strcmp(param_columns[i].name, name) == 0) {
            return param_columns[i].column;
        }
    }
    return name;
}

static void add_column(struct listing *l, enum column_kind kind, size_t param) {
    l->name[l->count] = kind == COLUMN_PARAM ? param_column(l->space.param[param].name)
                                             : column_names[kind];
    l->column[l->count++] = (struct column){.kind = kind, .param = param};
}

static bool make_room(struct listing *l, size_t count) {
    l->column = hone_arena_array(&l->arena, count, sizeof(*l->column));
    l->name = hone_arena_array(&l->arena, count, sizeof(*l->name));
    return l->column != NULL && l->name != NULL;
}

/* number, state, value, stderr, parameters, seconds; for programs the times too. */
static enum hone_code usual_columns(struct listing *l, bool times, struct hone_err *err) {
    static const enum column_kind before[] = {COLUMN_NUMBER, COLUMN_STATE, COLUMN_VALUE,
        COLUMN_STDERR};

    if (!make_room(l, l->space.n + COLUMN_KINDS)) {
        return hone_fail(err, HONE_E_NOMEM, "the columns");
    }
    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        add_column(l, before[i], 0);
    }
    for (size_t p = 0; p < l->space.n; p++) {
        add_column(l, COLUMN_PARAM, p);
    }
    add_column(l, COLUMN_SECONDS, 0);
    if (times) {
        add_column(l, COLUMN_STARTED, 0);
        add_column(l, COLUMN_FINISHED, 0);
    }
    add_column(l, COLUMN_ERROR, 0);
    return HONE_OK;
}

static enum hone_code unknown_column(const struct listing *l, const char *name,
    struct hone_err *err) {
    const char *near = hone_nearest(name, column_names, COLUMN_KINDS);

    for (size_t p = 0; near == NULL && p < l->space.n; p++) {
        near = hone_nearest(name, &l->space.param[p].name, 1);
    }
    if (near != NULL) {
        return hone_fail(err, HONE_E_INPUT,
            "--columns: there is no column '%s'; did you mean '%s'?", name, near);
    }
    return hone_fail(err, HONE_E_INPUT, "--columns: there is no column '%s'; there are number, "
        "state, value, stderr, seconds, started, finished, error, part, why, mean, sd, acquisition "
        "and the parameters", name);
}

static size_t find_param(const struct listing *l, const char *column) {
    size_t p = hone_space_find(&l->space, column);

    for (size_t i = 0; p == l->space.n && i < sizeof(param_columns) / sizeof(param_columns[0]);
         i++) {
        if (strcmp(param_columns[i].column, column) == 0) {
            p = hone_space_find(&l->space, param_columns[i].name);
        }
    }
    return p;
}

/* A parameter that has its own name here, such as one called mean, goes before what we call
 * so: it has no other. */
static enum hone_code named_column(struct listing *l, const char *name, struct hone_err *err) {
    size_t p = find_param(l, name);
    int kind = 0;

    while (kind < COLUMN_KINDS && strcmp(column_names[kind], name) != 0) {
        kind++;
    }
    if (p < l->space.n && strcmp(param_column(l->space.param[p].name), name) == 0) {
        kind = COLUMN_PARAM;
    }
    if (kind == COLUMN_KINDS) {
        return unknown_column(l, name, err);
    }
    add_column(l, (enum column_kind)kind, p);
    return HONE_OK;
}

static enum hone_code named_columns(struct listing *l, const char *columns, struct hone_err *err) {
    char *name = hone_arena_text(&l->arena, columns, strlen(columns));
    enum hone_code code = HONE_OK;

    /* Every name takes two bytes of the text at least, but for the last. */
    if (name == NULL || !make_room(l, strlen(columns) + 1)) {
        return hone_fail(err, HONE_E_NOMEM, "the columns");
    }
    while (code == HONE_OK && name != NULL) {
        char *comma = strchr(name, ',');

        if (comma != NULL) {
            *comma++ = '\0';
        }
        code = named_column(l, name, err);
        name = comma;
    }
    return code;
}

static void param_cell(struct listing *l, const struct hone_trial_row *row, size_t p) {
    /* Rows come in the order of the space; a study without it shows nothing. */
    if (p < row->params) {
        cli_table_cell(&l->table, &row->param[p]);
    } else {
        cli_table_none(&l->table);
    }
}

/* A table has room for a line; programs get all of it. */
static void error_cell(struct listing *l, const char *error) {
    struct hone_buf line = {0};

    if (error == NULL || l->table.format != CLI_TABLE) {
        cli_table_text(&l->table, error);
        return;
    }
    cli_add_failure(&line, error);
    cli_table_text(&l->table, hone_buf_text(&line));
    hone_buf_finish(&line);
}

static void put_cell(struct listing *l, const struct hone_trial_row *row, struct column column) {
    struct cli_table *table = &l->table;

    switch (column.kind) {
    case COLUMN_NUMBER: cli_table_count(table, row->number); break;
    case COLUMN_STATE: cli_table_text(table, hone_state_name(row->state)); break;
    case COLUMN_VALUE: cli_table_real(table, row->value); break;
    case COLUMN_STDERR: cli_table_real(table, row->sem); break;
    case COLUMN_PART: cli_table_text(table, row->part); break;
    case COLUMN_WHY: cli_table_text(table, row->why); break;
    case COLUMN_MEAN: cli_table_real(table, row->mean); break;
    case COLUMN_SD: cli_table_real(table, row->sd); break;
    case COLUMN_ACQUISITION: cli_table_real(table, row->acquisition); break;
    case COLUMN_SECONDS: cli_table_real(table, row->seconds); break;
    case COLUMN_STARTED: cli_table_time(table, row->started_ms); break;
    case COLUMN_FINISHED: cli_table_time(table, row->finished_ms); break;
    case COLUMN_ERROR: error_cell(l, row->error); break;
    case COLUMN_PARAM: param_cell(l, row, column.param); break;
    case COLUMN_KINDS: break;
    }
}

static bool put_row(void *self, const struct hone_trial_row *row) {
    struct listing *l = self;

    for (size_t i = 0; i < l->count; i++) {
        put_cell(l, row, l->column[i]);
    }
    return !l->out->closed;
}

static bool put_json(void *self, const struct hone_trial_row *row) {
    struct listing *l = self;

    hone_buf_add(&l->out->text, l->rows++ == 0 ? "\n" : ",\n");
    cli_add_trial_json(&l->out->text, row);
    hone_buf_add(&l->out->text, "}");
    cli_out_turn(l->out);
    return !l->out->closed;
}

static enum hone_code write_json(struct listing *l, struct hone_db *db,
    const struct hone_trial_query *query, struct hone_err *err) {
    struct hone_trial_query whole = *query;
    enum hone_code code;

    whole.with_folds = true;
    hone_buf_add(&l->out->text, "[");
    code = hone_db_trials(db, &whole, put_json, l, err);
    if (code == HONE_OK) {
        hone_buf_add(&l->out->text, l->rows == 0 ? "]\n" : "\n]\n");
    }
    return code;
}

static enum hone_code write_rows(struct listing *l, struct hone_db *db,
    const struct hone_trial_query *query, enum cli_format format, struct hone_err *err) {
    enum hone_code code;

    cli_table_start(&l->table, l->out, format, l->count, l->name);
    code = hone_db_trials(db, query, put_row, l, err);
    if (code != HONE_OK) {
        cli_table_drop(&l->table);
        return code;
    }
    return cli_table_finish(&l->table, err);
}

enum hone_code cli_trials_write(struct hone_db *db, const struct hone_trial_query *query,
    const char *columns, enum cli_format format, struct cli_out *out, struct hone_err *err) {
    struct listing l = {.out = out};
    struct hone_study_row study;
    enum hone_code code = cli_study_read(db, query->study, &l.arena, &study, err);

    if (code == HONE_OK) {
        code = cli_study_space(&study, &l.arena, &l.space, err);
    }
    if (code == HONE_OK && columns != NULL) {
        code = named_columns(&l, columns, err);
    } else if (code == HONE_OK) {
        code = usual_columns(&l, format == CLI_CSV, err);
    }
    if (code == HONE_OK && format == CLI_JSON && columns == NULL) {
        code = write_json(&l, db, query, err);
    } else if (code == HONE_OK) {
        code = write_rows(&l, db, query, format, err);
    }
    hone_arena_finish(&l.arena);
    return code;
}

struct trials_args {
    struct cli_common common;
    const char *where, *sort, *columns;
    uint64_t limit;
};

static const struct cli_flag trials_flags[] = {
    {.name = "where", .kind = CLI_TEXT, .offset = offsetof(struct trials_args, where),
     .shown = "TEXT", .summary = "only where this holds: 'lr < 0.01 and state = complete'"},
    {.name = "sort", .kind = CLI_TEXT, .offset = offsetof(struct trials_args, sort),
     .shown = "KEY", .summary = "by number, value, state, seconds or a parameter; -KEY descends"},
    {.name = "limit", .kind = CLI_COUNT, .offset = offsetof(struct trials_args, limit),
     .shown = "N", .summary = "at most so many", .low = 1},
    {.name = "columns", .kind = CLI_TEXT, .offset = offsetof(struct trials_args, columns),
     .shown = "A,B,C", .summary = "these columns, in this order"},
    CLI_FLAGS_END,
};

static enum hone_code trials_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct trials_args *a = args;
    struct hone_trial_query query = {.study = a->common.operand.item[0], .where = a->where,
        .sort = a->sort, .limit = a->limit};
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(a->common.db, HONE_DB_READ, &db, err);

    if (code == HONE_OK) {
        code = cli_trials_write(db, &query, a->columns, (enum cli_format)a->common.format, out,
            err);
    }
    hone_db_close(db);
    return code;
}

const struct cli_command cli_command_trials = {
    .name = "trials",
    .operands = "STUDY",
    .summary = "the trials of a study",
    .details =
        "CSV has the columns number, state, value, stderr, the parameters, seconds, started,\n"
        "finished, error. JSON is an array of trials with parameters, folds and metrics; with\n"
        "--columns of flat objects. In both, numbers are written so that they read back to the\n"
        "same bits; a table shows six digits.\n",
    .flags = trials_flags,
    .formats = cli_table_formats,
    .args_size = sizeof(struct trials_args),
    .operands_low = 1,
    .operands_high = 1,
    .run = trials_run,
};
