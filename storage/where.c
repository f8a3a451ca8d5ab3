#include "storage/where.h"

#include "engine/alloc.h"
#include "engine/trial.h"
#include "storage/trial_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* SQLite's own limits (expression depth 1000, parser stack 100, 32766 bound
 * values) lie above these, so that its parser never has the last word. */
enum {
    DEPTH_LIMIT = 12,
    COMPARISON_LIMIT = 500,
    LITERAL_LIMIT = 10000,
    STATES = HONE_FAILED + 1,
};

/* ---- Names and their columns ---- */

enum kind {
    KIND_NUMBER,
    KIND_TEXT,
    KIND_STATE,
    KIND_CHOICE, /* any type, by row */
};

struct column {
    const char *name;
    enum kind kind;
    const char *sql;
};

#define TIME_SQL(column) "strftime('%Y-%m-%dT%H:%M:%fZ', t." column " / 1000.0, 'unixepoch')"

static const struct column columns[] = {
    {"value", KIND_NUMBER, "t.value"},
    {"stderr", KIND_NUMBER, "t.sem"},
    {"state", KIND_STATE, "t.state"},
    {"seconds", KIND_NUMBER, "t.seconds"},
    {"number", KIND_NUMBER, "t.number"},
    {"folds", KIND_NUMBER, "t.folds_done"},
    {"error", KIND_TEXT, "t.error"},
    {"started", KIND_TEXT, TIME_SQL("started_ms")},
    {"finished", KIND_TEXT, TIME_SQL("finished_ms")},
    {"part", KIND_TEXT, "t.part"},
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static const char metric_prefix[] = "metrics.";

/* ---- Tokens ---- */

enum token_type {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUOTED,
    TOKEN_BACKQUOTED,
    TOKEN_COMPARISON,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
};

struct token {
    enum token_type type;
    int column;       /* from 1, in characters */
    const char *text; /* of a comparison: as SQL writes it */
};

struct reader {
    const char *what; /* "where" or "sort" */
    const char *text;
    const char *at; /* after the token */
    struct token token;
    const struct hone_names *names;
    struct hone_clause *out;
    int depth, comparisons;
    struct hone_err *err;
};

static int column_of(const struct reader *r, const char *at) {
    int column = 1;

    for (const char *c = r->text; c < at; c++) {
        column += ((unsigned char)*c & 0xc0) != 0x80; /* not inside a UTF-8 character */
    }
    return column;
}

static enum hone_code HONE_PRINTF(3, 4) wrong_at(const struct reader *r, int column,
    const char *format, ...) {
    char sentence[1024];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    return hone_fail(r->err, HONE_E_INPUT, "%s: column %d: %s", r->what, column, sentence);
}

static enum hone_code no_memory(const struct reader *r) {
    return hone_fail(r->err, HONE_E_NOMEM, "%s: out of memory", r->what);
}

static bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || (c != '\0' && strchr("_.-+:/%", c) != NULL) || ((unsigned char)c & 0x80) != 0;
}

static enum hone_code read_word(struct reader *r) {
    const char *start = r->at;

    while (is_word_byte(*r->at)) {
        r->at++;
    }
    r->token.type = TOKEN_WORD;
    r->token.text = hone_arena_text(&r->out->texts, start, (size_t)(r->at - start));
    return r->token.text == NULL ? no_memory(r) : HONE_OK;
}

/* A doubled quote stands for itself. */
static enum hone_code read_quoted(struct reader *r) {
    char quote = *r->at++;
    size_t length = 0;
    char *text = hone_arena_text(&r->out->texts, r->at, strlen(r->at));

    if (text == NULL) {
        return no_memory(r);
    }
    for (; *r->at != '\0'; r->at++) {
        if (*r->at == quote && *++r->at != quote) {
            text[length] = '\0';
            r->token.type = quote == '`' ? TOKEN_BACKQUOTED : TOKEN_QUOTED;
            r->token.text = text;
            return HONE_OK;
        }
        text[length++] = *r->at;
    }
    return wrong_at(r, r->token.column, "the text that begins here has no end; add a %c", quote);
}

static enum hone_code read_sign(struct reader *r) {
    static const struct {
        const char *sign;
        enum token_type type;
        const char *sql;
    } signs[] = {
        {"==", TOKEN_COMPARISON, "="}, {"!=", TOKEN_COMPARISON, "<>"},
        {"<>", TOKEN_COMPARISON, "<>"}, {"<=", TOKEN_COMPARISON, "<="},
        {">=", TOKEN_COMPARISON, ">="}, {"=", TOKEN_COMPARISON, "="},
        {"<", TOKEN_COMPARISON, "<"}, {">", TOKEN_COMPARISON, ">"},
        {"(", TOKEN_OPEN, "("}, {")", TOKEN_CLOSE, ")"}, {",", TOKEN_COMMA, ","},
    };

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        size_t length = strlen(signs[i].sign);

