#include "engine/problems.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE_BYTES = 1024, WORD_LIMIT = 64 };

/* Names and values come from the user's file: a control character must not
 * reach the terminal, and a line must stay one line. */
static void add_place(struct hone_problems *problems, struct hone_place place) {
    if (problems->placeless) {
        return;
    }
    hone_buf_add_printable(&problems->lines, problems->file != NULL ? problems->file : "spec");
    hone_buf_printf(&problems->lines, ":%d:%d: ", place.line > 0 ? place.line : 1,
        place.column > 0 ? place.column : 1);
}

void hone_problem(struct hone_problems *problems, struct hone_place place, const char *key,
    const char *format, ...) {
    char sentence[SENTENCE_BYTES];
    va_list args;

    problems->count++;
    if (problems->count > HONE_PROBLEMS_SHOWN) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    add_place(problems, place);
    hone_buf_add_printable(&problems->lines, key);
    hone_buf_add(&problems->lines, *key != '\0' ? ": " : "");
    hone_buf_add_printable(&problems->lines, sentence);
    hone_buf_add(&problems->lines, "\n");
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Optimal string alignment distance: insert, delete, replace, swap neighbours;
 * letters without regard to case. Words are at most WORD_LIMIT long. */
static size_t distance(const char *a, const char *b) {
    size_t row[3][WORD_LIMIT + 1];
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);

    for (size_t j = 0; j <= b_length; j++) {
        row[0][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t *now = row[i % 3];
        const size_t *above = row[(i - 1) % 3];
        const size_t *twice_above = row[(i + 1) % 3];

        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            int a_now = tolower((unsigned char)a[i - 1]);
            int b_now = tolower((unsigned char)b[j - 1]);

            now[j] = least(above[j - 1] + (a_now != b_now), least(above[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a_now == tolower((unsigned char)b[j - 2]) &&
                b_now == tolower((unsigned char)a[i - 2])) {
                now[j] = least(now[j], twice_above[j - 2] + 1);
            }
        }
    }
    return row[a_length % 3][b_length];
}

const char *hone_nearest(const char *word, const char *const *candidates, size_t count) {
    const char *nearest = NULL;
    size_t length = strlen(word);
    size_t nearest_far = length > 1 ? least(3, (length + 2) / 3) + 1 : 1;

    if (length > WORD_LIMIT) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(candidates[i]);
        size_t gap = other > length ? other - length : length - other;

        /* The gap in length is a lower bound of the distance, and quick. */
        if (other <= WORD_LIMIT && gap < nearest_far) {
            size_t far = distance(word, candidates[i]);

            if (far < nearest_far) {
                nearest = candidates[i];
                nearest_far = far;
            }
        }
    }
    return nearest;
}

enum hone_code hone_problems_verdict(const struct hone_problems *problems, struct hone_err *err) {
    enum hone_code code = hone_buf_ok(&problems->lines, err);

    if (code != HONE_OK || problems->count == 0) {
        return code;
    }
    return hone_fail(err, HONE_E_INPUT, "%zu %s in '%s'", problems->count,
        problems->count == 1 ? "problem" : "problems",
        problems->file != NULL ? problems->file : "spec");
}

void hone_problems_finish(struct hone_problems *problems) {
    hone_buf_finish(&problems->lines);
    problems->count = 0;
}
