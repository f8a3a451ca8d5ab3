#include "engine/cli/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    GAP = 2,         /* spaces between columns */
    UINT_TEXT = 20,  /* digits of 2^64 */
    SHORT_DIGITS = 6,
    SHORT_TEXT = 16, /* -1.23457e-06 */
    CELL_LIMIT = 60, /* longest cell of a table, in characters */
};

/* One cell of a table; the texts stand one after another. Small, because a
 * listing has a hundred thousand of them. */
struct cell_place {
    uint32_t length;
    uint16_t width; /* on a screen, at most CELL_LIMIT */
    bool number;    /* aligned to the right */
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

/* Writes six digits without the zeros at their end, but for the first `keep`;
 * returns how many there are. */
static size_t significant_digits(uint64_t scaled, size_t keep, char ret_digits[SHORT_DIGITS]) {
    size_t count = SHORT_DIGITS;

    for (size_t i = SHORT_DIGITS; i-- > 0; scaled /= 10) {
        ret_digits[i] = (char)('0' + scaled % 10);
    }
    while (count > keep && ret_digits[count - 1] == '0') {
        count--;
    }
    return count;
}

/* 0.00123457 or 123.457: scaled * 10^(exponent - 5). Returns the end. */
static char *write_plain(char *to, uint64_t scaled, int exponent) {
    char digits[SHORT_DIGITS];
    size_t whole = exponent < 0 ? 0 : (size_t)exponent + 1; /* digits before the point */
    size_t count = significant_digits(scaled, whole > 0 ? whole : 1, digits);

    for (size_t i = 0; i < whole; i++) {
        *to++ = digits[i];
    }
    if (whole == 0) {
        *to++ = '0';
    }
    if (count > whole) {
        *to++ = '.';
    }
    for (int zeros = exponent + 1; zeros < 0; zeros++) {
        *to++ = '0';
    }
    for (size_t i = whole; i < count; i++) {
        *to++ = digits[i];
    }
    return to;
}

/* 1.23457e-06: scaled * 10^(exponent - 5), exponent from -99 to -1. Returns the
 * end. */
static char *write_scientific(char *to, uint64_t scaled, int exponent) {
    char digits[SHORT_DIGITS];
    size_t count = significant_digits(scaled, 1, digits);

    *to++ = digits[0];
    if (count > 1) {
        *to++ = '.';
    }
    for (size_t i = 1; i < count; i++) {
        *to++ = digits[i];
    }
    *to++ = 'e';
    *to++ = '-';
    *to++ = (char)('0' + -exponent / 10);
    *to++ = (char)('0' + -exponent % 10);
    return to;
}

void cli_add_short_real(struct hone_buf *buf, double number) {
    /* Powers that are exact in double, so that one rounding happens. */
    static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    double size = fabs(number);
    char text[SHORT_TEXT];
    char *end = text;
    int exponent = 0; /* size = d.ddd * 10^exponent */
    uint64_t scaled;

    if (!(size >= 1e-12 && size < 999999)) {
        hone_buf_printf(buf, "%.*g", (int)SHORT_DIGITS, number);
        return;
    }
    while (size >= power[exponent + 1]) {
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
    if (number < 0) {
        *end++ = '-';
    }
    end = exponent >= -4 ? write_plain(end, scaled, exponent)
                         : write_scientific(end, scaled, exponent);
    hone_buf_add_bytes(buf, text, (size_t)(end - text));
}

/* Characters, not bytes: continuation bytes of UTF-8 take no room. */
static size_t screen_width(const char *text, size_t length) {
    size_t width = 0;

    for (size_t i = 0; i < length; i++) {
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return width;
}

/* Cuts the last cell, longer than a screen's patience: "beginning of it…". */
static void cut_cell(struct hone_buf *text, size_t at) {
    size_t keep = at;

    for (size_t width = 0; keep < text->length; keep++) {
        width += ((unsigned char)text->text[keep] & 0xc0) != 0x80;
        if (width == CELL_LIMIT) {
            break;
        }
    }
    text->length = keep;
    hone_buf_add(text, "\u2026");
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
    size_t width;
    struct cell_place cell = {.number = number};

    if (text->text == NULL) {
        width = 0;
    } else {
        width = screen_width(text->text + at, text->length - at);
    }
    if (width > CELL_LIMIT) {
        cut_cell(text, at);
        width = CELL_LIMIT;
    }
    cell.length = (uint32_t)(text->length - at);
    cell.width = (uint16_t)width;
    hone_buf_add_bytes(&table->cells, (const char *)&cell, sizeof(cell));
}

/* `at` is where the cell's text began. */
static void cell_end(struct cli_table *table, size_t at, bool number) {
    if (table->format == CLI_TABLE) {
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

/* Writes one row; returns where the next one's texts begin. */
static const char *add_row(struct cli_table *table, const char *text,
    const struct cell_place *cell, const size_t *width) {
    struct hone_buf *buf = &table->out->text;
    size_t owed = 0; /* spaces that are written only when text follows */

    for (size_t i = 0; i < table->columns; i++) {
        size_t missing = width[i] - cell[i].width;

        owed += (i == 0 ? 0 : GAP) + (cell[i].number ? missing : 0);
        if (cell[i].length > 0) {
            add_spaces(buf, owed);
            owed = 0;
            hone_buf_add_bytes(buf, text, cell[i].length);
            text += cell[i].length;
        }
        owed += cell[i].number ? 0 : missing;
    }
    hone_buf_add_bytes(buf, "\n", 1);
    cli_out_turn(table->out);
    return text;
}

/* The header's cells; a column of numbers has its name to the right. */
static void place_names(const struct cli_table *table, const struct cell_place *cells,
    struct hone_buf *text, struct cell_place *ret_name, size_t *ret_width) {
    for (size_t i = 0; i < table->columns; i++) {
        size_t at = text->length;

        hone_buf_add_printable(text, table->name[i]);
        ret_width[i] = screen_width(hone_buf_text(text) + at, text->length - at);
        ret_name[i] = (struct cell_place){
            .length = (uint32_t)(text->length - at), .width = (uint16_t)ret_width[i]};
        for (size_t r = 0; r < table->rows; r++) {
            const struct cell_place *cell = &cells[r * table->columns + i];

            ret_width[i] = cell->width > ret_width[i] ? cell->width : ret_width[i];
            ret_name[i].number = ret_name[i].number || cell->number;
        }
    }
}

static void write_aligned(struct cli_table *table) {
    struct hone_arena arena = {0};
    struct hone_buf names = {0};
    const char *text = hone_buf_text(&table->text);
    /* hone_buf grows by the allocator, whose memory is aligned for any type. */
    const struct cell_place *cells = (const void *)table->cells.text;
    size_t *width = hone_arena_array(&arena, table->columns, sizeof(*width));
    struct cell_place *name = hone_arena_array(&arena, table->columns, sizeof(*name));

    table->failed = table->text.failed || table->cells.failed || width == NULL || name == NULL;
    if (!table->failed) {
        place_names(table, cells, &names, name, width);
        table->failed = names.failed;
    }
    if (!table->failed) {
        (void)add_row(table, hone_buf_text(&names), name, width);
        for (size_t r = 0; r < table->rows; r++) {
            text = add_row(table, text, cells + r * table->columns, width);
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
