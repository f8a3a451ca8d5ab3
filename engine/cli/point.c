#include "engine/cli/point.h"

#include "engine/cli/width.h"
#include "engine/clock.h"
#include "engine/value.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { INDENT = 2, GAP = 2 }; /* around the name of a parameter */

static void add_time(struct hone_buf *buf, int64_t wall_ms) {
    char text[HONE_CLOCK_TEXT];

    if (wall_ms == 0) {
        hone_buf_add(buf, "null");
        return;
    }
    hone_clock_write(wall_ms, text);
    hone_buf_add(buf, "\"");
    hone_buf_add(buf, text);
    hone_buf_add(buf, "\"");
}

static void add_int(struct hone_buf *buf, int64_t number) {
    if (number < 0) {
        hone_buf_add(buf, "-");
    }
    cli_add_uint(buf, number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number);
}

/* Bytes that are no text, as SQLite's hex() writes them. */
static void add_hex(struct hone_buf *buf, const struct hone_cell *cell) {
    for (size_t i = 0; i < cell->length; i++) {
        hone_buf_printf(buf, "%02X", (unsigned char)cell->text[i]);
    }
}

void cli_add_cell_json(struct hone_buf *buf, const struct hone_cell *cell) {
    switch (cell->type) {
    case HONE_CELL_INT:
        add_int(buf, cell->integer);
        return;
    case HONE_CELL_REAL:
        hone_buf_add_json_real(buf, cell->real);
        return;
    case HONE_CELL_JSON:
        hone_buf_add(buf, cell->text);
        return;
    case HONE_CELL_TEXT:
        hone_buf_add_json_text(buf, cell->text);
        return;
    case HONE_CELL_BLOB:
        hone_buf_add(buf, "\"");
        add_hex(buf, cell);
        hone_buf_add(buf, "\"");
        return;
    case HONE_CELL_NONE:
        break;
    }
    hone_buf_add(buf, "null");
}

void cli_add_cell_shown(struct hone_buf *buf, const struct hone_cell *cell) {
    if (cell->type == HONE_CELL_REAL) {
        cli_add_short_real(buf, cell->real);
    } else if (cell->type == HONE_CELL_TEXT) {
        hone_buf_add_printable(buf, cell->text);
    } else if (cell->type == HONE_CELL_BLOB) {
        add_hex(buf, cell);
    } else if (cell->type != HONE_CELL_NONE) {
        cli_add_cell_json(buf, cell);
    }
}

static void table_blob(struct cli_table *table, const struct hone_cell *cell) {
    struct hone_buf hex = {0};

    add_hex(&hex, cell);
    cli_table_text(table, hone_buf_text(&hex));
    hone_buf_finish(&hex);
}

void cli_table_cell(struct cli_table *table, const struct hone_cell *cell) {
    switch (cell->type) {
    case HONE_CELL_INT:
        cli_table_int(table, cell->integer);
        return;
    case HONE_CELL_REAL:
        cli_table_real(table, cell->real);
        return;
    case HONE_CELL_TEXT:
        cli_table_text(table, cell->text);
        return;
    case HONE_CELL_BLOB:
        table_blob(table, cell);
        return;
    case HONE_CELL_JSON:
        cli_table_json(table, cell->text);
        return;
    case HONE_CELL_NONE:
        break;
    }
    cli_table_none(table);
}

static void add_params_json(struct hone_buf *buf, const struct hone_trial_row *row) {
    const char *separator = "{";

    for (size_t p = 0; p < row->params; p++) {
        if (row->param[p].type != HONE_CELL_NONE) {
            hone_buf_add(buf, separator);
            hone_buf_add_json_text(buf, row->param_name[p]);
            hone_buf_add(buf, ":");
            cli_add_cell_json(buf, &row->param[p]);
            separator = ",";
        }
    }
    hone_buf_add(buf, separator[0] == '{' ? "{}" : "}");
}

void cli_add_point_json(struct hone_buf *buf, const struct hone_space *space,
    const double *x_value) {
    const char *separator = "";

    hone_buf_add(buf, "{");
    for (size_t p = 0; p < space->n; p++) {
        struct hone_value value;

        if (isnan(x_value[p])) {
            continue; /* inactive */
        }
        value = hone_param_value(&space->param[p], x_value[p]);
        hone_buf_add(buf, separator);
        hone_buf_add_json_text(buf, space->param[p].name);
        hone_buf_add(buf, ":");
        hone_value_write_json(&value, buf);
        separator = ",";
    }
    hone_buf_add(buf, "}");
}

