#include "tests/engine/fake.h"

#include "engine/alloc.h"
#include "engine/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* ---- Objective ---- */

double fake_value(const double *x_value, size_t fold) {
    return x_value[0] * x_value[0] + 0.1 * x_value[1] + 1.0 / (3.0 + (double)fold);
}

enum { OTHER_LOOKS = 2 };

static void pause_by_chance(const struct fake_objective *self, const struct hone_job *job) {
    struct hone_rng rng;
    long pause_us;

    hone_rng_at(&rng, self->salt, job->trial, (uint32_t)job->fold, HONE_FOR_NOISE);
    pause_us = (long)(hone_rng_uniform(&rng) * self->pause_us);
    (void)nanosleep(&(struct timespec){.tv_nsec = pause_us * 1000}, NULL);
}

static double noise_of(const struct fake_objective *self, const struct hone_job *job) {
    struct hone_rng rng;

    hone_rng_at(&rng, job->seed, job->trial, (uint32_t)job->fold, HONE_FOR_NOISE);
    return self->noise * (2 * hone_rng_uniform(&rng) - 1);
}

static enum hone_code train_an_epoch(struct hone_result *result, struct hone_err *err) {
    return hone_result_add_point(result,
        (struct hone_curve_point){.epoch = 1, .train_loss = 0.5}, err);
}

static enum hone_code fake_evaluate(const struct hone_objective *base, const struct hone_job *job,
    struct hone_result *ret_result, struct hone_err *err) {
    const struct fake_objective *self = (const struct fake_objective *)base;
    struct fake *fake = self->fake;
    enum hone_code code;

    atomic_fetch_add(&fake->objective.evaluated[job->trial][job->fold], 1);
    if (hone_arena_new(job->arena, 100) == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no scratch");
    }
    pause_by_chance(self, job);
    code = self->train == NULL ? train_an_epoch(ret_result, err)
                               : self->train(fake, job, ret_result, err);
    if (code != HONE_OK) {
        return code;
    }
    ret_result->outcome = self->during == NULL ? HONE_OUTCOME_VALUE : self->during(fake, job);
    if (ret_result->outcome == HONE_OUTCOME_VALUE) {
        ret_result->value = fake_value(job->x_value, job->fold) + noise_of(self, job);
    } else if (ret_result->outcome == HONE_OUTCOME_FAILED) {
        hone_result_set_failed(ret_result, "fold %zu went wrong", job->fold);
    }
    return HONE_OK;
}

static const struct hone_objective_type fake_objective_type = {
    .name = "fake",
    .evaluate = fake_evaluate,
};

/* ---- Sampler ---- */

static uint64_t fake_size(const struct hone_sampler *base) {
    return ((const struct fake_sampler *)base)->points;
}

/* The sum of all it may know: a proposal that saw one trial more or less, or in
 * another state, is another proposal. */
static double sum_of_settled(const struct hone_view *view) {
    double sum = 0;

    for (size_t i = 0; i < view->settled; i++) {
        const struct hone_trial *trial = &view->history->trial[i];

        sum = sum / 2 + (isnan(trial->loss) ? 1 : trial->loss);
    }
    return sum;
}

static enum hone_code fake_ask(struct hone_sampler *base, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    struct fake_sampler *self = (struct fake_sampler *)base;
    struct fake_shown *shown = &self->shown[self->shown_count++];
    double sum = sum_of_settled(view);
    uint64_t bits;
    struct hone_rng rng;

    (void)err;
    *shown = (struct fake_shown){.settled = view->settled, .asking = view->asking};
    assert_int_equal(view->asking, view->history->count);
    for (size_t i = 0; i < view->history->count; i++) {
        shown->finished += hone_state_is_finished(view->history->trial[i].state);
    }
    if (view->asking >= self->points) {
        ret_proposal->exhausted = true;
        return HONE_OK;
    }
    memcpy(&bits, &sum, sizeof(bits));
    hone_rng_at(&rng, bits, view->asking, 0, HONE_FOR_POINT);
    for (size_t p = 0; p < FAKE_PARAMS; p++) {
        ret_proposal->x_unit[p] = hone_rng_uniform(&rng);
    }
    ret_proposal->part = "fake";
    (void)snprintf(ret_proposal->why, sizeof(ret_proposal->why), "point %zu", view->asking);
    return HONE_OK;
}

