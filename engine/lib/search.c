/* A search: what a spec's plan, a store and a history are to the program is kept
 * together here. Invariants between calls:
 *   1. ask is there exactly while points may be asked; a run ends it.
 *   2. Every point in the list is a trial that ask has handed out.
 *   3. What failed may have stopped in the middle of a turn: nothing is asked of
 *      the store any more, and later calls repeat the first reason. */
#include "engine/alloc.h"
#include "engine/ask.h"
#include "engine/lib/function.h"
#include "engine/lib/point.h"
#include "engine/lib/process.h"
#include "engine/lib/spec.h"
#include "engine/run.h"
#include "storage/db.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct hone_search {
    struct lib_spec spec;
    struct hone_objective *told; /* says the direction */
    struct hone_db *db;          /* NULL: in memory alone */
    struct hone_store *store;
    struct hone_sampler *sampler;
    struct hone_history history;
    struct hone_stop stop;
    uint64_t parallel; /* as recorded */
    size_t workers;
    struct hone_ask *ask;      /* see above */
    struct hone_point *points; /* handed out, the newest first */
    struct hone_err failure;   /* the first that ended the search; HONE_OK before */
};

/* A point with the place of what is said of it. */
struct handed {
    struct hone_point point;
    struct hone_result result;
};

const char *hone_version(void) {
    return HONE_VERSION;
}

/* ---- Opening ---- */

static enum hone_code make_store(struct hone_search *s, const char *database,
    struct hone_err *err) {
    enum hone_code code;

    if (database == NULL) {
        return hone_null_store_new(&s->store, err);
    }
    code = hone_db_open(database, HONE_DB_CREATE, &s->db, err);
    return code == HONE_OK ? hone_sqlite_store_new(s->db, &s->store, err) : code;
}

/* By default as many as can be evaluated: a function of C is often quick, and then
 * nothing is won by a proposal that knows less. */
static uint64_t parallel_of(const struct hone_search *s) {
    const struct hone_plan *plan = &s->spec.plan;

    return plan->parallel == 0 && !plan->sampler->blind
               ? s->workers
               : hone_plan_parallel(plan, s->workers, s->told->folds, false);
}

static enum hone_code open_study(struct hone_search *s, struct hone_err *err) {
    const struct hone_plan *plan = &s->spec.plan;
    const struct hone_study study = {
        .name = plan->name, .spec_text = plan->spec_text, .spec_file = plan->spec_file,
        .folder = plan->folder, .fingerprint = plan->fingerprint, .space = &plan->space,
        .sampler = plan->sampler->name, .metric = s->told->metric,
        .maximize = s->told->maximize, .folds = s->told->folds, .seed = plan->seed,
        .budget = plan->budget, .data_hash = s->told->data_hash,
        .fold_hash = s->told->fold_hash,
        .parallel = parallel_of(s),
    };

    s->history.params = plan->space.n;
    s->history.folds = s->told->folds;
    return hone_store_open_study(s->store, &study, &s->history, &s->parallel, err);
}

static enum hone_code open_all(struct hone_search *s, const struct hone_params *params,
    const struct hone_options *options, struct hone_err *err) {
    const struct hone_plan *plan = &s->spec.plan;
    enum hone_code code = lib_spec_load(&s->spec, params, options, err);

    s->workers = options != NULL && options->workers > 0 ? options->workers : 1;
    if (code == HONE_OK) {
        code = hone_objective_open(plan->objective, &plan->setup, &s->told, err);
    }
    if (code == HONE_OK) {
        code = make_store(s, options != NULL ? options->database : NULL, err);
    }
    if (code == HONE_OK) {
        code = open_study(s, err);
    }
    return code == HONE_OK ? hone_plan_make_sampler(plan, s->told, &s->sampler, err) : code;
}

static enum hone_code open_calmly(struct hone_search *s, const struct hone_params *params,
    const struct hone_options *options, struct hone_err *err) {
    struct lib_numbers numbers;
    enum hone_code code;

    lib_process_calm_gsl();
    code = lib_numbers_begin(&numbers)
               ? open_all(s, params, options, err)
               : hone_fail(err, HONE_E_NOMEM, "no memory to read numbers");
    lib_numbers_end(&numbers);
    return code;
}

enum hone_code hone_search_open(const struct hone_params *params,
    const struct hone_options *options, struct hone_search **ret, struct hone_err *err) {
    struct hone_search *s = hone_new(sizeof(*s));
    struct hone_err unread;
    enum hone_code code;

    err = err != NULL ? err : &unread;
    if (s == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a search");
    }
    code = open_calmly(s, params, options, err);
    if (code != HONE_OK) {
        hone_search_close(s);
        return code;
    }
    *ret = s;
    return HONE_OK;
}

