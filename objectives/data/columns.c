/* What each column of a table is for, by its name (hone_table_begin). */
#include "objectives/data/table.h"

#include "engine/alloc.h"
#include "engine/problems.h"

#include <stdlib.h>
#include <string.h>

static enum hone_code copy_names(struct hone_table *table, const char *const *names, size_t count,
    struct hone_err *err) {
    table->column = hone_new_array(count, sizeof(*table->column));
    if (table->column == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading '%s'", table->path);
    }
    table->columns = count;
    for (size_t i = 0; i < count; i++) {
        table->column[i].name = hone_arena_text(&table->names, names[i], strlen(names[i]));
        if (table->column[i].name == NULL) {
            return hone_fail(err, HONE_E_NOMEM, "reading '%s'", table->path);
        }
    }
    return HONE_OK;
}

static int compare_names(const void *left, const void *right) {
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

/* `sorted` is room for the names, put in order to find doubles. */
static enum hone_code check_names(const struct hone_table *table, const char **sorted,
    struct hone_err *err) {
    for (size_t i = 0; i < table->columns; i++) {
        sorted[i] = table->column[i].name;
        if (sorted[i][0] == '\0') {
            return hone_table_fail(table, table->names_line, err,
                "column %zu has no name; the %s must name every column", i + 1, table->what);
        }
    }
    qsort(sorted, table->columns, sizeof(*sorted), compare_names);
    for (size_t i = 1; i < table->columns; i++) {
        if (strcmp(sorted[i - 1], sorted[i]) == 0) {
            return hone_table_fail(table, table->names_line, err,
                "two columns are named '%s'; the %s must name each once",
                hone_cell_show(sorted[i]).text, table->what);
        }
    }
    return HONE_OK;
}

/* Nothing is near: show what there is, as far as one line can. */
static enum hone_code fail_unknown(const struct hone_table *table, const char *name,
    const char *role, struct hone_err *err) {
    enum { NAMES_SHOWN = 8 };
    struct hone_buf names = {0};
    enum hone_code code;

    for (size_t i = 0; i < table->columns && i < NAMES_SHOWN; i++) {
        hone_buf_printf(&names, "%s%s", i > 0 ? ", " : "",
            hone_cell_show(table->column[i].name).text);
    }
    code = hone_table_fail(table, table->names_line, err,
        "no column '%s'%s in the %s; it has %s%s", hone_cell_show(name).text, role, table->what,
        hone_buf_text(&names), table->columns > NAMES_SHOWN ? ", ..." : "");
    hone_buf_finish(&names);
    return code;
}

/* The column of that name; `role` is "" or what it is for, as " (the target)". */
static enum hone_code find_column(const struct hone_table *table, const char *name,
    const char *role, const char *const *known, size_t *ret_at, struct hone_err *err) {
    const char *near;

    for (size_t i = 0; i < table->columns; i++) {
        if (strcmp(table->column[i].name, name) == 0) {
            *ret_at = i;
            return HONE_OK;
        }
    }
    near = hone_nearest(name, known, table->columns);
    if (near != NULL) {
        return hone_table_fail(table, table->names_line, err,
            "no column '%s'%s in the %s; did you mean '%s'?", hone_cell_show(name).text, role,
            table->what, hone_cell_show(near).text);
    }
    return fail_unknown(table, name, role, err);
}

/* Keeps what is wrong with a key as a line of its own, so that all of them are told. */
static enum hone_code keep_fault(struct hone_buf *faults, const char *key, enum hone_code code,
    const struct hone_err *err) {
    if (code != HONE_E_INPUT) {
        return code;
    }
    hone_buf_printf(faults, "%s%s: %s", faults->length > 0 ? "\n" : "", key, err->text);
    return HONE_OK;
}

static enum hone_code use_column(struct hone_table *table, const char *name,
    enum hone_column_use use, const char *const *known, struct hone_err *err) {
    size_t at;
    enum hone_code code;

    if (name == NULL) {
        return HONE_OK;
    }
    code = find_column(table, name, "", known, &at, err);
    if (code != HONE_OK) {
        return code;
    }
    if (use != HONE_USE_NOTHING && at == table->target) {
        return hone_table_fail(table, table->names_line, err,
            "column '%s' is the target; another is needed here", hone_cell_show(name).text);
    }
    table->column[at].use = use;
    /* A group is told from another by what is written; its numbers mean nothing. */
    table->column[at].is_text = use == HONE_USE_GROUP;
    return HONE_OK;
}

static enum hone_code ignore_columns(struct hone_table *table, const char *const *known,
    struct hone_buf *faults, struct hone_err *err) {
    const struct hone_value *list = table->config->ignore;
    size_t count = list == NULL ? 0 : list->type == HONE_LIST ? list->count : 1;
    struct hone_buf name = {0};
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < count; i++) {
        hone_buf_clear(&name);
        hone_value_write_plain(list->type == HONE_LIST ? list->item[i] : list, &name);
        code = hone_buf_ok(&name, err);
        if (code == HONE_OK) {
            code = keep_fault(faults, "data.ignore",
                use_column(table, hone_buf_text(&name), HONE_USE_NOTHING, known, err), err);
        }
    }
    hone_buf_finish(&name);
    return code;
}

