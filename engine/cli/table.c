#include "engine/cli/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    GAP = 2,         /* spaces between columns */
    UINT_TEXT = 20,  /* digits of 2^64 */
    SHORT_DIGITS = 6,
    CELL_LIMIT = 60, /* longest cell of a table, in characters */
};

/* One cell of a table; its text is text[at … at + length). */
struct cli_cell_place {
    size_t at, length;
    size_t width; /* on a screen */
    bool number;  /* aligned to the right */
};

void cli_table_start(struct cli_table *table, struct cli_out *out, enum cli_format format,
    size_t columns, const char *const *name) {
    *table = (struct cli_table){.out = out, .format = format, .columns = columns, .name = name};
    if (format == CLI_JSON) {
        hone_buf_add(&out->text, "[");
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

/* number = scaled * 10^(exponent - 5), scaled of six digits; plain notation. */
static void add_scaled(struct hone_buf *buf, uint64_t scaled, int exponent) {
    char digits[UINT_TEXT];
    size_t count = 0;
    int whole = exponent + 1; /* digits before the point */

    for (uint64_t unit = 100000; unit > 0; unit /= 10) {
        digits[count++] = (char)('0' + scaled / unit % 10);
    }
    while (count > 1 && digits[count - 1] == '0' && (int)count > whole) {
        count--;
    }
    if (whole <= 0) {
        hone_buf_add(buf, "0.");
        hone_buf_add_bytes(buf, "00000", (size_t)-whole);
        hone_buf_add_bytes(buf, digits, count);
        return;
    }
    hone_buf_add_bytes(buf, digits, (size_t)whole);
    if (count > (size_t)whole) {
        hone_buf_add(buf, ".");
        hone_buf_add_bytes(buf, digits + whole, count - (size_t)whole);
    }
}

void cli_add_short_real(struct hone_buf *buf, double number) {
    /* Powers that are exact in double, so that one rounding happens. */
    static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    static const double limit[] = {1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    double size = fabs(number);
    int exponent = 0;
    uint64_t scaled;

    if (!(size >= 1e-3 && size < 999999)) {
        hone_buf_printf(buf, "%.*g", (int)SHORT_DIGITS, number);
        return;
    }
    while (size >= limit[exponent]) {
        exponent++;
    }
    while (exponent <= 0 && size * power[-exponent] < 1) {
        exponent--;
    }
    scaled = (uint64_t)(size * power[SHORT_DIGITS - 1 - exponent] + 0.5);
    if (scaled >= 1000000) { /* 9.999999 became 10.0000 */
        scaled /= 10;
        exponent++;
    }
    hone_buf_add(buf, number < 0 ? "-" : "");
    add_scaled(buf, scaled, exponent);
}

/* Characters, not bytes: continuation bytes of UTF-8 take no room. */
static size_t screen_width(const char *text, size_t length) {
    size_t width = 0;

    for (size_t i = 0; i < length; i++) {
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return width;
}

/* Cuts what is longer than a screen's patience: "beginning of it…". */
static void cut_cell(struct hone_buf *text, struct cli_cell_place *cell) {
    size_t keep = 0;

    for (size_t width = 0; keep < cell->length; keep++) {
        width += ((unsigned char)text->text[cell->at + keep] & 0xc0) != 0x80;
        if (width == CELL_LIMIT) {
            break;
        }
    }
    text->length = cell->at + keep;
    hone_buf_add(text, "\u2026");
    cell->length = text->length - cell->at;
    cell->width = CELL_LIMIT;
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

/* `at` is where the cell's text began. */
static void cell_end(struct cli_table *table, size_t at, bool number) {
    if (table->format == CLI_TABLE && !table->text.failed) {
        struct cli_cell_place cell = {.at = at, .length = table->text.length - at,
            .number = number};

        cell.width =
            table->text.text == NULL ? 0 : screen_width(table->text.text + at, cell.length);
        if (cell.width > CELL_LIMIT) {
            cut_cell(&table->text, &cell);
        }
        hone_buf_add_bytes(&table->cells, (const char *)&cell, sizeof(cell));
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
    static const char spaces[] = "                                                                ";

    while (count > 0) {
        size_t piece = count < sizeof(spaces) - 1 ? count : sizeof(spaces) - 1;

        hone_buf_add_bytes(buf, spaces, piece);
        count -= piece;
    }
}

static void add_row(struct cli_table *table, const char *text, const struct cli_cell_place *cell,
    const size_t *width) {
    struct hone_buf *buf = &table->out->text;
    size_t owed = 0; /* spaces that are written only when text follows */

    for (size_t i = 0; i < table->columns; i++) {
        size_t missing = width[i] - cell[i].width;

        owed += (i == 0 ? 0 : GAP) + (cell[i].number ? missing : 0);
        if (cell[i].length > 0) {
            add_spaces(buf, owed);
            owed = 0;
            hone_buf_add_bytes(buf, text + cell[i].at, cell[i].length);
        }
        owed += cell[i].number ? 0 : missing;
    }
    hone_buf_add(buf, "\n");
    cli_out_turn(table->out);
}

/* The header's cells; a column of numbers has its name to the right. */
static void place_names(const struct cli_table *table, const struct cli_cell_place *cells,
    struct hone_buf *text, struct cli_cell_place *ret_name, size_t *ret_width) {
    for (size_t i = 0; i < table->columns; i++) {
        size_t at = text->length;

        hone_buf_add_printable(text, table->name[i]);
        ret_name[i] = (struct cli_cell_place){.at = at, .length = text->length - at};
        ret_name[i].width = screen_width(hone_buf_text(text) + at, text->length - at);
        ret_width[i] = ret_name[i].width;
        for (size_t r = 0; r < table->rows; r++) {
            const struct cli_cell_place *cell = &cells[r * table->columns + i];

            ret_width[i] = cell->width > ret_width[i] ? cell->width : ret_width[i];
            ret_name[i].number = ret_name[i].number || cell->number;
        }
    }
}

static void write_aligned(struct cli_table *table) {
    struct hone_arena arena = {0};
    struct hone_buf names = {0};
    /* hone_buf grows by the allocator, whose memory is aligned for any type. */
    const struct cli_cell_place *cells = (const void *)table->cells.text;
    size_t *width = hone_arena_array(&arena, table->columns, sizeof(*width));
    struct cli_cell_place *name = hone_arena_array(&arena, table->columns, sizeof(*name));

    table->failed = table->text.failed || table->cells.failed || width == NULL || name == NULL;
    if (!table->failed) {
        place_names(table, cells, &names, name, width);
        table->failed = names.failed;
    }
    if (!table->failed) {
        add_row(table, hone_buf_text(&names), name, width);
        for (size_t r = 0; r < table->rows; r++) {
            add_row(table, hone_buf_text(&table->text), cells + r * table->columns, width);
        }
    }
    hone_buf_finish(&names);
    hone_arena_finish(&arena);
}

void cli_table_drop(struct cli_table *table) {
    hone_buf_finish(&table->text);
    hone_buf_finish(&table->cells);
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
