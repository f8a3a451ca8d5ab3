#include "search/gp/data.h"

#include "engine/alloc.h"
#include "engine/race.h"
#include "search/gp/noise.h"

#include <math.h>

const double gp_loss_limit = 1e100;

enum { WARP_AT_LEAST = 5 };

static size_t folds_run(const struct hone_history *history, size_t t) {
    return hone_race_folds_run(history->folds, history->trial[t].fold_loss);
}

static bool has_result(const struct hone_history *history, size_t t) {
    enum hone_state state = history->trial[t].state;

    return (state == HONE_COMPLETE || state == HONE_PRUNED) && folds_run(history, t) > 0;
}

static double limited(double loss) {
    return fmin(fmax(loss, -gp_loss_limit), gp_loss_limit);
}

static void add_trial(struct gp_data *data, const struct hone_history *history, size_t t,
    double *loss) {
    for (size_t f = 0; f < history->folds; f++) {
        double value = history->trial[t].fold_loss[f];

        loss[data->n * history->folds + f] = isnan(value) ? value : limited(value);
    }
    data->folds[data->n] = folds_run(history, t);
    data->trial[data->n++] = t;
}

/* Sorts the trials into results and failures; `loss` gets the results' folds. */
static void gather(struct gp_data *data, const struct hone_history *history, size_t settled,
    double *loss) {
    for (size_t t = 0; t < settled; t++) {
        if (has_result(history, t)) {
            add_trial(data, history, t, loss);
        } else if (history->trial[t].state == HONE_FAILED) {
            data->failed_trial[data->failed++] = t;
        }
    }
}

/* A value that was imported without folds is a mean: no fold's effect is in it. */
static void restore_means(struct gp_data *data, const struct hone_history *history) {
    for (size_t i = 0; i < data->n; i++) {
        const struct hone_trial *trial = &history->trial[data->trial[i]];

        if (trial->folds_done == 0 && hone_trial_is_imported(trial)) {
            data->y[i] = limited(trial->loss);
        }
    }
}

/* Appends the failed trials with a loss worse than all others by half the range. */
static void append_failed(struct gp_data *data, size_t folds) {
    double low = data->y[0];
    double high = data->y[0];

    for (size_t i = 1; i < data->n; i++) {
        low = fmin(low, data->y[i]);
        high = fmax(high, data->y[i]);
    }
    for (size_t i = 0; i < data->failed; i++) {
        data->trial[data->n] = data->failed_trial[i];
        data->folds[data->n] = folds;
        data->se2[data->n] = 0;
        data->y[data->n++] = high + (high - low) / 2;
    }
    data->failed = 0;
}

static enum hone_code make_room(struct gp_data *data, size_t count, struct hone_err *err) {
    data->trial = hone_new_array(count, sizeof(*data->trial));
    data->folds = hone_new_array(count, sizeof(*data->folds));
    data->y = hone_new_array(count, sizeof(*data->y));
    data->z = hone_new_array(count, sizeof(*data->z));
    data->slope = hone_new_array(count, sizeof(*data->slope));
    data->se2 = hone_new_array(count, sizeof(*data->se2));
    data->failed_trial = hone_new_array(count, sizeof(*data->failed_trial));
    if (data->trial == NULL || data->folds == NULL || data->y == NULL || data->z == NULL ||
        data->slope == NULL || data->se2 == NULL || data->failed_trial == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for the results of %zu trials", count);
    }
    return HONE_OK;
}

static enum hone_code interpret(struct gp_data *data, const struct gp_reading *reading,
    const struct hone_history *history, const double *loss, struct hone_err *err) {
    const size_t folds = history->folds;
    struct gp_table table = {.n = data->n, .folds = folds, .loss = loss};
    double *effect = hone_new_array(folds, sizeof(*effect));
    enum hone_code code;

    if (effect == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for the effects of %zu folds", folds);
    }
    code = gp_noise(&table, effect, data->y, data->se2, &data->is_known, err);
    hone_free(effect);
    if (code != HONE_OK) {
        return code;
    }
    restore_means(data, history);
    if (reading->failed_is_worst) {
        append_failed(data, folds);
    }
    return gp_warp_fit(&data->warp, data->n < WARP_AT_LEAST ? GP_WARP_NONE : reading->warp,
        data->n, data->y, data->z, data->slope, err);
}

enum hone_code gp_data_read(struct gp_data *data, const struct gp_reading *reading,
    const struct hone_history *history, size_t settled, struct hone_err *err) {
    double *loss = hone_new_array(settled * history->folds, sizeof(*loss));
    enum hone_code code = make_room(data, settled, err);

    if (code != HONE_OK || loss == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "no memory for the results of %zu trials", settled);
        goto out;
    }
    gather(data, history, settled, loss);
    if (data->n > 0) {
        code = interpret(data, reading, history, loss, err);
    }
out:
    hone_free(loss);
    if (code != HONE_OK) {
        gp_data_finish(data);
    }
    return code;
}

void gp_data_finish(struct gp_data *data) {
    hone_free(data->trial);
    hone_free(data->folds);
    hone_free(data->y);
    hone_free(data->z);
    hone_free(data->slope);
    hone_free(data->se2);
    hone_free(data->failed_trial);
    gp_warp_finish(&data->warp);
    *data = (struct gp_data){0};
}
