#include "storage/space_rows.h"

#include "engine/buf.h"
#include "storage/distribution.h"
#include "storage/sum.h"

#include <math.h>
#include <string.h>

/* ---- Choices as cells ---- */

/* Scalars keep their type; what SQL has no type for is JSON, written to `text`. */
static struct hone_cell cell_of(const struct hone_value *value, struct hone_buf *text) {
    struct hone_cell cell = {.type = HONE_CELL_JSON};

    switch (value->type) {
    case HONE_INT:
        return (struct hone_cell){.type = HONE_CELL_INT, .integer = value->integer};
    case HONE_REAL:
        return (struct hone_cell){.type = HONE_CELL_REAL, .real = value->real};
    case HONE_TEXT:
        cell.type = HONE_CELL_TEXT;
        hone_buf_add(text, value->text);
        break;
    default:
        hone_value_write_json(value, text);
        break;
    }
    cell.text = hone_buf_text(text);
    cell.length = text->length;
    return cell;
}

static void sum_cell(struct hone_sum *sum, const struct hone_cell *cell) {
    hone_sum_word(sum, (uint64_t)cell->type);
    hone_sum_word(sum, (uint64_t)cell->integer);
    hone_sum_real(sum, cell->real);
    hone_sum_text(sum, cell->text);
}

/* ---- Writing ---- */

static void sum_param(struct hone_sum *sum, const char *name, int type, const char *distribution) {
    hone_sum_text(sum, name);
    hone_sum_word(sum, (uint64_t)type);
    hone_sum_text(sum, distribution);
}

enum hone_code hone_space_rows_sum(const struct hone_space *space, int64_t *ret_sum,
    struct hone_err *err) {
    struct hone_sum params = {0};
    struct hone_sum choices = {0};
    struct hone_buf text = {0};
    enum hone_code code = HONE_OK;

    for (size_t p = 0; p < space->n && code == HONE_OK; p++) {
        const struct hone_param *param = &space->param[p];

        hone_buf_clear(&text);
        hone_distribution_write(param, &text);
        sum_param(&params, param->name, (int)param->type, hone_buf_text(&text));
        code = hone_buf_ok(&text, err);
        for (size_t i = 0; i < param->choice_count && code == HONE_OK; i++) {
            struct hone_cell cell;

            hone_buf_clear(&text);
            cell = cell_of(param->choice[i], &text);
            sum_cell(&choices, &cell);
            code = hone_buf_ok(&text, err);
        }
    }
    hone_buf_finish(&text);
    hone_sum_word(&params, (uint64_t)hone_sum_end(&choices));
    if (code == HONE_OK) {
        *ret_sum = hone_sum_end(&params);
    }
    return code;
}

static void bind_cell(sqlite3_stmt *stmt, int index, const struct hone_cell *cell) {
    if (cell->type == HONE_CELL_INT) {
        hone_sql_bind_int(stmt, index, cell->integer);
    } else if (cell->type == HONE_CELL_REAL) {
        hone_sql_bind_real(stmt, index, cell->real);
    } else {
        hone_sql_bind_text(stmt, index, cell->text);
    }
}

static enum hone_code write_choices(struct hone_db *db, sqlite3_stmt *stmt, int64_t study,
    size_t p, const struct hone_param *param, struct hone_err *err) {
    struct hone_buf text = {0};
    enum hone_code code = HONE_OK;

    for (size_t i = 0; i < param->choice_count && code == HONE_OK; i++) {
        struct hone_cell cell;

        hone_buf_clear(&text);
        cell = cell_of(param->choice[i], &text);
        hone_sql_bind_int(stmt, 1, study);
        hone_sql_bind_int(stmt, 2, (int64_t)p);
        hone_sql_bind_int(stmt, 3, (int64_t)i);
        hone_sql_bind_int(stmt, 4, cell.type == HONE_CELL_JSON);
        bind_cell(stmt, 5, &cell);
        code = hone_buf_ok(&text, err);
        if (code == HONE_OK) {
            code = hone_sql_run(db, stmt, err);
        }
    }
    hone_buf_finish(&text);
    return code;
}

static enum hone_code write_param(struct hone_db *db, sqlite3_stmt *stmt, int64_t study, size_t p,
    const struct hone_param *param, struct hone_err *err) {
    struct hone_buf text = {0};
    enum hone_code code;

    hone_distribution_write(param, &text);
    code = hone_buf_ok(&text, err);
    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, study);
        hone_sql_bind_int(stmt, 2, (int64_t)p);
        hone_sql_bind_text(stmt, 3, param->name);
        hone_sql_bind_int(stmt, 4, (int64_t)param->type);
        hone_sql_bind_text(stmt, 5, hone_buf_text(&text));
        code = hone_sql_run(db, stmt, err);
    }
    hone_buf_finish(&text);
    return code;
}