        if (strncmp(r->at, signs[i].sign, length) == 0) {
            r->at += length;
            r->token.type = signs[i].type;
            r->token.text = signs[i].sql;
            return HONE_OK;
        }
    }
    return wrong_at(r, r->token.column, "'%c' has no meaning here; texts with odd characters"
        " stand in quotes, names in backquotes", *r->at);
}

static enum hone_code advance(struct reader *r) {
    while (*r->at != '\0' && strchr(" \t\r\n", *r->at) != NULL) {
        r->at++;
    }
    r->token = (struct token){.column = column_of(r, r->at), .text = "the end"};
    if (*r->at == '\0') {
        return HONE_OK;
    }
    if (is_word_byte(*r->at)) {
        return read_word(r);
    }
    return strchr("'\"`", *r->at) != NULL ? read_quoted(r) : read_sign(r);
}

static bool is_keyword(const struct reader *r, const char *word) {
    return r->token.type == TOKEN_WORD && sqlite3_stricmp(r->token.text, word) == 0;
}

/* ---- Literals ---- */

static enum hone_code add_literal(struct reader *r, struct hone_cell cell) {
    struct hone_clause *out = r->out;

    if (out->count == LITERAL_LIMIT) {
        return wrong_at(r, r->token.column, "more than %d values; shorten the lists",
            LITERAL_LIMIT);
    }
    if (out->count == out->room) {
        size_t room = out->room == 0 ? 8 : 2 * out->room;
        struct hone_cell *literal = hone_resize(out->literal, room, sizeof(*literal));

        if (literal == NULL) {
            return no_memory(r);
        }
        out->literal = literal;
        out->room = room;
    }
    out->literal[out->count++] = cell;
    hone_buf_add(&out->sql, "?");
    return HONE_OK;
}

static enum hone_code add_text(struct reader *r, const char *text) {
    return add_literal(r, (struct hone_cell){.type = HONE_CELL_TEXT, .text = text});
}

static enum hone_code add_number(struct reader *r, const char *name) {
    struct hone_value value = hone_value_from_plain(r->token.text);

    if (value.type == HONE_INT) {
        return add_literal(r, (struct hone_cell){.type = HONE_CELL_INT, .integer = value.integer});
    }
    if (value.type == HONE_REAL) {
        return add_literal(r, (struct hone_cell){.type = HONE_CELL_REAL, .real = value.real});
    }
    return wrong_at(r, r->token.column, "'%s' is a number; it cannot be compared with '%s'", name,
        r->token.text);
}

static enum hone_code add_state(struct reader *r) {
    const char *names[STATES];
    const char *nearest;

    for (int state = 0; state < STATES; state++) {
        names[state] = hone_state_name((enum hone_state)state);
        if (sqlite3_stricmp(names[state], r->token.text) == 0) {
            return add_literal(r, (struct hone_cell){.type = HONE_CELL_INT, .integer = state});
        }
    }
    nearest = hone_nearest(r->token.text, names, STATES);
    return wrong_at(r, r->token.column, "there is no state '%s'%s%s%s; states are %s, %s, %s, %s"
        " and %s", r->token.text, nearest == NULL ? "" : " (did you mean '",
        nearest == NULL ? "" : nearest, nearest == NULL ? "" : "'?)", names[0], names[1],
        names[2], names[3], names[4]);
}

/* A word is read as the spec reads the choices. */
static enum hone_code add_choice(struct reader *r) {
    struct hone_value value = {.type = HONE_TEXT, .text = r->token.text};

    if (r->token.type == TOKEN_WORD) {
        value = hone_value_from_plain(r->token.text);
    }
    switch (value.type) {
    case HONE_INT:
    case HONE_REAL:
        return add_number(r, "");
    case HONE_BOOL:
        return add_text(r, value.boolean ? "true" : "false");
    case HONE_NULL:
        return add_text(r, "null");
    default:
        return add_text(r, r->token.text);
    }
}

/* Takes the token as a literal to compare a column with. */
static enum hone_code take_literal(struct reader *r, enum kind kind, const char *name) {
    enum hone_code code = HONE_OK;

