#include "engine/cli/table.h"

#include "engine/alloc.h"
#include "engine/cli/width.h"
#include "engine/clock.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    GAP = 2,         /* spaces between columns */
    UINT_TEXT = 20,  /* digits of 2^64 */
    SHORT_DIGITS = 6,
    DIGITS_COPY = 8, /* six digits, written in one step */
    SHORT_TEXT = 24, /* -1.23457e-06, and what is written behind it */
    CELL_LIMIT = 60,              /* widest cell of a table, in columns of a screen */
    CELL_BYTES = 4 * CELL_LIMIT, /* most of a cell: marks that combine have no width */
};

/* One cell of a table; the texts stand one after another. Small, because a
 * listing has a hundred thousand of them. */
struct cell_place {
    uint8_t length; /* at most CELL_BYTES */
    uint8_t width;  /* on a screen, at most CELL_LIMIT */
    bool number;    /* aligned to the right */
};

void cli_table_start(struct cli_table *table, struct cli_out *out, enum cli_format format,
    size_t columns, const char *const *name) {
    *table = (struct cli_table){.out = out, .format = format, .columns = columns, .name = name};
    if (format == CLI_JSON) {
        hone_buf_add(&out->text, "[");
    }
    if (format == CLI_TABLE) {
        table->shape = hone_new_array(columns, sizeof(*table->shape));
        table->failed = table->shape == NULL;
    }
    for (size_t i = 0; format == CLI_CSV && i < columns; i++) {
        hone_buf_add(&out->text, i == 0 ? "" : ",");
        cli_add_csv(out, name[i]);
    }
    if (format == CLI_CSV) {
        hone_buf_add(&out->text, "\n");
    }
}

void cli_add_csv(struct cli_out *out, const char *text) {
    struct hone_buf *buf = &out->text;

    if (text[strcspn(text, ",\"\r\n")] == '\0' && text[0] != ' ') {
        if (out->terminal) {
            hone_buf_add_printable(buf, text);
        } else {
            hone_buf_add(buf, text);
        }
        return;
    }
    hone_buf_add(buf, "\"");
    for (; *text != '\0'; text++) {
        char one[2] = {*text, '\0'};

        if (*text == '"') {
            hone_buf_add(buf, "\"\"");
        } else if (out->terminal) {
            hone_buf_add_printable(buf, one);
        } else {
            hone_buf_add_bytes(buf, one, 1);
        }
    }
    hone_buf_add(buf, "\"");
}

void cli_add_uint(struct hone_buf *buf, uint64_t number) {
    char digits[UINT_TEXT];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    hone_buf_add_bytes(buf, digits + at, sizeof(digits) - at);
}

/* Six digits, the first in the lowest byte: in a register, where they are cut
 * and moved without a loop. */
static uint64_t digits_of(uint32_t scaled) {
    return (uint64_t)(scaled / 100000) | (uint64_t)(scaled / 10000 % 10) << 8 |
           (uint64_t)(scaled / 1000 % 10) << 16 | (uint64_t)(scaled / 100 % 10) << 24 |
           (uint64_t)(scaled / 10 % 10) << 32 | (uint64_t)(scaled % 10) << 40;
}

/* How many are left without the zeros at the end; one at least. */
static int count_digits(uint64_t digits) {
    int count = SHORT_DIGITS;

    while (count > 1 && digits >> (8 * (count - 1)) == 0) {
        count--;
    }
    return count;
}

/* Writes DIGITS_COPY bytes, of which the first six are of use. */
static void put_digits(char *to, uint64_t digits) {
    uint64_t text = digits | UINT64_C(0x3030303030303030); /* '0' each */

    for (int i = 0; i < DIGITS_COPY; i++) {
        to[i] = (char)(text >> (8 * i));
    }
}

