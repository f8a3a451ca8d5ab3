/* One trial, for people and for programs. */
#ifndef HONE_CLI_POINT_H
#define HONE_CLI_POINT_H

#include "engine/buf.h"
#include "engine/cli/table.h"
#include "storage/db.h"

/* Appends a trial as in `hone trials --format json`, without the closing brace,
 * so that more members may follow. */
void cli_add_trial_json(struct hone_buf *buf, const struct hone_trial_row *row);

/* Appends a stored value: as JSON (none: null), or as a person reads it. */
void cli_add_cell_json(struct hone_buf *buf, const struct hone_cell *cell);
void cli_add_cell_shown(struct hone_buf *buf, const struct hone_cell *cell);

/* A stored value as the next cell of a table. */
void cli_table_cell(struct cli_table *table, const struct hone_cell *cell);

/* Appends active parameters: "lr: 0.1" lines of YAML; "--lr 0.1 --units 32" for
 * a shell, quoted where it must be; aligned lines for people. */
void cli_add_params_yaml(struct hone_buf *buf, const struct hone_trial_row *row);
void cli_add_params_args(struct hone_buf *buf, const struct hone_trial_row *row);
void cli_add_params_shown(struct hone_buf *buf, const struct hone_trial_row *row);

/* Appends "0.0812 ± 0.003", "0.0812" or "none". */
void cli_add_value(struct hone_buf *buf, double value, double sem);

#endif
