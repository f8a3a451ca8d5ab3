#include "search/gp/threshold.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

static const double same = 1e-9; /* of the losses' standard deviation */

enum {
    TYPICAL_SHARE = 4,  /* the best quarter is typical of good trials */
    TIES_AT_LEAST = 3,  /* at the best loss, for losses to be steps */
    RIVALS = 8,         /* that the best trial is compared with */
    RIVALS_AT_LEAST = 3,
    FOLDS_AT_LEAST = 3, /* two say little of a variance */
};

/* Squared distance in the unit cube, a dimension, from which on settings differ. */
static const double apart = 0.1;

/* How much of a rival's standard error a gain must be. Made-up splits (tests/bench, regret, with
 * a race, noise of folds that is independent | smooth), mean log10 regret without doubt: noise
 * 0.25 -0.84 | -0.90, noise 1 -0.29 | -0.28; with every second proposal beyond it: 0.35 -0.85 |
 * -0.90, -0.30 | -0.27; 0.7 -0.85 | -0.89, -0.30 | -0.28; 1.4 -0.85 | -0.91, -0.28 | -0.28.
 * With all of them beyond it 0.35 was as good there, but left svc-digits (tests/bench, quality)
 * in the middle of its best valley: +0.37, of eight splits. */
static const double doubt_weight = 0.7;

/* ---- Margin ---- */

/* Median noise of the best quarter, had all folds been run. */
static double typical_error(const struct gp_ranking *ranking, double *room) {
    const size_t count = (ranking->belief->model.n + TYPICAL_SHARE - 1) / TYPICAL_SHARE;

    for (size_t i = 0; i < count; i++) {
        room[i] = gp_belief_noise(ranking->belief, ranking->order[i]);
    }
    gsl_sort(room, 1, count);
    return sqrt(gsl_stats_median_from_sorted_data(room, 1, count));
}

/* ---- Step ---- */

/* The least distance of two losses of the better half; 0 where the best is not shared. */
static double step_of(const struct gp_belief *belief, double *room) {
    double step = (double)INFINITY;
    size_t count = 0;

    for (size_t i = 0; i < belief->model.n; i++) {
        if (belief->history->trial[belief->trial[i]].state == HONE_COMPLETE) {
            room[count++] = belief->model.z[i];
        }
    }
    gsl_sort(room, 1, count);
    if (count < TIES_AT_LEAST || room[TIES_AT_LEAST - 1] - room[0] > same) {
        return 0;
    }
    for (size_t i = 1; i < count && (i <= count / 2 || isinf(step)); i++) {
        double gap = room[i] - room[i - 1];

        step = gap > same ? fmin(step, gap) : step;
    }
    return isinf(step) ? 0 : step;
}

/* ---- Doubt ----
 *
 * Settings that are close to each other do well on the same folds, so that their losses differ
 * as if there were no noise. Compared with others that are as good, each split of the data has
 * its own favourite. To pursue a gain that another split would not confirm is to polish the
 * favourite of this one, while others go untried. */

/* Trials with all folds, the lowest means first, each apart from all before. */
struct rivals {
    size_t count;
    size_t trial[RIVALS + 1]; /* the best one is the first */
};

static bool is_apart(const struct gp_ranking *ranking, const struct rivals *rivals, size_t t) {
    const struct points_layout *layout = ranking->record->layout;
    const double *row = ranking->record->row;

    for (size_t r = 0; r < rivals->count; r++) {
        if (points_distance(layout, NULL, row + t * layout->columns,
                row + rivals->trial[r] * layout->columns) < apart * layout->dimension) {
            return false;
        }
    }
    return true;
}

static void find_rivals(const struct gp_ranking *ranking, struct rivals *ret) {
    const struct gp_belief *belief = ranking->belief;

    ret->count = 0;
    for (size_t i = 0; i < belief->model.n && ret->count <= RIVALS; i++) {
        size_t t = belief->trial[ranking->order[i]];

        if (belief->history->trial[t].folds_done == belief->history->folds &&
            is_apart(ranking, ret, t)) {
            ret->trial[ret->count++] = t;
        }
    }
}

/* Squared standard error of the difference of two trials' means, by their folds in pairs. */
static double paired_se2(const double *a, const double *b, size_t folds) {
    double mean = 0, squares = 0;

    for (size_t f = 0; f < folds; f++) {
        mean += (a[f] - b[f]) / (double)folds;
    }
    for (size_t f = 0; f < folds; f++) {
        squares += gsl_pow_2(a[f] - b[f] - mean);
    }
    return squares / (double)(folds - 1) / (double)folds;
}

/* The median standard error of the difference between the best trial and its rivals; 0 where it
 * is not known. */
static double doubt_of(const struct gp_ranking *ranking) {
    const struct hone_history *history = ranking->belief->history;
    const struct gp_data *data = &ranking->belief->data;
    double se2[RIVALS];
    struct rivals rivals;
    double error;

    if (history->folds < FOLDS_AT_LEAST) {
        return 0;
    }
    find_rivals(ranking, &rivals);
    if (rivals.count <= RIVALS_AT_LEAST) {
        return 0;
    }
    for (size_t r = 1; r < rivals.count; r++) {
        se2[r - 1] = paired_se2(history->trial[rivals.trial[0]].fold_loss,
            history->trial[rivals.trial[r]].fold_loss, history->folds);
    }
    gsl_sort(se2, 1, rivals.count - 1);
    error = sqrt(gsl_stats_median_from_sorted_data(se2, 1, rivals.count - 1)) *
            data->slope[ranking->belief->place[rivals.trial[0]]];
    return isfinite(error) ? error : 0; /* losses may be too large for their squares */
}

double gp_threshold(const struct gp_ranking *ranking, double margin, bool beyond_doubt,
    double *room) {
    const double lowest = gp_model_mean_at(&ranking->belief->model, ranking->order[0]);
    double gain = fmax(margin * typical_error(ranking, room), step_of(ranking->belief, room));

    return lowest - (beyond_doubt ? fmax(gain, doubt_weight * doubt_of(ranking)) : gain);
}
