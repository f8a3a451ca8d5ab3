#include "objectives/data/table.h"

#include "engine/alloc.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    FIRST_ROWS = 1024,
    FEW_LEVELS = 20, /* so many different texts are a category whatever the number of rows */
};

enum hone_code hone_table_fail(const struct hone_table *table, size_t line, struct hone_err *err,
    const char *format, ...) {
    char sentence[sizeof(err->text)];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    (void)hone_fail(err, HONE_E_INPUT, "%s", sentence);
    if (line == 0) {
        return hone_while(err, "%s", table->path);
    }
    return hone_while(err, "%s%s%zu", table->path, table->line_word, line);
}

static void column_forget_rows(struct hone_column *column) {
    hone_free(column->number);
    hone_free(column->level);
    hone_levels_finish(&column->levels);
    column->number = NULL;
    column->level = NULL;
    column->room = 0;
    column->missing = column->numbers = column->words = 0;
    column->word_line = column->huge_line = 0;
}

void hone_table_finish(struct hone_table *table) {
    for (size_t i = 0; i < table->columns; i++) {
        column_forget_rows(&table->column[i]);
    }
    hone_free(table->column);
    hone_missing_finish(&table->missing);
    hone_arena_finish(&table->names);
    *table = (struct hone_table){0};
}

bool hone_table_again(struct hone_table *table) {
    bool again = false;

    for (size_t i = 0; i < table->columns; i++) {
        again = again || table->column[i].again;
    }
    for (size_t i = 0; again && i < table->columns; i++) {
        if (table->column[i].fault == HONE_COLUMN_FINE) {
            column_forget_rows(&table->column[i]);
            table->column[i].again = false;
        }
    }
    table->rows = again ? 0 : table->rows;
    return again;
}

void hone_table_end_row(struct hone_table *table) {
    table->rows++;
}

/* Room for the cell of the row being read. */
static enum hone_code make_room(const struct hone_table *table, struct hone_column *column,
    struct hone_err *err) {
    size_t room = column->room > 0 ? 2 * column->room : FIRST_ROWS;
    void *wider;

    if (table->rows < column->room) {
        return HONE_OK;
    }
    wider = column->is_text ? hone_resize(column->level, room, sizeof(*column->level))
                            : hone_resize(column->number, room, sizeof(*column->number));
    if (wider == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading '%s': %zu rows", table->path, table->rows);
    }
    if (column->is_text) {
        column->level = wider;
    } else {
        column->number = wider;
    }
    column->room = room;
    return HONE_OK;
}

enum hone_code hone_table_put_nothing(struct hone_table *table, size_t at, size_t line,
    struct hone_err *err) {
    static const char *const role[] = {[HONE_USE_TARGET] = "the target",
        [HONE_USE_GROUP] = "cv.group", [HONE_USE_TIME] = "cv.time"};
    struct hone_column *column = &table->column[at];
    enum hone_code code;

    if (column->use == HONE_USE_NOTHING || column->again) {
        return HONE_OK;
    }
    if (column->use != HONE_USE_FEATURE) {
        return hone_table_fail(table, line, err,
            "column '%s' (%s) is missing here; leave the row out or fill the cell",
            hone_cell_show(column->name).text, role[column->use]);
    }
    code = make_room(table, column, err);
    if (code != HONE_OK) {
        return code;
    }
    column->missing++;
    if (column->is_text) {
        column->level[table->rows] = -1;
    } else {
        column->number[table->rows] = NAN;
    }
    return HONE_OK;
}

static enum hone_code store_number(struct hone_table *table, struct hone_column *column,
    double number, struct hone_err *err) {
    enum hone_code code = make_room(table, column, err);

    if (code != HONE_OK) {
        return code;
    }
    column->numbers++;
    column->number[table->rows] = number;
    return HONE_OK;
}

static enum hone_code store_huge(struct hone_table *table, struct hone_column *column,
    const char *text, size_t line, struct hone_err *err) {
    if (column->huge_line == 0) {
        column->huge_line = line;
        column->huge = hone_cell_show(text);
    }
    return store_number(table, column, INFINITY, err);
}

