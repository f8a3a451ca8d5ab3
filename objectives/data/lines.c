#include "objectives/data/lines.h"

#include "engine/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FIRST_ROOM = 256 * 1024,
    LONGEST_LINE = 64 * 1024 * 1024, /* a file without line ends must not fill the memory */
};

enum hone_code hone_lines_open(struct hone_lines *lines, const char *path, struct hone_err *err) {
    struct stat about;

    *lines = (struct hone_lines){.path = path, .file = -1};
    hone_hash_begin(&lines->hash);
    /* O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever. */
    lines->file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (lines->file < 0) {
        return hone_fail(err, HONE_E_INPUT, "%s: %s", path, strerror(errno));
    }
    if (fstat(lines->file, &about) != 0) {
        return hone_fail(err, HONE_E_IO, "%s: %s", path, strerror(errno));
    }
    if (!S_ISREG(about.st_mode)) {
        return hone_fail(err, HONE_E_INPUT, "%s: not a regular file; data is read from files only",
            path);
    }
    lines->block = hone_new_array(FIRST_ROOM, 1);
    if (lines->block == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading '%s'", path);
    }
    lines->room = FIRST_ROOM;
    return HONE_OK;
}

void hone_lines_close(struct hone_lines *lines) {
    if (lines->file >= 0) {
        (void)close(lines->file);
    }
    hone_free(lines->block);
    lines->file = -1;
    lines->block = NULL;
}

/* Makes room behind the bytes that are still needed. */
static enum hone_code make_room(struct hone_lines *lines, struct hone_err *err) {
    char *wider;

    memmove(lines->block, lines->block + lines->begin, lines->end - lines->begin);
    lines->end -= lines->begin;
    lines->begin = 0;
    if (lines->end < lines->room) {
        return HONE_OK;
    }
    if (lines->room >= LONGEST_LINE) {
        return hone_fail(err, HONE_E_INPUT,
            "%s:%zu: a line of more than %d MiB; is this a text file?", lines->path,
            lines->line + 1, LONGEST_LINE >> 20);
    }
    wider = hone_resize(lines->block, 2 * lines->room, 1);
    if (wider == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading '%s'", lines->path);
    }
    lines->block = wider;
    lines->room *= 2;
    return HONE_OK;
}

static enum hone_code read_more(struct hone_lines *lines, struct hone_err *err) {
    enum hone_code code = make_room(lines, err);
    ssize_t got;

    if (code != HONE_OK) {
        return code;
    }
    do {
        got = read(lines->file, lines->block + lines->end, lines->room - lines->end);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return hone_fail(err, HONE_E_IO, "%s: %s", lines->path, strerror(errno));
    }
    lines->at_end = got == 0;
    hone_hash_add(&lines->hash, lines->block + lines->end, (size_t)got);
    lines->end += (size_t)got;
    return HONE_OK;
}

/* The length of the first line in `count` bytes with its terminator, or 0 when
 * more bytes are needed to tell. */
static size_t line_length(const char *text, size_t count, bool at_end) {
    const char *feed = memchr(text, '\n', count);
    size_t before = feed != NULL ? (size_t)(feed - text) : count;
    const char *back = memchr(text, '\r', before);
    size_t at;

    if (back == NULL) {
        return feed != NULL ? before + 1 : (at_end ? count : 0);
    }
    at = (size_t)(back - text);
    if (at + 1 == count) {
        return at_end ? count : 0; /* a line feed may follow */
    }
    return back[1] == '\n' ? at + 2 : at + 1;
}

/* How many bytes the character that begins at `at` has, or 0 when they are not
 * UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF). */
static size_t utf8_size(const unsigned char *at, size_t left) {
    size_t size = at[0] < 0x80 ? 1 : at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3
        : at[0] < 0xF5 ? 4 : 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;

    if (size > left) {
        return 0;
    }
    switch (at[0]) { /* the second byte has a narrower range after these */
    case 0xE0: low = 0xA0; break;
    case 0xED: high = 0x9F; break;
    case 0xF0: low = 0x90; break;
    case 0xF4: high = 0x8F; break;
    default: break;
    }
    for (size_t i = 1; i < size; i++) {
        if (at[i] < (i == 1 ? low : 0x80) || at[i] > (i == 1 ? high : 0xBF)) {
            return 0;
        }
    }
    return size;
}

static enum hone_code check_text(const struct hone_lines *lines, const char *text, size_t length,
    struct hone_err *err) {
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t i = 0; i < length;) {
        size_t size = bytes[i] < 0x80 ? 1 : utf8_size(bytes + i, length - i);

        if (bytes[i] == 0) {
            return hone_fail(err, HONE_E_INPUT,
                "%s:%zu: a NUL byte; data files are UTF-8 text", lines->path, lines->line);
        }
        if (size == 0) {
            return hone_fail(err, HONE_E_INPUT,
                "%s:%zu: byte 0x%02X is not UTF-8; convert the file, for example with iconv -f "
                "LATIN1 -t UTF-8", lines->path, lines->line, bytes[i]);
        }
        i += size;
    }
    return HONE_OK;
}

enum hone_code hone_lines_next(struct hone_lines *lines, const char **ret_text, size_t *ret_length,
    struct hone_err *err) {
    static const char mark[] = "\xEF\xBB\xBF";
    enum hone_code code = HONE_OK;
    size_t length;
    const char *text;

    for (;;) {
        length = line_length(lines->block + lines->begin, lines->end - lines->begin, lines->at_end);
        if (length > 0 || lines->at_end) {
            break;
        }
        code = read_more(lines, err);
        if (code != HONE_OK) {
            return code;
        }
    }
    text = lines->block + lines->begin;
    lines->begin += length;
    if (length > 0 && lines->line++ == 0 && length >= 3 && memcmp(text, mark, 3) == 0) {
        text += 3;
        length -= 3;
    }
    code = check_text(lines, text, length, err);
    if (code == HONE_OK) {
        *ret_text = text;
        *ret_length = length;
    }
    return code;
}
