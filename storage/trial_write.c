#include "storage/trial_rows.h"

#include "engine/alloc.h"
#include "storage/space_rows.h"

#include <math.h>
#include <string.h>

static const char insert_sql[] =
    "INSERT INTO trial(study, number, state, value, sem, folds_done, seconds, started_ms,"
    " finished_ms, runner, part, why, mean, sd, acquisition, error, checksum, point)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";

static const char update_sql[] =
    "UPDATE trial SET state = ?3, value = ?4, sem = ?5, folds_done = ?6, seconds = ?7,"
    " started_ms = ?8, finished_ms = ?9, runner = ?10, part = ?11, why = ?12, mean = ?13,"
    " sd = ?14, acquisition = ?15, error = ?16, checksum = ?17 WHERE study = ?1 AND number = ?2";

static const char param_sql[] = "INSERT INTO trial_param VALUES (?1, ?2, ?3)";

static const char find_sql[] = "SELECT id FROM trial WHERE study = ?1 AND number = ?2";

static const char fold_sql[] = "INSERT INTO fold VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

static const char metric_name_sql[] = "INSERT OR IGNORE INTO metric_name(name) VALUES (?1)";

static const char metric_sql[] =
    "INSERT INTO metric VALUES (?1, ?2, ?3, (SELECT id FROM metric_name WHERE name = ?4), ?5)";

static const char curve_sql[] = "INSERT INTO curve VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

enum hone_code hone_trial_writer_init(struct hone_trial_writer *w, struct hone_db *db,
    const struct hone_trial_frame *frame, struct hone_err *err) {
    struct {
        const char *sql;
        sqlite3_stmt **stmt;
    } const statement[] = {
        {insert_sql, &w->insert}, {update_sql, &w->update}, {param_sql, &w->param},
        {find_sql, &w->find}, {fold_sql, &w->fold}, {metric_name_sql, &w->metric_name},
        {metric_sql, &w->metric}, {curve_sql, &w->curve},
    };
    enum hone_code code = HONE_OK;

    w->db = db;
    w->frame = *frame;
    w->point = hone_new_array(frame->space->n, HONE_POINT_BYTES);
    if (w->point == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "writing trials: out of memory");
    }
    for (size_t i = 0; i < sizeof(statement) / sizeof(statement[0]) && code == HONE_OK; i++) {
        code = hone_sql_prepare(db, statement[i].sql, statement[i].stmt, err);
    }
    return code;
}

void hone_trial_writer_finish(struct hone_trial_writer *w) {
    sqlite3_stmt *const all[] = {w->insert, w->update, w->param, w->find, w->fold,
        w->metric_name, w->metric, w->curve};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        (void)sqlite3_finalize(all[i]); /* accepts NULL */
    }
    hone_free(w->point);
    *w = (struct hone_trial_writer){0};
}

/* From the engine's frame, where all is minimised, to the metric's own. */
static double in_direction(const struct hone_trial_writer *w, double loss) {
    return w->frame.maximize ? -loss : loss;
}

static void bind_time(sqlite3_stmt *stmt, int index, int64_t wall_ms) {
    if (wall_ms != 0) {
        hone_sql_bind_int(stmt, index, wall_ms);
    } else {
        (void)sqlite3_bind_null(stmt, index);
    }
}

