#include "storage/trial_rows.h"

#include "engine/alloc.h"
#include "storage/space_rows.h"

#include <math.h>
#include <string.h>

/* The row of a trial under way is as large as it will be when it is finished. If it
 * grew, the pages behind it would break in two, and stay half empty. */
enum { RESERVE = 24 };

static const char insert_sql[] =
    "INSERT INTO trial(study, number, state, value, sem, folds_done, seconds, started_ms,"
    " finished_ms, runner, part, why, mean, sd, acquisition, error, folds, checksum,"
    " detail_checksum, " HONE_POINT_SQL ", id)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, 0,"
    " ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28)";

static const char update_sql[] =
    "UPDATE trial SET state = ?3, value = ?4, sem = ?5, folds_done = ?6, seconds = ?7,"
    " started_ms = ?8, finished_ms = ?9, runner = ?10, part = ?11, why = ?12, mean = ?13,"
    " sd = ?14, acquisition = ?15, error = ?16, folds = ?17, checksum = ?18"
    " WHERE study = ?1 AND number = ?2";

enum { BIND_X0 = 19, BIND_MORE = BIND_X0 + HONE_POINT_COLUMNS, BIND_ID };

/* As hone_detail_sum_add. */
static const char find_sql[] =
    "UPDATE trial SET detail_checksum = (detail_checksum + ?3) & 4294967295"
    " WHERE study = ?1 AND number = ?2 RETURNING id";

static const char detail_sql[] = "INSERT INTO fold_detail VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

static const char more_detail_sql[] =
    "UPDATE fold_detail SET error = ?3, metric_checksum = ?4, curve_checksum = ?5, checksum = ?6"
    " WHERE trial = ?1 AND fold = ?2 AND checksum = ?7";

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
        {insert_sql, &w->insert}, {update_sql, &w->update}, {find_sql, &w->find},
        {detail_sql, &w->detail}, {more_detail_sql, &w->more_detail},
        {metric_name_sql, &w->metric_name}, {metric_sql, &w->metric}, {curve_sql, &w->curve},
    };
    enum hone_code code = HONE_OK;

    w->db = db;
    w->frame = *frame;
    w->more = hone_new_array(frame->space->n, HONE_POINT_BYTES);
    w->folds = hone_new_array(frame->folds * HONE_FOLD_BYTES + RESERVE, 1);
    if (w->more == NULL || w->folds == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "writing trials: out of memory");
    }
    for (size_t i = 0; i < sizeof(statement) / sizeof(statement[0]) && code == HONE_OK; i++) {
        code = hone_sql_prepare(db, statement[i].sql, statement[i].stmt, err);
    }
    return code;
}

void hone_trial_writer_finish(struct hone_trial_writer *w) {
    sqlite3_stmt *const all[] = {w->insert, w->update, w->find, w->detail, w->more_detail,
        w->metric_name, w->metric, w->curve};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        (void)sqlite3_finalize(all[i]); /* accepts NULL */
    }
    hone_free(w->more);
    hone_free(w->folds);
    *w = (struct hone_trial_writer){0};
}

/* From the engine's frame, where all is minimised, to the metric's own. */
static double in_direction(const struct hone_trial_writer *w, double loss) {
    return hone_turn_value(w->frame.maximize, loss);
}

static void bind_time(sqlite3_stmt *stmt, int index, int64_t wall_ms) {
    if (wall_ms != 0) {
        hone_sql_bind_int(stmt, index, wall_ms);
    } else {
        (void)sqlite3_bind_null(stmt, index);
    }
}

/* Bytes of w->folds. */
static size_t pack_folds(struct hone_trial_writer *w, const struct hone_trial *trial) {
    size_t count = w->frame.folds;

    if (hone_state_is_finished(trial->state)) {
        while (count > 0 && !trial->fold_run[count - 1].has_run) {
            count--;
        }
    }
    for (size_t f = 0; f < count; f++) {
        const struct hone_fold_run *run = &trial->fold_run[f];
        const struct hone_packed_fold fold = {.has_run = run->has_run,
            .value = in_direction(w, trial->fold_loss[f]), .started_ms = run->started_ms,
            .seconds = run->seconds};

        hone_fold_pack(&fold, w->folds + f * HONE_FOLD_BYTES);
    }
    if (hone_state_is_finished(trial->state)) {
        return count * HONE_FOLD_BYTES;
    }
    memset(w->folds + count * HONE_FOLD_BYTES, 0, RESERVE);
    return count * HONE_FOLD_BYTES + RESERVE;
}

