#include "engine/buf.h"

#include "engine/alloc.h"
#include "engine/decimal.h"

#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 64, READ_STEP = 1 << 16 };

/* Makes room for `more` bytes and the final NUL. */
static bool make_room(struct hone_buf *buf, size_t more) {
    size_t wanted;
    size_t room;
    char *text;

    if (buf->failed || more > SIZE_MAX / 2 - buf->length) {
        buf->failed = true;
        return false;
    }
    wanted = buf->length + more + 1;
    if (wanted <= buf->room) {
        return true;
    }
    room = buf->room > 0 ? buf->room : FIRST_ROOM;
    while (room < wanted) {
        room *= 2;
    }
    text = hone_resize(buf->text, room, 1);
    if (text == NULL) {
        buf->failed = true;
        return false;
    }
    buf->text = text;
    buf->room = room;
    return true;
}

char *hone_buf_room(struct hone_buf *buf, size_t most) {
    return make_room(buf, most) ? buf->text + buf->length : NULL;
}

void hone_buf_wrote(struct hone_buf *buf, char *end) {
    *end = '\0';
    buf->length = (size_t)(end - buf->text);
}

void hone_buf_add_bytes(struct hone_buf *buf, const char *bytes, size_t length) {
    if (length > 0 && make_room(buf, length)) {
        memcpy(buf->text + buf->length, bytes, length);
        buf->length += length;
        buf->text[buf->length] = '\0';
    }
}

void hone_buf_add(struct hone_buf *buf, const char *text) {
    hone_buf_add_bytes(buf, text, strlen(text));
}