/* Knows something from the second trial on. */
static enum hone_code fake_reflect(struct hone_sampler *base, const struct hone_view *view,
    struct hone_insight *ret_insight, struct hone_err *err) {
    const struct fake_sampler *self = (const struct fake_sampler *)base;

    (void)err;
    ret_insight->is_known = view->settled > 1;
    ret_insight->is_enough = self->enough_at > 0 && view->settled >= self->enough_at;
    return HONE_OK;
}

static const struct hone_sampler_type fake_sampler_type = {
    .name = "fake",
    .size = fake_size,
    .ask = fake_ask,
    .reflect = fake_reflect,
};

/* ---- Store ---- */

static enum hone_code store_call(struct fake_store *self, bool in_turn, struct hone_err *err) {
    assert_int_equal(self->in_turn, in_turn);
    assert_false(self->failed);
    self->failed = ++self->calls == self->fail_at;
    return self->failed ? hone_fail(err, HONE_E_IO, "the disk is full") : HONE_OK;
}

static enum hone_code fake_begin(struct hone_store *base, struct hone_err *err) {
    struct fake_store *self = (struct fake_store *)base;
    enum hone_code code = store_call(self, false, err);

    if (code == HONE_OK) {
        self->pending = self->durable;
        self->in_turn = true;
    }
    return code;
}

static enum hone_code fake_has_news(struct hone_store *base, bool *ret_news,
    struct hone_err *err) {
    struct fake_store *self = (struct fake_store *)base;

    (void)err;
    assert_false(self->in_turn);
    self->looks += self->other_begun;
    *ret_news = self->looks >= OTHER_LOOKS && self->other != OTHER_NONE;
    return HONE_OK;
}

static enum hone_code other_begins(struct fake_store *self, struct hone_history *history,
    struct hone_err *err) {
    const double x_value[FAKE_PARAMS] = {0.75, 3};
    struct fake_row *row = &self->pending.row[self->pending.count++];
    struct hone_trial *trial;
    enum hone_code code = hone_history_append(history, x_value, &trial, err);

    self->other_begun = true;
    if (code == HONE_OK) {
        trial->state = HONE_RUNNING;
        trial->elsewhere = true;
        trial->part = "fake";
        *row = (struct fake_row){.state = HONE_RUNNING, .loss = (double)NAN, .part = "fake"};
        memcpy(row->x_value, x_value, sizeof(x_value));
    }
    return code;
}

static void other_ends(struct fake_store *self, struct hone_history *history) {
    struct hone_trial *trial = &history->trial[self->other_at];
    struct fake_row *row = &self->pending.row[self->other_at];

    trial->elsewhere = self->other == OTHER_FINISHES;
    trial->state = self->other == OTHER_FINISHES ? HONE_COMPLETE : HONE_WAITING;
    row->state = trial->state;
    for (size_t k = 0; k < history->folds && self->other == OTHER_FINISHES; k++) {
        hone_trial_note_fold(trial, history->folds, k, fake_value(trial->x_value, k));
        row->has_fold[k] = true;
        row->fold_value[k] = fake_value(trial->x_value, k);
    }
    self->other = OTHER_NONE;
}

static enum hone_code fake_news(struct hone_store *base, struct hone_history *history,
    bool *ret_changed, struct hone_err *err) {
    struct fake_store *self = (struct fake_store *)base;
    enum hone_code code = store_call(self, true, err);

    if (code == HONE_OK && self->other != OTHER_NONE && !self->other_begun &&
        history->count == self->other_at) {
        *ret_changed = true;
        return other_begins(self, history, err);
    }
    if (code == HONE_OK && self->other != OTHER_NONE && self->looks >= OTHER_LOOKS) {
        *ret_changed = true;
        other_ends(self, history);
    }
    if (history->count < self->queue_at) {
        return code;
    }
    for (; code == HONE_OK && self->queue_count > 0; self->queue_count--) {
        const double x_value[FAKE_PARAMS] = {0.25, (double)self->queue_count};
        struct fake_row *row = &self->pending.row[self->pending.count++];
        struct hone_trial *trial;

        code = hone_history_append(history, x_value, &trial, err);
        if (code == HONE_OK) {
            *ret_changed = true;
            trial->part = "queue";
            *row = (struct fake_row){.state = HONE_WAITING, .loss = (double)NAN, .part = "queue"};
            memcpy(row->x_value, x_value, sizeof(x_value));
        }
    }
    return code;
}

