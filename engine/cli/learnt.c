#include "engine/cli/learnt.h"

#include "engine/cli/point.h"
#include "engine/cli/study.h"
#include "engine/cli/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct reading {
    struct cli_learnt *learnt;
    struct hone_arena *arena;
    uint64_t trials;
    bool no_memory;
};

static bool take(void *self, const struct hone_insight_row *row) {
    struct reading *r = self;
    double *length;

    if (row->trials > r->trials) {
        return false;
    }
    length = hone_arena_array(r->arena, row->params, sizeof(*length));
    if (length == NULL) {
        r->no_memory = true;
        return false;
    }
    memcpy(length, row->length, row->params * sizeof(*length));
    *r->learnt = (struct cli_learnt){.is_known = true, .row = *row};
    r->learnt->row.length = length;
    return true;
}

static enum hone_code read_rows(struct hone_db *db, const char *study, bool latest,
    struct reading *r, struct hone_err *err) {
    enum hone_code code = hone_db_insights(db, study, latest, take, r, err);

    return code == HONE_OK && r->no_memory
               ? hone_fail(err, HONE_E_NOMEM, "reading what was learnt: out of memory")
               : code;
}

enum hone_code cli_learnt_read(struct hone_db *db, const char *study, uint64_t trials,
    struct hone_arena *arena, struct cli_learnt *learnt, struct hone_err *err) {
    struct reading r = {.learnt = learnt, .arena = arena, .trials = trials};

    return read_rows(db, study, false, &r, err);
}

enum hone_code cli_learnt_of_all(struct hone_db *db, const struct hone_study_row *study,
    struct hone_arena *arena, struct cli_learnt *learnt, struct hone_err *err) {
    struct reading r = {.learnt = learnt, .arena = arena, .trials = UINT64_MAX};
    enum hone_code code = read_rows(db, study->name, true, &r, err);

    learnt->is_known = learnt->is_known && learnt->row.trials == cli_study_trials(study);
    return code;
}

void cli_learnt_add_outlook(const struct cli_learnt *learnt, struct hone_buf *buf) {
    const struct hone_insight_row *row = &learnt->row;

    if (!learnt->is_known) {
        return;
    }
    hone_buf_add(buf, "expect  ");
    cli_add_value(buf, row->mean, row->sd);
    hone_buf_printf(buf, ", by the model of %" PRIu64 " trials; at most ", row->trials);
    cli_add_short_real(buf, row->remaining);
    hone_buf_add(buf, " is to be gained yet (a trial's noise: ");
    cli_add_short_real(buf, row->tolerance);
    hone_buf_add(buf, ")\n");
}

static void add_member(struct hone_buf *buf, const char *name, double number) {
    hone_buf_add(buf, name);
    hone_buf_add_json_real(buf, number);
}

void cli_learnt_add_outlook_json(const struct cli_learnt *learnt, struct hone_buf *buf) {
    const struct hone_insight_row *row = &learnt->row;

    if (!learnt->is_known) {
        return;
    }
    add_member(buf, ",\"expected\":{\"mean\":", row->mean);
    add_member(buf, ",\"sd\":", row->sd);
    add_member(buf, "},\"outlook\":{\"remaining\":", row->remaining);
    add_member(buf, ",\"tolerance\":", row->tolerance);
    hone_buf_printf(buf, ",\"enough\":%s}", row->is_enough ? "true" : "false");
}

void cli_learnt_add_model(const struct cli_learnt *learnt, const struct hone_trial_row *named,
    struct hone_buf *buf) {
    const struct hone_insight_row *row = &learnt->row;
    const char *before = "; length scales ";

    hone_buf_printf(buf, "of %" PRIu64 " trials: noise ", row->trials);
    cli_add_short_real(buf, row->noise);
    hone_buf_add(buf, ", left-out trials R2 ");
    cli_add_short_real(buf, row->loo_r2);
    hone_buf_add(buf, ", within 90 % intervals ");
    cli_add_short_real(buf, 100 * row->loo_coverage);
    hone_buf_add(buf, " %");
    for (size_t p = 0; p < row->params && p < named->params; p++) {
        if (isfinite(row->length[p])) {
            hone_buf_add(buf, before);
            hone_buf_add_printable(buf, named->param_name[p]);
            hone_buf_add(buf, " ");
            cli_add_short_real(buf, row->length[p]);
            before = ", ";
        }
    }
}
