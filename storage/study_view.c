#include "storage/study_view.h"

#include "engine/alloc.h"
#include "engine/buf.h"
#include "storage/trial_rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { VIEW_PARAMS = 1900 };

static const char *const fixed_columns[] = {
    "number", "state", "value", "stderr", "seconds", "started", "finished", "error",
};

enum { FIXED_COLUMNS = sizeof(fixed_columns) / sizeof(fixed_columns[0]) };

/* ---- Names of columns ---- */

static int compare_names(const void *a, const void *b) {
    return sqlite3_stricmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_taken(const char *const *sorted, size_t count, const char *name) {
    return bsearch(&name, sorted, count, sizeof(*sorted), compare_names) != NULL;
}

/* Names that are free as they are keep their places; of two that differ only in
 * case the second one moves. */
static enum hone_code name_column(const char *const *taken, size_t count, const char *wanted,
    char **ret, struct hone_err *err) {
    struct hone_buf name = {0};
    enum hone_code code;

    hone_buf_add(&name, wanted);
    while (!name.failed && is_taken(taken, count, hone_buf_text(&name))) {
        hone_buf_add(&name, "_param");
    }
    code = hone_buf_ok(&name, err);
    if (code == HONE_OK && (*ret = hone_strdup(hone_buf_text(&name))) == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "naming the columns of a study: out of memory");
    }
    hone_buf_finish(&name);
    return code;
}

static void insert_sorted(const char **sorted, size_t count, const char *name) {
    size_t at = count;

    while (at > 0 && sqlite3_stricmp(sorted[at - 1], name) > 0) {
        sorted[at] = sorted[at - 1];
        at--;
    }
    sorted[at] = name;
}

static void free_names(char **names, size_t count) {
    for (size_t i = 0; names != NULL && i < count; i++) {
        hone_free(names[i]);
    }
    hone_free(names);
}

/* Fills column[count], owned by the caller. */
static enum hone_code name_columns(const struct hone_space *space, size_t count, char **column,
    struct hone_err *err) {
    const char **taken = hone_new_array(FIXED_COLUMNS + count, sizeof(*taken));
    enum hone_code code = HONE_OK;

    if (taken == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "naming the columns of a study: out of memory");
    }
    for (size_t i = 0; i < FIXED_COLUMNS; i++) {
        insert_sorted(taken, i, fixed_columns[i]);
    }
    for (size_t p = 0; p < count && code == HONE_OK; p++) {
        code = name_column(taken, FIXED_COLUMNS + p, space->param[p].name, &column[p], err);
        if (code == HONE_OK) {
            insert_sorted(taken, FIXED_COLUMNS + p, column[p]);
        }
    }
    hone_free(taken);
    return code;
}

/* ---- The text of the view ---- */

/* Any text as an SQL identifier. */
static void add_name(struct hone_buf *sql, const char *name) {
    hone_buf_add(sql, "\"");
    for (const char *at = name; *at != '\0'; at++) {
        hone_buf_add_bytes(sql, at, 1);
        if (*at == '"') {
            hone_buf_add(sql, "\"");
        }
    }
    hone_buf_add(sql, "\"");
}

/* Where x stands: the first parameters in the trial's row. */
static void add_x(struct hone_buf *sql, size_t p) {
    if (p < HONE_POINT_COLUMNS) {
        hone_buf_printf(sql, "t.x%zu", p);
    } else {
        hone_buf_printf(sql, "(SELECT x FROM trial_param WHERE trial = t.id AND param = %zu)", p);
    }
}

static void add_param(struct hone_buf *sql, const struct hone_param *param, size_t p,
    int64_t study, const char *column) {
    hone_buf_add(sql, "  ");
    if (param->type == HONE_PARAM_CATEGORICAL) {
        hone_buf_printf(sql,
            "(SELECT value FROM choice WHERE study = %lld AND param = %zu AND position = ",
            (long long)study, p);
    }
    add_x(sql, p);
    hone_buf_add(sql, param->type == HONE_PARAM_CATEGORICAL ? ") AS " : " AS ");
    add_name(sql, column);
    hone_buf_add(sql, ",\n");
}

static void add_view(struct hone_buf *sql, const char *name, int64_t study,
    const struct hone_space *space, char *const *column, size_t count) {
    hone_buf_add(sql, "CREATE VIEW ");
    add_name(sql, name);
    hone_buf_add(sql, " AS SELECT\n  t.number AS number,\n"
        "  CASE t.state WHEN 0 THEN 'waiting' WHEN 1 THEN 'running' WHEN 2 THEN 'complete'\n"
        "    WHEN 3 THEN 'pruned' ELSE 'failed' END AS state,\n"
        "  t.value AS value,\n  t.sem AS stderr,\n");
    for (size_t p = 0; p < count; p++) {
        add_param(sql, &space->param[p], p, study, column[p]);
    }
    hone_buf_printf(sql, "  t.seconds AS seconds,\n"
        "  strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', t.started_ms / 1000.0, 'unixepoch') AS started,\n"
        "  strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', t.finished_ms / 1000.0, 'unixepoch') AS finished,\n"
        "  t.error AS error\n"
        "FROM trial t WHERE t.study = %lld", (long long)study);
}

enum hone_code hone_study_view_create(struct hone_db *db, int64_t study, const char *name,
    const struct hone_space *space, struct hone_err *err) {
    size_t count = space->n < VIEW_PARAMS ? space->n : VIEW_PARAMS;
    struct hone_buf sql = {0};
    char **column = hone_new_array(count, sizeof(*column));
    enum hone_code code;

    if (column == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "making the view of a study: out of memory");
    }
    code = name_columns(space, count, column, err);
    if (code == HONE_OK) {
        add_view(&sql, name, study, space, column, count);
        code = hone_buf_ok(&sql, err);
    }
    if (code == HONE_OK) {
        code = hone_sql_exec(db, hone_buf_text(&sql), err);
    }
    free_names(column, count);
    hone_buf_finish(&sql);
    return code;
}

enum hone_code hone_study_view_drop(struct hone_db *db, const char *name, struct hone_err *err) {
    struct hone_buf sql = {0};
    enum hone_code code;

    hone_buf_add(&sql, "DROP VIEW IF EXISTS ");
    add_name(&sql, name);
    code = hone_buf_ok(&sql, err);
    if (code == HONE_OK) {
        code = hone_sql_exec(db, hone_buf_text(&sql), err);
    }
    hone_buf_finish(&sql);
    return code;
}
