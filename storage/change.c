/* Changes that a user asks for outside a run, each one transaction. */
#include "engine/alloc.h"
#include "storage/runner.h"
#include "storage/sql.h"
#include "storage/study_rows.h"
#include "storage/study_view.h"
#include "storage/trial_rows.h"

#include <math.h>
#include <unistd.h>

/* Inserts the waiting trial; the frame's direction and folds do not matter to a
 * trial without a result. */
static enum hone_code insert_waiting(struct hone_db *db, int64_t study,
    const struct hone_space *space, const double *x_value, uint64_t number,
    struct hone_err *err) {
    const struct hone_trial_frame frame = {.study = study, .space = space};
    struct hone_trial_writer writer = {0};
    struct hone_history history = {.params = space->n, .folds = 1};
    struct hone_trial *trial = NULL;
    enum hone_code code = hone_trial_writer_init(&writer, db, &frame, err);

    if (code == HONE_OK) {
        code = hone_history_append(&history, x_value, &trial, err);
    }
    if (code == HONE_OK) {
        trial->number = number;
        trial->part = hone_queue_part;
        code = hone_trial_insert(&writer, trial, 0, err);
    }
    hone_history_finish(&history);
    hone_trial_writer_finish(&writer);
    return code;
}

static enum hone_code queue(struct hone_db *db, const char *name, const struct hone_space *space,
    const double *x_value, uint64_t *ret_number, struct hone_err *err) {
    struct hone_progress progress;
    int64_t study = 0;
    enum hone_code code = hone_study_need(db, name, &study, err);

    if (code == HONE_OK) {
        code = hone_progress_read(db, study, &progress, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    *ret_number = progress.trials;
    code = insert_waiting(db, study, space, x_value, progress.trials, err);
    progress.trials++;
    return code == HONE_OK ? hone_progress_write(db, study, &progress, err) : code;
}

enum hone_code hone_db_queue(struct hone_db *db, const char *study, const struct hone_space *space,
    const double *x_value, uint64_t *ret_number, struct hone_err *err) {
    uint64_t number = 0;
    enum hone_code code = hone_sql_begin(db, err);

    if (code != HONE_OK) {
        return code;
    }
    code = queue(db, study, space, x_value, &number, err);
    code = hone_sql_end(db, code, err);
    if (code == HONE_OK) {
        *ret_number = number;
    }
    return code;
}

static enum hone_code refuse_running(struct hone_db *db, int64_t study, const char *name,
    struct hone_err *err) {
    int64_t pid = 0;
    enum hone_code code = hone_runner_pid(db, study, &pid, err);

    if (code == HONE_OK && pid != 0 && pid != (int64_t)getpid()) {
        return hone_fail(err, HONE_E_BUSY,
            "study '%s' is being run by process %lld; stop it first", name,
            (long long)pid);
    }
    return code;
}

/* Rows of other tables go with it: they refer to it with ON DELETE CASCADE. */
enum hone_code hone_study_delete(struct hone_db *db, const char *name, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    int64_t study = 0;
    enum hone_code code = hone_study_need(db, name, &study, err);

    if (code == HONE_OK) {
        code = refuse_running(db, study, name, err);
    }
    if (code == HONE_OK) {
        code = hone_study_view_drop(db, name, err);
    }
    if (code == HONE_OK) {
        code = hone_sql_prepare(db, "DELETE FROM studies WHERE study_id = ?", &stmt, err);
    }
    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, study);
        code = hone_sql_run(db, stmt, err);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

enum hone_code hone_db_delete(struct hone_db *db, const char *study, struct hone_err *err) {
    enum hone_code code = hone_sql_begin(db, err);

    return code == HONE_OK ? hone_sql_end(db, hone_study_delete(db, study, err), err) : code;
}
