/* hone import FILE.csv: the names of the columns say what they are. */
#include "engine/alloc.h"
#include "engine/buf.h"
#include "engine/cli/exchange/import.h"
#include "engine/clock.h"

#include <csv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT_BYTES = 1024 * 1024 * 1024, FOLDS_LIMIT = 60000 };

enum role {
    /* Where there are several of these, the first is the value. */
    ROLE_VALUE,
    ROLE_FIRST_VALUE, /* called as the metric, or the first of Optuna's objectives */
    ROLE_SCORE,       /* as scikit-learn has it: larger is better */
    ROLE_NAMED_VALUE, /* of Optuna, when its metric has a name */
    LAST_VALUE = ROLE_NAMED_VALUE,
    ROLE_NOTHING, /* known, and of no use here */
    ROLE_PARAM,   /* of the space, or told as one that it does not have */
    ROLE_NUMBER,
    ROLE_STATE,
    ROLE_STDERR,
    ROLE_SECONDS,
    ROLE_STARTED,
    ROLE_FINISHED,
    ROLE_ERROR,
    ROLE_FOLD,
    ROLE_FOLD_SCORE,
};

struct column {
    enum role role;
    const char *name; /* of the parameter */
    bool may_be_empty; /* an empty text is one of its choices */
    size_t fold;
};

struct reading {
    const struct cli_import *im;
    struct csv_parser parser;
    struct hone_arena arena;
    struct hone_arena row_arena;
    size_t columns, room;
    struct column *column;
    size_t line;  /* where the row ends; a cell may hold line ends */
    size_t rows;
    size_t at;    /* the next cell's column */
    const char **cell; /* (room) of this row, NULL: empty */
    const char **name; /* (room) scratch of a trial */
    struct hone_value *value; /* (room) */
    size_t folds;
    double *fold; /* (folds) */
    bool stopped; /* the visitor has had enough */
    enum hone_code code;
    struct hone_err *err;
};

/* ---- Columns ---- */

static const struct {
    const char *name;
    enum role role;
} known_columns[] = {
    {"number", ROLE_NUMBER}, {"Number", ROLE_NUMBER}, {"trial", ROLE_NUMBER},
    {"state", ROLE_STATE}, {"State", ROLE_STATE},
    {"value", ROLE_VALUE}, {"Value", ROLE_VALUE}, {"values_0", ROLE_FIRST_VALUE},
    {"Objective 0", ROLE_FIRST_VALUE}, {"mean_test_score", ROLE_SCORE},
    {"stderr", ROLE_STDERR},
    {"seconds", ROLE_SECONDS},
    {"started", ROLE_STARTED}, {"datetime_start", ROLE_STARTED},
    {"finished", ROLE_FINISHED}, {"datetime_complete", ROLE_FINISHED},
    {"error", ROLE_ERROR},
    {"", ROLE_NOTHING}, {"part", ROLE_NOTHING}, {"duration", ROLE_NOTHING},
    {"params", ROLE_NOTHING}, {"std_test_score", ROLE_NOTHING},
    {"rank_test_score", ROLE_NOTHING}, {"mean_fit_time", ROLE_NOTHING},
    {"std_fit_time", ROLE_NOTHING}, {"mean_score_time", ROLE_NOTHING},
    {"std_score_time", ROLE_NOTHING},
};

static const char *after(const char *text, const char *prefix) {
    size_t length = strlen(prefix);

    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* "fold_3" or "split3_test_score". */
static bool read_fold(const char *name, struct column *ret) {
    const char *digits = after(name, "fold_");
    const char *rest;
    size_t fold = 0;

    ret->role = digits != NULL ? ROLE_FOLD : ROLE_FOLD_SCORE;
    digits = digits != NULL ? digits : after(name, "split");
    for (rest = digits; rest != NULL && *rest >= '0' && *rest <= '9' && fold < FOLDS_LIMIT;
         rest++) {
        fold = 10 * fold + (size_t)(*rest - '0');
    }
    ret->fold = fold;
    return rest != NULL && rest > digits && fold < FOLDS_LIMIT &&
           strcmp(rest, ret->role == ROLE_FOLD ? "" : "_test_score") == 0;
}

/* The parameter that such a column holds, as the programs call it. `hone export`
 * puts _param behind one that has another column's name. */
static const char *param_name(const struct hone_space *space, const char *name) {
    static const char *const prefixes[] = {"params_", "param_", "Param "};

    if (hone_space_find(space, name) < space->n) {
        return name;
    }
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        const char *rest = after(name, prefixes[i]);

        if (rest != NULL) {
            return rest;
        }
    }
    for (size_t p = 0; p < space->n; p++) {
        const char *rest = after(name, space->param[p].name);

        if (rest != NULL && strcmp(rest, "_param") == 0) {
            return space->param[p].name;
        }
    }
    return name;
}

