#include "engine/cli/board/wire.h"

#include <string.h>

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5, TYPE_BITS = 3 };
enum { EVENT_TIME = 1, EVENT_STEP = 2, EVENT_VERSION = 3, EVENT_SUMMARY = 5 };
enum { SUMMARY_VALUE = 1, VALUE_TAG = 1, VALUE_SIMPLE = 2, VALUE_TENSOR = 8, VALUE_METADATA = 9 };
enum { METADATA_PLUGIN = 1, PLUGIN_NAME = 1, PLUGIN_CONTENT = 2 };
enum { TENSOR_TYPE = 1, TENSOR_SHAPE = 2, SHAPE_DIM = 2, DIM_SIZE = 1, TYPE_FLOAT = 1 };

/* ---- Bytes ---- */

static void add_varint(struct hone_buf *buf, uint64_t value) {
    do {
        const char byte = (char)((value & 0x7F) | (value > 0x7F ? 0x80 : 0));

        hone_buf_add_bytes(buf, &byte, 1);
        value >>= 7;
    } while (value > 0);
}

/* The lowest `bytes` bytes, the least first. */
static void add_fixed(struct hone_buf *buf, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        const char byte = (char)(value >> (8 * i) & 0xFF);

        hone_buf_add_bytes(buf, &byte, 1);
    }
}

static void add_key(struct hone_buf *message, unsigned field, unsigned type) {
    add_varint(message, (uint64_t)field << TYPE_BITS | type);
}

void cli_pb_add_varint(struct hone_buf *message, unsigned field, uint64_t value) {
    add_key(message, field, VARINT);
    add_varint(message, value);
}

void cli_pb_add_double(struct hone_buf *message, unsigned field, double value) {
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    add_key(message, field, FIXED64);
    add_fixed(message, bits, sizeof(bits));
}

void cli_pb_add_float(struct hone_buf *message, unsigned field, double value) {
    const float narrow = (float)value;
    uint32_t bits;

    memcpy(&bits, &narrow, sizeof(bits));
    add_key(message, field, FIXED32);
    add_fixed(message, bits, sizeof(bits));
}

static void add_bytes(struct hone_buf *message, unsigned field, const char *bytes,
    size_t length) {
    add_key(message, field, BYTES);
    add_varint(message, length);
    hone_buf_add_bytes(message, bytes, length);
}

void cli_pb_add_text(struct hone_buf *message, unsigned field, const char *text) {
    add_bytes(message, field, text, strlen(text));
}

void cli_pb_add_message(struct hone_buf *message, unsigned field, struct hone_buf *inner) {
    add_bytes(message, field, hone_buf_text(inner), inner->length);
    message->failed = message->failed || inner->failed;
    hone_buf_finish(inner);
}

/* ---- Records ---- */

/* A bit at a time: an event has a few dozen bytes. */
uint32_t cli_crc32c(const char *bytes, size_t length) {
    static const uint32_t polynomial = 0x82F63B78; /* reflected */
    uint32_t crc = 0xFFFFFFFF;

    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
        }
    }
    return ~crc;
}

/* A file may hold its own checksums as data; masked ones do not confuse. */
static uint32_t masked(const char *bytes, size_t length) {
    const uint32_t crc = cli_crc32c(bytes, length);

    return (crc >> 15 | crc << 17) + 0xA282EAD8;
}

static void add_record(struct hone_buf *file, struct hone_buf *event) {
    struct hone_buf length = {0};

    add_fixed(&length, event->length, sizeof(uint64_t));
    hone_buf_add_bytes(file, hone_buf_text(&length), length.length);
    add_fixed(file, masked(hone_buf_text(&length), length.length), sizeof(uint32_t));
    hone_buf_add_bytes(file, hone_buf_text(event), event->length);
    add_fixed(file, masked(hone_buf_text(event), event->length), sizeof(uint32_t));
    file->failed = file->failed || event->failed || length.failed;
    hone_buf_finish(&length);
    hone_buf_finish(event);
}

/* ---- Events ---- */

void cli_event_file_start(struct hone_buf *file, double wall_seconds) {
    struct hone_buf event = {0};

    cli_pb_add_double(&event, EVENT_TIME, wall_seconds);
    cli_pb_add_text(&event, EVENT_VERSION, "brain.Event:2");
    add_record(file, &event);
}

void cli_summary_add_scalar(struct hone_buf *summary, const char *tag, double value) {
    struct hone_buf inner = {0};

    cli_pb_add_text(&inner, VALUE_TAG, tag);
    cli_pb_add_float(&inner, VALUE_SIMPLE, value);
    cli_pb_add_message(summary, SUMMARY_VALUE, &inner);
}

/* A tensor of no elements: the plugin looks at the metadata alone, but a value
 * without a tensor is passed over. */
static void add_empty_tensor(struct hone_buf *value) {
    struct hone_buf tensor = {0}, shape = {0}, dim = {0};

    cli_pb_add_varint(&dim, DIM_SIZE, 0);
    cli_pb_add_message(&shape, SHAPE_DIM, &dim);
    cli_pb_add_varint(&tensor, TENSOR_TYPE, TYPE_FLOAT);
    cli_pb_add_message(&tensor, TENSOR_SHAPE, &shape);
    cli_pb_add_message(value, VALUE_TENSOR, &tensor);
}

void cli_summary_add_hparams(struct hone_buf *summary, const char *tag,
    struct hone_buf *content) {
    struct hone_buf plugin = {0}, metadata = {0}, value = {0};

    cli_pb_add_text(&plugin, PLUGIN_NAME, "hparams");
    cli_pb_add_message(&plugin, PLUGIN_CONTENT, content);
    cli_pb_add_message(&metadata, METADATA_PLUGIN, &plugin);
    cli_pb_add_text(&value, VALUE_TAG, tag);
    add_empty_tensor(&value);
    cli_pb_add_message(&value, VALUE_METADATA, &metadata);
    cli_pb_add_message(summary, SUMMARY_VALUE, &value);
}

void cli_event_file_add(struct hone_buf *file, double wall_seconds, int64_t step,
    struct hone_buf *summary) {
    struct hone_buf event = {0};

    cli_pb_add_double(&event, EVENT_TIME, wall_seconds);
    cli_pb_add_varint(&event, EVENT_STEP, (uint64_t)step);
    cli_pb_add_message(&event, EVENT_SUMMARY, summary);
    add_record(file, &event);
}