/* Notes what ends the search: all but a request that cannot be used. */
static enum hone_code give_up(struct hone_search *s, enum hone_code code,
    const struct hone_err *err) {
    if (code != HONE_OK && code != HONE_E_INPUT && s->failure.code == HONE_OK) {
        s->failure = *err;
    }
    return code;
}

static enum hone_code check_failure(const struct hone_search *s, struct hone_err *err) {
    if (s->failure.code != HONE_OK) {
        *err = s->failure;
    }
    return s->failure.code;
}

/* ---- Asking and telling ---- */

static struct hone_point *make_point(const struct hone_search *s) {
    struct handed *handed = hone_new(sizeof(*handed));

    if (handed == NULL) {
        return NULL;
    }
    handed->point.space = &s->spec.plan.space;
    handed->point.result = &handed->result;
    handed->result.outcome = HONE_OUTCOME_VALUE;
    handed->result.sem = NAN;
    return &handed->point;
}

static void free_point(struct hone_point *point) {
    if (point != NULL) {
        hone_result_finish(point->result);
        hone_free(point); /* the handed one's first member */
    }
}

static void enlist(struct hone_search *s, struct hone_point *point) {
    point->next = s->points;
    if (point->next != NULL) {
        point->next->previous = point;
    }
    s->points = point;
}

static void release(struct hone_search *s, struct hone_point *point) {
    if (point->previous != NULL) {
        point->previous->next = point->next;
    } else {
        s->points = point->next;
    }
    if (point->next != NULL) {
        point->next->previous = point->previous;
    }
    free_point(point);
}

static enum hone_code begin_asking(struct hone_search *s, struct hone_err *err) {
    const struct hone_ask_setup setup = {.plan = &s->spec.plan, .objective = s->told,
        .sampler = s->sampler, .store = s->store, .history = &s->history,
        .budget = s->spec.plan.budget};

    return s->ask != NULL ? HONE_OK : hone_ask_new(&setup, &s->ask, err);
}

static enum hone_code ask_into(struct hone_search *s, struct hone_point *point,
    const struct hone_trial **ret_trial, struct hone_err *err) {
    enum hone_code code = point == NULL
                              ? hone_fail(err, HONE_E_NOMEM, "no memory for a point")
                              : check_failure(s, err);

    if (code == HONE_OK) {
        code = begin_asking(s, err);
    }
    if (code == HONE_OK) {
        code = hone_ask_next(s->ask, ret_trial, err);
    }
    if (code == HONE_OK && *ret_trial != NULL) {
        point->trial = (*ret_trial)->number;
        point->x_value = (*ret_trial)->x_value;
    }
    return give_up(s, code, err);
}

enum hone_code hone_search_ask(struct hone_search *s, struct hone_point **ret_point,
    struct hone_err *err) {
    struct hone_point *point = make_point(s);
    const struct hone_trial *trial = NULL;
    struct hone_err unread;
    enum hone_code code = ask_into(s, point, &trial, err != NULL ? err : &unread);

    if (code == HONE_OK && trial != NULL) {
        enlist(s, point);
        *ret_point = point;
        return HONE_OK;
    }
    free_point(point);
    if (code == HONE_OK) {
        *ret_point = NULL;
    }
    return code;
}

static enum hone_code tell_value(struct hone_search *s, const struct hone_point *point,
    struct hone_err *err) {
    const struct hone_result *result = point->result;
    const struct hone_told told = {.value = result->value, .sem = result->sem,
        .metric_count = result->metric_count, .metric = result->metric};

    return hone_ask_tell(s->ask, point->trial, &told, err);
}

static enum hone_code tell_failure(struct hone_search *s, const struct hone_point *point,
    struct hone_err *err) {
    const char *reason = point->result->error;

    return hone_ask_fail(s->ask, point->trial, reason != NULL ? reason : "no reason was given",
        err);
}

enum hone_code hone_search_tell(struct hone_search *s, struct hone_point *point, double value,
    struct hone_err *err) {
    struct hone_err unread;
    enum hone_code code;

    err = err != NULL ? err : &unread;
    code = check_failure(s, err);
    if (code == HONE_OK) {
        code = lib_point_settle(point, value, err);
    }
    if (code == HONE_OK) {
        code = hone_ask_set_curve(s->ask, point->trial, point->result->curve,
            point->result->curve_count, err);
    }
    if (code == HONE_OK) {
        code = point->result->outcome == HONE_OUTCOME_FAILED ? tell_failure(s, point, err)
                                                             : tell_value(s, point, err);
    }
    if (code == HONE_OK) {
        release(s, point);
    }
    return give_up(s, code, err);
}