enum hone_code hone_table_put_number(struct hone_table *table, size_t at, double number,
    size_t line, struct hone_err *err) {
    struct hone_column *column = &table->column[at];

    if (column->use == HONE_USE_NOTHING || column->again) {
        return HONE_OK;
    }
    hone_assert(!column->is_text);
    if (hone_missing_is_number(&table->missing, number)) {
        return hone_table_put_nothing(table, at, line, err);
    }
    if (hone_cell_size(number) == HONE_CELL_HUGE) {
        return store_huge(table, column, signbit(number) ? "-inf" : "inf", line, err);
    }
    return store_number(table, column, number, err);
}

/* A column of numbers meets its first word. Cells that were missing so far can
 * be carried over; numbers cannot, because their texts are gone. */
static enum hone_code turn_to_text(struct hone_table *table, struct hone_column *column,
    struct hone_err *err) {
    size_t missing = column->missing;

    column->again = column->numbers > 0;
    column_forget_rows(column);
    column->is_text = true;
    if (column->again) {
        return HONE_OK;
    }
    column->missing = missing;
    column->room = table->rows + FIRST_ROWS;
    column->level = hone_new_array(column->room, sizeof(*column->level));
    if (column->level == NULL) {
        column->room = 0;
        return hone_fail(err, HONE_E_NOMEM, "reading '%s'", table->path);
    }
    for (size_t i = 0; i < table->rows; i++) {
        column->level[i] = -1;
    }
    return HONE_OK;
}

/* A group or a time may have as many different texts as there are rows. */
static bool is_category(const struct hone_column *column) {
    return column->use == HONE_USE_FEATURE || column->use == HONE_USE_TARGET;
}

static bool mostly_numbers(const struct hone_column *column) {
    return column->numbers > column->words;
}

static enum hone_code fail_stray_word(const struct hone_table *table,
    const struct hone_column *column, struct hone_err *err) {
    return hone_table_fail(table, column->word_line, err,
        "column '%s': '%s' is not a number, but %zu of its cells are; correct it%s add it to "
        "data.missing%s", hone_cell_show(column->name).text, column->word.text, column->numbers,
        column->use == HONE_USE_TARGET ? ", or" : ",",
        column->use == HONE_USE_TARGET ? "" : ", or list the column under data.ignore");
}

static enum hone_code fail_identifier(const struct hone_table *table,
    const struct hone_column *column, struct hone_err *err) {
    return hone_table_fail(table, column->word_line, err,
        "column '%s' is text ('%s' is not a number) with %s%zu different values in %zu rows; %s",
        hone_cell_show(column->name).text, column->word.text,
        column->levels.count > HONE_MOST_LEVELS ? "more than " : "",
        column->levels.count > HONE_MOST_LEVELS ? (size_t)HONE_MOST_LEVELS : column->levels.count,
        table->rows, column->use == HONE_USE_TARGET
            ? "that is too many for classes; choose another data.target"
            : "if it identifies rows, list it under data.ignore");
}

static enum hone_code fail_huge(const struct hone_table *table, const struct hone_column *column,
    struct hone_err *err) {
    return hone_table_fail(table, column->huge_line, err,
        "column '%s': '%s' is infinite or too large to compute with; correct it, or add it "
        "to data.missing", hone_cell_show(column->name).text, column->huge.text);
}

static enum hone_code fail_empty(const struct hone_table *table, const struct hone_column *column,
    struct hone_err *err) {
    return hone_table_fail(table, 0, err,
        "column '%s' is missing in every row; list it under data.ignore",
        hone_cell_show(column->name).text);
}

/* In a survey, the column's cells are of no more use; else this is the end. */
static enum hone_code refuse(const struct hone_table *table, struct hone_column *column,
    enum hone_column_fault fault, struct hone_err *err) {
    static enum hone_code (*const fail[])(const struct hone_table *, const struct hone_column *,
        struct hone_err *) = {[HONE_COLUMN_EMPTY] = fail_empty, [HONE_COLUMN_HUGE] = fail_huge,
        [HONE_COLUMN_STRAY_WORD] = fail_stray_word,
        [HONE_COLUMN_IDENTIFIER] = fail_identifier};

    if (!table->survey || column->use != HONE_USE_FEATURE) {
        return fail[fault](table, column, err);
    }
    column->fault = fault;
    column->use = HONE_USE_NOTHING;
    return HONE_OK;
}

