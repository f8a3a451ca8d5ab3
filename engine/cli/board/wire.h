/* TensorBoard's event files: records of protocol buffers, without their library.
 *
 *   record  u64 length | u32 masked crc of that | bytes | u32 masked crc of them
 *   bytes   an Event (tensorflow/core/util/event.proto); integers little-endian
 *
 * Field numbers: Event {1 wall_time, 2 step, 3 file_version, 5 summary}, Summary {1
 * value}, Value {1 tag, 2 simple_value, 8 tensor, 9 metadata}, SummaryMetadata {1
 * plugin_data {1 plugin_name, 2 content}}. */
#ifndef HONE_CLI_BOARD_WIRE_H
#define HONE_CLI_BOARD_WIRE_H

#include "engine/buf.h"

#include <stddef.h>
#include <stdint.h>

/* ---- Protocol buffers: fields of a message ---- */

void cli_pb_add_varint(struct hone_buf *message, unsigned field, uint64_t value);
void cli_pb_add_double(struct hone_buf *message, unsigned field, double value);
void cli_pb_add_float(struct hone_buf *message, unsigned field, double value);
void cli_pb_add_text(struct hone_buf *message, unsigned field, const char *text);

/* A message within another; releases it. */
void cli_pb_add_message(struct hone_buf *message, unsigned field, struct hone_buf *inner);

/* ---- Events ---- */

/* Appends the record that begins a file. */
void cli_event_file_start(struct hone_buf *file, double wall_seconds);

/* Adds one number to a summary. */
void cli_summary_add_scalar(struct hone_buf *summary, const char *tag, double value);

/* Adds what the HParams plugin reads under that tag; releases content. */
void cli_summary_add_hparams(struct hone_buf *summary, const char *tag, struct hone_buf *content);

/* Appends an event with this summary; releases it. */
void cli_event_file_add(struct hone_buf *file, double wall_seconds, int64_t step,
    struct hone_buf *summary);

/* CRC-32C (Castagnoli), as in RFC 3720, appendix B.4. */
uint32_t cli_crc32c(const char *bytes, size_t length);

#endif