    if (r->token.type != TOKEN_WORD && r->token.type != TOKEN_QUOTED) {
        return wrong_at(r, r->token.column, "expected a value to compare '%s' with, not %s", name,
            r->token.text);
    }
    if (kind != KIND_CHOICE && is_keyword(r, "null")) {
        return wrong_at(r, r->token.column, "nothing equals null; write %s is null or %s is not"
            " null", name, name);
    }
    switch (kind) {
    case KIND_NUMBER:
        code = add_number(r, name);
        break;
    case KIND_TEXT:
        code = add_text(r, r->token.text);
        break;
    case KIND_STATE:
        code = add_state(r);
        break;
    case KIND_CHOICE:
        code = add_choice(r);
        break;
    }
    return code == HONE_OK ? advance(r) : code;
}

/* ---- Columns ---- */

/* Where a parameter stands in a row of trial. */
static void add_param_place(struct reader *r, size_t p) {
    if (p < HONE_POINT_COLUMNS) {
        hone_buf_printf(&r->out->sql, "t.x%zu", p);
    } else {
        hone_buf_printf(&r->out->sql, "point_at(t.more, %zu)", p - HONE_POINT_COLUMNS);
    }
}

static enum kind add_param_column(struct reader *r, size_t p) {
    if (r->names->space->param[p].type != HONE_PARAM_CATEGORICAL) {
        add_param_place(r, p);
        return KIND_NUMBER;
    }
    hone_buf_printf(&r->out->sql,
        "(SELECT value FROM choice WHERE study = t.study AND param = %zu AND position = ", p);
    add_param_place(r, p);
    hone_buf_add(&r->out->sql, ")");
    return KIND_CHOICE;
}

static bool find_param(struct reader *r, enum kind *ret_kind) {
    const struct hone_space_rows *space = r->names->space;

    for (size_t p = 0; p < space->count; p++) {
        if (strcmp(space->name[p], r->token.text) == 0) {
            *ret_kind = add_param_column(r, p);
            return true;
        }
    }
    return false;
}

static bool find_ours(struct reader *r, enum kind *ret_kind) {
    for (size_t i = 0; i < COLUMNS; i++) {
        if (strcmp(columns[i].name, r->token.text) == 0) {
            hone_buf_add(&r->out->sql, columns[i].sql);
            *ret_kind = columns[i].kind;
            return true;
        }
    }
    return false;
}

/* What is meant by a metric's name; NULL when the name has not its prefix. */
static const char *metric_of(const char *name) {
    size_t length = sizeof(metric_prefix) - 1;

    return strncmp(name, metric_prefix, length) == 0 ? name + length : NULL;
}

static enum hone_code add_metric_column(struct reader *r, const char *name) {
    enum hone_code code;

    hone_buf_add(&r->out->sql, "(SELECT avg(m.value) FROM metric m WHERE m.trial = t.id"
        " AND m.name = (SELECT id FROM metric_name WHERE name = ");
    code = add_text(r, name);
    hone_buf_add(&r->out->sql, "))");
    return code;
}

static enum hone_code unknown_metric(const struct reader *r, const char *name) {
    const char *nearest = hone_nearest(name, r->names->metric, r->names->metric_count);

    if (nearest == NULL) {
        return wrong_at(r, r->token.column, "no trial has a metric '%s'", name);
    }
    return wrong_at(r, r->token.column, "no trial has a metric '%s'; did you mean '%s%s'?", name,
        metric_prefix, nearest);
}

static enum hone_code unknown_name(const struct reader *r) {
    const struct hone_space_rows *space = r->names->space;
    const char **known = hone_new_array(COLUMNS + space->count, sizeof(*known));
    const char *nearest;

    if (known == NULL) {
        return no_memory(r);
    }
    for (size_t p = 0; p < space->count; p++) {
        known[p] = space->name[p];
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        known[space->count + i] = columns[i].name;
    }
    nearest = hone_nearest(r->token.text, known, space->count + COLUMNS);
    hone_free(known);
    if (nearest != NULL) {
        return wrong_at(r, r->token.column, "there is no '%s'; did you mean '%s'?",
            r->token.text, nearest);
    }
    return wrong_at(r, r->token.column, "there is no '%s'; names are those of the parameters,"
        " value, stderr, state, seconds, number, folds, error, started, finished, part and"
        " metrics.NAME", r->token.text);
}

static enum hone_code add_metric(struct reader *r) {
    const char *metric = metric_of(r->token.text);

