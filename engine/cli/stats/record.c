#include "engine/cli/stats/record.h"

#include "engine/alloc.h"
#include "engine/cli/defaults.h"
#include "engine/cli/learnt.h"
#include "engine/cli/stored.h"
#include "engine/cli/study.h"
#include "objectives/command/config.h"
#include "objectives/crossval.h"
#include "objectives/objectives.h"

#include <math.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

struct reading {
    struct cli_record *record;
    enum hone_code code;
    struct hone_err *err;
};

/* ---- Rows of a fold ---- */

/* Of k folds each tests one part in k. Splits by time train on all that is
 * earlier: the i-th on i parts. */
static double ratio_of(const struct hone_cv_config *cv) {
    double ratio = 0;

    if (cv->time == NULL) {
        return 1 / ((double)cv->folds - 1);
    }
    for (int64_t i = 1; i <= cv->folds; i++) {
        ratio += 1 / (double)i / (double)cv->folds;
    }
    return ratio;
}

/* Runs of a program without data, or of a function, are independent. */
static double test_over_train(const struct hone_plan *plan) {
    if (plan->objective == &hone_objective_model) {
        const struct hone_crossval_config *config = plan->setup.config;

        return ratio_of(&config->cv);
    }
    if (plan->objective == &hone_objective_command) {
        const struct hone_command *command = plan->setup.config;

        return command->has_data ? ratio_of(&command->cv) : 0;
    }
    return 0;
}

/* ---- Trials ---- */

static bool resize(struct cli_record *r, size_t room) {
    const size_t n = r->spec.plan.space.n > 0 ? r->spec.plan.space.n : 1;
    struct cli_record_trial *trial = hone_resize(r->trial, room, sizeof(*trial));
    double *x_value, *value, *seconds;
    int64_t *started_ms;

    r->trial = trial != NULL ? trial : r->trial;
    x_value = hone_resize(r->x_value, room, n * sizeof(*x_value));
    r->x_value = x_value != NULL ? x_value : r->x_value;
    value = hone_resize(r->fold_value, room, r->folds * sizeof(*value));
    r->fold_value = value != NULL ? value : r->fold_value;
    seconds = hone_resize(r->fold_seconds, room, r->folds * sizeof(*seconds));
    r->fold_seconds = seconds != NULL ? seconds : r->fold_seconds;
    started_ms = hone_resize(r->fold_started_ms, room, r->folds * sizeof(*started_ms));
    r->fold_started_ms = started_ms != NULL ? started_ms : r->fold_started_ms;
    return trial != NULL && x_value != NULL && value != NULL && seconds != NULL &&
           started_ms != NULL;
}

static enum hone_code make_room(struct cli_record *r, struct hone_err *err) {
    const size_t room = r->room == 0 ? FIRST_ROOM : 2 * r->room;

    if (r->count < r->room) {
        return HONE_OK;
    }
    if (!resize(r, room)) {
        return hone_fail(err, HONE_E_NOMEM, "%zu trials of study '%s'", room, r->study.name);
    }
    r->room = room;
    return HONE_OK;
}

static bool keep_text(struct hone_arena *arena, const char *text, const char **ret) {
    *ret = text == NULL ? NULL : hone_arena_text(arena, text, strlen(text));
    return text == NULL || *ret != NULL;
}

static void take_folds(struct cli_record *r, const struct hone_trial_row *row) {
    const size_t at = r->count * r->folds;

    for (size_t f = 0; f < r->folds; f++) {
        r->fold_value[at + f] = NAN;
        r->fold_seconds[at + f] = NAN;
        r->fold_started_ms[at + f] = 0;
    }
    for (size_t i = 0; i < row->folds; i++) {
        const struct hone_fold_row *fold = &row->fold[i];

        if (fold->fold < r->folds) {
            r->fold_value[at + fold->fold] = fold->value;
            r->fold_seconds[at + fold->fold] = fold->seconds;
            r->fold_started_ms[at + fold->fold] = fold->started_ms;
        }
    }
}

