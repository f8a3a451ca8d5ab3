/* hone studies */
#include "engine/cli/commands.h"
#include "engine/cli/study.h"
#include "engine/cli/table.h"
#include "storage/db.h"

#include <math.h>

static const char *const study_columns[] = {"study", "state", "finished", "budget", "complete",
    "pruned", "failed", "waiting", "best", "best_trial", "metric", "direction", "method",
    "created"};

enum { STUDY_COLUMNS = sizeof(study_columns) / sizeof(study_columns[0]) };

struct listing {
    struct hone_db *db;
    struct cli_table table;
};

static const char *state_of(struct hone_db *db, const struct hone_study_row *row,
    uint64_t budget) {
    if (row->runner_pid != 0) {
        return "running";
    }
    return cli_study_finished(row) >= budget || cli_study_has_enough(db, row) ? "finished"
                                                                              : "stopped";
}

static bool put_study(void *self, const struct hone_study_row *row) {
    struct listing *l = self;
    struct cli_table *table = &l->table;
    uint64_t budget = cli_study_budget(row);

    cli_table_text(table, row->name);
    cli_table_text(table, state_of(l->db, row, budget));
    cli_table_count(table, cli_study_finished(row));
    if (budget == UINT64_MAX) {
        cli_table_none(table);
    } else {
        cli_table_count(table, budget);
    }
    cli_table_count(table, row->count[HONE_COMPLETE]);
    cli_table_count(table, row->count[HONE_PRUNED]);
    cli_table_count(table, row->count[HONE_FAILED]);
    cli_table_count(table, row->count[HONE_WAITING] + row->count[HONE_RUNNING]);
    cli_table_real(table, row->has_best ? row->best_value : (double)NAN);
    if (row->has_best) {
        cli_table_count(table, row->best_number);
    } else {
        cli_table_none(table);
    }
    cli_table_text(table, row->metric);
    cli_table_text(table, row->maximize ? "maximize" : "minimize");
    cli_table_text(table, row->sampler);
    cli_table_time(table, row->created_ms);
    return true;
}

static enum hone_code studies_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;
    struct listing l = {0};
    enum hone_code code = hone_db_open(common->db, HONE_DB_READ, &l.db, err);

    if (code != HONE_OK) {
        return code;
    }
    cli_table_start(&l.table, out, (enum cli_format)common->format, STUDY_COLUMNS, study_columns);
    code = hone_db_studies(l.db, put_study, &l, err);
    if (code == HONE_OK) {
        code = cli_table_finish(&l.table, err);
    } else {
        cli_table_drop(&l.table);
    }
    hone_db_close(l.db);
    return code;
}

const struct cli_command cli_command_studies = {
    .name = "studies",
    .operands = "",
    .summary = "the studies in the database",
    .details =
        "A study is running (a process works on it now), finished (its budget is spent, or it has\n"
        "stop: auto and going on does not pay) or stopped: 'hone resume' goes on, or 'hone pipe'\n"
        "where values are told. The budget of a whole grid is its points.\n",
    .formats = cli_table_formats,
    .args_size = sizeof(struct cli_common),
    .run = studies_run,
};