/* Parameters 1 to 17, which insert and update share. */
static void bind_trial(struct hone_trial_writer *w, sqlite3_stmt *stmt,
    const struct hone_trial *trial, int64_t runner) {
    const struct hone_trial_sum_input sums = {
        .study = w->frame.study, .number = (int64_t)trial->number,
        .state = (int64_t)trial->state, .folds_done = (int64_t)trial->folds_done,
        .started_ms = trial->started_ms, .finished_ms = trial->finished_ms,
        .value = in_direction(w, trial->loss), .sem = trial->sem, .seconds = trial->seconds,
        .mean = in_direction(w, trial->mean), .sd = trial->sd,
        .acquisition = trial->acquisition, .part = trial->part, .why = trial->why,
        .error = trial->error, .point = w->point,
        .point_bytes = w->frame.space->n * HONE_POINT_BYTES,
    };

    hone_point_pack(trial->x_value, w->frame.space->n, w->point);
    hone_sql_bind_int(stmt, 1, w->frame.study);
    hone_sql_bind_int(stmt, 2, (int64_t)trial->number);
    hone_sql_bind_int(stmt, 3, (int64_t)trial->state);
    hone_sql_bind_real(stmt, 4, sums.value);
    hone_sql_bind_real(stmt, 5, trial->sem);
    hone_sql_bind_int(stmt, 6, (int64_t)trial->folds_done);
    hone_sql_bind_real(stmt, 7, trial->seconds);
    bind_time(stmt, 8, trial->started_ms);
    bind_time(stmt, 9, trial->finished_ms);
    bind_time(stmt, 10, trial->state == HONE_RUNNING ? runner : 0);
    hone_sql_bind_text(stmt, 11, trial->part);
    hone_sql_bind_text(stmt, 12, trial->why);
    hone_sql_bind_real(stmt, 13, sums.mean);
    hone_sql_bind_real(stmt, 14, trial->sd);
    hone_sql_bind_real(stmt, 15, trial->acquisition);
    hone_sql_bind_text(stmt, 16, trial->error);
    hone_sql_bind_int(stmt, 17, hone_trial_sum(&sums));
}

static void bind_x(sqlite3_stmt *stmt, int index, const struct hone_param *param, double x_value) {
    if (param->type == HONE_PARAM_FLOAT) {
        hone_sql_bind_real(stmt, index, x_value);
    } else {
        hone_sql_bind_int(stmt, index, (int64_t)x_value);
    }
}

static enum hone_code insert_params(struct hone_trial_writer *w, int64_t id,
    const struct hone_trial *trial, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t p = 0; p < w->frame.space->n && code == HONE_OK; p++) {
        if (!isnan(trial->x_value[p])) {
            hone_sql_bind_int(w->param, 1, id);
            hone_sql_bind_int(w->param, 2, (int64_t)p);
            bind_x(w->param, 3, &w->frame.space->param[p], trial->x_value[p]);
            code = hone_sql_run(w->db, w->param, err);
        }
    }
    return code;
}

enum hone_code hone_trial_insert(struct hone_trial_writer *w, const struct hone_trial *trial,
    int64_t runner, struct hone_err *err) {
    enum hone_code code;

    bind_trial(w, w->insert, trial, runner);
    hone_sql_bind_blob(w->insert, 18, w->point, w->frame.space->n * HONE_POINT_BYTES);
    code = hone_sql_run(w->db, w->insert, err);
    if (code != HONE_OK) {
        return code;
    }
    return insert_params(w, sqlite3_last_insert_rowid(w->db->sqlite), trial, err);
}

static enum hone_code no_trial(const struct hone_trial_writer *w, uint64_t number,
    struct hone_err *err) {
    return hone_sql_damaged(w->db, err, "trial %llu of study %lld is no longer there",
        (unsigned long long)number, (long long)w->frame.study);
}

enum hone_code hone_trial_update(struct hone_trial_writer *w, const struct hone_trial *trial,
    int64_t runner, struct hone_err *err) {
    enum hone_code code;

    bind_trial(w, w->update, trial, runner);
    code = hone_sql_run(w->db, w->update, err);
    return code == HONE_OK && sqlite3_changes(w->db->sqlite) != 1 ? no_trial(w, trial->number, err)
                                                                  : code;
}

/* ---- Folds ---- */

static int64_t sum_metrics(const struct hone_result *result) {
    struct hone_sum sum = {0};

    for (size_t i = 0; i < result->metric_count; i++) {
        hone_metric_sum_add(&sum, result->metric[i].name, result->metric[i].value);
    }
    return hone_sum_end(&sum);
}

static int64_t sum_curve(const struct hone_result *result) {
    struct hone_sum sum = {0};

    for (size_t i = 0; i < result->curve_count; i++) {
        hone_curve_sum_add(&sum, &result->curve[i]);
    }
    return hone_sum_end(&sum);
}