static enum hone_code store_level(struct hone_table *table, struct hone_column *column,
    const char *text, size_t line, struct hone_err *err) {
    double number;
    int32_t level = 0;
    enum hone_code code = make_room(table, column, err);

    if (code == HONE_OK) {
        code = hone_levels_index(&column->levels, text, &level, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    column->level[table->rows] = level;
    if (hone_cell_read(text, &number) == HONE_CELL_NUMBER) {
        column->numbers++;
    } else if (column->words++ == 0) {
        column->word_line = line;
        column->word = hone_cell_show(text);
    }
    if (table->like == NULL && is_category(column) && column->levels.count > HONE_MOST_LEVELS &&
        column->words > 0) {
        return refuse(table, column,
            mostly_numbers(column) ? HONE_COLUMN_STRAY_WORD : HONE_COLUMN_IDENTIFIER, err);
    }
    return HONE_OK;
}

enum hone_code hone_table_put_text(struct hone_table *table, size_t at, const char *text,
    size_t line, struct hone_err *err) {
    struct hone_column *column = &table->column[at];
    enum hone_cell_kind kind;
    enum hone_code code;
    double number = 0.0;

    if (column->use == HONE_USE_NOTHING || column->again) {
        return HONE_OK;
    }
    if (hone_missing_is(&table->missing, text)) {
        return hone_table_put_nothing(table, at, line, err);
    }
    if (column->is_text) {
        return store_level(table, column, text, line, err);
    }
    kind = hone_cell_read(text, &number);
    if (kind == HONE_CELL_NUMBER) {
        return hone_table_put_number(table, at, number, line, err);
    }
    if (kind == HONE_CELL_HUGE) {
        return store_huge(table, column, text, line, err);
    }
    code = turn_to_text(table, column, err);
    if (code != HONE_OK || column->again) {
        return code;
    }
    return store_level(table, column, text, line, err);
}

static enum hone_column_fault category_fault(const struct hone_table *table,
    const struct hone_column *column) {
    bool many = 2 * column->levels.count > table->rows;

    if (mostly_numbers(column) &&
        (column->words == 1 || many || column->levels.count > FEW_LEVELS)) {
        return HONE_COLUMN_STRAY_WORD;
    }
    return many && column->levels.count > FEW_LEVELS ? HONE_COLUMN_IDENTIFIER : HONE_COLUMN_FINE;
}

static enum hone_column_fault column_fault(const struct hone_table *table,
    const struct hone_column *column) {
    if (column->use == HONE_USE_NOTHING) {
        return HONE_COLUMN_FINE;
    }
    if (column->missing == table->rows) {
        return HONE_COLUMN_EMPTY;
    }
    if (!column->is_text && column->huge_line > 0) {
        return HONE_COLUMN_HUGE;
    }
    return column->is_text && is_category(column) ? category_fault(table, column)
                                                  : HONE_COLUMN_FINE;
}

enum hone_code hone_table_check(struct hone_table *table, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    if (table->rows < 2) {
        return hone_table_fail(table, 0, err, "%zu row%s of data; at least 2 are needed",
            table->rows, table->rows == 1 ? "" : "s");
    }
    for (size_t i = 0; code == HONE_OK && i < table->columns; i++) {
        enum hone_column_fault fault = column_fault(table, &table->column[i]);

        if (fault != HONE_COLUMN_FINE) {
            code = refuse(table, &table->column[i], fault, err);
        }
    }
    return code;
}

/* Whether the column that is to be like another should hold texts. */
static bool wants_text(const struct hone_table *table, const struct hone_column *column) {
    return column->use == HONE_USE_TARGET
               ? hone_classes_are_texts(table->like)
               : table->like->feature[column->feature].kind == HONE_FEATURE_LEVEL;
}

enum hone_code hone_table_check_like(const struct hone_table *table, struct hone_err *err) {
    if (table->rows == 0) {
        return hone_table_fail(table, 0, err, "no rows of data; at least 1 is needed");
    }
    for (size_t i = 0; i < table->columns; i++) {
        const struct hone_column *column = &table->column[i];

        if (column->use == HONE_USE_NOTHING) {
            continue;
        }
        if (column->is_text && !wants_text(table, column)) {
            return hone_table_fail(table, column->word_line, err,
                "column '%s' has '%s' here; numbers were learned from",
                hone_cell_show(column->name).text, column->word.text);
        }
        if (!column->is_text && column->huge_line > 0) {
            return fail_huge(table, column, err);
        }
    }
    return HONE_OK;
}
