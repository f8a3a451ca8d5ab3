/* hone resume STUDY */
#include "engine/cli/commands.h"
#include "engine/cli/session.h"
#include "engine/cli/study.h"
#include "objectives/objectives.h"
#include "storage/db.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct resume_args {
    struct cli_common common;
    struct cli_session_wish wish;
    const char *trials, *data;
    bool trust;
};

static const struct cli_flag resume_flags[] = {
    {.name = "trials", .kind = CLI_TEXT, .offset = offsetof(struct resume_args, trials),
     .shown = "N|+N", .summary = "a new budget, or so many trials more"},
    CLI_SESSION_FLAGS(struct resume_args, wish),
    {.name = "data", .kind = CLI_TEXT, .offset = offsetof(struct resume_args, data),
     .shown = "FILE", .summary = "where the data file is now; its contents must be the same"},
    {.name = "trust", .kind = CLI_SWITCH, .offset = offsetof(struct resume_args, trust),
     .summary = "runs the study's command though the database is another user's"},
    CLI_FLAGS_END,
};

static const char command_key[] = "objective.command = ";

/* A stored command runs unasked in a database of the user's own alone: one of somebody
 * else's could hold any command. */
static enum hone_code check_owner(const struct resume_args *a, const struct hone_study_row *row,
    const struct cli_spec *spec, struct hone_err *err) {
    const char *command = strstr(row->fingerprint, command_key);
    struct stat status;

    if (spec->plan.objective != &hone_objective_command || a->trust ||
        (stat(a->common.db, &status) == 0 && status.st_uid == geteuid())) {
        return HONE_OK;
    }
    command = command != NULL ? command + strlen(command_key) : "";
    return hone_fail(err, HONE_E_INPUT, "database '%s' is another user's, and study '%s' runs the"
        " command %.*s; 'hone resume --trust' runs it", a->common.db, row->name,
        (int)strcspn(command, "\n"), command);
}

static enum hone_code new_budget(const char *trials, uint64_t before, uint64_t *ret_budget,
    struct hone_err *err) {
    bool more = trials[0] == '+';
    uint64_t count;

    if (!cli_count_parse(trials + (more ? 1 : 0), &count) || count == 0) {
        return hone_fail(err, HONE_E_INPUT,
            "--trials %s: it takes a whole number of at least 1, or +N for N more", trials);
    }
    if (more && before == UINT64_MAX) {
        return hone_fail(err, HONE_E_INPUT,
            "--trials %s: the study takes all points of its grid; there are no more", trials);
    }
    if (more && count > UINT64_MAX - before - 1) {
        return hone_fail(err, HONE_E_INPUT, "--trials %s: that is too many", trials);
    }
    *ret_budget = more ? before + count : count;
    return HONE_OK;
}

static enum hone_code load_study(const struct resume_args *a, struct cli_spec *spec,
    struct hone_err *err) {
    struct hone_study_row row = {0};
    struct hone_db *db = NULL;
    uint64_t budget = 0;
    enum hone_code code = hone_db_open(a->common.db, HONE_DB_READ, &db, err);

    if (code == HONE_OK) {
        code = cli_study_read(db, a->common.operand.item[0], &spec->arena, &row, err);
    }
    hone_db_close(db);
    budget = row.budget;
    if (code == HONE_OK && a->trials != NULL) {
        code = new_budget(a->trials, row.budget, &budget, err);
    }
    if (code == HONE_OK) {
        code = cli_spec_move_data(spec, a->data, err);
    }
    if (code == HONE_OK) {
        code = cli_study_plan(&row, spec, err);
        spec->plan.budget = budget;
    }
    return code == HONE_OK ? check_owner(a, &row, spec, err) : code;
}

static enum hone_code resume_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct resume_args *a = args;
    struct cli_spec spec = {0};
    enum hone_code code = load_study(a, &spec, err);

    if (code == HONE_OK) {
        code = cli_session_run(&a->common, &a->wish, &spec, out, err);
    }
    cli_spec_finish(&spec);
    return code;
}

const struct cli_command cli_command_resume = {
    .name = "resume",
    .operands = "STUDY",
    .summary = "goes on with a study from the database alone (its spec is in it)",
    .flags = resume_flags,
    .formats = cli_point_formats,
    .args_size = sizeof(struct resume_args),
    .operands_low = 1,
    .operands_high = 1,
    .run = resume_run,
};
