/* Errors: a code for the program, one sentence for the reader.
 *
 * Three voices (see also problems.h). hone_assert: a bug of ours; it stays on
 * in release builds. hone_fail: the world disappointed us; the code travels up
 * and each caller may add what it was doing. A message to the user is printed
 * in engine/cli/ alone. */
#ifndef HONE_ENGINE_ERR_H
#define HONE_ENGINE_ERR_H

#define HONE_MUST_CHECK __attribute__((warn_unused_result))
#define HONE_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))

enum hone_code {
    HONE_OK = 0,
    HONE_E_NOMEM,     /* memory ran out */
    HONE_E_IO,        /* a file or the disk failed */
    HONE_E_INPUT,     /* what the user gave cannot be used: spec, data, arguments */
    HONE_E_MISSING,   /* what was named does not exist: study, trial */
    HONE_E_DIFFERS,   /* the stored study was made from another spec */
    HONE_E_BUSY,      /* somebody else holds it */
    HONE_E_CORRUPT,   /* a database that is damaged, foreign or newer */
    HONE_E_NUMERIC,   /* a computation has no finite result */
    HONE_E_CANCELLED, /* stopped on request; not a failure of the work */
};

struct hone_err {
    enum hone_code code;
    char text[2048];
};

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