static enum hone_code choose_target(struct hone_table *table, const char *const *known,
    struct hone_err *err) {
    const char *name = table->config->target;
    enum hone_code code = HONE_OK;

    table->target = name == NULL ? table->columns - 1 : table->columns;
    if (name != NULL) {
        code = find_column(table, name, "", known, &table->target, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    if (table->column[table->target].use == HONE_USE_NOTHING) {
        return hone_table_fail(table, table->names_line, err,
            "column '%s' is the target and cannot be ignored; choose another",
            hone_cell_show(table->column[table->target].name).text);
    }
    table->column[table->target].use = HONE_USE_TARGET;
    return HONE_OK;
}

static enum hone_code check_some_feature(const struct hone_table *table, struct hone_err *err) {
    for (size_t i = 0; i < table->columns; i++) {
        if (table->column[i].use == HONE_USE_FEATURE) {
            return HONE_OK;
        }
    }
    return hone_table_fail(table, table->names_line, err, "no column is left to learn from%s",
        table->columns == 1 && strpbrk(table->column[0].name, ";\t") != NULL
            ? "; the cells seem to be separated by semicolons or tabs, but commas are needed"
            : "; at least one beside the target is needed");
}

/* Columns are found by the names that features and target have in table->like. */
static enum hone_code choose_like(struct hone_table *table, const char *const *known,
    struct hone_err *err) {
    const struct hone_dataset *like = table->like;
    size_t at = 0;
    enum hone_code code = HONE_OK;

    for (size_t i = 0; i < table->columns; i++) {
        table->column[i].use = HONE_USE_NOTHING;
    }
    for (size_t f = 0; code == HONE_OK && f < like->features; f++) {
        if (f > 0 && like->feature[f].column == like->feature[f - 1].column) {
            continue;
        }
        code = find_column(table, like->feature[f].name, " (a feature)", known, &at, err);
        if (code == HONE_OK) {
            table->column[at].use = HONE_USE_FEATURE;
            table->column[at].feature = f;
            table->column[at].is_text = like->feature[f].kind == HONE_FEATURE_LEVEL;
        }
    }
    if (code == HONE_OK && table->with_target) {
        code = find_column(table, like->target_name, " (the target)", known, &at, err);
    }
    if (code == HONE_OK && table->with_target) {
        table->column[at].use = HONE_USE_TARGET;
        table->column[at].is_text = hone_classes_are_texts(like);
        table->target = at;
    }
    return code;
}

/* As the keys of the spec say. */
static enum hone_code choose_named(struct hone_table *table, const char *const *known,
    struct hone_buf *faults, struct hone_err *err) {
    enum hone_code code = ignore_columns(table, known, faults, err);

    if (code == HONE_OK) {
        code = keep_fault(faults, "data.target", choose_target(table, known, err), err);
    }
    if (code == HONE_OK) {
        code = keep_fault(faults, "cv.group",
            use_column(table, table->group, HONE_USE_GROUP, known, err), err);
    }
    if (code == HONE_OK) {
        code = keep_fault(faults, "cv.time",
            use_column(table, table->time, HONE_USE_TIME, known, err), err);
    }
    if (code == HONE_OK) {
        code = hone_buf_ok(faults, err);
    }
    return code == HONE_OK && faults->length > 0
               ? hone_fail(err, HONE_E_INPUT, "%s", hone_buf_text(faults))
               : code;
}

/* known[i] is the name of column i. */
static enum hone_code choose_uses(struct hone_table *table, const char **known,
    struct hone_err *err) {
    struct hone_buf faults = {0};
    enum hone_code code;

    for (size_t i = 0; i < table->columns; i++) {
        known[i] = table->column[i].name;
    }
    if (table->like != NULL) {
        return choose_like(table, known, err);
    }
    code = choose_named(table, known, &faults, err);
    hone_buf_finish(&faults);
    return code == HONE_OK ? check_some_feature(table, err) : code;
}

static enum hone_code check_same_names(const struct hone_table *table, const char *const *names,
    size_t count, struct hone_err *err) {
    bool same = count == table->columns;

    for (size_t i = 0; same && i < count; i++) {
        same = strcmp(names[i], table->column[i].name) == 0;
    }
    return same ? HONE_OK
                : hone_table_fail(table, table->names_line, err,
                      "the data changed while it was being read");
}

enum hone_code hone_table_begin(struct hone_table *table, const char *const *names, size_t count,
    size_t line, struct hone_err *err) {
    const char **scratch;
    enum hone_code code;

    if (table->columns > 0) {
        return check_same_names(table, names, count, err);
    }
    table->names_line = line;
    scratch = hone_new_array(count, sizeof(*scratch));
    if (scratch == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading '%s'", table->path);
    }
    code = copy_names(table, names, count, err);
    if (code == HONE_OK) {
        code = check_names(table, scratch, err);
    }
    if (code == HONE_OK) {
        code = choose_uses(table, scratch, err);
    }
    hone_free(scratch);
    return code;
}
