/* Rows and columns as an aligned table for people, CSV (quoted as RFC 4180 says,
 * lines ended as Unix does) or JSON for programs. CSV and JSON are written as
 * they come; a table waits for its end, for the widths. */
#ifndef HONE_CLI_TABLE_H
#define HONE_CLI_TABLE_H

#include "engine/cli/args.h"
#include "engine/cli/out.h"
#include "engine/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of a column once all cells are there. */
struct cli_column {
    size_t width; /* of its widest cell */
    size_t extra; /* most bytes that a cell has beyond its width */
    bool number;  /* its name stands to the right */
};

struct cli_table {
    struct cli_out *out;
    enum cli_format format; /* TABLE, CSV or JSON */
    size_t columns;
    const char *const *name; /* (columns) not owned */
    size_t column;           /* next cell */
    size_t rows;
    struct hone_buf text;       /* table: all cells, one after another */
    struct hone_buf cells;      /* table: an array of struct cell_place */
    struct cli_column *shape;   /* table: (columns) */
    bool failed;
};

/* Names must stay until the end. */
void cli_table_start(struct cli_table *table, struct cli_out *out, enum cli_format format,
    size_t columns, const char *const *name);

/* The next cell of the row; after the last column the row is ended by itself. */
void cli_table_none(struct cli_table *table);
void cli_table_text(struct cli_table *table, const char *text); /* NULL: none */
void cli_table_count(struct cli_table *table, uint64_t count);
void cli_table_int(struct cli_table *table, int64_t number);
void cli_table_real(struct cli_table *table, double number); /* not finite: none */
void cli_table_time(struct cli_table *table, int64_t wall_ms); /* 0: none */
void cli_table_bool(struct cli_table *table, bool truth);
void cli_table_json(struct cli_table *table, const char *json); /* as it is in JSON, text else */

/* Writes what is left and releases. */
HONE_MUST_CHECK enum hone_code cli_table_finish(struct cli_table *table, struct hone_err *err);

/* Releases without writing more, when the rows could not all be had. */
void cli_table_drop(struct cli_table *table);

/* Appends one CSV field, quoted when it must be. On a terminal control
 * characters are shown. */
void cli_add_csv(struct cli_out *out, const char *text);

/* Appends a number with at most six significant digits, as "%.6g" but for a
 * last digit that is a tie; ten times faster. */
void cli_add_short_real(struct hone_buf *buf, double number);

/* Whether both are the same number with the digits that are shown. */
bool cli_looks_same(double number, double other);

/* Appends a whole number. */
void cli_add_uint(struct hone_buf *buf, uint64_t number);

#endif
