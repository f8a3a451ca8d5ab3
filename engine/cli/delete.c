/* hone delete STUDY */
#include "engine/cli/commands.h"
#include "engine/cli/study.h"
#include "storage/db.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct delete_args {
    struct cli_common common;
    bool yes;
};

static const struct cli_flag delete_flags[] = {
    {.name = "yes", .letter = 'y', .kind = CLI_SWITCH, .offset = offsetof(struct delete_args, yes),
     .summary = "do not ask"},
    CLI_FLAGS_END,
};

/* Asks a person; anything but y or yes is no. */
static bool person_agrees(const struct hone_study_row *row) {
    char answer[8] = "";

    (void)fprintf(stderr, "delete study '%s' with its %" PRIu64 " trials? [y/N] ", row->name,
        cli_study_trials(row));
    (void)fflush(stderr);
    if (fgets(answer, sizeof(answer), stdin) == NULL) {
        return false;
    }
    answer[strcspn(answer, "\r\n")] = '\0';
    return strcmp(answer, "y") == 0 || strcmp(answer, "yes") == 0;
}

static enum hone_code check_agreement(const struct delete_args *a,
    const struct hone_study_row *row, struct hone_err *err) {
    if (a->yes) {
        return HONE_OK;
    }
    if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) {
        return hone_fail(err, HONE_E_INPUT,
            "study '%s' has %" PRIu64 " trials; --yes deletes it without a question", row->name,
            cli_study_trials(row));
    }
    return person_agrees(row) ? HONE_OK
                              : hone_fail(err, HONE_E_INPUT, "study '%s' is kept", row->name);
}

static enum hone_code delete_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct delete_args *a = args;
    const char *study = a->common.operand.item[0];
    struct hone_arena arena = {0};
    struct hone_study_row row = {0};
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(a->common.db, HONE_DB_WRITE, &db, err);

    (void)out;
    if (code == HONE_OK) {
        code = cli_study_read(db, study, &arena, &row, err);
    }
    if (code == HONE_OK) {
        code = check_agreement(a, &row, err);
    }
    if (code == HONE_OK) {
        code = hone_db_delete(db, study, err);
    }
    if (code == HONE_OK && !a->common.quiet) {
        cli_say("study '%s' and its %" PRIu64 " trials are deleted", study, cli_study_trials(&row));
    }
    hone_db_close(db);
    hone_arena_finish(&arena);
    return code;
}

const struct cli_command cli_command_delete = {
    .name = "delete",
    .operands = "STUDY",
    .summary = "deletes a study; asks first, or --yes",
    .flags = delete_flags,
    .formats = cli_no_formats,
    .args_size = sizeof(struct delete_args),
    .operands_low = 1,
    .operands_high = 1,
    .run = delete_run,
};