/* 123.457: scaled * 10^(exponent - 5), exponent from 0 to 5. Returns the end. */
static char *write_plain(char *to, uint32_t scaled, int exponent) {
    int whole = exponent + 1; /* digits before the point */
    uint64_t digits = digits_of(scaled);
    int count = count_digits(digits);

    put_digits(to, digits);
    if (count <= whole) {
        return to + whole;
    }
    to[whole] = '.';
    put_digits(to + whole + 1, digits >> (8 * whole));
    return to + count + 1;
}

/* 0.00123457, exponent from -4 to -1. */
static char *write_small(char *to, uint32_t scaled, int exponent) {
    uint64_t digits = digits_of(scaled);

    put_digits(to, 0);
    to[1] = '.';
    to += 1 - exponent;
    put_digits(to, digits);
    return to + count_digits(digits);
}

/* 1.23457e-06, exponent from -99 to -1. */
static char *write_scientific(char *to, uint32_t scaled, int exponent) {
    to = write_plain(to, scaled, 0);
    *to++ = 'e';
    *to++ = '-';
    *to++ = (char)('0' + -exponent / 10);
    *to++ = (char)('0' + -exponent % 10);
    return to;
}

/* As "%.6g"; returns the end. */
static char *write_short_real(char to[SHORT_TEXT], double number) {
    /* Powers that are exact in double, so that one rounding happens. */
    static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    double size = fabs(number);
    int exponent = 0; /* size = d.ddd * 10^exponent */
    uint32_t scaled;

    if (!(size >= 1e-12 && size < 999999)) {
        return to + snprintf(to, SHORT_TEXT, "%.*g", (int)SHORT_DIGITS, number);
    }
    while (size >= power[exponent + 1]) {
        exponent++;
    }
    while (exponent <= 0 && size * power[-exponent] < 1) {
        exponent--;
    }
    scaled = (uint32_t)(size * power[SHORT_DIGITS - 1 - exponent] + 0.5);
    if (scaled >= 1000000) { /* 9.999999 became 10.0000 */
        scaled /= 10;
        exponent++;
    }
    if (number < 0) {
        *to++ = '-';
    }
    if (exponent >= 0) {
        return write_plain(to, scaled, exponent);
    }
    return exponent >= -4 ? write_small(to, scaled, exponent)
                          : write_scientific(to, scaled, exponent);
}

void cli_add_short_real(struct hone_buf *buf, double number) {
    char *to = hone_buf_room(buf, SHORT_TEXT);

    if (to != NULL) {
        hone_buf_wrote(buf, write_short_real(to, number));
    }
}

bool cli_looks_same(double number, double other) {
    char text[2][SHORT_TEXT];
    size_t length = (size_t)(write_short_real(text[0], number) - text[0]);

    return length == (size_t)(write_short_real(text[1], other) - text[1]) &&
           memcmp(text[0], text[1], length) == 0;
}

/* Cuts the last cell, longer than a screen's patience: "beginning of it…". */
static void cut_cell(struct hone_buf *text, size_t at) {
    static const char mark[] = "\u2026";
    const size_t most = CELL_BYTES - (sizeof(mark) - 1);
    size_t length = text->length - at;

    if (length > most) {
        length = hone_utf8_cut(text->text + at, most);
    }
    text->length = at + cli_width_fitting(text->text + at, length, CELL_LIMIT - 1);
    hone_buf_add(text, mark);
}

static void row_end(struct cli_table *table) {
    table->column = 0;
    table->rows++;
    if (table->format == CLI_CSV) {
        hone_buf_add(&table->out->text, "\n");
    } else if (table->format == CLI_JSON) {
        hone_buf_add(&table->out->text, "}");
    }
    cli_out_turn(table->out);
}

/* Where the next cell is written. */
static struct hone_buf *cell_begin(struct cli_table *table) {
    struct hone_buf *out = &table->out->text;

