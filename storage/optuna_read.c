#include "storage/optuna_file.h"

#include "engine/alloc.h"
#include "storage/copy.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    NAMES_SHOWN = 10,
    MOST_FOLDS = 60000, /* of hone itself; longer curves are no folds */
};

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "reading a study of Optuna: out of memory");
}

/* ---- Opening ---- */

/* A view, a virtual table or a trigger would be somebody else's program. */
static enum hone_code check_table(struct hone_optuna *o, sqlite3_stmt *stmt, const char *name,
    struct hone_err *err) {
    bool row = false;
    enum hone_code code;

    hone_sql_bind_text(stmt, 1, name);
    code = hone_sql_next(&o->db, stmt, &row, err);
    if (code == HONE_OK && (!row || sqlite3_column_int64(stmt, 0) <= 0)) {
        code = hone_fail(err, HONE_E_CORRUPT,
            "'%s' is an SQLite database, but not Optuna's: it has no table '%s'", o->db.path, name);
    }
    (void)sqlite3_reset(stmt);
    return code;
}

static enum hone_code check_tables(struct hone_optuna *o, struct hone_err *err) {
    static const char *const tables[] = {"studies", "study_directions", "trials", "trial_params",
        "trial_values", "trial_intermediate_values"};
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(&o->db,
        "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?", &stmt, err);

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && code == HONE_OK; i++) {
        code = check_table(o, stmt, tables[i], err);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code prepare(struct hone_optuna *o, struct hone_err *err) {
    struct {
        const char *sql;
        sqlite3_stmt **stmt;
    } const statement[] = {
        {"SELECT param_name, param_value, distribution_json FROM main.trial_params"
         " WHERE trial_id = ? ORDER BY param_id", &o->params},
        {"SELECT value FROM main.trial_values WHERE trial_id = ? AND objective = 0", &o->values},
        {"SELECT step, intermediate_value FROM main.trial_intermediate_values"
         " WHERE trial_id = ? ORDER BY step", &o->steps},
        {"SELECT type, value FROM json_each(?1, CASE"
         " WHEN json_type(?1, '$.attributes.choices') IS NULL THEN '$.choices'"
         " ELSE '$.attributes.choices' END)", &o->choose},
    };
    enum hone_code code = HONE_OK;

    for (size_t i = 0; i < sizeof(statement) / sizeof(statement[0]) && code == HONE_OK; i++) {
        code = hone_sql_prepare(&o->db, statement[i].sql, statement[i].stmt, err);
    }
    return code;
}

enum hone_code hone_optuna_open(const char *path, struct hone_optuna **ret, struct hone_err *err) {
    struct hone_optuna *o = hone_new(sizeof(*o));
    enum hone_code code;

    if (o == NULL) {
        return no_memory(err);
    }
    code = hone_copy_read(path, &o->db, err);
    if (code == HONE_OK) {
        code = hone_sql_begin_read(&o->db, err);
    }
    if (code == HONE_OK) {
        code = check_tables(o, err);
    }
    if (code == HONE_OK) {
        code = prepare(o, err);
    }
    if (code != HONE_OK) {
        hone_optuna_close(o);
        return code;
    }
    *ret = o;
    return HONE_OK;
}

void hone_optuna_close(struct hone_optuna *o) {
    if (o == NULL) {
        return;
    }
    (void)sqlite3_finalize(o->params);
    (void)sqlite3_finalize(o->values);
    (void)sqlite3_finalize(o->steps);
    (void)sqlite3_finalize(o->choose);
    (void)sqlite3_close(o->db.sqlite);
    hone_free(o->db.path);
    hone_free(o->distribution);
    hone_free(o->name);
    hone_free(o->param);
    hone_free(o->fold);
    hone_arena_finish(&o->scratch);
    hone_arena_finish(&o->arena);
    hone_free(o);
}

/* ---- Choosing ---- */

/* The studies there are, and how many; `buf` names the first ones. */
static enum hone_code list_studies(struct hone_optuna *o, struct hone_buf *buf, size_t *ret_count,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(&o->db,
        "SELECT study_name, study_id FROM main.studies ORDER BY study_id", &stmt, err);

    *ret_count = 0;
    while (code == HONE_OK && (code = hone_sql_next(&o->db, stmt, &row, err)) == HONE_OK && row) {
        const char *name = hone_sql_text(stmt, 0);

        o->study = sqlite3_column_int64(stmt, 1);
        if (*ret_count < NAMES_SHOWN) {
            hone_buf_printf(buf, "%s'%.100s'", *ret_count == 0 ? "" : ", ",
                name == NULL ? "" : name);
        }
        ++*ret_count;
    }
    (void)sqlite3_finalize(stmt);
    hone_buf_add(buf, *ret_count > NAMES_SHOWN ? " …" : "");
    return code;
}

static enum hone_code find_study(struct hone_optuna *o, const char *name, bool *ret_found,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(&o->db,
        "SELECT study_id FROM main.studies WHERE study_name = ?", &stmt, err);

    *ret_found = false;
    if (code == HONE_OK) {
        hone_sql_bind_text(stmt, 1, name);
        code = hone_sql_next(&o->db, stmt, ret_found, err);
    }
    if (code == HONE_OK && *ret_found) {
        o->study = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code choose(struct hone_optuna *o, const char *name, const char *likely,
    struct hone_err *err) {
    const char *wanted = name != NULL ? name : likely;
    struct hone_buf names = {0};
    size_t count = 0;
    bool found = false;
    enum hone_code code = list_studies(o, &names, &count, err);

    if (code == HONE_OK && wanted != NULL && (name != NULL || count != 1)) {
        code = find_study(o, wanted, &found, err);
    }
    if (code == HONE_OK && !found && (name != NULL || count != 1)) {
        code = count == 0 ? hone_fail(err, HONE_E_MISSING, "'%s' holds no study", o->db.path)
             : name != NULL ? hone_fail(err, HONE_E_MISSING, "'%s' has no study '%s'; it has %s",
                   o->db.path, name, hone_buf_text(&names))
             : hone_fail(err, HONE_E_INPUT, "which study of '%s'? --from names it; there are %s",
                   o->db.path, hone_buf_text(&names));
    }
    hone_buf_finish(&names);
    return code;
}

static enum hone_code read_direction(struct hone_optuna *o, bool *ret_maximize,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    size_t count = 0;
    bool known = true;
    bool row = false;
    enum hone_code code = hone_sql_prepare(&o->db,
        "SELECT direction FROM main.study_directions WHERE study_id = ?", &stmt, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, o->study);
    }
    while (code == HONE_OK && (code = hone_sql_next(&o->db, stmt, &row, err)) == HONE_OK && row) {
        const char *direction = hone_sql_text(stmt, 0);

        *ret_maximize = direction != NULL && strcmp(direction, "MAXIMIZE") == 0;
        known = *ret_maximize || (direction != NULL && strcmp(direction, "MINIMIZE") == 0);
        count++;
    }
    (void)sqlite3_finalize(stmt);
    if (code == HONE_OK && (count != 1 || !known)) {
        code = hone_fail(err, HONE_E_INPUT,
            "the study in '%s' has %zu objectives; one can be imported, with a direction",
            o->db.path, count);
    }
    return code;
}

enum hone_code hone_optuna_choose(struct hone_optuna *o, const char *name, const char *likely,
    bool *ret_maximize, struct hone_err *err) {
    enum hone_code code = choose(o, name, likely, err);

    return code == HONE_OK ? read_direction(o, ret_maximize, err) : code;
}

/* ---- Values of parameters ---- */

static const char *keep(struct hone_arena *arena, sqlite3_stmt *stmt, int column) {
    const char *text = hone_sql_text(stmt, column);

    return hone_arena_text(arena, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

/* One choice as json_each tells it; lists stay texts. */
static bool read_choice(struct hone_optuna *o, struct hone_value *ret) {
    const char *type = hone_sql_text(o->choose, 0);
    struct hone_value value = {.type = HONE_TEXT};

    if (strcmp(type, "integer") == 0) {
        value.type = HONE_INT;
        value.integer = sqlite3_column_int64(o->choose, 1);
        value.real = sqlite3_column_double(o->choose, 1);
    } else if (strcmp(type, "real") == 0) {
        value.type = HONE_REAL;
        value.real = sqlite3_column_double(o->choose, 1);
    } else if (strcmp(type, "true") == 0 || strcmp(type, "false") == 0) {
        value.type = HONE_BOOL;
        value.boolean = type[0] == 't';
    } else if (strcmp(type, "null") == 0) {
        value.type = HONE_NULL;
    } else {
        value.text = keep(&o->arena, o->choose, 1);
    }
    *ret = value;
    return value.type != HONE_TEXT || value.text != NULL;
}

static bool add_choice(struct hone_optuna *o, struct hone_optuna_choices *to, size_t *room) {
    if (to->count == *room) {
        size_t more = *room == 0 ? 8 : 2 * *room;
        struct hone_value *value = hone_arena_array(&o->arena, more, sizeof(*value));

        if (value == NULL) {
            return false;
        }
        if (to->count > 0) {
            memcpy(value, to->value, to->count * sizeof(*value));
        }
        to->value = value;
        *room = more;
    }
    return read_choice(o, &to->value[to->count++]);
}

static enum hone_code read_choices(struct hone_optuna *o, struct hone_optuna_choices *to,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;
    size_t room = 0;
    int status;

    hone_sql_bind_text(o->choose, 1, to->json);
    while ((status = sqlite3_step(o->choose)) == SQLITE_ROW && code == HONE_OK) {
        code = add_choice(o, to, &room) ? HONE_OK : no_memory(err);
    }
    to->unreadable = status == SQLITE_ERROR && to->json[0] != '\0';
    to->count = status == SQLITE_ERROR ? 0 : to->count;
    (void)sqlite3_reset(o->choose);
    return code;
}

/* A study has few different distributions, and most often the last one again. */
enum hone_code hone_optuna_find_choices(struct hone_optuna *o, const char *json,
    const struct hone_optuna_choices **ret, struct hone_err *err) {
    struct hone_optuna_choices *more;

    for (size_t i = 0; i < o->distributions; i++) {
        if (strcmp(o->distribution[i].json, json) == 0) {
            *ret = &o->distribution[i];
            return HONE_OK;
        }
    }
    if (o->distributions == o->room) {
        size_t room = o->room == 0 ? 8 : 2 * o->room;

        more = hone_resize(o->distribution, room, sizeof(*more));
        if (more == NULL) {
            return no_memory(err);
        }
        o->distribution = more;
        o->room = room;
    }
    more = &o->distribution[o->distributions];
    *more = (struct hone_optuna_choices){.json = hone_arena_text(&o->arena, json, strlen(json))};
    if (more->json == NULL) {
        return no_memory(err);
    }
    o->distributions++;
    *ret = more;
    return read_choices(o, more, err);
}

/* The number itself, or the index of a choice; nothing where that cannot be told. */
static enum hone_code read_value(struct hone_optuna *o, struct hone_value *ret,
    struct hone_err *err) {
    const char *json = hone_sql_text(o->params, 2);
    double x = hone_sql_real(o->params, 1);
    const struct hone_optuna_choices *choices = NULL;
    enum hone_code code = hone_optuna_find_choices(o, json == NULL ? "" : json, &choices, err);

    if (code != HONE_OK) {
        return code;
    }
    *ret = (struct hone_value){.type = HONE_REAL, .real = x};
    if (choices->unreadable || choices->count > 0) {
        bool is_index = x >= 0 && x < (double)choices->count;

        *ret = is_index ? choices->value[(size_t)x] : (struct hone_value){.type = HONE_NULL};
    }
    return HONE_OK;
}

/* ---- Trials ---- */

static enum hone_code make_param_room(struct hone_optuna *o, size_t count, struct hone_err *err) {
    size_t room = o->param_room == 0 ? 16 : 2 * o->param_room;
    const char **name;
    struct hone_value *param;

    if (count < o->param_room) {
        return HONE_OK;
    }
    name = hone_resize(o->name, room, sizeof(*name));
    o->name = name != NULL ? name : o->name;
    param = hone_resize(o->param, room, sizeof(*param));
    o->param = param != NULL ? param : o->param;
    if (name == NULL || param == NULL) {
        return no_memory(err);
    }
    o->param_room = room;
    return HONE_OK;
}

static enum hone_code read_params(struct hone_optuna *o, int64_t trial,
    struct hone_foreign *foreign, struct hone_err *err) {
    size_t count = 0;
    bool row = false;
    enum hone_code code;

    hone_sql_bind_int(o->params, 1, trial);
    while ((code = hone_sql_next(&o->db, o->params, &row, err)) == HONE_OK && row) {
        code = make_param_room(o, count, err);
        if (code == HONE_OK) {
            o->name[count] = keep(&o->scratch, o->params, 0);
            code = o->name[count] == NULL ? no_memory(err) : read_value(o, &o->param[count], err);
        }
        if (code != HONE_OK) {
            break;
        }
        count++;
    }
    (void)sqlite3_reset(o->params);
    foreign->params = count;
    foreign->name = o->name;
    foreign->param = o->param;
    return code;
}

static enum hone_code read_result(struct hone_optuna *o, int64_t trial,
    struct hone_foreign *foreign, struct hone_err *err) {
    bool row = false;
    enum hone_code code;

    hone_sql_bind_int(o->values, 1, trial);
    code = hone_sql_next(&o->db, o->values, &row, err);
    foreign->value = code == HONE_OK && row ? hone_sql_real(o->values, 0) : (double)NAN;
    (void)sqlite3_reset(o->values);
    return code;
}

static enum hone_code make_fold_room(struct hone_optuna *o, size_t count, struct hone_err *err) {
    size_t room = o->fold_room == 0 ? 16 : 2 * o->fold_room;
    double *fold;

    if (count < o->fold_room) {
        return HONE_OK;
    }
    fold = hone_resize(o->fold, room, sizeof(*fold));
    if (fold == NULL) {
        return no_memory(err);
    }
    o->fold = fold;
    o->fold_room = room;
    return HONE_OK;
}

static enum hone_code read_folds(struct hone_optuna *o, int64_t trial,
    struct hone_foreign *foreign, struct hone_err *err) {
    bool are_folds = true;
    size_t count = 0;
    bool row = false;
    enum hone_code code = HONE_OK;

    hone_sql_bind_int(o->steps, 1, trial);
    while (are_folds && (code = hone_sql_next(&o->db, o->steps, &row, err)) == HONE_OK && row) {
        are_folds = sqlite3_column_int64(o->steps, 0) == (int64_t)count && count < MOST_FOLDS;
        code = make_fold_room(o, count, err);
        if (code != HONE_OK) {
            break;
        }
        o->fold[count++] = hone_sql_real(o->steps, 1);
    }
    (void)sqlite3_reset(o->steps);
    foreign->folds = are_folds ? count : 0;
    foreign->fold = o->fold;
    return code;
}

static enum hone_state state_of(const char *text) {
    static const struct {
        const char *name;
        enum hone_state state;
    } states[] = {{"COMPLETE", HONE_COMPLETE}, {"PRUNED", HONE_PRUNED}, {"FAIL", HONE_FAILED},
        {"RUNNING", HONE_RUNNING}};

    for (size_t i = 0; text != NULL && i < sizeof(states) / sizeof(states[0]); i++) {
        if (strcmp(states[i].name, text) == 0) {
            return states[i].state;
        }
    }
    return HONE_WAITING;
}

static enum hone_code read_trial(struct hone_optuna *o, sqlite3_stmt *stmt,
    struct hone_foreign *ret, struct hone_err *err) {
    struct hone_foreign foreign = {
        .number = (uint64_t)sqlite3_column_int64(stmt, 1),
        .state = state_of(hone_sql_text(stmt, 2)),
        .sem = (double)NAN,
        .started_ms = sqlite3_column_int64(stmt, 3),
        .finished_ms = sqlite3_column_int64(stmt, 4),
    };
    int64_t trial = sqlite3_column_int64(stmt, 0);
    enum hone_code code = read_params(o, trial, &foreign, err);

    if (foreign.finished_ms >= foreign.started_ms && foreign.started_ms > 0) {
        foreign.seconds = (double)(foreign.finished_ms - foreign.started_ms) / 1000;
    }
    if (code == HONE_OK) {
        code = read_result(o, trial, &foreign, err);
    }
    if (code == HONE_OK) {
        code = read_folds(o, trial, &foreign, err);
    }
    *ret = foreign;
    return code;
}

/* Times are naive UTC; a Julian day's double is exact to a fraction of a
 * millisecond. */
static const char trials_sql[] =
    "SELECT trial_id, number, state,"
    " CAST(round((julianday(datetime_start) - 2440587.5) * 86400000) AS INTEGER),"
    " CAST(round((julianday(datetime_complete) - 2440587.5) * 86400000) AS INTEGER)"
    " FROM main.trials WHERE study_id = ? ORDER BY trial_id";

enum hone_code hone_optuna_trials(struct hone_optuna *o, hone_foreign_visit *visit, void *self,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(&o->db, trials_sql, &stmt, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, o->study);
    }
    while (code == HONE_OK && (code = hone_sql_next(&o->db, stmt, &row, err)) == HONE_OK && row) {
        struct hone_foreign foreign;

        hone_arena_reset(&o->scratch);
        code = read_trial(o, stmt, &foreign, err);
        if (code == HONE_OK && !visit(self, &foreign)) {
            break;
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}