/* A trial that waits has no points of folds that were cut off. */
static void forget_unfinished(struct fake_row *row) {
    for (size_t k = 0; k < FAKE_FOLDS; k++) {
        row->points[k] = row->state == HONE_WAITING && !row->has_fold[k] ? 0 : row->points[k];
    }
}

static enum hone_code fake_put_trial(struct hone_store *base, const struct hone_trial *trial,
    struct hone_err *err) {
    struct fake_store *self = (struct fake_store *)base;
    enum hone_code code = store_call(self, true, err);
    struct fake_row *row = &self->pending.row[trial->number];

    if (code != HONE_OK) {
        return code;
    }
    assert_true(trial->number <= self->pending.count);
    self->pending.count += trial->number == self->pending.count;
    assert_false(hone_state_is_finished(row->state)); /* a finished trial never changes */
    assert_true(trial->started_ms > 0);
    assert_int_equal(trial->finished_ms > 0, hone_state_is_finished(trial->state));
    row->state = trial->state;
    forget_unfinished(row);
    row->loss = trial->loss;
    memcpy(row->x_value, trial->x_value, sizeof(row->x_value));
    (void)snprintf(row->error, FAKE_TEXT, "%s", trial->error == NULL ? "" : trial->error);
    (void)snprintf(row->part, FAKE_TEXT, "%s", trial->part);
    return HONE_OK;
}

/* The store has had what the result says, and gets the rest. */
static void add_points(struct fake_row *row, const struct hone_result *result) {
    size_t *points = &row->points[result->fold];

    assert_int_equal(*points, result->curve_stored);
    for (; *points < result->curve_count; ++*points) {
        const int64_t epoch = result->curve[*points].epoch;

        assert_true(*points == 0 || epoch > row->last_epoch[result->fold]);
        row->last_epoch[result->fold] = epoch;
    }
}

static enum hone_code fake_put_points(struct hone_store *base, const struct hone_result *so_far,
    struct hone_err *err) {
    struct fake_store *self = (struct fake_store *)base;
    enum hone_code code = store_call(self, true, err);
    struct fake_row *row = &self->pending.row[so_far->trial];

    if (code == HONE_OK) {
        assert_int_equal(row->state, HONE_RUNNING);
        assert_false(row->has_fold[so_far->fold]);
        self->pending.lots++;
        add_points(row, so_far);
    }
    return code;
}

static enum hone_code fake_forget_points(struct hone_store *base, uint64_t trial, size_t fold,
    struct hone_err *err) {
    struct fake_store *self = (struct fake_store *)base;
    enum hone_code code = store_call(self, true, err);
    struct fake_row *row = &self->pending.row[trial];

    if (code == HONE_OK) {
        assert_int_equal(row->state, HONE_RUNNING);
        assert_false(row->has_fold[fold]);
        assert_true(row->points[fold] > 0); /* there is something to forget */
        self->pending.forgotten++;
        row->points[fold] = 0;
    }
    return code;
}

static enum hone_code fake_put_insight(struct hone_store *base,
    const struct hone_insight *insight, struct hone_err *err) {
    struct fake_store *self = (struct fake_store *)base;
    enum hone_code code = store_call(self, true, err);

    if (code == HONE_OK) {
        self->pending.insights++;
        self->pending.insight_trials = insight->trials;
    }
    return code;
}

