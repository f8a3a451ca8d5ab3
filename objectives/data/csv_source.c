#include "objectives/data/csv_source.h"

#include "engine/alloc.h"
#include "objectives/data/lines.h"

#include <csv.h>
#include <string.h>

enum {
    CELL_BLOCK = 4096,           /* libcsv's buffer grows by this much */
    LONGEST_CELL = 1024 * 1024,  /* a quote that is never closed must not swallow a whole file */
    BETWEEN_ROWS = 0,            /* csv_parser.pstate: no row has begun */
};

/* One reading. libcsv calls back; what goes wrong there is kept in `code`. */
struct reading {
    struct hone_table *table;
    struct hone_err *err;
    enum hone_code code;
    struct csv_parser parser;
    bool in_header;
    struct hone_arena names; /* cells of the header until it is complete */
    const char **name;
    size_t name_room;
    size_t cells;            /* seen in the row being read */
    size_t line;             /* being read */
    size_t row_line;         /* where the row being read began */
    size_t quote_line;       /* where the last cell that spans lines began */
};

static void header_cell(struct reading *reading, const char *text, size_t length) {
    const char *copy = hone_arena_text(&reading->names, text, length);

    if (reading->cells == reading->name_room) {
        size_t room = 2 * reading->name_room + 16;
        const char **wider = hone_resize(reading->name, room, sizeof(*wider));

        reading->name = wider != NULL ? wider : reading->name;
        reading->name_room = wider != NULL ? room : reading->name_room;
    }
    if (copy == NULL || reading->cells == reading->name_room) {
        reading->code = hone_fail(reading->err, HONE_E_NOMEM, "reading '%s'",
            reading->table->path);
        return;
    }
    reading->name[reading->cells] = copy;
}

static void take_cell(void *bytes, size_t length, void *context) {
    struct reading *reading = context;
    const char *text = bytes != NULL ? bytes : "";

    if (reading->code != HONE_OK) {
        return;
    }
    if (reading->in_header) {
        header_cell(reading, text, length);
    } else if (reading->cells < reading->table->columns) {
        reading->code = hone_table_put_text(reading->table, reading->cells, text,
            reading->row_line, reading->err);
    }
    reading->cells++;
}

static enum hone_code fail_ragged(const struct reading *reading) {
    bool spans = reading->line > reading->row_line;

    return hone_table_fail(reading->table, reading->row_line, reading->err,
        "%zu cell%s where the header has %zu; %s", reading->cells, reading->cells == 1 ? "" : "s",
        reading->table->columns, spans
            ? "is the quote that spans lines here closed where it should be?"
            : "a cell that contains a comma must stand in quotes");
}

static void take_row(int terminator, void *context) {
    struct reading *reading = context;

    (void)terminator;
    if (reading->code != HONE_OK) {
        return;
    }
    if (reading->in_header) {
        reading->code = hone_table_begin(reading->table, reading->name, reading->cells,
            reading->row_line, reading->err);
        reading->in_header = false;
    } else if (reading->cells != reading->table->columns) {
        reading->code = fail_ragged(reading);
    } else {
        hone_table_end_row(reading->table);
    }
    reading->cells = 0;
}

static enum hone_code fail_quote(const struct reading *reading) {
    return hone_table_fail(reading->table, reading->quote_line, reading->err,
        "the quote that begins here is not closed; a quote within quotes is written twice");
}

static enum hone_code parse_line(struct reading *reading, const char *text, size_t length) {
    struct csv_parser *parser = &reading->parser;
    size_t cells_before = reading->cells;
    bool was_open = parser->pstate != BETWEEN_ROWS;

    if (!was_open) {
        reading->row_line = reading->line;
    }
    if (csv_parse(parser, text, length, take_cell, take_row, reading) != length) {
        return hone_fail(reading->err, HONE_E_NOMEM, "%s:%zu: %s", reading->table->path,
            reading->line, csv_strerror(csv_error(parser)));
    }
    /* A row still open after a line's end is within quotes, and they began on
     * this line unless the cell that was open before still is. */
    if (reading->code == HONE_OK && parser->pstate != BETWEEN_ROWS &&
        (!was_open || reading->cells != cells_before)) {
        reading->quote_line = reading->line;
    }
    if (reading->code == HONE_OK && parser->entry_pos > LONGEST_CELL) {
        return fail_quote(reading);
    }
    return reading->code;
}

/* The last row may lack its line end; libcsv delivers it now. Only here is it
 * told to be strict, which at the end means that quotes must be closed; within
 * lines a quote as in 5" pipe is taken as it is. */
static enum hone_code parse_end(struct reading *reading) {
    (void)csv_set_opts(&reading->parser, CSV_APPEND_NULL | CSV_STRICT | CSV_STRICT_FINI);
    if (reading->parser.pstate != BETWEEN_ROWS &&
        csv_fini(&reading->parser, take_cell, take_row, reading) != 0) {
        return fail_quote(reading);
    }
    if (reading->code == HONE_OK && reading->in_header) {
        return hone_table_fail(reading->table, 0, reading->err,
            "the file is empty; a header line with the column names is needed");
    }
    return reading->code;
}

static enum hone_code read_lines(struct reading *reading, struct hone_lines *lines) {
    const char *text;
    size_t length;
    enum hone_code code = HONE_OK;

    for (;;) {
        code = hone_lines_next(lines, &text, &length, reading->err);
        if (code != HONE_OK || length == 0) {
            break;
        }
        reading->line = lines->line;
        code = parse_line(reading, text, length);
        if (code != HONE_OK) {
            break;
        }
    }
    return code == HONE_OK ? parse_end(reading) : code;
}

static void *grow(void *block, size_t size_bytes) {
    return hone_resize(block, size_bytes, 1);
}

enum hone_code hone_csv_read(struct hone_table *table, struct hone_err *err) {
    struct reading reading = {.table = table, .err = err, .in_header = true};
    struct hone_lines lines;
    enum hone_code code;

    if (csv_init(&reading.parser, CSV_APPEND_NULL) != 0) {
        return hone_fail(err, HONE_E_NOMEM, "reading '%s'", table->path);
    }
    csv_set_blk_size(&reading.parser, CELL_BLOCK);
    csv_set_realloc_func(&reading.parser, grow);
    csv_set_free_func(&reading.parser, hone_free);
    code = hone_lines_open(&lines, table->path, err);
    if (code == HONE_OK) {
        code = read_lines(&reading, &lines);
    }
    if (code == HONE_OK) {
        hone_hash_hex(&lines.hash, table->hash);
    }
    hone_lines_close(&lines);
    csv_free(&reading.parser);
    hone_free(reading.name);
    hone_arena_finish(&reading.names);
    return code;
}