    if (table->format == CLI_TABLE) {
        return &table->text;
    }
    if (table->format == CLI_CSV) {
        hone_buf_add(out, table->column == 0 ? "" : ",");
        return out;
    }
    if (table->column == 0) {
        hone_buf_add(out, table->rows == 0 ? "\n{" : ",\n{");
    }
    hone_buf_add(out, table->column == 0 ? "" : ",");
    hone_buf_add_json_text(out, table->name[table->column]);
    hone_buf_add(out, ":");
    return out;
}

/* Notes a table's cell whose text began at `at`. */
static void note_cell(struct cli_table *table, size_t at, bool number) {
    struct hone_buf *text = &table->text;
    size_t length = text->length - at;
    size_t width = number ? length : cli_width(hone_buf_text(text) + at, length);
    struct cli_column *column = &table->shape[table->column];
    struct cell_place *cell = (void *)hone_buf_room(&table->cells, sizeof(*cell));

    if (cell == NULL || text->failed) {
        table->failed = true;
        return;
    }
    if (width > CELL_LIMIT || length > CELL_BYTES) {
        cut_cell(text, at);
        length = text->length - at;
        width = cli_width(hone_buf_text(text) + at, length);
    }
    *cell = (struct cell_place){
        .length = (uint8_t)length, .width = (uint8_t)width, .number = number};
    hone_buf_wrote(&table->cells, (char *)(cell + 1));
    column->width = width > column->width ? width : column->width;
    column->extra = length - width > column->extra ? length - width : column->extra;
    column->number = column->number || number;
}

/* `at` is where the cell's text began. */
static void cell_end(struct cli_table *table, size_t at, bool number) {
    if (table->format == CLI_TABLE && !table->failed) {
        note_cell(table, at, number);
    }
    if (++table->column == table->columns) {
        row_end(table);
    }
}

void cli_table_none(struct cli_table *table) {
    struct hone_buf *buf = cell_begin(table);
    size_t at = buf->length;

    if (table->format == CLI_JSON) {
        hone_buf_add(buf, "null");
    }
    cell_end(table, at, false);
}

void cli_table_text(struct cli_table *table, const char *text) {
    struct hone_buf *buf;
    size_t at;

    if (text == NULL) {
        cli_table_none(table);
        return;
    }
    buf = cell_begin(table);
    at = buf->length;
    if (table->format == CLI_JSON) {
        hone_buf_add_json_text(buf, text);
    } else if (table->format == CLI_CSV) {
        cli_add_csv(table->out, text);
    } else {
        hone_buf_add_printable(buf, text);
    }
    cell_end(table, at, false);
}

void cli_table_count(struct cli_table *table, uint64_t count) {
    struct hone_buf *buf = cell_begin(table);
    size_t at = buf->length;

    cli_add_uint(buf, count);
    cell_end(table, at, true);
}

void cli_table_int(struct cli_table *table, int64_t number) {
    struct hone_buf *buf = cell_begin(table);
    size_t at = buf->length;

    if (number < 0) {
        hone_buf_add(buf, "-");
    }
    cli_add_uint(buf, number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number);
    cell_end(table, at, true);
}

void cli_table_real(struct cli_table *table, double number) {
    struct hone_buf *buf;
    size_t at;

    if (!isfinite(number)) {
        cli_table_none(table);
        return;
    }
    buf = cell_begin(table);
    at = buf->length;
    if (table->format == CLI_TABLE) {
        cli_add_short_real(buf, number);
    } else {
        hone_buf_add_real(buf, number);
    }
    cell_end(table, at, true);
}

void cli_table_time(struct cli_table *table, int64_t wall_ms) {
    char text[HONE_CLOCK_TEXT];

    if (wall_ms == 0) {
        cli_table_none(table);
        return;
    }
    hone_clock_write(wall_ms, text);
    cli_table_text(table, text);
}

void cli_table_bool(struct cli_table *table, bool truth) {
    cli_table_json(table, truth ? "true" : "false");
}