/* Parameters 1 to 18, which insert and update share. */
static void bind_trial(struct hone_trial_writer *w, sqlite3_stmt *stmt,
    const struct hone_trial *trial, int64_t runner) {
    const struct hone_trial_fields fields = {
        .study = w->frame.study, .number = (int64_t)trial->number,
        .state = (int64_t)trial->state, .folds_done = (int64_t)trial->folds_done,
        .started_ms = trial->started_ms, .finished_ms = trial->finished_ms,
        .value = in_direction(w, trial->loss), .sem = trial->sem, .seconds = trial->seconds,
        .mean = in_direction(w, trial->mean), .sd = trial->sd,
        .acquisition = trial->acquisition, .part = trial->part, .why = trial->why,
        .error = trial->error, .params = w->frame.space->n, .x_value = trial->x_value,
        .folds = w->folds, .fold_bytes = pack_folds(w, trial),
    };

    hone_sql_bind_int(stmt, 1, w->frame.study);
    hone_sql_bind_int(stmt, 2, (int64_t)trial->number);
    hone_sql_bind_int(stmt, 3, (int64_t)trial->state);
    hone_sql_bind_real(stmt, 4, fields.value);
    hone_sql_bind_real(stmt, 5, trial->sem);
    hone_sql_bind_int(stmt, 6, (int64_t)trial->folds_done);
    hone_sql_bind_real(stmt, 7, trial->seconds);
    bind_time(stmt, 8, trial->started_ms);
    bind_time(stmt, 9, trial->finished_ms);
    bind_time(stmt, 10, trial->state == HONE_RUNNING ? runner : 0);
    hone_sql_bind_text(stmt, 11, trial->part);
    hone_sql_bind_text(stmt, 12, trial->why);
    hone_sql_bind_real(stmt, 13, fields.mean);
    hone_sql_bind_real(stmt, 14, trial->sd);
    hone_sql_bind_real(stmt, 15, trial->acquisition);
    hone_sql_bind_text(stmt, 16, trial->error);
    hone_sql_bind_blob(stmt, 17, w->folds, fields.fold_bytes);
    hone_sql_bind_int(stmt, 18, hone_trial_sum(&fields));
}

static void bind_x(sqlite3_stmt *stmt, int index, const struct hone_param *param, double x_value) {
    if (param->type == HONE_PARAM_FLOAT || isnan(x_value)) {
        hone_sql_bind_real(stmt, index, x_value);
    } else {
        hone_sql_bind_int(stmt, index, (int64_t)x_value);
    }
}

static void bind_point(struct hone_trial_writer *w, const double *x_value) {
    const struct hone_space *space = w->frame.space;

    for (size_t p = 0; p < HONE_POINT_COLUMNS; p++) {
        if (p < space->n) {
            bind_x(w->insert, BIND_X0 + (int)p, &space->param[p], x_value[p]);
        } else {
            (void)sqlite3_bind_null(w->insert, BIND_X0 + (int)p);
        }
    }
    if (space->n > HONE_POINT_COLUMNS) {
        size_t more = space->n - HONE_POINT_COLUMNS;

        hone_point_pack(x_value + HONE_POINT_COLUMNS, more, w->more);
        hone_sql_bind_blob(w->insert, BIND_MORE, w->more, more * HONE_POINT_BYTES);
    }
}

/* NULL takes the place of the id of an earlier row, which the statement keeps. */
static void bind_id(sqlite3_stmt *stmt, int64_t id) {
    if (id != 0) {
        hone_sql_bind_int(stmt, BIND_ID, id);
    } else {
        (void)sqlite3_bind_null(stmt, BIND_ID);
    }
}

enum hone_code hone_trial_insert_as(struct hone_trial_writer *w, int64_t id,
    const struct hone_trial *trial, int64_t runner, struct hone_err *err) {
    bind_trial(w, w->insert, trial, runner);
    bind_point(w, trial->x_value);
    bind_id(w->insert, id);
    return hone_sql_run(w->db, w->insert, err);
}

enum hone_code hone_trial_insert(struct hone_trial_writer *w, const struct hone_trial *trial,
    int64_t runner, struct hone_err *err) {
    return hone_trial_insert_as(w, 0, trial, runner, err);
}

static enum hone_code no_trial(const struct hone_trial_writer *w, uint64_t number,
    struct hone_err *err) {
    return hone_sql_damaged(w->db, err, "trial %llu of study %lld is no longer there",
        (unsigned long long)number, (long long)w->frame.study);
}

/* The trial's id; its row then knows of the details with this checksum. */
static enum hone_code find_id(struct hone_trial_writer *w, uint64_t number, int64_t checksum,
    int64_t *ret_id, struct hone_err *err) {
    bool row = false;
    enum hone_code code;

    hone_sql_bind_int(w->find, 1, w->frame.study);
    hone_sql_bind_int(w->find, 2, (int64_t)number);
    hone_sql_bind_int(w->find, 3, checksum);
    code = hone_sql_next(w->db, w->find, &row, err);
    if (code == HONE_OK && row) {
        *ret_id = sqlite3_column_int64(w->find, 0);
    }
    (void)sqlite3_reset(w->find);
    return code == HONE_OK && !row ? no_trial(w, number, err) : code;
}

/* Points of folds that did not come to an end: they will be run again. The folds are
 * those that bind_trial packed. */
