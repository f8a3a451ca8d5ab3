/* JSON for the report's page: short numbers, members one after another. */
#ifndef HONE_CLI_REPORT_JSON_H
#define HONE_CLI_REPORT_JSON_H

#include "engine/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLI_JSON_EXACT = 17 }; /* digits that lose nothing */

/* Appends the key of the next member, with a comma unless it is the first. */
void cli_json_key(struct hone_buf *buf, const char *key);

/* Appends a comma unless a value is the first of its list. */
void cli_json_next(struct hone_buf *buf);

/* Appends a value. Numbers that are not finite are null; whole numbers keep all their
 * digits, others `digits` significant ones, 1 … CLI_JSON_EXACT. */
void cli_json_real(struct hone_buf *buf, double number, int digits);
void cli_json_bool(struct hone_buf *buf, bool truth);

/* Appends a member; a text that is NULL is null. */
void cli_json_add_real(struct hone_buf *buf, const char *key, double number, int digits);
void cli_json_add_count(struct hone_buf *buf, const char *key, uint64_t count);
void cli_json_add_text(struct hone_buf *buf, const char *key, const char *text);
void cli_json_add_bool(struct hone_buf *buf, const char *key, bool truth);

/* Appends a list of `count` numbers, each `stride` after the one before. */
void cli_json_add_reals(struct hone_buf *buf, const char *key, size_t count, const double *number,
    size_t stride, int digits);

#endif
