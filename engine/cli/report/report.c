/* hone report STUDY… -o FILE */
#include "engine/clock.h"
#include "engine/cli/commands.h"
#include "engine/cli/replace.h"
#include "engine/cli/report/json.h"
#include "engine/cli/report/page.h"
#include "engine/cli/report/study.h"
#include "engine/cli/stats/paired.h"
#include "storage/db.h"

#include <string.h>
#include <strings.h>
#include <sys/utsname.h>

enum { STUDIES = 20 };

struct report_args {
    struct cli_common common;
    const char *file;
};

static const struct cli_flag report_flags[] = {
    {.name = "output", .letter = 'o', .kind = CLI_TEXT,
     .offset = offsetof(struct report_args, file), .shown = "FILE",
     .summary = "where to write the page; one that is there is replaced"},
    CLI_FLAGS_END,
};

static enum hone_code check(const struct report_args *a, struct hone_err *err) {
    const struct cli_texts *study = &a->common.operand;

    if (a->file == NULL) {
        return hone_fail(err, HONE_E_INPUT, "where to? usage: hone report STUDY -o FILE.html");
    }
    for (size_t i = 0; i < study->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcasecmp(study->item[i], study->item[j]) == 0) {
                return hone_fail(err, HONE_E_INPUT, "study '%s' is named twice", study->item[i]);
            }
        }
    }
    return HONE_OK;
}

/* What is the same for all studies: who wrote the page, when, from what. */
static void add_origin(const struct report_args *a, struct hone_buf *buf) {
    struct utsname machine;

    cli_json_add_text(buf, "version", HONE_VERSION);
    cli_json_add_real(buf, "written", (double)hone_clock_wall_ms(), CLI_JSON_EXACT);
    cli_json_add_text(buf, "database", a->common.db);
    if (uname(&machine) >= 0) {
        cli_json_add_text(buf, "host", machine.nodename);
        cli_json_add_text(buf, "system", machine.sysname);
        cli_json_add_text(buf, "release", machine.release);
        cli_json_add_text(buf, "machine", machine.machine);
    }
}

/* The best trials of two studies over the folds that are the same. */
static void add_pair(const struct cli_report_folds *folds, size_t a, size_t b,
    struct hone_buf *buf) {
    struct cli_paired test;

    if (folds[a].count < 2 || folds[a].count != folds[b].count || folds[a].hash[0] == '\0' ||
        strcmp(folds[a].hash, folds[b].hash) != 0) {
        return;
    }
    test = cli_paired_test(folds[a].count, folds[a].value, folds[b].value,
        folds[a].test_over_train);
    cli_json_next(buf);
    hone_buf_add(buf, "{");
    cli_json_add_count(buf, "a", a);
    cli_json_add_count(buf, "b", b);
    cli_json_add_real(buf, "difference", test.difference, 6);
    cli_json_add_real(buf, "sem", test.sem, 3);
    cli_json_add_real(buf, "p", test.p, 3);
    hone_buf_add(buf, "}");
}

static void add_pairs(const struct cli_report_folds *folds, size_t count, struct hone_buf *buf) {
    cli_json_key(buf, "pairs");
    hone_buf_add(buf, "[");
    for (size_t a = 0; a < count; a++) {
        for (size_t b = a + 1; b < count; b++) {
            add_pair(folds, a, b, buf);
        }
    }
    hone_buf_add(buf, "]");
}

static enum hone_code gather(const struct report_args *a, struct hone_db *db,
    struct hone_buf *ret, struct hone_err *err) {
    const struct cli_texts *study = &a->common.operand;
    struct cli_report_folds folds[STUDIES] = {{0}};
    struct hone_arena arena = {0};
    enum hone_code code = HONE_OK;

    hone_buf_add(ret, "{");
    add_origin(a, ret);
    cli_json_key(ret, "studies");
    hone_buf_add(ret, "[");
    for (size_t i = 0; code == HONE_OK && i < study->count; i++) {
        code = cli_report_study(db, study->item[i], &arena, ret, &folds[i], err);
    }
    hone_buf_add(ret, "]");
    if (code == HONE_OK) {
        add_pairs(folds, study->count, ret);
    }
    hone_buf_add(ret, "}");
    hone_arena_finish(&arena);
    return code == HONE_OK ? hone_buf_ok(ret, err) : code;
}

static enum hone_code report_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct report_args *a = args;
    struct hone_buf data = {0}, page = {0};
    struct hone_db *db = NULL;
    enum hone_code code = check(a, err);

    if (code == HONE_OK) {
        code = hone_db_open(a->common.db, HONE_DB_READ, &db, err);
    }
    if (code == HONE_OK) {
        code = gather(a, db, &data, err);
    }
    hone_db_close(db);
    if (code == HONE_OK) {
        code = cli_page_write(&data, &page, err);
    }
    if (code == HONE_OK) {
        code = cli_replace_file(a->common.db, a->file, &page, err);
    }
    if (code == HONE_OK && !a->common.quiet) {
        hone_buf_printf(&out->text, "report  ");
        hone_buf_add_printable(&out->text, a->file);
        hone_buf_printf(&out->text, " (%zu kB)\n", page.length / 1000);
    }
    hone_buf_finish(&data);
    hone_buf_finish(&page);
    return code;
}

const struct cli_command cli_command_report = {
    .name = "report",
    .operands = "STUDY... -o FILE",
    .summary = "one HTML file that shows a study, or compares several",
    .details =
        "The file needs no network and nothing beside it. It shows the best parameters and what\n"
        "was gained over the defaults, the history, what mattered, all trials in a table that\n"
        "sorts and filters, which trials are tied with the best, learning curves, the model of\n"
        "the loss and how well it predicted, failures, and where everything comes from.\n"
        "Several studies are compared first, then each is shown.\n",
    .flags = report_flags,
    .formats = cli_no_formats,
    .args_size = sizeof(struct report_args),
    .operands_low = 1,
    .operands_high = STUDIES,
    .run = report_run,
};