static void add_folds_json(struct hone_buf *buf, const struct hone_trial_row *row) {
    hone_buf_add(buf, "[");
    for (size_t f = 0; f < row->folds; f++) {
        hone_buf_add(buf, f == 0 ? "{\"fold\":" : ",{\"fold\":");
        cli_add_uint(buf, row->fold[f].fold);
        hone_buf_add(buf, ",\"value\":");
        hone_buf_add_json_real(buf, row->fold[f].value);
        hone_buf_add(buf, ",\"seconds\":");
        hone_buf_add_json_real(buf, row->fold[f].seconds);
        hone_buf_add(buf, "}");
    }
    hone_buf_add(buf, "]");
}

static void add_metrics_json(struct hone_buf *buf, const struct hone_trial_row *row) {
    hone_buf_add(buf, "{");
    for (size_t m = 0; m < row->metrics; m++) {
        hone_buf_add(buf, m == 0 ? "" : ",");
        hone_buf_add_json_text(buf, row->metric[m].name);
        hone_buf_add(buf, ":");
        hone_buf_add_json_real(buf, row->metric[m].value);
    }
    hone_buf_add(buf, "}");
}

void cli_add_trial_json(struct hone_buf *buf, const struct hone_trial_row *row) {
    hone_buf_add(buf, "{\"number\":");
    cli_add_uint(buf, row->number);
    hone_buf_add(buf, ",\"state\":\"");
    hone_buf_add(buf, hone_state_name(row->state));
    hone_buf_add(buf, "\",\"value\":");
    hone_buf_add_json_real(buf, row->value);
    hone_buf_add(buf, ",\"stderr\":");
    hone_buf_add_json_real(buf, row->sem);
    hone_buf_add(buf, ",\"params\":");
    add_params_json(buf, row);
    hone_buf_add(buf, ",\"folds\":");
    add_folds_json(buf, row);
    hone_buf_add(buf, ",\"metrics\":");
    add_metrics_json(buf, row);
    hone_buf_add(buf, ",\"started\":");
    add_time(buf, row->started_ms);
    hone_buf_add(buf, ",\"finished\":");
    add_time(buf, row->finished_ms);
    hone_buf_add(buf, ",\"seconds\":");
    hone_buf_add_json_real(buf, row->seconds);
    hone_buf_add(buf, ",\"error\":");
    hone_buf_add_json_text(buf, row->error);
}

