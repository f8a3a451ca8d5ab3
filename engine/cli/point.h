/* One trial, for people and for programs. */
#ifndef HONE_CLI_POINT_H
#define HONE_CLI_POINT_H

#include "engine/buf.h"
#include "engine/cli/table.h"
#include "engine/space.h"
#include "storage/db.h"

/* Appends a trial as in `hone trials --format json`, without the closing brace,
 * so that more members may follow. */
void cli_add_trial_json(struct hone_buf *buf, const struct hone_trial_row *row);

/* Appends the active parameters of a point as a JSON object. */
void cli_add_point_json(struct hone_buf *buf, const struct hone_space *space,
    const double *x_value);

/* Appends a stored value: as JSON (none: null), or as a person reads it. */
void cli_add_cell_json(struct hone_buf *buf, const struct hone_cell *cell);
void cli_add_cell_shown(struct hone_buf *buf, const struct hone_cell *cell);

/* A stored value as the next cell of a table. */
void cli_table_cell(struct cli_table *table, const struct hone_cell *cell);

/* Appends active parameters: "lr: 0.1" lines of YAML, read alike by 1.1 and 1.2;
 * "--lr 0.1 --units 32" for a shell, quoted where it must be; aligned lines for people. */
void cli_add_params_yaml(struct hone_buf *buf, const struct hone_trial_row *row);
void cli_add_params_args(struct hone_buf *buf, const struct hone_trial_row *row);
void cli_add_params_shown(struct hone_buf *buf, const struct hone_trial_row *row);

/* Appends the value of an active parameter for a person. */
void cli_add_param_value_shown(struct hone_buf *buf, const struct hone_param *param,
    double x_value);

/* Appends "name value" for a person. */
void cli_add_param_shown(struct hone_buf *buf, const struct hone_param *param, double x_value);

/* The same, a line each, for the active parameters of a point but constants. */
void cli_add_point_lines(struct hone_buf *buf, const struct hone_space *space,
    const double *x_value);

/* Appends the first line of a text, printable. */
void cli_add_first_line(struct hone_buf *buf, const char *text);

/* Appends the first `length` bytes of the text, printable. */
void cli_add_printable_part(struct hone_buf *buf, const char *text, size_t length);

/* Appends one word for a POSIX shell, quoted where it must be. */
void cli_add_shell_word(struct hone_buf *buf, const char *text);

/* Appends "0.0812 ± 0.003", "0.0812" or "none". */
void cli_add_value(struct hone_buf *buf, double value, double sem);

#endif
