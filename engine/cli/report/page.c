#include "engine/cli/report/page.h"

#include "engine/cli/report/parts.h"
#include "objectives/data/hash.h"

#include <stdint.h>
#include <string.h>

enum { SHA_BYTES = 32 };

static const char *text_of(const unsigned char *part) {
    return (const char *)part;
}

static unsigned hex_digit(char digit) {
    return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* Base64 (RFC 4648) of the SHA-256 of a text, as a policy names it. */
static void add_hash(const char *text, struct hone_buf *buf) {
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct hone_hash hash;
    char hex[HONE_HASH_HEX];
    uint8_t bytes[SHA_BYTES + 1] = {0};
    char base64[(SHA_BYTES + 2) / 3 * 4 + 1] = {0};
    char *at = base64;

    hone_hash_begin(&hash);
    hone_hash_add(&hash, text, strlen(text));
    hone_hash_hex(&hash, hex);
    for (size_t i = 0; i < SHA_BYTES; i++) {
        bytes[i] = (uint8_t)(hex_digit(hex[2 * i]) * 16 + hex_digit(hex[2 * i + 1]));
    }
    for (size_t bit = 0; bit < SHA_BYTES * 8; bit += 6) {
        const unsigned pair = bytes[bit / 8] * 256U + bytes[bit / 8 + 1];

        *at++ = digits[pair >> (10 - bit % 8) & 63U];
    }
    hone_buf_printf(buf, "'sha256-%s='", base64); /* 32 bytes: one sign of padding */
}

static void add_policy(struct hone_buf *buf) {
    hone_buf_add(buf, "default-src 'none'; base-uri 'none'; form-action 'none'; script-src ");
    add_hash(text_of(cli_page_js), buf);
    hone_buf_add(buf, "; style-src ");
    add_hash(text_of(cli_page_css), buf);
}

/* JSON has a < only within texts, where it may as well be written so. */
static void add_data(const struct hone_buf *data, struct hone_buf *buf) {
    const char *at = hone_buf_text(data);

    for (;;) {
        const size_t plain = strcspn(at, "<");

        hone_buf_add_bytes(buf, at, plain);
        if (at[plain] == '\0') {
            return;
        }
        hone_buf_add(buf, "\\u003c");
        at += plain + 1;
    }
}

/* What stands for a part of the page. */
static void add_part(const char *name, size_t length, const struct hone_buf *data,
    struct hone_buf *buf) {
    if (strncmp(name, "policy", length) == 0) {
        add_policy(buf);
    } else if (strncmp(name, "style", length) == 0) {
        hone_buf_add(buf, text_of(cli_page_css));
    } else if (strncmp(name, "data", length) == 0) {
        add_data(data, buf);
    } else {
        hone_assert(strncmp(name, "script", length) == 0);
        hone_buf_add(buf, text_of(cli_page_js));
    }
}

enum hone_code cli_page_write(const struct hone_buf *data, struct hone_buf *ret,
    struct hone_err *err) {
    static const char open[] = "@@";
    const char *at = text_of(cli_page_html);
    const char *mark;

    while ((mark = strstr(at, open)) != NULL) {
        const char *name = mark + strlen(open);
        const char *end = strstr(name, open);

        hone_assert(end != NULL);
        hone_buf_add_bytes(ret, at, (size_t)(mark - at));
        add_part(name, (size_t)(end - name), data, ret);
        at = end + strlen(open);
    }
    hone_buf_add(ret, at);
    return hone_buf_ok(ret, err);
}
