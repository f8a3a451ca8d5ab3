#include "engine/race.h"

#include "engine/alloc.h"
#include "engine/rng.h"

#include <math.h>
#include <stdlib.h>

/* A trial is left when its chance is lower. At an equal budget of folds, mean log10 regret on
 * 16 problems (tests/bench, regret) with noise 0.25 | 1: at 0.03 -0.82 | -0.27, 0.1 -0.84 |
 * -0.29, 0.2 -0.80 | -0.29, 0.3 -0.76 | -0.20; without a race -0.71 | -0.25. To leave trials
 * after one fold already gave -0.82 | -0.24. */
static const double lowest_chance = 0.1;

/* EFFECT_TRIALS: a median of fewer says little. SAMPLE_LIMIT: more trials would
 * make medians no better in any way that shows, but slower with every trial. */
enum { EFFECT_TRIALS = 4, SAMPLE_LIMIT = 256, SHORTEST_RACE = HONE_RACE_FIRST_FOLD + 1 };

enum { TYPICAL_SHARE = 4, TYPICAL_AT_LEAST = 9 };

/* ---- What is known of folds ---- */

/* Numbers ascend; what is none, after an overflow, comes last. */
static int compare(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;

    if (isnan(a) || isnan(b)) {
        return (isnan(a) != 0) - (isnan(b) != 0);
    }
    return (a > b) - (a < b);
}

/* By mean, then fold by fold. */
static int compare_outcomes(const void *left, const void *right) {
    const struct hone_race_outcome *a = left;
    const struct hone_race_outcome *b = right;
    int ret = compare(&a->mean, &b->mean);

    for (size_t fold = 0; ret == 0 && fold < a->folds; fold++) {
        ret = compare(&a->fold_loss[fold], &b->fold_loss[fold]);
    }
    return ret;
}

/* Sorts the numbers. NaN of none. */
static double median(double *number, size_t count) {
    if (count == 0) {
        return (double)NAN;
    }
    qsort(number, count, sizeof(*number), compare);
    return count % 2 == 1 ? number[count / 2]
                          : (number[count / 2 - 1] + number[count / 2]) / 2;
}

/* Moves the typical outcomes to the front; returns how many there are. */
static size_t find_typical(size_t count, struct hone_race_outcome *outcome) {
    size_t different = 0;
    size_t ret;

    qsort(outcome, count, sizeof(*outcome), compare_outcomes);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_outcomes(&outcome[i], &outcome[different - 1]) != 0) {
            outcome[different++] = outcome[i];
        }
    }
    ret = (different + TYPICAL_SHARE - 1) / TYPICAL_SHARE;
    ret = ret > TYPICAL_AT_LEAST ? ret : TYPICAL_AT_LEAST;
    ret = ret < different ? ret : different;
    while (ret < different && outcome[ret].mean == outcome[ret - 1].mean) {
        ret++;
    }
    return ret;
}

/* b_f = median over outcomes of y_if - mean_i, shifted to sum 0. */
static void find_effects(size_t count, const struct hone_race_outcome *outcome, double *room,
    double *ret_effect) {
    const size_t folds = outcome[0].folds;
    double sum = 0;

    for (size_t fold = 0; fold < folds; fold++) {
        for (size_t i = 0; i < count; i++) {
            room[i] = outcome[i].fold_loss[fold] - outcome[i].mean;
        }
        ret_effect[fold] = median(room, count);
        sum += ret_effect[fold];
    }
    for (size_t fold = 0; fold < folds; fold++) {
        ret_effect[fold] -= sum / (double)folds;
    }
}

/* v_i = sum_f (y_if - mean_i - b_f)^2 / (k - 1): effects sum to 0, so the mean stays as it is
 * without them. */
static double variance_of(const struct hone_race_outcome *outcome, const double *effect) {
    double squares = 0;

    for (size_t fold = 0; fold < outcome->folds; fold++) {
        double rest = outcome->fold_loss[fold] - outcome->mean - effect[fold];

        squares += rest * rest;
    }
    return squares / (double)(outcome->folds - 1);
}

void hone_race_learn(size_t count, struct hone_race_outcome *outcome, double *room,
    double *ret_effect, double *ret_variance) {
    size_t typical = find_typical(count, outcome);

    if (typical >= EFFECT_TRIALS) {
        find_effects(typical, outcome, room, ret_effect);
    }
    for (size_t i = 0; i < typical; i++) {
        room[i] = variance_of(&outcome[i], ret_effect);
    }
    *ret_variance = median(room, typical);
}

