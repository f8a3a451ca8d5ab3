#include "engine/alloc.h"
#include "engine/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Sizes around the alignments and the block size, in an order that leaves gaps. */
static const size_t sizes[] = {1, 15, 16, 17, 63, 64, 65, 1000, 70000, 3, 16384, 16385, 200000, 8};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static void fill(struct hone_arena *arena, unsigned char *ret_piece[SIZES]) {
    for (int i = 0; i < SIZES; i++) {
        ret_piece[i] = hone_arena_new(arena, sizes[i]);
        assert_non_null(ret_piece[i]);
        assert_int_equal((uintptr_t)ret_piece[i] % (sizes[i] >= 64 ? 64 : 16), 0);
        for (size_t b = 0; b < sizes[i]; b++) {
            assert_int_equal(ret_piece[i][b], 0);
        }
        memset(ret_piece[i], i + 1, sizes[i]);
    }
}

static void pieces_are_zeroed_aligned_and_apart(void **state) {
    struct hone_arena arena = {0};
    unsigned char *piece[SIZES];

    (void)state;
    fill(&arena, piece);
    for (int i = 0; i < SIZES; i++) {
        for (size_t b = 0; b < sizes[i]; b++) {
            assert_int_equal(piece[i][b], i + 1);
        }
    }
    hone_arena_finish(&arena);
}

static void reset_gives_the_same_room_again_zeroed(void **state) {
    struct hone_arena arena = {0};
    unsigned char *before[SIZES];
    unsigned char *after[SIZES];

    (void)state;
    fill(&arena, before);
    hone_arena_reset(&arena);
    hone_alloc_fail_at(1, 1); /* a second round needs no new memory */
    fill(&arena, after);
    hone_alloc_fail_at(0, 0);
    assert_ptr_equal(before[0], after[0]);
    hone_arena_finish(&arena);
}

static void sizes_that_overflow_give_nothing(void **state) {
    struct hone_arena arena = {0};

    (void)state;
    assert_null(hone_arena_new(&arena, SIZE_MAX));
    assert_null(hone_arena_new(&arena, SIZE_MAX - 70));
    assert_null(hone_arena_array(&arena, SIZE_MAX / 4, 8));
    assert_null(hone_arena_text(&arena, "", SIZE_MAX));
    assert_non_null(hone_arena_new(&arena, 0));
    hone_arena_finish(&arena);
}

static void text_is_copied_with_its_end(void **state) {
    struct hone_arena arena = {0};
    char *text = hone_arena_text(&arena, "hone and more", 4);

    (void)state;
    assert_string_equal(text, "hone");
    hone_arena_finish(&arena);
}

static void finished_arena_is_as_new(void **state) {
    struct hone_arena arena = {0};

    (void)state;
    hone_arena_finish(&arena);
    hone_arena_reset(&arena);
    assert_non_null(hone_arena_new(&arena, 10));
    hone_arena_finish(&arena);
    assert_null(arena.first);
    assert_null(arena.now);
    hone_arena_finish(&arena);
}

static void without_memory_the_arena_stays_usable(void **state) {
    struct hone_arena arena = {0};

    (void)state;
    hone_alloc_fail_at(1, 0);
    assert_null(hone_arena_new(&arena, 10));
    assert_non_null(hone_arena_new(&arena, 10));
    hone_alloc_fail_at(1, 0);
    assert_null(hone_arena_new(&arena, 1000000));
    hone_alloc_fail_at(0, 0);
    assert_non_null(hone_arena_new(&arena, 10));
    hone_arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(reset_gives_the_same_room_again_zeroed),
        cmocka_unit_test(sizes_that_overflow_give_nothing),
        cmocka_unit_test(text_is_copied_with_its_end),
        cmocka_unit_test(finished_arena_is_as_new),
        cmocka_unit_test(without_memory_the_arena_stays_usable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