enum hone_code hone_space_rows_write(struct hone_db *db, int64_t study,
    const struct hone_space *space, struct hone_err *err) {
    sqlite3_stmt *param = NULL;
    sqlite3_stmt *choice = NULL;
    enum hone_code code = hone_sql_prepare(db, "INSERT INTO param VALUES (?, ?, ?, ?, ?)", &param,
        err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(db, "INSERT INTO choice VALUES (?, ?, ?, ?, ?)", &choice, err);
    }
    for (size_t p = 0; p < space->n && code == HONE_OK; p++) {
        code = write_param(db, param, study, p, &space->param[p], err);
        if (code == HONE_OK) {
            code = write_choices(db, choice, study, p, &space->param[p], err);
        }
    }
    (void)sqlite3_finalize(param);
    (void)sqlite3_finalize(choice);
    return code;
}

/* ---- Reading ---- */

struct reading {
    struct hone_db *db;
    int64_t study;
    struct hone_arena *arena;
    size_t count;
    struct hone_param_row *param;
    const char **name;
    struct hone_cell **choice; /* (count), the room that param[p].choice shows */
    struct hone_sum params, choices;
};

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "reading the parameters of a study: out of memory");
}

static enum hone_code rows_damaged(const struct reading *r, struct hone_err *err) {
    return hone_sql_damaged(r->db, err, "the parameters of study %lld are not as they were written",
        (long long)r->study);
}

static const char *copy_text(struct hone_arena *arena, sqlite3_stmt *stmt, int column) {
    const char *text = hone_sql_text(stmt, column);

    return text == NULL ? NULL
                        : hone_arena_text(arena, text, (size_t)sqlite3_column_bytes(stmt, column));
}

static enum hone_code make_room(struct reading *r, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(r->db, "SELECT count(*) FROM param WHERE study = ?",
        &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, r->study);
    code = hone_sql_next(r->db, stmt, &row, err);
    r->count = code == HONE_OK ? (size_t)sqlite3_column_int64(stmt, 0) : 0;
    (void)sqlite3_finalize(stmt);
    r->param = hone_arena_array(r->arena, r->count, sizeof(*r->param));
    r->name = hone_arena_array(r->arena, r->count, sizeof(*r->name));
    r->choice = hone_arena_array(r->arena, r->count, sizeof(*r->choice));
    if (code == HONE_OK && (r->param == NULL || r->name == NULL || r->choice == NULL)) {
        code = no_memory(err);
    }
    return code;
}

static enum hone_code read_param(struct reading *r, sqlite3_stmt *stmt, size_t p,
    struct hone_err *err) {
    struct hone_param_row *row = &r->param[p];
    int type = sqlite3_column_int(stmt, 1);

    if (p >= r->count || type < 0 || type > (int)HONE_PARAM_CATEGORICAL
        || hone_sql_text(stmt, 0) == NULL || sqlite3_column_int64(stmt, 3) < 0) {
        return rows_damaged(r, err);
    }
    sum_param(&r->params, hone_sql_text(stmt, 0), type, hone_sql_text(stmt, 2));
    row->name = copy_text(r->arena, stmt, 0);
    row->type = (enum hone_param_type)type;
    row->choice_count = (size_t)sqlite3_column_int64(stmt, 3);
    r->choice[p] = hone_arena_array(r->arena, row->choice_count, sizeof(*r->choice[p]));
    if (row->name == NULL || r->choice[p] == NULL) {
        return no_memory(err);
    }
    row->choice = r->choice[p];
    r->name[p] = row->name;
    return HONE_OK;
}

static enum hone_code read_choice(struct reading *r, sqlite3_stmt *stmt, struct hone_err *err) {
    int64_t p = sqlite3_column_int64(stmt, 0);
    int64_t i = sqlite3_column_int64(stmt, 1);
    struct hone_cell cell = {0};