void hone_race_noise(const struct hone_view *view, double *ret_effect, double *ret_variance) {
    const size_t folds = view->history->folds;
    struct hone_race_outcome outcome[SAMPLE_LIMIT];
    double room[SAMPLE_LIMIT];
    size_t count = 0;

    for (size_t i = view->settled; i > 0 && count < SAMPLE_LIMIT; i--) {
        const struct hone_trial *trial = &view->history->trial[i - 1];

        if (trial->state == HONE_COMPLETE && trial->folds_done == folds) {
            outcome[count++] = (struct hone_race_outcome){trial->fold_loss, folds, trial->loss};
        }
    }
    for (size_t fold = 0; fold < folds; fold++) {
        ret_effect[fold] = 0;
    }
    hone_race_learn(count, outcome, room, ret_effect, ret_variance);
}

/* ---- The race of one trial ---- */

bool hone_race_is_on(const struct hone_objective *objective,
    const struct hone_sampler_type *sampler) {
    bool wanted = objective->race == HONE_RACE_AUTO ? sampler->races
                                                    : objective->race == HONE_RACE_ON;

    return wanted && objective->folds >= SHORTEST_RACE;
}

/* Fisher and Yates's shuffle. */
void hone_race_order(uint64_t seed, uint64_t trial, size_t folds, size_t *ret_order) {
    struct hone_rng rng;

    hone_rng_at(&rng, seed, trial, 0, HONE_FOR_RACE);
    for (size_t i = 0; i < folds; i++) {
        size_t j = (size_t)(hone_rng_uniform(&rng) * (double)(i + 1));

        ret_order[i] = i;
        ret_order[i] = ret_order[j];
        ret_order[j] = i;
    }
}

/* The lowest loss of a complete trial: its effects cancel. */
static double find_best(const struct hone_view *view) {
    double best = (double)NAN;

    for (size_t i = 0; i < view->settled; i++) {
        const struct hone_trial *trial = &view->history->trial[i];

        if (trial->state == HONE_COMPLETE && !(trial->loss >= best)) {
            best = trial->loss;
        }
    }
    return best;
}

enum hone_code hone_race_new(uint64_t seed, const struct hone_view *view, struct hone_race **ret,
    struct hone_err *err) {
    size_t folds = view->history->folds;
    struct hone_race *race = hone_new(sizeof(*race));

    if (race != NULL) {
        race->folds = folds;
        race->order = hone_new_array(folds, sizeof(*race->order));
        race->effect = hone_new_array(folds, sizeof(*race->effect));
    }
    if (race == NULL || race->order == NULL || race->effect == NULL) {
        hone_race_free(race);
        return hone_fail(err, HONE_E_NOMEM, "no memory to race %zu folds", folds);
    }
    hone_race_order(seed, view->asking, folds, race->order);
    hone_race_noise(view, race->effect, &race->variance);
    race->best = find_best(view);
    *ret = race;
    return HONE_OK;
}

void hone_race_free(struct hone_race *race) {
    if (race != NULL) {
        hone_free(race->order);
        hone_free(race->effect);
        hone_free(race);
    }
}

size_t hone_race_folds_run(size_t folds, const double *fold_loss) {
    size_t count = 0;

    for (size_t fold = 0; fold < folds; fold++) {
        count += !isnan(fold_loss[fold]);
    }
    return count;
}

double hone_race_mean(size_t folds, const double *effect, const double *fold_loss) {
    double sum = 0;

    for (size_t fold = 0; fold < folds; fold++) {
        sum += isnan(fold_loss[fold]) ? 0 : fold_loss[fold] - effect[fold];
    }
    return sum / (double)hone_race_folds_run(folds, fold_loss);
}

/* Phi(z), z = (best - mean) / sqrt(variance (1/m + 1/k)): the difference of two
 * means, one of m folds and one of k. */
double hone_race_chance(const struct hone_race *race, const double *fold_loss) {
    double m = (double)hone_race_folds_run(race->folds, fold_loss);
    double k = (double)race->folds;
    double sd = sqrt(race->variance * (1 / m + 1 / k));
    double z = (race->best - hone_race_mean(race->folds, race->effect, fold_loss)) / sd;

    return erfc(-z / sqrt(2)) / 2;
}

bool hone_race_is_lost(const struct hone_race *race, const struct hone_trial *trial) {
    return trial->number >= HONE_RACE_FIRST_TRIAL && trial->folds_done >= HONE_RACE_FIRST_FOLD &&
           trial->folds_done < race->folds && !hone_part_is(trial->part, hone_first_part) &&
           hone_race_chance(race, trial->fold_loss) < lowest_chance;
}
