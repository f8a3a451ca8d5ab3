#include "engine/cli/columns.h"

#include "objectives/data/csv_source.h"
#include "objectives/data/dataset.h"
#include "objectives/data/kfold.h"
#include "objectives/data/table.h"

#include <string.h>

/* Texts that are all different name rows. */
static bool texts_name_rows(const struct hone_table *table, const struct hone_column *column) {
    return column->levels.count == table->rows && table->rows > 2;
}

/* 1, 2, 3 … from anywhere. The only column beside the target is more likely to count
 * something else. */
static bool numbers_count_rows(const struct hone_table *table, const struct hone_column *column) {
    for (size_t i = 1; i < table->rows; i++) {
        if (column->number[i] != column->number[i - 1] + 1) {
            return false;
        }
    }
    return table->rows > 2 && table->columns > 2;
}

/* Nothing, when the column is to be learned from. A comment cannot quote a cell: not
 * all that ends a line there is known here. */
static void add_reason(const struct hone_table *table, size_t at, struct hone_buf *buf) {
    const struct hone_column *column = &table->column[at];

    if (column->fault == HONE_COLUMN_EMPTY) {
        hone_buf_add(buf, "missing in every row");
    } else if (column->fault == HONE_COLUMN_HUGE) {
        hone_buf_printf(buf, "infinite or too large in line %zu", column->huge_line);
    } else if (column->fault == HONE_COLUMN_STRAY_WORD) {
        hone_buf_printf(buf, "numbers, but for words as in line %zu", column->word_line);
    } else if (at != table->target && (column->is_text ? texts_name_rows(table, column)
                                                       : numbers_count_rows(table, column))) {
        hone_buf_add(buf, "it numbers or names the rows");
    } else if (column->fault == HONE_COLUMN_IDENTIFIER) {
        hone_buf_printf(buf, "text of %s%zu different values",
            column->levels.count > HONE_MOST_LEVELS ? "more than " : "",
            column->levels.count > HONE_MOST_LEVELS ? (size_t)HONE_MOST_LEVELS
                                                    : column->levels.count);
    }
}

static enum hone_code keep_text(struct hone_arena *arena, const char *text, const char **ret,
    struct hone_err *err) {
    *ret = hone_arena_text(arena, text, strlen(text));
    return *ret == NULL ? hone_fail(err, HONE_E_NOMEM, "the columns") : HONE_OK;
}

static enum hone_code note_column(const struct hone_table *table, size_t at,
    struct hone_arena *arena, struct cli_columns *columns, struct hone_err *err) {
    struct cli_ignored *ignored = &columns->ignore[columns->ignored];
    struct hone_buf reason = {0};
    enum hone_code code;

    add_reason(table, at, &reason);
    code = hone_buf_ok(&reason, err);
    if (code == HONE_OK && reason.length > 0) {
        columns->ignored++;
        code = keep_text(arena, table->column[at].name, &ignored->name, err);
    }
    if (code == HONE_OK && reason.length > 0) {
        code = keep_text(arena, hone_buf_text(&reason), &ignored->why, err);
    }
    hone_buf_finish(&reason);
    return code;
}

static enum hone_code note_columns(const struct hone_table *table, struct hone_arena *arena,
    struct cli_columns *columns, struct hone_err *err) {
    enum hone_code code =
        keep_text(arena, table->column[table->target].name, &columns->target, err);

    columns->rows = table->rows;
    columns->ignore = hone_arena_array(arena, table->columns, sizeof(*columns->ignore));
    if (columns->ignore == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the columns");
    }
    for (size_t i = 0; code == HONE_OK && i < table->columns; i++) {
        code = note_column(table, i, arena, columns, err);
    }
    columns->features = table->columns - 1 - columns->ignored;
    return code;
}

/* Why each of the others is of no use. */
static enum hone_code fail_without_features(const char *path, const struct cli_columns *columns,
    struct hone_err *err) {
    struct hone_buf reasons = {0};

    for (size_t i = 0; i < columns->ignored; i++) {
        hone_buf_printf(&reasons, "%s'%s' (%s)", i == 0 ? ": " : ", ", columns->ignore[i].name,
            columns->ignore[i].why);
    }
    (void)hone_fail(err, HONE_E_INPUT, "%s: no column is left to learn from beside '%s'%s", path,
        columns->target, hone_buf_text(&reasons));
    hone_buf_finish(&reasons);
    return HONE_E_INPUT;
}

/* The table as the objective will read it, but no column beside the target is refused. */
static enum hone_code look_at_table(const char *path, struct hone_arena *arena,
    struct cli_columns *columns, struct hone_err *err) {
    const struct hone_data_config config = {.csv = path};
    struct hone_table table = {.path = path, .config = &config, .line_word = ":", .what = "header",
        .survey = true};
    enum hone_code code = hone_missing_init(&table.missing, NULL, err);

    if (code == HONE_OK) {
        code = hone_csv_read(&table, err);
    }
    if (code == HONE_OK && hone_table_again(&table)) {
        code = hone_csv_read(&table, err);
    }
    if (code == HONE_OK) {
        code = hone_table_check(&table, err);
    }
    if (code == HONE_OK) {
        code = note_columns(&table, arena, columns, err);
    }
    if (code == HONE_OK && columns->features == 0) {
        code = fail_without_features(path, columns, err);
    }
    hone_table_finish(&table);
    return code;
}

/* What the target is, as the objective will see it. */
static enum hone_code look_at_task(const char *path, struct hone_arena *arena,
    struct cli_columns *columns, struct hone_err *err) {
    struct hone_value *names = hone_arena_array(arena, columns->ignored, sizeof(*names));
    const struct hone_value **items = hone_arena_array(arena, columns->ignored, sizeof(*items));
    struct hone_value list = {.type = HONE_LIST, .count = columns->ignored, .item = items};
    struct hone_data_config config = {.csv = path, .ignore = &list};
    struct hone_dataset *data = NULL;
    enum hone_code code;

    if (names == NULL || items == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the columns");
    }
    for (size_t i = 0; i < columns->ignored; i++) {
        names[i] = (struct hone_value){.type = HONE_TEXT, .text = columns->ignore[i].name};
        items[i] = &names[i];
    }
    code = hone_dataset_read(&config, ".", NULL, NULL, &data, err);
    if (code == HONE_OK) {
        columns->classification = data->task == HONE_TASK_CLASSIFICATION;
        columns->classes = data->classes;
        columns->most_folds = data->rows;
    }
    if (code == HONE_OK && data->label != NULL) {
        code = hone_kfold_largest_class(data, &columns->most_folds, err);
    }
    hone_dataset_free(data);
    return code;
}

enum hone_code cli_columns_look(const char *path, struct hone_arena *arena,
    struct cli_columns *ret, struct hone_err *err) {
    struct cli_columns columns = {0};
    enum hone_code code = look_at_table(path, arena, &columns, err);

    if (code == HONE_OK) {
        code = look_at_task(path, arena, &columns, err);
    }
    if (code == HONE_OK) {
        *ret = columns;
    }
    if (code == HONE_E_IO) {
        err->code = HONE_E_INPUT; /* a file that the user named and cannot be read */
        code = HONE_E_INPUT;
    }
    return code;
}