    if (metric == NULL) {
        return unknown_name(r);
    }
    for (size_t i = 0; i < r->names->metric_count; i++) {
        if (strcmp(r->names->metric[i], metric) == 0) {
            return add_metric_column(r, metric);
        }
    }
    return unknown_metric(r, metric);
}

/* Takes the token as a name and writes its column. */
static enum hone_code take_name(struct reader *r, enum kind *ret_kind) {
    enum kind kind = KIND_NUMBER;
    bool backquoted = r->token.type == TOKEN_BACKQUOTED;
    enum hone_code code = HONE_OK;
    bool found;

    if (r->token.type != TOKEN_WORD && !backquoted) {
        return wrong_at(r, r->token.column, "expected a name, not %s%s",
            r->token.type == TOKEN_QUOTED ? "a quoted text; write it in backquotes: "
                                          : "", r->token.text);
    }
    found = backquoted ? find_param(r, &kind) || find_ours(r, &kind)
                       : find_ours(r, &kind) || find_param(r, &kind);
    if (!found) {
        code = add_metric(r);
    }
    if (code == HONE_OK) {
        *ret_kind = kind;
        code = advance(r);
    }
    return code;
}

/* ---- Comparisons ---- */

static enum hone_code read_comparison(struct reader *r, enum kind kind, const char *name) {
    const char *sign = r->token.text;
    enum hone_code code;

    if (kind == KIND_STATE && strcmp(sign, "=") != 0 && strcmp(sign, "<>") != 0) {
        return wrong_at(r, r->token.column, "states have no order; compare '%s' with =, != or in",
            name);
    }
    hone_buf_printf(&r->out->sql, " %s ", sign);
    code = advance(r);
    return code == HONE_OK ? take_literal(r, kind, name) : code;
}

static enum hone_code read_list(struct reader *r, enum kind kind, const char *name) {
    enum hone_code code;

    if (r->token.type != TOKEN_OPEN) {
        return wrong_at(r, r->token.column, "expected ( after in, not %s", r->token.text);
    }
    do {
        hone_buf_add(&r->out->sql, r->token.text);
        code = advance(r);
        if (code == HONE_OK) {
            code = take_literal(r, kind, name);
        }
        if (code != HONE_OK) {
            return code;
        }
    } while (r->token.type == TOKEN_COMMA);
    if (r->token.type != TOKEN_CLOSE) {
        return wrong_at(r, r->token.column, "expected , or ) in the list, not %s", r->token.text);
    }
    hone_buf_add(&r->out->sql, ")");
    return advance(r);
}

static enum hone_code read_pattern(struct reader *r, enum kind kind, const char *name) {
    return take_literal(r, kind == KIND_STATE ? KIND_STATE : KIND_TEXT, name);
}

static enum hone_code read_null(struct reader *r) {
    enum hone_code code = HONE_OK;

    hone_buf_add(&r->out->sql, " IS ");
    if (is_keyword(r, "not")) {
        hone_buf_add(&r->out->sql, "NOT ");
        code = advance(r);
    }
    if (code == HONE_OK && !is_keyword(r, "null")) {
        code = wrong_at(r, r->token.column, "expected null or not null after is, not %s",
            r->token.text);
    }
    if (code == HONE_OK) {
        hone_buf_add(&r->out->sql, "NULL");
        code = advance(r);
    }
    return code;
}

/* "[not] in (…)" and "[not] like …". */
static enum hone_code read_worded(struct reader *r, enum kind kind, const char *name) {
    bool listed;
    enum hone_code code = HONE_OK;

    if (is_keyword(r, "not")) {
        hone_buf_add(&r->out->sql, " NOT");
        code = advance(r);
    }
    if (code != HONE_OK) {
        return code;
    }
    listed = is_keyword(r, "in");
    if (!listed && !is_keyword(r, "like")) {
        return wrong_at(r, r->token.column, "expected a comparison of '%s' (=, !=, <, <=, >, >=,"
            " in, like, is null), not %s", name, r->token.text);
    }
    hone_buf_add(&r->out->sql, listed ? " IN " : " LIKE ");
    code = advance(r);
    if (code != HONE_OK) {
        return code;
    }
    return listed ? read_list(r, kind, name) : read_pattern(r, kind, name);
}

static enum hone_code read_condition(struct reader *r) {
    const char *name = r->token.text;
    enum kind kind = KIND_NUMBER;
    enum hone_code code;

