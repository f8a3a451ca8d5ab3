/* The store of a run on a SQLite file.
 *
 *   new -> open_study -> (begin -> news, put_trial, put_points, put_result … -> end)* -> close
 *                           \______ any failure: rolled back, and failed for good:
 *                                    all later calls repeat the first reason
 *
 * A turn is one transaction that takes the write lock at its beginning. */
#include "engine/alloc.h"
#include "engine/clock.h"
#include "engine/plan.h"
#include "storage/insight_rows.h"
#include "storage/news.h"
#include "storage/runner.h"
#include "storage/sql.h"
#include "storage/study_rows.h"
#include "storage/trial_rows.h"

#include <string.h>

enum { DIFFERENCES_SHOWN = 10 };

struct sqlite_store {
    struct hone_store base;
    struct hone_db *db; /* not owned */
    struct hone_arena texts;
    struct hone_trial_writer writer;
    struct hone_trial_frame frame;
    struct hone_progress progress; /* as the open transaction leaves it */
    uint64_t progress_written;     /* trials that the progress row says */
    struct hone_news news;
    struct hone_history *history; /* the run's */
    bool read_ahead; /* the history has changed, and the run was not told */
    int64_t runner;
    int64_t seen_ms; /* when it was last heard of */
    const char *name; /* of the study */
    sqlite3_stmt *seen;
    bool failed;
    struct hone_err failure; /* the first; set when failed */
};

extern const struct hone_store_type hone_store_sqlite;

static struct sqlite_store *self_of(struct hone_store *base) {
    hone_assert(base->type == &hone_store_sqlite);
    return (struct sqlite_store *)base;
}

/* A failure ends the turn and the store. */
static enum hone_code give_up(struct sqlite_store *s, enum hone_code code,
    const struct hone_err *err) {
    if (code != HONE_OK && !s->failed) {
        hone_sql_roll_back(s->db);
        s->failed = true;
        s->failure = *err;
    }
    return code;
}

/* What a failed store answers to all that is asked later. */
static enum hone_code check_failed(const struct sqlite_store *s, struct hone_err *err) {
    if (s->failed) {
        *err = s->failure;
        return err->code;
    }
    return HONE_OK;
}

/* ---- Opening ---- */

static enum hone_code differs(const struct hone_study *study, const char *stored,
    struct hone_err *err) {
    struct hone_buf lines = {0};
    enum hone_code code;

    hone_plan_write_difference(stored, study->fingerprint, DIFFERENCES_SHOWN, &lines);
    code = hone_fail(err, HONE_E_DIFFERS,
        "study '%s' was made from another spec; give the search another name, or the old spec back:"
        "\n%.*s", study->name, lines.length > 0 ? (int)lines.length - 1 : 0,
        hone_buf_text(&lines)); /* without the end of the last line */
    hone_buf_finish(&lines);
    return code;
}

/* SQL takes names that differ only in case for one, and so do questions; a new
 * study under such a name would most likely be a slip of the hand. */
static enum hone_code check_case(const struct hone_study *study, const char *stored,
    struct hone_err *err) {
    if (strcmp(study->name, stored) == 0) {
        return HONE_OK;
    }
    return hone_fail(err, HONE_E_INPUT,
        "there is a study '%s' whose name differs from '%s' only in case; use that name or quite"
        " another", stored, study->name);
}

/* Compares with what is stored; takes over what was fixed at creation. */
static enum hone_code join(struct sqlite_store *s, const struct hone_study *study, int64_t id,
    uint64_t *ret_parallel, struct hone_err *err) {
    struct hone_study_row row;
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_study_read(s->db, id, &row, &s->progress.trials, &stmt, err);

    if (code == HONE_OK) {
        code = check_case(study, row.name, err);
    }
    if (code == HONE_OK && strcmp(row.fingerprint, study->fingerprint) != 0) {
        code = differs(study, row.fingerprint, err);
    }
    if (code == HONE_OK) {
        *ret_parallel = row.parallel;
        s->progress.budget = row.budget;
    }
    (void)sqlite3_finalize(stmt);
    if (code == HONE_OK && study->budget > s->progress.budget) {
        s->progress.budget = study->budget;
        code = hone_progress_write(s->db, id, &s->progress, err);
    }
    return code;
}

static enum hone_code find_or_create(struct sqlite_store *s, const struct hone_study *study,
    int64_t *ret_id, uint64_t *ret_parallel, struct hone_err *err) {
    enum hone_code code = hone_study_find(s->db, study->name, ret_id, err);

    if (code != HONE_OK || *ret_id != 0) {
        return code == HONE_OK ? join(s, study, *ret_id, ret_parallel, err) : code;
    }
    if (!hone_db_name_is_free(study->name)) {
        return hone_fail(err, HONE_E_INPUT,
            "a study cannot be called '%s': the database needs that name for itself", study->name);
    }
    s->progress = (struct hone_progress){.budget = study->budget};
    *ret_parallel = study->parallel;
    return hone_study_create(s->db, study, ret_id, err);
}