static enum hone_code forget_unfinished(struct hone_trial_writer *w,
    const struct hone_trial *trial, struct hone_err *err) {
    int64_t id = 0;
    enum hone_code code = find_id(w, trial->number, 0, &id, err);

    return code == HONE_OK
               ? hone_details_forget_unfinished(w->db, id, w->folds, w->frame.folds, err)
               : code;
}

enum hone_code hone_trial_update(struct hone_trial_writer *w, const struct hone_trial *trial,
    int64_t runner, struct hone_err *err) {
    enum hone_code code;

    bind_trial(w, w->update, trial, runner);
    code = hone_sql_run(w->db, w->update, err);
    if (code == HONE_OK && sqlite3_changes(w->db->sqlite) != 1) {
        code = no_trial(w, trial->number, err);
    }
    return code == HONE_OK && trial->state == HONE_WAITING ? forget_unfinished(w, trial, err)
                                                           : code;
}

/* ---- Details of folds ---- */

static int64_t sum_metrics(const struct hone_result *result) {
    struct hone_sum sum = {0};

    for (size_t i = 0; i < result->metric_count; i++) {
        hone_metric_sum_add(&sum, result->metric[i].name, result->metric[i].value);
    }
    return hone_sum_end(&sum);
}

static int64_t sum_curve(const struct hone_result *result, size_t count) {
    struct hone_sum sum = {0};

    for (size_t i = 0; i < count; i++) {
        hone_curve_sum_add(&sum, &result->curve[i]);
    }
    return hone_sum_end(&sum);
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

static void bind_detail(sqlite3_stmt *stmt, int64_t id, const struct hone_detail_fields *fields) {
    hone_sql_bind_int(stmt, 1, id);
    hone_sql_bind_int(stmt, 2, fields->fold);
    hone_sql_bind_text(stmt, 3, fields->error);
    hone_sql_bind_int(stmt, 4, fields->metric_sum);
    hone_sql_bind_int(stmt, 5, fields->curve_sum);
    hone_sql_bind_int(stmt, 6, hone_detail_sum(fields));
}

enum hone_code hone_detail_insert(struct hone_trial_writer *w, uint64_t number,
    const struct hone_detail_fields *fields, int64_t *ret_id, struct hone_err *err) {
    enum hone_code code = find_id(w, number, hone_detail_sum(fields), ret_id, err);

    if (code != HONE_OK) {
        return code;
    }
    bind_detail(w->detail, *ret_id, fields);
    return hone_sql_run(w->db, w->detail, err);
}

/* The row of a fold that was put before, as `before`. */
static enum hone_code update_detail(struct hone_trial_writer *w, uint64_t number,
    const struct hone_detail_fields *before, const struct hone_detail_fields *fields,
    int64_t *ret_id, struct hone_err *err) {
    enum hone_code code = find_id(w, number, hone_detail_sum(fields) - hone_detail_sum(before),
        ret_id, err);

    if (code != HONE_OK) {
        return code;
    }
    bind_detail(w->more_detail, *ret_id, fields);
    hone_sql_bind_int(w->more_detail, 7, hone_detail_sum(before));
    code = hone_sql_run(w->db, w->more_detail, err);
    return code == HONE_OK && sqlite3_changes(w->db->sqlite) != 1
               ? hone_sql_damaged(w->db, err, "the curve of trial %llu, fold %lld, is not as it was"
                     " written", (unsigned long long)number, (long long)fields->fold)
               : code;
}

static enum hone_code put_detail(struct hone_trial_writer *w, const struct hone_result *result,
    int64_t *ret_id, struct hone_err *err) {
    const struct hone_detail_fields before = {
        .fold = (int64_t)result->fold, .curve_sum = sum_curve(result, result->curve_stored),
    };
    const struct hone_detail_fields fields = {
        .fold = (int64_t)result->fold, .metric_sum = sum_metrics(result),
        .curve_sum = sum_curve(result, result->curve_count), .error = result->error,
    };

    return result->curve_stored == 0
               ? hone_detail_insert(w, result->trial, &fields, ret_id, err)
               : update_detail(w, result->trial, &before, &fields, ret_id, err);
}

enum hone_code hone_details_put(struct hone_trial_writer *w, const struct hone_result *result,
    struct hone_err *err) {
    int64_t id = 0;
    enum hone_code code;

    if (result->error == NULL && result->metric_count == 0 && result->curve_count == 0) {
        return HONE_OK;
    }
    code = put_detail(w, result, &id, err);
    for (size_t i = 0; i < result->metric_count && code == HONE_OK; i++) {
        code = insert_metric(w, id, result, i, err);
    }
    for (size_t i = result->curve_stored; i < result->curve_count && code == HONE_OK; i++) {
        code = insert_curve_point(w, id, result, i, err);
    }
    return code;
}

enum hone_code hone_details_forget(struct hone_trial_writer *w, uint64_t number, size_t fold,
    struct hone_err *err) {
    int64_t id = 0;
    enum hone_code code = find_id(w, number, 0, &id, err);

    return code == HONE_OK ? hone_details_forget_fold(w->db, id, fold, err) : code;
}