/* What was asked and not told waits for the next time. */
static enum hone_code end_asking(struct hone_search *s, struct hone_err *err) {
    enum hone_code code = check_failure(s, err);

    if (code == HONE_OK && s->ask != NULL) {
        code = hone_ask_end(s->ask, err);
    }
    hone_ask_free(s->ask);
    s->ask = NULL;
    return code;
}

/* ---- Running ---- */

static enum hone_code run_function(struct hone_search *s, struct lib_function *objective,
    enum hone_end *ret_end, struct hone_err *err) {
    static const struct hone_observer nobody;
    const struct hone_run run = {
        .plan = &s->spec.plan, .objective = &objective->base, .sampler = s->sampler,
        .store = s->store, .history = &s->history, .budget = s->spec.plan.budget,
        .parallel = s->parallel, .workers = s->workers, .stop = &s->stop, .observer = &nobody,
    };

    return hone_run(&run, ret_end, err);
}

enum hone_code hone_search_run(struct hone_search *s, hone_function *function, void *data,
    enum hone_end *ret_end, struct hone_err *err) {
    struct lib_function objective;
    struct hone_err unread;
    enum hone_end end = HONE_END_BUDGET;
    enum hone_code code;

    err = err != NULL ? err : &unread;
    if (s->points != NULL) {
        return hone_fail(err, HONE_E_INPUT, "trial %" PRIu64
            " was asked and not told; a run can begin when all are told", s->points->trial);
    }
    lib_function_init(&objective, function, data, s->told->maximize);
    code = end_asking(s, err);
    if (code == HONE_OK) {
        code = run_function(s, &objective, &end, err);
    }
    atomic_store(&s->stop.requests, 0);
    if (code == HONE_OK && ret_end != NULL) {
        *ret_end = end;
    }
    return give_up(s, code, err);
}

void hone_search_stop(struct hone_search *s) {
    (void)atomic_fetch_add(&s->stop.requests, 1);
}

/* ---- Looking ---- */

static void write_trial(const struct hone_search *s, const struct hone_trial *trial, double *ret_x,
    double *ret_value) {
    if (ret_x != NULL) {
        memcpy(ret_x, trial->x_value, s->history.params * sizeof(*ret_x));
    }
    if (ret_value != NULL) {
        *ret_value =
            trial->state == HONE_COMPLETE ? hone_objective_loss(s->told, trial->loss) : NAN;
    }
}

enum hone_code hone_search_best(const struct hone_search *s, double *ret_x, double *ret_value,
    uint64_t *ret_trial, struct hone_err *err) {
    const struct hone_trial *best = hone_history_best(&s->history);
    struct hone_err unread;

    if (best == NULL) {
        return hone_fail(err != NULL ? err : &unread, HONE_E_MISSING, "no trial is complete");
    }
    write_trial(s, best, ret_x, ret_value);
    if (ret_trial != NULL) {
        *ret_trial = best->number;
    }
    return HONE_OK;
}

uint64_t hone_search_count(const struct hone_search *s) {
    return s->history.count;
}

enum hone_code hone_search_trial(const struct hone_search *s, uint64_t number,
    enum hone_state *ret_state, double *ret_x, double *ret_value, const char **ret_error,
    struct hone_err *err) {
    const struct hone_trial *trial;
    struct hone_err unread;

    if (number >= s->history.count) {
        return hone_fail(err != NULL ? err : &unread, HONE_E_MISSING, "there is no trial %" PRIu64,
            number);
    }
    trial = &s->history.trial[number];
    write_trial(s, trial, ret_x, ret_value);
    if (ret_state != NULL) {
        *ret_state = trial->state;
    }
    if (ret_error != NULL) {
        *ret_error = trial->error;
    }
    return HONE_OK;
}

/* ---- The end ---- */

/* The points go last: until asking has ended, they are the trials that wait. */
void hone_search_close(struct hone_search *s) {
    struct hone_err unread;

    if (s == NULL) {
        return;
    }
    (void)end_asking(s, &unread);
    while (s->points != NULL) {
        release(s, s->points);
    }
    hone_store_close(s->store);
    hone_sampler_free(s->sampler);
    hone_db_close(s->db);
    hone_objective_close(s->told);
    hone_history_finish(&s->history);
    lib_spec_finish(&s->spec);
    hone_free(s);
}