static enum hone_code load(struct sqlite_store *s, struct hone_history *history,
    struct hone_err *err) {
    enum hone_code code = hone_trials_load(s->db, &s->frame, &s->texts, history, err);

    if (code == HONE_OK && history->count != s->progress.trials) {
        code = hone_sql_damaged(s->db, err, "it holds %zu of the study's %llu trials",
            history->count, (unsigned long long)s->progress.trials);
    }
    s->progress_written = s->progress.trials;
    return code;
}

/* Makes this process an engine and forgets those that are dead. */
static enum hone_code enter(struct sqlite_store *s, int64_t study, struct hone_err *err) {
    bool buried = false;
    enum hone_code code = hone_runner_bury(s->db, study, 0, &buried, err);

    s->seen_ms = hone_clock_wall_ms();
    return code == HONE_OK ? hone_runner_enter(s->db, study, &s->runner, err) : code;
}

static enum hone_code open_in_turn(struct sqlite_store *s, const struct hone_study *study,
    struct hone_history *history, uint64_t *ret_parallel, struct hone_err *err) {
    int64_t id = 0;
    bool changed = false;
    enum hone_code code = find_or_create(s, study, &id, ret_parallel, err);

    if (code == HONE_OK) {
        code = enter(s, id, err);
    }
    if (code == HONE_OK) {
        s->frame = (struct hone_trial_frame){.study = id, .maximize = study->maximize,
            .space = study->space, .folds = study->folds};
        code = hone_trial_writer_init(&s->writer, s->db, &s->frame, err);
    }
    if (code == HONE_OK) {
        code = hone_news_init(&s->news, s->db, &s->writer, &s->texts, s->runner, err);
    }
    if (code == HONE_OK) {
        code = load(s, history, err);
    }
    return code == HONE_OK ? hone_news_hear(&s->news, history, &changed, err) : code;
}

static enum hone_code prepare(struct sqlite_store *s, const char *name, struct hone_err *err) {
    enum hone_code code = hone_runner_prepare(s->db, &s->seen, err);

    if (code == HONE_OK && (s->name = hone_arena_text(&s->texts, name, strlen(name))) == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "opening study '%s': out of memory", name);
    }
    return code;
}

static enum hone_code store_open_study(struct hone_store *base, const struct hone_study *study,
    struct hone_history *history, uint64_t *ret_parallel, struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = prepare(s, study->name, err);

    s->history = history;

    if (code == HONE_OK) {
        code = hone_sql_begin(s->db, err);
    }
    if (code != HONE_OK) {
        return give_up(s, code, err);
    }
    code = open_in_turn(s, study, history, ret_parallel, err);
    return give_up(s, hone_sql_end(s->db, code, err), err);
}

/* ---- Turns ---- */

static enum hone_code store_has_news(struct hone_store *base, bool *ret_news,
    struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    bool news = false;
    enum hone_code code = check_failed(s, err);

    if (code == HONE_OK) {
        code = hone_news_look(&s->news, &news, err);
    }
    if (code == HONE_OK) {
        *ret_news = news || hone_clock_wall_ms() - s->seen_ms >= HONE_RUNNER_RENEW_MS;
    }
    return give_up(s, code, err);
}

/* Others may have made the study longer, too. */
static enum hone_code catch_up(struct sqlite_store *s, bool *ret_changed, struct hone_err *err) {
    struct hone_history *history = s->history;
    const size_t before = history->count;
    enum hone_code code = hone_progress_read(s->db, s->frame.study, &s->progress, err);

    if (code == HONE_OK) {
        code = load(s, history, err);
    }
    for (size_t i = before; i < history->count; i++) {
        history->trial[i].elsewhere = history->trial[i].state != HONE_WAITING;
        *ret_changed = true;
    }
    return code == HONE_OK ? hone_news_hear(&s->news, history, ret_changed, err) : code;
}

/* Most of the news is read before the turn has the write lock, so that engines read
 * side by side and wait for one another's writing only. */
static enum hone_code read_ahead(struct sqlite_store *s, struct hone_err *err) {
    bool news = false;
    enum hone_code code = hone_sql_begin_read(s->db, err);

    if (code == HONE_OK) {
        code = hone_news_take(&s->news, &news, err);
    }
    if (code == HONE_OK && news) {
        code = catch_up(s, &s->read_ahead, err);
    }
    hone_sql_end_read(s->db);
    return code;
}

static enum hone_code store_begin(struct hone_store *base, struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = check_failed(s, err);

    if (code == HONE_OK) {
        code = read_ahead(s, err);
    }
    if (code == HONE_OK) {
        code = hone_sql_begin(s->db, err);
    }
    if (code == HONE_OK) {
        code = hone_runner_stay(s->db, s->runner, s->seen, s->name, &s->seen_ms, err);
    }
    return give_up(s, code, err);
}

static enum hone_code store_news(struct hone_store *base, struct hone_history *history,
    bool *ret_changed, struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    bool news = false;
    enum hone_code code = check_failed(s, err);

    hone_assert(history == s->history);
    *ret_changed = s->read_ahead;
    s->read_ahead = false;
    if (code == HONE_OK) {
        code = hone_news_take(&s->news, &news, err);
    }
    if (code == HONE_OK && news) {
        code = catch_up(s, ret_changed, err);
    }
    return give_up(s, code, err);
}

