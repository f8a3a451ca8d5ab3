/* The different texts of a column, numbered in order of appearance. */
#ifndef HONE_OBJECTIVES_DATA_LEVELS_H
#define HONE_OBJECTIVES_DATA_LEVELS_H

#include "engine/arena.h"
#include "engine/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hone_levels {
    struct hone_arena texts;
    const char **text; /* (count) */
    size_t count, room;
    uint32_t *slot;    /* (slots) open addressing: 0 free, else index + 1 */
    size_t slots;      /* a power of two, or 0 */
};

/* The index of `text`, new or known. HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_levels_index(struct hone_levels *levels, const char *text,
    int32_t *ret_index, struct hone_err *err);

/* Puts the levels in order, by number when every one is a number, else by
 * bytes; ret_place[old index] is the new index. Nothing may be added
 * afterwards. HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_levels_sort(struct hone_levels *levels, int32_t *ret_place,
    struct hone_err *err);

void hone_levels_finish(struct hone_levels *levels); /* accepts zeroed */

#endif
