#include "engine/cli/width.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char escape = '\033';
static const char plain_again[] = "\033[0m";

struct range {
    uint32_t first, last;
};

/* wcwidth would need the program's locale set, which changes how numbers are
 * read and written. These are the blocks of Unicode 15 that terminals agree on
 * (East Asian Width W and F; combining marks and joiners). */
static const struct range wide[] = {
    {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD},
};
static const struct range none[] = {
    {0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
};

static bool is_in(uint32_t point, const struct range *range, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (point >= range[i].first && point <= range[i].last) {
            return true;
        }
    }
    return false;
}

static size_t width_of_point(uint32_t point) {
    if (point < none[0].first) {
        return 1; /* nearly all */
    }
    if (is_in(point, none, sizeof(none) / sizeof(none[0]))) {
        return 0;
    }
    return is_in(point, wide, sizeof(wide) / sizeof(wide[0])) ? 2 : 1;
}

/* Bytes of the character at the start, and the point it stands for. */
static size_t read_point(const unsigned char *at, size_t length, uint32_t *ret_point) {
    size_t bytes = at[0] < 0x80 ? 1 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    static const unsigned char mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t point;

    bytes = bytes < length ? bytes : length;
    point = at[0] & mask[bytes];
    for (size_t i = 1; i < bytes; i++) {
        point = point << 6 | (at[i] & 0x3F);
    }
    *ret_point = point;
    return bytes;
}

/* Bytes of the next piece, a colour sequence or a character, and its columns. */
static size_t next_piece(const char *text, size_t length, size_t *ret_columns) {
    const char *end;
    uint32_t point;
    size_t bytes;

    if (text[0] == escape && (end = memchr(text, 'm', length)) != NULL) {
        *ret_columns = 0;
        return (size_t)(end - text) + 1;
    }
    bytes = read_point((const unsigned char *)text, length, &point);
    *ret_columns = width_of_point(point);
    return bytes;
}

size_t cli_width(const char *text, size_t length) {
    size_t width = 0;
    size_t columns;

    for (size_t at = 0; at < length; width += columns) {
        at += next_piece(text + at, length - at, &columns);
    }
    return width;
}

size_t cli_width_fitting(const char *text, size_t length, size_t columns) {
    size_t width = 0;
    size_t at = 0;

    while (at < length) {
        size_t more;
        size_t bytes = next_piece(text + at, length - at, &more);

        if (width + more > columns) {
            break;
        }
        width += more;
        at += bytes;
    }
    return at;
}

void cli_width_add_fitted(struct hone_buf *buf, const char *text, size_t length, size_t columns,
    const char *mark) {
    size_t at;

    if (cli_width(text, length) <= columns) {
        hone_buf_add_bytes(buf, text, length);
        return;
    }
    at = columns > 0 ? cli_width_fitting(text, length, columns - 1) : 0;
    hone_buf_add_bytes(buf, text, at);
    hone_buf_add(buf, memchr(text, escape, at) != NULL ? plain_again : "");
    hone_buf_add(buf, columns > 0 ? mark : "");
}

void cli_width_pad(struct hone_buf *buf, size_t start, size_t columns) {
    size_t width = cli_width(hone_buf_text(buf) + start, buf->length - start);

    for (; width < columns; width++) {
        hone_buf_add(buf, " ");
    }
}
