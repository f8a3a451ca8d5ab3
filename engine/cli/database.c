/* hone db check, hone db backup FILE */
#include "engine/cli/commands.h"
#include "engine/cli/replace.h"
#include "storage/db.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

struct db_args {
    struct cli_common common;
    bool force;
};

static const struct cli_flag db_flags[] = {
    {.name = "force", .letter = 'f', .kind = CLI_SWITCH, .offset = offsetof(struct db_args, force),
     .summary = "backup: replace FILE when it is there"},
    CLI_FLAGS_END,
};

/* ---- check ---- */

static void complain(void *self, const char *sentence) {
    struct cli_out *out = self;

    hone_buf_add_printable(&out->text, sentence);
    hone_buf_add(&out->text, "\n");
    cli_out_turn(out);
}

static enum hone_code check(struct hone_db *db, const struct db_args *a, struct cli_out *out,
    struct hone_err *err) {
    struct hone_census census = {0};
    enum hone_code code;

    if (a->common.operand.count > 1) {
        return hone_fail(err, HONE_E_INPUT, "'%s' is too much; usage: hone db check",
            a->common.operand.item[1]);
    }
    code = hone_db_check(db, complain, out, &census, err);
    if (code == HONE_OK && census.complaints > 0) {
        return hone_fail(err, HONE_E_CORRUPT, "database '%s' is damaged in %" PRIu64 " place%s",
            a->common.db, census.complaints, census.complaints == 1 ? "" : "s");
    }
    if (code == HONE_OK && !a->common.quiet) {
        hone_buf_printf(&out->text, "sound: %" PRIu64 " studies, %" PRIu64 " trials, %" PRIu64
            " folds\n", census.studies, census.trials, census.folds);
    }
    return code;
}

/* ---- backup ---- */

static enum hone_code refuse_itself(const char *db, const char *path, struct hone_err *err) {
    struct stat ours, theirs;

    if (stat(db, &ours) == 0 && stat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
        ours.st_ino == theirs.st_ino) {
        return hone_fail(err, HONE_E_INPUT, "'%s' is the database itself", path);
    }
    return HONE_OK;
}

/* A file that is there is refused before the work, and once more after it. */
static enum hone_code check_target(const struct db_args *a, const char *path,
    struct hone_err *err) {
    struct stat info;
    enum hone_code code = refuse_itself(a->common.db, path, err);

    if (code == HONE_OK && !a->force && lstat(path, &info) == 0) {
        code = hone_fail(err, HONE_E_INPUT, "'%s' is there already; --force replaces it", path);
    }
    return code;
}

static enum hone_code backup(struct hone_db *db, const struct db_args *a, struct hone_err *err) {
    const char *path;
    struct cli_place place = {0};
    enum hone_code code;

    if (a->common.operand.count < 2) {
        return hone_fail(err, HONE_E_INPUT, "where to? usage: hone db backup FILE");
    }
    path = a->common.operand.item[1];
    code = check_target(a, path, err);
    if (code != HONE_OK) {
        return code;
    }
    code = cli_place_begin(&place, path, err);
    if (code == HONE_OK) {
        code = hone_db_backup(db, hone_buf_text(&place.name), err);
    }
    code = cli_place_end(&place, code, a->force, err);
    if (code == HONE_OK && !a->common.quiet) {
        cli_say("'%s' is a copy of '%s'", path, a->common.db);
    }
    return code;
}

static enum hone_code db_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct db_args *a = args;
    const char *word = a->common.operand.item[0];
    bool is_check = strcmp(word, "check") == 0;
    struct hone_db *db = NULL;
    enum hone_code code;

    if (!is_check && strcmp(word, "backup") != 0) {
        return hone_fail(err, HONE_E_INPUT, "'%s' is nothing to do with a database; there are "
            "check and backup", word);
    }
    code = hone_db_open(a->common.db, HONE_DB_READ, &db, err);
    if (code == HONE_OK) {
        code = is_check ? check(db, a, out, err) : backup(db, a, err);
    }
    hone_db_close(db);
    return code;
}

const struct cli_command cli_command_db = {
    .name = "db",
    .operands = "check | backup FILE",
    .summary = "looks whether the database is whole; copies it",
    .details =
        "check   reads everything: SQLite's own check, the schema, and every checksum and count\n"
        "        of hone's. Each damage is a line; exit status 2 when there is any.\n"
        "backup  copies the database as it is at one moment, while searches go on. FILE is there\n"
        "        as a whole or not at all; one that is there is replaced with --force alone.\n",
    .flags = db_flags,
    .formats = cli_table_formats,
    .args_size = sizeof(struct db_args),
    .operands_low = 1,
    .operands_high = 2,
    .run = db_run,
};
