/* Checksums of trials and of what belongs to them: made when rows are written,
 * compared wherever rows are read. */
#include "storage/trial_rows.h"

#include "storage/space_rows.h"

#include <math.h>

int64_t hone_trial_sum(const struct hone_trial_fields *in) {
    struct hone_sum sum = {0};

    hone_sum_word(&sum, (uint64_t)in->study);
    hone_sum_word(&sum, (uint64_t)in->number);
    hone_sum_word(&sum, (uint64_t)in->state);
    hone_sum_word(&sum, (uint64_t)in->folds_done);
    hone_sum_word(&sum, (uint64_t)in->started_ms);
    hone_sum_word(&sum, (uint64_t)in->finished_ms);
    hone_sum_real(&sum, in->value);
    hone_sum_real(&sum, in->sem);
    hone_sum_real(&sum, in->seconds);
    hone_sum_real(&sum, in->mean);
    hone_sum_real(&sum, in->sd);
    hone_sum_real(&sum, in->acquisition);
    hone_sum_text(&sum, in->part);
    hone_sum_text(&sum, in->why);
    hone_sum_text(&sum, in->error);
    for (size_t p = 0; p < in->params; p++) {
        hone_sum_real(&sum, in->x_value[p]);
    }
    hone_sum_bytes(&sum, in->folds, in->fold_bytes);
    return hone_sum_end(&sum);
}

int64_t hone_detail_sum(const struct hone_detail_fields *in) {
    struct hone_sum sum = {0};

    hone_sum_word(&sum, (uint64_t)in->fold);
    hone_sum_word(&sum, (uint64_t)in->metric_sum);
    hone_sum_word(&sum, (uint64_t)in->curve_sum);
    hone_sum_text(&sum, in->error);
    return hone_sum_end(&sum);
}

int64_t hone_detail_sum_add(int64_t sum, int64_t checksum) {
    return (int64_t)(((uint64_t)sum + (uint64_t)checksum) & UINT32_MAX);
}

void hone_metric_sum_add(struct hone_sum *sum, const char *name, double value) {
    hone_sum_text(sum, name);
    hone_sum_real(sum, value);
}

void hone_curve_sum_add(struct hone_sum *sum, const struct hone_curve_point *point) {
    hone_sum_word(sum, (uint64_t)point->epoch);
    hone_sum_real(sum, point->train_loss);
    hone_sum_real(sum, point->valid_loss);
    hone_sum_real(sum, point->rate);
}

static bool read_point(sqlite3_stmt *stmt, size_t params, double *x_value) {
    const unsigned char *more = sqlite3_column_blob(stmt, HONE_TRIAL_MORE);
    size_t bytes = (size_t)sqlite3_column_bytes(stmt, HONE_TRIAL_MORE);
    size_t beyond = params > HONE_POINT_COLUMNS ? params - HONE_POINT_COLUMNS : 0;

    if (bytes != beyond * HONE_POINT_BYTES) {
        return false;
    }
    for (size_t p = 0; p < params && p < HONE_POINT_COLUMNS; p++) {
        x_value[p] = hone_sql_real(stmt, HONE_TRIAL_X0 + (int)p);
    }
    for (size_t p = 0; p < beyond; p++) {
        x_value[HONE_POINT_COLUMNS + p] = hone_point_at(more, p);
    }
    return true;
}

size_t hone_trial_fold_count(const struct hone_trial_fields *fields) {
    return fields->fold_bytes / HONE_FOLD_BYTES;
}

/* As many folds have a value as the row says; the reserve of a trial under way
 * reads as folds that have not run. */
static bool has_its_folds(const struct hone_trial_fields *in) {
    int64_t values = 0;

    for (size_t f = 0; f < hone_trial_fold_count(in); f++) {
        struct hone_packed_fold fold = hone_fold_at(in->folds, f);

        values += fold.has_run && isfinite(fold.value);
    }
    return values == in->folds_done;
}

bool hone_trial_read(sqlite3_stmt *stmt, size_t params, double *x_value,
    struct hone_trial_fields *ret) {
    const struct hone_trial_fields in = {
        .study = sqlite3_column_int64(stmt, HONE_TRIAL_STUDY),
        .number = sqlite3_column_int64(stmt, HONE_TRIAL_NUMBER),
        .state = sqlite3_column_int64(stmt, HONE_TRIAL_STATE),
        .folds_done = sqlite3_column_int64(stmt, HONE_TRIAL_FOLDS_DONE),
        .started_ms = sqlite3_column_int64(stmt, HONE_TRIAL_STARTED),
        .finished_ms = sqlite3_column_int64(stmt, HONE_TRIAL_FINISHED),
        .value = hone_sql_real(stmt, HONE_TRIAL_VALUE),
        .sem = hone_sql_real(stmt, HONE_TRIAL_SEM),
        .seconds = hone_sql_real(stmt, HONE_TRIAL_SECONDS),
        .mean = hone_sql_real(stmt, HONE_TRIAL_MEAN),
        .sd = hone_sql_real(stmt, HONE_TRIAL_SD),
        .acquisition = hone_sql_real(stmt, HONE_TRIAL_ACQUISITION),
        .part = hone_sql_text(stmt, HONE_TRIAL_PART),
        .why = hone_sql_text(stmt, HONE_TRIAL_WHY),
        .error = hone_sql_text(stmt, HONE_TRIAL_ERROR),
        .params = params,
        .x_value = x_value,
        .folds = sqlite3_column_blob(stmt, HONE_TRIAL_FOLDS),
        .fold_bytes = (size_t)sqlite3_column_bytes(stmt, HONE_TRIAL_FOLDS),
    };

    *ret = in;
    return read_point(stmt, params, x_value) && in.number >= 0 && in.state >= HONE_WAITING &&
           in.state <= HONE_FAILED && has_its_folds(&in) &&
           hone_trial_sum(&in) == sqlite3_column_int64(stmt, HONE_TRIAL_CHECKSUM);
}

bool hone_detail_read(sqlite3_stmt *stmt, struct hone_detail_fields *ret) {
    *ret = (struct hone_detail_fields){
        .fold = sqlite3_column_int64(stmt, HONE_DETAIL_FOLD),
        .metric_sum = sqlite3_column_int64(stmt, HONE_DETAIL_METRIC_SUM),
        .curve_sum = sqlite3_column_int64(stmt, HONE_DETAIL_CURVE_SUM),
        .error = hone_sql_text(stmt, HONE_DETAIL_ERROR),
    };
    return ret->fold >= 0 &&
           hone_detail_sum(ret) == sqlite3_column_int64(stmt, HONE_DETAIL_CHECKSUM);
}