void cli_table_json(struct cli_table *table, const char *json) {
    struct hone_buf *buf;
    size_t at;

    if (table->format != CLI_JSON) {
        cli_table_text(table, json);
        return;
    }
    buf = cell_begin(table);
    at = buf->length;
    hone_buf_add(buf, json);
    cell_end(table, at, false);
}

static void add_spaces(struct hone_buf *buf, size_t count) {
    char *to = hone_buf_room(buf, count);

    if (to != NULL) {
        memset(to, ' ', count);
        hone_buf_wrote(buf, to + count);
    }
}

/* A column of numbers has its name to the right. */
static void add_names(struct cli_table *table) {
    struct hone_buf *buf = &table->out->text;
    size_t owed = 0; /* spaces that are written only when text follows */

    for (size_t i = 0; i < table->columns; i++) {
        struct cli_column *column = &table->shape[i];
        struct hone_buf name = {0};
        size_t width;
        size_t missing;

        hone_buf_add_printable(&name, table->name[i]);
        width = cli_width(hone_buf_text(&name), name.length);
        column->width = width > column->width ? width : column->width;
        missing = column->width - width;
        owed += (i == 0 ? 0 : GAP) + (column->number ? missing : 0);
        if (name.length > 0) {
            add_spaces(buf, owed);
            hone_buf_add_bytes(buf, name.text, name.length);
            owed = 0;
        }
        owed += column->number ? 0 : missing;
        buf->failed = buf->failed || name.failed;
        hone_buf_finish(&name);
    }
    hone_buf_add(buf, "\n");
}

/* Writes one row into `line`, which is all spaces, without any at its end.
 * Returns that end; *text goes on to the next row's. */
static char *write_row(const struct cli_table *table, const struct cell_place *cell,
    const char **text, char *line) {
    char *to = line;
    char *end = line;

    for (size_t i = 0; i < table->columns; i++) {
        size_t missing = table->shape[i].width - cell[i].width;

        to += (i == 0 ? 0 : GAP) + (cell[i].number ? missing : 0);
        memcpy(to, *text, cell[i].length);
        *text += cell[i].length;
        to += cell[i].length;
        end = cell[i].length > 0 ? to : end;
        to += cell[i].number ? 0 : missing;
    }
    *end++ = '\n';
    return end;
}

static void add_rows(struct cli_table *table) {
    struct hone_buf *buf = &table->out->text;
    const struct cell_place *cell = (const void *)table->cells.text;
    const char *text = hone_buf_text(&table->text);
    size_t most = 1; /* bytes of a line */

    for (size_t i = 0; i < table->columns; i++) {
        most += GAP + table->shape[i].width + table->shape[i].extra;
    }
    for (size_t r = 0; r < table->rows; r++) {
        char *line = hone_buf_room(buf, most);

        if (line == NULL) {
            return; /* told by cli_out_finish */
        }
        memset(line, ' ', most);
        hone_buf_wrote(buf, write_row(table, cell + r * table->columns, &text, line));
        cli_out_turn(table->out);
    }
}

static void write_aligned(struct cli_table *table) {
    table->failed = table->failed || table->text.failed;
    if (!table->failed) {
        add_names(table);
        add_rows(table);
    }
}

void cli_table_drop(struct cli_table *table) {
    hone_buf_finish(&table->text);
    hone_buf_finish(&table->cells);
    hone_free(table->shape);
    table->shape = NULL;
}

enum hone_code cli_table_finish(struct cli_table *table, struct hone_err *err) {
    if (table->format == CLI_JSON) {
        hone_buf_add(&table->out->text, table->rows == 0 ? "]\n" : "\n]\n");
    } else if (table->format == CLI_TABLE) {
        write_aligned(table);
    }
    cli_table_drop(table);
    return table->failed ? hone_fail(err, HONE_E_NOMEM, "a table of %zu rows", table->rows)
                         : HONE_OK;
}
