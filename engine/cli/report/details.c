/* The best trial, the failed ones and the curves. */
#include "engine/alloc.h"
#include "engine/cli/failure.h"
#include "engine/cli/point.h"
#include "engine/cli/report/json.h"
#include "engine/cli/report/members.h"

#include <ctype.h>
#include <string.h>

/* ---- The best ---- */

static void add_json(const struct hone_trial_row *row, struct hone_buf *text) {
    const char *before = "{\n  ";

    for (size_t p = 0; p < row->params; p++) {
        if (row->param[p].type != HONE_CELL_NONE) {
            hone_buf_add(text, before);
            hone_buf_add_json_text(text, row->param_name[p]);
            hone_buf_add(text, ": ");
            cli_add_cell_json(text, &row->param[p]);
            before = ",\n  ";
        }
    }
    hone_buf_add(text, before[0] == '{' ? "{}" : "\n}");
}

/* yaml, json, args: the parameters, each one text; metrics: [name, mean]. */
static bool add_best(void *self, const struct hone_trial_row *row) {
    struct hone_buf *buf = self;
    struct hone_buf text = {0};

    cli_add_params_yaml(&text, row);
    cli_json_add_text(buf, "yaml", hone_buf_text(&text));
    hone_buf_clear(&text);
    add_json(row, &text);
    cli_json_add_text(buf, "json", hone_buf_text(&text));
    hone_buf_clear(&text);
    cli_add_params_args(&text, row);
    cli_json_add_text(buf, "args", hone_buf_text(&text));
    cli_json_key(buf, "metrics");
    hone_buf_add(buf, "[");
    for (size_t m = 0; m < row->metrics; m++) {
        cli_json_next(buf);
        hone_buf_add(buf, "[");
        hone_buf_add_json_text(buf, row->metric[m].name);
        cli_json_next(buf);
        cli_json_real(buf, row->metric[m].value, 7);
        hone_buf_add(buf, "]");
    }
    hone_buf_add(buf, "]");
    buf->failed = buf->failed || text.failed;
    hone_buf_finish(&text);
    return false;
}

/* The best against the defaults, over the folds; positive: the best is better. */
static void add_gain(const struct cli_record *record, size_t best, struct hone_buf *buf) {
    const size_t defaults = cli_record_default(record);
    struct cli_paired test;

    if (defaults == record->count) {
        return;
    }
    test = cli_paired_test(record->folds, record->fold_value + best * record->folds,
        record->fold_value + defaults * record->folds, record->test_over_train);
    cli_json_key(buf, "gain");
    hone_buf_add(buf, "{");
    cli_json_add_real(buf, "difference",
        record->study.maximize ? test.difference : -test.difference, 6);
    cli_json_add_real(buf, "sem", test.sem, 3);
    cli_json_add_real(buf, "p", test.p, 3);
    hone_buf_add(buf, "}");
}

enum hone_code cli_report_best(const struct cli_report_source *source, struct hone_buf *buf,
    struct hone_err *err) {
    const struct cli_record *record = source->record;
    const size_t best = record->recommended;
    const struct hone_trial_query query = {
        .study = record->study.name, .one = true, .number = best, .with_folds = true};
    enum hone_code code = HONE_OK;

    cli_json_key(buf, "best");
    if (best == record->count) {
        hone_buf_add(buf, "null");
        return HONE_OK;
    }
    hone_buf_add(buf, "{");
    cli_json_add_count(buf, "number", best);
    add_gain(record, best, buf);
    code = hone_db_trials(source->db, &query, add_best, buf, err);
    hone_buf_add(buf, "}");
    return code;
}

/* ---- Failures ---- */

enum { REASONS = 40, REASON_BYTES = 160, ERROR_BYTES = 3000, EXAMPLES = 12 };

/* Failures that differ in numbers alone have one reason, but for exit statuses and
 * signals. */
struct reason {
    char text[REASON_BYTES]; /* a # for each number */
    size_t count;
    size_t example[EXAMPLES]; /* the first ones */
};

static bool ends_with(const char *text, size_t length, const char *end) {
    const size_t size = strlen(end);

    return length >= size && memcmp(text + length - size, end, size) == 0;
}

/* The failure in a line, its numbers as #. */
static void shorten(const char *error, char ret_text[REASON_BYTES]) {
    struct hone_buf line = {0};
    size_t length = 0;
    bool keep = false; /* the number that is being read */

    cli_add_failure(&line, error);
    for (const char *c = hone_buf_text(&line); *c != '\0' && length + 1 < REASON_BYTES; c++) {
        if (isdigit((unsigned char)*c) == 0) {
            ret_text[length++] = *c;
            keep = ends_with(ret_text, length, "status ") || ends_with(ret_text, length, "signal ");
        } else if (keep) {
            ret_text[length++] = *c;
        } else if (length == 0 || ret_text[length - 1] != '#') {
            ret_text[length++] = '#';
        }
    }
    ret_text[length] = '\0';
    hone_buf_finish(&line);
}

/* The last one takes all that are too many. */
static struct reason *reason_of(struct reason *reason, size_t *count, const char *error) {
    static const char other[] = "other reasons";
    char text[REASON_BYTES];
    size_t i = 0;

    shorten(error, text);
    while (i < *count && strcmp(reason[i].text, text) != 0) {
        i++;
    }
    if (i == REASONS) {
        memcpy(reason[REASONS - 1].text, other, sizeof(other));
        return &reason[REASONS - 1];
    }
    if (i == *count) {
        memcpy(reason[i].text, text, sizeof(text));
        (*count)++;
    }
    return &reason[i];
}

static void note_failure(struct reason *reason, size_t number) {
    if (reason->count < EXAMPLES) {
        reason->example[reason->count] = number;
    }
    reason->count++;
}

/* What happened to one of them, the beginning of it. */
static void add_example(const struct cli_record_trial *trial, struct hone_buf *buf) {
    const char *error = trial->error == NULL ? "" : trial->error;
    struct hone_buf text = {0};

    hone_buf_add_bytes(&text, error, strnlen(error, ERROR_BYTES));
    cli_json_next(buf);
    hone_buf_add(buf, "{");
    cli_json_add_count(buf, "trial", trial->number);
    cli_json_add_text(buf, "error", hone_buf_text(&text));
    hone_buf_add(buf, "}");
    buf->failed = buf->failed || text.failed;
    hone_buf_finish(&text);
}

static void add_reason(const struct cli_record *record, const struct reason *reason,
    struct hone_buf *buf) {
    cli_json_next(buf);
    hone_buf_add(buf, "{");
    cli_json_add_text(buf, "reason", reason->text);
    cli_json_add_count(buf, "count", reason->count);
    cli_json_key(buf, "examples");
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < reason->count && i < EXAMPLES; i++) {
        add_example(&record->trial[reason->example[i]], buf);
    }
    hone_buf_add(buf, "]}");
}

enum hone_code cli_report_failures(const struct cli_report_source *source, struct hone_buf *buf,
    struct hone_err *err) {
    const struct cli_record *record = source->record;
    struct reason *reason = hone_arena_array(source->arena, REASONS, sizeof(*reason));
    size_t count = 0;

    if (reason == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the failed trials");
    }
    for (size_t i = 0; i < record->count; i++) {
        if (record->trial[i].state == HONE_FAILED) {
            note_failure(reason_of(reason, &count, record->trial[i].error), i);
        }
    }
    cli_json_key(buf, "failures");
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < count; i++) {
        add_reason(record, &reason[i], buf);
    }
    hone_buf_add(buf, "]");
    return HONE_OK;
}
