#include "search/gp/noise.h"

#include "engine/alloc.h"
#include "engine/race.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* The median of fewer says little. */
enum { COMPLETE_AT_LEAST = 4 };

static size_t folds_run(const struct gp_table *table, size_t i) {
    size_t count = 0;

    for (size_t f = 0; f < table->folds; f++) {
        count += !isnan(table->loss[i * table->folds + f]);
    }
    return count;
}

/* Mean of the trial's losses, each less its fold's effect. */
static double trial_mean(const struct gp_table *table, size_t i, const double *effect) {
    double sum = 0;

    for (size_t f = 0; f < table->folds; f++) {
        double loss = table->loss[i * table->folds + f];

        sum += isnan(loss) ? 0 : loss - effect[f];
    }
    return sum / (double)folds_run(table, i);
}

static double median(double *value, size_t n) {
    gsl_sort(value, 1, n);
    return gsl_stats_median_from_sorted_data(value, 1, n);
}

/* Fills `ret_typical` (n), see engine/race.h; returns how many trials have all folds. */
static size_t find_typical(const struct gp_table *table, const double *mean, double *room,
    bool *ret_typical) {
    size_t complete = 0;
    double limit;

    for (size_t i = 0; i < table->n; i++) {
        ret_typical[i] = folds_run(table, i) == table->folds;
        if (ret_typical[i]) {
            room[complete++] = mean[i];
        }
    }
    limit = hone_race_typical(room, complete);
    for (size_t i = 0; i < table->n; i++) {
        ret_typical[i] = ret_typical[i] && mean[i] <= limit;
    }
    return complete;
}

/* Medians over the typical trials, which a few diverged folds do not move. */
static void set_effects(const struct gp_table *table, const double *mean, const bool *typical,
    double *effect, double *room) {
    double shift = 0;

    for (size_t f = 0; f < table->folds; f++) {
        size_t count = 0;

        for (size_t i = 0; i < table->n; i++) {
            if (typical[i]) {
                room[count++] = table->loss[i * table->folds + f] - mean[i];
            }
        }
        effect[f] = median(room, count);
        shift += effect[f];
    }
    for (size_t f = 0; f < table->folds; f++) {
        effect[f] -= shift / (double)table->folds;
    }
}

/* Sum of squared residuals of one trial, with m - 1 degrees of freedom. */
static double residual_squares(const struct gp_table *table, size_t i, const double *effect,
    double mean) {
    double sum = 0;

    for (size_t f = 0; f < table->folds; f++) {
        double residual = table->loss[i * table->folds + f] - mean - effect[f];

        sum += isnan(residual) ? 0 : residual * residual;
    }
    return sum;
}

static double typical_variance(const struct gp_table *table, const bool *typical,
    const double *effect, const double *mean, double *room) {
    size_t count = 0;

    for (size_t i = 0; i < table->n; i++) {
        if (typical[i]) {
            room[count++] = residual_squares(table, i, effect, mean[i]) /
                            (double)(table->folds - 1);
        }
    }
    return median(room, count);
}

/* Moderated variance (Smyth 2004, "Linear models and empirical Bayes methods",
 * section 3): the trial's own variance, drawn towards the typical one as if that
 * had folds - 1 degrees of freedom. */
static double moderated_se2(const struct gp_table *table, size_t i, double squares,
    double typical) {
    double prior = (double)(table->folds - 1);
    double m = (double)folds_run(table, i);

    return (prior * typical + squares) / (prior + m - 1) / m;
}

enum hone_code gp_noise(const struct gp_table *table, double *ret_effect, double *ret_mean,
    double *ret_se2, bool *ret_known, struct hone_err *err) {
    double *room = hone_new_array(table->n, sizeof(*room));
    bool *typical = hone_new_array(table->n, sizeof(*typical));
    double variance = 0;
    size_t complete;

    if (room == NULL || typical == NULL) {
        hone_free(room);
        hone_free(typical);
        return hone_fail(err, HONE_E_NOMEM, "no memory for the noise of %zu trials", table->n);
    }
    for (size_t f = 0; f < table->folds; f++) {
        ret_effect[f] = 0;
    }
    for (size_t i = 0; i < table->n; i++) {
        ret_mean[i] = trial_mean(table, i, ret_effect);
    }
    complete = find_typical(table, ret_mean, room, typical);
    *ret_known = table->folds > 1 && complete > 0;
    if (table->folds > 1 && complete >= COMPLETE_AT_LEAST) {
        set_effects(table, ret_mean, typical, ret_effect, room);
        for (size_t i = 0; i < table->n; i++) {
            ret_mean[i] = trial_mean(table, i, ret_effect);
        }
    }
    if (*ret_known) {
        variance = typical_variance(table, typical, ret_effect, ret_mean, room);
    }
    for (size_t i = 0; i < table->n; i++) {
        double squares = residual_squares(table, i, ret_effect, ret_mean[i]);

        ret_se2[i] = *ret_known ? moderated_se2(table, i, squares, variance) : 0;
    }
    hone_free(room);
    hone_free(typical);
    return HONE_OK;
}
