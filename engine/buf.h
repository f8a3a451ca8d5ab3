/* A growing text. It is always NUL-terminated once something was added. An
 * append that finds no memory marks the buffer as failed and changes nothing;
 * check once, at the end, with hone_buf_ok. */
#ifndef HONE_ENGINE_BUF_H
#define HONE_ENGINE_BUF_H

#include "engine/err.h"

#include <stdbool.h>
#include <stddef.h>

struct hone_buf {
    char *text; /* NULL while empty */
    size_t length;
    size_t room;
    bool failed;
};

void hone_buf_add(struct hone_buf *buf, const char *text);
void hone_buf_add_bytes(struct hone_buf *buf, const char *bytes, size_t length);
void hone_buf_printf(struct hone_buf *buf, const char *format, ...) HONE_PRINTF(2, 3);

/* For what is written in place: room for `most` bytes, NULL without memory, and
 * the end of those that were written. */
char *hone_buf_room(struct hone_buf *buf, size_t most);
void hone_buf_wrote(struct hone_buf *buf, char *end);

/* The shortest decimal that reads back to the same bits: 0.1, 1e-05, 3; "nan",
 * "inf" and "-inf" for what is not finite. */
void hone_buf_add_real(struct hone_buf *buf, double value);

/* The text as a JSON string, quotes included; NULL is null. Bytes that are not UTF-8
 * become U+FFFD. */
void hone_buf_add_json_text(struct hone_buf *buf, const char *text);

/* The number as hone_buf_add_real has it, as JSON: what is not finite is null. */
void hone_buf_add_json_real(struct hone_buf *buf, double value);

/* How many of the first `most` bytes of a text that goes on behind them are whole characters
 * of UTF-8. */
size_t hone_utf8_cut(const char *text, size_t most);

/* The text for a line on a terminal: control characters and bytes that are not
 * UTF-8 become \x1b and the like. */
void hone_buf_add_printable(struct hone_buf *buf, const char *text);

/* Whether the whole text is UTF-8. */
bool hone_is_utf8(const char *text);

/* HONE_E_NOMEM when any append failed. */
HONE_MUST_CHECK enum hone_code hone_buf_ok(const struct hone_buf *buf, struct hone_err *err);

/* The text, "" while empty. */
const char *hone_buf_text(const struct hone_buf *buf);

/* Appends a whole regular file of at most limit_bytes. HONE_E_INPUT when it is
 * not a regular file or is too large, HONE_E_IO with the system's reason when
 * it cannot be read. The sentence names the path. */
HONE_MUST_CHECK enum hone_code hone_buf_read_file(struct hone_buf *buf, const char *path,
    size_t limit_bytes, struct hone_err *err);

/* Writes all of the text to an open file, which stays open; the sentence names the path.
 * HONE_E_IO. */
HONE_MUST_CHECK enum hone_code hone_buf_write(const struct hone_buf *buf, int file,
    const char *path, struct hone_err *err);

void hone_buf_clear(struct hone_buf *buf);  /* empty, the room is kept */
void hone_buf_finish(struct hone_buf *buf); /* releases; accepts zeroed */

#endif