static enum hone_code fake_put_result(struct hone_store *base, const struct hone_result *result,
    struct hone_err *err) {
    struct fake_store *self = (struct fake_store *)base;
    enum hone_code code = store_call(self, true, err);
    struct fake_row *row = &self->pending.row[result->trial];

    if (code == HONE_OK) {
        assert_int_equal(row->state, HONE_RUNNING);
        assert_false(row->has_fold[result->fold]); /* inserted, never replaced */
        row->has_fold[result->fold] = true;
        row->fold_outcome[result->fold] = result->outcome;
        row->fold_value[result->fold] = result->value;
        add_points(row, result);
    }
    return code;
}

static size_t count_points(const struct fake_record *record) {
    size_t count = 0;

    for (size_t i = 0; i < record->count; i++) {
        for (size_t k = 0; k < FAKE_FOLDS; k++) {
            count += record->row[i].points[k];
        }
    }
    return count;
}

static enum hone_code fake_end(struct hone_store *base, struct hone_err *err) {
    struct fake_store *self = (struct fake_store *)base;
    enum hone_code code = store_call(self, true, err);

    if (code == HONE_OK) {
        self->durable = self->pending;
        self->in_turn = false;
        atomic_store(&self->points, count_points(&self->durable));
        atomic_fetch_add(&self->turns, 1);
    }
    return code;
}

static const struct hone_store_type fake_store_type = {
    .name = "fake",
    .has_news = fake_has_news,
    .begin = fake_begin,
    .news = fake_news,
    .put_trial = fake_put_trial,
    .put_points = fake_put_points,
    .forget_points = fake_forget_points,
    .put_result = fake_put_result,
    .put_insight = fake_put_insight,
    .end = fake_end,
};

/* ---- Observer ---- */

static const struct fake_row *durable_row(const struct fake *fake, uint64_t number) {
    assert_false(fake->store.in_turn);
    assert_true(number < fake->store.durable.count);
    return &fake->store.durable.row[number];
}

static void saw_begun(void *self, const struct hone_trial *trial) {
    struct fake *fake = self;

    assert_int_not_equal(durable_row(fake, trial->number)->state, HONE_WAITING);
    fake->begun++;
    if (fake->begun - fake->finished > fake->most_in_flight) {
        fake->most_in_flight = fake->begun - fake->finished;
    }
}

/* It is told of what is durable, and of no fold that is done. */
static void saw_growth(void *self, const struct hone_trial *trial, size_t fold,
    int64_t started_ms) {
    struct fake *fake = self;
    const struct fake_row *row = durable_row(fake, trial->number);

    assert_int_equal(row->state, HONE_RUNNING);
    assert_false(row->has_fold[fold]);
    assert_true(started_ms >= trial->started_ms);
    fake->grown++;
}

static void saw_fold(void *self, const struct hone_trial *trial, const struct hone_result *result) {
    struct fake *fake = self;

    assert_int_equal(trial->number, result->trial);
    assert_true(durable_row(fake, trial->number)->has_fold[result->fold]);
    fake->folds_done++;
}

static void saw_finished(void *self, const struct hone_trial *trial) {
    struct fake *fake = self;

    assert_true(hone_state_is_finished(durable_row(fake, trial->number)->state));
    fake->finished++;
}

static void saw_waiting(void *self, size_t elsewhere) {
    struct fake *fake = self;

    fake->waits++;
    fake->waited_for = elsewhere;
}

static void saw_tick(void *self) {
    struct fake *fake = self;

    atomic_fetch_add(&fake->ticks, 1);
}

/* ---- The whole ---- */

