/* The store of a run on a SQLite file.
 *
 *   new -> open_study -> (begin -> news, put_trial, put_result -> end)* -> close
 *                           \______ any failure: rolled back, and failed for good:
 *                                    all later calls repeat the first reason
 *
 * A turn is one transaction that takes the write lock at its beginning. */
#include "engine/alloc.h"
#include "engine/plan.h"
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
    int64_t runner;
    int64_t data_version; /* of the file when last looked */
    const char *name; /* of the study */
    sqlite3_stmt *version, *seen;
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
        "\n%s", study->name, hone_buf_text(&lines));
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

/* What a dead runner left running waits again, with the folds it has. */
static enum hone_code set_free(struct sqlite_store *s, struct hone_history *history,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; i < history->count && code == HONE_OK; i++) {
        if (history->trial[i].state == HONE_RUNNING) {
            history->trial[i].state = HONE_WAITING;
            code = hone_trial_update(&s->writer, &history->trial[i], 0, err);
        }
    }
    return code;
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

static enum hone_code open_in_turn(struct sqlite_store *s, const struct hone_study *study,
    struct hone_history *history, uint64_t *ret_parallel, struct hone_err *err) {
    int64_t id = 0;
    enum hone_code code = find_or_create(s, study, &id, ret_parallel, err);

    if (code == HONE_OK) {
        code = hone_runner_enter(s->db, id, study->name, &s->runner, err);
    }
    if (code == HONE_OK) {
        s->frame = (struct hone_trial_frame){.study = id, .maximize = study->maximize,
            .space = study->space, .folds = study->folds};
        code = hone_trial_writer_init(&s->writer, s->db, &s->frame, err);
    }
    if (code == HONE_OK) {
        code = load(s, history, err);
    }
    return code == HONE_OK ? set_free(s, history, err) : code;
}

/* Changes when another connection has committed. */
static enum hone_code data_version(struct sqlite_store *s, int64_t *ret, struct hone_err *err) {
    bool row = false;
    enum hone_code code = hone_sql_next(s->db, s->version, &row, err);

    if (code == HONE_OK && row) {
        *ret = sqlite3_column_int64(s->version, 0);
    }
    (void)sqlite3_reset(s->version);
    return code;
}

static enum hone_code prepare(struct sqlite_store *s, const char *name, struct hone_err *err) {
    enum hone_code code = hone_sql_prepare(s->db, "PRAGMA data_version", &s->version, err);

    if (code == HONE_OK) {
        code = data_version(s, &s->data_version, err);
    }
    if (code == HONE_OK) {
        code = hone_runner_prepare(s->db, &s->seen, err);
    }
    if (code == HONE_OK && (s->name = hone_arena_text(&s->texts, name, strlen(name))) == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "opening study '%s': out of memory", name);
    }
    return code;
}

static enum hone_code store_open_study(struct hone_store *base, const struct hone_study *study,
    struct hone_history *history, uint64_t *ret_parallel, struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = prepare(s, study->name, err);

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

static enum hone_code store_begin(struct hone_store *base, struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = check_failed(s, err);

    if (code == HONE_OK) {
        code = hone_sql_begin(s->db, err);
    }
    if (code == HONE_OK) {
        code = hone_runner_stay(s->db, s->runner, s->seen, s->name, err);
    }
    return give_up(s, code, err);
}

static enum hone_code store_news(struct hone_store *base, struct hone_history *history,
    struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    int64_t version = s->data_version;
    enum hone_code code = check_failed(s, err);

    if (code == HONE_OK) {
        code = data_version(s, &version, err);
    }
    if (code != HONE_OK || version == s->data_version) {
        return give_up(s, code, err);
    }
    code = hone_progress_read(s->db, s->frame.study, &s->progress, err);
    if (code == HONE_OK) {
        code = load(s, history, err);
    }
    s->data_version = version;
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

static enum hone_code store_put_result(struct hone_store *base, const struct hone_result *result,
    struct hone_err *err) {
    struct sqlite_store *s = self_of(base);
    enum hone_code code = check_failed(s, err);

    return code == HONE_OK ? give_up(s, hone_fold_insert(&s->writer, result, err), err) : code;
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

/* The run has put its trials back to waiting. What fails here costs nothing: a
 * dead runner is seen to be dead. */
static void leave(struct sqlite_store *s) {
    struct hone_err ignored;

    hone_sql_roll_back(s->db);
    if (s->runner == 0 || s->failed || hone_sql_begin(s->db, &ignored) != HONE_OK) {
        return;
    }
    if (hone_runner_leave(s->db, s->runner, &ignored) != HONE_OK ||
        hone_sql_end(s->db, HONE_OK, &ignored) != HONE_OK) {
        hone_sql_roll_back(s->db);
    }
}

static void store_close(struct hone_store *base) {
    struct sqlite_store *s = self_of(base);

    leave(s);
    (void)sqlite3_finalize(s->version);
    (void)sqlite3_finalize(s->seen);
    hone_trial_writer_finish(&s->writer);
    hone_arena_finish(&s->texts);
    hone_free(s);
}

const struct hone_store_type hone_store_sqlite = {
    .name = "sqlite",
    .open_study = store_open_study,
    .begin = store_begin,
    .news = store_news,
    .put_trial = store_put_trial,
    .put_result = store_put_result,
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
