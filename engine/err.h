/* Errors: a code for the program, one sentence for the reader.
 *
 * Three voices (see also problems.h). hone_assert: a bug of ours; it stays on
 * in release builds. hone_fail: the world disappointed us; the code travels up
 * and each caller may add what it was doing. A message to the user is printed
 * in engine/cli/ alone. */
#ifndef HONE_ENGINE_ERR_H
#define HONE_ENGINE_ERR_H

#include "engine/hone.h" /* enum hone_code, struct hone_err */

#define HONE_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))

/* Writes the sentence into err and returns `code`, so that a failing function
 * can end with `return hone_fail(err, HONE_E_IO, …)`. A sentence has no final
 * full stop. */
enum hone_code hone_fail(struct hone_err *err, enum hone_code code, const char *format, ...)
    HONE_PRINTF(3, 4);

/* Puts what was being done before the sentence that is there: "doing: sentence".
 * Returns err->code. */
enum hone_code hone_while(struct hone_err *err, const char *format, ...) HONE_PRINTF(2, 3);

/* Ends the program with the place and the broken promise. Never compiled out. */
#define hone_assert(promise)                                                                       \
    ((promise) ? (void)0 : hone_assert_failed(#promise, __FILE__, __LINE__))
_Noreturn void hone_assert_failed(const char *promise, const char *file, int line);

#endif
