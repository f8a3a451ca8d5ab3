#include "engine/cli/wire.h"

#include "engine/alloc.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum {
    READ_BYTES = 64 * 1024,
    ROOM_BYTES = CLI_WIRE_LINE_BYTES + READ_BYTES,
    POLL_MS = 50,        /* how often stop is looked at: signals restart system calls */
    PIECE_BYTES = 512,   /* _POSIX_PIPE_BUF: so much goes into a pipe that is ready at once */
};

enum hone_code cli_wire_init(struct cli_wire *wire, int in, int out, const struct hone_stop *stop,
    struct hone_err *err) {
    *wire = (struct cli_wire){.in = in, .out = out, .stop = stop, .bytes = hone_new(ROOM_BYTES)};
    return wire->bytes != NULL ? HONE_OK : hone_fail(err, HONE_E_NOMEM, "no memory for lines");
}

void cli_wire_finish(struct cli_wire *wire) {
    hone_free(wire->bytes);
    *wire = (struct cli_wire){0};
}

static int requests(const struct cli_wire *wire) {
    return atomic_load(&wire->stop->requests);
}

/* Whether the descriptor is ready, or has something to say about why not. */
static bool is_ready(int descriptor, short events) {
    struct pollfd wait = {.fd = descriptor, .events = events};

    return poll(&wait, 1, POLL_MS) > 0;
}

/* ---- Reading ---- */

static void take(struct cli_wire *wire, size_t length) {
    wire->start += length;
    wire->searched = wire->start;
}

/* Makes room behind what is there; a line that fills it is too long. */
static void make_room(struct cli_wire *wire) {
    size_t held = wire->end - wire->start;

    if (held > CLI_WIRE_LINE_BYTES || wire->skipping) {
        wire->skipping = true;
        held = 0;
    }
    memmove(wire->bytes, wire->bytes + wire->start, held);
    wire->start = 0;
    wire->end = held;
    wire->searched = held;
}

/* Reads what is there, once there is something. */
static enum hone_code fill(struct cli_wire *wire, struct hone_err *err) {
    ssize_t count;

    make_room(wire);
    do {
        if (requests(wire) > 0) {
            return HONE_OK;
        }
    } while (!is_ready(wire->in, POLLIN));
    count = read(wire->in, wire->bytes + wire->end, ROOM_BYTES - wire->end);
    if (count < 0 && errno != EINTR && errno != EAGAIN) {
        return hone_fail(err, HONE_E_IO, "standard input: %s", strerror(errno));
    }
    wire->closed = count == 0;
    wire->end += count > 0 ? (size_t)count : 0;
    return HONE_OK;
}

/* Hands out the first `length` bytes; `used` more end the line. */
static enum cli_wire_turn hand_out(struct cli_wire *wire, size_t length, size_t used,
    const char **ret_line, size_t *ret_length) {
    bool too_long = wire->skipping || length > CLI_WIRE_LINE_BYTES;

    *ret_line = wire->bytes + wire->start;
    *ret_length = length;
    take(wire, length + used);
    wire->skipping = false;
    return too_long ? CLI_WIRE_TOO_LONG : CLI_WIRE_LINE;
}

/* Whether there is something to tell without reading on. */
static bool look(struct cli_wire *wire, enum cli_wire_turn *ret_turn, const char **ret_line,
    size_t *ret_length) {
    const char *end = memchr(wire->bytes + wire->searched, '\n', wire->end - wire->searched);
    size_t held = wire->end - wire->start;

    if (requests(wire) > 0) {
        *ret_turn = CLI_WIRE_STOPPED;
    } else if (wire->gone) {
        *ret_turn = CLI_WIRE_END;
    } else if (end != NULL) {
        *ret_turn =
            hand_out(wire, (size_t)(end - wire->bytes) - wire->start, 1, ret_line, ret_length);
    } else if (!wire->closed) {
        wire->searched = wire->end;
        return false;
    } else if (held > 0 || wire->skipping) {
        *ret_turn = hand_out(wire, held, 0, ret_line, ret_length);
    } else {
        *ret_turn = CLI_WIRE_END;
    }
    return true;
}

enum hone_code cli_wire_read(struct cli_wire *wire, enum cli_wire_turn *ret_turn,
    const char **ret_line, size_t *ret_length, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    while (code == HONE_OK && !look(wire, ret_turn, ret_line, ret_length)) {
        code = fill(wire, err);
    }
    return code;
}

/* ---- Writing ---- */

enum hone_code cli_wire_write(struct cli_wire *wire, const char *bytes, size_t length,
    struct hone_err *err) {
    while (length > 0 && !wire->gone && requests(wire) <= 1) {
        ssize_t written;

        if (!is_ready(wire->out, POLLOUT)) {
            continue;
        }
        written = write(wire->out, bytes, length < PIECE_BYTES ? length : PIECE_BYTES);
        if (written < 0 && errno == EPIPE) {
            wire->gone = true;
        } else if (written < 0 && errno != EINTR && errno != EAGAIN) {
            return hone_fail(err, HONE_E_IO, "standard output: %s", strerror(errno));
        }
        bytes += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return HONE_OK;
}