static enum hone_code take(struct cli_record *r, const struct hone_trial_row *row,
    struct hone_err *err) {
    struct cli_record_trial *trial;
    enum hone_code code = make_room(r, err);

    if (code != HONE_OK) {
        return code;
    }
    trial = &r->trial[r->count];
    *trial = (struct cli_record_trial){
        .number = row->number,
        .state = row->state, .value = row->value, .sem = row->sem, .seconds = row->seconds,
        .started_ms = row->started_ms, .finished_ms = row->finished_ms,
        .mean = row->mean, .sd = row->sd, .acquisition = row->acquisition,
    };
    if (!keep_text(&r->arena, row->part, &trial->part) ||
        !keep_text(&r->arena, row->why, &trial->why) ||
        !keep_text(&r->arena, row->error, &trial->error)) {
        return hone_fail(err, HONE_E_NOMEM, "the trials of study '%s'", r->study.name);
    }
    take_folds(r, row);
    code = cli_stored_point(&r->spec, row, r->x_value + r->count * r->spec.plan.space.n, err);
    r->count += code == HONE_OK;
    return code;
}

static bool take_row(void *self, const struct hone_trial_row *row) {
    struct reading *reading = self;

    reading->code = take(reading->record, row, reading->err);
    return reading->code == HONE_OK;
}

/* ---- The whole ---- */

static enum hone_code read_trials(struct hone_db *db, const char *study, size_t best,
    struct cli_record *record, struct hone_err *err) {
    struct reading reading = {.record = record, .code = HONE_OK, .err = err};
    struct hone_trial_query query = {.with_folds = true, .limit = best};
    enum hone_code code = cli_study_read(db, study, &record->arena, &record->study, err);

    if (code == HONE_OK) {
        code = cli_study_plan(&record->study, &record->spec, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    record->folds = record->study.folds;
    record->test_over_train = test_over_train(&record->spec.plan);
    query.study = record->study.name;
    query.best = best == 0 ? 0 : record->study.maximize ? 1 : -1;
    code = make_room(record, err); /* arrays are there though there be no trial */
    if (code != HONE_OK) {
        return code;
    }
    code = hone_db_trials(db, &query, take_row, &reading, err);
    return code == HONE_OK ? reading.code : code;
}

/* What the model of its method expects to be the best, or else the best value. */
static enum hone_code recommend(struct hone_db *db, struct cli_record *record,
    struct hone_err *err) {
    struct cli_learnt learnt = {0};
    enum hone_code code =
        cli_learnt_of_all(db, &record->study, &record->arena, &learnt, err);

    record->recommended = cli_record_best(record);
    if (learnt.is_known && learnt.row.best < record->count &&
        record->trial[learnt.row.best].state == HONE_COMPLETE) {
        record->recommended = (size_t)learnt.row.best;
    }
    return code;
}

enum hone_code cli_record_read(struct hone_db *db, const char *study, struct cli_record *record,
    struct hone_err *err) {
    enum hone_code code = read_trials(db, study, 0, record, err);

    return code == HONE_OK ? recommend(db, record, err) : code;
}

enum hone_code cli_record_read_best(struct hone_db *db, const char *study, size_t limit,
    struct cli_record *record, struct hone_err *err) {
    return read_trials(db, study, limit, record, err);
}

void cli_record_finish(struct cli_record *record) {
    hone_free(record->trial);
    hone_free(record->x_value);
    hone_free(record->fold_value);
    hone_free(record->fold_seconds);
    hone_free(record->fold_started_ms);
    cli_spec_finish(&record->spec);
    hone_arena_finish(&record->arena);
    *record = (struct cli_record){0};
}

double cli_record_loss(const struct cli_record *record, double value) {
    return hone_turn_value(record->study.maximize, value);
}

bool cli_record_has_value(const struct cli_record_trial *trial) {
    return (trial->state == HONE_COMPLETE || trial->state == HONE_PRUNED) &&
           isfinite(trial->value);
}

size_t cli_record_best(const struct cli_record *record) {
    size_t best = record->count;
    double least = (double)INFINITY;

    for (size_t i = 0; i < record->count; i++) {
        const double loss = cli_record_loss(record, record->trial[i].value);

        if (record->trial[i].state == HONE_COMPLETE && loss < least) {
            best = i;
            least = loss;
        }
    }
    return best;
}

size_t cli_record_default(const struct cli_record *record) {
    const struct cli_record_trial *trial = record->trial;
    size_t i = 0;

    while (i < record->count && cli_defaults_may_follow(trial[i].part)) {
        i++;
    }
    return i < record->count && hone_part_is(trial[i].part, hone_first_part) &&
                   trial[i].state == HONE_COMPLETE && cli_defaults_are_first(record->spec.root)
               ? i
               : record->count;
}