    if (p < 0 || (size_t)p >= r->count || i < 0 || (size_t)i >= r->param[p].choice_count ||
        sqlite3_column_type(stmt, 3) == SQLITE_NULL) {
        return rows_damaged(r, err);
    }
    switch (sqlite3_column_type(stmt, 3)) {
    case SQLITE_INTEGER:
        cell = (struct hone_cell){.type = HONE_CELL_INT, .integer = sqlite3_column_int64(stmt, 3)};
        break;
    case SQLITE_FLOAT:
        cell = (struct hone_cell){.type = HONE_CELL_REAL, .real = sqlite3_column_double(stmt, 3)};
        break;
    default:
        cell.type = sqlite3_column_int(stmt, 2) != 0 ? HONE_CELL_JSON : HONE_CELL_TEXT;
        cell.text = copy_text(r->arena, stmt, 3);
        cell.length = (size_t)sqlite3_column_bytes(stmt, 3);
        if (cell.text == NULL) {
            return no_memory(err);
        }
        break;
    }
    sum_cell(&r->choices, &cell);
    r->choice[p][i] = cell;
    return HONE_OK;
}

static enum hone_code read_params(struct reading *r, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    size_t p = 0;
    bool row = false;
    enum hone_code code = hone_sql_prepare(r->db,
        "SELECT name, type, distribution,"
        " (SELECT count(*) FROM choice c WHERE c.study = p.study AND c.param = p.position)"
        " FROM param p WHERE study = ? ORDER BY position", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, r->study);
    while ((code = hone_sql_next(r->db, stmt, &row, err)) == HONE_OK && row) {
        code = read_param(r, stmt, p++, err);
        if (code != HONE_OK) {
            break;
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code read_choices(struct reading *r, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(r->db,
        "SELECT param, position, json, value FROM choice WHERE study = ?"
        " ORDER BY param, position", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, 1, r->study);
    while ((code = hone_sql_next(r->db, stmt, &row, err)) == HONE_OK && row) {
        code = read_choice(r, stmt, err);
        if (code != HONE_OK) {
            break;
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code check_sum(struct reading *r, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    bool same = false;
    enum hone_code code = hone_sql_prepare(r->db, "SELECT space_checksum FROM study WHERE id = ?",
        &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sum_word(&r->params, (uint64_t)hone_sum_end(&r->choices));
    hone_sql_bind_int(stmt, 1, r->study);
    code = hone_sql_next(r->db, stmt, &row, err);
    same = code == HONE_OK && row && sqlite3_column_int64(stmt, 0) == hone_sum_end(&r->params);
    (void)sqlite3_finalize(stmt);
    return code == HONE_OK && !same ? rows_damaged(r, err) : code;
}

enum hone_code hone_space_rows_read(struct hone_db *db, int64_t study, struct hone_arena *arena,
    struct hone_space_rows *ret, struct hone_err *err) {
    struct reading r = {.db = db, .study = study, .arena = arena};
    enum hone_code code = make_room(&r, err);

    if (code == HONE_OK) {
        code = read_params(&r, err);
    }
    if (code == HONE_OK) {
        code = read_choices(&r, err);
    }
    if (code == HONE_OK) {
        code = check_sum(&r, err);
    }
    if (code == HONE_OK) {
        *ret = (struct hone_space_rows){.count = r.count, .param = r.param, .name = r.name};
    }
    return code;
}

enum hone_code hone_space_rows_outline(const struct hone_space_rows *rows,
    struct hone_arena *arena, struct hone_space *ret, struct hone_err *err) {
    struct hone_param *param = hone_arena_array(arena, rows->count, sizeof(*param));

    if (param == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading parameters: out of memory");
    }
    for (size_t p = 0; p < rows->count; p++) {
        param[p] = (struct hone_param){.name = rows->param[p].name, .type = rows->param[p].type};
    }
    *ret = (struct hone_space){.n = rows->count, .param = param};
    return HONE_OK;
}

struct hone_cell hone_space_rows_cell(const struct hone_space_rows *rows, size_t p,
    double x_value) {
    const struct hone_param_row *param = &rows->param[p];

    if (isnan(x_value)) {
        return (struct hone_cell){.type = HONE_CELL_NONE};
    }
    switch (param->type) {
    case HONE_PARAM_FLOAT:
        return (struct hone_cell){.type = HONE_CELL_REAL, .real = x_value};
    case HONE_PARAM_INT:
        return (struct hone_cell){.type = HONE_CELL_INT, .integer = (int64_t)x_value,
            .real = x_value};
    default:
        if (x_value >= 0 && x_value < (double)param->choice_count) {
            return param->choice[(size_t)x_value];
        }
        return (struct hone_cell){.type = HONE_CELL_NONE};
    }
}
