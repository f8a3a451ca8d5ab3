/* The one way to memory: zeroed, overflow-checked, and failing on demand in
 * tests. Every function may return NULL; none prints or exits. */
#ifndef HONE_ENGINE_ALLOC_H
#define HONE_ENGINE_ALLOC_H

#include "engine/err.h"

#include <stdbool.h>
#include <stddef.h>

/* size bytes of zeros, to be freed with hone_free. */
HONE_MUST_CHECK void *hone_new(size_t size_bytes);

/* count elements of zeros; NULL also when count * size would overflow. A count
 * of 0 gives a valid pointer. */
HONE_MUST_CHECK void *hone_new_array(size_t count, size_t size_bytes);

/* Makes room for `count` elements; new room is not zeroed. On failure the old
 * block stays as it was. */
HONE_MUST_CHECK void *hone_resize(void *block, size_t count, size_t size_bytes);

/* A copy of a string. */
HONE_MUST_CHECK char *hone_strdup(const char *text);

/* The same for one that may be NULL, and stays so. False: no memory. */
HONE_MUST_CHECK bool hone_copy_text(const char *text, char **ret);

/* Accepts NULL. */
void hone_free(void *block);

/* For tests: the n-th allocation from now on (counted from 1, over all threads)
 * returns NULL, and with `forever` every later one too. 0 ends it. */
void hone_alloc_fail_at(unsigned long n, int forever);

#endif