/* What YAML 1.1, which Python reads, takes for a truth; 1.2 knows but two of them. */
static bool is_truth(const char *text) {
    static const char *const truths[] = {
        "y", "yes", "on", "true", "n", "no", "off", "false", "null", NULL};

    for (size_t i = 0; truths[i] != NULL; i++) {
        if (strcasecmp(text, truths[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* A word that any YAML reads back as the same text without quotes; one that begins like
 * a number may be a date or 1_000. */
static bool is_plain_word(const char *text) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.-";

    return text[0] != '\0' && strchr(letters, text[0]) != NULL &&
           text[strspn(text, plain)] == '\0' && !is_truth(text);
}

static void add_yaml_text(struct hone_buf *buf, const char *text) {
    if (is_plain_word(text)) {
        hone_buf_add(buf, text);
    } else {
        hone_buf_add_json_text(buf, text);
    }
}

/* Bytes of the JSON text that stands at the start, its quotes included. */
static size_t json_text_length(const char *json) {
    size_t length = 1;

    while (json[length] != '"' && json[length] != '\0') {
        length += json[length] == '\\' && json[length + 1] != '\0' ? 2 : 1;
    }
    return length + (json[length] == '"');
}

/* JSON is YAML, but to YAML 1.1 1e-08 is a text: a number with an exponent gets a point. */
static void add_yaml_json(struct hone_buf *buf, const char *json) {
    while (*json != '\0') {
        const size_t digits = strspn(json, "-0123456789");
        size_t length = digits;

        if (*json == '"') {
            length = json_text_length(json);
        } else if (digits == 0) {
            length = 1;
        } else if (json[digits] == '.') {
            length += strspn(json + digits, ".0123456789eE+-");
        }
        hone_buf_add_bytes(buf, json, length);
        hone_buf_add(buf, digits > 0 && json[length] == 'e' ? ".0" : "");
        json += length;
    }
}

static void add_yaml_cell(struct hone_buf *buf, const struct hone_cell *cell) {
    struct hone_buf json = {0};

    if (cell->type == HONE_CELL_TEXT) {
        add_yaml_text(buf, cell->text);
        return;
    }
    cli_add_cell_json(&json, cell);
    add_yaml_json(buf, hone_buf_text(&json));
    buf->failed = buf->failed || json.failed;
    hone_buf_finish(&json);
}

void cli_add_params_yaml(struct hone_buf *buf, const struct hone_trial_row *row) {
    for (size_t p = 0; p < row->params; p++) {
        if (row->param[p].type != HONE_CELL_NONE) {
            add_yaml_text(buf, row->param_name[p]);
            hone_buf_add(buf, ": ");
            add_yaml_cell(buf, &row->param[p]);
            hone_buf_add(buf, "\n");
        }
    }
}

void cli_add_shell_word(struct hone_buf *buf, const char *text) {
    size_t harmless = strspn(text,
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-");

    if (text[0] != '\0' && text[harmless] == '\0') {
        hone_buf_add(buf, text);
        return;
    }
    hone_buf_add(buf, "'");
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            hone_buf_add(buf, "'\\''");
        } else {
            hone_buf_add_bytes(buf, text, 1);
        }
    }
    hone_buf_add(buf, "'");
}

void cli_add_params_args(struct hone_buf *buf, const struct hone_trial_row *row) {
    const char *separator = "";

    for (size_t p = 0; p < row->params; p++) {
        const struct hone_cell *cell = &row->param[p];
        struct hone_buf word = {0};

        if (cell->type == HONE_CELL_NONE) {
            continue;
        }
        hone_buf_add(buf, separator);
        separator = " ";
        hone_buf_printf(&word, "--%s", row->param_name[p]);
        cli_add_shell_word(buf, hone_buf_text(&word));
        hone_buf_clear(&word);
        if (cell->type == HONE_CELL_TEXT) {
            hone_buf_add(&word, cell->text);
        } else {
            cli_add_cell_json(&word, cell);
        }
        hone_buf_add(buf, " ");
        cli_add_shell_word(buf, hone_buf_text(&word));
        buf->failed = buf->failed || word.failed;
        hone_buf_finish(&word);
    }
    hone_buf_add(buf, "\n");
}

static size_t shown_width(const char *name) {
    struct hone_buf shown = {0};
    size_t width;

    hone_buf_add_printable(&shown, name);
    width = cli_width(hone_buf_text(&shown), shown.length);
    hone_buf_finish(&shown);
    return width;
}

void cli_add_params_shown(struct hone_buf *buf, const struct hone_trial_row *row) {
    size_t widest = 0;

    for (size_t p = 0; p < row->params; p++) {
        size_t width = shown_width(row->param_name[p]);

        widest = width > widest ? width : widest;
    }
    for (size_t p = 0; p < row->params; p++) {
        if (row->param[p].type != HONE_CELL_NONE) {
            size_t start = buf->length;

            hone_buf_printf(buf, "%*s", INDENT, "");
            hone_buf_add_printable(buf, row->param_name[p]);
            cli_width_pad(buf, start, INDENT + widest + GAP);
            cli_add_cell_shown(buf, &row->param[p]);
            hone_buf_add(buf, "\n");
        }
    }
}

void cli_add_value(struct hone_buf *buf, double value, double sem) {
    if (!isfinite(value)) {
        hone_buf_add(buf, "none");
        return;
    }
    cli_add_short_real(buf, value);
    if (isfinite(sem)) {
        hone_buf_add(buf, " \u00b1 ");
        hone_buf_printf(buf, "%.2g", sem);
    }
}

void cli_add_param_value_shown(struct hone_buf *buf, const struct hone_param *param,
    double x_value) {
    const struct hone_value value = hone_param_value(param, x_value);
    struct hone_buf text = {0};

    if (value.type == HONE_REAL) {
        cli_add_short_real(buf, value.real);
        return;
    }
    hone_value_write_plain(&value, &text);
    hone_buf_add_printable(buf, hone_buf_text(&text));
    hone_buf_finish(&text);
}

void cli_add_param_shown(struct hone_buf *buf, const struct hone_param *param, double x_value) {
    hone_buf_add_printable(buf, param->name);
    hone_buf_add(buf, " ");
    cli_add_param_value_shown(buf, param, x_value);
}

void cli_add_point_lines(struct hone_buf *buf, const struct hone_space *space,
    const double *x_value) {
    for (size_t p = 0; p < space->n; p++) {
        if (!isnan(x_value[p]) && !hone_param_is_constant(&space->param[p])) {
            cli_add_param_shown(buf, &space->param[p], x_value[p]);
            hone_buf_add(buf, "\n");
        }
    }
}

void cli_add_printable_part(struct hone_buf *buf, const char *text, size_t length) {
    struct hone_buf part = {0};

    hone_buf_add_bytes(&part, text, length);
    hone_buf_add_printable(buf, hone_buf_text(&part));
    hone_buf_finish(&part);
}

void cli_add_first_line(struct hone_buf *buf, const char *text) {
    cli_add_printable_part(buf, text, strcspn(text, "\n"));
}
