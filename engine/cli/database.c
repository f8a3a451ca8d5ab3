/* hone db check, hone db backup FILE, hone db merge A B */
#include "engine/cli/commands.h"
#include "engine/cli/replace.h"
#include "storage/db.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

struct db_args {
    struct cli_common common;
    bool force, skip;
};

static const struct cli_flag db_flags[] = {
    {.name = "force", .letter = 'f', .kind = CLI_SWITCH, .offset = offsetof(struct db_args, force),
     .summary = "backup: replace FILE when it is there"},
    {.name = "skip", .kind = CLI_SWITCH, .offset = offsetof(struct db_args, skip),
     .summary = "merge: leave out studies that are not the same in both"},
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

/* A file that is there is refused before the work, and once more after it. */
static enum hone_code check_target(const struct db_args *a, const char *path,
    struct hone_err *err) {
    struct stat info;
    enum hone_code code = cli_place_refuse(a->common.db, path, err);

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
    code = cli_place_begin(&place, a->common.db, path, err);
    if (code == HONE_OK) {
        code = hone_db_backup(db, hone_buf_text(&place.name), err);
    }
    code = cli_place_end(&place, code, a->force, err);
    if (code == HONE_OK && !a->common.quiet) {
        cli_say("'%s' is a copy of '%s'", path, a->common.db);
    }
    return code;
}

/* ---- merge ---- */

static void tell_merged(void *self, const char *study, enum hone_merge_what what,
    uint64_t to_trials, uint64_t from_trials) {
    struct hone_buf *text = self;

    hone_buf_add_printable(text, study);
    switch (what) {
    case HONE_MERGE_COPIED:
        hone_buf_printf(text, ": copied, %" PRIu64 " trials\n", from_trials);
        break;
    case HONE_MERGE_REPLACED:
        hone_buf_printf(text, ": replaced by %" PRIu64 " trials, it had %" PRIu64 "\n",
            from_trials, to_trials);
        break;
    case HONE_MERGE_KEPT:
        hone_buf_printf(text, ": all of its %" PRIu64 " trials were there\n", from_trials);
        break;
    case HONE_MERGE_CONFLICT:
        hone_buf_add(text, ": left out, it is not the same in both\n");
        break;
    }
}

static enum hone_code merge(const struct db_args *a, struct cli_out *out, struct hone_err *err) {
    const struct cli_texts *file = &a->common.operand;
    struct hone_buf text = {0};
    struct hone_db *to = NULL;
    struct hone_db *from = NULL;
    enum hone_code code = HONE_OK;

    if (file->count < 3) {
        return hone_fail(err, HONE_E_INPUT, "which two? usage: hone db merge A B");
    }
    code = cli_place_refuse(file->item[1], file->item[2], err);
    if (code == HONE_OK) {
        code = hone_db_open(file->item[1], HONE_DB_WRITE, &to, err);
    }
    if (code == HONE_OK) {
        code = hone_db_open(file->item[2], HONE_DB_READ, &from, err);
    }
    if (code == HONE_OK) {
        code = hone_db_merge(to, from, a->skip, tell_merged, &text, err);
    }
    if (code == HONE_OK && !a->common.quiet) {
        hone_buf_add(&out->text, hone_buf_text(&text));
    }
    hone_buf_finish(&text);
    hone_db_close(from);
    hone_db_close(to);
    return code;
}

static enum hone_code look_at(const struct db_args *a, bool is_check, struct cli_out *out,
    struct hone_err *err) {
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(a->common.db, HONE_DB_READ, &db, err);

    if (code == HONE_OK) {
        code = is_check ? check(db, a, out, err) : backup(db, a, err);
    }
    hone_db_close(db);
    return code;
}

static enum hone_code db_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct db_args *a = args;
    const struct cli_texts *word = &a->common.operand;
    bool is_check = strcmp(word->item[0], "check") == 0;

    if (strcmp(word->item[0], "merge") == 0) {
        return merge(a, out, err);
    }
    if (!is_check && strcmp(word->item[0], "backup") != 0) {
        return hone_fail(err, HONE_E_INPUT, "'%s' is nothing to do with a database; there are "
            "check, backup and merge", word->item[0]);
    }
    if (word->count > 2) {
        return hone_fail(err, HONE_E_INPUT, "'%s' is too much; usage: hone db backup FILE",
            word->item[2]);
    }
    return look_at(a, is_check, out, err);
}

const struct cli_command cli_command_db = {
    .name = "db",
    .operands = "check | backup FILE | merge A B",
    .summary = "looks whether the database is whole; copies it; makes one of two",
    .details =
        "check   reads everything: SQLite's own check, the schema, and every checksum and count\n"
        "        of hone's. Each damage is a line; exit status 2 when there is any.\n"
        "backup  copies the database as it is at one moment, while searches go on. FILE is there\n"
        "        as a whole or not at all; one that is there is replaced with --force alone.\n"
        "merge   takes the studies of the database B into A, all or none; B stays as it is. Of a\n"
        "        search that both have, the one that has gone further is kept. A name that stands\n"
        "        for two different searches ends it with exit status 3; --skip leaves that out.\n",
    .flags = db_flags,
    .formats = cli_no_formats,
    .args_size = sizeof(struct db_args),
    .operands_low = 1,
    .operands_high = 3,
    .run = db_run,
};
