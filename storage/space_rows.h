/* The rows of a space: its parameters, their choices, and points. A database
 * can be read without the spec that made it. */
#ifndef HONE_STORAGE_SPACE_ROWS_H
#define HONE_STORAGE_SPACE_ROWS_H

#include "engine/arena.h"
#include "engine/space.h"
#include "storage/sql.h"

#include <stddef.h>
#include <stdint.h>

struct hone_param_row {
    const char *name;
    enum hone_param_type type;
    size_t choice_count;
    const struct hone_cell *choice; /* (choice_count) */
};

struct hone_space_rows {
    size_t count;
    const struct hone_param_row *param; /* (count) by position */
    const char **name;                  /* (count) */
};

/* Checksum of what hone_space_rows_write writes, for study.space_checksum. */
HONE_MUST_CHECK enum hone_code hone_space_rows_sum(const struct hone_space *space,
    int64_t *ret_sum, struct hone_err *err);

/* Inserts into param and choice. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_space_rows_write(struct hone_db *db, int64_t study,
    const struct hone_space *space, struct hone_err *err);

/* Reads them into the arena; HONE_E_CORRUPT when they are not what was written. */
HONE_MUST_CHECK enum hone_code hone_space_rows_read(struct hone_db *db, int64_t study,
    struct hone_arena *arena, struct hone_space_rows *ret, struct hone_err *err);

/* A space in the arena that has their names and types, and nothing else. */
HONE_MUST_CHECK enum hone_code hone_space_rows_outline(const struct hone_space_rows *rows,
    struct hone_arena *arena, struct hone_space *ret, struct hone_err *err);

/* The x_value of parameter p as a user sees it; HONE_CELL_NONE when NaN or no
 * position of a choice. */
struct hone_cell hone_space_rows_cell(const struct hone_space_rows *rows, size_t p, double x_value);

#endif
