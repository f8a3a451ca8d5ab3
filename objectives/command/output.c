#include "objectives/command/output.h"

#include "objectives/command/answer.h"

#include <string.h>

enum hone_code hone_output_start(struct hone_lines_read *ret_lines, struct hone_arena *arena,
    struct hone_err *err) {
    struct hone_lines_read lines = {0};

    lines.line = hone_arena_new(arena, HONE_LINE_BYTES);
    lines.last = hone_arena_new(arena, HONE_LINE_BYTES);
    if (lines.line == NULL || lines.last == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading the output of a command");
    }
    *ret_lines = lines;
    return HONE_OK;
}

/* ---- Lines ---- */

static bool is_blank(const char *text, size_t length) {
    size_t i = 0;

    while (i < length && strchr(" \t\r\n\v\f", text[i]) != NULL && text[i] != '\0') {
        i++;
    }
    return i == length;
}

static enum hone_code end_line(struct hone_lines_read *lines, struct hone_result *result,
    struct hone_err *err) {
    const size_t length = lines->length;
    char *line = lines->line;
    int64_t step;
    double value;

    lines->length = 0;
    if (length <= HONE_LINE_BYTES && is_blank(line, length)) {
        return HONE_OK;
    }
    lines->line = lines->last;
    lines->last = line;
    lines->last_length = length;
    if (length <= HONE_LINE_BYTES && hone_answer_is_step(line, length, &step, &value)) {
        return hone_steps_takes(&lines->steps, step)
                   ? hone_steps_add(&lines->steps, step, value, result, err)
                   : HONE_OK;
    }
    return HONE_OK;
}

/* Bytes of one line, as far as there is room. */
static void add_to_line(struct hone_lines_read *lines, const char *bytes, size_t length) {
    if (lines->length < HONE_LINE_BYTES) {
        const size_t room = HONE_LINE_BYTES - lines->length;

        memcpy(lines->line + lines->length, bytes, length < room ? length : room);
    }
    lines->length += length;
}

enum hone_code hone_output_add(struct hone_lines_read *lines, const char *bytes, size_t length,
    struct hone_result *result, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    while (code == HONE_OK && length > 0) {
        const char *end = memchr(bytes, '\n', length);
        const size_t taken = end == NULL ? length : (size_t)(end - bytes);

        add_to_line(lines, bytes, taken);
        if (end == NULL) {
            return HONE_OK;
        }
        code = end_line(lines, result, err);
        bytes = end + 1;
        length -= taken + 1;
    }
    return code;
}

enum hone_code hone_output_end(struct hone_lines_read *lines, struct hone_result *result,
    struct hone_err *err) {
    enum hone_code code = end_line(lines, result, err);

    return code == HONE_OK ? hone_steps_end(&lines->steps, result, err) : code;
}

bool hone_output_is_too_long(const struct hone_lines_read *lines) {
    return lines->last_length > HONE_LINE_BYTES;
}

/* ---- The end of the error output ---- */

void hone_tail_add(struct hone_tail *tail, const char *bytes, size_t length) {
    if (length > HONE_TAIL_BYTES) {
        tail->total += length - HONE_TAIL_BYTES;
        bytes += length - HONE_TAIL_BYTES;
        length = HONE_TAIL_BYTES;
    }
    while (length > 0) {
        const size_t at = tail->total % HONE_TAIL_BYTES;
        const size_t room = HONE_TAIL_BYTES - at;
        const size_t taken = length < room ? length : room;

        memcpy(tail->bytes + at, bytes, taken);
        tail->total += taken;
        bytes += taken;
        length -= taken;
    }
}

/* Each line printable, line ends kept. NUL bytes become blanks. */
static void add_lines(char *text, size_t length, struct hone_buf *buf) {
    for (size_t i = 0; i < length; i++) {
        text[i] = text[i] == '\0' ? ' ' : text[i];
    }
    for (char *line = text; line != NULL;) {
        char *end = strchr(line, '\n');
        size_t ends;

        if (end != NULL) {
            *end++ = '\0';
        }
        ends = strlen(line);
        if (ends > 0 && line[ends - 1] == '\r') {
            line[ends - 1] = '\0';
        }
        hone_buf_add_printable(buf, line);
        hone_buf_add(buf, end != NULL ? "\n" : "");
        line = end;
    }
}

void hone_tail_write(const struct hone_tail *tail, size_t limit_bytes, struct hone_buf *buf) {
    char text[HONE_TAIL_BYTES + 1];
    const size_t kept = tail->total < HONE_TAIL_BYTES ? tail->total : HONE_TAIL_BYTES;
    size_t length = kept < limit_bytes ? kept : limit_bytes;
    const bool cut = length < tail->total;
    char *from = text;
    char *line;

    for (size_t i = 0; i < length; i++) {
        text[i] = tail->bytes[(tail->total - length + i) % HONE_TAIL_BYTES];
    }
    while (length > 0 && is_blank(text + length - 1, 1)) {
        length--;
    }
    text[length] = '\0';
    line = memchr(text, '\n', length);
    if (cut && line != NULL) {
        from = line + 1;
    }
    hone_buf_add(buf, cut ? "...\n" : "");
    add_lines(from, length - (size_t)(from - text), buf);
}
