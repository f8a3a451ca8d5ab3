#include "engine/cli/board/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* RFC 3720, appendix B.4, and the check value of the catalogue of CRCs. */
static void checksums_are_castagnoli_s(void **state) {
    char zeros[32] = {0};

    (void)state;
    assert_int_equal(cli_crc32c("123456789", 9), 0xE3069283);
    assert_int_equal(cli_crc32c(zeros, sizeof(zeros)), 0x8A9136AA);
    assert_int_equal(cli_crc32c("", 0), 0);
}

/* Written by TensorBoard 2.21: its RecordWriter and event_pb2. */
static void a_file_is_as_tensorboard_writes_it(void **state) {
    static const char golden[] =
        "\x18\x00\x00\x00\x00\x00\x00\x00\xa3\x7f\x4b\x22\x09\x00\x00\x00\x00\x00\x00\xf8"
        "\x3f\x1a\x0d\x62\x72\x61\x69\x6e\x2e\x45\x76\x65\x6e\x74\x3a\x32\x2a\x28\x64\x6c"
        "\x21\x00\x00\x00\x00\x00\x00\x00\x01\x7b\xec\xf6\x09\x00\x00\x00\x00\x00\x00\x04"
        "\x40\x10\xac\x02\x2a\x13\x0a\x11\x0a\x0a\x6c\x6f\x73\x73\x2f\x74\x72\x61\x69\x6e"
        "\x15\x00\x00\x80\x3e\x55\xc4\x5f\x02";
    struct hone_buf file = {0}, summary = {0};

    (void)state;
    cli_event_file_start(&file, 1.5);
    cli_summary_add_scalar(&summary, "loss/train", 0.25);
    cli_event_file_add(&file, 2.5, 300, &summary);
    assert_int_equal(file.length, sizeof(golden) - 1);
    assert_memory_equal(file.text, golden, file.length);
    hone_buf_finish(&file);
}

static void fields_nest(void **state) {
    struct hone_buf outer = {0}, inner = {0};

    (void)state;
    cli_pb_add_varint(&inner, 1, 300);
    cli_pb_add_text(&inner, 16, "a");
    cli_pb_add_message(&outer, 2, &inner);
    assert_int_equal(outer.length, 9);
    assert_memory_equal(outer.text, "\x12\x07\x08\xac\x02\x82\x01\x01" "a", 9);
    hone_buf_finish(&outer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_are_castagnoli_s),
        cmocka_unit_test(a_file_is_as_tensorboard_writes_it),
        cmocka_unit_test(fields_nest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
