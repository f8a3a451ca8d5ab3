/* The trials, a list a column. Lists of texts are named by position: `part` holds
 * positions in `parts`, and so on. */
#include "engine/cli/report/json.h"
#include "engine/cli/report/members.h"
#include "engine/cli/table.h"

#include <math.h>
#include <string.h>

enum {
    VALUE_DIGITS = 9,
    TIMED_FOLDS = 6000, /* with more folds, when each began and ended is left out */
    THOUGHTS = 100000,  /* bytes of reasons in words */
    PARTS = 64,
};

/* Fewer digits where there are many numbers, so that the page stays small: what is
 * drawn has no more than four, and the database has them all. */
static int digits_for(size_t numbers) {
    return numbers < 30000 ? 7 : numbers < 80000 ? 5 : 4;
}

/* One member of the trials' structs, of which `first` is the first. */
static void add_reals(const struct cli_record *record, const char *key, const double *first,
    int digits, struct hone_buf *buf) {
    cli_json_add_reals(buf, key, record->count, first,
        sizeof(struct cli_record_trial) / sizeof(double), digits);
}

/* A letter a trial: w r c p f. */
static void add_states(const struct cli_record *record, struct hone_buf *buf) {
    cli_json_key(buf, "state");
    hone_buf_add(buf, "\"");
    for (size_t i = 0; i < record->count; i++) {
        hone_buf_add_bytes(buf, hone_state_name(record->trial[i].state), 1);
    }
    hone_buf_add(buf, "\"");
}

/* Milliseconds after the study was created. */
static void add_times(const struct cli_record *record, struct hone_buf *buf) {
    const int64_t zero = record->study.created_ms;

    cli_json_key(buf, "start");
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < record->count; i++) {
        const int64_t at = record->trial[i].started_ms;

        cli_json_next(buf);
        cli_json_real(buf, at == 0 ? (double)NAN : (double)(at - zero), CLI_JSON_EXACT);
    }
    hone_buf_add(buf, "]");
    cli_json_key(buf, "finish");
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < record->count; i++) {
        const int64_t at = record->trial[i].finished_ms;

        cli_json_next(buf);
        cli_json_real(buf, at == 0 ? (double)NAN : (double)(at - zero), CLI_JSON_EXACT);
    }
    hone_buf_add(buf, "]");
}

/* ---- Texts that many trials share ---- */

static size_t position_of(const char *text, const char **part, size_t *count) {
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(part[i], text) == 0) {
            return i;
        }
    }
    if (*count < PARTS) {
        part[(*count)++] = text;
    }
    return *count - 1;
}

static void add_parts(const struct cli_record *record, struct hone_buf *buf) {
    const char *part[PARTS] = {NULL};
    size_t count = 0;

    cli_json_key(buf, "part");
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < record->count; i++) {
        const char *text = record->trial[i].part;

        cli_json_next(buf);
        cli_add_uint(buf, position_of(text == NULL ? "" : text, part, &count));
    }
    hone_buf_add(buf, "]");
    cli_json_key(buf, "parts");
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < count; i++) {
        cli_json_next(buf);
        hone_buf_add_json_text(buf, part[i]);
    }
    hone_buf_add(buf, "]");
}

static void add_why(const struct cli_record *record, size_t i, size_t *bytes,
    struct hone_buf *buf) {
    const char *why = record->trial[i].why;
    struct hone_buf key = {0};

    if (why == NULL || *bytes + strlen(why) > THOUGHTS) {
        return;
    }
    *bytes += strlen(why);
    hone_buf_printf(&key, "%zu", i);
    cli_json_add_text(buf, hone_buf_text(&key), why);
    buf->failed = buf->failed || key.failed;
    hone_buf_finish(&key);
}

/* Why a point was proposed, by number: of the best trials, as far as there is room. */
static void add_whys(const struct cli_report_source *source, struct hone_buf *buf) {
    size_t bytes = 0;

    cli_json_key(buf, "why");
    hone_buf_add(buf, "{");
    for (size_t i = 0; i < source->ties->count; i++) {
        add_why(source->record, source->ties->number[i], &bytes, buf);
    }
    hone_buf_add(buf, "}");
}

/* ---- Points and folds ---- */

static void add_points(const struct cli_record *record, int digits, struct hone_buf *buf) {
    const size_t n = record->spec.plan.space.n;

    cli_json_key(buf, "x");
    hone_buf_add(buf, "[");
    for (size_t p = 0; p < n; p++) {
        cli_json_next(buf);
        hone_buf_add(buf, "[");
        for (size_t i = 0; i < record->count; i++) {
            cli_json_next(buf);
            cli_json_real(buf, record->x_value[i * n + p], digits);
        }
        hone_buf_add(buf, "]");
    }
    hone_buf_add(buf, "]");
}

/* A list a fold of numbers a trial. */
static void add_folds(const struct cli_record *record, const char *key, const double *number,
    int digits, struct hone_buf *buf) {
    cli_json_key(buf, key);
    hone_buf_add(buf, "[");
    for (size_t f = 0; f < record->folds; f++) {
        cli_json_next(buf);
        hone_buf_add(buf, "[");
        for (size_t i = 0; i < record->count; i++) {
            cli_json_next(buf);
            cli_json_real(buf, number[i * record->folds + f], digits);
        }
        hone_buf_add(buf, "]");
    }
    hone_buf_add(buf, "]");
}

static void add_fold_starts(const struct cli_record *record, struct hone_buf *buf) {
    cli_json_key(buf, "foldStart");
    hone_buf_add(buf, "[");
    for (size_t f = 0; f < record->folds; f++) {
        cli_json_next(buf);
        hone_buf_add(buf, "[");
        for (size_t i = 0; i < record->count; i++) {
            const int64_t at = record->fold_started_ms[i * record->folds + f];

            cli_json_next(buf);
            cli_json_real(buf,
                at == 0 ? (double)NAN : (double)(at - record->study.created_ms), CLI_JSON_EXACT);
        }
        hone_buf_add(buf, "]");
    }
    hone_buf_add(buf, "]");
}

void cli_report_columns(const struct cli_report_source *source, struct hone_buf *buf) {
    const struct cli_record *record = source->record;
    const int digits =
        digits_for(record->count * (record->spec.plan.space.n + record->folds));

    cli_json_key(buf, "trials");
    hone_buf_add(buf, "{");
    cli_json_add_count(buf, "count", record->count);
    add_states(record, buf);
    add_reals(record, "value", &record->trial->value, VALUE_DIGITS, buf);
    add_reals(record, "sem", &record->trial->sem, 4, buf);
    add_reals(record, "seconds", &record->trial->seconds, 4, buf);
    add_reals(record, "mean", &record->trial->mean, digits, buf);
    add_reals(record, "sd", &record->trial->sd, 4, buf);
    add_times(record, buf);
    add_parts(record, buf);
    add_whys(source, buf);
    add_points(record, digits, buf);
    if (record->folds > 1) {
        add_folds(record, "fold", record->fold_value, digits, buf);
    }
    if (record->count * record->folds <= TIMED_FOLDS) {
        add_fold_starts(record, buf);
        add_folds(record, "foldSeconds", record->fold_seconds, 4, buf);
    }
    hone_buf_add(buf, "}");
}