/* `hone export` would have called a parameter otherwise. */
static bool is_ours(const char *name) {
    static const char *const ours[] = {"number", "state", "value", "stderr", "seconds", "started",
        "finished", "part", "error"};

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (strcmp(ours[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static struct column column_of(const struct reading *r, const char *name) {
    const struct hone_space *space = r->im->space;
    struct column column = {.role = ROLE_PARAM, .name = param_name(space, name)};

    if (!is_ours(name) && hone_space_find(space, column.name) < space->n) {
        return column;
    }
    for (size_t i = 0; i < sizeof(known_columns) / sizeof(known_columns[0]); i++) {
        if (strcmp(known_columns[i].name, name) == 0) {
            column.role = known_columns[i].role;
            return column;
        }
    }
    if (strcmp(name, r->im->metric) == 0) {
        column.role = ROLE_FIRST_VALUE;
    } else if (after(name, "value_") != NULL || after(name, "values_") != NULL) {
        column.role = ROLE_NAMED_VALUE;
    } else if (after(name, "metrics.") != NULL || after(name, "user_attrs_") != NULL ||
               after(name, "system_attrs_") != NULL || after(name, "UserAttribute ") != NULL) {
        column.role = ROLE_NOTHING;
    } else if (!read_fold(name, &column)) {
        column.role = ROLE_PARAM; /* that the space does not have */
    }
    return column;
}

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "reading trials: out of memory");
}

static enum hone_code add_column(struct reading *r, const char *name) {
    char *copy = hone_arena_text(&r->arena, name, strlen(name));
    struct column *column;

    if (r->columns == r->room) {
        size_t room = r->room == 0 ? 32 : 2 * r->room;

        column = hone_resize(r->column, room, sizeof(*column));
        r->column = column != NULL ? column : r->column;
        r->room = column != NULL ? room : r->room;
    }
    if (copy == NULL || r->columns == r->room) {
        return no_memory(r->err);
    }
    r->column[r->columns++] = column_of(r, copy);
    return HONE_OK;
}

/* Values come from one column, of the surest kind that is there; others of such names
 * are none. */
static enum hone_code choose_value(struct reading *r) {
    const struct column *chosen = NULL;
    const struct column *twin = NULL;

    for (size_t c = 0; c < r->columns; c++) {
        const struct column *column = &r->column[c];

        if (column->role > LAST_VALUE || (chosen != NULL && column->role > chosen->role)) {
            continue;
        }
        twin = chosen != NULL && column->role == chosen->role ? column : NULL;
        chosen = twin == NULL ? column : chosen;
    }
    if (chosen == NULL) {
        const bool is_named = strcmp(r->im->metric, "value") != 0;

        return hone_fail(r->err, HONE_E_INPUT,
            "%s:%zu: there is no column 'value' (nor %s%s%smean_test_score)", r->im->path, r->line,
            is_named ? "'" : "", is_named ? r->im->metric : "", is_named ? "', nor " : "");
    }
    if (twin != NULL) {
        return hone_fail(r->err, HONE_E_INPUT,
            "%s:%zu: columns '%.100s' and '%.100s' both hold values; one should be left out",
            r->im->path, r->line, chosen->name, twin->name);
    }
    for (size_t c = 0; c < r->columns; c++) {
        bool is_other = r->column[c].role <= LAST_VALUE && &r->column[c] != chosen;

        r->column[c].role = is_other ? ROLE_PARAM : r->column[c].role;
    }
    return HONE_OK;
}

static bool has_empty_choice(const struct hone_param *param) {
    for (size_t k = 0; k < param->choice_count; k++) {
        if (param->choice[k]->type == HONE_TEXT && param->choice[k]->text[0] == '\0') {
            return true;
        }
    }
    return false;
}

/* Two columns of one parameter would take turns, cell by cell. */
static enum hone_code look_at_params(struct reading *r) {
    const struct hone_space *space = r->im->space;

    for (size_t c = 0; c < r->columns; c++) {
        struct column *column = &r->column[c];
        const size_t p =
            column->role == ROLE_PARAM ? hone_space_find(space, column->name) : space->n;

        for (size_t b = 0; b < c && p < space->n; b++) {
            if (r->column[b].role == ROLE_PARAM && strcmp(r->column[b].name, column->name) == 0) {
                return hone_fail(r->err, HONE_E_INPUT,
                    "%s:%zu: two columns hold parameter '%s'; one should be left out", r->im->path,
                    r->line, column->name);
            }
        }
        column->may_be_empty = p < space->n && has_empty_choice(&space->param[p]);
    }
    return HONE_OK;
}

/* What a trial needs room for, and which column has its value. */
static enum hone_code end_header(struct reading *r) {
    enum hone_code code = choose_value(r);

    if (code == HONE_OK) {
        code = look_at_params(r);
    }
    if (code != HONE_OK) {
        return code;
    }
    for (size_t c = 0; c < r->columns; c++) {
        const struct column *column = &r->column[c];
        bool is_fold = column->role == ROLE_FOLD || column->role == ROLE_FOLD_SCORE;

        r->folds = is_fold && column->fold >= r->folds ? column->fold + 1 : r->folds;
    }
    r->cell = hone_arena_array(&r->arena, r->columns, sizeof(*r->cell));
    r->name = hone_arena_array(&r->arena, r->columns, sizeof(*r->name));
    r->value = hone_arena_array(&r->arena, r->columns, sizeof(*r->value));
    r->fold = hone_arena_array(&r->arena, r->folds, sizeof(*r->fold));
    return r->cell == NULL || r->name == NULL || r->value == NULL || r->fold == NULL
               ? no_memory(r->err) : HONE_OK;
}

/* ---- Cells ---- */

static enum hone_code bad_cell(const struct reading *r, const char *what, const char *text,
    const char *right) {
    return hone_fail(r->err, HONE_E_INPUT, "%s:%zu: %s: '%.60s' stands here; it should be %s",
        r->im->path, r->line, what, text, right);
}

/* NaN and the infinities count as no value. */
static enum hone_code read_number(const struct reading *r, const char *what, const char *text,
    double *ret) {
    char *end = NULL;

    *ret = strtod(text, &end);
    *ret = isfinite(*ret) ? *ret : (double)NAN;
    return end != text && *end == '\0' ? HONE_OK : bad_cell(r, what, text, "a number");
}

static enum hone_code read_time(const struct reading *r, const char *what, const char *text,
    int64_t *ret) {
    return hone_clock_read(text, ret)
               ? HONE_OK : bad_cell(r, what, text, "a time such as 2026-01-01T00:00:00.000Z");
}

static double from_score(const struct reading *r, double score) {
    return r->im->maximize ? score : -score;
}

static enum hone_code take_cell(struct reading *r, const struct column *column, const char *text,
    struct hone_foreign *f) {
    double number = (double)NAN;
    enum hone_code code = HONE_OK;

    switch (column->role) {
    case ROLE_NOTHING:
        return HONE_OK;
    case ROLE_PARAM:
        r->name[f->params] = column->name;
        r->value[f->params++] = (struct hone_value){.type = HONE_TEXT, .text = text};
        return HONE_OK;
    case ROLE_STATE:
        return cli_import_state(text, &f->state)
                   ? HONE_OK : bad_cell(r, "state", text, "complete, pruned, failed …");
    case ROLE_STARTED:
        return read_time(r, "started", text, &f->started_ms);
    case ROLE_FINISHED:
        return read_time(r, "finished", text, &f->finished_ms);
    case ROLE_ERROR:
        f->error = text;
        return HONE_OK;
    default:
        break;
    }
    code = read_number(r, column->role == ROLE_NUMBER ? "number" : "value", text, &number);
    switch (column->role) {
    case ROLE_NUMBER:
        f->number = number >= 0 && number < 1e15 ? (uint64_t)number : f->number;
        break;
    case ROLE_VALUE:
    case ROLE_FIRST_VALUE:
    case ROLE_NAMED_VALUE: f->value = number; break;
    case ROLE_SCORE: f->value = from_score(r, number); break;
    case ROLE_STDERR: f->sem = number; break;
    case ROLE_SECONDS: f->seconds = number; break;
    case ROLE_FOLD: r->fold[column->fold] = number; break;
    default: r->fold[column->fold] = from_score(r, number); break;
    }
    return code;
}

/* Without a column of states the value decides. */
static enum hone_code tell_row(struct reading *r) {
    struct hone_foreign foreign = {.number = r->rows++, .state = HONE_RUNNING,
        .value = (double)NAN, .sem = (double)NAN, .seconds = (double)NAN,
        .name = r->name, .param = r->value, .folds = r->folds, .fold = r->fold};
    bool has_state = false;
    enum hone_code code = HONE_OK;

    for (size_t f = 0; f < r->folds; f++) {
        r->fold[f] = (double)NAN;
    }
    for (size_t c = 0; c < r->columns && code == HONE_OK; c++) {
        has_state = has_state || r->column[c].role == ROLE_STATE;
        if (r->cell[c] != NULL || r->column[c].may_be_empty) {
            code = take_cell(r, &r->column[c], r->cell[c] != NULL ? r->cell[c] : "", &foreign);
        }
    }
    if (!has_state) {
        foreign.state = isnan(foreign.value) ? HONE_FAILED : HONE_COMPLETE;
    }
    if (code == HONE_OK) {
        r->stopped = !r->im->visit(r->im->self, &foreign);
    }
    return code;
}

/* ---- The parser's calls ---- */

static void on_cell(void *text, size_t length, void *self) {
    struct reading *r = self;

    if (r->code != HONE_OK || r->stopped) {
        return;
    }
    if (r->cell == NULL) {
        r->code = memchr(text, '\0', length) == NULL
                      ? add_column(r, text)
                      : hone_fail(r->err, HONE_E_INPUT, "%s: a name of a column has a NUL byte",
                            r->im->path);
        return;
    }
    if (r->at < r->columns && length > 0) {
        r->cell[r->at] = hone_arena_text(&r->row_arena, text, length);
        r->code = r->cell[r->at] == NULL ? no_memory(r->err) : HONE_OK;
    }
    r->at++;
}

static void on_row(int end, void *self) {
    struct reading *r = self;

    (void)end;
    if (r->code != HONE_OK || r->stopped) {
        return;
    }
    if (r->cell == NULL) {
        r->code = end_header(r);
    } else if (r->at != r->columns) {
        r->code = hone_fail(r->err, HONE_E_INPUT, "%s:%zu: it has %zu cells; the header has %zu",
            r->im->path, r->line, r->at, r->columns);
    } else {
        r->code = tell_row(r);
    }
    for (size_t c = 0; r->cell != NULL && c < r->columns; c++) {
        r->cell[c] = NULL;
    }
    r->at = 0;
    hone_arena_reset(&r->row_arena);
}

static void *grow(void *block, size_t size) {
    return hone_resize(block, size, 1);
}

/* A line at a time, so that what is wrong is known to stand in it. */
static void parse(struct reading *r, const struct hone_buf *text) {
    const char *at = hone_buf_text(text);
    const char *end = at + text->length;

    at += text->length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < end && r->code == HONE_OK && !r->stopped) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = newline == NULL ? (size_t)(end - at) : (size_t)(newline - at) + 1;

        r->line++;
        if (csv_parse(&r->parser, at, length, on_cell, on_row, r) != length) {
            r->code = hone_fail(r->err, HONE_E_INPUT, "%s:%zu: %s", r->im->path, r->line,
                csv_strerror(csv_error(&r->parser)));
        }
        at += length;
    }
    if (r->code == HONE_OK && !r->stopped &&
        csv_fini(&r->parser, on_cell, on_row, r) != 0) {
        r->code = hone_fail(r->err, HONE_E_INPUT, "%s:%zu: a quoted cell has no end", r->im->path,
            r->line);
    }
    if (r->code == HONE_OK && r->cell == NULL) {
        r->code = hone_fail(r->err, HONE_E_INPUT, "%s: it is empty; it should begin with a line of"
            " names", r->im->path);
    }
}

enum hone_code cli_import_csv(const struct cli_import *im, struct hone_err *err) {
    struct reading r = {.im = im, .err = err};
    struct hone_buf text = {0};

    r.code = hone_buf_read_file(&text, im->path, FILE_LIMIT_BYTES, err);
    if (r.code == HONE_OK &&
        csv_init(&r.parser, CSV_APPEND_NULL | CSV_STRICT | CSV_STRICT_FINI) == 0) {
        csv_set_realloc_func(&r.parser, grow);
        csv_set_free_func(&r.parser, hone_free);
        parse(&r, &text);
        csv_free(&r.parser);
    }
    hone_buf_finish(&text);
    hone_free(r.column);
    hone_arena_finish(&r.row_arena);
    hone_arena_finish(&r.arena);
    return r.code;
}
