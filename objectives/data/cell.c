#include "objectives/data/cell.h"

#include "engine/alloc.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What pandas, R, SQL dumps and the UCI repository write. */
static const char *const usual_missing[] = {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "?"};

/* Differences and sums of fewer than 10^8 such numbers stay finite. */
static const double largest_number = 1e300;

static void note_beginnings(struct hone_missing *missing) {
    for (size_t i = 0; i < missing->count; i++) {
        missing->begins[(unsigned char)missing->word[i][0]] = true;
    }
}

static enum hone_code write_words(struct hone_missing *missing, const struct hone_value *list,
    struct hone_err *err) {
    size_t count = list->type == HONE_LIST ? list->count : 1;
    struct hone_buf word = {0};
    enum hone_code code = HONE_OK;

    missing->own = hone_new_array(count, sizeof(*missing->own));
    missing->word = (const char *const *)missing->own;
    missing->number = hone_new_array(count, sizeof(*missing->number));
    for (size_t i = 0; missing->own != NULL && missing->number != NULL && i < count; i++) {
        hone_buf_clear(&word);
        hone_value_write_plain(list->type == HONE_LIST ? list->item[i] : list, &word);
        missing->own[i] = hone_strdup(hone_buf_text(&word));
        if (word.failed || missing->own[i] == NULL) {
            break;
        }
        missing->number[i] = NAN;
        (void)hone_cell_read(missing->own[i], &missing->number[i]);
        missing->count = i + 1;
    }
    if (missing->count < count) {
        code = hone_fail(err, HONE_E_NOMEM, "the words for a missing cell");
    }
    hone_buf_finish(&word);
    return code;
}

enum hone_code hone_missing_init(struct hone_missing *missing, const struct hone_value *list,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;

    *missing = (struct hone_missing){0};
    if (list != NULL) {
        code = write_words(missing, list, err);
    } else {
        missing->word = usual_missing;
        missing->count = sizeof(usual_missing) / sizeof(usual_missing[0]);
    }
    if (code != HONE_OK) {
        hone_missing_finish(missing);
        return code;
    }
    note_beginnings(missing);
    return HONE_OK;
}

void hone_missing_finish(struct hone_missing *missing) {
    for (size_t i = 0; missing->own != NULL && i < missing->count; i++) {
        hone_free(missing->own[i]);
    }
    hone_free(missing->own);
    hone_free(missing->number);
    *missing = (struct hone_missing){0};
}

bool hone_missing_is(const struct hone_missing *missing, const char *text) {
    if (!missing->begins[(unsigned char)text[0]]) {
        return false;
    }
    for (size_t i = 0; i < missing->count; i++) {
        if (strcmp(text, missing->word[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool hone_missing_is_number(const struct hone_missing *missing, double number) {
    for (size_t i = 0; missing->number != NULL && i < missing->count; i++) {
        if (missing->number[i] == number) {
            return true;
        }
    }
    return false;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static const char *skip_blanks(const char *text) {
    while (*text == ' ' || *text == '\t') {
        text++;
    }
    return text;
}

/* Whether text is [sign] digits [. digits] [e [sign] digits] with at least one
 * digit before the exponent, then blanks. */
static bool is_decimal(const char *text) {
    size_t digits = 0;

    text += *text == '+' || *text == '-';
    for (; is_digit(*text); text++) {
        digits++;
    }
    if (*text == '.') {
        for (text++; is_digit(*text); text++) {
            digits++;
        }
    }
    if (digits > 0 && (*text == 'e' || *text == 'E')) {
        text++;
        text += *text == '+' || *text == '-';
        if (!is_digit(*text)) {
            return false;
        }
        while (is_digit(*text)) {
            text++;
        }
    }
    return digits > 0 && *skip_blanks(text) == '\0';
}

static bool is_infinity(const char *text) {
    text += *text == '+' || *text == '-';
    return strcasecmp(text, "inf") == 0 || strcasecmp(text, "infinity") == 0;
}

/* The common short number without exponent. Exact: the digits are an integer
 * below 2^53 and the power of ten is at most 10^22, so that the one division
 * rounds correctly (Clinger 1990, "How to read floating point numbers
 * accurately"). Returns false when it is not that short. */
static bool read_short(const char *text, double *ret_number) {
    static const double power[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15};
    enum { MOST_DIGITS = 15 };
    bool negative = *text == '-';
    uint64_t digits = 0;
    int count = 0;
    int after_point = 0;

    text += *text == '+' || *text == '-';
    for (; is_digit(*text) && count < MOST_DIGITS; text++, count++) {
        digits = 10 * digits + (uint64_t)(*text - '0');
    }
    if (*text == '.') {
        for (text++; is_digit(*text) && count < MOST_DIGITS; text++, count++, after_point++) {
            digits = 10 * digits + (uint64_t)(*text - '0');
        }
    }
    if (*text != '\0' || count == 0) {
        return false;
    }
    *ret_number = (negative ? -1.0 : 1.0) * ((double)digits / power[after_point]);
    return true;
}

enum hone_cell_kind hone_cell_size(double number) {
    return fabs(number) <= largest_number ? HONE_CELL_NUMBER : HONE_CELL_HUGE;
}

enum hone_cell_kind hone_cell_read(const char *text, double *ret_number) {
    enum hone_cell_kind kind;
    double number;

    text = skip_blanks(text);
    if (read_short(text, ret_number)) {
        return HONE_CELL_NUMBER;
    }
    if (!is_decimal(text)) {
        return is_infinity(text) ? HONE_CELL_HUGE : HONE_CELL_TEXT;
    }
    number = strtod(text, NULL);
    kind = hone_cell_size(number);
    if (kind == HONE_CELL_NUMBER) {
        *ret_number = number;
    }
    return kind;
}

struct hone_cell_shown hone_cell_show(const char *text) {
    enum { LONGEST_PIECE = 8 }; /* "\x1b", or a character and the final "..." */
    struct hone_cell_shown shown = {""};
    size_t at = 0;

    for (; *text != '\0' && at + LONGEST_PIECE < sizeof(shown.text); text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < 0x20 || byte == 0x7F) {
            at += (size_t)snprintf(shown.text + at, sizeof(shown.text) - at, "\\x%02x", byte);
        } else {
            shown.text[at++] = *text;
        }
    }
    while (*text != '\0' && at > 0 && ((unsigned char)*text & 0xC0) == 0x80) {
        text--; /* not within a character */
        at--;
    }
    (void)snprintf(shown.text + at, sizeof(shown.text) - at, "%s", *text != '\0' ? "..." : "");
    return shown;
}
