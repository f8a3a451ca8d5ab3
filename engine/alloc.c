#include "engine/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_long fail_countdown; /* 0: never; set by tests alone */
static atomic_int fail_forever;

void hone_alloc_fail_at(unsigned long n, int forever) {
    atomic_store(&fail_forever, forever);
    atomic_store(&fail_countdown, (long)n);
}

static int must_fail(void) {
    if (atomic_load_explicit(&fail_countdown, memory_order_relaxed) == 0) {
        return 0;
    }
    if (atomic_fetch_sub(&fail_countdown, 1) > 1) {
        return 0;
    }
    atomic_store(&fail_countdown, atomic_load(&fail_forever) ? 1 : 0);
    return 1;
}

void *hone_new(size_t size_bytes) {
    return hone_new_array(1, size_bytes);
}

static int overflows(size_t count, size_t size_bytes) {
    return size_bytes > 0 && count > SIZE_MAX / size_bytes;
}

void *hone_new_array(size_t count, size_t size_bytes) {
    if (must_fail() || overflows(count, size_bytes)) {
        return NULL;
    }
    return calloc(count > 0 ? count : 1, size_bytes > 0 ? size_bytes : 1);
}

void *hone_resize(void *block, size_t count, size_t size_bytes) {
    if (must_fail() || overflows(count, size_bytes)) {
        return NULL;
    }
    return realloc(block, count * size_bytes > 0 ? count * size_bytes : 1);
}

char *hone_strdup(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = hone_new(size);

    if (copy != NULL) {
        memcpy(copy, text, size);
    }
    return copy;
}

bool hone_copy_text(const char *text, char **ret) {
    *ret = text != NULL ? hone_strdup(text) : NULL;
    return text == NULL || *ret != NULL;
}

void hone_free(void *block) {
    free(block);
}
