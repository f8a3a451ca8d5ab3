/* hone sql 'SELECT …' */
#include "engine/cli/commands.h"
#include "engine/cli/point.h"
#include "engine/cli/table.h"
#include "storage/db.h"

#include <string.h>

struct answer {
    struct hone_arena arena; /* column names: SQLite's live as long as the row */
    struct cli_table table;
    struct cli_out *out;
    enum cli_format format;
    bool started, out_of_memory;
};

static bool answer_start(struct answer *answer, size_t columns, const char *const *name) {
    const char **kept = hone_arena_array(&answer->arena, columns, sizeof(*kept));

    for (size_t i = 0; kept != NULL && i < columns; i++) {
        kept[i] = hone_arena_text(&answer->arena, name[i], strlen(name[i]));
        if (kept[i] == NULL) {
            return false;
        }
    }
    if (kept == NULL) {
        return false;
    }
    cli_table_start(&answer->table, answer->out, answer->format, columns, kept);
    answer->started = true;
    return true;
}

static bool put_row(void *self, size_t columns, const char *const *name,
    const struct hone_cell *cell) {
    struct answer *answer = self;

    if (!answer->started && !answer_start(answer, columns, name)) {
        answer->out_of_memory = true;
        return false;
    }
    for (size_t i = 0; cell != NULL && i < columns; i++) {
        cli_table_cell(&answer->table, &cell[i]);
    }
    return !answer->out->closed;
}

static enum hone_code sql_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;
    struct answer answer = {.out = out, .format = (enum cli_format)common->format};
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(common->db, HONE_DB_READ, &db, err);

    if (code == HONE_OK) {
        code = hone_db_sql(db, common->operand.item[0], put_row, &answer, err);
    }
    if (code == HONE_OK && answer.out_of_memory) {
        code = hone_fail(err, HONE_E_NOMEM, "the answer");
    }
    if (code == HONE_OK) {
        code = cli_table_finish(&answer.table, err);
    }
    cli_table_drop(&answer.table);
    hone_arena_finish(&answer.arena);
    hone_db_close(db);
    return code;
}

const struct cli_command cli_command_sql = {
    .name = "sql",
    .operands = "'SELECT ...'",
    .summary = "asks the database, read-only",
    .details =
        "Every study is a view of its own name, one row a trial, one column a parameter:\n"
        "  hone sql 'SELECT learning_rate, value FROM \"digits-mlp\" ORDER BY value LIMIT 5'\n",
    .formats = cli_table_formats,
    .args_size = sizeof(struct cli_common),
    .operands_low = 1,
    .operands_high = 1,
    .run = sql_run,
};