void hone_buf_printf(struct hone_buf *buf, const char *format, ...) {
    va_list args;
    va_list again;
    int length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    if (length < 0) {
        buf->failed = true;
    } else if (make_room(buf, (size_t)length)) {
        (void)vsnprintf(buf->text + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

void hone_buf_add_real(struct hone_buf *buf, double value) {
    char text[HONE_DECIMAL_TEXT];
    char *to = hone_buf_room(buf, HONE_DECIMAL_TEXT);
    size_t length = to != NULL ? hone_decimal_write(value, to) : 0;

    if (to == NULL || length > 0) {
        buf->length += length;
        return;
    }
    if (isnan(value)) {
        hone_buf_add(buf, "nan");
        return;
    }
    if (isinf(value)) {
        hone_buf_add(buf, value > 0 ? "inf" : "-inf");
        return;
    }
    /* 15 digits always survive text -> double -> text; 17 always survive the
     * way back. The first that reads back to the same bits is the shortest.
     * Subnormal numbers hold fewer digits: 5e-324. */
    for (int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    hone_buf_add(buf, text);
}

/* Length of the UTF-8 character at `text`, 0 when the bytes are none (overlong
 * forms, surrogates and values above U+10FFFF included). */
static size_t utf8_length(const unsigned char *text) {
    static const struct {
        unsigned char first, last, low, high;
        size_t length;
    } kind[] = {
        {0x01, 0x7F, 0x00, 0xFF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };

    for (size_t k = 0; k < sizeof(kind) / sizeof(kind[0]); k++) {
        if (text[0] < kind[k].first || text[0] > kind[k].last) {
            continue;
        }
        if (kind[k].length > 1 && (text[1] < kind[k].low || text[1] > kind[k].high)) {
            return 0;
        }
        for (size_t i = 2; i < kind[k].length; i++) {
            if ((text[i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return kind[k].length;
    }
    return 0;
}

bool hone_is_utf8(const char *text) {
    const unsigned char *at = (const unsigned char *)text;

    while (*at != '\0') {
        size_t length = utf8_length(at);

        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

/* How many bytes from here on are ASCII that is written as it is, in JSON too.
 * Most texts are nothing else. */
static size_t plain_length(const unsigned char *text) {
    size_t length = 0;

    while (text[length] >= 0x20 && text[length] < 0x7F && text[length] != '"' &&
           text[length] != '\\') {
        length++;
    }
    return length;
}

/* C0 and C1 controls and DEL: some terminals obey them in UTF-8 as well. */
static bool is_control(const unsigned char *at) {
    return *at < 0x20 || *at == 0x7F || (at[0] == 0xC2 && at[1] < 0xA0);
}

size_t hone_utf8_cut(const char *text, size_t most) {
    while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80) {
        most--;
    }
    return most;
}

void hone_buf_add_printable(struct hone_buf *buf, const char *text) {
    const unsigned char *at = (const unsigned char *)text;

    while (*at != '\0') {
        size_t plain = plain_length(at);
        size_t length = plain > 0 ? plain : utf8_length(at);

        if (plain > 0 || (length > 0 && !is_control(at))) {
            hone_buf_add_bytes(buf, (const char *)at, length);
        } else {
            length = length > 0 ? length : 1;
            for (size_t i = 0; i < length; i++) {
                hone_buf_printf(buf, "\\x%02x", (unsigned)at[i]);
            }
        }
        at += length;
    }
}

static void add_json_control(struct hone_buf *buf, unsigned char c) {
    switch (c) {
    case '\n': hone_buf_add(buf, "\\n"); break;
    case '\t': hone_buf_add(buf, "\\t"); break;
    case '\r': hone_buf_add(buf, "\\r"); break;
    default: hone_buf_printf(buf, "\\u%04x", c); break;
    }
}

void hone_buf_add_json_text(struct hone_buf *buf, const char *text) {
    const unsigned char *at = (const unsigned char *)text;

    if (text == NULL) {
        hone_buf_add(buf, "null");
        return;
    }
    hone_buf_add(buf, "\"");
    while (*at != '\0') {
        size_t plain = plain_length(at);
        size_t length = plain > 0 ? plain : utf8_length(at);

        if (length == 0) {
            hone_buf_add(buf, "\xEF\xBF\xBD");
            length = 1;
        } else if (plain > 0) {
            hone_buf_add_bytes(buf, (const char *)at, plain);
        } else if (*at == '"' || *at == '\\') {
            hone_buf_printf(buf, "\\%c", *at);
        } else if (*at < 0x20 || *at == 0x7F) {
            add_json_control(buf, *at);
        } else {
            hone_buf_add_bytes(buf, (const char *)at, length);
        }
        at += length;
    }
    hone_buf_add(buf, "\"");
}

void hone_buf_add_json_real(struct hone_buf *buf, double value) {
    if (isfinite(value)) {
        hone_buf_add_real(buf, value);
    } else {
        hone_buf_add(buf, "null");
    }
}

enum hone_code hone_buf_ok(const struct hone_buf *buf, struct hone_err *err) {
    return buf->failed ? hone_fail(err, HONE_E_NOMEM, "out of memory for a text") : HONE_OK;
}

const char *hone_buf_text(const struct hone_buf *buf) {
    return buf->text != NULL ? buf->text : "";
}

static enum hone_code read_all(struct hone_buf *buf, int fd, const char *path, size_t limit_bytes,
    struct hone_err *err) {
    size_t before = buf->length;

    for (;;) {
        ssize_t got;

        if (!make_room(buf, READ_STEP)) {
            return hone_fail(err, HONE_E_NOMEM, "'%s': out of memory", path);
        }
        got = read(fd, buf->text + buf->length, READ_STEP);
        if (got < 0 && errno != EINTR) {
            return hone_fail(err, HONE_E_IO, "'%s': %s", path, strerror(errno));
        }
        buf->length += got > 0 ? (size_t)got : 0;
        buf->text[buf->length] = '\0';
        if (got == 0) {
            return HONE_OK;
        }
        if (buf->length - before > limit_bytes) {
            return hone_fail(err, HONE_E_INPUT, "'%s': larger than %zu bytes", path, limit_bytes);
        }
    }
}

enum hone_code hone_buf_read_file(struct hone_buf *buf, const char *path, size_t limit_bytes,
    struct hone_err *err) {
    enum hone_code code;
    struct stat about;
    size_t before = buf->length;
    /* O_NONBLOCK: opening a FIFO that nobody writes must not wait. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0) {
        return hone_fail(err, HONE_E_IO, "'%s': %s", path, strerror(errno));
    }
    if (fstat(fd, &about) != 0) {
        code = hone_fail(err, HONE_E_IO, "'%s': %s", path, strerror(errno));
    } else if (!S_ISREG(about.st_mode)) {
        code = hone_fail(err, HONE_E_INPUT, "'%s' is not a regular file", path);
    } else {
        code = read_all(buf, fd, path, limit_bytes, err);
    }
    (void)close(fd);
    if (code != HONE_OK && buf->text != NULL) {
        buf->length = before;
        buf->text[before] = '\0';
    }
    return code;
}

enum hone_code hone_buf_write(const struct hone_buf *buf, int file, const char *path,
    struct hone_err *err) {
    size_t done = 0;

    while (done < buf->length) {
        const ssize_t written = write(file, buf->text + done, buf->length - done);

        if (written < 0 && errno != EINTR) {
            return hone_fail(err, HONE_E_IO, "'%s': %s", path, strerror(errno));
        }
        done += written > 0 ? (size_t)written : 0;
    }
    return HONE_OK;
}

void hone_buf_clear(struct hone_buf *buf) {
    buf->length = 0;
    buf->failed = false;
    if (buf->text != NULL) {
        buf->text[0] = '\0';
    }
}

void hone_buf_finish(struct hone_buf *buf) {
    hone_free(buf->text);
    *buf = (struct hone_buf){0};
}