static enum hone_code find_id(struct hone_trial_writer *w, uint64_t number, int64_t *ret_id,
    struct hone_err *err) {
    bool row = false;
    enum hone_code code;

    hone_sql_bind_int(w->find, 1, w->frame.study);
    hone_sql_bind_int(w->find, 2, (int64_t)number);
    code = hone_sql_next(w->db, w->find, &row, err);
    if (code == HONE_OK && row) {
        *ret_id = sqlite3_column_int64(w->find, 0);
    }
    (void)sqlite3_reset(w->find);
    return code == HONE_OK && !row ? no_trial(w, number, err) : code;
}

static enum hone_code insert_metric(struct hone_trial_writer *w, int64_t id,
    const struct hone_result *result, size_t i, struct hone_err *err) {
    enum hone_code code;

    hone_sql_bind_text(w->metric_name, 1, result->metric[i].name);
    code = hone_sql_run(w->db, w->metric_name, err);
    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(w->metric, 1, id);
    hone_sql_bind_int(w->metric, 2, (int64_t)result->fold);
    hone_sql_bind_int(w->metric, 3, (int64_t)i);
    hone_sql_bind_text(w->metric, 4, result->metric[i].name);
    hone_sql_bind_real(w->metric, 5, result->metric[i].value);
    return hone_sql_run(w->db, w->metric, err);
}

static enum hone_code insert_curve_point(struct hone_trial_writer *w, int64_t id,
    const struct hone_result *result, size_t i, struct hone_err *err) {
    const struct hone_curve_point *point = &result->curve[i];

    hone_sql_bind_int(w->curve, 1, id);
    hone_sql_bind_int(w->curve, 2, (int64_t)result->fold);
    hone_sql_bind_int(w->curve, 3, point->epoch);
    hone_sql_bind_real(w->curve, 4, point->train_loss);
    hone_sql_bind_real(w->curve, 5, point->valid_loss);
    hone_sql_bind_real(w->curve, 6, point->rate);
    return hone_sql_run(w->db, w->curve, err);
}

static enum hone_code insert_fold(struct hone_trial_writer *w, int64_t id,
    const struct hone_result *result, struct hone_err *err) {
    const struct hone_fold_sum_input sums = {
        .trial = id, .fold = (int64_t)result->fold, .outcome = (int64_t)result->outcome,
        .started_ms = result->started_ms, .metric_sum = sum_metrics(result),
        .curve_sum = sum_curve(result),
        .value = result->outcome == HONE_OUTCOME_VALUE ? result->value : (double)NAN,
        .seconds = result->seconds, .error = result->error,
    };

    hone_sql_bind_int(w->fold, 1, id);
    hone_sql_bind_int(w->fold, 2, sums.fold);
    hone_sql_bind_int(w->fold, 3, sums.outcome);
    hone_sql_bind_real(w->fold, 4, sums.value);
    hone_sql_bind_real(w->fold, 5, sums.seconds);
    hone_sql_bind_int(w->fold, 6, sums.started_ms);
    hone_sql_bind_text(w->fold, 7, sums.error);
    hone_sql_bind_int(w->fold, 8, sums.metric_sum);
    hone_sql_bind_int(w->fold, 9, sums.curve_sum);
    hone_sql_bind_int(w->fold, 10, hone_fold_sum(&sums));
    return hone_sql_run(w->db, w->fold, err);
}

enum hone_code hone_fold_insert(struct hone_trial_writer *w, const struct hone_result *result,
    struct hone_err *err) {
    int64_t id = 0;
    enum hone_code code = find_id(w, result->trial, &id, err);

    if (code == HONE_OK) {
        code = insert_fold(w, id, result, err);
    }
    for (size_t i = 0; i < result->metric_count && code == HONE_OK; i++) {
        code = insert_metric(w, id, result, i, err);
    }
    for (size_t i = 0; i < result->curve_count && code == HONE_OK; i++) {
        code = insert_curve_point(w, id, result, i, err);
    }
    return code;
}
