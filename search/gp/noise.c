#include "search/gp/noise.h"

#include "engine/alloc.h"
#include "engine/race.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* The losses of the i-th trial. */
static const double *row_of(const struct gp_table *table, size_t i) {
    return table->loss + i * table->folds;
}

/* Sum of squared residuals of one trial, with m - 1 degrees of freedom. */
static double residual_squares(const struct gp_table *table, size_t i, const double *effect,
    double mean) {
    double sum = 0;

    for (size_t f = 0; f < table->folds; f++) {
        double residual = row_of(table, i)[f] - mean - effect[f];

        sum += isnan(residual) ? 0 : residual * residual;
    }
    return sum;
}

/* Moderated variance (Smyth 2004, "Linear models and empirical Bayes methods",
 * section 3): the trial's own variance, drawn towards the typical one as if that
 * had folds - 1 degrees of freedom. */
static double moderated_se2(const struct gp_table *table, size_t i, double squares,
    double typical) {
    double prior = (double)(table->folds - 1);
    double m = (double)hone_race_folds_run(table->folds, row_of(table, i));

    return (prior * typical + squares) / (prior + m - 1) / m;
}

/* The trials that have all folds; returns how many there are. */
static size_t gather(const struct gp_table *table, struct hone_race_outcome *ret_outcome) {
    size_t count = 0;

    for (size_t i = 0; i < table->n; i++) {
        const double *loss = row_of(table, i);

        if (hone_race_folds_run(table->folds, loss) == table->folds) {
            double mean = gsl_stats_mean(loss, 1, table->folds);

            ret_outcome[count++] = (struct hone_race_outcome){loss, table->folds, mean};
        }
    }
    return count;
}

enum hone_code gp_noise(const struct gp_table *table, double *ret_effect, double *ret_mean,
    double *ret_se2, bool *ret_known, struct hone_err *err) {
    double *room = hone_new_array(table->n, sizeof(*room));
    struct hone_race_outcome *outcome = hone_new_array(table->n, sizeof(*outcome));
    double variance = 0;
    size_t complete;

    if (room == NULL || outcome == NULL) {
        hone_free(room);
        hone_free(outcome);
        return hone_fail(err, HONE_E_NOMEM, "no memory for the noise of %zu trials", table->n);
    }
    for (size_t f = 0; f < table->folds; f++) {
        ret_effect[f] = 0;
    }
    complete = table->folds > 1 ? gather(table, outcome) : 0;
    *ret_known = complete > 0;
    if (*ret_known) {
        hone_race_learn(complete, outcome, room, ret_effect, &variance);
    }
    for (size_t i = 0; i < table->n; i++) {
        ret_mean[i] = hone_race_mean(table->folds, ret_effect, row_of(table, i));
        ret_se2[i] = *ret_known ? moderated_se2(table, i,
            residual_squares(table, i, ret_effect, ret_mean[i]), variance) : 0;
    }
    hone_free(room);
    hone_free(outcome);
    return HONE_OK;
}
