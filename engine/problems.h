/* What is wrong with a spec: all of it at once, each line located.
 * FILE:LINE:COLUMN: KEY: what is wrong; what would be right */
#ifndef HONE_ENGINE_PROBLEMS_H
#define HONE_ENGINE_PROBLEMS_H

#include "engine/buf.h"
#include "engine/err.h"
#include "engine/value.h"

#include <stdbool.h>
#include <stddef.h>

enum { HONE_PROBLEMS_SHOWN = 100 }; /* later ones are only counted */

struct hone_problems {
    const char *file; /* not owned */
    bool placeless;   /* what is read was written in no file: lines begin with the key */
    size_t count;
    struct hone_buf lines; /* one line a problem, in order of finding */
};

/* Notes one problem; the sentence says what is wrong; what would be right. */
void hone_problem(struct hone_problems *problems, struct hone_place place, const char *key,
    const char *format, ...) HONE_PRINTF(4, 5);

/* The candidate that a mistyped word most likely means, or NULL when none is
 * near (Damerau-Levenshtein distance, without regard to case, at most a third
 * of the length, rounded up, and 3; a single letter is near to itself alone).
 * The first of equally near ones. */
const char *hone_nearest(const char *word, const char *const *candidates, size_t count);

/* HONE_OK without problems; else HONE_E_INPUT with all lines as the sentence's
 * source: the caller prints problems->lines. HONE_E_NOMEM when a line was lost. */
HONE_MUST_CHECK enum hone_code hone_problems_verdict(const struct hone_problems *problems,
    struct hone_err *err);

void hone_problems_finish(struct hone_problems *problems);

#endif
