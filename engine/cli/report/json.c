#include "engine/cli/report/json.h"

#include "engine/cli/table.h"

#include <math.h>

enum { SHORT_DIGITS = 6 /* of cli_add_short_real */ };

static const double whole_limit = 1e15; /* below it every digit of a whole number is right */

/* Whether what stands at the end opened a list or a map, or names a member. */
static bool is_first(const struct hone_buf *buf) {
    const char last = buf->length > 0 ? buf->text[buf->length - 1] : '{';

    return last == '{' || last == '[' || last == ':';
}

void cli_json_next(struct hone_buf *buf) {
    if (!is_first(buf)) {
        hone_buf_add(buf, ",");
    }
}

void cli_json_key(struct hone_buf *buf, const char *key) {
    cli_json_next(buf);
    hone_buf_add_json_text(buf, key);
    hone_buf_add(buf, ":");
}

/* To fewer digits than cli_add_short_real writes. */
static double rounded(double number, int digits) {
    const double scale = pow(10, digits - 1 - floor(log10(fabs(number))));

    return isfinite(scale) && scale > 0 ? round(number * scale) / scale : number;
}

void cli_json_real(struct hone_buf *buf, double number, int digits) {
    if (!isfinite(number)) {
        hone_buf_add(buf, "null");
    } else if (number == floor(number) && fabs(number) < whole_limit) {
        if (number < 0) {
            hone_buf_add(buf, "-");
        }
        cli_add_uint(buf, (uint64_t)fabs(number));
    } else if (digits <= SHORT_DIGITS) {
        cli_add_short_real(buf, digits < SHORT_DIGITS ? rounded(number, digits) : number);
    } else if (digits < CLI_JSON_EXACT) {
        hone_buf_printf(buf, "%.*g", digits, number);
    } else {
        hone_buf_add_real(buf, number);
    }
}

void cli_json_bool(struct hone_buf *buf, bool truth) {
    hone_buf_add(buf, truth ? "true" : "false");
}

void cli_json_add_real(struct hone_buf *buf, const char *key, double number, int digits) {
    cli_json_key(buf, key);
    cli_json_real(buf, number, digits);
}

void cli_json_add_count(struct hone_buf *buf, const char *key, uint64_t count) {
    cli_json_key(buf, key);
    cli_add_uint(buf, count);
}

void cli_json_add_text(struct hone_buf *buf, const char *key, const char *text) {
    cli_json_key(buf, key);
    hone_buf_add_json_text(buf, text);
}

void cli_json_add_bool(struct hone_buf *buf, const char *key, bool truth) {
    cli_json_key(buf, key);
    cli_json_bool(buf, truth);
}

void cli_json_add_reals(struct hone_buf *buf, const char *key, size_t count, const double *number,
    size_t stride, int digits) {
    cli_json_key(buf, key);
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < count; i++) {
        cli_json_next(buf);
        cli_json_real(buf, number[i * stride], digits);
    }
    hone_buf_add(buf, "]");
}