void fake_init(struct fake *fake, size_t folds, uint64_t parallel, uint64_t budget) {
    static const size_t order[FAKE_PARAMS] = {0, 1};

    memset(fake, 0, sizeof(*fake));
    fake->param[0] = (struct hone_param){.name = "x", .type = HONE_PARAM_FLOAT, .high = 1};
    fake->param[1] =
        (struct hone_param){.name = "k", .type = HONE_PARAM_INT, .low = 1, .high = 9, .step = 1};
    fake->plan.seed = 1;
    fake->plan.sampler = &fake_sampler_type;
    fake->plan.timeout_seconds = (double)INFINITY;
    fake->plan.space =
        (struct hone_space){.n = FAKE_PARAMS, .param = fake->param, .order = order};
    fake->objective.base =
        (struct hone_objective){.type = &fake_objective_type, .folds = folds, .metric = "value"};
    fake->objective.fake = fake;
    fake->sampler.base.type = &fake_sampler_type;
    fake->sampler.points = SIZE_MAX;
    fake->store.base.type = &fake_store_type;
    fake->history = (struct hone_history){.params = FAKE_PARAMS, .folds = folds};
    fake->observer = (struct hone_observer){
        .self = fake,
        .trial_begun = saw_begun,
        .curve_grew = saw_growth,
        .fold_done = saw_fold,
        .trial_finished = saw_finished,
        .waiting = saw_waiting,
        .tick = saw_tick,
    };
    fake->run = (struct hone_run){
        .plan = &fake->plan,
        .objective = &fake->objective.base,
        .sampler = &fake->sampler.base,
        .store = &fake->store.base,
        .history = &fake->history,
        .budget = budget,
        .parallel = parallel,
        .stop = &fake->stop,
        .observer = &fake->observer,
    };
}

static const char *constant_part(const char *part) {
    static const char *const known[] = {"first", "queue", "fake"};
    size_t i = 0;

    while (strcmp(known[i], part) != 0) {
        i++;
    }
    return known[i];
}

static void load_trial(struct fake *fake, const struct fake_row *row) {
    struct hone_trial *trial = NULL;

    assert_int_equal(hone_history_append(&fake->history, row->x_value, &trial, &fake->err),
        HONE_OK);
    trial->state = row->state;
    trial->part = constant_part(row->part);
    for (size_t k = 0; k < fake->history.folds; k++) {
        if (row->has_fold[k] && row->fold_outcome[k] == HONE_OUTCOME_VALUE) {
            hone_trial_note_fold(trial, fake->history.folds, k,
                hone_objective_loss(&fake->objective.base, row->fold_value[k]));
        }
    }
    if (row->state == HONE_FAILED) {
        trial->loss = (double)NAN;
    } else if (row->state == HONE_PRUNED) {
        hone_trial_summarise(trial, fake->history.folds);
    }
}

void fake_reload(struct fake *fake) {
    const size_t folds = fake->history.folds;

    hone_history_finish(&fake->history);
    fake->history = (struct hone_history){.params = FAKE_PARAMS, .folds = folds};
    for (size_t i = 0; i < fake->store.durable.count; i++) {
        struct fake_row *row = &fake->store.durable.row[i];

        row->state = row->state == HONE_RUNNING ? HONE_WAITING : row->state;
        forget_unfinished(row);
        load_trial(fake, row);
    }
    atomic_store(&fake->stop.requests, 0);
    fake->objective.during = NULL;
    fake->store.in_turn = false;
    fake->store.failed = false;
    fake->store.calls = 0;
    fake->store.fail_at = 0;
    fake->sampler.shown_count = 0;
    fake->begun = fake->folds_done = fake->finished = 0;
}

enum hone_code fake_run(struct fake *fake, size_t workers, enum hone_end *ret_end) {
    fake->run.workers = workers;
    return hone_run(&fake->run, ret_end, &fake->err);
}

void fake_finish(struct fake *fake) {
    hone_history_finish(&fake->history);
}

static void assert_same_row(const struct fake_row *a, const struct fake_row *b) {
    assert_int_equal(a->state, b->state);
    assert_memory_equal(a->x_value, b->x_value, sizeof(a->x_value));
    assert_true(isnan(a->loss) ? isnan(b->loss) : a->loss == b->loss);
    assert_string_equal(a->error, b->error);
    assert_string_equal(a->part, b->part);
    for (size_t k = 0; k < FAKE_FOLDS; k++) {
        assert_int_equal(a->has_fold[k], b->has_fold[k]);
        assert_int_equal(a->fold_outcome[k], b->fold_outcome[k]);
        assert_true(a->fold_value[k] == b->fold_value[k] || isnan(a->fold_value[k]));
        assert_int_equal(a->points[k], b->points[k]);
    }
}

void fake_assert_same(const struct fake_record *a, const struct fake_record *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_same_row(&a->row[i], &b->row[i]);
    }
}
