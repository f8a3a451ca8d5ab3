#include "tests/objectives/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *read_text(const char *name) {
    char path[1024];
    FILE *file;
    long size;
    char *text;

    (void)snprintf(path, sizeof(path), "%s/%s", HONE_GOLDEN, name);
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    rewind(file);
    text = calloc((size_t)size + 1, 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), (size_t)size);
    (void)fclose(file);
    return text;
}

static size_t count_char(const char *text, const char *end, char wanted) {
    size_t count = 0;

    for (; text < end; text++) {
        count += *text == wanted;
    }
    return count;
}

struct golden golden_read(const char *name) {
    struct golden golden = {.text = read_text(name)};
    char *at = golden.text;
    size_t cells;

    golden.columns = count_char(at, strchr(at, '\n'), ',') + 1;
    golden.rows = count_char(at, at + strlen(at), '\n') - 1;
    cells = (golden.rows + 1) * golden.columns;
    golden.cell = calloc(cells, sizeof(*golden.cell));
    assert_non_null(golden.cell);
    for (size_t i = 0; i < cells; i++) {
        size_t length = strcspn(at, ",\r\n");
        bool crlf = at[length] == '\r';

        golden.cell[i] = at;
        at[length] = '\0';
        at += length + (crlf ? 2 : 1);
    }
    return golden;
}

void golden_finish(struct golden *golden) {
    free(golden->text);
    free(golden->cell);
    *golden = (struct golden){0};
}

const char *golden_text(const struct golden *golden, size_t r, const char *column) {
    for (size_t c = 0; c < golden->columns; c++) {
        if (strcmp(golden->cell[c], column) == 0) {
            return golden->cell[(r + 1) * golden->columns + c];
        }
    }
    fail_msg("no column '%s'", column);
    return "";
}

double golden_number(const struct golden *golden, size_t r, const char *column) {
    return strtod(golden_text(golden, r, column), NULL);
}

void check_near(double actual, double expected, double relative, double absolute,
    const char *what) {
    if (isnan(expected) && isnan(actual)) {
        return;
    }
    if (!(fabs(actual - expected) <= relative * fabs(expected) + absolute)) {
        fail_msg("%s: %.17g, expected %.17g", what, actual, expected);
    }
}
