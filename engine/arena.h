/* An arena: many small allocations, one release. A worker keeps one as scratch
 * and resets it before each job; the plan keeps one for its whole life. Not
 * for use by two threads at once. */
#ifndef HONE_ENGINE_ARENA_H
#define HONE_ENGINE_ARENA_H

#include "engine/err.h"

#include <stddef.h>

struct hone_arena_block;

struct hone_arena {
    struct hone_arena_block *first; /* blocks in order of their making */
    struct hone_arena_block *now;   /* the one being filled */
};

/* size bytes of zeros, aligned to 64 bytes when size is at least 64, else to
 * 16; valid until reset or finish. NULL when memory ran out. */
HONE_MUST_CHECK void *hone_arena_new(struct hone_arena *arena, size_t size_bytes);

/* count elements of zeros; NULL also on overflow. */
HONE_MUST_CHECK void *hone_arena_array(struct hone_arena *arena, size_t count, size_t size_bytes);

/* A copy of `length` bytes of text with a final NUL. */
HONE_MUST_CHECK char *hone_arena_text(struct hone_arena *arena, const char *text, size_t length);

/* Forgets all allocations and keeps the blocks for the next ones. */
void hone_arena_reset(struct hone_arena *arena);

/* Releases everything; the arena is then as zero-initialised. */
void hone_arena_finish(struct hone_arena *arena);

#endif
