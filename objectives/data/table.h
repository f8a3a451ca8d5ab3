/* A table being read: the columns somebody wants, each collected as numbers
 * until a cell says otherwise, then as text.
 *
 * A source (csv_source.h, sqlite_source.h) calls hone_table_begin once with the names
 * and then, row by row, a put for every cell and hone_table_end_row. Columns
 * that turn from numbers to text after their first cells have lost the texts
 * of those cells; then hone_table_again says so and the source is read a
 * second time, with those columns known as text. Memory holds each wanted cell
 * once, as 8 or 4 bytes, and the text of each level once. */
#ifndef HONE_OBJECTIVES_DATA_TABLE_H
#define HONE_OBJECTIVES_DATA_TABLE_H

#include "engine/err.h"
#include "objectives/data/cell.h"
#include "objectives/data/dataset.h"
#include "objectives/data/hash.h"
#include "objectives/data/levels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Above this a text column is an identifier, not a category. */
enum { HONE_MOST_LEVELS = 1000 };

enum hone_column_use {
    HONE_USE_FEATURE,
    HONE_USE_TARGET,
    HONE_USE_GROUP,
    HONE_USE_TIME,
    HONE_USE_NOTHING,
};

/* Why a column cannot be learned from. */
enum hone_column_fault {
    HONE_COLUMN_FINE,
    HONE_COLUMN_EMPTY,      /* missing in every row */
    HONE_COLUMN_HUGE,       /* infinite or too large, at huge_line */
    HONE_COLUMN_STRAY_WORD, /* numbers but for words as at word_line */
    HONE_COLUMN_IDENTIFIER, /* too many different texts */
};

struct hone_column {
    const char *name;
    enum hone_column_use use;
    enum hone_column_fault fault; /* in a survey: found, and the column is of no use then */
    bool is_text;
    bool again;     /* turned to text too late: another reading is needed */
    double *number; /* (rows) NaN: missing; while !is_text */
    int32_t *level; /* (rows) index into levels, -1: missing; when is_text */
    size_t room;
    struct hone_levels levels;
    size_t feature;   /* when the table is `like` another: the first it becomes */
    size_t missing;   /* cells */
    size_t numbers;   /* cells that are numbers, in a text column too */
    size_t words;     /* cells that are not */
    size_t word_line; /* of the first cell that is no number */
    struct hone_cell_shown word;
    size_t huge_line; /* of the first infinite or huge number, 0: none */
    struct hone_cell_shown huge;
};

struct hone_table {
    const char *path;      /* for messages; not owned */
    const char *line_word; /* ":" in a file, ": row " in a query's result */
    const char *what;      /* "header" or "query": what has the columns' names */
    const struct hone_data_config *config;
    const char *group, *time; /* column names or NULL */
    /* NULL, or a data set whose columns are looked for by name, others left out;
     * its target only when with_target. */
    const struct hone_dataset *like;
    bool with_target;
    bool survey; /* a feature that would be refused gets a fault instead */
    struct hone_missing missing;
    struct hone_arena names;
    size_t names_line; /* where the names stand, 0: in a query */
    struct hone_column *column; /* (columns) */
    size_t columns;
    size_t target; /* index */
    size_t rows;
    char hash[HONE_HASH_HEX]; /* of the last reading, set by the source */
};

void hone_table_finish(struct hone_table *table); /* accepts zeroed */

/* Tells the table its column names and gives each column its use, as config,
 * group and time say. `line` is where the names stand, 0 in a query. A second
 * reading must bring the same names. HONE_E_INPUT for an empty, doubled or
 * unknown name. */
HONE_MUST_CHECK enum hone_code hone_table_begin(struct hone_table *table,
    const char *const *names, size_t count, size_t line, struct hone_err *err);

/* Puts one cell into the row being read: a text that may stand for a number or
 * for nothing, a number, or nothing. `line` is where it stands. */
HONE_MUST_CHECK enum hone_code hone_table_put_text(struct hone_table *table, size_t column,
    const char *text, size_t line, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_table_put_number(struct hone_table *table, size_t column,
    double number, size_t line, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_table_put_nothing(struct hone_table *table, size_t column,
    size_t line, struct hone_err *err);

/* Counts the row whose cells were put. */
void hone_table_end_row(struct hone_table *table);

/* Whether the source must be read again; if so, forgets the rows. */
bool hone_table_again(struct hone_table *table);

/* After the last reading: refuses what cannot be a column of its use: all
 * missing, infinite, an identifier, a column of numbers with a stray word. A survey
 * refuses no feature: it has its fault instead. */
HONE_MUST_CHECK enum hone_code hone_table_check(struct hone_table *table,
    struct hone_err *err);

/* The same for a table that is `like` another: its columns hold numbers where that
 * has numbers, and there is at least one row. */
HONE_MUST_CHECK enum hone_code hone_table_check_like(const struct hone_table *table,
    struct hone_err *err);

/* HONE_E_INPUT "PATH:LINE: sentence"; without the line when it is 0. */
enum hone_code hone_table_fail(const struct hone_table *table, size_t line, struct hone_err *err,
    const char *format, ...) HONE_PRINTF(4, 5);

#endif