static enum hone_code store_put_trial(struct hone_store *base, const struct hone_trial *trial,
    struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = check_failed(s, err);

    if (code != HONE_OK) {
        return code;
    }
    if (trial->number < s->progress.trials) {
        return give_up(s, hone_trial_update(&s->writer, trial, s->runner, err), err);
    }
    hone_assert(trial->number == s->progress.trials);
    s->progress.trials++;
    return give_up(s, hone_trial_insert(&s->writer, trial, s->runner, err), err);
}

static enum hone_code store_put_points(struct hone_store *base,
    const struct hone_result *so_far, struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = check_failed(s, err);

    return code == HONE_OK ? give_up(s, hone_details_put(&s->writer, so_far, err), err) : code;
}

static enum hone_code store_forget_points(struct hone_store *base, uint64_t trial, size_t fold,
    struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = check_failed(s, err);

    return code == HONE_OK
               ? give_up(s, hone_details_forget(&s->writer, trial, fold, err), err)
               : code;
}

static enum hone_code store_put_result(struct hone_store *base, const struct hone_result *result,
    struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = check_failed(s, err);

    return code == HONE_OK ? give_up(s, hone_details_put(&s->writer, result, err), err) : code;
}

static enum hone_code store_put_insight(struct hone_store *base,
    const struct hone_insight *insight, struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = check_failed(s, err);

    return code == HONE_OK ? give_up(s, hone_insight_write(s->db, &s->frame, insight, err), err)
                           : code;
}

static enum hone_code store_end(struct hone_store *base, struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = check_failed(s, err);

    if (code != HONE_OK) {
        return code;
    }
    if (s->progress.trials != s->progress_written) {
        code = hone_progress_write(s->db, s->frame.study, &s->progress, err);
    }
    code = hone_sql_end(s->db, code, err);
    s->progress_written = s->progress.trials;
    return give_up(s, code, err);
}

/* ---- Closing ---- */

static enum hone_code count_left(struct sqlite_store *s, int64_t *ret, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(s->db,
        "SELECT count(*) FROM trial WHERE study = ? AND state = 1 AND runner = ?", &stmt, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, s->frame.study);
        hone_sql_bind_int(stmt, 2, s->runner);
        code = hone_sql_next(s->db, stmt, &row, err);
    }
    if (code == HONE_OK) {
        *ret = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

/* What the run did not give back waits again, as the trials of a dead engine do. */
static enum hone_code set_free(struct sqlite_store *s, struct hone_err *err) {
    struct hone_history all = {.params = s->frame.space->n, .folds = s->frame.folds};
    bool changed = false;
    enum hone_code code = hone_trials_load(s->db, &s->frame, &s->texts, &all, err);

    s->news.first_open = 0;
    if (code == HONE_OK) {
        code = hone_news_hear(&s->news, &all, &changed, err);
    }
    hone_history_finish(&all);
    return code;
}

static enum hone_code leave_in_turn(struct sqlite_store *s, struct hone_err *err) {
    int64_t left = 0;
    enum hone_code code = count_left(s, &left, err);

    if (code == HONE_OK) {
        code = hone_runner_leave(s->db, s->runner, err);
    }
    return code == HONE_OK && left > 0 ? set_free(s, err) : code;
}

/* What fails here costs nothing: a dead runner is seen to be dead. */
static void leave(struct sqlite_store *s) {
    struct hone_err ignored;

    hone_sql_roll_back(s->db);
    if (s->runner == 0 || s->failed || hone_sql_begin(s->db, &ignored) != HONE_OK) {
        return;
    }
    if (hone_sql_end(s->db, leave_in_turn(s, &ignored), &ignored) != HONE_OK) {
        hone_sql_roll_back(s->db);
    }
}

static void store_close(struct hone_store *base) {
    struct sqlite_store *s = self_of(base);

    leave(s);
    (void)sqlite3_finalize(s->seen);
    hone_news_finish(&s->news);
    hone_trial_writer_finish(&s->writer);
    hone_arena_finish(&s->texts);
    hone_free(s);
}

const struct hone_store_type hone_store_sqlite = {
    .name = "sqlite",
    .open_study = store_open_study,
    .has_news = store_has_news,
    .begin = store_begin,
    .news = store_news,
    .put_trial = store_put_trial,
    .put_points = store_put_points,
    .forget_points = store_forget_points,
    .put_result = store_put_result,
    .put_insight = store_put_insight,
    .end = store_end,
    .close = store_close,
};

enum hone_code hone_sqlite_store_new(struct hone_db *db, struct hone_store **ret,
    struct hone_err *err) {
    struct sqlite_store *s = hone_new(sizeof(*s));

    if (s == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "opening the store: out of memory");
    }
    s->base.type = &hone_store_sqlite;
    s->db = db;
    *ret = &s->base;
    return HONE_OK;
}
