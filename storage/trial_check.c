/* Checksums of trials and of what belongs to them: made when rows are written,
 * compared wherever rows are read. */
#include "storage/trial_rows.h"

#include "storage/space_rows.h"

#include <math.h>

int64_t hone_trial_sum(const struct hone_trial_sum_input *in) {
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
    hone_sum_bytes(&sum, in->point, in->point_bytes);
    return hone_sum_end(&sum);
}

int64_t hone_fold_sum(const struct hone_fold_sum_input *in) {
    struct hone_sum sum = {0};

    hone_sum_word(&sum, (uint64_t)in->trial);
    hone_sum_word(&sum, (uint64_t)in->fold);
    hone_sum_word(&sum, (uint64_t)in->outcome);
    hone_sum_word(&sum, (uint64_t)in->started_ms);
    hone_sum_word(&sum, (uint64_t)in->metric_sum);
    hone_sum_word(&sum, (uint64_t)in->curve_sum);
    hone_sum_real(&sum, in->value);
    hone_sum_real(&sum, in->seconds);
    hone_sum_text(&sum, in->error);
    return hone_sum_end(&sum);
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

bool hone_trial_read(sqlite3_stmt *stmt, size_t params, struct hone_trial_sum_input *ret) {
    const struct hone_trial_sum_input in = {
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
        .point = sqlite3_column_blob(stmt, HONE_TRIAL_POINT),
        .point_bytes = (size_t)sqlite3_column_bytes(stmt, HONE_TRIAL_POINT),
    };

    *ret = in;
    return in.number >= 0 && in.state >= HONE_WAITING && in.state <= HONE_FAILED &&
           in.folds_done >= 0 && in.point_bytes == params * HONE_POINT_BYTES &&
           (in.point != NULL || params == 0) &&
           hone_trial_sum(&in) == sqlite3_column_int64(stmt, HONE_TRIAL_CHECKSUM);
}

bool hone_trial_is_sound(sqlite3_stmt *stmt, size_t params) {
    struct hone_trial_sum_input unused;

    return hone_trial_read(stmt, params, &unused);
}

bool hone_fold_read(sqlite3_stmt *stmt, struct hone_fold_sum_input *ret) {
    const struct hone_fold_sum_input in = {
        .trial = sqlite3_column_int64(stmt, HONE_FOLD_TRIAL),
        .fold = sqlite3_column_int64(stmt, HONE_FOLD_FOLD),
        .outcome = sqlite3_column_int64(stmt, HONE_FOLD_OUTCOME),
        .started_ms = sqlite3_column_int64(stmt, HONE_FOLD_STARTED),
        .metric_sum = sqlite3_column_int64(stmt, HONE_FOLD_METRIC_SUM),
        .curve_sum = sqlite3_column_int64(stmt, HONE_FOLD_CURVE_SUM),
        .value = hone_sql_real(stmt, HONE_FOLD_VALUE),
        .seconds = hone_sql_real(stmt, HONE_FOLD_SECONDS),
        .error = hone_sql_text(stmt, HONE_FOLD_ERROR),
    };
    bool is_value = in.outcome == HONE_OUTCOME_VALUE;

    *ret = in;
    return in.fold >= 0 && (is_value || in.outcome == HONE_OUTCOME_FAILED) &&
           isfinite(in.value) == is_value &&
           hone_fold_sum(&in) == sqlite3_column_int64(stmt, HONE_FOLD_CHECKSUM);
}

bool hone_fold_is_sound(sqlite3_stmt *stmt) {
    struct hone_fold_sum_input unused;

    return hone_fold_read(stmt, &unused);
}

/* While a trial is under way its row says how far it was at its beginning. */
bool hone_trial_has_its_folds(enum hone_state state, int64_t folds_done, size_t values) {
    return hone_state_is_finished(state) ? values == (size_t)folds_done
                                         : values >= (size_t)folds_done;
}
