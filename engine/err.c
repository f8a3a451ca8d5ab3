#include "engine/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOING_BYTES = 1024 };

enum hone_code hone_fail(struct hone_err *err, enum hone_code code, const char *format, ...) {
    va_list args;

    va_start(args, format);
    err->code = code;
    (void)vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    return code;
}

enum hone_code hone_while(struct hone_err *err, const char *format, ...) {
    char doing[DOING_BYTES];
    va_list args;
    size_t length;
    size_t kept = strlen(err->text);

    va_start(args, format);
    (void)vsnprintf(doing, sizeof(doing) - 2, format, args);
    va_end(args);
    length = strlen(doing);
    memcpy(doing + length, ": ", 2);
    length += 2;
    if (kept > sizeof(err->text) - 1 - length) {
        kept = sizeof(err->text) - 1 - length;
    }
    memmove(err->text + length, err->text, kept);
    memcpy(err->text, doing, length);
    err->text[length + kept] = '\0';
    return err->code;
}

_Noreturn void hone_assert_failed(const char *promise, const char *file, int line) {
    (void)fprintf(stderr, "hone: a bug in hone: %s does not hold (%s:%d)\n", promise, file, line);
    abort();
}
