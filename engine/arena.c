#include "engine/arena.h"

#include "engine/alloc.h"

#include <stdint.h>
#include <string.h>

enum { ALIGN_SMALL = 16, ALIGN_LARGE = 64, BLOCK_BYTES = 64 * 1024 };

struct hone_arena_block {
    struct hone_arena_block *next;
    size_t size_bytes;
    size_t used_bytes;
    unsigned char room[];
};

/* Where in the block an allocation of this size would begin. */
static size_t aligned_start(const struct hone_arena_block *block, size_t size_bytes) {
    size_t align = size_bytes >= ALIGN_LARGE ? ALIGN_LARGE : ALIGN_SMALL;
    uintptr_t free_at = (uintptr_t)block->room + block->used_bytes;

    return block->used_bytes + (size_t)((align - free_at % align) % align);
}

static void *block_take(struct hone_arena_block *block, size_t size_bytes) {
    size_t start = aligned_start(block, size_bytes);

    if (start > block->size_bytes || size_bytes > block->size_bytes - start) {
        return NULL;
    }
    block->used_bytes = start + size_bytes;
    return memset(block->room + start, 0, size_bytes);
}

static struct hone_arena_block *block_add(struct hone_arena *arena, size_t size_bytes) {
    size_t room = size_bytes > BLOCK_BYTES / 4 ? size_bytes + ALIGN_LARGE : BLOCK_BYTES;
    struct hone_arena_block *block;

    if (size_bytes > SIZE_MAX - ALIGN_LARGE - sizeof(*block)) {
        return NULL;
    }
    block = hone_new(sizeof(*block) + room);
    if (block == NULL) {
        return NULL;
    }
    block->size_bytes = room;
    if (arena->now == NULL) {
        arena->first = block;
    } else {
        block->next = arena->now->next;
        arena->now->next = block;
    }
    arena->now = block;
    return block;
}

void *hone_arena_new(struct hone_arena *arena, size_t size_bytes) {
    void *taken = NULL;
    struct hone_arena_block *block = arena->now;

    while (block != NULL) {
        taken = block_take(block, size_bytes);
        if (taken != NULL) {
            arena->now = block;
            return taken;
        }
        block = block->next;
    }
    block = block_add(arena, size_bytes);
    return block == NULL ? NULL : block_take(block, size_bytes);
}

void *hone_arena_array(struct hone_arena *arena, size_t count, size_t size_bytes) {
    if (size_bytes > 0 && count > SIZE_MAX / size_bytes) {
        return NULL;
    }
    return hone_arena_new(arena, count * size_bytes);
}

char *hone_arena_text(struct hone_arena *arena, const char *text, size_t length) {
    char *copy = length == SIZE_MAX ? NULL : hone_arena_new(arena, length + 1);

    if (copy != NULL) {
        memcpy(copy, text, length);
    }
    return copy;
}

void hone_arena_reset(struct hone_arena *arena) {
    for (struct hone_arena_block *b = arena->first; b != NULL; b = b->next) {
        b->used_bytes = 0;
    }
    arena->now = arena->first;
}

void hone_arena_finish(struct hone_arena *arena) {
    struct hone_arena_block *block = arena->first;

    while (block != NULL) {
        struct hone_arena_block *next = block->next;

        hone_free(block);
        block = next;
    }
    *arena = (struct hone_arena){0};
}