    if (++r->comparisons > COMPARISON_LIMIT) {
        return wrong_at(r, r->token.column, "more than %d comparisons; in (…) needs one for many"
            " values", COMPARISON_LIMIT);
    }
    code = take_name(r, &kind);
    if (code != HONE_OK) {
        return code;
    }
    if (r->token.type == TOKEN_COMPARISON) {
        return read_comparison(r, kind, name);
    }
    if (is_keyword(r, "is")) {
        code = advance(r);
        return code == HONE_OK ? read_null(r) : code;
    }
    return read_worded(r, kind, name);
}

/* ---- and, or, not, parentheses ---- */

static enum hone_code read_or(struct reader *r);

static enum hone_code read_group(struct reader *r) {
    enum hone_code code;

    hone_buf_add(&r->out->sql, "(");
    code = advance(r);
    if (code == HONE_OK) {
        code = read_or(r);
    }
    if (code == HONE_OK && r->token.type != TOKEN_CLOSE) {
        code = wrong_at(r, r->token.column, "expected and, or or ), not %s", r->token.text);
    }
    hone_buf_add(&r->out->sql, ")");
    return code == HONE_OK ? advance(r) : code;
}

static enum hone_code read_term(struct reader *r) {
    bool negated = is_keyword(r, "not");
    enum hone_code code = HONE_OK;

    if (!negated && r->token.type != TOKEN_OPEN) {
        return read_condition(r);
    }
    if (r->depth == DEPTH_LIMIT) {
        return wrong_at(r, r->token.column, "more than %d levels of parentheses and not",
            DEPTH_LIMIT);
    }
    r->depth++;
    if (negated) {
        hone_buf_add(&r->out->sql, "NOT ");
        code = advance(r);
        code = code == HONE_OK ? read_term(r) : code;
    } else {
        code = read_group(r);
    }
    r->depth--;
    return code;
}

static enum hone_code read_and(struct reader *r) {
    enum hone_code code = read_term(r);

    while (code == HONE_OK && is_keyword(r, "and")) {
        hone_buf_add(&r->out->sql, " AND ");
        code = advance(r);
        if (code == HONE_OK) {
            code = read_term(r);
        }
    }
    return code;
}

static enum hone_code read_or(struct reader *r) {
    enum hone_code code = read_and(r);

    while (code == HONE_OK && is_keyword(r, "or")) {
        hone_buf_add(&r->out->sql, " OR ");
        code = advance(r);
        if (code == HONE_OK) {
            code = read_and(r);
        }
    }
    return code;
}

/* ---- Compiling ---- */

static enum hone_code finish(struct reader *r, const char *expected) {
    if (r->token.type != TOKEN_END) {
        return wrong_at(r, r->token.column, "expected %s, not %s", expected, r->token.text);
    }
    return hone_buf_ok(&r->out->sql, r->err);
}

enum hone_code hone_where_compile(const char *text, const struct hone_names *names,
    struct hone_clause *ret, struct hone_err *err) {
    struct reader r = {.what = "where", .text = text, .at = text, .names = names, .out = ret,
        .err = err};
    enum hone_code code = advance(&r);

    if (code == HONE_OK) {
        code = read_or(&r);
    }
    return code == HONE_OK ? finish(&r, "and, or or the end") : code;
}

enum hone_code hone_sort_compile(const char *text, const struct hone_names *names,
    struct hone_clause *ret, struct hone_err *err) {
    bool descending = text[0] == '-';
    struct reader r = {.what = "sort", .text = text, .at = text + descending, .names = names,
        .out = ret, .err = err};
    enum kind kind = KIND_NUMBER;
    enum hone_code code = advance(&r);

    if (code == HONE_OK) {
        code = take_name(&r, &kind);
    }
    hone_buf_add(&ret->sql, descending ? " DESC NULLS LAST" : " NULLS LAST");
    return code == HONE_OK ? finish(&r, "one name") : code;
}

int hone_clause_bind(const struct hone_clause *clause, sqlite3_stmt *stmt, int first) {
    for (size_t i = 0; i < clause->count; i++) {
        const struct hone_cell *cell = &clause->literal[i];

        if (cell->type == HONE_CELL_INT) {
            hone_sql_bind_int(stmt, first, cell->integer);
        } else if (cell->type == HONE_CELL_REAL) {
            hone_sql_bind_real(stmt, first, cell->real);
        } else {
            hone_sql_bind_text(stmt, first, cell->text);
        }
        first++;
    }
    return first;
}

void hone_clause_finish(struct hone_clause *clause) {
    hone_buf_finish(&clause->sql);
    hone_free(clause->literal);
    hone_arena_finish(&clause->texts);
    *clause = (struct hone_clause){0};
}
